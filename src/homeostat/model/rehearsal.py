"""Changes whose truth is known, because they were made up, and what was said of them."""

from enum import StrEnum

import msgspec

from homeostat.model.pattern import Rate
from homeostat.model.verdict import Ruling


class Kind(StrEnum):
    """What a change truly does, and what somebody says that it does."""

    HELPS = "helps"
    NOTHING = "does nothing"
    HARMS = "harms"


class Mark(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "not decided"


class By(StrEnum):
    HOMEOSTAT = "homeostat"
    BEFORE_AFTER = "before/after"


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Failures with the change for each one without it."""

    kind: Kind
    target: float = 1.0
    sibling: float = 1.0
    """Of the most frequent other failure of the tool."""


class WeekAgainstWeek(msgspec.Struct, frozen=True, kw_only=True):
    """What before/after saw and said."""

    failing_before: int
    runs_before: int
    failing_after: int
    runs_after: int
    """Of the runs with the change."""
    change: float | None
    said: Kind | None
    """`None`: it could say nothing."""
    mark: Mark


class Ruled(msgspec.Struct, frozen=True, kw_only=True):
    """What homeostat's judge said."""

    ruling: Ruling
    effect: float | None
    """Relative change of the target's failures on the day of the decision, or the last one."""
    low: float | None
    high: float | None
    """At 95 %, at any look; `high` is also `None` where no upper end can be given."""
    reasons: tuple[str, ...]
    ever: tuple[Ruling, ...]
    """Every ruling given on the way."""
    said: Kind | None
    """`None`: not decided."""
    mark: Mark


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One change, with both answers and the truth."""

    change_id: str
    failure: str
    tool: str
    before_after: WeekAgainstWeek
    homeostat: Ruled
    truth: Truth


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """Three changes on one made-up fleet."""

    seed: int
    sha256: str
    """Of the truth, told before the judge began."""
    locked: str
    """The truth and a random word: what that is the SHA-256 of."""
    changes: tuple[Opened, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How often one answer was given to changes of one kind."""

    truth: Kind
    by: By
    answer: str
    mark: Mark
    share: Rate
    """Of all changes of that kind."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Many rehearsals counted."""

    seeds: int
    first_seed: int
    answers: tuple[Answer, ...]
    duration_s: float
