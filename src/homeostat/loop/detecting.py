"""detect: what keeps failing, how it goes on, what goes with it, and what could be done."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from homeostat.analyze import context, incidents, intervals, likeness, patterns
from homeostat.analyze.effect.power import provable
from homeostat.knowledge import improvements
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import DAY_NS, moment, nanoseconds
from homeostat.knowledge.queries import failures, overview
from homeostat.knowledge.queries import patterns as queries
from homeostat.model.call import NOT_TOOLS
from homeostat.model.outcome import Nature
from homeostat.model.pattern import (
    Detected,
    Improvement,
    Incident,
    Pattern,
    PatternFacts,
    State,
    Unnamed,
)
from homeostat.model.views import FailureGroup, Share, Window
from homeostat.plan import proposals

MOST_JUDGED = 100
"""Patterns, what cost most first: more than a person reads, and it bounds the time."""
WITH_CONTEXT = 3
"""Patterns whose calls are looked at; `show` looks at any one."""


class _Depth(NamedTuple):
    """How far is looked: reading calls is what takes time."""

    runs: int
    """Of each pattern, the latest ones, and as many others."""
    calls: int
    """Of all these runs together; a few runs are always read."""


OF_EACH, OF_ONE = _Depth(20, 1_500), _Depth(50, 2_500)
"""In `detect`, and where one pattern is asked for."""
SHOWN_INCIDENTS = 3
BOTH = (Nature.FAULT, Nature.FINDING)
"""A signature that a person asks for is shown with all of its failures."""


def detect(
    connection: Connection,
    groupings: Groupings,
    window: Window,
    *,
    now: datetime,
    min_occurrences: int,
    confidence: float,
    ignored_tools: Sequence[str] = (),
) -> Detected:
    """What a window's facts say. Pure judging over what the store knows; writes nothing."""
    until = window.until or now
    since = window.since or until - timedelta(days=patterns.WEEK)
    window = Window(since=since, until=until)
    totals = overview.totals(connection, window, overview.active_runs(connection, window))
    groups = [
        group
        for group in failures.groups(connection, window, groupings)
        if not group.ignored and group.tool not in ignored_tools
    ]
    enough = [group for group in groups if group.failures >= min_occurrences]
    judged = _recurring(connection, groupings, enough[:MOST_JUDGED], since=since, until=until)
    present = [pattern for pattern in judged if pattern.state is not State.RESOLVED]
    kept = [pattern for pattern in present if pattern.confidence >= confidence]
    new = [pattern.group.signature for pattern in judged if pattern.state is State.NEW]
    gone = [pattern.group for pattern in judged if pattern.state is State.RESOLVED]
    return Detected(
        window=window,
        runs=totals.runs,
        calls=totals.calls,
        faults=totals.faults,
        model_errors=totals.model_errors,
        kinds=len(groups),
        min_occurrences=min_occurrences,
        too_few=len(groups) - len(enough),
        below_confidence=len(present) - len(kept),
        known_since=None if kept else _known_before(connection, since),
        declined=0,
        beyond=len(enough) - len(judged),
        incidents=_incidents(connection, groupings, groups, window, new=new, runs=totals.runs),
        patterns=tuple(kept),
        unnamed=tuple(Unnamed(**item._asdict()) for item in likeness.alike(groups)),
        resolved=_resolved(connection, groupings, until, inside=gone, ignored_tools=ignored_tools),
    )


def _recurring(
    connection: Connection,
    groupings: Groupings,
    groups: Sequence[FailureGroup],
    *,
    since: datetime,
    until: datetime,
) -> list[Pattern]:
    """Each group judged by its days; of the first ones the calls are looked at as well."""
    last_day = (nanoseconds(until) - 1) // DAY_NS
    first_day = min(last_day - patterns.HISTORY_DAYS + 1, nanoseconds(since) // DAY_NS)
    found = queries.facts(connection, groups, groupings, first_day=first_day, last_day=last_day)
    ended = _ended_runs(connection, groupings, groups, Window(since=since, until=until))
    judged = [_judged(facts, since, last_day, ended) for facts in found]
    judged.sort(key=_place)
    return _with_context(connection, groupings, judged, since=since, depth=OF_EACH)


def of_signature(
    connection: Connection, groupings: Groupings, group: FailureGroup, *, now: datetime
) -> Pattern:
    """One pattern as `detect` would show it, over the weeks before its last failure."""
    until = min(now, group.last_at or now) + timedelta(seconds=1)
    since = until - timedelta(days=patterns.HISTORY_DAYS)
    last_day = nanoseconds(now) // DAY_NS
    first_day = nanoseconds(since) // DAY_NS
    (facts,) = queries.facts(
        connection, [group], groupings, first_day=first_day, last_day=last_day, natures=BOTH
    )
    ended = _ended_runs(connection, groupings, [group], Window())
    judged = _judged(facts, since, last_day, ended)
    (pattern,) = _with_context(connection, groupings, [judged], since=since, depth=OF_ONE)
    return pattern


def _with_context(
    connection: Connection,
    groupings: Groupings,
    judged: Sequence[Pattern],
    *,
    since: datetime,
    depth: _Depth,
) -> list[Pattern]:
    """The first ones with what sets their calls apart, and how the agent got over them itself."""
    first = [pattern.group.signature for pattern in judged[:WITH_CONTEXT]]
    calls = context.featured(
        queries.surroundings(
            connection,
            first,
            groupings,
            since=nanoseconds(since),
            most=depth.runs,
            calls=depth.calls,
        )
    )
    looked_at = [_looked_at(pattern, calls) for pattern in judged[:WITH_CONTEXT]]
    return [_proposed(pattern) for pattern in (*looked_at, *judged[WITH_CONTEXT:])]


def _looked_at(pattern: Pattern, calls: Sequence[context.FeaturedCall]) -> Pattern:
    group = pattern.group
    found = context.context(calls, group.signature, group.tool)
    return msgspec.structs.replace(
        pattern,
        correlation_score=found.score,
        factors=found.factors,
        recoveries=context.recoveries(calls, group.signature, group.tool),
    )


def persist(
    connection: Connection, found: Iterable[Pattern], *, now: datetime
) -> list[Improvement]:
    """Write the proposals down; proposing twice makes one, and a declined one stays declined."""
    known = {item.proposal.improvement_id: item for item in improvements.improvements(connection)}
    reopened = [
        name
        for name, item in known.items()
        if proposals.is_reopened(
            item, failures=improvements.failures(connection, item.proposal.signature)
        )
    ]
    every = [proposal for pattern in found for proposal in pattern.proposals]
    with connection.transaction(alone=True):  # nobody declines one meanwhile
        return improvements.put(connection, every, now=now, reopened=reopened)


def _known_before(connection: Connection, since: datetime) -> datetime | None:
    extent = overview.extent(connection)
    return extent[0] if extent and extent[0] < since else None


def _place(pattern: Pattern) -> tuple[bool, bool]:
    """What fails now comes first; and where no cost is known, what ended runs."""
    return not pattern.failing_runs_a_day, not (pattern.group.has_cost or pattern.ended_runs)


def _ended_runs(
    connection: Connection, groupings: Groupings, groups: Iterable[FailureGroup], window: Window
) -> dict[str, int]:
    of_model = [group.signature for group in groups if group.tool in NOT_TOOLS]
    return queries.ended_runs(connection, of_model, groupings, window) if of_model else {}


def _judged(
    facts: PatternFacts, since: datetime, last_day: int, ended: Mapping[str, int]
) -> Pattern:
    group = facts.group
    since_day = nanoseconds(since) // DAY_NS
    inside = [count for count in facts.days if count.day >= since_day]
    failed, worked = (sum(c.failures for c in inside), sum(c.successes for c in inside))
    dated = patterns.dated(facts)
    return Pattern(
        group=group,
        family=f"{group.error_class}:{group.tool}",
        tool_family=facts.tool_family,
        state=patterns.state(dated, since_day=since_day, today=last_day),
        escalated=patterns.is_escalated(dated.days, last_day),
        last_week=patterns.failures_between(dated.days, last_day - patterns.WEEK + 1, last_day),
        undated=sum(facts.undated.values()),
        rate=intervals.share(failed, failed + worked),
        ended_runs=ended.get(group.signature, 0),
        failing_runs_a_day=patterns.failing_runs_a_day(dated, last_day),
        confidence=patterns.confidence(group.failures, group.runs),
        correlation_score=None,
    )


def _proposed(pattern: Pattern) -> Pattern:
    """With what could be done; nothing is to be done about what is gone."""
    if pattern.state is State.RESOLVED:
        return pattern
    return msgspec.structs.replace(pattern, proposals=proposals.proposals(pattern, provable))


def _incidents(
    connection: Connection,
    groupings: Groupings,
    groups: Sequence[FailureGroup],
    window: Window,
    *,
    new: Sequence[str],
    runs: int,
) -> tuple[Incident, ...]:
    often = sorted(groups, key=lambda group: (-group.runs, group.signature))
    by_id = {group.signature: group for group in often[: incidents.MOST_COMPARED]}
    days = queries.undated_failures(connection, list(by_id), groupings)
    undated = {name for name, counts in days.items() if counts.total() >= by_id[name].failures}
    outer = {name for name, group in by_id.items() if group.error_class in incidents.OUTER}
    # Nobody knows what these rose with: only whether the same runs had both, or said the same.
    enough = {name for name in outer & undated if by_id[name].failures >= incidents.COMMON_RUNS}
    said = {
        name: f"{words}|{max(days[name])}"  # of files that were written on one day
        for name, words in queries.said(connection, enough).items()
    }
    outer -= undated
    failed = queries.failed_runs(connection, by_id.values(), groupings, window, by_hour=outer)
    hours = overview.active_hours(connection, window) if outer else 0
    found = incidents.incidents(failed, new=new, said=said, runs=runs, hours=hours)
    return tuple(
        Incident(
            title=by_id[item.signatures[0]].line,
            began_at=moment(item.began_at),
            ended_at=moment(item.ended_at),
            failures=item.failures,
            runs=item.runs,
            signatures=item.signatures,
            tools=_tools([by_id[name] for name in item.signatures]),
            is_dated=not undated.issuperset(item.signatures),
        )
        for item in found[:SHOWN_INCIDENTS]
    )


def _tools(groups: Sequence[FailureGroup]) -> tuple[Share, ...]:
    counted: dict[str, int] = {}
    for group in groups:
        counted[group.tool] = counted.get(group.tool, 0) + group.failures
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(name=name, count=count) for name, count in ranked)


def _resolved(
    connection: Connection,
    groupings: Groupings,
    until: datetime,
    *,
    inside: Sequence[FailureGroup],
    ignored_tools: Collection[str],
) -> tuple[FailureGroup, ...]:
    """What failed `inside` a window that ends then, or in the weeks before, and is gone while its
    tool was used."""
    last_day = (nanoseconds(until) - 1) // DAY_NS
    known = {group.signature for group in inside}
    ended = [
        group
        for group in _ended(connection, groupings, until)
        if not group.ignored and group.tool not in ignored_tools and group.signature not in known
    ][:MOST_JUDGED]
    found = queries.facts(
        connection, ended, groupings,
        first_day=last_day - patterns.HISTORY_DAYS + 1, last_day=last_day,
    )  # fmt: skip
    since_day = last_day - patterns.GONE_DAYS + 1
    return (
        *inside,
        *(
            facts.group
            for facts in found
            if patterns.state(patterns.dated(facts), since_day=since_day, today=last_day)
            is State.RESOLVED
        ),
    )


def _ended(connection: Connection, groupings: Groupings, until: datetime) -> list[FailureGroup]:
    """Failures of the weeks before that did not come again until then."""
    extent = overview.extent(connection)
    return failures.ended(
        connection,
        groupings,
        since=until - timedelta(days=patterns.HISTORY_DAYS),
        until=until - timedelta(days=patterns.GONE_DAYS),
        is_latest=extent is None or extent[1] < until,
    )
