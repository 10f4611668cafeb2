"""E-values and intervals, beside exact enumeration and scipy."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from homeostat.analyze.effect.evidence import HARM, HELP, Sums, interval, log_e, log_mixed

SHARES = st.floats(0.05, 0.95)
COUNTS = st.integers(0, 60)


@pytest.mark.parametrize("ratios", [HELP, HARM])
@pytest.mark.parametrize("shares", [[0.5] * 6, [0.1] * 6, [0.1, 0.1, 0.5, 0.5, 0.2, 0.9]])
def test_the_expected_stake_stays_one_under_no_effect(ratios, shares):
    """Over all ways in which six failing units can fall, each with its own share."""
    for length in range(7):
        expected = 0.0
        for arms in product((0, 1), repeat=length):
            chance = math.prod(p if arm else 1 - p for arm, p in zip(arms, shares, strict=False))
            units = [Sums(p, arm, 1) for arm, p in zip(arms, shares, strict=False)]
            expected += chance * (math.exp(log_e(units, ratios)) if units else 1.0)
        assert expected == pytest.approx(1.0)


@given(COUNTS, COUNTS, SHARES)
def test_an_e_value_is_the_mean_of_binomial_likelihood_ratios(treated, untreated, share):
    units = treated + untreated
    wanted = [
        stats.binom.logpmf(treated, units, share * r / (share * r + 1 - share))
        - stats.binom.logpmf(treated, units, share)
        for r in HELP
    ]

    found = log_e([Sums(share, treated, units)], HELP)

    assert found == pytest.approx(math.log(sum(map(math.exp, wanted)) / len(wanted)), abs=1e-6)


def test_seven_untreated_failures_are_the_least_that_can_be_a_proof():
    assert log_e([Sums(0.5, 0, 6)], HELP) < math.log(20)
    assert log_e([Sums(0.5, 0, 7)], HELP) >= math.log(20)


@given(st.lists(st.tuples(SHARES, COUNTS, COUNTS), min_size=1, max_size=4))
def test_the_interval_contains_its_estimate(cells):
    found = interval([Sums(p, t, t + c) for p, t, c in cells])

    assert found.low <= found.estimate <= found.high


@pytest.mark.parametrize(("treated", "units", "share"), [(3, 20, 0.5), (0, 12, 0.5), (9, 40, 0.2)])
def test_the_interval_holds_the_ratios_that_a_spread_bet_has_not_excluded(treated, units, share):
    """By numerical integration of the bet."""
    prior = stats.beta(2 * share, 2 * (1 - share))

    def likelihood(theta):
        return theta**treated * (1 - theta) ** (units - treated)

    stake, _ = integrate.quad(lambda x: prior.pdf(x) * likelihood(x), 0, 1, limit=200)
    found = interval([Sums(share, treated, units)])

    for edge in (found.low, found.high):
        if edge > 0:
            theta = share * edge / (share * edge + 1 - share)
            assert stake / likelihood(theta) == pytest.approx(20, rel=1e-3)


def test_with_several_shares_the_interval_is_that_of_one_where_they_are_one():
    together = interval([Sums(0.5, 12, 50)])
    apart = interval([Sums(0.5, 5, 20), Sums(0.4999999, 7, 30)])

    assert apart.low == pytest.approx(together.low, rel=0.02)
    assert apart.high == pytest.approx(together.high, rel=0.02)
    assert apart.estimate == pytest.approx(together.estimate, rel=1e-4)


def test_without_failures_all_is_open():
    assert interval([]) == (1.0, 0.0, math.inf)
    assert interval([Sums(0.1, 0, 0)]) == (1.0, 0.0, math.inf)


def test_an_end_that_nothing_excludes_is_open():
    assert math.isinf(interval([Sums(0.5, 3, 3)]).high)
    assert interval([Sums(0.5, 0, 3)]).low == 0


def test_a_weighted_mean_of_e_values():
    assert log_mixed([(0.4, math.log(10)), (0.6, math.log(5))]) == pytest.approx(math.log(7))
