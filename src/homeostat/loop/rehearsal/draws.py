"""Draws from a source of chance. Only `random()` of it is used: it stays the same for a seed."""

import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import TypeVar

from homeostat.model.ports import Chance

Item = TypeVar("Item")
_LEAST = 1e-12
_QUANTILE = NormalDist().inv_cdf


def between(chance: Chance, low: float, high: float) -> float:
    """Each number from `low` to `high` as likely as any other."""
    return low + (high - low) * chance.random()


def log_between(chance: Chance, low: float, high: float) -> float:
    """Each factor as likely as any other: from 1 to 2 as often as from 2 to 4."""
    return low * math.exp(math.log(high / low) * chance.random())


def normal(chance: Chance) -> float:
    """Of mean 0 and variance 1."""
    return _QUANTILE(max(_LEAST, chance.random()))


def skewed(chance: Chance, spread: float) -> float:
    """Log-normal of mean 1; `spread` is the standard deviation of its logarithm."""
    return math.exp(spread * (_QUANTILE(max(_LEAST, chance.random())) - spread / 2))


def times(chance: Chance, mean: float) -> int:
    """Poisson, by the product of uniforms: for means up to some ten."""
    limit, product, found = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        found += 1
    return found


def shuffled(chance: Chance, items: Iterable[Item]) -> list[Item]:
    keyed = [(chance.random(), index, item) for index, item in enumerate(items)]
    return [item for _, _, item in sorted(keyed, key=lambda row: row[:2])]
