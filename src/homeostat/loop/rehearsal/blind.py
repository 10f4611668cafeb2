"""Three changes on a made-up fleet, judged by those who do not know which of them is which."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from homeostat.analyze.effect.before_after import before_after
from homeostat.loop.rehearsal import records
from homeostat.loop.rehearsal.draws import shuffled
from homeostat.loop.rehearsal.fleet import Fleet, fleet
from homeostat.loop.rehearsal.records import Files
from homeostat.loop.rehearsal.story import told, truth_of
from homeostat.loop.trials import Prediction, judged_records, prediction
from homeostat.model.ports import Chance
from homeostat.model.rehearsal import Kind, Mark, Opened, Ruled, Truth, WeekAgainstWeek
from homeostat.model.verdict import Ruling
from homeostat.monitor import apart, trial_files
from homeostat.monitor.trial_files import Declared, Recorded

PATIENCE_S = 60.0
"""For one verdict; it takes about one second."""
CASE, CHANGE = "case.jsonl", "case.change.json"
ANSWERS = {
    Ruling.VERIFIED: Kind.HELPS,
    # Counted as if it said "helps", where that is right and where it is wrong.
    Ruling.DOWN: Kind.HELPS,
    Ruling.WORSE: Kind.HARMS,
    Ruling.NO_EFFECT: Kind.NOTHING,
}
"""What a ruling comes to; all others decide nothing."""
Seeded: TypeAlias = Callable[[str], Chance]


class Given(NamedTuple):
    """All that a judge gets: the two files, and what stands in them."""

    files: Files
    declared: Declared
    recorded: Recorded


Judge: TypeAlias = Callable[[Given], Prediction]


class Staged(NamedTuple):
    """One change: what its judges get, and what they must not know."""

    given: Given
    truth: Truth


def staged(seed: int, seeded: Seeded) -> tuple[Staged, ...]:
    """The three changes of a seed, each after an alarm of its own, in an order that it draws."""
    made = fleet(seeded(f"{seed} fleet"))
    kinds = shuffled(seeded(f"{seed} order"), Kind)
    return tuple(
        _staged(f"change-{number}", truth_of(kind, chance), made, chance)
        for number, kind in enumerate(kinds, 1)
        for chance in [seeded(f"{seed} change {number}")]
    )


def _staged(change_id: str, of: Truth, made: Fleet, chance: Chance) -> Staged:
    files = records.files(told(made, of, chance), change_id)
    declared = trial_files.declared(files.change, CHANGE)
    recorded = trial_files.recorded(files.case.splitlines(), CASE, declared)
    return Staged(Given(files, declared, recorded), of)


def opened(of: Staged, judge: Judge) -> Opened:
    """Both answers on a change, marked. Raises what the judge raises."""
    trial = of.given.declared.trial
    verdict = judge(of.given)
    return Opened(
        change_id=of.given.declared.change_id,
        failure=trial.signature,
        tool=trial.tool,
        before_after=_week_against_week(of),
        homeostat=_ruled(verdict, of.truth.kind),
        truth=of.truth,
    )


def in_process(given: Given) -> Prediction:
    """The judge, here."""
    return prediction(judged_records(given.declared, given.recorded))


def apart_in(folder: Path, environment: Mapping[str, str]) -> Judge:
    """The judge as a process of its own, started in a folder with nothing but the two files.

    It raises `ProgramError` where that process does not answer.
    """

    def judge(given: Given) -> Prediction:
        (folder / CASE).write_bytes(given.files.case)
        (folder / CHANGE).write_bytes(given.files.change)
        said = apart.answer(
            ["verify-file", CASE, CHANGE, "--json"],
            folder=folder, environment=environment, patience_s=PATIENCE_S,
        )  # fmt: skip
        return msgspec.json.decode(said, type=Prediction)

    return judge


def _week_against_week(of: Staged) -> WeekAgainstWeek:
    found = before_after(of.given.recorded.runs, of.given.declared.trial)
    said = None
    if found.change is not None:
        fallen = Kind.HELPS if found.has_fallen else Kind.NOTHING
        said = Kind.HARMS if found.has_risen else fallen
    return WeekAgainstWeek(
        failing_before=found.failing_before,
        runs_before=found.runs_before,
        failing_after=found.failing_after,
        runs_after=found.runs_after,
        change=found.change,
        said=said,
        mark=marked(said, of.truth.kind),
    )


def _ruled(verdict: Prediction, truth: Kind) -> Ruled:
    said = ANSWERS.get(verdict.verdict)
    return Ruled(
        ruling=verdict.verdict,
        effect=verdict.effect,
        low=verdict.low,
        high=verdict.high,
        reasons=verdict.reasons,
        ever=verdict.ever,
        said=said,
        mark=marked(said, truth),
    )


def marked(said: Kind | None, truth: Kind) -> Mark:
    if said is None:
        return Mark.OPEN
    return Mark.RIGHT if said is truth else Mark.WRONG
