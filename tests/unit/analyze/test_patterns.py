"""How a failure that recurs goes on, by its counts a day."""

import math
import random

import pytest

from homeostat.analyze import patterns
from homeostat.model.pattern import DayCounts, PatternFacts, State
from homeostat.model.views import FailureGroup

TODAY = 20_000
GROUP = FailureGroup(
    signature="S-A", error_class="unknown", tool="Bash", line="boom", nature="fault", failures=1,
    runs=1, lost_ms=0, lost_tokens=0, first_at=None, last_at=None,
)  # fmt: skip


def days(failures, *, used=50):
    """Counts of the days before today, the last one today; a tool that is used each day."""
    first = TODAY - len(failures) + 1
    return tuple(DayCounts(first + n, count, used) for n, count in enumerate(failures))


def facts(counts, *, first_day=None, undated=None):
    return PatternFacts(
        group=GROUP,
        days=counts,
        first_day=counts[0].day if first_day is None else first_day,
        undated=undated or {},
        tool_family="shell",
    )


def state(failures, *, used=50):
    counts = days(failures, used=used)
    seen = [count.day for count in counts if count.failures]
    known = facts(counts, first_day=seen[0])
    return patterns.state(known, since_day=TODAY - 6, today=TODAY)


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        ([0] * 20 + [0, 0, 3, 1, 0, 2, 1], State.NEW),
        ([1, 0, 2, 1] * 7, State.ONGOING),
        ([1] * 28 + [6, 7, 5, 9, 6, 8, 7], State.ESCALATING),
        ([2, 3, 1] + [0] * 20 + [0, 0, 3, 1, 0, 2, 1], State.REGRESSED),
        ([2, 3, 1, 2, 3, 2, 1, 2] + [0] * 15, State.RESOLVED),
    ],
)
def test_a_pattern_goes_on_as_its_counts_say(failures, expected):
    assert state(failures) is expected


def test_a_pattern_is_not_gone_while_its_tool_is_not_used():
    failing, idle = days([2, 3, 1, 2, 3, 2, 1, 2] + [0] * 15), range(TODAY - 14, TODAY + 1)
    counts = tuple(DayCounts(c.day, c.failures, 0 if c.day in idle else 50) for c in failing)

    assert patterns.state(facts(counts), since_day=TODAY - 6, today=TODAY) is State.ONGOING


def test_failures_on_the_day_of_their_file_are_neither_new_nor_escalated():
    known = patterns.dated(facts(days([0] * 28 + [40]), undated={TODAY: 40}))

    assert patterns.state(known, since_day=TODAY - 6, today=TODAY) is State.UNDATED
    assert not patterns.is_escalated(known.days, TODAY)
    assert patterns.failing_runs_a_day(known, TODAY) == 0


def test_what_failed_when_nobody_knows_is_not_called_gone():
    counts = days([2, 3, 1, 2, 3, 2, 1, 2] + [0] * 14 + [40])
    known = patterns.dated(facts(counts, undated={TODAY: 40}))

    assert patterns.state(known, since_day=TODAY - 60, today=TODAY) is State.UNDATED


def test_failures_with_times_are_judged_without_those_that_have_none():
    counts = days([1, 0, 2, 1] * 7 + [41])
    known = patterns.dated(facts(counts, undated={TODAY: 40}))

    assert patterns.state(known, since_day=TODAY - 6, today=TODAY) is State.ONGOING
    assert patterns.failures_between(known.days, TODAY, TODAY) == 1


def test_a_rare_failure_that_stays_away_is_not_called_gone():
    assert state([1] + [0] * 30) is not State.RESOLVED


def test_a_busy_week_is_no_escalation():
    before = days([2] * 28, used=20)
    week = tuple(DayCounts(TODAY - 6 + n, 8, 80) for n in range(7))
    earlier = tuple(DayCounts(c.day - 7, c.failures, c.successes) for c in before)

    assert not patterns.is_rising((*earlier, *week), TODAY)


@pytest.mark.parametrize(("failures", "escalated"), [(5, False), (6, True)])
def test_more_than_five_in_seven_days_is_escalated(failures, escalated):
    assert patterns.is_escalated(days([9, 0, 0, 0, 0, failures, 0, 0]), TODAY) is escalated


@pytest.mark.parametrize("mean", [0.3, 1.0, 3.0, 15.0])
def test_a_week_of_noise_is_called_rising_in_less_than_one_of_twenty(mean):
    chance = random.Random(7)

    def noisy_day():
        rate = chance.gammavariate(1 / 0.3, 0.3 * mean)
        return sum(1 for _ in range(400) if chance.random() < rate / 400)

    called = sum(
        patterns.is_rising(days([noisy_day() for _ in range(35)]), TODAY) for _ in range(300)
    )

    assert called <= 0.05 * 300


@pytest.mark.parametrize("runs", [1, 2, 3, 5])
def test_as_sure_as_it_says_a_pattern_comes_again_in_the_next_week(runs):
    """Patterns of any rate, from one in twenty weeks to eighty a week."""
    chance = random.Random(11)
    again = met = 0
    while met < 1500:
        rate = math.exp(chance.uniform(math.log(0.05), math.log(80)))
        if _events(chance, rate) == runs:
            met += 1
            again += _events(chance, rate) > 0

    assert abs(again / met - patterns.confidence(runs, runs)) < 0.04


def test_a_failure_that_follows_in_the_same_run_tells_half_as_much():
    assert patterns.confidence(3, 1) == patterns.confidence(2, 2) == 0.75
    assert patterns.confidence(2, 1) < 0.75
    assert patterns.confidence(500, 1) == 0.75


def _events(chance, rate):
    """Of one week of a Poisson process."""
    count, at = 0, chance.expovariate(rate)
    while at < 1:
        count, at = count + 1, at + chance.expovariate(rate)
    return count
