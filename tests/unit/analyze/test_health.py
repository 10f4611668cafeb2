"""The score: its parts, what is left out, and when its trend is told."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.analyze.health import (
    FOR_MANY,
    FOR_ONE,
    CallDay,
    RunDay,
    TimedCalls,
    Totals,
    added,
    baseline,
    by_day,
    parts,
    score,
    slowness,
    trend,
)
from homeostat.model.durations import step_of
from homeostat.model.health import Direction

USUAL = baseline(
    [TimedCalls(0, 1, step_of(1000), 50), TimedCalls(0, 2, step_of(8000), 50)],
    [RunDay(0, 40, 10, 5, 400_000)],
)
WELL = Totals(well=40, badly=10, tokens=400_000, worked=980, faults=20, slowness={0: 100})


def named(total, **arguments):
    return {part.name: part for part in parts(total, USUAL, **arguments)}


def test_the_score_is_the_weighted_mean_of_its_four_parts():
    found = parts(WELL, USUAL)

    assert [round(part.score) for part in found] == [80, 100, 98, 100]
    assert [part.weight for part in found] == [0.5, 0.2, 0.2, 0.1]
    assert score(found) == pytest.approx(0.5 * 80 + 0.2 * 100 + 0.2 * 98 + 0.1 * 100)


def test_a_part_without_data_is_left_out_and_the_others_weigh_more():
    found = named(Totals(well=8, badly=2))

    assert found["outcome"].weight == 1
    assert found["speed"].missing == ("collecting data (0 of 20 timed calls)")
    assert score(tuple(found.values())) == 80


def test_no_data_is_not_health():
    found = parts(Totals(), USUAL)

    assert score(found) is None
    assert all(part.weight == 0 for part in found)


def test_unknown_is_never_ok():
    known, more = named(Totals(well=5, badly=5)), named(Totals(well=5, badly=5, unknown_runs=90))
    all_unknown = named(Totals(unknown_runs=50, unknown_calls=500))

    assert known["outcome"].score == more["outcome"].score == 50
    assert "90 unknown" in more["outcome"].detail
    assert all(part.score is None for part in all_unknown.values())


def test_everything_failing_is_zero_and_does_not_fail():
    found = named(Totals(badly=30, faults=500, slowness={40: 100}))

    assert found["outcome"].score == found["reliability"].score == 0
    assert found["speed"].score < 1


def test_twice_as_slow_as_the_tool_usually_is_halves_the_part():
    usual = baseline([TimedCalls(0, 7, step_of(1000), 20)], [])
    slow = slowness(step_of(2000), usual.log_ms[7])

    found = {p.name: p for p in parts(Totals(slowness={slow: 20}), usual)}

    assert found["speed"].score == 50


def test_a_tool_seen_less_than_twenty_times_has_no_usual_duration():
    assert baseline([TimedCalls(0, 7, 20, 19)], []).log_ms == {}


def test_a_wait_that_nobody_notices_does_not_count_as_slow():
    usual = baseline([TimedCalls(0, 7, step_of(2), 20)], [])

    assert slowness(step_of(64), usual.log_ms[7]) == 0


def test_one_run_is_judged_from_less():
    found = named(Totals(badly=1, worked=5, slowness={0: 5}), minimum=FOR_ONE)

    assert found["outcome"].detail == "it did not end well"
    assert found["outcome"].score == 0
    assert found["reliability"].score == 100


RUNS = st.lists(st.builds(RunDay, *[st.integers(0, 20)] * 5), max_size=20)
CALLS = st.lists(st.builds(CallDay, *[st.integers(0, 20)] * 4), max_size=20)
TIMED = st.lists(st.builds(TimedCalls, *[st.integers(0, 20)] * 4), max_size=20)


@given(RUNS, CALLS, TIMED, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(runs, calls, timed, chance):
    def judged(runs, calls, timed):
        usual = baseline(timed, runs)
        days = by_day(runs, calls, timed, usual)
        last = {day: total for day, total in days.items() if day > 13}
        before = {day: total for day, total in days.items() if day <= 13}
        return parts(added(days.values()), usual, FOR_MANY), trend(last, before, usual)

    def mixed(some):
        return chance.sample(some, k=len(some))

    assert judged(runs, calls, timed) == judged(mixed(runs), mixed(calls), mixed(timed))


def a_day(chance, share, *, runs=12):
    level = min(0.98, max(0.02, chance.gauss(share, 0.06)))
    well = sum(chance.random() < level for _ in range(runs))
    faults = sum(chance.random() < 0.05 for _ in range(200))
    slow = Counter(round(chance.gauss(0, 4)) for _ in range(60))
    return Totals(
        well=well, badly=runs - well, tokens=10_000 * runs, worked=200 - faults, faults=faults,
        slowness=slow,
    )  # fmt: skip


def days(chance, share, count, **more):
    return {number: a_day(chance, share, **more) for number in range(count)}


def told(chance, share, **more):
    before = days(chance, 0.7, 30, **more)
    usual = baseline([], [RunDay(0, 250, 100, 0, 3_500_000)])
    return trend(days(chance, share, 7, **more), before, usual)


def test_a_trend_is_told_of_quiet_days_in_less_than_five_of_a_hundred_weeks():
    chance = random.Random(5)
    found = [told(chance, 0.7).direction for _ in range(150)]

    # 5 % are 7.5; more than 13 would come less than once in thirty times.
    assert 150 - found.count(Direction.STABLE) <= 13


def test_a_fall_from_seventy_to_forty_per_cent_is_told_most_often():
    chance = random.Random(6)
    found = [told(chance, 0.4).direction for _ in range(40)]

    assert found.count(Direction.DEGRADING) >= 32


def test_a_difference_below_five_points_is_stable_however_sure():
    before = dict.fromkeys(range(30), Totals(well=700, badly=300))
    last = dict.fromkeys(range(7), Totals(well=670, badly=330))

    found = trend(last, before, USUAL)

    assert found.direction is Direction.STABLE
    assert found.difference == pytest.approx(-3)


@pytest.mark.parametrize(("last", "before", "known"), [(7, 9, 9), (3, 30, 3), (0, 0, 0)])
def test_too_few_days_are_counted_and_not_judged(last, before, known):
    chance = random.Random(1)
    found = trend(days(chance, 0.7, last), days(chance, 0.7, before), USUAL)

    assert found.direction is None
    assert found.missing
    assert found.missing.known == known
