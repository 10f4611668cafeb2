"""Many rehearsals counted: how often each judge was right, wrong, or did not decide."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import TypeAlias

import msgspec

from homeostat.analyze.intervals import share
from homeostat.loop.rehearsal.blind import ANSWERS, Seeded, in_process, marked, opened, staged
from homeostat.model.rehearsal import Answer, By, Kind, Mark, Opened, Table
from homeostat.model.verdict import Ruling
from homeostat.monitor.aside import Aside

PROCESSES = 2
Progress: TypeAlias = Callable[[int], None]
"""Told how many seeds are done."""


def table(seeds: int, first_seed: int, seeded: Seeded, progress: Progress | None = None) -> Table:
    """The last act of so many seeds, and how long it took."""
    began = monotonic()
    changes = rehearsed(range(first_seed, first_seed + seeds), seeded, progress)
    return Table(
        seeds=seeds,
        first_seed=first_seed,
        answers=counted(changes),
        duration_s=round(monotonic() - began, 1),
    )


def rehearsed(
    seeds: Iterable[int], seeded: Seeded, progress: Progress | None = None
) -> list[Opened]:
    """The changes of all seeds, made and judged in two further processes.

    The judge gets no truth here either, but shares a process with it. Ends them when interrupted.
    """
    wanted = list(seeds)
    workers: list[Aside[list[Opened]]] = []
    found: list[Opened] = []
    try:
        for first in range(PROCESSES):
            changes = _changes(wanted[first::PROCESSES], seeded)
            workers.append(Aside(changes, msgspec.json.encode, _decoded))
        for done, _ in enumerate(wanted):
            found += next(workers[done % PROCESSES])
            if progress:
                progress(done + 1)
    finally:
        for worker in workers:
            worker.close()
    return found


def _changes(seeds: Iterable[int], seeded: Seeded) -> Iterator[list[Opened]]:
    for seed in seeds:
        yield [opened(change, in_process) for change in staged(seed, seeded)]


def _decoded(data: bytes) -> list[Opened]:
    return msgspec.json.decode(data, type=list[Opened])


def counted(changes: Iterable[Opened]) -> tuple[Answer, ...]:
    """For each kind of change and each judge every answer, also those never given."""
    by_kind: dict[Kind, list[Opened]] = {kind: [] for kind in Kind}
    for change in changes:
        by_kind[change.truth.kind].append(change)
    return tuple(
        answer
        for kind, own in by_kind.items()
        for answer in (*_ours(kind, own), *_usual(kind, own))
    )


def _ours(truth: Kind, changes: Sequence[Opened]) -> Iterator[Answer]:
    given = Counter(change.homeostat.ruling for change in changes)
    for ruling in Ruling:
        yield Answer(
            truth=truth,
            by=By.HOMEOSTAT,
            answer=ruling.value,
            mark=marked(ANSWERS.get(ruling), truth),
            share=share(given[ruling], len(changes)),
        )


def _usual(truth: Kind, changes: Sequence[Opened]) -> Iterator[Answer]:
    given = Counter(change.before_after.said for change in changes)
    for said in (*Kind, None):
        yield Answer(
            truth=truth,
            by=By.BEFORE_AFTER,
            answer=said.value if said else Mark.OPEN.value,
            mark=marked(said, truth),
            share=share(given[said], len(changes)),
        )
