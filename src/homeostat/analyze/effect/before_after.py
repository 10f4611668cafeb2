"""The usual way to say whether a change helped: a week before it against a week after.

It is here to be compared with. It cannot tell a cure from a spike that passed.
"""

from collections.abc import Iterable, Sequence

import msgspec

from homeostat.model.trial import Arm, Trial, TrialRun

DAYS = 7
LEAST_CHANGE = 0.1
"""Ten per cent: the least that is called a change."""


class BeforeAfter(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that failed with the target, of all that ended, in the two weeks."""

    failing_before: int
    runs_before: int
    failing_after: int
    """Of the runs that had the change."""
    runs_after: int

    @property
    def change(self) -> float | None:
        """Relative change of the rate: -0.4 is 40 % fewer; `None` where nothing can be said."""
        if not (self.runs_before and self.runs_after and self.failing_before):
            return None
        before = self.failing_before / self.runs_before
        return self.failing_after / self.runs_after / before - 1

    @property
    def has_fallen(self) -> bool:
        return self.change is not None and self.change <= -LEAST_CHANGE

    @property
    def has_risen(self) -> bool:
        return self.change is not None and self.change >= LEAST_CHANGE


def before_after(runs: Iterable[TrialRun], trial: Trial) -> BeforeAfter:
    """Runs that began in the week before the change; treated ones that ended in the week after."""
    known = list(runs)
    before = [run for run in known if -DAYS <= run.started < 0]
    after = [run for run in known if run.arm is Arm.TREATMENT and run.ended < DAYS]
    return BeforeAfter(
        failing_before=_failing(before, trial),
        runs_before=len(before),
        failing_after=_failing(after, trial),
        runs_after=len(after),
    )


def _failing(runs: Sequence[TrialRun], trial: Trial) -> int:
    return sum(trial.signature in run.failed for run in runs)
