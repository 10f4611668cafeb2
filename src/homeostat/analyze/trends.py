"""Whether something fails more from week to week, or less, or the same as far as can be told.

The logarithm of failures a use in the last week beside its mean over eight weeks before, with the
weeks' own variance and, where there are other series, theirs: eight weeks alone know their variance
too badly. False alarms 2.3 to 3.6 % a week as measured with the fleet generator and on real runs;
bench/alarms.py measures again.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from homeostat.analyze.distributions import t_quantile
from homeostat.model.health import Direction, Missing, Trend

BASELINE_WEEKS = 8
LEAST_CHANGE = 0.2
"""Smaller changes are nobody's business, however sure."""
LEAST_FAILURES = 5
"""In all nine weeks: with fewer the count of uses alone would move the rate."""
COUNTING_NOISE = 1.4
"""Variance of a week's logarithm is this over its mean count: failures come in small bursts."""
WEIGHT_OWN = BASELINE_WEEKS - 1
WEIGHT_POOL = 8
"""What the pooled variance counts, in degrees of freedom; measured best at 8."""
LEVEL = 0.98
"""On either side: at .975 5.3 % of the weeks of a busy quiet fleet were alarms; 5 are allowed."""
LEVEL_ALONE = 0.983
"""Of a series without others: at .975 6.4 % were, at .98 5.2 %."""


class Week(NamedTuple):
    failures: int
    uses: int


def trend(weeks: Sequence[Week], *, pool: float | None = None) -> Trend:
    """Of the last of `weeks`, oldest first, beside the eight before it.

    `pool` is what `pooled` says of many series; `None` for a series alone. Weeks without any use
    are no weeks without failures: they say nothing.
    """
    if not weeks or not weeks[-1].uses:
        return Trend(direction=None, missing=Missing(what="weeks of use", known=0, needed=1))
    before = [week for week in weeks[-1 - BASELINE_WEEKS : -1] if week.uses > 0]
    if len(before) < BASELINE_WEEKS:
        return Trend(
            direction=None,
            missing=Missing(what="weeks", known=len(before), needed=BASELINE_WEEKS),
        )
    failures = weeks[-1].failures + sum(week.failures for week in before)
    if failures < LEAST_FAILURES:
        return Trend(
            direction=None,
            missing=Missing(what="failures", known=failures, needed=LEAST_FAILURES),
        )
    return _judged(weeks[-1], before, pool)


def _judged(now: Week, before: Sequence[Week], pool: float | None) -> Trend:
    own, counting = _variance(before), _counting(before)
    if pool is None:
        # A series that is calmer than counting itself was lucky, and will not be so again.
        variance, freedom = max(own, 0.5 * counting), float(WEIGHT_OWN)
        level = LEVEL_ALONE
    else:
        together = WEIGHT_OWN + WEIGHT_POOL
        variance = (WEIGHT_OWN * own + WEIGHT_POOL * (pool + counting)) / together
        freedom, level = float(together), LEVEL
    difference = _log_rate(now) - _mean(before)
    half = t_quantile(level, freedom) * math.sqrt(variance * (1 + 1 / len(before)))
    ratio = math.exp(difference)
    is_sure = abs(difference) > half and abs(ratio - 1) >= LEAST_CHANGE
    return Trend(
        direction=_direction(difference) if is_sure else Direction.STABLE,
        ratio=ratio,
        low=math.exp(difference - half),
        high=math.exp(difference + half),
    )


def _direction(difference: float) -> Direction:
    return Direction.DEGRADING if difference > 0 else Direction.IMPROVING


def pooled(series: Iterable[Sequence[Week]]) -> float | None:
    """Variance beyond counting that the weeks of many series share; `None` for fewer than two."""
    beyond = [
        max(0.0, _variance(before) - _counting(before))
        for weeks in series
        if len(before := [week for week in weeks[-1 - BASELINE_WEEKS : -1] if week.uses > 0])
        == BASELINE_WEEKS
    ]
    # fsum: the order of the series must not matter.
    return math.fsum(beyond) / len(beyond) if len(beyond) > 1 else None


def _log_rate(week: Week) -> float:
    return math.log((week.failures + 0.5) / week.uses)


def _mean(weeks: Sequence[Week]) -> float:
    return math.fsum(map(_log_rate, weeks)) / len(weeks)


def _variance(weeks: Sequence[Week]) -> float:
    mean = _mean(weeks)
    return math.fsum((_log_rate(week) - mean) ** 2 for week in weeks) / (len(weeks) - 1)


def _counting(weeks: Sequence[Week]) -> float:
    mean = sum(week.failures for week in weeks) / len(weeks)
    return COUNTING_NOISE / (mean + 0.5)
