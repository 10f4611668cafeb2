"""Steps of durations add up, and keep a fifth of precision."""

from hypothesis import given
from hypothesis import strategies as st

from homeostat.model.durations import BOUNDS_MS, middle_ms, step_of


@given(st.integers(1, BOUNDS_MS[-1] - 1))
def test_the_middle_of_its_step_is_within_a_fifth_of_a_duration_or_within_a_millisecond(took):
    middle = middle_ms(step_of(took))

    assert abs(middle - took) <= max(1.0, 0.25 * took)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_took_longer_is_in_no_lower_step(one, other):
    assert (one <= other) <= (step_of(one) <= step_of(other))


def test_less_than_a_millisecond_and_more_than_all_bounds_have_a_step():
    assert (step_of(0), step_of(10**12)) == (0, len(BOUNDS_MS))
    assert middle_ms(0) == 0.5
    assert middle_ms(len(BOUNDS_MS)) == BOUNDS_MS[-1]
