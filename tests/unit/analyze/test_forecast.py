"""What is coming: growth that is told, paces, and what is not told yet."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from homeostat.analyze.forecast import (
    Day,
    accelerating,
    backtest,
    missing,
    pace,
    until,
)

TODAY = 20_500


def growing(a_week, *, first=4.0, uses=200, days=28):
    return [Day(TODAY - days + 1 + n, round(first * a_week ** (n / 7)), uses) for n in range(days)]


def test_failures_that_double_each_week_are_told_with_interval_and_next_week():
    (found,) = accelerating({"timeouts": growing(2.0)}, today=TODAY)

    assert found.a_week == pytest.approx(2.0, rel=0.05)
    assert found.low < 2.0 < found.high
    assert found.next_week == pytest.approx(4 * 16 * sum(2 ** (n / 7) for n in range(7)), rel=0.1)
    assert found.next_low < found.next_week < found.next_high


def test_more_work_is_no_growth():
    days = [
        Day(TODAY - 27 + n, round(4 * 2 ** (n / 7)), round(200 * 2 ** (n / 7))) for n in range(28)
    ]

    assert accelerating({"timeouts": days}, today=TODAY) == []


def test_steady_falling_and_too_few_failures_do_not_grow():
    assert accelerating({"steady": growing(1.0)}, today=TODAY) == []
    assert accelerating({"falling": growing(0.5, first=60)}, today=TODAY) == []
    assert accelerating({"rare": growing(1.0, first=0)}, today=TODAY) == []


@pytest.mark.parametrize(
    "days",
    [
        [], [Day(TODAY, 50, 50)], growing(2.0, days=13), growing(1.0, first=200),
        [Day(TODAY - n, 5, 0) for n in range(28)], [Day(TODAY + 300 + n, 5, 9) for n in range(28)],
        [Day(TODAY - n, 100 if n == 0 else 0, 100) for n in range(28)],
    ],
    ids=["none", "one", "few", "all fail", "unused", "in the future", "the last day alone"],
)  # fmt: skip
def test_odd_histories_tell_nothing_and_break_nothing(days):
    assert accelerating({"odd": days}, today=TODAY) == []
    assert backtest({"odd": days}, today=TODAY).within <= 1


def test_the_growth_is_that_of_the_likelihoods_maximum():
    chance = random.Random(3)
    days = [
        Day(TODAY - 27 + n, chance.randint(2, 6) + n // 2, chance.randint(80, 120))
        for n in range(28)
    ]

    def loss(values):
        level, slope = values
        return sum(
            day.uses * math.exp(level + slope * (day.day - TODAY))
            - day.failures * (level + slope * (day.day - TODAY))
            for day in days
        )

    best = optimize.minimize(loss, [-3.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9}).x
    (found,) = accelerating({"x": days}, today=TODAY)

    assert found.a_week == pytest.approx(math.exp(7 * best[1]), rel=1e-3)


def quiet(chance, mean):
    level, found = 0.0, []
    for n in range(35):
        level = 0.5 * level + chance.gauss(0, 0.2)
        rate = mean / 200 * math.exp(min(level, 1.5))
        failures = sum(chance.random() < rate for _ in range(200))
        found.append(Day(TODAY - 34 + n, failures, 200))
    return found


def test_quiet_series_seldom_grow_and_most_weeks_come_out_as_told():
    chance = random.Random(9)
    told = tested = within = 0
    for _ in range(15):
        series = {str(mean): quiet(chance, mean) for mean in (3, 8, 20, 40)}
        told += len(accelerating(series, today=TODAY))
        test = backtest(series, today=TODAY)
        tested, within = tested + test.series, within + test.within

    # Of 60 series 5 % are 3. 80 % of 60 are 48; fewer than 40 would come once in a hundred times.
    assert told <= 6
    assert within >= 40
    assert tested == 60


def test_a_pace_has_an_interval_and_needs_fourteen_days():
    found = pace([10.0, 20.0] * 14)

    assert found
    assert found.middle == 15
    assert found.low < 15 < found.high
    assert pace([1.0] * 13) is None
    assert missing(growing(1.0, days=9), today=TODAY)


def test_days_until_a_limit_go_with_the_pace_and_its_ends():
    steady = pace([2.0] * 20)
    nothing = pace([0.0] * 20)

    assert steady
    assert nothing
    assert until(10.0, steady) == (5, 5, 5)
    assert until(10.0, nothing) == (None, None, None)


DAYS = st.lists(
    st.builds(Day, st.integers(TODAY - 40, TODAY), st.integers(0, 50), st.integers(0, 99)),
    max_size=50,
    unique_by=lambda day: day.day,
)


@given(st.dictionaries(st.text(max_size=2), DAYS, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(series, chance):
    mixed = {name: chance.sample(days, k=len(days)) for name, days in series.items()}
    names = chance.sample(list(mixed), k=len(mixed))
    shuffled = {name: mixed[name] for name in names}

    assert accelerating(series, today=TODAY) == accelerating(shuffled, today=TODAY)
    assert backtest(series, today=TODAY) == backtest(shuffled, today=TODAY)


def test_what_failed_on_a_few_days_only_has_no_pace():
    days = [Day(TODAY - 27 + n, 0 if n < 24 else 3, 40) for n in range(28)]

    assert accelerating({"broken": days}, today=TODAY) == []


def test_no_more_failures_are_told_than_there_are_uses():
    days = [Day(TODAY - 27 + n, min(20, round(1.4 ** max(0, n - 18))), 20) for n in range(28)]

    (found,) = accelerating({"x": days}, today=TODAY)

    assert found.next_week <= found.next_high <= 7 * 20
