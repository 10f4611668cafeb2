"""Our distributions beside scipy's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from homeostat.analyze import distributions as ours

SHARES = st.floats(0.001, 0.999)


def near(wanted, *, within=1e-9):
    return pytest.approx(wanted, rel=1e-7, abs=within)


@given(SHARES, st.floats(0.05, 300), st.floats(0.05, 300))
def test_the_beta_distribution_is_scipys(x, a, b):
    assert ours.beta_cdf(x, a, b) == near(stats.beta.cdf(x, a, b))


@given(st.floats(-30, 30), st.floats(1, 200))
def test_students_tail_is_scipys(t, freedom):
    assert ours.t_upper_tail(t, freedom) == near(stats.t.sf(t, freedom))


@given(SHARES, st.integers(1, 200))
def test_students_quantile_is_scipys(probability, freedom):
    assert ours.t_quantile(probability, freedom) == near(
        stats.t.ppf(probability, freedom), within=1e-7
    )


@given(st.integers(0, 200), st.floats(0.05, 200), st.floats(0.01, 5))
def test_the_negative_binomial_tail_is_scipys(k, mean, dispersion):
    size = 1 / dispersion
    wanted = stats.nbinom.sf(k - 1, size, size / (size + mean))

    assert ours.negative_binomial_upper_tail(k, mean, dispersion) == near(wanted)


@given(st.floats(0, 500))
def test_the_chi_square_tail_is_scipys(x):
    assert ours.chi_square_upper_tail(x) == near(stats.chi2.sf(x, 1))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_q_values_are_scipys(p_values):
    assert ours.benjamini_hochberg(p_values) == near(list(stats.false_discovery_control(p_values)))
