"""A change for all at once: the target's fall against that of failures it cannot have touched.

Nothing here proves a cause. Somebody else's repair at the same time looks the same: in simulations
it was taken for the change's own in 23 of 100 cases. So the best that is said is "improved, cause
not proven" (difference in differences; placebos as in Bertrand, Duflo, Mullainathan 2004).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from homeostat.analyze.distributions import t_quantile, t_upper_tail
from homeostat.analyze.effect.tally import ELSEWHERE, UNCLEAR, UNITS, Tally, marks
from homeostat.model.trial import Trial, TrialRun
from homeostat.model.trial_sums import Counts, Limits, Unspoilt

ALPHA = 0.025
LEAST_PLACEBO = 8
"""Failing units that a failure of another tool needs to be compared with."""
LEAST_PLACEBOS = 4
_CLUSTERING = 1.6
"""Variance of failing units over that of a Poisson count: bursts, days."""
_WARM_DAYS = 1.0
"""Left out before the trigger's window: a spike begins before it is noticed."""


class Periods(NamedTuple):
    """Units with a failure before (without the spike that made somebody act) and after."""

    before: int
    after: int


class Difference(NamedTuple):
    """Logarithm of the target's fall, over that of the placebos."""

    estimate: float
    low: float
    high: float
    p_value: float
    """Of a fall at least so large, if the target had gone the way of the placebos."""
    placebos: int
    before: Periods
    rate_before: float
    rate_after: float
    """Failing units of the target per unit."""


def unspoilt(runs: Iterable[TrialRun], trial: Trial) -> Unspoilt | None:
    """The time before the spike that made somebody act: that must not be the baseline.

    `None` without a trigger, for then nobody said when it was.
    """
    if trial.trigger_from is None:
        return None
    units: dict[str, set[str]] = {}
    for run in runs:
        if run.ended < trial.trigger_from - _WARM_DAYS:
            units.setdefault(run.unit, set()).update(_names(run, trial))
    failing = Counter(name for names in units.values() for name in names)
    return Unspoilt(len(units), failing)


def difference(before: Unspoilt | None, after: Tally, *, day: int) -> Difference | None:
    """What can be compared up to the end of a day; `None` where there is too little."""
    units = _until(after.counts[UNITS], day)
    if before is None or not before.units or not units:
        return None
    names = {
        stream.removeprefix(ELSEWHERE) for stream in after.counts if stream.startswith(ELSEWHERE)
    }
    counts = {
        name: Periods(
            before.failing.get(name, 0), _until(after.counts.get(ELSEWHERE + name, {}), day)
        )
        for name in names | before.failing.keys() - {_TARGET}
    }
    target = Periods(before.failing.get(_TARGET, 0), _until(after.counts[UNCLEAR], day))
    return _against(target, counts, before=before.units, after=units)


def _until(counts: Counts, day: int) -> int:
    return sum(sum(found) for cell, found in counts.items() if cell.day <= day)


_TARGET = ""
NO_LIMITS = Limits(None, None)


def _names(run: TrialRun, trial: Trial) -> set[str]:
    names = set(run.failed_elsewhere)
    return names | {_TARGET} if UNCLEAR in marks(run, trial, NO_LIMITS) else names


def _against(
    target: Periods, others: Mapping[str, Periods], *, before: int, after: int
) -> Difference | None:
    scale = math.log(before / after)
    falls = [
        (_fall(counts) + scale, _noise(counts))
        for _, counts in sorted(others.items())
        if counts.before + counts.after >= LEAST_PLACEBO
    ]
    if len(falls) < LEAST_PLACEBOS or not target.before:
        return None
    spread = _spread(falls)
    weights = [1 / (noise + spread) for _, noise in falls]
    mean = _mean([fall for fall, _ in falls], weights)
    error = math.sqrt(spread + _noise(target) + 1 / sum(weights))
    freedom = len(falls) - 1
    estimate = _fall(target) + scale - mean
    half = t_quantile(0.975, freedom) * error
    return Difference(
        estimate=estimate,
        low=estimate - half,
        high=estimate + half,
        p_value=t_upper_tail(-estimate / error, freedom),
        placebos=len(falls),
        before=target,
        rate_before=target.before / before,
        rate_after=target.after / after,
    )


def _fall(counts: Periods) -> float:
    return math.log((counts.after + 0.5) / (counts.before + 0.5))


def _noise(counts: Periods) -> float:
    return _CLUSTERING * (1 / (counts.before + 0.5) + 1 / (counts.after + 0.5))


def _spread(falls: list[tuple[float, float]]) -> float:
    """Variance between failures beyond their own noise (DerSimonian and Laird 1986)."""
    weights = [1 / noise for _, noise in falls]
    mean = _mean([fall for fall, _ in falls], weights)
    beyond = sum(w * (fall - mean) ** 2 for w, (fall, _) in zip(weights, falls, strict=True))
    slack = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return max(0.0, (beyond - (len(falls) - 1)) / slack)


def _mean(values: list[float], weights: list[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
