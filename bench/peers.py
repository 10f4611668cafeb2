"""Other ways to say whether a change helped, re-implemented from their descriptions.

Each takes the same runs and answers with one of the four words of the scorer. They were not made
for randomised trials; where a rule wants a before and an after it gets the treated runs.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from homeostat.analyze.distributions import beta_cdf
from homeostat.analyze.effect.before_after import before_after as week_against_week
from homeostat.model.trial import Arm, TrialRun
from simulated import Case

VERIFIED, WORSE, OPEN = "verified", "worse", "inconclusive"
BASELINE_DAYS = 7
LEVEL_Z = 1.96
QUIET_DAYS = 7
STABLE_FACTOR = 1.5
LEAST_FAILURES = 3
SURE = 0.95
DRAWS = 400


class Answer(NamedTuple):
    verdict: str
    day: int | None


class Count(NamedTuple):
    failing: int
    runs: int

    @property
    def rate(self) -> float:
        return self.failing / self.runs if self.runs else 0.0


def _count(runs: Iterable[TrialRun], signature: str, *, unclear: bool = False) -> Count:
    failing = total = 0
    for run in runs:
        total += 1
        failing += signature in run.failed or (unclear and run.is_unclear)
    return Count(failing, total)


def _arm(case: Case, arm: Arm, day: float) -> list[TrialRun]:
    return [run for run in case.runs if run.arm is arm and run.ended < day]


def _before(case: Case) -> Count:
    near = [run for run in case.runs if -BASELINE_DAYS <= run.started < 0]
    return _count(near, case.trial.signature)


def before_after(case: Case) -> Answer:
    """Ten per cent fewer in the seven days after than in the seven before."""
    seen = week_against_week(case.runs, case.trial)
    if seen.has_fallen:
        return Answer(VERIFIED, BASELINE_DAYS)
    return Answer(WORSE if seen.has_risen else OPEN, BASELINE_DAYS)


def z_before_after(case: Case) -> Answer:
    """A z-test of the same two weeks."""
    before = _before(case)
    after = _count(_arm(case, Arm.TREATMENT, BASELINE_DAYS), case.trial.signature)
    return _by_z(after, before, BASELINE_DAYS)


def z_arms_daily(case: Case) -> Answer:
    """A z-test between the arms, looked at every day until it says something."""
    for day in range(1, case.days + 1):
        answer = _by_z(*_arms(case, day), day)
        if answer.verdict != OPEN:
            return answer
    return Answer(OPEN, None)


def _arms(case: Case, day: int, *, unclear: bool = False) -> tuple[Count, Count]:
    treated, control = (
        _count(_arm(case, arm, day), case.trial.signature, unclear=unclear)
        for arm in (Arm.TREATMENT, Arm.CONTROL)
    )
    return treated, control


def _by_z(one: Count, other: Count, day: int) -> Answer:
    both = Count(one.failing + other.failing, one.runs + other.runs)
    if not (one.runs and other.runs and both.failing):
        return Answer(OPEN, None)
    variance = both.rate * (1 - both.rate) * (1 / one.runs + 1 / other.runs)
    z = (one.rate - other.rate) / math.sqrt(variance) if variance else 0.0
    if abs(z) < LEVEL_Z:
        return Answer(OPEN, None)
    return Answer(VERIFIED if z < 0 else WORSE, day)


def recurrence(case: Case) -> Answer:
    """Resolved unless it comes back within seven days, in runs that have the change."""
    after = _count(_arm(case, Arm.TREATMENT, QUIET_DAYS), case.trial.signature)
    return Answer(OPEN if after.failing else VERIFIED, QUIET_DAYS)


def canary_threshold(case: Case) -> Answer:
    """After a week: worse above 1.5 times the stable arm's rate, good below it over 1.5."""
    treated, control = _arms(case, BASELINE_DAYS)
    if treated.failing + control.failing < LEAST_FAILURES:
        return Answer(OPEN, None)
    if treated.rate > STABLE_FACTOR * control.rate:
        return Answer(WORSE, BASELINE_DAYS)
    good = treated.rate < control.rate / STABLE_FACTOR
    return Answer(VERIFIED if good else OPEN, BASELINE_DAYS)


def bayes(case: Case) -> Answer:
    """Beta-binomial A/B, uniform priors, looked at once on the last day, at 95 %."""
    return _by_posterior(*_arms(case, case.days), case.days)


def bayes_unclear(case: Case) -> Answer:
    """The same, and what is unknown or missing counts as a failure."""
    return _by_posterior(*_arms(case, case.days, unclear=True), case.days)


def _by_posterior(treated: Count, control: Count, day: int) -> Answer:
    if not (treated.runs and control.runs):
        return Answer(OPEN, None)
    less = _chance_less(treated, control)
    if less >= SURE:
        return Answer(VERIFIED, day)
    return Answer(WORSE if less <= 1 - SURE else OPEN, day if less <= 1 - SURE else None)


def _chance_less(one: Count, other: Count) -> float:
    """P(rate of `one` < rate of `other`), by the midpoint rule over the other's distribution."""
    a, b = other.failing + 1, other.runs - other.failing + 1
    centre, spread = a / (a + b), math.sqrt(a * b) / ((a + b) * math.sqrt(a + b + 1))
    low, high = max(0.0, centre - 8 * spread), min(1.0, centre + 8 * spread)
    edges = [low + (high - low) * step / DRAWS for step in range(DRAWS + 1)]
    mass = [beta_cdf(x, a, b) for x in edges]
    c, d = one.failing + 1, one.runs - one.failing + 1
    return sum(
        (mass[i + 1] - mass[i]) * beta_cdf((edges[i] + edges[i + 1]) / 2, c, d)
        for i in range(DRAWS)
    )


BESIDE: dict[str, Callable[[Case], Answer]] = {
    "before/after 10 %": before_after,
    "z before/after": z_before_after,
    "z arms, daily": z_arms_daily,
    "recurrence 7 d": recurrence,
    "canary threshold": canary_threshold,
    "Bayes A/B, day 21": bayes,
    "Bayes A/B + unknown": bayes_unclear,
}
OF_FULL: Sequence[str] = ("before/after 10 %", "z before/after", "recurrence 7 d")
"""Those that need no second arm."""
