"""What a replay of the past says of a remedy before it is tried. It never proves anything."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec


class Standing(StrEnum):
    ESTIMATE = "estimate"
    UPPER_BOUND = "upper bound only"
    CANNOT = "cannot be simulated"


class Bounds(NamedTuple):
    low: float
    high: float


ShareInterval: TypeAlias = Callable[[int, int], tuple[float, float]]
"""Of a share, from successes and trials, at 95 %."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A number that belongs to the answer: what the remedy costs, or what it cannot reach."""

    name: str
    value: float


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    """Of the remedy."""
    standing: Standing
    what: str
    """What the number counts; where there is none, why."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """At 95 %; of an exact count on the record the count itself."""
    n: int = 0
    """Comparable events that it rests on."""
    of: int = 0
    """Events that the remedy is for."""
    assumption: str = ""
    also: tuple[Figure, ...] = ()


class TimedCall(NamedTuple):
    """A call that had a limit."""

    duration_ms: float
    limit_ms: float
    was_cut: bool
    """It was stopped at its limit."""


class Failure(NamedTuple):
    """The first failure of a signature in a run, and what the agent did by itself."""

    was_retried: bool
    """The next call of the tool in that run was the same one again."""
    has_worked: bool | None
    """That retry; `None` without one, or where it is not known."""


class Tried(NamedTuple):
    """A failure of A in a stratum, and what B did with the same task; `None` where it was not
    asked."""

    stratum: str
    has_worked: bool | None


class Checked(NamedTuple):
    """A recorded call, put to the new rule."""

    is_refused: bool
    has_failed: bool


class KeyedCall(NamedTuple):
    key: str
    at_s: float
    result: str
    """Or a hash of it."""
