"""Shares with their intervals. Compared with scipy's in tests/unit/analyze/test_intervals.py."""

import math
from typing import NamedTuple

from homeostat.analyze.distributions import normal_quantile
from homeostat.model.pattern import Rate

LEVEL = 0.95
Z95 = 1.959963984540054
"""`normal_quantile(0.975)`: nearly every interval asks for it."""


class Interval(NamedTuple):
    low: float
    high: float


def share(part: int, whole: int) -> Rate:
    """With its 95 % interval (Wilson); of nothing it is 0 to 1."""
    low, high = wilson(min(part, whole), whole)
    return Rate(part=part, whole=whole, low=low, high=high)


def wilson(successes: int, trials: int, *, level: float = LEVEL) -> Interval:
    """Interval of a share (Wilson 1927); without trials it is all there is: 0 to 1."""
    if trials == 0:
        return Interval(0.0, 1.0)
    z = Z95 if level == LEVEL else normal_quantile(0.5 + level / 2)
    share, factor = successes / trials, z * z / trials
    centre = (share + factor / 2) / (1 + factor)
    half = z * math.sqrt(share * (1 - share) / trials + factor / (4 * trials)) / (1 + factor)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return Interval(low, 1.0 if successes == trials else min(1.0, centre + half))


def newcombe(one: tuple[int, int], other: tuple[int, int], *, level: float = LEVEL) -> Interval:
    """Interval of the difference of two shares (successes, trials), `one` less `other`.

    Newcombe 1998, method 10: from the two Wilson intervals.
    """
    p, q = _middle(*one), _middle(*other)
    first, second = wilson(*one, level=level), wilson(*other, level=level)
    low = p - q - math.hypot(p - first.low, second.high - q)
    high = p - q + math.hypot(first.high - p, q - second.low)
    return Interval(max(-1.0, low), min(1.0, high))


def _middle(successes: int, trials: int) -> float:
    return successes / trials if trials else 0.5
