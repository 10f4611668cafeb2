"""detect, improvements, decline: from failures to what a person can act on."""

from collections.abc import Iterator
from datetime import timedelta
from textwrap import wrap

import click

from homeostat.loop.improving import Improvements
from homeostat.loop.service import Homeostat
from homeostat.model.call import MODEL, RUN
from homeostat.model.pattern import (
    Detected,
    Improvement,
    Incident,
    Pattern,
    State,
    Status,
)
from homeostat.model.views import FailureGroup
from homeostat.surfaces.cli.advice import details, ended
from homeostat.surfaces.cli.options import window, windowed
from homeostat.surfaces.cli.output import (
    Column,
    amount,
    as_json,
    asked,
    count,
    duration,
    fitted,
    period,
    plain,
    put,
    put_json,
    put_lines,
    put_table,
    say,
    shortened,
    to_terminal,
    when,
    width,
)

SHOWN_GONE = 3
SHOWN_OF_INCIDENT = 4
_A_DAY = timedelta(days=1)
_INDENT = " " * 8
SHOWN = 5
"""Patterns on a terminal; `errors` lists all."""


@click.command("detect")
@windowed
@click.option(
    "--min-occurrences",
    default=3,
    show_default=True,
    type=click.IntRange(1, 10**6),
    help="Failures from which on it is a pattern.",
)
@click.option(
    "--confidence",
    default=0.75,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="How sure it must be that it comes again (0.75: in two runs, or thrice in one).",
)
@click.option("--no-propose", is_flag=True, help="Write no proposal down.")
@as_json
@click.pass_obj
def detect(
    homeostat: Homeostat,
    *,
    since: str | None,
    until: str | None,
    min_occurrences: int,
    confidence: float,
    no_propose: bool,
    json_: bool,
) -> None:
    """What keeps failing, how it goes on, what goes with it, and what could be done.

    Without --since: the last 7 days, or the last ones of which something is known. Nothing is
    changed; what it proposes is written down (homeostat improvements).

    \b
    homeostat detect --since 30d
    homeostat detect --min-occurrences 10 --confidence 0.99
    """
    named = window(homeostat, since, until) if since or until else None
    found = Improvements(homeostat).detect(
        named,
        min_occurrences=min_occurrences,
        confidence=confidence,
        propose=not no_propose,
    )
    if json_:
        put_json([found])
        return
    end = found.window.until
    is_past = end is not None and homeostat.clock.now() - end > _A_DAY
    newer = " (nothing newer)" if is_past and named is None else ""
    most = SHOWN if to_terminal() else len(found.patterns)
    told = _told(found, newer, most=most, rate=" at the rate of then" if is_past else "")
    if len(found.patterns) > most:
        more = count(len(found.patterns) - most, "more pattern")
        told += ["", f"{more}:", f"  {asked()} | less"]
    put_lines(part for line in told for part in fitted(line))


def _told(found: Detected, newer: str, *, most: int, rate: str) -> list[str]:
    lines = _head(found, newer)
    for incident in found.incidents:
        lines += ["", *_incident(incident)]
    for pattern in found.patterns[:most]:
        lines += ["", *_pattern(pattern, rate)]
    for item in found.unnamed[:3]:
        words = _cut(" ".join(item.words), 46)
        lines += [
            "",
            f"alike     {count(item.failures, 'failure')} of no known class: {words}",
            f"          one group? homeostat merge {' '.join(item.signatures[1::-1])}",
        ]
    if found.resolved:
        lines.append("")
    for group in found.resolved[:SHOWN_GONE]:
        what = _cut(f"{group.tool}: {group.line}", 42)
        lines.append(f"gone      {group.signature[:6]}  {when(group.last_at)}  {what}")
    if len(found.resolved) > SHOWN_GONE:
        lines.append(f"          and {len(found.resolved) - SHOWN_GONE} more: --json has them")
    return lines + _why_no_more(found)


def _head(found: Detected, newer: str) -> list[str]:
    counted = (
        f"{count(found.runs, 'run')}, {count(found.calls, 'call')}, {count(found.faults, 'fault')}"
        f"{_model_errors(found)} of {count(found.kinds, 'kind')}"
    )
    when_ = f"{period(found.window)}{newer}"
    return [when_, counted] if newer else [f"{when_}   {counted}"]


def _model_errors(found: Detected) -> str:
    return f" and {count(found.model_errors, 'model error')}" if found.model_errors else ""


def _why_no_more(found: Detected) -> list[str]:
    """Why the answer is short, and which option would make it longer."""
    lines = [line for line in (_why_nothing(found), *_left_out(found)) if line]
    return ["", *lines] if lines else []


def _why_nothing(found: Detected) -> str:
    if not found.runs:
        return "No run in this time. What was read: homeostat coverage; more: homeostat import"
    if found.faults or found.model_errors:
        return ""
    if not found.calls:
        return "No call in this time, so what failed is not known."
    return "No fault in this time; findings (tests, linters): homeostat errors --findings"


def _left_out(found: Detected) -> Iterator[str]:
    if found.too_few:
        fewer = count(found.too_few, "kind")
        yield (
            f"{fewer} failed fewer than {found.min_occurrences} times: "
            "--min-occurrences 1 --confidence 0 shows them"
        )
    if found.below_confidence:
        hidden = count(found.below_confidence, "kind")
        yield f"{hidden} seen too rarely to say that it recurs: --confidence 0 shows them"
    if found.beyond:
        yield f"{count(found.beyond, 'kind')} that cost less: homeostat errors"
    if found.declined:
        fewer = count(found.declined, "proposal")
        yield f"{fewer} you declined: homeostat improvements --status declined"
    if found.known_since:
        first = f"{found.known_since.astimezone():%Y-%m-%d}"
        yield f"More is known, since {first}: homeostat detect --since {first}"


def _incident(incident: Incident) -> list[str]:
    tools = ", ".join(f"{tool.name} {tool.count}" for tool in incident.tools[:4])
    period_, together = "when is not known", "failed in the same runs, or alike"
    if incident.is_dated:
        period_ = f"{when(incident.began_at)} to {when(incident.ended_at)}"
        together = "rose together, the first one first"
    return [
        f"INCIDENT  {_cut(incident.title, 10)}",
        (
            f"          {count(incident.failures, 'failure')} of "
            f"{count(len(incident.signatures), 'kind')} in {count(incident.runs, 'run')}, "
            f"{period_}; {tools}"
        ),
        f"          {together}: {_members(incident)}",
    ]


def _members(incident: Incident) -> str:
    more = len(incident.signatures) - SHOWN_OF_INCIDENT
    shown = " ".join(incident.signatures[:SHOWN_OF_INCIDENT])
    return f"{shown} and {more} more" if more > 0 else shown


_STATES = {
    State.NEW: "new",
    State.ONGOING: "ongoing",
    State.ESCALATING: "more and more",
    State.REGRESSED: "back again",
    State.RESOLVED: "gone",
    State.UNDATED: "when is not known",
}


def _pattern(pattern: Pattern, rate: str) -> list[str]:
    group = pattern.group
    lines = [
        *_named(f"{group.signature[:6]}  {pattern.family}", group.line),
        (
            f"        {count(group.failures, 'failure')} in {count(group.runs, 'run')}, "
            f"{ended(pattern)}{_state(pattern)}{', escalated' if pattern.escalated else ''}; "
            f"{_share(pattern)}"
        ),
        f"        {_cost(group)}; {_period(pattern)}",
    ]
    return lines + details(pattern, rate=rate)


def _named(name: str, line: str) -> list[str]:
    """With what failed beside it, or below it on two lines: its end may be what tells the cause."""
    if not to_terminal() or len(name) + len(line) + 3 <= width():
        return [f"{name}   {line}"]
    room = width() - len(_INDENT)
    first, *more = wrap(plain(line), room) or [""]
    rest = [shortened(" ".join(more), room)] if more else []
    return [name, *(_INDENT + part for part in (first, *rest))]


def _state(pattern: Pattern) -> str:
    if pattern.state is State.ONGOING and not pattern.failing_runs_a_day:
        return "not seen for four weeks"  # too rare before to say that it is gone
    return _STATES[pattern.state]


def _period(pattern: Pattern) -> str:
    if pattern.state is State.UNDATED and pattern.undated >= pattern.group.failures:
        return "its runs have no times of their own (coverage)"
    group = pattern.group
    without = f" ({pattern.undated} without a time)" if pattern.undated else ""
    return f"first {when(group.first_at)}, last {when(group.last_at)}{without}"


def _cost(group: FailureGroup) -> str:
    if not group.has_cost:
        return "cost not known"
    return f"cost {duration(group.lost_ms)} at work, {amount(group.lost_tokens)} tokens"


def _share(pattern: Pattern) -> str:
    rate, what = pattern.rate, {MODEL: "answers", RUN: "runs"}.get(pattern.group.tool, "calls")
    return f"{rate.part} of {rate.whole:,} {what} ({100 * rate.low:.0f} to {100 * rate.high:.0f} %)"


def _cut(text: str, used: int) -> str:
    return shortened(text, max(12, width() - used)) if to_terminal() else text


_IMPROVEMENTS: tuple[Column[Improvement], ...] = (
    Column("id", lambda i: i.proposal.improvement_id),
    Column("status", lambda i: i.status.value),
    Column("of", lambda i: i.proposal.signature[:6], piped=lambda i: i.proposal.signature),
    Column("risk", lambda i: i.proposal.risk.value),
    Column("expected", lambda i: i.proposal.expected),
    Column("what", lambda i: i.proposal.title),
)


@click.command("improvements")
@click.option(
    "--status",
    default=None,
    type=click.Choice([status.value for status in Status]),
    help="Only these.",
)
@click.option("--limit", "-n", default=20, show_default=True, type=click.IntRange(1, 10_000))
@as_json
@click.pass_obj
def improvements(homeostat: Homeostat, *, status: str | None, limit: int, json_: bool) -> None:
    """What was proposed, and what became of it; what changed last comes first."""
    found = Improvements(homeostat).all(status=Status(status) if status else None, most=limit)
    if json_:
        put_json(found)
        return
    put_table(found, _IMPROVEMENTS)
    if not found:
        say("Nothing was proposed yet: homeostat detect")


@click.command("propose")
@click.argument("signature")
@as_json
@click.pass_obj
def propose(homeostat: Homeostat, *, signature: str, json_: bool) -> None:
    """Write down what could be done about one signature (S-...); nothing is changed."""
    found = Improvements(homeostat).propose(signature)
    if json_:
        put_json(found)
        return
    put_table(found, _IMPROVEMENTS)
    if not found:
        say("It never failed, or is gone: nothing to propose.")


@click.command("decline")
@click.argument("improvement")
@as_json
@click.pass_obj
def decline(homeostat: Homeostat, *, improvement: str, json_: bool) -> None:
    """Not this proposal (I-...): it stays declined until the failure has come twice as often."""
    item = Improvements(homeostat).decline(improvement)
    if json_:
        put_json([item])
        return
    again = 2 * max(1, item.declined_failures)
    put(f"Declined {item.proposal.improvement_id}: {item.proposal.title}")
    put(f"It is proposed again when {item.proposal.signature} has failed {again:,} times.")
