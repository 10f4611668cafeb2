"""Days on which an arm shows less than it should: no failures there is no health."""

from collections.abc import Mapping
from typing import NamedTuple

from homeostat.model.trial_sums import Counts
from homeostat.model.verdict import ArmDay

LEAST_PART = 0.5
"""Of the units to expect."""
ENOUGH_FOR_PART = 30.0
"""Units to expect, from which on half of them is no accident (2 in 1000 days of a Poisson)."""
ENOUGH_FOR_NONE = 8.0
"""Units to expect, from which on none at all is no accident (3 in 10,000)."""


class ArmUnits(NamedTuple):
    """Units by day since the change."""

    control: Mapping[int, int]
    treated: Mapping[int, int]
    weekends: frozenset[int]
    """Days that had a unit of a weekend."""

    @staticmethod
    def of(counts: Counts) -> "ArmUnits":
        control: dict[int, int] = {}
        treated: dict[int, int] = {}
        for cell, (without, with_it) in counts.items():
            control[cell.day] = control.get(cell.day, 0) + without
            treated[cell.day] = treated.get(cell.day, 0) + with_it
        weekends = frozenset(cell.day for cell in counts if cell.stratum.endswith("weekend"))
        return ArmUnits(control, treated, weekends)


def blind_days(
    units: ArmUnits, a_day: Mapping[bool, float], *, today: int, parts: tuple[float, float]
) -> tuple[int, ...]:
    """Days with less than half of what the same kind of day had before the change, in an arm.

    `parts` are the shares of all units that the arms are to have on each day (with the change,
    without); together they are looked at as well. A day without any unit is taken for a weekend.
    """
    found: list[int] = []
    for day in range(1, today + 1):
        treated, control = units.treated.get(day, 0), units.control.get(day, 0)
        is_quiet = day in units.weekends or not (treated or control)
        expected = min(a_day.values()) if is_quiet else a_day[False]
        seen = [(treated, parts[0]), (control, parts[1]), (treated + control, 1.0)]
        if any(_is_blind(count, expected * part) for count, part in seen):
            found.append(day)
    return tuple(found)


def _is_blind(count: int, expected: float) -> bool:
    if count == 0:
        return expected >= ENOUGH_FOR_NONE
    return expected >= ENOUGH_FOR_PART and count < LEAST_PART * expected


def arm_days(units: ArmUnits, failing: Counts, *, today: int) -> tuple[ArmDay, ...]:
    seen = ArmUnits.of(failing)
    return tuple(
        ArmDay(
            day=day,
            treated=units.treated.get(day, 0),
            treated_failing=seen.treated.get(day, 0),
            control=units.control.get(day, 0),
            control_failing=seen.control.get(day, 0),
        )
        for day in range(1, today + 1)
    )
