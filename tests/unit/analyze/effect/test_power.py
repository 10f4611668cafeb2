"""How much must be seen, beside the simulated table and scipy."""

import pytest
from scipy import stats

from homeostat.analyze.effect.power import chances, needed, plan, provable

SIMULATED = {
    0.5: {-0.9: 14, -0.8: 20, -0.7: 34, -0.6: 52, -0.5: 94, -0.4: 179, -0.3: 372, -0.2: 1467,
          0.6: 220, 1.0: 91, 1.5: 54, 2.0: 42, 4.0: 20},
    0.2: {-0.9: 30, -0.8: 49, -0.5: 195, -0.4: 320, 1.0: 114, 2.0: 41},
    0.1: {-0.9: 63, -0.8: 101, -0.5: 346, 1.5: 99},
}  # fmt: skip
"""Failing units for four chances in five, looking at each: by simulation, from which these differ
by its own error only."""


@pytest.mark.parametrize(
    ("share", "effect", "wanted"),
    [(share, effect, n) for share, row in SIMULATED.items() for effect, n in row.items()],
)
def test_what_is_needed_is_what_a_simulation_found(share, effect, wanted):
    assert needed(effect, share=share) == pytest.approx(wanted, rel=0.15)


def test_more_than_four_thousand_units_are_not_waited_for():
    assert needed(-0.02) is None


def test_the_chance_of_one_look_is_the_power_of_the_binomial_test():
    ((day, chance),) = chances(-0.5, a_day=4, share=0.5, days=(21,))
    edge = stats.binom.ppf(0.05, 84, 0.5) - 1

    assert day == 21
    assert chance == pytest.approx(stats.binom.cdf(edge, 84, 1 / 3))


def test_chances_grow_from_look_to_look():
    found = [chance for _, chance in chances(-0.5, a_day=3, share=0.5, days=(7, 14, 21))]

    assert found == sorted(found)
    assert 0 < found[0] < found[-1] < 1


def test_the_days_are_those_of_the_failures_that_are_left():
    found = plan(-0.5, rate_a_day=9)

    assert found.needed is not None
    assert found.days == pytest.approx(found.needed / (9 * 0.75))
    assert found.is_provable
    assert found.least_rate_a_day == pytest.approx(found.needed / (28 * 0.75))


def test_what_would_be_provable_is_said_where_the_wish_is_not():
    found = plan(-0.2, rate_a_day=2)

    assert not found.is_provable
    assert found.least_effect is not None
    assert plan(found.least_effect, rate_a_day=2).is_provable
    assert not plan(found.least_effect + 0.05, rate_a_day=2).is_provable
    assert found.least_rate_a_day is not None
    assert plan(-0.2, rate_a_day=1.01 * found.least_rate_a_day).is_provable


def test_of_a_feared_harm_the_least_one_that_would_be_seen_is_said():
    found = plan(0.6, rate_a_day=3)

    assert not found.is_provable
    assert found.least_effect is not None
    assert found.least_effect > 0.6
    assert plan(found.least_effect, rate_a_day=3).is_provable


def test_where_nothing_fails_nothing_is_provable():
    found = plan(-0.8, rate_a_day=0)

    assert (found.days, found.is_provable, found.least_effect) == (None, False, None)


def test_harm_has_a_need_and_no_planned_look():
    found = plan(1.0, rate_a_day=10)

    assert found.chances == ()
    assert found.is_provable


@pytest.mark.parametrize(
    "wrong",
    [(0.0, 1, 0.5), (-1.1, 1, 0.5), (-0.5, -1, 0.5), (-0.5, 1, 1.0), (float("nan"), 1, 0.5),
     (float("inf"), 1, 0.5), (-0.5, float("nan"), 0.5), (-0.5, 1e300, 0.5), (-0.5, 1001, 0.5)],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(wrong):
    effect, rate, share = wrong

    with pytest.raises(ValueError, match="effect"):
        plan(effect, rate_a_day=rate, share=share)


def test_it_is_said_by_when_a_change_could_be_told_from_luck():
    often, rarely, never = (provable(-0.8, rate) for rate in (4.8, 0.2, 0.0))

    assert often.days is not None
    assert 6 < often.days < 8
    assert often.within_limit
    assert not rarely.within_limit
    assert (never.days, never.within_limit) == (None, False)
