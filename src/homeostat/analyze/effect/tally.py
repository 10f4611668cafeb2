"""From runs to sums: which units said yes in which stream, known on which day.

A unit counts once in a stream, on the day of its first yes. Everything that is judged later is
judged from these sums, never from events; sums of two parts of the runs can be added where no
unit is in both.
"""

from collections.abc import Iterable, Mapping
from math import floor
from typing import NamedTuple

from homeostat.model.trial import Arm, Trial, TrialRun

UNITS = "units"
TARGET = "target"
UNCLEAR = "target or unknown"
OTHER = "other failures of the tool"
BAD = "failed runs"
BAD_WITH_TARGET = "failed runs with the target"
SLOW = "slow calls of the tool"
COSTLY = "costly runs"
SIBLING = "or "
"""Before the name of another failure of the tool: units with the target, unknown, or that one."""
POOL = "or any other"
SLOW_QUANTILE = 0.8
_FEWEST_FOR_QUANTILE = 20


class Cell(NamedTuple):
    """Units that are alike for the tests."""

    day: int
    """After which so many days it was known."""
    share: float
    stratum: str
    block: int
    """Of a switchback; 0 for the others."""


class Unit(NamedTuple):
    arm: Arm
    cell: Cell
    """On the day on which it was first seen."""
    marks: Mapping[str, int]
    """Streams in which it said yes, with the day."""


Counts = dict[Cell, list[int]]
"""Control units, treated units."""


class Tally(NamedTuple):
    counts: Mapping[str, Counts]
    siblings: tuple[str, ...]
    """Other failures of the tool, by name."""
    crossing: int
    """Units that were seen in both arms; they count nowhere."""


class Limits(NamedTuple):
    """What counts as slow and as costly: the 80 % quantile before the change."""

    tool_ms: float | None
    cost_usd: float | None


def stratum_of(run: TrialRun) -> str:
    return f"{run.agent} {'weekend' if run.is_weekend else 'weekday'}"


def limits(runs: Iterable[TrialRun]) -> Limits:
    before = [run for run in runs if run.arm is None and run.started < 0]
    return Limits(
        _quantile([run.tool_ms for run in before if run.tool_ms is not None]),
        _quantile([run.cost_usd for run in before if run.cost_usd is not None]),
    )


def _quantile(values: list[float]) -> float | None:
    if len(values) < _FEWEST_FOR_QUANTILE:
        return None
    return sorted(values)[int(SLOW_QUANTILE * (len(values) - 1))]


def marks(run: TrialRun, trial: Trial, limits: Limits) -> set[str]:
    """The streams in which a run says yes; of a sibling the bare name."""
    found: set[str] = set()
    target = trial.signature in run.failed
    others = [name for name in run.failed if name != trial.signature]
    if target:
        found |= {TARGET}
    if target or run.is_unclear:
        found |= {UNCLEAR}
    if others or run.is_unclear:
        found |= {OTHER}
    found |= {SIBLING + name for name in others}
    if run.is_ok is False:
        found |= {BAD, BAD_WITH_TARGET} if target else {BAD}
    if limits.tool_ms is not None and run.tool_ms is not None and run.tool_ms > limits.tool_ms:
        found |= {SLOW}
    if limits.cost_usd is not None and (run.cost_usd or 0.0) > limits.cost_usd:
        found |= {COSTLY}
    return found


def tally(runs: Iterable[TrialRun], trial: Trial, limits: Limits) -> Tally:
    """The sums of all runs since the change that have an arm."""
    units: dict[str, Unit | None] = {}
    for run in runs:
        if run.arm is None or run.ended < 0:
            continue
        day = floor(run.ended) + 1
        block = floor(run.started * 24 / trial.block_hours) if trial.block_hours else 0
        share = trial.share if run.share is None else run.share
        new = Unit(
            run.arm,
            Cell(day, share, stratum_of(run), block),
            dict.fromkeys(marks(run, trial, limits), day),
        )
        units[run.unit] = _joined(units[run.unit], new) if run.unit in units else new
    counted = [unit for unit in units.values() if unit is not None]
    return _sums(counted, crossing=len(units) - len(counted))


def _joined(one: Unit | None, other: Unit) -> Unit | None:
    """Both parts of a unit; `None` for one that changed its arm or its block."""
    if one is None or one.arm is not other.arm or one.cell.block != other.cell.block:
        return None
    found = dict(one.marks)
    for stream, day in other.marks.items():
        found[stream] = min(day, found.get(stream, day))
    # The smaller of both as a whole: which run comes first must not matter.
    return Unit(one.arm, min(one.cell, other.cell), found)


def _sums(units: Iterable[Unit], *, crossing: int) -> Tally:
    counts: dict[str, Counts] = {name: {} for name in (UNITS, TARGET, UNCLEAR, POOL)}
    kept = [unit for unit in units if _add(counts, unit, UNITS, unit.cell.day)]
    siblings = sorted({name for unit in kept for name in unit.marks if name.startswith(SIBLING)})
    counts |= {name: {} for name in siblings}
    for unit in kept:
        if not unit.marks:
            continue
        for stream, day in unit.marks.items():
            if not stream.startswith(SIBLING):
                _add(counts, unit, stream, day)
        unclear = unit.marks.get(UNCLEAR)
        days = [] if unclear is None else [unclear]
        for name in siblings:
            if both := [*days, unit.marks[name]] if name in unit.marks else days:
                _add(counts, unit, name, min(both))
        if anything := days + [day for name, day in unit.marks.items() if name.startswith(SIBLING)]:
            _add(counts, unit, POOL, min(anything))
    return Tally(counts, tuple(siblings), crossing)


def _add(counts: dict[str, Counts], unit: Unit, stream: str, day: int) -> bool:
    cell = unit.cell._replace(day=day)
    counts.setdefault(stream, {}).setdefault(cell, [0, 0])[unit.arm is Arm.TREATMENT] += 1
    return True
