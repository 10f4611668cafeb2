"""How healthy runs are, 0 to 100: how they ended, how fast, how reliably, at what expense.

Speed and expense are measured against what was usual before, tool by tool: a slow tool is not ill
by being slow. A part about which too little is known is left out, the others weigh more, and both
are said. docs/health.md has every number with its reason.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from homeostat.analyze.distributions import t_quantile
from homeostat.analyze.intervals import wilson
from homeostat.model.durations import BOUNDS_MS, middle_ms
from homeostat.model.health import Direction, Missing, Part, ScoreTrend

OUTCOME, SPEED, RELIABILITY, EXPENSE = "outcome", "speed", "reliability", "expense"
WEIGHTS = {OUTCOME: 0.5, SPEED: 0.2, RELIABILITY: 0.2, EXPENSE: 0.1}
LAST_DAYS = 7
BASELINE_DAYS = 30
LEARNED_FROM = 20
"""Timed calls of a tool from which on its usual duration is known: a median within a third."""
UNNOTICED_MS = 100.0
"""Nobody waits for less; a call below counts as one that took so long."""
LEAST_DIFFERENCE = 5.0
"""Points below which a trend of the score is nobody's business."""
LEAST_DAYS, LEAST_DAYS_BEFORE = 4, 10
"""Days with runs from which on the score has a trend."""
LEVEL = 0.975
QUARTERS = 4
"""Slowness is counted in quarters of a doubling."""


class Minimum(NamedTuple):
    """From how much on a part is known."""

    runs: int
    calls: int
    timed: int


FOR_MANY = Minimum(runs=5, calls=20, timed=20)
FOR_ONE = Minimum(runs=1, calls=5, timed=5)


class RunDay(NamedTuple):
    """Runs that ended on a day, by outcome, and the output tokens of all of them."""

    day: int
    well: int
    badly: int
    unknown: int
    tokens: int


class CallDay(NamedTuple):
    day: int
    worked: int
    faults: int
    unknown: int


class TimedCalls(NamedTuple):
    """Calls of one tool (by its number) of one step of duration."""

    day: int
    tool: int
    step: int
    calls: int


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the score of some days, or of one run, is made from."""

    well: int = 0
    badly: int = 0
    unknown_runs: int = 0
    tokens: int = 0
    worked: int = 0
    faults: int = 0
    unknown_calls: int = 0
    slowness: Mapping[int, int] = {}
    """Calls by how much longer than usual they took, in quarters of a doubling."""


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What was usual before."""

    log_ms: Mapping[int, float]
    """By tool: log2 of its median duration, where it is known."""
    well: int
    tokens: int


def baseline(timed: Iterable[TimedCalls], runs: Iterable[RunDay]) -> Baseline:
    """Learned from the days before."""
    steps: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for item in timed:
        steps[item.tool][item.step] += item.calls
    known = list(runs)
    return Baseline(
        log_ms={
            tool: _log_ms(_middle(counted))
            for tool, counted in sorted(steps.items())
            if counted.total() >= LEARNED_FROM
        },
        well=sum(day.well for day in known),
        tokens=sum(day.tokens for day in known),
    )


def by_day(
    runs: Iterable[RunDay],
    calls: Iterable[CallDay],
    timed: Iterable[TimedCalls],
    usual: Baseline,
) -> dict[int, Totals]:
    """Of each day on which anything happened."""
    found: dict[int, Totals] = {}
    for run in runs:
        part = Totals(
            well=run.well, badly=run.badly, unknown_runs=run.unknown, tokens=run.tokens
        )  # fmt: skip
        found[run.day] = added([found.get(run.day, Totals()), part])
    for call in calls:
        part = Totals(worked=call.worked, faults=call.faults, unknown_calls=call.unknown)
        found[call.day] = added([found.get(call.day, Totals()), part])
    slow: defaultdict[int, Counter[int]] = defaultdict(Counter)

    @cache  # few tools and steps, on many days
    def slowed(tool: int, step: int) -> int:
        return slowness(step, usual.log_ms[tool])

    for item in timed:
        if item.tool in usual.log_ms:
            slow[item.day][slowed(item.tool, item.step)] += item.calls
    for day, counted in slow.items():
        found[day] = added([found.get(day, Totals()), Totals(slowness=counted)])
    return found


def slowness(step: int, usual: float) -> int:
    """Quarters of a doubling by which a call took longer than usual."""
    return round(QUARTERS * (_log_ms(step) - usual))


def added(some: Iterable[Totals]) -> Totals:
    several = list(some)
    slow: Counter[int] = Counter()
    for one in several:
        slow.update(one.slowness)
    return Totals(
        well=sum(one.well for one in several),
        badly=sum(one.badly for one in several),
        unknown_runs=sum(one.unknown_runs for one in several),
        tokens=sum(one.tokens for one in several),
        worked=sum(one.worked for one in several),
        faults=sum(one.faults for one in several),
        unknown_calls=sum(one.unknown_calls for one in several),
        slowness=slow,
    )


def parts(total: Totals, usual: Baseline, minimum: Minimum = FOR_MANY) -> tuple[Part, ...]:
    """The four parts; those that are known share the whole weight."""
    found = [
        part(total, usual, minimum) for part in (_outcome, _speed, _reliability, _expense)
    ]  # fmt: skip
    weight = math.fsum(WEIGHTS[part.name] for part in found if part.score is not None)
    return tuple(
        msgspec.structs.replace(
            part, weight=WEIGHTS[part.name] / weight if part.score is not None else 0.0
        )
        for part in found
    )


def score(found: Sequence[Part]) -> float | None:
    """0 to 100; `None` where no part is known: no data is not health."""
    known = [(part.weight, part.score) for part in found if part.score is not None]
    return math.fsum(weight * value for weight, value in known) if known else None


def trend(last: Mapping[int, Totals], before: Mapping[int, Totals], usual: Baseline) -> ScoreTrend:
    """Of the score: the last days beside those before, from the parts that are known of both.

    Its noise is that of days (jackknife, Tukey 1958): calls and runs of one day resemble each
    other. The difference is beyond it where Welch's interval leaves 0 out.
    """
    for known, needed in ((len(before), LEAST_DAYS_BEFORE), (len(last), LEAST_DAYS)):
        if known < needed:
            return ScoreTrend(
                direction=None, missing=Missing(what="days", known=known, needed=needed)
            )
    names = _known(added(last.values()), usual) & _known(added(before.values()), usual)
    if not names:
        return ScoreTrend(
            direction=None, missing=Missing(what="parts", known=0, needed=1)
        )  # fmt: skip

    def value(total: Totals) -> float:
        return _value(total, usual, names)

    now, now_noise = _jackknife(list(last.values()), value)
    then, then_noise = _jackknife(list(before.values()), value)
    noise = now_noise + then_noise
    half = 0.0
    if noise > 0:
        freedom = noise**2 / (
            now_noise**2 / (len(last) - 1) + then_noise**2 / (len(before) - 1)
        )  # fmt: skip
        half = t_quantile(LEVEL, freedom) * math.sqrt(noise)
    difference = now - then
    is_told = abs(difference) >= LEAST_DIFFERENCE and abs(difference) > half
    better = Direction.IMPROVING if difference > 0 else Direction.DEGRADING
    return ScoreTrend(
        direction=better if is_told else Direction.STABLE,
        before=then,
        difference=difference,
        half_width=half,
    )


def _jackknife(days: Sequence[Totals], value: Callable[[Totals], float]) -> tuple[float, float]:
    """The value of all days together, and the variance of it."""
    together, count = added(days), len(days)
    # In an order of their own: the days' order must not move the last digit.
    without = sorted(value(_less(together, day)) for day in days)
    mean = math.fsum(without) / count
    variance = (count - 1) / count * math.fsum((one - mean) ** 2 for one in without)
    return value(together), variance


def _less(whole: Totals, part: Totals) -> Totals:
    slow = Counter(whole.slowness)
    slow.subtract(part.slowness)
    return Totals(
        well=whole.well - part.well,
        badly=whole.badly - part.badly,
        tokens=whole.tokens - part.tokens,
        worked=whole.worked - part.worked,
        faults=whole.faults - part.faults,
        slowness=+slow,
    )


def _known(total: Totals, usual: Baseline) -> set[str]:
    return {part.name for part in parts(total, usual) if part.score is not None}


def _value(total: Totals, usual: Baseline, names: set[str]) -> float:
    """The score from these parts alone, however little is known of them."""
    found = [part for part in parts(total, usual, Minimum(1, 1, 1)) if part.name in names]
    weight = math.fsum(part.weight for part in found)
    return math.fsum(part.weight * (part.score or 0.0) for part in found) / weight if weight else 0


def _outcome(total: Totals, usual: Baseline, minimum: Minimum) -> Part:
    del usual
    known = total.well + total.badly
    if minimum is FOR_ONE and known == 1:
        score, said = (100.0, "it ended well") if total.well else (0.0, "it did not end well")
        return Part(name=OUTCOME, weight=0, score=score, sample=1, detail=said)
    said = f"{total.unknown_runs} unknown"
    return _share_part(OUTCOME, total.well, known, said, needed=minimum.runs, what="runs")


def _reliability(total: Totals, usual: Baseline, minimum: Minimum) -> Part:
    del usual
    known = total.worked + total.faults
    said = f"{total.unknown_calls} unknown"
    return _share_part(RELIABILITY, total.worked, known, said, needed=minimum.calls, what="calls")


def _share_part(
    name: str, good: int, known: int, said: str, *, needed: int, what: str
) -> Part:  # fmt: skip
    if known < needed:
        return _unknown(name, known, needed, what)
    low, high = wilson(good, known)
    detail = f"{good} of {known} ({100 * low:.0f} to {100 * high:.0f} %), {said}"
    return Part(name=name, weight=0, score=100 * good / known, sample=known, detail=detail)


def _speed(total: Totals, usual: Baseline, minimum: Minimum) -> Part:
    del usual
    counted = Counter(total.slowness)
    if counted.total() < minimum.timed:
        return _unknown(SPEED, counted.total(), minimum.timed, "timed calls")
    times = 2 ** (_middle(counted) / QUARTERS)
    return Part(
        name=SPEED,
        weight=0,
        score=100 * min(1.0, 1 / times),
        sample=counted.total(),
        detail=f"{times:.2f} times what is usual for the tool",
    )


def _expense(total: Totals, usual: Baseline, minimum: Minimum) -> Part:
    known, before = total.well, usual.well
    if known < minimum.runs:
        return _unknown(EXPENSE, known, minimum.runs, "good runs")
    if before < FOR_MANY.runs:
        return _unknown(EXPENSE, before, FOR_MANY.runs, "earlier good runs")
    if not total.tokens or not usual.tokens:
        return Part(
            name=EXPENSE, weight=0, score=None, sample=0, detail="", missing="no tokens are known"
        )
    each, once = total.tokens / known, usual.tokens / before
    return Part(
        name=EXPENSE,
        weight=0,
        score=100 * min(1.0, once / each),
        sample=known,
        detail=f"{each:,.0f} output tokens, before {once:,.0f}",
    )


def _unknown(name: str, known: int, needed: int, what: str) -> Part:
    missing = f"collecting data ({known} of {needed} {what})"
    return Part(name=name, weight=0, score=None, sample=known, detail="", missing=missing)


_LOGS = tuple(math.log2(max(UNNOTICED_MS, middle_ms(step))) for step in range(len(BOUNDS_MS) + 1))


def _log_ms(step: float) -> float:
    """log2 of the milliseconds of a step."""
    return _LOGS[min(round(step), len(BOUNDS_MS))]


def _middle(counted: Counter[int]) -> float:
    """The median of counted values; between two of them their mean."""
    half, passed = counted.total() / 2, 0
    ranked = sorted((value, count) for value, count in counted.items() if count > 0)
    for place, (value, count) in enumerate(ranked):
        passed += count
        if passed > half:
            return float(value)
        if passed == half:
            return (value + ranked[place + 1][0]) / 2
    return 0.0
