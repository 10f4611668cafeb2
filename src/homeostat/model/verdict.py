"""What the judge says of a change, and everything that it looked at."""

from enum import StrEnum

import msgspec


class Ruling(StrEnum):
    VERIFIED = "verified"
    """The failure is down because of the change, and did not only get another name."""
    DOWN = "down"
    """It is down because of the change; that it moved elsewhere is not excluded yet."""
    IMPROVED_UNPROVEN = "improved_unproven"
    """It is down after a change for all; the cause cannot be shown."""
    WORSE = "worse"
    """The change does harm: to the target, to others, to runs, to time or to money."""
    INCONCLUSIVE = "inconclusive"
    """Not known yet; never "kept because nothing was found"."""
    NO_EFFECT = "no_effect"
    """Whatever it does, it is less than 10 % fewer failures."""
    NO_DATA = "no_data"
    """There is nothing that could be judged."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Relative change of the target's failures caused by the change: -0.4 is 40 % fewer."""

    estimate: float
    low: float
    high: float | None
    """`None`: no upper end can be given yet."""
    failing_units: int
    """Units that failed, with and without the change together."""


class StreamLook(msgspec.Struct, frozen=True, kw_only=True):
    """One stream of yes and no on the day of a look."""

    stream: str
    with_change: int
    """Units with a yes that had the change."""
    units: int
    """Units with a yes, both arms."""
    bound: float
    """The chance, at most, of a look up to now to say "down" in error, as planned."""
    crossed_on: int | None
    """Day of the first look on which its share with the change was too small for chance."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    day: int
    streams: tuple[StreamLook, ...]
    moved_elsewhere: tuple[str, ...]
    """Other names that may have taken what fell: their numbers fit "moved" better than "as
    before"."""
    is_firm: bool
    """Whether the fall is beyond what "verified" asks for: chance does that in 3 of 100 trials."""
    fell_last_week: bool
    """Whether the last seven days alone still show it."""


class ArmDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day, as a chart shows it."""

    day: int
    treated: int
    treated_failing: int
    control: int
    control_failing: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    ruling: Ruling
    day: int
    """Days since the change that were looked at."""
    decided_on: int | None
    """Day on which the ruling was reached; `None` while nothing is decided."""
    effect: Effect | None
    """On the day of the decision; today while there is none."""
    effect_now: Effect | None
    reasons: tuple[str, ...]
    """Why, in words, what decided first."""
    seen: int
    """Failing units of the target until now, both arms."""
    needed: int | None
    """Of them needed for four chances in five at the expected effect."""
    days_to_go: float | None
    ever: tuple[Ruling, ...]
    """Every ruling given on the way."""
    pause: bool
    """Signs of harm that are no proof: stop giving it to more, or take it back as a precaution."""
    blind_days: tuple[int, ...]
    """Days after the change on which an arm showed less than half of the units to expect."""
    looks: tuple[Look, ...]
    next_look: int | None
    days: tuple[ArmDay, ...]
