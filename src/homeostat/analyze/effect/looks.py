"""Tests at a few looks that were planned: the exact law of weighted sums, and alpha spending.

Of the units that fail, given how many, each is a treated one with its share, independent of the
others. So the law of "sum of the weights of the treated ones" is known exactly, without any model
of the failures. What may be said in error is spent over the looks by a plan made before
(Lan and DeMets 1983), so a look costs what it costs and no more.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from homeostat.analyze.distributions import normal_quantile, normal_upper_tail

Spending = Callable[[float], float]
"""Of the part of the time that has passed (0 to 1): what may have been spent by then."""
_ONE = 1 << 62
"""A chance of 1 as a whole number: what is lost of a law is below 1e-14, on the side of caution."""
_PLACE = 18
"""Bytes for a sum of products of two such numbers, of as many as a law may have points."""
_FAR = 9
"""Standard deviations (and units) from the mean beyond which less than 1e-16 of a law lies."""
_LATENESS = 4
"""Power of time by which the late plan spends: .4, 20 and 100 % at looks 7, 14, 21 of 21 days."""
_REMEMBERED = 512


class Batch(NamedTuple):
    """Failing units that are alike, counted since the look before."""

    weight: int
    share: float
    treated: int
    total: int


class Taken(NamedTuple):
    """One look at one stream."""

    boundary: int
    """The stream has fallen where the sum is not above this; below zero nothing could say so."""
    observed: int
    bound: float
    """What the plan allows to be said in error up to this look."""
    spent: float
    """What was really risked up to this look: sums are whole numbers, so less."""

    @property
    def has_crossed(self) -> bool:
        return self.observed <= self.boundary


def early(alpha: float) -> Spending:
    """Like O'Brien and Fleming's boundaries (Lan and DeMets 1983, their alpha 1)."""
    z = normal_quantile(1 - alpha / 2)
    return lambda time: 2 * normal_upper_tail(z / math.sqrt(time)) if time > 0 else 0.0


def late(alpha: float) -> Spending:
    """Nearly all at the end: for streams that need all the units they can get."""
    return lambda time: alpha * time**_LATENESS


def taken(looks: Sequence[tuple[float, Sequence[Batch]]], spending: Spending) -> tuple[Taken, ...]:
    """Each look (part of the time that has passed, units since the look before), in order.

    Given the numbers of units, the chance ever to cross is at most `spending(1)` while each failing
    unit is treated with its share, or a greater one. What a look did not spend is carried on.
    """
    bounds = tuple(spending(min(1.0, time)) for time, _ in looks)
    groups = tuple(_grouped(batches) for _, batches in looks)
    boundaries = _boundaries(bounds, tuple(tuple((w, p, n) for w, p, _, n in g) for g in groups))
    observed = accumulate(sum(b.weight * b.treated for b in group) for group in groups)
    return tuple(
        Taken(boundary=boundary, observed=seen, bound=bound, spent=spent)
        for (boundary, spent), seen, bound in zip(boundaries, observed, bounds, strict=True)
    )


def _grouped(batches: Iterable[Batch]) -> tuple[Batch, ...]:
    """One batch for each weight and share, in an order that does not depend on theirs."""
    found: dict[tuple[int, float], list[int]] = {}
    for weight, share, treated, total in batches:
        if total:
            cell = found.setdefault((weight, share), [0, 0])
            cell[0] += treated
            cell[1] += total
    return tuple(Batch(*key, *found[key]) for key in sorted(found))


@lru_cache(maxsize=_REMEMBERED)
def _boundaries(
    bounds: tuple[float, ...], groups: tuple[tuple[tuple[int, float, int], ...], ...]
) -> tuple[tuple[int, float], ...]:
    """Of each look: the greatest sum that counts as fallen, and what was spent up to it.

    Remembered, because the looks of the past are the same ones every day.
    """
    # Sums only grow, and no boundary lies above the mean of the last look: what is above it has
    # no say. To leave it out makes the boundary lower, if anything.
    cap = math.ceil(sum(w * p * n for group in groups for w, p, n in group))
    law, spent = [1.0], 0.0
    found: list[tuple[int, float]] = []
    for bound, group in zip(bounds, groups, strict=True):
        for weight, share, units in group:
            law = _with(law, weight=weight, share=share, units=units, cap=cap)
        boundary = -1
        for total, chance in enumerate(law):
            if spent + chance > bound:
                break
            spent += chance
            law[total] = 0.0
            boundary = total
        found.append((boundary, spent))
    return tuple(found)


def _with(law: Sequence[float], *, weight: int, share: float, units: int, cap: int) -> list[float]:
    """The law of the sum when so many units more are drawn, up to `cap`.

    A product of polynomials, as one product of whole numbers that hold a chance in each of their
    places (Kronecker 1882): of long laws much faster than term by term.
    """
    first, chances = _binomial(units, share)
    begin = weight * first
    if begin > cap:
        return [0.0] * (cap + 1)
    steps = chances[: (cap - begin) // weight + 1]
    spaced = [0.0] * (weight * (len(steps) - 1) + 1)
    spaced[::weight] = steps
    product = _packed(law) * _packed(spaced)
    size = min(cap - begin + 1, len(law) + len(spaced) - 1)
    return [0.0] * begin + _unpacked(product, size)


def _packed(chances: Sequence[float]) -> int:
    return int.from_bytes(
        b"".join([int(chance * _ONE).to_bytes(_PLACE, "little") for chance in chances]), "little"
    )


def _unpacked(product: int, size: int) -> list[float]:
    places = product.to_bytes(max(1, (product.bit_length() + 7) // 8), "little")
    return [
        int.from_bytes(places[at : at + _PLACE], "little") / (_ONE * _ONE)
        for at in range(0, size * _PLACE, _PLACE)
    ]


@lru_cache(maxsize=_REMEMBERED)
def _binomial(units: int, share: float) -> tuple[int, tuple[float, ...]]:
    """Where the law of so many draws begins to matter, and its chances from there on."""
    spread = _FAR * math.sqrt(units * share * (1 - share)) + _FAR
    least = max(0, math.floor(units * share - spread))
    most = min(units, math.ceil(units * share + spread))
    log_odds = math.log(share) - math.log1p(-share)
    base = math.lgamma(units + 1) + units * math.log1p(-share)
    return least, tuple(
        math.exp(base - math.lgamma(hits + 1) - math.lgamma(units - hits + 1) + hits * log_odds)
        for hits in range(least, most + 1)
    )
