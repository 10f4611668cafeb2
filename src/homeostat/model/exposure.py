"""Which unit is in which arm of a trial, and what is kept of a trial beside it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from homeostat.model.trial import Arm, Trial
from homeostat.model.trial_sums import Baseline


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """Written down for both arms before the unit can react; never changed afterwards."""

    unit: str
    """The session: the id of its run."""
    arm: Arm
    share: float
    """The chance that it had to get the change."""
    at: datetime


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A trial as it was begun: nothing here moves with what happens after it but its end."""

    improvement_id: str
    trial: Trial
    applied_at: datetime
    ended_at: datetime | None
    baseline: Baseline
    merged: Mapping[str, str]
    """Signatures that a person had merged into others by then, with the one that they count for."""


class BlindSpots(msgspec.Struct, frozen=True, kw_only=True):
    """Units that count in no arm, because what would be needed is not known of them."""

    unrecorded: int
    """Ran after the change, and nobody wrote down whether they had it."""
    late: int
    """Their arm was written down when they had begun already."""
    unseen_treated: int
    """Had an arm, and no run of theirs is in the store."""
    unseen_control: int
