"""How a failure that recurs goes on: its state, its rate, whether it is escalated."""

import math
from collections.abc import Sequence

import msgspec

from homeostat.analyze.distributions import negative_binomial_upper_tail
from homeostat.model.pattern import DayCounts, PatternFacts, State

WEEK = 7
HISTORY_DAYS = 63
"""Looked at: the week that is judged and eight weeks before it."""
PRESENT_DAYS = 28
ESCALATED_FROM = 6
"""More than 5 in 7 days."""
GONE_DAYS = 14
"""So long without a failure is gone; shorter, a coincidence looks the same."""
EXPECTED_WHEN_GONE = 3.0
"""Failures that should have been seen in that time: the chance of none is then below 5 %."""
LEAST_TO_BE_GONE = 5
"""A rate known from fewer is mostly luck: what is counted begins with a failure."""
LEAST_TO_ESCALATE = 5
RARE = 0.005
"""A week like this one by chance alone; simulated in tests: below 5 % a week."""
DISPERSION = 0.3
"""How much more days differ than a Poisson process: failures come in bursts."""


def dated(facts: PatternFacts) -> PatternFacts:
    """Without the failures whose day is only that of their file: they say nothing of when."""
    if not facts.undated:
        return facts
    days = tuple(
        msgspec.structs.replace(count, failures=count.failures - facts.undated.get(count.day, 0))
        for count in facts.days
    )
    first = next((count.day for count in days if count.failures), facts.first_day)
    return msgspec.structs.replace(facts, days=days, first_day=first)


def state(facts: PatternFacts, *, since_day: int, today: int) -> State:
    """The state at the end of `today`, of a window that begins with `since_day`.

    In a long window new is what began within the last two weeks.
    """
    failing = [count.day for count in facts.days if count.failures]
    if not failing or (today - failing[-1] >= GONE_DAYS and _is_missed(facts.days, failing[-1])):
        return State.UNDATED if facts.undated else State.RESOLVED
    if facts.first_day >= max(since_day, today - GONE_DAYS + 1):
        return State.NEW
    inside = [day for day in failing if day >= since_day]
    before = [day for day in failing if day < since_day]
    last_before = before[-1] if before else facts.first_day
    if (
        inside
        and inside[0] - last_before > GONE_DAYS
        and _was_used(facts.days, last_before, inside)
    ):
        return State.REGRESSED
    return State.ESCALATING if is_rising(facts.days, today) else State.ONGOING


def is_escalated(days: Sequence[DayCounts], today: int) -> bool:
    return failures_between(days, today - WEEK + 1, today) >= ESCALATED_FROM


def failures_between(days: Sequence[DayCounts], first: int, last: int) -> int:
    return sum(count.failures for count in days if first <= count.day <= last)


def failing_runs_a_day(facts: PatternFacts, today: int) -> float:
    """At present: over the last four weeks, or since it began where that is less."""
    failing = [count.day for count in facts.days if count.failures]
    group = facts.group
    if not failing or not group.failures:
        return 0.0
    recent = failures_between(facts.days, today - PRESENT_DAYS + 1, today)
    span = min(PRESENT_DAYS, today - failing[0] + 1)
    return recent * group.runs / group.failures / max(1, span)


def confidence(failures: int, runs: int) -> float:
    """How sure it is that a pattern comes again in as much time as it was looked at.

    Of a Poisson process of a rate that nothing is known of (prior 1/rate) which showed n events,
    the next equal time shows none with the chance 2^-n. A failure of another run is an event. What
    follows in the same run may be the agent trying again: it counts half, by our choice, and at
    most as one event a run.
    """
    return 1 - math.exp2(-runs - min((failures - runs) / 2, runs))


def is_rising(days: Sequence[DayCounts], today: int) -> bool:
    """Whether the last 7 days have more failures than the weeks before make likely.

    Beside what the tool was used: a busy week fails more often. The count of a week is compared
    with a negative binomial one, whose mean is what the weeks before give, with their own error.
    """
    week = [count for count in days if today - WEEK < count.day <= today]
    before = [count for count in days if today - HISTORY_DAYS < count.day <= today - WEEK]
    failures = sum(count.failures for count in week)
    known = sum(count.failures for count in before)
    if failures < LEAST_TO_ESCALATE or not before:
        return False
    used, used_before = _used(week), _used(before)
    if not used_before:
        return False
    mean = (known + 0.5) * used / used_before
    spread = DISPERSION + 1 / (known + 0.5)
    return negative_binomial_upper_tail(failures, mean, spread) < RARE


def _used(days: Sequence[DayCounts]) -> int:
    return sum(count.failures + count.successes for count in days)


def _was_used(days: Sequence[DayCounts], after: int, inside: Sequence[int]) -> bool:
    return any(after < count.day < inside[0] and count.successes for count in days)


def _is_missed(days: Sequence[DayCounts], last: int) -> bool:
    """Whether it should have been seen since: a tool that is not used does not fail."""
    until = [count for count in days if count.day <= last]
    used, since = _used(until), _used([count for count in days if count.day > last])
    failures = sum(count.failures for count in until)
    if failures < LEAST_TO_BE_GONE or not used:
        return False
    return failures * since / used >= EXPECTED_WHEN_GONE
