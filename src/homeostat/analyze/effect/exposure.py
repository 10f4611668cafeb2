"""Who gets the change, and what a unit counts for, given what was written down of it."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from math import floor
from typing import NamedTuple

from msgspec.structs import replace

from homeostat.analyze.effect.tally import Tally, counted, joined
from homeostat.model.exposure import BlindSpots
from homeostat.model.trial import Arm, Design, Trial, TrialRun
from homeostat.model.trial_sums import Counted, Counts, Limits

UNRECORDED = "no record of an arm"
LATE = "recorded late"
UNSEEN = "no run"
_BLIND = frozenset({UNRECORDED, LATE, UNSEEN})
LATEST_DAYS = 60 / 86_400
"""A unit that began longer ago than this may have reacted already when its arm was written down.
A minute: a client's first line carries another clock, and hooks run beside it."""
_COIN_SHARE = 0.5


class Assigned(NamedTuple):
    """What was written down of one unit."""

    arm: Arm
    share: float
    at: float
    """Days since the change."""


def assigned(change_id: str, unit: str, trial: Trial, *, at: float, share: float) -> Assigned:
    """The arm of a unit that begins `at` so many days after the change.

    By a hash that nobody can steer, so any machine answers alike and nothing need be asked first.
    In a switchback the hash is the coin of the pair of blocks.
    """
    if trial.design is Design.SWITCHBACK:
        pair, is_second = divmod(floor(at * 24 / trial.block_hours), 2)
        is_first = _chance(f"{change_id}{pair}") < _COIN_SHARE
        arm = Arm.TREATMENT if is_first is not bool(is_second) else Arm.CONTROL
        return Assigned(arm, _COIN_SHARE, at)
    has_it = trial.design is Design.FULL or _chance(change_id + unit) < share
    return Assigned(Arm.TREATMENT if has_it else Arm.CONTROL, share, at)


def _chance(text: str) -> float:
    """Between 0 and 1, as even as a hash is."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") / 2.0**64


def exposed(
    runs: Sequence[TrialRun], record: Assigned | None, trial: Trial, limits: Limits
) -> Counted | None:
    """What a unit counts for: its runs as they are known, and the record of its arm.

    A unit begins when its arm was written down: what block it is in was decided then. Without a
    record, or with a late one, it counts as a blind spot. `None`: it is not of this trial.
    """
    if trial.design is Design.FULL:
        return counted(runs, trial, limits)
    if record is None:
        days = [floor(run.ended) + 1 for run in runs if run.started >= 0]
        return _blind(UNRECORDED, min(days)) if days else None
    if not runs:
        return _blind(UNSEEN, floor(record.at) + 1, record.arm)
    if min(run.started for run in runs) < record.at - LATEST_DAYS:
        return _blind(LATE, min(max(floor(run.ended), 0) + 1 for run in runs), record.arm)
    return counted([_of_arm(run, record) for run in runs], trial, limits)


def _of_arm(run: TrialRun, record: Assigned) -> TrialRun:
    ended = max(run.ended, record.at)
    return replace(run, arm=record.arm, share=record.share, started=record.at, ended=ended)


def _blind(stream: str, day: int, arm: Arm = Arm.CONTROL) -> Counted:
    return Counted(arm=arm, share=_COIN_SHARE, stratum="", block=0, days={stream: day})


class Known(NamedTuple):
    """What sums say, and what they cannot say."""

    tally: Tally
    spots: BlindSpots


def known(sums: Mapping[str, Counts]) -> Known:
    """Of the sums of all units up to a day."""
    tally = joined({name: counts for name, counts in sums.items() if name not in _BLIND})
    unseen_control, unseen_treated = _total(sums, UNSEEN)
    return Known(
        tally,
        BlindSpots(
            unrecorded=sum(_total(sums, UNRECORDED)),
            late=sum(_total(sums, LATE)),
            unseen_treated=unseen_treated,
            unseen_control=unseen_control,
        ),
    )


def _total(sums: Mapping[str, Counts], stream: str) -> tuple[int, int]:
    cells = sums.get(stream, {}).values()
    return sum(control for control, _ in cells), sum(treated for _, treated in cells)
