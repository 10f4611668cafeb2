"""Histories on disk as batches for ingestion: found, read, redacted, cut."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import msgspec

from homeostat.analyze.redact import Redactor
from homeostat.knowledge.ingest import BadLine, Batch, FilePosition, LeakSeen
from homeostat.loop.cleaning import Cleaner
from homeostat.loop.guarded import GuardedSource
from homeostat.model.errors import SourceError
from homeostat.model.event import Event
from homeostat.model.files import KnownFile
from homeostat.model.ports import Clock, Origin, Reader, Source, UnreadableLineError
from homeostat.monitor import lines

BATCH_EVENTS = 20_000
BATCH_CHARACTERS = 8_000_000
"""Of texts waiting in a batch: bounds the memory of an import, whatever the files hold."""
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""No agent client existed before: an earlier time is a broken clock."""
FUTURE = timedelta(days=2)
COMPANION_BYTES = 64_000
ZSTANDARD = b"\x28\xb5\x2f\xfd"
"""How a file begins that Codex compressed when it became old."""
UNFINISHED = "the last line has no end: being written, or cut off; read again when it has grown"


class FileState(StrEnum):
    NEW = "new"
    GROWN = "grown"
    UNCHANGED = "unchanged"
    FOREIGN = "foreign"
    """Readable, but of no known format."""
    FAILED = "failed"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was left out, and where."""

    path: str
    line: int | None
    reason: str


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

    def read(
        self, path: Path, known: KnownFile | None, *, client: str | None = None
    ) -> Iterator[Batch | FileReport]:
        """What is new in one file, in batches; then the report of it, once."""
        report = FileReport(path=str(path), state=FileState.NEW)
        try:
            found = path.stat()
            report.size_bytes = found.st_size
            head = lines.head(path)
            head_hash = sha256(head[0][:4096] if head else b"").hexdigest()
            if known and _same(known, found.st_size, found.st_mtime_ns, head_hash):
                report.state = FileState.UNCHANGED
                yield report
                return
            source = self._source(head, client, path)
        except (OSError, lines.BrokenOffError, SourceError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            _fail(report, str(reason))
            yield report
            return
        if source is None:
            report.state = FileState.FOREIGN
            yield report
            return
        report.client = source.client
        # A gzip file is written anew, never appended to; its events are known by their ids.
        grown = known is not None and known.head_hash == head_hash and (
            known.offset_bytes <= found.st_size and not lines.is_gzip(path)
        )  # fmt: skip
        at = _Place(
            path=str(path),
            client=source.client,
            size_bytes=found.st_size,
            modified_at=found.st_mtime_ns,
            head_hash=head_hash,
            offset=known.offset_bytes if grown and known else 0,
            line=known.lines if grown and known else 0,
            now=self._clock.now(),
            last_ts=datetime.fromtimestamp(found.st_mtime, UTC),
        )
        if grown:
            report.state = FileState.GROWN
        origin = Origin(path=str(path), companion=_companion(path))
        try:
            reader = source.reader(origin, known.state if grown and known else None)
            yield from self._read_lines(path, reader, at, report)
        except SourceError as error:
            _fail(report, self._cleaner.text(str(error)))
        yield report

    def _source(self, head: Sequence[bytes], client: str | None, path: Path) -> Source | None:
        if client is not None:
            return self._sources[client]
        for source in self._sources.values():
            if head and source.recognises(head):
                return source
        if not head:
            raise SourceError("the file is empty", next_step="")
        if head[0].startswith(ZSTANDARD):
            raise SourceError("the file is zstd-compressed: unpack it (zstd -d)", next_step="")
        if b"\x00" in head[0][:4096]:
            raise SourceError("the file is binary, not a history", next_step="")
        if path.name.endswith((".jsonl", ".jsonl.gz")) and not _any_json(head):
            raise SourceError("no line of its beginning is JSON", next_step="")
        return None

    def _read_lines(
        self, path: Path, reader: Reader, at: "_Place", report: FileReport
    ) -> Iterator[Batch]:
        batch = Batch(source_path=at.path)
        waiting, first = 0, at.line
        try:
            for line in lines.lines(path, offset=at.offset):
                complete = self._take(line, first, reader, at, batch, report)
                if not complete:
                    break
                waiting += len(line.data)
                at.offset, at.line = line.offset + line.size + line.ended, first + line.number
                if len(batch.events) >= BATCH_EVENTS or waiting >= BATCH_CHARACTERS:
                    batch.position = at.position(self._cleaner.state(reader.state()))
                    yield batch
                    batch, waiting = Batch(source_path=at.path), 0
        except (lines.BrokenOffError, OSError) as error:
            report.problems.append(Problem(path=at.path, line=at.line + 1, reason=str(error)))
        self._prepare(reader.finish(), at, batch)
        batch.position = at.position(self._cleaner.state(reader.state()))
        yield batch
        report.lines = at.line - first

    def _take(
        self,
        line: lines.Line,
        first: int,
        reader: Reader,
        at: "_Place",
        batch: Batch,
        report: FileReport,
    ) -> bool:
        """Add one line's events; `False` for a last line that is not finished yet."""
        number = first + line.number
        if line.size > lines.MAX_LINE_BYTES:
            reason = f"the line has {line.size:,} bytes; over {lines.MAX_LINE_BYTES:,} are left out"
            _bad(batch, report, at, line, number, reason, start="")
            return True
        if not line.data.strip():
            return True
        try:
            self._prepare(reader.events(line.data, line.offset), at, batch)
        except UnreadableLineError as error:
            if not line.ended:
                report.problems.append(Problem(path=at.path, line=number, reason=UNFINISHED))
                return False
            start = line.data[:300].decode("utf-8", "replace")
            reason = self._cleaner.text(str(error))
            _bad(batch, report, at, line, number, reason, start=self._cleaner.text(start))
        return True

    def _prepare(self, events: Iterable[Event], at: "_Place", batch: Batch) -> None:
        for event in events:
            clean, leaks = self._cleaner.event(at.placed(event))
            batch.events.append(clean)
            for leak in leaks:
                batch.leaks.append(LeakSeen(event=clean, type=leak.type, digest=leak.digest))


class _Place(msgspec.Struct, kw_only=True):
    """Where in a file the reading stands."""

    path: str
    client: str
    size_bytes: int
    modified_at: int
    head_hash: str
    offset: int
    line: int
    now: datetime
    last_ts: datetime

    def placed(self, event: Event) -> Event:
        """With the last credible time before it where it has none, or one that is years away."""
        ts = event.ts
        if ts is None or ts.tzinfo is None or not EARLIEST <= ts <= self.now + FUTURE:
            return msgspec.structs.replace(event, ts=self.last_ts)
        self.last_ts = ts
        return event

    def position(self, state: bytes) -> FilePosition:
        return FilePosition(
            path=self.path,
            client=self.client,
            size_bytes=self.size_bytes,
            modified_at=self.modified_at,
            head_hash=self.head_hash,
            offset_bytes=self.offset,
            lines=self.line,
            state=state,
        )


def _same(known: KnownFile, size: int, modified_at: int, head_hash: str) -> bool:
    return (known.size_bytes, known.modified_at, known.head_hash) == (size, modified_at, head_hash)


def _fail(report: FileReport, reason: str) -> None:
    report.state = FileState.FAILED
    report.problems.append(Problem(path=report.path, line=None, reason=reason))


def _bad(
    batch: Batch,
    report: FileReport,
    at: _Place,
    line: lines.Line,
    number: int,
    reason: str,
    *,
    start: str,
) -> None:
    report.problems.append(Problem(path=at.path, line=number, reason=reason))
    batch.bad_lines.append(
        BadLine(path=at.path, offset_bytes=line.offset, line=number, reason=reason, start=start)
    )


def _any_json(head: Sequence[bytes]) -> bool:
    return any(line.lstrip()[:1] in (b"{", b"[") for line in head)


def _companion(path: Path) -> bytes | None:
    """The small file beside a transcript, where its client writes one."""
    try:
        beside = path.with_name(path.name.removesuffix(".gz").removesuffix(".jsonl") + ".meta.json")
        return beside.read_bytes() if beside.stat().st_size <= COMPANION_BYTES else None
    except OSError:
        return None


def files_below(place: Path, problems: list[Problem]) -> Iterator[Path]:
    """The histories below a folder, in a stable order; a file is itself.

    Folders that cannot be opened are added to `problems`.
    """
    if not place.is_dir():
        yield place
        return

    def refused(error: OSError) -> None:
        where = str(error.filename or place)
        problems.append(Problem(path=where, line=None, reason=error.strerror or str(error)))

    for folder, folders, names in os.walk(place, onerror=refused):
        folders.sort()
        yield from (Path(folder) / name for name in sorted(names) if _may_be_history(name))


def _may_be_history(name: str) -> bool:
    return name.endswith((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst"))
