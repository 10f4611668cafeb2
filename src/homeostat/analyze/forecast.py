"""What is coming at this pace: failures that grow week by week, and what runs out when.

Growth is a log-linear rate of failures a use over four weeks; its noise is that of the days, which
differ by more than chance and resemble their neighbours. A forecast follows the growth only where
it is told, else the rate of the four weeks; it says how it would have done a week ago.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from homeostat.analyze.distributions import benjamini_hochberg, t_quantile, t_upper_tail
from homeostat.model.health import Backtest, Missing

DAYS = 28
WEEK = 7
LEAST_DAYS = 14
LEAST_FAILURES = 10
LEAST_FAILING = 5
"""Days with a failure: from fewer no pace can be told, only that it is there."""
LEAST_GROWTH = 1.2
"""A week; less is not what one calls accelerating."""
FALSE_SHARE = 0.05
LEVEL = 0.975
LEVEL_FORECAST = 0.9
"""Of a forecast 80 % lie inside its interval."""
WANDER = 0.15
"""Part of its rate by which a failure moves by itself within a week or two, however frequent: with
0 only 72 % of the weeks of a busy fleet came out within their 80 %."""
MOST_ALIKE = 0.6
MOST_GROWTH = 2.0
"""A day, as a logarithm: a fit that runs away is none."""
STEPS = 30
CLOSE = 1e-9
LEAST_STEEP = 1e-12


class Day(NamedTuple):
    day: int
    failures: int
    uses: int


class Fit(NamedTuple):
    """Failures a use are exp(level + slope x days before the last day)."""

    level: float
    slope: float
    """Of the logarithm, a day."""
    slope_error: float
    level_error: float
    """Of the rate without growth, relative."""
    spread: float
    """Variance of a day over its mean."""
    freedom: int
    mean_rate: float
    """Failures a use over all days."""


class Growth(NamedTuple):
    name: str
    failures: int
    a_week: float
    low: float
    high: float
    next_week: float
    next_low: float
    next_high: float


class Range(NamedTuple):
    middle: float
    low: float
    high: float


def accelerating(series: Mapping[str, Sequence[Day]], *, today: int) -> list[Growth]:
    """What grows beyond noise, over all series together; the fastest first."""
    fits = {name: fit for name, days in sorted(series.items()) if (fit := _fit(days, today))}
    tails = [_tail(fit) for fit in fits.values()]
    q_values = benjamini_hochberg(tails)
    found = [
        _growth(name, fit, _within(series[name], today), today)
        for (name, fit), q_value in zip(fits.items(), q_values, strict=True)
        if q_value <= FALSE_SHARE and math.exp(WEEK * fit.slope) >= LEAST_GROWTH
    ]
    told = [item for item in found if item.low > 1]
    return sorted(told, key=lambda item: (-item.a_week, item.name))


def backtest(series: Mapping[str, Sequence[Day]], *, today: int) -> Backtest:
    """The last week as it would have been told from what came before it."""
    errors: list[float] = []
    within = 0
    for days in series.values():
        before = today - WEEK
        fit = _fit(days, before)
        week = [day for day in days if before < day.day <= today]
        if fit is None or not week:
            continue
        told = _next(fit, sum(day.uses for day in week), is_growing=_is_growing(fit))
        came = sum(day.failures for day in week)
        within += told.low <= came <= told.high
        errors.append(abs(told.middle - came) / max(came, 1))
    middle = sorted(errors)[len(errors) // 2] if errors else None
    return Backtest(series=len(errors), within=within, median_error=middle)


def missing(days: Sequence[Day], *, today: int) -> Missing | None:
    known = len({day.day for day in _within(days, today)})
    return None if known >= LEAST_DAYS else Missing(what="days", known=known, needed=LEAST_DAYS)


def pace(amounts: Sequence[float]) -> Range | None:
    """A day's amount in the days to come, from those of the days before (0 where nothing was).

    80 % interval of the mean; `None` for fewer than 14 days.
    """
    count = len(amounts)
    if count < LEAST_DAYS:
        return None
    mean = math.fsum(amounts) / count
    left = [amount - mean for amount in amounts]
    squares = math.fsum(one * one for one in left)
    variance = squares / (count - 1) / count * _inflated(left, squares)
    half = t_quantile(LEVEL_FORECAST, count - 1) * math.sqrt(variance)
    return Range(mean, max(0.0, mean - half), mean + half)


def until(room: float, a_day: Range) -> tuple[float | None, float | None, float | None]:
    """Days until so much is used up: at this pace, at the soonest, at the latest."""
    middle, slow, fast = (room / rate if rate > 0 else None for rate in a_day)
    return middle, fast, slow


def _within(days: Sequence[Day], today: int) -> list[Day]:
    some = (day for day in days if today - DAYS < day.day <= today and day.uses > 0)
    return sorted(some)


def _fit(days: Sequence[Day], today: int) -> Fit | None:
    """Quasi-Poisson regression (McCullagh and Nelder 1989, ch. 6) by Newton's method."""
    known = _within(days, today)
    total = sum(day.failures for day in known)
    failing = sum(day.failures > 0 for day in known)
    if len(known) < LEAST_DAYS or total < LEAST_FAILURES or failing < LEAST_FAILING:
        return None
    times = [float(day.day - today) for day in known]
    rate = total / sum(day.uses for day in known)
    level, slope = math.log(rate), 0.0
    for _ in range(STEPS):
        means = _means(known, times, level, slope)
        step = _newton(known, times, means)
        if step is None:
            return None
        level, slope = level + step[0], slope + step[1]
        if abs(slope) > MOST_GROWTH:
            return None
        if abs(step[0]) + abs(step[1]) < CLOSE:
            break
    means = _means(known, times, level, slope)
    left = [(day.failures - m) / math.sqrt(m) for day, m in zip(known, means, strict=True)]
    squares, freedom = math.fsum(one * one for one in left), len(known) - 2
    spread = max(1.0, squares / freedom) * _inflated(left, squares)
    middle = math.fsum(t * m for t, m in zip(times, means, strict=True)) / math.fsum(means)
    steep = math.fsum(m * (t - middle) ** 2 for t, m in zip(times, means, strict=True))
    if steep <= LEAST_STEEP:
        return None
    return Fit(
        level=level,
        slope=slope,
        slope_error=math.sqrt(spread / steep),
        level_error=math.sqrt(spread / total),
        spread=spread,
        freedom=freedom,
        mean_rate=rate,
    )


def _means(known: Sequence[Day], times: Sequence[float], level: float, slope: float) -> list[float]:
    return [
        day.uses * math.exp(min(50.0, level + slope * time))
        for day, time in zip(known, times, strict=True)
    ]


def _newton(
    known: Sequence[Day], times: Sequence[float], means: Sequence[float]
) -> tuple[float, float] | None:
    rows = list(zip(known, times, means, strict=True))
    first = math.fsum(day.failures - mean for day, _, mean in rows)
    second = math.fsum(time * (day.failures - mean) for day, time, mean in rows)
    a = math.fsum(mean for _, _, mean in rows)
    b = math.fsum(time * mean for _, time, mean in rows)
    c = math.fsum(time * time * mean for _, time, mean in rows)
    whole = a * c - b * b
    if whole <= LEAST_STEEP:
        return None
    return (c * first - b * second) / whole, (a * second - b * first) / whole


def _inflated(left: Sequence[float], squares: float) -> float:
    """What it costs that days resemble their neighbours."""
    alike = math.fsum(one * other for one, other in pairwise(left))
    likeness = min(MOST_ALIKE, max(0.0, alike / squares)) if squares else 0.0
    return (1 + likeness) / (1 - likeness)


def _tail(fit: Fit) -> float:
    return t_upper_tail(fit.slope / fit.slope_error, fit.freedom)


def _is_growing(fit: Fit) -> bool:
    return _tail(fit) <= FALSE_SHARE / 2 and math.exp(WEEK * fit.slope) >= LEAST_GROWTH


def _growth(name: str, fit: Fit, known: Sequence[Day], today: int) -> Growth:
    half = t_quantile(LEVEL, fit.freedom) * fit.slope_error
    uses = sum(day.uses for day in known if day.day > today - WEEK)
    coming = _next(fit, uses, is_growing=True)
    return Growth(
        name=name,
        failures=sum(day.failures for day in known),
        a_week=math.exp(WEEK * fit.slope),
        low=math.exp(WEEK * (fit.slope - half)),
        high=math.exp(WEEK * (fit.slope + half)),
        next_week=coming.middle,
        next_low=coming.low,
        next_high=coming.high,
    )


def _next(fit: Fit, uses: int, *, is_growing: bool) -> Range:
    """Failures of the seven days after the last one, if as much is done in them."""
    if is_growing:
        days = [min(1.0, math.exp(fit.level + fit.slope * ahead)) for ahead in range(1, WEEK + 1)]
        middle = uses * math.fsum(days) / WEEK
        error = math.hypot(fit.level_error, DAYS / 2 * fit.slope_error)
    else:
        middle, error = uses * fit.mean_rate, math.hypot(fit.level_error, WANDER)
    half = t_quantile(LEVEL_FORECAST, fit.freedom) * math.sqrt(
        fit.spread * middle + (middle * error) ** 2
    )
    return Range(middle, max(0.0, middle - half), min(float(max(uses, 1)), middle + half))
