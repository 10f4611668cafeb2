"""Evidence that may be looked at as often as one likes: e-values and an interval.

Without an effect each failing unit is a treated one with the share p that was assigned, whatever
happened before. A bet against that which is fair has an expected gain of nothing; so the chance
that it ever multiplies the stake by 20 is at most 1/20 (Ville 1939; Shafer 2021). Nothing is
assumed of trends, seasons or outages: both arms live through them.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from homeostat.analyze.distributions import log_beta

HELP = (0.1, 0.3, 0.5, 0.7)
"""Rate ratios that the bet on "it helps" is spread over; ten points, plug-in and half-half mixtures
had the same power within 3 points."""
HARM = (1.4, 2.0, 3.0, 6.0)
LEVEL = 0.05
PRIOR_WEIGHT = 2.0
"""Of the Beta that the interval's bet is spread by: two units' worth, centred at "no effect"."""
_FARTHEST = 12.0
"""Logarithm of the rate ratio beyond which an end counts as open."""
_STEPS = 60
_GRID = 161


class Sums(NamedTuple):
    """Units with a yes that were assigned with one share."""

    share: float
    treated: int
    total: int


class RatioInterval(NamedTuple):
    """Of the rate ratio, treated over control; infinite where it is open."""

    estimate: float
    low: float
    high: float


def log_mean_exp(values: Sequence[float]) -> float:
    most = max(values)
    return most + math.log(sum(math.exp(value - most) for value in values) / len(values))


@cache
def _gains(share: float, ratio: float) -> tuple[float, float]:
    """What a treated and what an untreated failing unit adds to the logarithm of the stake."""
    rest = share * ratio + 1 - share
    return math.log(ratio / rest), -math.log(rest)


def log_e(sums: Iterable[Sums], ratios: Sequence[float]) -> float:
    """Logarithm of the e-value against "no effect", for a bet spread evenly over `ratios`.

    Shares may differ between the sums: each unit is a fair bet at its own.
    """
    kept = tuple(sums)
    return log_mean_exp([log_likelihood(kept, ratio) for ratio in ratios])


def log_likelihood(sums: Iterable[Sums], ratio: float) -> float:
    """Of a rate ratio, over that of no effect."""
    total = 0.0
    for share, treated, units in sums:
        with_it, without = _gains(share, ratio)
        total += treated * with_it + (units - treated) * without
    return total


def log_of(one_in: float) -> float:
    """The logarithm of an e-value at which a claim is wrong once in so many trials, at most."""
    return math.log(one_in)


def log_mixed(log_values: Iterable[tuple[float, float]]) -> float:
    """Logarithm of a weighted mean of e-values (weight, log value): itself an e-value."""
    pairs = tuple(log_values)
    most = max(value for _, value in pairs)
    return most + math.log(sum(weight * math.exp(value - most) for weight, value in pairs))


def interval(sums: Iterable[Sums], *, level: float = LEVEL) -> RatioInterval:
    """Anytime-valid interval of the rate ratio: what no fair bet has excluded (Robbins 1970).

    The estimate is the most likely ratio with one more unit, of which `share` is treated: it
    stays finite, and is 1 where nothing failed.
    """
    kept = tuple(item for item in sums if item.total)
    if not kept:
        return RatioInterval(1.0, 0.0, math.inf)
    peak = _most_likely(kept, extra=0.0)
    stake = _log_stake(kept) + math.log(level)

    def excluded(log_ratio: float) -> bool:
        return stake > _log_likelihood_at(kept, log_ratio)

    low = _edge(excluded, inside=peak, outside=-_FARTHEST)
    high = _edge(excluded, inside=peak, outside=_FARTHEST)
    return RatioInterval(
        math.exp(_most_likely(kept, extra=1.0)),
        0.0 if low is None else math.exp(low),
        math.inf if high is None else math.exp(high),
    )


def _log_likelihood_at(sums: Iterable[Sums], log_ratio: float) -> float:
    ratio = math.exp(log_ratio)
    total = 0.0
    for share, treated, units in sums:
        total += treated * log_ratio - units * math.log(share * ratio + 1 - share)
    return total


def _log_stake(sums: Sequence[Sums]) -> float:
    """Of the bet that is spread over all ratios, relative to no effect.

    With one share the spread is a Beta over the treated part and the integral is known. With
    several, the same spread is put on a grid of ratios: a sum over any fixed grid is as fair.
    """
    if len(sums) == 1:
        (share, treated, units), prior = sums[0], PRIOR_WEIGHT
        a, b = prior * share, prior * (1 - share)
        got = log_beta(treated + a, units - treated + b) - log_beta(a, b)
        return got - treated * math.log(share) - (units - treated) * math.log(1 - share)
    return log_mixed(
        (weight, _log_likelihood_at(sums, point)) for point, weight in _spread(sums[0].share)
    )


@cache
def _spread(share: float) -> tuple[tuple[float, float], ...]:
    """The Beta of the interval as a grid over the logarithm of the ratio, with its weights."""
    width = 2 * _FARTHEST / (_GRID - 1)
    points = [width * step - _FARTHEST for step in range(_GRID)]
    odds = math.log(share / (1 - share))
    logs = [
        PRIOR_WEIGHT * (share * (point + odds)) - PRIOR_WEIGHT * math.log1p(math.exp(point + odds))
        for point in points
    ]
    weights = [math.exp(value) for value in logs]
    return tuple((p, w / sum(weights)) for p, w in zip(points, weights, strict=True))


def _most_likely(sums: Sequence[Sums], *, extra: float) -> float:
    """Logarithm of the ratio with the greatest likelihood, within the farthest that is told."""
    units = sum(item.total for item in sums)
    centre = sum(item.share * item.total for item in sums) / units
    cells = [*((s, t, n) for s, t, n in sums), (centre, extra * centre, extra)]

    def slope(log_ratio: float) -> float:
        ratio = math.exp(log_ratio)
        return sum(t - n * s * ratio / (s * ratio + 1 - s) for s, t, n in cells)

    low, high = -_FARTHEST, _FARTHEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if slope(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _edge(excluded: Callable[[float], bool], *, inside: float, outside: float) -> float | None:
    """Where exclusion begins between the two; `None` where it never does."""
    if not excluded(outside):
        return None
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        if excluded(middle):
            outside = middle
        else:
            inside = middle
    return inside
