"""Import of histories: which there are, and all of them into the store."""

import os
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import TypeAlias

import msgspec

from homeostat.analyze.nature import judge
from homeostat.analyze.redact import Redactor
from homeostat.analyze.runs import settled
from homeostat.analyze.signature import sign
from homeostat.knowledge import connect, settle
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.keys import redaction_key
from homeostat.knowledge.queries.files import known_file
from homeostat.knowledge.retry import repeated
from homeostat.knowledge.samples import Kept, prune_daily
from homeostat.knowledge.state_folder import folder
from homeostat.loop.finding import files_below, names
from homeostat.loop.intake import (
    BATCH_CHARACTERS,
    FileReport,
    FileState,
    Intake,
)
from homeostat.loop.registry import Registry
from homeostat.model.errors import ConfigError, UsageError
from homeostat.model.files import KnownFile, Problem
from homeostat.model.ports import Clock, Judges, Source
from homeostat.model.settings import Settings
from homeostat.model.signature import Signature
from homeostat.monitor.aside import Aside
from homeostat.monitor.mapped import MappedSource

REGISTRY = "registry.json"
ASIDE_BYTES = 8_000_000
"""Below it a second process costs about what it saves (measured: 10 ms to start)."""
MOST_READERS = 2
"""The one that writes keeps up with no more."""
TOGETHER_EVENTS = 5_000
"""Of small files, what one transaction holds."""
_Read: TypeAlias = Batch | FileReport
CACHED_CHARACTERS = 2000
"""Bounds the memory of the cache: 4096 texts of at most this length."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did. Something was left out where there are problems."""

    files: int
    unchanged: int
    foreign: tuple[str, ...]
    """Readable files of no known format, found in a folder."""
    lines: int
    events: int
    runs: int
    problems: tuple[Problem, ...]


class Progress(msgspec.Struct, frozen=True):
    """Told about each file: bytes read so far of its size."""

    path: str
    read_bytes: int
    size_bytes: int


def judges() -> Judges:
    """The pure functions of `analyze`, for ingestion."""
    return Judges(judge=judge, sign=_signed)


_signed_once = lru_cache(maxsize=4096)(sign)


def _signed(tool: str, text: str) -> Signature:
    """An agent that tries again fails again with the same words: those are signed once."""
    return sign(tool, text) if len(text) > CACHED_CHARACTERS else _signed_once(tool, text)


def sources(
    state: Path, settings: Settings, problems: list[Problem] | None = None
) -> Mapping[str, Source]:
    """The sources that are installed, and those that the settings tell.

    Those that cannot be loaded are added to `problems`. Raises `ConfigError` for a format that has
    the name of another.
    """
    registry = Registry(folder(state) / REGISTRY)
    found = dict(registry.sources())
    for name, mapping in settings.formats.items():
        if name in found:
            raise ConfigError(
                f'the settings tell a format "{name}", and there is a source of that name.',
                next_step=f"Give it another name: [formats.my-{name}].",
            )
        found[name] = MappedSource(name, mapping)
    if problems is not None:
        problems += [
            Problem(path=name, line=None, reason=why) for name, why in registry.broken.items()
        ]
    return found


def import_files(
    state: Path,
    clock: Clock,
    paths: Sequence[Path],
    settings: Settings,
    *,
    client: str | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    aside_from: int = ASIDE_BYTES,
    most_readers: int = MOST_READERS,
) -> Imported:
    """Take in files, and what lies below folders. Safe to repeat and to cut off at any moment.

    From `aside_from` new bytes on, up to `most_readers` other processes read while this one writes.
    """
    problems: list[Problem] = []
    found = sources(state, settings, problems)
    if client is not None and client not in found:
        broken = "".join(f" {problem.reason}" for problem in problems if problem.path == client)
        raise UsageError(
            f'there is no format "{client}".{broken}',
            next_step=f"Formats: {', '.join(found)}, auto.",
        )
    with connect.database(state, settings.database_url).writing() as connection:
        kept = Kept(samples=settings.samples_per_signature, days=settings.samples_whole_days)
        ingest = Ingest(connection, judges(), kept)
        intake = Intake(found, Redactor(redaction_key(state)), clock)
        wanted = names(found.values())
        below = (path for place in paths for path in files_below(place, problems, wanted))
        ours = folder(state).absolute()
        files = [path for path in map(Path.absolute, below) if ours not in path.parents]
        known = [(path, known_file(connection, intake.name(path))) for path in files]
        readers = min(most_readers, _readers(known, aside_from))
        with ExitStack() as stack:
            shares = [
                stack.enter_context(closing(share))
                for share in _shares(intake, known, client=client, readers=readers)
            ]
            reports = list(_written(ingest, _in_turn(shares), clock, progress))
        connection.tidy()
        settle.settle(connection, settled)
        connection.tidy()
        repeated(lambda: prune_daily(connection, kept, now=clock.now()))
        (runs,) = connection.execute(_RUNS).fetchone()
    named = {intake.name(path.absolute()) for path in paths}
    return _summed(reports, int(runs), named, problems)


_RUNS = "SELECT COUNT(*) FROM runs"


def _readers(files: Iterable[tuple[Path, KnownFile | None]], least: int) -> int:
    """How many processes may read; 0: this one does."""
    if sys.platform != "linux":
        return 0
    new = sum(
        max(0, path.stat().st_size - (known.size_bytes if known else 0))
        for path, known in files
        if path.is_file()
    )
    return 0 if new < least else len(os.sched_getaffinity(0)) - 1


def _shares(
    intake: Intake,
    files: Sequence[tuple[Path, KnownFile | None]],
    *,
    client: str | None,
    readers: int,
) -> Iterator["Generator[_Read] | Aside[_Read]"]:
    """What is read of the files, by turns among the readers."""
    for first in range(max(1, readers)):
        mine = files[first :: max(1, readers)]
        read = (item for path, at in mine for item in intake.read(path, at, client=client))
        yield Aside(read, _encoded, _decoded) if readers else read


def _in_turn(shares: Sequence[Iterator[_Read]]) -> Iterator[_Read]:
    """All of a file from its reader, then the next file from the next reader."""
    for share in cycle(shares):
        ended = True
        for item in share:
            yield item
            if isinstance(item, FileReport):
                ended = False
                break
        if ended:
            return


def _encoded(item: _Read) -> bytes:
    return (b"b" if isinstance(item, Batch) else b"r") + _encode(item)


def _decoded(data: bytes) -> _Read:
    return (_decode_batch if data[:1] == b"b" else _decode_report)(memoryview(data)[1:])


_encode = msgspec.msgpack.Encoder().encode
_decode_batch = msgspec.msgpack.Decoder(Batch).decode
_decode_report = msgspec.msgpack.Decoder(FileReport).decode


def _written(
    ingest: Ingest,
    read: Iterable[_Read],
    clock: Clock,
    progress: Callable[[Progress], None],
) -> Iterator[FileReport]:
    """The reports of the files, with their batches written."""
    events = 0
    for group in _together(read):
        batches = [item for item in group if isinstance(item, Batch)]
        new = iter(ingest.write(batches, now=clock.now()))
        for item in group:
            if isinstance(item, FileReport):
                progress(Progress(item.path, item.size_bytes, item.size_bytes))
                yield msgspec.structs.replace(item, events=events)
                events = 0
                continue
            events += next(new)
            if at := item.position:
                progress(Progress(at.path, at.offset_bytes, at.size_bytes))


def _together(read: Iterable[_Read]) -> Iterator[list[_Read]]:
    """What one transaction takes: a large batch, or small ones; a commit waits for the disk."""
    group: list[_Read] = []
    events = characters = 0
    for item in read:
        group.append(item)
        if isinstance(item, Batch):
            events += len(item.events)
            characters += sum(len(event.text) + len(event.args) for event in item.events)
        if events >= TOGETHER_EVENTS or characters >= BATCH_CHARACTERS:
            yield group
            group, events, characters = [], 0, 0
    if group:
        yield group


def _summed(
    reports: Sequence[FileReport], runs: int, named: Collection[str], refused: Sequence[Problem]
) -> Imported:
    """A file of no known format is a problem only where a person named it."""
    foreign = [r.path for r in reports if r.state is FileState.FOREIGN]
    problems = [*refused, *(problem for report in reports for problem in report.problems)]
    problems += [
        Problem(path=path, line=None, reason="of no known format")
        for path in foreign
        if path in named
    ]
    return Imported(
        files=len(reports) - len(foreign),
        unchanged=sum(r.state is FileState.UNCHANGED for r in reports),
        foreign=tuple(path for path in foreign if path not in named),
        lines=sum(r.lines for r in reports),
        events=sum(r.events for r in reports),
        runs=runs,
        problems=tuple(problems),
    )
