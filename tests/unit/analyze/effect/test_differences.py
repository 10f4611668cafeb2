"""Difference in differences with placebos."""

import math

import pytest
from scipy import stats

from homeostat.analyze.effect.differences import Difference, difference, unspoilt
from homeostat.analyze.effect.tally import tally
from homeostat.model.trial import Arm, Design
from homeostat.model.trial_sums import Limits
from trials import TARGET, a_run, a_trial

TRIAL = a_trial(design=Design.FULL)


def runs(target, others):
    """A thousand runs before the trigger, and a thousand after: so many of each fail."""
    found = []
    for after in (False, True):
        for number in range(1000):
            started = number / 100 if after else -20 + number / 100
            failed = (TARGET,) if number < target[after] else ()
            elsewhere = tuple(
                f"other{index}" for index, pair in enumerate(others) if number < pair[after]
            )
            arm = Arm.TREATMENT if after else None
            found.append(
                a_run(unit=f"{after}{number}", started=started, arm=arm, failed=failed,
                      failed_elsewhere=elsewhere)
            )  # fmt: skip
    return found


def compared(made) -> Difference | None:
    after = tally(made, TRIAL, Limits(None, None))
    return difference(unspoilt(made, TRIAL), after, day=21)


def test_the_fall_is_that_over_the_fall_of_the_others():
    found = compared(runs((80, 10), [(50, 25)] * 6))

    assert found is not None
    wanted = math.log(10.5 / 80.5) - math.log(25.5 / 50.5)
    assert found.estimate == pytest.approx(wanted)
    error = math.sqrt(1.6 * (1 / 10.5 + 1 / 80.5) + 1.6 * (1 / 25.5 + 1 / 50.5) / 6)
    assert found.p_value == pytest.approx(stats.t.cdf(wanted / error, 5))
    assert found.high == pytest.approx(wanted + stats.t.ppf(0.975, 5) * error)
    assert (found.rate_before, found.rate_after, found.placebos) == (0.08, 0.01, 6)


def test_others_that_go_their_own_ways_widen_it():
    alike = compared(runs((80, 10), [(50, 50)] * 6))
    apart = compared(runs((80, 10), [(50, 5), (5, 50)] * 3))

    assert alike is not None
    assert apart is not None
    assert apart.p_value > 10 * alike.p_value


@pytest.mark.parametrize(
    "made",
    [
        runs((80, 10), [(50, 25)] * 3),
        runs((80, 10), [(3, 3)] * 6),
        runs((0, 10), [(50, 25)] * 6),
        [],
    ],
    ids=["few others", "rare others", "nothing before", "nothing"],
)
def test_with_too_little_to_compare_nothing_is_said(made):
    assert compared(made) is None


def test_the_spike_that_made_somebody_act_is_no_baseline():
    base = runs((20, 20), [(50, 50)] * 6)
    spike = [a_run(unit=f"s{n}", started=-3.5, arm=None, failed=(TARGET,)) for n in range(300)]

    assert compared([*base, *spike]) == compared(base)
