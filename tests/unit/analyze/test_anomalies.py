"""Days that stand out: what is told, what not yet, and how often wrongly."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.analyze.anomalies import Day, anomalies, judged, missing, spread

MONDAY = 20_458
TODAY = MONDAY + 28


def steady(today=2, *, failures=2, uses=100):
    return [*(Day(MONDAY + n, failures, uses) for n in range(28)), Day(TODAY, today, uses)]


def test_a_day_with_many_more_failures_is_told_with_what_was_expected():
    (found,) = anomalies({"timeouts": steady(40)}, today=TODAY)

    assert (found.name, found.failures) == ("timeouts", 40)
    assert found.expected == pytest.approx(2, abs=0.2)


def test_a_busy_day_is_no_anomaly():
    days = [*steady()[:-1], Day(TODAY, 20, 1000)]

    assert anomalies({"timeouts": days}, today=TODAY) == []


def test_two_failures_are_never_one():
    assert anomalies({"rare": steady(2, failures=0)}, today=TODAY) == []
    assert anomalies({"rare": steady(60, failures=0)}, today=TODAY) != []


def test_fewer_than_fourteen_days_are_counted_and_not_judged():
    days = [*steady()[-10:-1], Day(TODAY, 99, 100)]
    short = missing(days, today=TODAY)

    assert short
    assert (short.known, short.needed) == (9, 14)
    assert anomalies({"young": days}, today=TODAY) == []


def test_days_without_use_and_days_of_a_clock_that_jumped_say_nothing():
    unused = [Day(MONDAY + n, 0, 0) for n in range(28)]
    ahead = [*steady(), Day(TODAY + 400, 5_000, 5_000)]

    assert missing(unused, today=TODAY) is not None
    assert anomalies({"unused": [*unused, Day(TODAY, 9, 9)]}, today=TODAY) == []
    assert anomalies({"ahead": ahead}, today=TODAY) == []
    assert judged([*steady()[:-1], Day(TODAY, 0, 0)], today=TODAY, pool=0.3) is None


def test_a_weekend_is_compared_with_weekends():
    week = [Day(MONDAY + n, 30 if n % 7 >= 5 else 1, 100) for n in range(28)]
    saturday = MONDAY + 33

    on_weekend = anomalies({"jobs": [*week, Day(saturday, 30, 100)]}, today=saturday)
    on_monday = judged([*week, Day(TODAY, 30, 100)], today=TODAY, pool=0.1)

    assert on_weekend == []
    assert on_monday
    assert on_monday.expected < 5


def test_everything_failing_every_day_is_no_anomaly_of_today():
    days = steady(100, failures=100, uses=100)

    assert anomalies({"all": days}, today=TODAY) == []


def a_quiet_series(chance, mean, *, sd):
    found, level = [], 0.0
    for number in range(35):
        level = 0.5 * level + chance.gauss(0, sd * math.sqrt(0.75))
        uses = chance.randint(80, 120) if number % 7 < 5 else chance.randint(30, 50)
        rate = mean / 100 * math.exp(level)
        found.append(Day(MONDAY + number, sum(chance.random() < rate / 5 for _ in range(5 * uses)),
                         uses))  # fmt: skip
    return found


def test_false_alarms_of_a_week_stay_below_five_per_cent():
    chance, told, series = random.Random(11), 0, 0
    for _ in range(10):
        fleet = {str(mean): a_quiet_series(chance, mean, sd=0.3) for mean in (1, 3, 8, 15)}
        series += len(fleet)
        names = {
            item.name for today in range(TODAY, TODAY + 7) for item in anomalies(fleet, today=today)
        }
        told += len(names)

    # 40 series and weeks: 5 % are 2; more than 5 would come less than once in sixty times.
    assert told <= 5
    assert series == 40


days = st.lists(
    st.builds(Day, st.integers(MONDAY, TODAY), st.integers(0, 50), st.integers(0, 200)),
    max_size=60,
)


@given(st.dictionaries(st.text(max_size=3), days, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(series, chance):
    shuffled = {name: chance.sample(days, k=len(days)) for name, days in series.items()}
    names = chance.sample(list(shuffled), k=len(shuffled))

    assert anomalies(series, today=TODAY) == anomalies(
        {name: shuffled[name] for name in names}, today=TODAY
    )


def test_what_series_share_is_drawn_to_what_is_usual():
    assert spread([], today=TODAY) == pytest.approx(0.3)
