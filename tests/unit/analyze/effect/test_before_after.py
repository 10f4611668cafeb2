"""A week before against a week after."""

import pytest

from homeostat.analyze.effect.before_after import before_after
from homeostat.model.trial import Arm
from trials import TARGET, a_run, a_trial


def weeks(before, after):
    """A hundred runs each, so many of which fail; the control arm fails always."""
    runs = []
    for number in range(100):
        at = number * 0.069
        runs += [
            a_run(started=at - 7, arm=None, failed=(TARGET,) if number < before else ()),
            a_run(started=at, failed=(TARGET,) if number < after else ()),
            a_run(started=at, arm=Arm.CONTROL, failed=(TARGET,)),
        ]
    return before_after(runs, a_trial())


@pytest.mark.parametrize(
    ("before", "after", "change", "fallen", "risen"),
    [
        (20, 10, -0.5, True, False),
        (10, 9, -0.1, True, False),
        (20, 19, -0.05, False, False),
        (20, 21, 0.05, False, False),
        (10, 15, 0.5, False, True),
    ],
)
def test_it_calls_a_tenth_a_change(before, after, change, fallen, risen):
    found = weeks(before, after)

    assert found.change == pytest.approx(change)
    assert (found.has_fallen, found.has_risen) == (fallen, risen)


def test_it_counts_one_week_each_and_only_runs_with_the_change():
    early = a_run(started=-8, arm=None, failed=(TARGET,))
    late = a_run(started=7, failed=(TARGET,))

    found = before_after([early, late, a_run(started=-1, arm=None), a_run()], a_trial())

    assert (found.failing_before, found.runs_before) == (0, 1)
    assert (found.failing_after, found.runs_after) == (0, 1)


@pytest.mark.parametrize(("before", "after"), [(0, 10), (0, 0)])
def test_without_a_failure_before_it_says_nothing(before, after):
    found = weeks(before, after)

    assert found.change is None
    assert found.has_fallen is found.has_risen is False
