"""From runs to sums: which units said yes in which stream, known on which day.

A unit counts once in a stream, on the day of its first yes. Everything that is judged later is
judged from these sums, never from events; sums of two parts of the runs can be added where no
unit is in both.
"""

from collections.abc import Iterable, Mapping
from math import floor
from typing import NamedTuple

from homeostat.model.trial import Arm, Design, Trial, TrialRun
from homeostat.model.trial_sums import Cell, Counted, Counts, Limits

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
ELSEWHERE = "elsewhere "
"""Before the name of a failure of another tool: what a change for all is compared with."""
_WITH, _BOTH = "with ", "both "
"""Before the name of a sibling: units with it, and those of them with the target or unknown. An
unclear unit says yes to every sibling, also to one whose name comes up later: added up, `or` is
made of the three."""
SLOW_QUANTILE = 0.8
_FEWEST_FOR_QUANTILE = 20


class Tally(NamedTuple):
    counts: Mapping[str, Counts]
    siblings: tuple[str, ...]
    """Other failures of the tool, by name."""
    crossing: int
    """Units that were seen in both arms; they count nowhere."""


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
    if trial.design is Design.FULL:
        found |= {ELSEWHERE + name for name in run.failed_elsewhere}
    return found


def tally(runs: Iterable[TrialRun], trial: Trial, limits: Limits) -> Tally:
    """The sums of all runs since the change that have an arm."""
    by_unit: dict[str, list[TrialRun]] = {}
    for run in runs:
        if arm_of(run, trial) is not None and run.ended >= 0:
            by_unit.setdefault(run.unit, []).append(run)
    units = [counted(of_unit, trial, limits) for of_unit in by_unit.values()]
    known = [unit for unit in units if unit is not None]
    return joined(summed(known), crossing=len(units) - len(known))


def arm_of(run: TrialRun, trial: Trial) -> Arm | None:
    """Of a change for all every run since then has it, whatever was recorded."""
    if trial.design is not Design.FULL:
        return run.arm
    return Arm.TREATMENT if run.started >= 0 else None


def counted(runs: Iterable[TrialRun], trial: Trial, limits: Limits) -> Counted | None:
    """What the runs of one unit add to the sums; `None` where there is none since the change with
    an arm, or where they do not agree on the arm or the block: such a unit counts nowhere."""
    found: _Unit | None = None
    for run in runs:
        arm = arm_of(run, trial)
        if arm is None or run.ended < 0:
            continue
        unit = _unit(run, arm, trial, limits)
        if found is not None and (found.arm, found.cell.block) != (arm, unit.cell.block):
            return None
        found = unit if found is None else _both(found, unit)
    return None if found is None else _counted(found)


class _Unit(NamedTuple):
    arm: Arm
    cell: Cell
    """On the day on which it was first seen."""
    marks: Mapping[str, int]
    """Streams in which it said yes, with the day."""


def _unit(run: TrialRun, arm: Arm, trial: Trial, limits: Limits) -> _Unit:
    day = floor(run.ended) + 1
    block = floor(run.started * 24 / trial.block_hours) if trial.block_hours else 0
    share = trial.share if run.share is None else run.share
    found = dict.fromkeys(marks(run, trial, limits), day)
    return _Unit(arm, Cell(day, share, stratum_of(run), block), found)


def _both(one: _Unit, other: _Unit) -> _Unit:
    found = dict(one.marks)
    for stream, day in other.marks.items():
        found[stream] = min(day, found.get(stream, day))
    # The smaller of both as a whole: which run comes first must not matter.
    return _Unit(one.arm, min(one.cell, other.cell), found)


def _counted(unit: _Unit) -> Counted:
    days = {UNITS: unit.cell.day}
    unclear = unit.marks.get(UNCLEAR)
    anything = [] if unclear is None else [unclear]
    for stream, day in unit.marks.items():
        if not stream.startswith(SIBLING):
            days[stream] = day
            continue
        name = stream.removeprefix(SIBLING)
        days[_WITH + name] = day
        anything.append(day)
        if unclear is not None:
            days[_BOTH + name] = max(day, unclear)
    if anything:
        days[POOL] = min(anything)
    _, share, stratum, block = unit.cell
    return Counted(arm=unit.arm, share=share, stratum=stratum, block=block, days=days)


def summed(units: Iterable[Counted]) -> dict[str, Counts]:
    """By stream. Sums of other units may be added to them, cell by cell."""
    found: dict[str, Counts] = {}
    for unit in units:
        for stream, day in unit.days.items():
            cell = Cell(day, unit.share, unit.stratum, unit.block)
            counts = found.setdefault(stream, {}).setdefault(cell, [0, 0])
            counts[unit.arm is Arm.TREATMENT] += 1
    return found


def joined(sums: Mapping[str, Counts], *, crossing: int = 0) -> Tally:
    """What the judge looks at, from the sums of all units."""
    own = (_WITH, _BOTH)
    counts = {name: sums.get(name, {}) for name in (UNITS, TARGET, UNCLEAR, POOL)}
    counts |= {name: found for name, found in sums.items() if not name.startswith(own)}
    names = sorted(name.removeprefix(_WITH) for name in sums if name.startswith(_WITH))
    for name in names:
        counts[SIBLING + name] = _either(
            counts[UNCLEAR], sums[_WITH + name], sums.get(_BOTH + name, {})
        )
    return Tally(counts, tuple(SIBLING + name for name in names), crossing)


def _either(one: Counts, other: Counts, both: Counts) -> Counts:
    """Units in one or the other; a day is that of the first."""
    found = {cell: list(counts) for cell, counts in one.items()}
    for sums, sign in ((other, 1), (both, -1)):
        for cell, (control, treated) in sums.items():
            counts = found.setdefault(cell, [0, 0])
            counts[0] += sign * control
            counts[1] += sign * treated
    return {cell: counts for cell, counts in found.items() if counts != [0, 0]}
