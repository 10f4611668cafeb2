"""Trials in files: read, judged, and planned."""

from datetime import datetime, timedelta
from math import floor
from pathlib import Path

import msgspec

from homeostat.analyze.effect import judging, power
from homeostat.model.errors import SourceError, UsageError
from homeostat.model.exposure import BlindSpots
from homeostat.model.trial import Plan, Rigour, Trial
from homeostat.model.verdict import Effect, Look, Ruling, Verdict
from homeostat.monitor import trial_files
from homeostat.monitor.trial_files import Declared, Recorded

NEAR_THE_END = 0.25
"""Part of a day that may be missing of the last one: quiet nights have no runs for hours."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    trial: Trial
    change_id: str
    applied_at: datetime
    verdict: Verdict
    bad_lines: int
    problems: tuple[str, ...] = ()
    spots: BlindSpots | None = None
    """`None` where nobody can know of units that are not there: a file."""

    @property
    def decided_at(self) -> datetime | None:
        day = self.verdict.decided_on
        return None if day is None else self.applied_at + timedelta(days=day)


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict as programs read it: what was decided in front, then all that was looked at."""

    schema: int = 1
    change_id: str
    verdict: Ruling
    decided_at: datetime | None
    effect: float | None
    """With `low` and `high` as of the day of the decision."""
    low: float | None
    high: float | None
    ever: tuple[Ruling, ...]
    day: int
    effect_now: Effect | None
    reasons: tuple[str, ...]
    seen: int
    needed: int | None
    days_to_go: float | None
    pause: bool
    next_look: int | None
    blind_days: tuple[int, ...]
    looks: tuple[Look, ...]
    bad_lines: int
    blind_spots: BlindSpots | None = None


def judged(
    case: Path, change: Path, *, rigour: Rigour = Rigour.BALANCED, as_of: datetime | None = None
) -> Judged:
    """The verdict on a change, from its two files, on the last day that they cover or `as_of`.

    Raises `SourceError` for files that hold no trial, `UsageError` for a day before the change.
    """
    try:
        of = trial_files.read_change(change, rigour=rigour)
        found = trial_files.read_runs(case, of)
    except OSError as error:
        raise SourceError(
            f"{error.filename or case} cannot be read: {error.strerror or error}.",
            next_step="Name the runs (JSON Lines) first, the change (JSON) second.",
        ) from error
    if not found.runs:
        raise SourceError(
            f"{case} has no run that can be read" + "".join(f"; {p}" for p in found.problems[:1]),
            next_step="Each line is an object with type run or tool_call: docs/verification.md.",
        )
    return judged_records(of, found, as_of=as_of)


def judged_records(of: Declared, found: Recorded, *, as_of: datetime | None = None) -> Judged:
    """The verdict on what was read, on the last day of it or `as_of`. Raises `UsageError`."""
    until = found.last_day + NEAR_THE_END
    if as_of is not None:
        until = (as_of - of.applied_at) / timedelta(days=1)
        if until < 0:
            raise UsageError(
                f"{as_of:%Y-%m-%d} is before the change.",
                next_step=f"It was applied on {of.applied_at:%Y-%m-%d}.",
            )
    return Judged(
        trial=of.trial,
        change_id=of.change_id,
        applied_at=of.applied_at,
        verdict=judging.judge(found.runs, of.trial, today=floor(until)),
        bad_lines=found.bad_lines,
        problems=found.problems,
    )


def prediction(of: Judged) -> Prediction:
    verdict = of.verdict
    effect = verdict.effect
    return Prediction(
        change_id=of.change_id,
        verdict=verdict.ruling,
        decided_at=of.decided_at,
        effect=effect.estimate if effect else None,
        low=effect.low if effect else None,
        high=effect.high if effect else None,
        ever=verdict.ever,
        day=verdict.day,
        effect_now=verdict.effect_now,
        reasons=verdict.reasons,
        seen=verdict.seen,
        needed=verdict.needed,
        days_to_go=verdict.days_to_go,
        pause=verdict.pause,
        next_look=verdict.next_look,
        blind_days=verdict.blind_days,
        looks=verdict.looks,
        bad_lines=of.bad_lines,
        blind_spots=of.spots,
    )


def planned(effect: float, *, rate_a_day: float, share: float) -> Plan:
    """Whether a change of this effect could be proven at this rate. Raises `UsageError`."""
    try:
        return power.plan(effect, rate_a_day=rate_a_day, share=share)
    except ValueError as error:
        raise UsageError(
            f"That cannot be planned: {error}.",
            next_step="For 40 % fewer at 3 failing runs a day: power --rate 3 --effect -40%",
        ) from error
