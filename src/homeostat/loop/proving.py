"""Improvements on trial: begun, their units exposed, judged from sums that move with the news."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import floor

import msgspec

from homeostat.analyze.effect import exposure, judging
from homeostat.analyze.effect.exposure import Assigned
from homeostat.analyze.effect.weights import BASELINE_DAYS
from homeostat.analyze.runs import settled
from homeostat.knowledge import improvements, trial_sums, trials
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.queries import overview, trial_runs
from homeostat.knowledge.retry import repeated
from homeostat.knowledge.settle import settle
from homeostat.loop.service import Homeostat
from homeostat.loop.trials import Judged
from homeostat.model.errors import UsageError
from homeostat.model.exposure import Begun, Exposure
from homeostat.model.pattern import Improvement, Status
from homeostat.model.trial import Trial

AT_ONCE = 2_000
"""Units of one transaction: others write in between."""
_DAY = timedelta(days=1)


class Trials(msgspec.Struct, frozen=True):
    """What a surface may ask for about what is on trial in one installation."""

    homeostat: Homeostat

    def begin(self, start: str, trial: Trial) -> Begun:
        """Put an improvement on trial, as of now; what was before is looked at once and kept.

        Raises `NotFoundError`; `UsageError` where it cannot be told apart from another trial.
        """
        with self.homeostat.writing() as connection:
            settle(connection, settled)
            begun = repeated(lambda: _begun(connection, self.homeostat, start, trial))
        self.homeostat.log.changed(
            "trial begun", improvement=begun.improvement_id, design=trial.design.value
        )
        return begun

    def expose(
        self, improvement_id: str, units: Mapping[str, datetime], *, share: float | None = None
    ) -> dict[str, Exposure]:
        """Write down which arm units are in that begin at these moments; answers what stands.

        Of a unit that has an arm already the first word stands, whatever is said now. `share` is
        the chance to get the change, where it is not the declared one. Raises `UsageError` for
        what is not on trial, or was not when a unit began.
        """
        with self.homeostat.writing() as connection:
            begun = _on_trial(connection, improvement_id)
            if begun.ended_at is not None:
                raise UsageError(
                    f"the trial of {improvement_id} has ended.",
                    next_step=f"See how it came out: homeostat verify {improvement_id}",
                )
            chance = begun.trial.share if share is None else share
            found = [_exposure(begun, unit, at, chance) for unit, at in units.items()]

            def write() -> dict[str, Exposure]:
                with connection.transaction():
                    trials.expose(connection, improvement_id, found)
                    return trials.exposures(connection, improvement_id, list(units))

            return repeated(write)

    def verdict(self, start: str) -> Judged:
        """Whether an improvement on trial helped, as is known today, or when its trial ended.

        Raises `NotFoundError`, and `UsageError` for an improvement that was never on trial.
        """
        with self.homeostat.writing() as connection:
            item = improvements.find(connection, start)
            begun = _on_trial(connection, item.proposal.improvement_id)
            return judged(connection, begun, now=self.homeostat.clock.now())

    def verdicts(self) -> list[Judged]:
        """Of everything that is on trial."""
        with self.homeostat.writing() as connection:
            now = self.homeostat.clock.now()
            return [judged(connection, begun, now=now) for begun in trials.trials(connection)]

    def end(self, improvement_id: str) -> Judged:
        """End a trial: its verdict stays what it is now."""
        now = self.homeostat.clock.now()
        with self.homeostat.writing() as connection:
            begun = _on_trial(connection, improvement_id)
            if begun.ended_at is not None:
                return judged(connection, begun, now=now)
            move(connection, begun)
            with connection.transaction(alone=True):
                trials.end(connection, improvement_id, now=now)
            found = judged(connection, _on_trial(connection, improvement_id), now=now)
        self.homeostat.log.changed("trial ended", improvement=improvement_id)
        return found


def _begun(connection: Connection, homeostat: Homeostat, start: str, trial: Trial) -> Begun:
    with connection.transaction(alone=True):
        now = homeostat.clock.now()
        item = improvements.find(connection, start)
        _refuse(connection, item, trial)
        merged = _merged(homeostat.groupings(connection))
        before = trial_runs.before(
            connection, trial, merged, now, days=BASELINE_DAYS - min(0.0, trial.trigger_from or 0.0)
        )
        begun = Begun(
            improvement_id=item.proposal.improvement_id,
            trial=trial,
            applied_at=now,
            ended_at=None,
            baseline=judging.baseline(before, trial),
            merged=merged,
        )
        trials.begin(connection, begun)
    return begun


def _refuse(connection: Connection, item: Improvement, trial: Trial) -> None:
    """A trial that could not be judged, or could disturb another one."""
    improvement_id = item.proposal.improvement_id
    if item.status is Status.DECLINED:
        raise UsageError(
            f"{improvement_id} was declined.",
            next_step=f"Propose it again: homeostat propose {item.proposal.signature}",
        )
    if trial.signature != item.proposal.signature:
        raise UsageError(
            f"{improvement_id} is against {item.proposal.signature}, not {trial.signature}.",
            next_step="A trial is about what its improvement is about.",
        )
    if any(trials.trials(connection, improvement_id=improvement_id)):
        raise UsageError(
            f"{improvement_id} has had its trial.",
            next_step=f"See how it stands: homeostat verify {improvement_id}",
        )
    for other in trials.trials(connection):
        if other.trial.tool == trial.tool:
            raise UsageError(
                f"{other.improvement_id} is on trial on {trial.tool}: two changes to one tool "
                "cannot be told apart.",
                next_step=f"See how it stands: homeostat verify {other.improvement_id}",
            )


def _merged(said: Groupings) -> dict[str, str]:
    """What a person says later moves no trial: it could be said because of what was seen."""
    named = {name: said.leader(name) for name in said.merged}
    return {name: leader for name, leader in named.items() if name != leader}


def _exposure(begun: Begun, unit: str, at: datetime, share: float) -> Exposure:
    if at.tzinfo is None:
        raise UsageError(f"the time of {unit} has no zone.", next_step="Give it with one: UTC.")
    days = (at - begun.applied_at) / _DAY
    if days < 0:
        raise UsageError(
            f"{unit} began before {begun.improvement_id} was on trial.",
            next_step=f"It is since {begun.applied_at.isoformat()}.",
        )
    if not 0 < share < 1:
        raise UsageError(
            f"a share of {share:g} leaves nothing to compare with.",
            next_step="It lies between 0 and 1, ends excluded.",
        )
    arm, chance, _ = exposure.assigned(
        begun.improvement_id, unit, begun.trial, at=days, share=share
    )
    return Exposure(unit=unit, arm=arm, share=chance, at=at)


def _on_trial(connection: Connection, improvement_id: str) -> Begun:
    for begun in trials.trials(connection, improvement_id=improvement_id):
        return begun
    raise UsageError(
        f"{improvement_id} is not on trial.", next_step="See what is: homeostat verify"
    )


def judged(connection: Connection, begun: Begun, *, now: datetime) -> Judged:
    """As is known now: what is new is taken into the sums first, and nothing else is read."""
    move(connection, begun)
    until = now if begun.ended_at is None else begun.ended_at
    today = max(0, floor((until - begun.applied_at) / _DAY))
    found = exposure.known(trial_sums.sums(connection, begun.improvement_id, until=today))
    return Judged(
        trial=begun.trial,
        change_id=begun.improvement_id,
        applied_at=begun.applied_at,
        verdict=judging.verdict(found.tally, begun.baseline, begun.trial, today=today),
        bad_lines=overview.bad_lines_since(connection, begun.applied_at),
        spots=found.spots,
    )


def move(connection: Connection, begun: Begun) -> int:
    """Take what has changed into the sums; answers how many units were looked at."""
    settle(connection, settled)
    moved = 0
    if begun.ended_at is not None or not trial_sums.has_news(connection, begun.improvement_id):
        return moved
    while units := repeated(lambda: _moved(connection, begun)):
        moved += units
    return moved


def _moved(connection: Connection, begun: Begun) -> int:
    with connection.transaction():
        units = trial_sums.take(connection, begun.improvement_id, most=AT_ONCE)
        if units:
            runs = trial_runs.of_units(connection, begun, units)
            records = _assigned(begun, trials.exposures(connection, begun.improvement_id, units))
            limits = begun.baseline.limits
            found = {
                unit: exposure.exposed(runs.get(unit, ()), records.get(unit), begun.trial, limits)
                for unit in units
            }
            trial_sums.replace(connection, begun.improvement_id, found)
    return len(units)


def _assigned(begun: Begun, found: Mapping[str, Exposure]) -> dict[str, Assigned]:
    return {
        unit: Assigned(one.arm, one.share, (one.at - begun.applied_at) / _DAY)
        for unit, one in found.items()
    }
