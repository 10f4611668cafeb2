"""Weekly trends: what is told, what not yet, and how often wrongly."""

import math
import random

import pytest
from scipy import stats

from homeostat.analyze.trends import LEVEL_ALONE, Week, pooled, trend
from homeostat.model.health import Direction

STEADY = [Week(20, 1000), Week(24, 1000), Week(18, 1000), Week(21, 1000)] * 2


def test_a_failure_that_trebles_degrades_and_one_that_vanishes_improves():
    assert trend([*STEADY, Week(62, 1000)]).direction is Direction.DEGRADING
    assert trend([*STEADY, Week(1, 1000)]).direction is Direction.IMPROVING
    assert trend([*STEADY, Week(23, 1000)]).direction is Direction.STABLE


def test_three_times_as_much_work_is_no_trend():
    assert trend([*STEADY, Week(62, 3000)]).direction is Direction.STABLE


def test_a_sure_change_of_less_than_a_fifth_is_stable():
    weeks = [Week(100_000 + number, 1_000_000) for number in range(8)]

    found = trend([*weeks, Week(115_000, 1_000_000)])

    assert found.direction is Direction.STABLE


@pytest.mark.parametrize("known", range(8))
def test_fewer_than_eight_weeks_are_counted_and_not_judged(known):
    found = trend([*STEADY[:known], Week(20, 1000)])

    assert found.direction is None
    assert found.missing
    assert (found.missing.known, found.missing.needed) == (known, 8)


def test_weeks_without_use_say_nothing():
    quiet = [Week(0, 0)] * 8

    assert trend([*quiet, Week(5, 100)]).direction is None
    assert trend([*STEADY, Week(0, 0)]).direction is None
    assert trend([]).direction is None


def test_hardly_any_failures_are_not_judged_by_the_uses_alone():
    found = trend([Week(0, 1000)] * 8 + [Week(1, 100)])

    assert found.direction is None
    assert found.missing
    assert found.missing.what == "failures"


def test_everything_failing_is_judged():
    found = trend([Week(10, 1000)] * 8 + [Week(1000, 1000)])

    assert found.direction is Direction.DEGRADING


def test_the_interval_is_that_of_a_prediction_by_students_distribution():
    weeks = [*STEADY, Week(30, 1000)]
    logs = [math.log((week.failures + 0.5) / week.uses) for week in weeks]
    mean, spread = stats.tmean(logs[:8]), stats.tstd(logs[:8])
    spread = max(spread, math.sqrt(0.5 * 1.4 / 21.25))
    half = stats.t.ppf(LEVEL_ALONE, 7) * spread * math.sqrt(1 + 1 / 8)

    found = trend(weeks)

    assert found.ratio == pytest.approx(math.exp(logs[8] - mean))
    assert found.high == pytest.approx(math.exp(logs[8] - mean + half))


def quiet_weeks(chance, mean, *, spread):
    found = []
    for _ in range(9):
        uses = chance.randint(800, 1200)
        rate = mean * uses / 1000 * math.exp(chance.gauss(0, spread) - spread**2 / 2)
        found.append(Week(sum(chance.random() < rate / 4000 for _ in range(4000)), uses))
    return found


def test_false_alarms_stay_near_five_per_cent():
    chance = random.Random(1)
    alarms = {"own": 0, "pooled": 0}
    for _ in range(20):
        fleet = [quiet_weeks(chance, mean, spread=0.25) for mean in (7, 15, 40) * 2]
        pool = pooled(fleet)
        for weeks in fleet:
            alarms["own"] += trend(weeks).direction is not Direction.STABLE
            alarms["pooled"] += trend(weeks, pool=pool).direction is not Direction.STABLE

    # 120 series: 5 % are 6; more than 12 would come once in a hundred times.
    assert alarms["own"] <= 12
    assert alarms["pooled"] <= 12


def test_the_order_of_the_series_does_not_matter_for_what_they_share():
    chance = random.Random(3)
    fleet = [quiet_weeks(chance, 20, spread=0.3) for _ in range(6)]

    assert pooled(fleet) == pooled(fleet[::-1])
    assert pooled(fleet[:1]) is None
