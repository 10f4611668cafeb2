"""A change on trial: what was declared before it, and what each run says about it."""

from enum import StrEnum

import msgspec


class Design(StrEnum):
    """How a change is given to some and not to others."""

    CANARY = "canary"
    """By unit (session or run), at random."""
    SWITCHBACK = "switchback"
    """On and off for everybody, in pairs of blocks; a coin says which block of a pair has it."""
    FULL = "full"
    """To all at once."""


class Arm(StrEnum):
    TREATMENT = "treatment"
    CONTROL = "control"


class Rigour(StrEnum):
    """What stands against "the failure only got another name"; docs/verification.md has rates."""

    BALANCED = "balanced"
    """At most 15 % by proof where it moves into one other name (switchback 10 %); more power."""
    STRICT = "strict"
    """At most 5 % by proof."""


MOST_UNITS = 4_000
"""Failing units, both arms together, that a trial waits for at most."""
USUAL_EFFECT = -0.4
"""What a change is expected to do where nobody said: two failures of five fewer."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """Declared before the change: nothing here may depend on what happened after it."""

    signature: str
    tool: str
    design: Design
    share: float = 0.5
    """Chance of a unit to get the change (canary)."""
    block_hours: float = 0.0
    """Length of a block (switchback)."""
    trigger_from: float | None = None
    """Days from the change to where the window begins that made somebody act; below zero. Its
    failures were selected for being many, so they are no baseline."""
    expected: float = USUAL_EFFECT
    """Relative change that was hoped for; says how many failures must be seen."""
    looks: tuple[int, ...] = (7, 14, 21)
    """Days on which "down" and "verified" may be said; the last is the horizon. Seven: a whole
    week, so that weekdays and weekends are both in it."""
    rigour: Rigour = Rigour.BALANCED

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError("the share of a trial lies between 0 and 1, ends excluded")
        if not self.looks or list(self.looks) != sorted(set(self.looks)) or self.looks[0] < 1:
            raise ValueError("the looks of a trial are days from 1 on, each later than the last")
        if self.design is Design.SWITCHBACK and self.block_hours <= 0:
            raise ValueError("a switchback trial needs the length of its blocks")


class TrialRun(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one run says. Times are days since the change, below zero before it."""

    unit: str
    """What was assigned: the session, or the run itself."""
    agent: str
    started: float
    ended: float
    arm: Arm | None = None
    """`None` before the change, or where nothing was recorded."""
    share: float | None = None
    """The chance that this unit had to get the change, where it is not the trial's."""
    is_weekend: bool = False
    is_ok: bool | None = None
    failed: tuple[str, ...] = ()
    """Signatures of the target's tool that failed in it."""
    failed_elsewhere: tuple[str, ...] = ()
    """Signatures of other tools that failed in it."""
    is_unclear: bool = False
    """An outcome on the target's tool is not known, or calls are missing from the record."""
    tool_ms: float | None = None
    """Mean duration of the calls of the target's tool."""
    cost_usd: float | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a change of this effect could be told from luck, at this rate."""

    effect: float
    share: float
    rate_a_day: float
    """Failing units a day before the change."""
    needed: int | None
    """Failing units, both arms, for four chances in five, looking at each; `None` above
    `MOST_UNITS`."""
    days: float | None
    is_provable: bool
    """Within 28 days."""
    chances: tuple[tuple[int, float], ...]
    """Days of the planned looks, with the chance that "down" is said by then. "Verified" asks for
    more: that it moved nowhere else."""
    least_effect: float | None
    """The smallest change in the wished direction that is provable here within 28 days."""
    least_rate_a_day: float | None
    """Failing units a day from which on this effect is provable within 28 days."""
