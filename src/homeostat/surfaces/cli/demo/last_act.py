"""The last act of the demo: three changes, judged blind, and what was true."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap

import click

from homeostat.loop import wiring
from homeostat.loop.rehearsal import blind
from homeostat.loop.rehearsal.sealed import sealed
from homeostat.loop.service import Homeostat
from homeostat.model.rehearsal import (
    By,
    Kind,
    Mark,
    Opened,
    Rehearsal,
    Ruled,
    Truth,
    WeekAgainstWeek,
)
from homeostat.model.verdict import Ruling
from homeostat.surfaces.cli.output import is_interactive

WIDTH, LABEL, MARK = 80, 16, 11
Tell = Callable[[str], None]


def chosen_seed(asked: int | None, *, may_ask: bool) -> int:
    """What the person said or says; one is drawn where nobody does."""
    if asked is not None:
        return asked
    drawn = wiring.any_seed()
    if not (may_ask and is_interactive()):
        return drawn
    question = "Seed of the simulated fleet: any number, Enter takes this one"
    kind = click.IntRange(min=0)
    found: int = click.prompt(question, default=drawn, type=kind, err=True)
    return found


def rehearsal(homeostat: Homeostat, seed: int, *, tell: Tell) -> Rehearsal:
    """Stage, lock, judge; `tell` hears of the lock before any judge has begun.

    The truth is in this process alone. Raises `ProgramError` where a judge gives no answer.
    """
    stages = blind.staged(seed, wiring.chance)
    lock = sealed((stage.truth for stage in stages), wiring.nonce())
    for line in opening(seed, lock.digest):
        tell(line)
    with TemporaryDirectory(prefix="homeostat-judge-") as folder:
        judge = blind.apart_in(Path(folder), homeostat.environment)
        changes = tuple(blind.opened(stage, judge) for stage in stages)
    return Rehearsal(seed=seed, sha256=lock.digest, locked=lock.text, changes=changes)


def opening(seed: int, digest: str) -> list[str]:
    title, fleet = "Last act: a cure, or luck?", f"simulated fleet, seed {seed}"
    return [
        "",
        title + fleet.rjust(WIDTH - len(title)),
        "One of three changes helps, one does nothing, one harms. The truth is locked;",
        "the judge, a process of its own, gets two files without it. Its SHA-256:",
        digest,
    ]


def lines(done: Rehearsal) -> list[str]:
    found: list[str] = []
    for number, change in enumerate(done.changes, 1):
        found += [
            f'Change {number}, against "{change.failure}" of {change.tool}',
            *_answer(By.BEFORE_AFTER, _week(change.before_after), change.before_after.mark),
            *_answer(By.HOMEOSTAT, _ruled(change.homeostat), change.homeostat.mark),
            f"  {'truth':{LABEL - 2}}{_true(change.truth)}",
        ]
    return [*found, _sum(done.changes), *_proof(done.locked)]


def _answer(by: By, words: str, mark: Mark) -> list[str]:
    first, *more = wrap(words, WIDTH - LABEL - MARK - 1)
    return [
        f"  {by.value:{LABEL - 2}}{first:{WIDTH - LABEL - MARK}}{_shown(mark):>{MARK}}",
        *(f"{'':{LABEL}}{line}" for line in more),
    ]


def _shown(mark: Mark) -> str:
    """What is wrong must be seen without colour."""
    return "WRONG" if mark is Mark.WRONG else mark.value


def _week(seen: WeekAgainstWeek) -> str:
    if seen.said is None or seen.change is None:
        return "nothing to compare with"
    weeks = f"{seen.failing_before} of {seen.runs_before} runs, then {_part(seen)}"
    return f"{seen.said.value}: {_relative(seen.change)} ({weeks})"


def _part(seen: WeekAgainstWeek) -> str:
    return f"{seen.failing_after} of {seen.runs_after}"


def _ruled(found: Ruled) -> str:
    said = {
        Ruling.VERIFIED: f"helps: {_effect(found)}",
        Ruling.DOWN: f"helps: {_effect(found)}, unless it moved elsewhere",
        Ruling.WORSE: f"harms: {'; '.join(found.reasons[:-1])}",
        Ruling.NO_EFFECT: f"does nothing: {_effect(found)}",
        Ruling.NO_DATA: f"cannot be judged: {'; '.join(found.reasons[:1])}",
    }
    return said.get(found.ruling) or f"not proven: {'; '.join(_open(found))}"


def _open(found: Ruled) -> Sequence[str]:
    """The counts; before them what is more than "no difference beyond chance"."""
    is_plain = len(found.reasons) < 3 and set(found.ever) <= {Ruling.INCONCLUSIVE}  # noqa: PLR2004
    return found.reasons[-1:] if is_plain else found.reasons[-2:]


def _effect(found: Ruled) -> str:
    if found.effect is None or found.low is None:
        return "how much cannot be said"
    high = "no upper end" if found.high is None else f"{found.high:+.0%}".replace("%", " %")
    return f"{_relative(found.effect)} ({found.low * 100:+.0f} to {high})"


def _relative(change: float) -> str:
    return f"{abs(change) * 100:.0f} % {'fewer' if change <= 0 else 'more'}"


def _true(of: Truth) -> str:
    if of.kind is Kind.NOTHING:
        return of.kind.value
    said = f"{of.kind.value}: {_relative(of.target - 1)}"
    if of.sibling == 1:
        return said
    return f"{said}, and {_relative(of.sibling - 1)} of another failure of the tool"


def _sum(changes: Sequence[Opened]) -> str:
    said: list[str] = []
    for by, marks in (
        (By.BEFORE_AFTER, [change.before_after.mark for change in changes]),
        (By.HOMEOSTAT, [change.homeostat.mark for change in changes]),
    ):
        counts = ", ".join(f"{marks.count(mark)} {mark.value}" for mark in Mark if mark in marks)
        said.append(f"{by.value} {counts}")
    return f"In sum: {'; '.join(said)}"


def _proof(locked: str) -> list[str]:
    return [
        "The lock, opened: three truths and a random word. This prints the hash above:",
        f"printf %s '{locked}' | sha256sum",
        "One seed is luck; all that was missed in many   homeostat demo --trials 400",
    ]


@contextmanager
def seed_bar(seeds: int) -> Generator[Callable[[int], None]]:
    """Seeds done, on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=seeds, label="seeds", file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)
