"""errors, show, explain: what fails."""

import click
import msgspec

from homeostat.loop.service import Homeostat
from homeostat.model.pattern import Pattern
from homeostat.model.views import FailureGroup, Share, SignatureView, Window
from homeostat.surfaces.cli.advice import details, ended, provable
from homeostat.surfaces.cli.options import window, windowed
from homeostat.surfaces.cli.output import (
    MOST_ROWS,
    Column,
    amount,
    as_json,
    count,
    duration,
    exact,
    fitted,
    put,
    put_json,
    put_lines,
    put_table,
    run_name,
    say,
    shortened,
    to_terminal,
    when,
    width,
)

_GROUPS: tuple[Column[FailureGroup], ...] = (
    Column(
        "lost",
        lambda g: duration(g.lost_ms) if g.has_cost else "-",
        is_number=True,
        piped=lambda g: str(g.lost_ms),
    ),
    Column(
        "tokens",
        lambda g: amount(g.lost_tokens) if g.has_cost else "-",
        is_number=True,
        piped=lambda g: str(g.lost_tokens),
    ),
    Column("times", lambda g: str(g.failures), is_number=True),
    Column("runs", lambda g: str(g.runs), is_number=True),
    Column("last", lambda g: when(g.last_at), is_spare=True, piped=lambda g: exact(g.last_at)),
    Column("signature", lambda g: g.signature[:6], piped=lambda g: g.signature),
    Column("what", lambda g: f"{g.tool}: {g.line}"),
)


@click.command("errors")
@windowed
@click.option("--findings", is_flag=True, help="Findings (tests, linters at work) instead.")
@click.option(
    "--type", "error_type", default="", help="Only of this class; older systems' names work too."
)
@click.option("--tool", default="", help="Only of this tool.")
@click.option("--ignored", is_flag=True, help="Also what you told it to ignore.")
@click.option(
    "-n", "--limit", default=None, type=click.IntRange(1, MOST_ROWS), help="At most so many."
)
@as_json
@click.pass_obj
def errors(
    homeostat: Homeostat,
    *,
    since: str | None,
    until: str | None,
    findings: bool,
    error_type: str,
    tool: str,
    ignored: bool,
    limit: int | None,
    json_: bool,
) -> None:
    """Failures by signature; what cost most time until recovered comes first.

    \b
    homeostat errors --since 30d
    homeostat errors --findings
    homeostat errors --type timeout --tool Bash
    """
    nature = "finding" if findings else "fault"
    groups = homeostat.failures(
        window(homeostat, since, until), nature=nature, error_type=error_type, tool=tool
    )
    left_out = homeostat.settings.ignored_tools
    kept = [g for g in groups if ignored or not (g.ignored or g.tool in left_out)]
    shown = kept[:limit] if limit else kept
    if json_:
        put_json(shown)
        return
    limited = shown if limit or not to_terminal() else shown[: homeostat.settings.listed]
    put_table(limited, _GROUPS)
    if hidden := len(groups) - len(kept):
        say(f"{count(hidden, 'signature')} ignored: homeostat errors --ignored")
    if len(shown) > len(limited):
        say(f"{len(shown) - len(limited)} more: homeostat errors -n {len(shown)}")
    if not groups:
        say("No failures of this kind. What was read: homeostat coverage")


@click.command("show")
@click.argument("signature")
@as_json
@click.pass_obj
def show(homeostat: Homeostat, *, signature: str, json_: bool) -> None:
    """One signature (S-...): how often, since when, where, what it cost, samples.

    An improvement (I-...) is shown with what it is proposed for, and why. A family, TYPE:TOOL,
    shows what is in it; TYPE may be an older system's name.

    \b
    homeostat show S-7KQ2
    homeostat show tool_error:list_dir
    """
    error_type, is_family, tool = signature.partition(":")
    if is_family:
        _show_family(homeostat, error_type, tool, json_=json_)
        return
    if signature.upper().startswith("I-"):
        _show_improvement(homeostat, signature, json_=json_)
        return
    from homeostat.loop.improving import Improvements  # brings the judges

    view, pattern = Improvements(homeostat).signature(signature)
    if json_:
        put_json([msgspec.structs.asdict(view) | {"pattern": pattern}])
        return
    put_lines(part for line in _shown(view, pattern) for part in fitted(line))


def _show_family(homeostat: Homeostat, error_type: str, tool: str, *, json_: bool) -> None:
    groups = [
        group
        for nature in ("fault", "finding")
        for group in homeostat.failures(Window(), nature=nature, error_type=error_type, tool=tool)
    ]
    if json_:
        put_json(groups)
        return
    if not groups:
        say("No failures of this family. What there is: homeostat errors")
        return
    failures = count(sum(group.failures for group in groups), "failure")
    classes = ", ".join(sorted({group.error_class for group in groups}))
    put(f"{error_type}:{tool}  {failures} of {count(len(groups), 'signature')}: {classes}")
    put_table(groups, _GROUPS)


def _show_improvement(homeostat: Homeostat, start: str, *, json_: bool) -> None:
    from homeostat.loop.improving import Improvements  # brings the judges

    item = Improvements(homeostat).improvement(start)
    if json_:
        put_json([item])
        return
    proposal = item.proposal
    put(f"{proposal.improvement_id}  {item.status}   {proposal.title}")
    put(f"For {proposal.signature}: {proposal.reason}")
    put(f"Evidence: {proposal.evidence}")
    put(f"Expected: {proposal.expected}; {proposal.risk} risk")
    put(f"Proof: {provable(proposal)}")
    put(f"Proposed {when(item.created_at)}; not this one: homeostat decline {start}")


def _shown(view: SignatureView, pattern: Pattern | None) -> list[str]:
    group = view.group
    latest = f" (latest {view.latest_runs:,} runs)" if view.latest_runs else ""
    lines = [
        (
            f"{group.signature}  {group.error_class}  {group.tool}   "
            f"{shortened(group.line, max(40, width() - 40))}"
        ),
        (
            f"{count(group.failures, 'failure')} in {count(group.runs, 'run')}"
            f"{', ' + ended(pattern) if pattern and pattern.ended_runs else ' '}"
            f"since {when(group.first_at)}, "
            f"last {when(group.last_at)}; {_kinds(group)}"
        ),
        _cost(group),
        (
            f"Why one group: rule {view.rule}; {count(view.variants, 'variant')} among the "
            "samples, see"
        ),
        f"  homeostat explain {group.signature}",
        f"Where{latest}: {_shares(view.projects)}",
        f"Agents: {_shares(view.agents)}; versions{latest}: {_shares(view.versions)}",
    ]
    if pattern and pattern.undated:
        lines.append(
            f"{count(pattern.undated, 'failure')} without a time of their own: on the day of "
            "the file (coverage)"
        )
    lines += [line.strip() for line in details(pattern)] if pattern else []
    if view.shown_under:
        lines.append(f"Merged by you: errors and detect count it with {view.shown_under}")
    if view.merged:
        lines.append(f"Merged into it by you: {', '.join(view.merged)}")
    for sample in view.samples:
        lines += [
            "",
            f"{when(sample.at)}  {sample.tool}  run {run_name(sample.run_id)}  {sample.call_id}",
            *_block(sample.command, 2),
            *_block(sample.text, 8),
        ]
    return lines


def _cost(group: FailureGroup) -> str:
    if not group.has_cost:
        return "Cost: not known (no times, no tokens)"
    return (
        f"Cost: {duration(group.lost_ms)} at work and {amount(group.lost_tokens)} tokens "
        "until it worked again, or in vain"
    )


def _kinds(group: FailureGroup) -> str:
    return "ignored by you" if group.ignored else f"a {group.nature}"


def _shares(shares: tuple[Share, ...]) -> str:
    return ", ".join(f"{share.name} {share.count}" for share in shares[:4]) or "unknown"


def _block(text: str, most: int) -> list[str]:
    found = [line for line in text.splitlines() if line.strip()]
    cut = [f"    {shortened(line, max(40, width() - 4))}" for line in found[:most]]
    if len(found) > most:
        cut.append(f"    ({len(found) - most} more lines)")
    return cut


@click.command("explain")
@click.argument("signature")
@as_json
@click.pass_obj
def explain(homeostat: Homeostat, *, signature: str, json_: bool) -> None:
    """Why failures are one group: the rule, the key, and how to change it."""
    view = homeostat.signature(signature)
    said = homeostat.said_about(view.group.signature)
    if json_:
        put_json([{"signature": view, "said": said}])
        return
    name = view.group.signature
    for line in (
        f"{name}  {view.group.error_class} (by {view.class_rule})",
        "Failures are one group when their keys are the same. This key:",
        f"  tool family  {view.family}",
        f"  kind         {view.kind or '-'}",
        f"  message      {view.message}",
        f"  kept names   {', '.join(view.identifiers) or '-'}",
        f"  place        {view.place or '- (only bugs in code have one)'}",
        f"Rule: {view.rule}. It chose this line: {view.group.line}",
        f"Whole key: {view.key}",
    ):
        put(line)
    for grouping in said:
        put(f"You said: {grouping.said}   undo: homeostat {grouping.undo}")
    put(f"Same as another one?     homeostat merge {name} S-...")
    put(f'Two things in one?       homeostat split {name} --text "words of one of them"')
    put(f"Not worth your time?     homeostat ignore {name}")
