"""Days that stand out: more failures than the four weeks before make likely.

A negative binomial count whose mean is what the same kind of day (working day, weekend) gave, and
whose spread is the series' own and that of all: failures come in bursts, a Poisson rule would cry
out on every fourth day. False alarms 3.0 to 3.9 % a series and week as measured with the fleet
generator; bench/alarms.py measures again.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from homeostat.analyze.distributions import benjamini_hochberg, negative_binomial_upper_tail
from homeostat.model.health import Anomaly, Missing

BASELINE_DAYS = 28
LEAST_DAYS = 14
LEAST_FAILURES = 3
"""One or two failures are never an anomaly."""
RARE = 0.0012
"""Of a day; at .002 a busy quiet fleet cried out in 5.4 % of its weeks, at .0015 in 5.0."""
FALSE_SHARE = 0.05
"""Of those told on one day over many series."""
PRIOR = 6.0
"""Failures by which a kind of day is drawn towards the rate of all days."""
BURSTS = 1.3
"""Variance of a day beyond its mean that retries alone give."""
USUAL_SPREAD = 0.3
"""Of a series without others to compare with."""
WEEKEND = 5


class Day(NamedTuple):
    """One UTC day (days since 1970) of a series."""

    day: int
    failures: int
    uses: int


class Odd(NamedTuple):
    expected: float
    p_value: float


def anomalies(series: Mapping[str, Sequence[Day]], *, today: int) -> list[Anomaly]:
    """What is told of `today`: the rarest first. Days after it do not count, clocks jump."""
    known = {name: days for name, days in series.items() if missing(days, today=today) is None}
    pool = spread(list(known.values()), today=today)
    found: list[tuple[str, int, Odd]] = []
    for name, days in sorted(known.items()):
        failures = sum(day.failures for day in days if day.day == today)
        if odd := judged(days, today=today, pool=pool):
            found.append((name, failures, odd))
    q_values = benjamini_hochberg([odd.p_value for _, _, odd in found])
    told = [
        Anomaly(
            name=name, failures=failures, expected=odd.expected, p_value=odd.p_value, q_value=q,
        )
        for (name, failures, odd), q in zip(found, q_values, strict=True)
        if failures >= LEAST_FAILURES and odd.p_value < RARE and q <= FALSE_SHARE
    ]  # fmt: skip
    return sorted(told, key=lambda item: (item.p_value, item.name))


def missing(days: Sequence[Day], *, today: int) -> Missing | None:
    """What it still takes to judge a series; `None` where it can be judged."""
    known = len({day.day for day in _before(days, today)})
    if known >= LEAST_DAYS:
        return None
    return Missing(what="days", known=known, needed=LEAST_DAYS)


def judged(days: Sequence[Day], *, today: int, pool: float) -> Odd | None:
    """How likely a day with so many failures is; `None` for a day on which nothing was used."""
    before = _before(days, today)
    now = [day for day in days if day.day == today]
    uses, failures = sum(day.uses for day in now), sum(day.failures for day in now)
    if not uses or not before:
        return None
    kind = [day for day in before if _is_weekend(day.day) == _is_weekend(today)]
    expected = uses * _rate(kind, before)
    own = _own_spread(before)
    beyond = max(USUAL_SPREAD * pool, 0.5 * own + 0.5 * pool)
    dispersion = beyond + 1 / (sum(day.failures for day in kind) + PRIOR)
    return Odd(expected, negative_binomial_upper_tail(failures, expected, dispersion))


def spread(series: Sequence[Sequence[Day]], *, today: int) -> float:
    """How much more the days of all series differ than counting alone would make them."""
    own = [
        max(0.0, _own_spread(before))
        for days in series
        if len(before := _before(days, today)) >= LEAST_DAYS and any(day.failures for day in before)
    ]
    # One series says little of itself: it is drawn towards what is usual.
    return (math.fsum(own) + 2 * USUAL_SPREAD) / (len(own) + 2)


def _before(days: Sequence[Day], today: int) -> list[Day]:
    return [day for day in days if today - BASELINE_DAYS <= day.day < today and day.uses > 0]


def _is_weekend(day: int) -> bool:
    return (day + 3) % 7 >= WEEKEND  # day 0 was a Thursday


def _rate(kind: Sequence[Day], before: Sequence[Day]) -> float:
    whole = (sum(day.failures for day in before) + 0.5) / sum(day.uses for day in before)
    failures, uses = sum(day.failures for day in kind), sum(day.uses for day in kind)
    return (failures + PRIOR) / (uses + PRIOR / whole)


def _own_spread(before: Sequence[Day]) -> float:
    rates = {
        weekend: _rate([d for d in before if _is_weekend(d.day) == weekend], before)
        for weekend in (False, True)
    }
    means = [day.uses * rates[_is_weekend(day.day)] for day in before]
    beyond = math.fsum(
        (day.failures - mean) ** 2 - BURSTS * mean for day, mean in zip(before, means, strict=True)
    )
    return beyond / math.fsum(mean * mean for mean in means)
