"""Histories on disk as batches for ingestion: found, read, redacted, cut."""

import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from homeostat.analyze.redact import Redactor
from homeostat.knowledge.ingest import BadLine, Batch, LeakSeen
from homeostat.loop.cleaning import Cleaner
from homeostat.loop.finding import file_name
from homeostat.loop.guarded import GuardedSource
from homeostat.loop.place import Place, extent, head
from homeostat.model.errors import SourceError
from homeostat.model.event import Event
from homeostat.model.files import UNDATED, KnownFile, Problem, unpacked
from homeostat.model.ports import Clock, Origin, Reader, Source, Tables, UnreadableLineError
from homeostat.monitor import lines

BATCH_EVENTS = 20_000
BATCH_CHARACTERS = 8_000_000
"""Of texts waiting in a batch: bounds the memory of an import, whatever the files hold."""
COMPANION_BYTES = 64_000
BAD_BYTES, BAD_CHARACTERS = 64_000, 300
"""Of a line that cannot be read: what is looked through for secrets, and what is kept."""
SKIPPED_CHARACTERS = 80
"""Of the name of what a source did not know."""
UNFINISHED = "the last line has no end: being written, or cut off; read again when it has grown"


class FileState(StrEnum):
    NEW = "new"
    GROWN = "grown"
    UNCHANGED = "unchanged"
    FOREIGN = "foreign"
    """Readable, but of no known format."""
    FAILED = "failed"


class FileReport(msgspec.Struct, kw_only=True):
    path: str
    state: FileState
    size_bytes: int = 0
    client: str = ""
    lines: int = 0
    events: int = 0
    """New ones, known once they are written."""
    problems: list[Problem] = msgspec.field(default_factory=list)


class Intake:
    """Reads files one after the other, and writes nothing."""

    def __init__(self, sources: Mapping[str, Source], redactor: Redactor, clock: Clock) -> None:
        self._sources = {name: GuardedSource(source) for name, source in sources.items()}
        self._cleaner = Cleaner(redactor)
        self._clock = clock

    def name(self, path: Path) -> str:
        """What the store calls a file: a client may write a folder's name into its path."""
        return self._cleaner.text(file_name(path))

    def read(
        self, path: Path, known: KnownFile | None, *, client: str | None = None
    ) -> Iterator[Batch | FileReport]:
        """What is new in one file, in batches; then the report of it, once."""
        report = FileReport(path=self.name(path), state=FileState.NEW)
        try:
            yield from self._what_is_new(path, known, report, client)
        except SourceError as error:
            _fail(report, self._cleaner.text(str(error)))
        except OSError as error:
            _fail(report, error.strerror or str(error))
        yield report

    def _what_is_new(
        self, path: Path, known: KnownFile | None, report: FileReport, client: str | None
    ) -> Iterator[Batch]:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SourceError("no regular file", next_step="")
        size, modified_at = extent(path)
        report.size_bytes = size
        if known and (known.size_bytes, known.modified_at) == (size, modified_at):
            report.state = FileState.UNCHANGED
            return
        start = head(path)
        source = self._source(start, client, path)
        if source is None:
            report.state = FileState.FOREIGN
            return
        report.client = source.client
        at = Place(
            file=path,
            name=report.path,
            head=start,
            framing=source.framing(start),
            client=source.client,
            size_bytes=size,
            modified_at=modified_at,
            now=self._clock.now(),
            last_ts=datetime.fromtimestamp(modified_at / 1e9, UTC),
        )
        goes_on, state = at.goes_on_from(known) if known else (False, None)
        if goes_on:
            report.state = FileState.GROWN
        reader = source.reader(Origin(path=report.path, companion=_companion(path)), state)
        batches = self._read_records(reader, at, report)
        yield from batches if source.recognises(start) else _with_events(batches, report)

    def _source(self, head: Sequence[bytes], client: str | None, path: Path) -> Source | None:
        if not head:
            raise SourceError("the file is empty", next_step="")
        if client is not None:
            return self._sources[client]
        found = [name for name, source in self._sources.items() if source.recognises(head)]
        found = [name for name in found if self._sources[name].is_told] or found
        if len(found) > 1:
            raise SourceError(
                f"it looks like {' and like '.join(found)}; say which it is: --format {found[0]}",
                next_step="",
            )
        if found:
            return self._sources[found[0]]
        if any(b"\x00" in line for line in head):
            raise SourceError("the file is binary, not a history", next_step="")
        if unpacked(path.name).endswith(".jsonl") and not _any_json(head):
            raise SourceError("no line of its beginning is JSON", next_step="")
        return None

    def _read_records(self, reader: Reader, at: Place, report: FileReport) -> Iterator[Batch]:
        is_anew = report.state is not FileState.GROWN
        batch = Batch(source_path=at.name, is_anew=is_anew)
        waiting, first = 0, at.line
        try:
            for line in at.records():
                complete = self._take(line, first, reader, at, batch, report)
                if not complete:
                    break
                waiting += len(line.data)
                at.offset, at.line = line.offset + line.size + line.ended, first + line.number
                if len(batch.events) >= BATCH_EVENTS or waiting >= BATCH_CHARACTERS:
                    self._close(batch, reader, at)
                    yield batch
                    batch, waiting = Batch(source_path=at.name), 0
        except (SourceError, OSError) as error:
            number, reason = at.line + 1, self._cleaner.text(str(error))
            if isinstance(error, OSError) or isinstance(at.framing, Tables):
                # It may pass: the next reading goes on here.
                report.problems.append(Problem(path=at.name, line=number, reason=reason))
            else:
                _bad(batch, report, at, at.offset, number, reason, start="")
        self._prepare(reader.finish(), at, batch)
        self._close(batch, reader, at, is_end=True)
        yield batch
        report.lines = at.line - first

    def _close(self, batch: Batch, reader: Reader, at: Place, *, is_end: bool = False) -> None:
        batch.position = at.position(self._cleaner.state(reader.state()), is_end=is_end)
        batch.skipped = {
            self._cleaner.text(name[:SKIPPED_CHARACTERS]): times
            for name, times in reader.skipped().items()
        }
        if at.undated:
            batch.skipped[UNDATED] = at.undated
            at.undated = 0

    def _take(
        self,
        line: lines.Line,
        first: int,
        reader: Reader,
        at: Place,
        batch: Batch,
        report: FileReport,
    ) -> bool:
        """Add one line's events; `False` for a last line that is not finished yet."""
        number = first + line.number
        if line.problem:
            reason = self._cleaner.text(line.problem)
            _bad(batch, report, at, line.offset, number, reason, start="")
            return True
        if line.size > lines.MAX_LINE_BYTES:
            reason = f"the line has {line.size:,} bytes; over {lines.MAX_LINE_BYTES:,} are left out"
            _bad(batch, report, at, line.offset, number, reason, start="")
            return True
        if not line.data.strip():
            return True
        try:
            self._prepare(reader.events(line.data, line.offset), at, batch)
        except UnreadableLineError as error:
            if not line.ended:
                report.problems.append(Problem(path=at.name, line=number, reason=UNFINISHED))
                return False
            # Cleaned before it is cut: half a secret is not recognised.
            start = self._cleaner.text(line.data[:BAD_BYTES].decode("utf-8", "replace"))
            reason = self._cleaner.text(str(error))
            _bad(batch, report, at, line.offset, number, reason, start=start[:BAD_CHARACTERS])
        return True

    def _prepare(self, events: Iterable[Event], at: Place, batch: Batch) -> None:
        for event in events:
            clean, leaks = self._cleaner.event(at.placed(event))
            batch.events.append(clean)
            for leak in leaks:
                batch.leaks.append(LeakSeen(event=clean, type=leak.type, digest=leak.digest))


def _with_events(batches: Iterator[Batch], report: FileReport) -> Iterator[Batch]:
    """Batches of a file whose format somebody said against its looks, once one holds an event.

    Where none does nothing is kept, not even that it was read: it can be read as what it is.
    """
    held: list[Batch] = []
    for batch in batches:
        held.append(batch)
        if batch.events:
            break
    else:
        if report.lines:
            raise SourceError(f"nothing in it is of the format {report.client}", next_step="")
    yield from held
    yield from batches


def _fail(report: FileReport, reason: str) -> None:
    report.state = FileState.FAILED
    report.problems.append(Problem(path=report.path, line=None, reason=reason))


def _bad(
    batch: Batch,
    report: FileReport,
    at: Place,
    offset: int,
    number: int,
    reason: str,
    *,
    start: str,
) -> None:
    report.problems.append(Problem(path=at.name, line=number, reason=reason))
    batch.bad_lines.append(
        BadLine(path=at.name, offset_bytes=offset, line=number, reason=reason, start=start)
    )


def _any_json(head: Sequence[bytes]) -> bool:
    return any(line.lstrip()[:1] in (b"{", b"[") for line in head)


def _companion(path: Path) -> bytes | None:
    """The small file beside a transcript, where its client writes one."""
    try:
        beside = path.with_name(unpacked(path.name).removesuffix(".jsonl") + ".meta.json")
        return beside.read_bytes() if beside.stat().st_size <= COMPANION_BYTES else None
    except OSError:
        return None
