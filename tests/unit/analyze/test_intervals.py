"""Our intervals beside scipy's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from homeostat.analyze import intervals as ours
from homeostat.analyze.distributions import normal_quantile

COUNTS = st.integers(0, 400)
ROUNDING = 1e-12


def near(wanted, *, within=1e-9):
    return pytest.approx(wanted, rel=1e-7, abs=within)


@given(COUNTS, COUNTS)
def test_a_share_has_the_interval_of_wilson(successes, failures):
    trials = successes + failures
    found = ours.wilson(successes, trials)
    if not trials:
        assert found == (0, 1)
        return
    wanted = stats.binomtest(successes, trials).proportion_ci(method="wilson")

    assert (found.low, found.high) == (near(wanted.low), near(wanted.high))


def test_the_difference_of_two_shares_has_the_interval_of_newcombes_paper():
    found = ours.newcombe((56, 70), (48, 80))

    assert (found.low, found.high) == (near(0.0524, within=5e-5), near(0.3339, within=5e-5))


def test_the_usual_level_needs_no_quantile_and_gives_the_same():
    assert near(normal_quantile(0.975)) == ours.Z95


def test_a_share_is_told_with_its_interval():
    found = ours.share(12, 100)

    assert (found.part, found.whole) == (12, 100)
    assert found.low < 0.12 < found.high
    assert (ours.share(0, 0).low, ours.share(0, 0).high) == (0, 1)


def test_the_interval_is_the_textbooks():
    assert ours.wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert ours.wilson(0, 0) == (0.0, 1.0)


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share(count, more):
    low, high = ours.wilson(count, count + more)

    share = count / (count + more)
    assert 0 <= low <= share + ROUNDING
    assert share - ROUNDING <= high <= 1
