"""What goes with a failure: features of runs that failed in one way, against runs that did not.

By run, because calls of one run resemble each other, and within strata (agents), because an agent
that fails more also does other things: by calls, or without strata, most findings are false
(simulated in tests/unit/analyze/test_correlation.py). "Goes with", never "causes".
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from homeostat.analyze.distributions import (
    benjamini_hochberg,
    chi_square_upper_tail,
    normal_quantile,
)

FALSE_SHARE = 0.05
"""Of all associations that are told, so many may be false."""
LEAST_RATIO = 1.5
LEAST_COMMON = 5
"""Runs that have both the failure and the feature."""


class RunFeatures(NamedTuple):
    """One run that used the tool."""

    stratum: str
    """Its client and agent."""
    failed: bool
    features: frozenset[str]
    """What it had before the failure; of a run without the failure, all it had."""


class Association(NamedTuple):
    feature: str
    common: int
    """Runs with both."""
    odds_ratio: float
    low: float
    high: float
    p_value: float
    q_value: float


class _Table(NamedTuple):
    """Of one stratum: failed with and without the feature, not failed with and without."""

    a: float
    b: float
    c: float
    d: float

    @property
    def n(self) -> float:
        return self.a + self.b + self.c + self.d


def associations(runs: Sequence[RunFeatures]) -> list[Association]:
    """What is told apart from chance, the strongest first.

    Mantel-Haenszel 1959 with continuity correction; interval of Robins, Breslow and Greenland 1986;
    Benjamini-Hochberg over all features that were looked at.
    """
    strata = Counter((run.stratum, run.failed) for run in runs)
    with_it: dict[str, Counter[tuple[str, bool]]] = {}
    for run in runs:
        for feature in run.features:
            with_it.setdefault(feature, Counter())[run.stratum, run.failed] += 1
    tested = [
        (feature, tables)
        for feature, counts in sorted(with_it.items())
        if (tables := _tables(counts, strata))
    ]
    p_values = [_p_value(tables) for _, tables in tested]
    found = [
        _association(feature, tables, p, q)
        for (feature, tables), p, q in zip(
            tested, p_values, benjamini_hochberg(p_values), strict=True
        )
    ]
    told = [
        item
        for item in found
        if item.q_value <= FALSE_SHARE
        and item.odds_ratio >= LEAST_RATIO
        and item.common >= LEAST_COMMON
    ]
    return sorted(told, key=lambda item: (-item.low, item.feature))


def _tables(counts: Counter[tuple[str, bool]], strata: Counter[tuple[str, bool]]) -> list[_Table]:
    """The strata that say something: with and without the failure, with and without the feature."""
    found: list[_Table] = []
    for stratum in sorted({name for name, _ in strata}):
        a, c = counts[stratum, True], counts[stratum, False]
        failed, passed = strata[stratum, True], strata[stratum, False]
        if failed and passed and 0 < a + c < failed + passed:
            found.append(_Table(a, failed - a, c, passed - c))
    return found


def _p_value(tables: Iterable[_Table]) -> float:
    more = variance = 0.0
    for a, b, c, d in tables:
        n = a + b + c + d
        more += a - (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1)) if n > 1 else 0.0
    if variance <= 0:
        return 1.0
    return chi_square_upper_tail(max(0.0, abs(more) - 0.5) ** 2 / variance)


def _association(
    feature: str, tables: Sequence[_Table], p_value: float, q_value: float
) -> Association:
    common = round(sum(table.a for table in tables))
    if not (_agreeing(tables) and _differing(tables)):
        tables = [_Table(*(count + 0.5 for count in table)) for table in tables]  # Haldane 1940
    r, s = _agreeing(tables), _differing(tables)
    ratio = r / s
    variance = sum(_variance_part(table, r, s) for table in tables)
    half = normal_quantile(0.975) * math.sqrt(variance)
    return Association(
        feature=feature,
        common=common,
        odds_ratio=ratio,
        low=ratio * math.exp(-half),
        high=ratio * math.exp(half),
        p_value=p_value,
        q_value=q_value,
    )


def _agreeing(tables: Iterable[_Table]) -> float:
    return sum(table.a * table.d / table.n for table in tables)


def _differing(tables: Iterable[_Table]) -> float:
    return sum(table.b * table.c / table.n for table in tables)


def _variance_part(table: _Table, r: float, s: float) -> float:
    """Of the variance of the logarithm (Robins, Breslow, Greenland 1986)."""
    p, q = (table.a + table.d) / table.n, (table.b + table.c) / table.n
    agree, differ = table.a * table.d / table.n, table.b * table.c / table.n
    return (
        p * agree / (2 * r * r) + (p * differ + q * agree) / (2 * r * s) + q * differ / (2 * s * s)
    )
