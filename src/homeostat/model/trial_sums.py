"""What a trial is judged from: sums of units, and what was fixed before the change."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from homeostat.model.trial import Arm


class Cell(NamedTuple):
    """Units that are alike for the tests."""

    day: int
    """After which so many days it was known."""
    share: float
    stratum: str
    block: int
    """Of a switchback; 0 for the others."""


Counts: TypeAlias = dict[Cell, list[int]]
"""Control units, treated units."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit adds to the sums: one in each of these streams, on these days."""

    arm: Arm
    share: float
    stratum: str
    block: int
    days: Mapping[str, int]
    """By stream."""


class Limits(NamedTuple):
    """What counts as slow and as costly: the 80 % quantile before the change."""

    tool_ms: float | None
    cost_usd: float | None


class Before(NamedTuple):
    """Units of one stratum before the change."""

    target: int
    """With the target, or not known."""
    siblings: int
    """With the sibling and without the target."""


class Unspoilt(NamedTuple):
    """The time before the spike that made somebody act."""

    units: int
    failing: Mapping[str, int]
    """Units with a failure of another tool, by its name; the target's has none."""


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of the time before the change."""

    before: Mapping[str, Mapping[str, Before]]
    """By stream of a sibling, by stratum."""
    weekday_units: float
    """Units a day, on days of the week."""
    weekend_units: float
    limits: Limits = Limits(None, None)
    unspoilt: Unspoilt | None = None
    """For a change to all at once; `None` where nobody said what made somebody act."""

    @property
    def units_a_day(self) -> Mapping[bool, float]:
        """By whether it is a weekend."""
        return {True: self.weekend_units, False: self.weekday_units}
