"""What happens to a fleet: an alarm, a change for it, and three weeks with a random half on it."""

from collections.abc import Sequence
from typing import NamedTuple

from homeostat.loop.rehearsal.draws import between, log_between
from homeostat.loop.rehearsal.fleet import TOOLS, Days, Failure, Fleet, Given, Run
from homeostat.model.ports import Chance
from homeostat.model.rehearsal import Kind, Truth

HISTORY, RECENT, AFTER = 28, 3, 21
"""Days: known before the change, looked at by the alarm, and seen after it."""
LEAST_FAILING, LEAST_RATIO = 9, 1.6
"""Runs with the failure in the last three days, and how much more often than before: the alarm."""
PATIENCE = 90
"""Days of waiting for an alarm; a fleet has one a week or so."""
TO_ACT = (0.5, 1.5)
"""Days from the alarm to the change."""
REST = 0.5
"""Of a day, after the last that is judged: the file ends a little later than the trial."""


class Story(NamedTuple):
    runs: list[Run]
    """Of the 28 days before the change and the 21 after it."""
    applied: float
    trigger_from: float
    target: Failure

    @property
    def tool(self) -> str:
        return TOOLS[self.target.tool].name


def truth_of(kind: Kind, chance: Chance) -> Truth:
    """How strong a change of this kind is."""
    if kind is Kind.HELPS:
        return Truth(kind=kind, target=round(between(chance, 0.1, 0.4), 2))
    if kind is Kind.NOTHING:
        return Truth(kind=kind)
    if chance.random() < 0.5:  # noqa: PLR2004  # a coin
        return Truth(kind=kind, target=round(log_between(chance, 1.8, 3.5), 1))
    return Truth(kind=kind, target=0.5, sibling=round(log_between(chance, 3.0, 5.0), 1))


def told(made: Fleet, of: Truth, chance: Chance) -> Story:
    """An alarm picks the failure, so it was chosen for being many: a part of that passes."""
    days = Days(made, chance)
    runs = [run for _ in range(HISTORY) for run in days.next()]
    target = _alarm(runs, days.day, len(made.failures), least=LEAST_RATIO)
    while target is None:
        runs += days.next()
        least = LEAST_RATIO if days.day < HISTORY + PATIENCE else 0.0
        target = _alarm(runs, days.day, len(made.failures), least=least)
    applied = days.day + between(chance, *TO_ACT)
    trigger_from = float(days.day - RECENT)
    given = Given(applied, _ratios(made, target, of, runs))
    while days.day < applied + AFTER + REST:
        runs += days.next(given)
    kept = [run for run in runs if applied - HISTORY <= run.started <= applied + AFTER + REST]
    return Story(kept, applied, trigger_from, made.failures[target])


def _alarm(runs: Sequence[Run], day: int, failures: int, *, least: float) -> int | None:
    """The failure that rose most of those that an alarm tells of."""
    recent, before = [0] * failures, [0] * failures
    all_recent = all_before = 0
    for run in runs:
        if run.started >= day - RECENT:
            counts = recent
            all_recent += 1
        elif run.started >= day - HISTORY:
            counts = before
            all_before += 1
        else:
            continue
        for index in run.failed:
            counts[index] += 1
    rises = [
        (now * all_before / (all_recent * max(1, then)), index)
        for index, (now, then) in enumerate(zip(recent, before, strict=True))
        if now >= LEAST_FAILING
    ]
    if not rises:
        return None
    ratio, index = max(rises)
    return index if ratio >= least else None


def _ratios(
    made: Fleet, target: int, of: Truth, runs: Sequence[Run]
) -> tuple[tuple[int, float], ...]:
    tool = made.failures[target].tool
    siblings = [i for i, f in enumerate(made.failures) if f.tool == tool and i != target]
    most = max(siblings, key=lambda index: (sum(index in run.failed for run in runs), index))
    return tuple(pair for pair in ((target, of.target), (most, of.sibling)) if pair[1] != 1)
