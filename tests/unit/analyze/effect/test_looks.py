"""The law of weighted sums and its looks, beside brute force and known boundaries."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from homeostat.analyze.effect.looks import Batch, early, late, taken

UNITS = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([0.2, 0.5, 0.7])), min_size=1, max_size=4
)


def batches(units, arms=None):
    return [
        Batch(weight, share, arm, 1)
        for (weight, share), arm in zip(units, arms or [0] * len(units), strict=True)
    ]


def test_the_plans_spend_what_their_formulas_say():
    z = stats.norm.ppf(0.975)

    for time in (1 / 3, 2 / 3, 1.0):
        assert early(0.05)(time) == pytest.approx(2 * stats.norm.sf(z / time**0.5))
        assert late(0.1)(time) == pytest.approx(0.1 * time**4)
    assert early(0.05)(0) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(UNITS, min_size=1, max_size=3), st.floats(0.05, 0.5))
def test_what_is_spent_is_the_chance_to_cross_by_counting_all_ways(groups, alpha):
    times = [(index + 1) / len(groups) for index in range(len(groups))]
    flat = [unit for group in groups for unit in group]
    crossed = [0.0] * len(groups)
    for arms in product((0, 1), repeat=len(flat)):
        chance, rest = 1.0, list(arms)
        for (_, share), arm in zip(flat, arms, strict=True):
            chance *= share if arm else 1 - share
        parts = []
        for group in groups:
            parts.append(batches(group, rest[: len(group)]))
            rest = rest[len(group) :]
        looks = taken(list(zip(times, parts, strict=True)), late(alpha))
        for index in range(len(groups)):
            crossed[index] += chance * any(look.has_crossed for look in looks[: index + 1])

    plan = [(time, batches(group)) for time, group in zip(times, groups, strict=True)]
    for look, chance in zip(taken(plan, late(alpha)), crossed, strict=True):
        assert look.spent == pytest.approx(chance, abs=1e-9)
        assert chance <= look.bound + 1e-9


def test_one_look_of_equal_weights_is_the_binomial_test():
    (look,) = taken([(1.0, [Batch(1, 0.5, 8, 40)])], late(0.05))

    assert look.boundary == stats.binom.ppf(0.05, 40, 0.5) - 1
    assert look.spent == pytest.approx(stats.binom.cdf(look.boundary, 40, 0.5))
    assert look.has_crossed


def test_weights_of_one_size_do_not_matter():
    one = taken([(1.0, [Batch(1, 0.3, 4, 60)])], late(0.1))[0]
    ten = taken([(1.0, [Batch(10, 0.3, 4, 60)])], late(0.1))[0]

    assert (one.spent, one.has_crossed) == (pytest.approx(ten.spent), ten.has_crossed)


def test_the_order_of_units_within_a_look_does_not_matter():
    units = [Batch(3, 0.5, 1, 4), Batch(1, 0.5, 2, 9), Batch(3, 0.2, 0, 2)]

    assert taken([(1.0, units)], late(0.2)) == taken([(1.0, units[::-1])], late(0.2))


def test_many_units_are_near_the_normal_law():
    (look,) = taken([(1.0, [Batch(3, 0.5, 0, 4_000), Batch(7, 0.5, 0, 4_000)])], late(0.1))
    mean, sd = 20_000, (58 * 4_000 / 4) ** 0.5

    assert look.boundary == pytest.approx(mean + sd * stats.norm.ppf(0.1), rel=1e-3)


def test_without_units_nothing_crosses():
    (look,) = taken([(1.0, [])], late(0.2))

    assert not look.has_crossed
    assert look.spent == 0
