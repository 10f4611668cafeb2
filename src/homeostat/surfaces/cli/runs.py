"""runs, run, calls: what the agents did."""

import click

from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.service import Homeostat
from homeostat.model.call import MODEL
from homeostat.model.views import CallView, RunDetail, RunView, ScoreView
from homeostat.surfaces.cli.options import window, windowed
from homeostat.surfaces.cli.output import (
    MOST_ROWS,
    Column,
    amount,
    as_json,
    count,
    duration,
    ending,
    exact,
    put,
    put_json,
    put_json_lines,
    put_table,
    run_name,
    say,
    shortened,
    to_terminal,
    when,
    width,
)

WHAT = 40
"""Of a path, the characters from its end."""
SHOWN_SCORES = 10
SHOWN_UNANSWERED = 4
ERROR = 200
"""Characters of an error's text."""
_RUNS: tuple[Column[RunView], ...] = (
    Column("began", lambda r: when(r.started_at), piped=lambda r: exact(r.started_at)),
    Column("client", lambda r: r.client),
    Column("outcome", lambda r: r.outcome),
    Column("ended", lambda r: r.ended),
    Column("calls", lambda r: str(r.calls), is_number=True),
    Column("faults", lambda r: str(r.faults), is_number=True),
    Column("run", lambda r: run_name(r.run_id), piped=lambda r: r.run_id),
    Column("project", lambda r: ending(r.project, 14), piped=lambda r: r.project),
)


@click.command("runs")
@windowed
@click.option("--client", default="", help="Only of this client: claude-code, codex.")
@click.option("--project", default="", help="Only of this project: its folder, or the end of it.")
@click.option(
    "-n", "--limit", default=None, type=click.IntRange(1, MOST_ROWS), help="At most so many."
)
@as_json
@click.pass_obj
def runs(
    homeostat: Homeostat,
    *,
    since: str | None,
    until: str | None,
    client: str,
    project: str,
    limit: int | None,
    json_: bool,
) -> None:
    """Agent sessions, newest first: outcome, end, calls, faults.

    \b
    homeostat runs --since 7d
    homeostat runs --json | jq '.rows[].outcome'
    """
    listed = homeostat.settings.listed
    most = limit or (-1 if json_ or not to_terminal() else listed + 1)
    found = homeostat.runs(
        window(homeostat, since, until), client=client, project=project, most=most
    )
    if json_:
        put_json(found)
        return
    shown = found if limit or most < 0 else found[:listed]
    put_table(shown, _RUNS)
    if len(found) > len(shown):
        say(f"There are more: homeostat runs -n {10 * listed}")
    if not found and (since or until or client or project):
        say("No run fits. All: homeostat runs")
    elif not found:
        say("No runs. To read the histories on this machine: homeostat import")


_NAMES = {
    "prompt": "prompt", "interrupt": "interrupt", "model.retry": "retry",
    "compaction": "compaction", "limit": "limit", "image": "image", "hook": "hook",
}  # fmt: skip
"""What of a run's facts a person asks about; `--json` has all."""
_CALLS: tuple[Column[CallView], ...] = (
    Column(
        "at",
        lambda c: f"{c.started_at.astimezone():%H:%M:%S}" if c.started_at else "-",
        piped=lambda c: exact(c.started_at),
    ),
    Column("outcome", lambda c: c.outcome + (" (masked)" if c.masked else "")),
    Column("nature", lambda c: "-" if c.nature == "none" else c.nature),
    Column(
        "took",
        lambda c: "-" if c.duration_ms is None else duration(c.duration_ms),
        piped=lambda c: "" if c.duration_ms is None else str(c.duration_ms),
    ),
    Column("tool", lambda c: c.tool, most=14),
    Column("what", lambda c: ending(c.path, WHAT) if c.path else c.command),
)


_RUN_OF_CALL: Column[CallView] = Column(
    "run", lambda c: run_name(c.run_id), piped=lambda c: c.run_id
)
_CALLS_OF_RUNS = (*_CALLS[:-1], _RUN_OF_CALL, _CALLS[-1])


@click.command("run")
@click.argument("run_id")
@as_json
@click.pass_obj
def run(homeostat: Homeostat, *, run_id: str, json_: bool) -> None:
    """One session with its calls; RUN_ID may be the beginning of the id."""
    found = homeostat.run(run_id)
    if json_:
        put_json([found])
        return
    for line in _about(found):
        put(shortened(line, width()) if to_terminal() else line)
    put("")
    put_table(found.calls, _CALLS)


def _about(found: RunDetail) -> list[str]:
    run = found.run
    tools: dict[str, int] = {}
    for call in found.calls:
        tools[call.tool] = tools.get(call.tool, 0) + 1
    often = sorted(tools.items(), key=lambda item: (-item[1], item[0]))
    active = "how long is not known"
    if run.active_ms is not None:
        active = f"{duration(run.active_ms)} at work"
    lines = [
        f"{run.run_id}  {run.client} {run.client_version}  {run.model}".rstrip(),
        f"Began {when(run.started_at)}, {active}, in {run.project or 'an unknown project'}",
        f"Outcome {run.outcome} ({run.outcome_rule or 'nothing decided it'}); ended {run.ended}",
        (
            f"{count(run.calls, 'call')}: {count(run.faults, 'fault')}, "
            f"{count(run.finding_calls, 'finding')}, {run.denied_calls} denied, "
            f"{run.interrupted_calls} interrupted, {run.unknown_calls} unknown"
        ),
        *(["Tools " + ", ".join(f"{name} {times}" for name, times in often[:8])] if often else []),
        _tokens(run),
    ]
    happened = [
        count(fact.count, _NAMES[fact.name], "retries" if fact.name == "model.retry" else "")
        for fact in found.facts
        if fact.name in _NAMES
    ]
    lines += ["Also " + ", ".join(happened)] if happened else []
    lines += _unanswered(found)
    if len(found.agents) > 1:
        lines.append("Said " + ", ".join(f"{who.name} {who.count}" for who in found.agents[:8]))
    lines += [_scored(score) for score in found.scores[:SHOWN_SCORES]]
    if len(found.scores) > SHOWN_SCORES:
        lines.append(f"and more: homeostat run {run_name(run.run_id)} --json")
    lines += _files(found)
    lines += [
        f"Printed a secret: {leak.type} [{leak.digest}], call {leak.call_id or 'unknown'}"
        for leak in found.leaks[:3]
    ]
    if len(found.leaks) > 3:  # noqa: PLR2004  # as many as shown above
        lines.append(f"and more: homeostat run {run_name(run.run_id)} --json")
    if run.subagent_calls:
        subagents = count(run.subagent_calls, "call")
        lines.append(f"Subagents {subagents}, {run.subagent_failed_calls} failed")
    if run.masked_calls:
        lines.append(f"Called ok, but were not: {count(run.masked_calls, 'call')}")
    return lines


def _unanswered(found: RunDetail) -> list[str]:
    """One line a signature; the last one came last, and may have ended the run."""
    groups: dict[str, list[CallView]] = {}
    for failed in found.unanswered:
        same = groups.pop(failed.signature or "", [])
        groups[failed.signature or ""] = [*same, failed]
    lines = [
        f"{'Model' if failed[-1].tool == MODEL else 'Run'} error {signature[:6]}  "
        f"{count(len(failed), 'time')}: {shortened(' '.join(failed[-1].text.split()), ERROR)}"
        for signature, failed in groups.items()
    ]
    more = len(lines) - SHOWN_UNANSWERED
    lines = lines[-SHOWN_UNANSWERED:]
    return [*lines, f"and {more} other kinds before: --json has them"] if more > 0 else lines


def _scored(score: ScoreView) -> str:
    """For instance: Scored reward 0, by tau-bench."""
    said = [score.name, *([] if score.value is None else [f"{score.value:g}"]), score.label]
    where = [] if score.step is None else [f"at message {score.step}"]
    whom = [f"of {score.agent}"] if score.agent else []
    about = " ".join(word for word in (*said, *where, *whom) if word)
    return f"Scored {about}, by {score.source}"


def _tokens(run: RunView) -> str:
    if not (run.input_tokens or run.output_tokens or run.cache_read_tokens):
        return "Tokens are not told in this history"
    return (
        f"Tokens {amount(run.input_tokens)} in, {amount(run.output_tokens)} out, "
        f"{amount(run.cache_read_tokens)} from the cache"
    )


def _files(found: RunDetail) -> list[str]:
    if not found.files:
        return []
    read = sum(1 for file in found.files if file.reads)
    changed = [file for file in found.files if file.changes]
    most = ", ".join(f"{ending(file.path, WHAT)} {file.changes}" for file in changed[:1])
    return [f"Files {read} read, {len(changed)} changed" + (f", most: {most}" if most else "")]


@click.command("calls")
@windowed
@click.option(
    "-n", "--limit", default=None, type=click.IntRange(1, MOST_ROWS), help="The newest so many."
)
@click.option("--run", "run_id", default="", help="Only of this run (beginning of its id).")
@click.option("--signature", default="", help="Only with this signature.")
@click.option("--client", default="", help="Only of this client.")
@click.option("--tool", default="", help="Only of this tool.")
@click.option(
    "--outcome",
    default=None,
    type=click.Choice(["ok", "error", "denied", "interrupted", "unknown"]),
    help="Only calls that came out so.",
)
@click.option(
    "--nature",
    default=None,
    type=click.Choice(["fault", "finding", "none"]),
    help="Only failures of this nature.",
)
@click.option("--masked", is_flag=True, help="Only calls that were called ok and were not.")
@as_json
@click.pass_obj
def calls(
    homeostat: Homeostat,
    *,
    since: str | None,
    until: str | None,
    limit: int | None,
    run_id: str,
    signature: str,
    client: str,
    tool: str,
    outcome: str | None,
    nature: str | None,
    masked: bool,
    json_: bool,
) -> None:
    """Tool calls in order, as a table or (--json) as JSON Lines.

    \b
    homeostat calls --outcome error --nature fault --since 7d
    homeostat calls --json | jq -r 'select(.masked) | .command'
    """
    wanted = CallFilter(
        window=window(homeostat, since, until),
        client=client,
        tool=tool,
        outcome=outcome or "",
        nature=nature or "",
        masked_only=int(masked),
    )
    listed = 10 * homeostat.settings.listed
    newest = limit or (0 if json_ or run_id or not to_terminal() else listed + 1)
    found = homeostat.calls(wanted, run=run_id, signature=signature, newest=newest)
    if json_:
        put_json_lines(found)
        return
    if not newest:
        put_table(found, _CALLS_OF_RUNS)
        return
    latest = list(found)
    put_table(latest[: limit or listed], _CALLS_OF_RUNS)
    if len(latest) > (limit or listed):
        say(f"The newest {listed}; more: homeostat calls -n {10 * listed}")
