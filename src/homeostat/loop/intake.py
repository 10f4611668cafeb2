"""Histories on disk as batches for ingestion: found, read, redacted, cut."""

import os
import stat
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
from homeostat.model.ids import dated
from homeostat.model.ports import Clock, Origin, Reader, Source, UnreadableLineError
from homeostat.monitor import lines

BATCH_EVENTS = 20_000
BATCH_CHARACTERS = 8_000_000
"""Of texts waiting in a batch: bounds the memory of an import, whatever the files hold."""
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""No agent client existed before: an earlier time is a broken clock."""
FUTURE = timedelta(days=2)
COMPANION_BYTES = 64_000
HASHED_BYTES = 4_096
BAD_BYTES, BAD_CHARACTERS = 64_000, 300
"""Of a line that cannot be read: what is looked through for secrets, and what is kept."""
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
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SourceError("no regular file", next_step="")
        report.size_bytes = found.st_size
        if known and (known.size_bytes, known.modified_at) == (found.st_size, found.st_mtime_ns):
            report.state = FileState.UNCHANGED
            return
        head = lines.head(path)
        source = self._source(head, client, path)
        if source is None:
            report.state = FileState.FOREIGN
            return
        report.client = source.client
        at = _Place(
            file=path,
            name=report.path,
            start=head[0][:HASHED_BYTES],
            is_packed=lines.is_gzip(path),
            client=source.client,
            size_bytes=found.st_size,
            modified_at=found.st_mtime_ns,
            now=self._clock.now(),
            last_ts=datetime.fromtimestamp(found.st_mtime, UTC),
        )
        state = None
        if known and at.goes_on_from(known):
            report.state, state = FileState.GROWN, known.state
        reader = source.reader(Origin(path=report.path, companion=_companion(path)), state)
        seen = 0
        for batch in self._read_lines(path, reader, at, report):
            seen += len(batch.events)
            yield batch
        if not seen and report.lines and not source.recognises(head):
            raise SourceError(f"nothing in it is of the format {source.client}", next_step="")

    def _source(self, head: Sequence[bytes], client: str | None, path: Path) -> Source | None:
        if not head:
            raise SourceError("the file is empty", next_step="")
        if client is not None:
            return self._sources[client]
        for source in self._sources.values():
            if source.recognises(head):
                return source
        if head[0].startswith(ZSTANDARD):
            raise SourceError("the file is zstd-compressed: unpack it (zstd -d)", next_step="")
        if any(b"\x00" in line for line in head):
            raise SourceError("the file is binary, not a history", next_step="")
        if path.name.endswith((".jsonl", ".jsonl.gz")) and not _any_json(head):
            raise SourceError("no line of its beginning is JSON", next_step="")
        return None

    def _read_lines(
        self, path: Path, reader: Reader, at: "_Place", report: FileReport
    ) -> Iterator[Batch]:
        batch = Batch(source_path=at.name, is_anew=at.offset == 0)
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
                    batch, waiting = Batch(source_path=at.name), 0
        except (lines.BrokenOffError, OSError) as error:
            report.problems.append(Problem(path=at.name, line=at.line + 1, reason=str(error)))
        self._prepare(reader.finish(), at, batch)
        batch.position = at.position(self._cleaner.state(reader.state()), is_end=True)
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
                report.problems.append(Problem(path=at.name, line=number, reason=UNFINISHED))
                return False
            # Cleaned before it is cut: half a secret is not recognised.
            start = self._cleaner.text(line.data[:BAD_BYTES].decode("utf-8", "replace"))
            reason = self._cleaner.text(str(error))
            _bad(batch, report, at, line, number, reason, start=start[:BAD_CHARACTERS])
        return True

    def _prepare(self, events: Iterable[Event], at: "_Place", batch: Batch) -> None:
        for event in events:
            clean, leaks = self._cleaner.event(at.placed(event))
            batch.events.append(clean)
            for leak in leaks:
                batch.leaks.append(LeakSeen(event=clean, type=leak.type, digest=leak.digest))


class _Place(msgspec.Struct, kw_only=True):
    """Where in a file the reading stands."""

    file: Path
    name: str
    start: bytes
    """Of the first line, what is hashed."""
    is_packed: bool
    client: str
    size_bytes: int
    modified_at: int
    now: datetime
    last_ts: datetime
    offset: int = 0
    line: int = 0

    def goes_on_from(self, known: KnownFile) -> bool:
        """Whether the file is the known one with more behind it; then reading goes on there.

        A gzip file is written anew, never appended to; its events are known by their ids.
        """
        if self.is_packed or known.offset_bytes > self.size_bytes:
            return False
        if known.head_hash != self._hash(known.offset_bytes):
            return False
        self.offset, self.line = known.offset_bytes, known.lines
        return True

    def placed(self, event: Event) -> Event:
        """With the last credible time before it where it has none, or one that is years away.

        Its id is dated by what the file says: that is the same whenever it is read.
        """
        ts, event_id = event.ts, dated(event.id, event.ts)
        if ts is None or ts.tzinfo is None or not EARLIEST <= ts <= self.now + FUTURE:
            return msgspec.structs.replace(event, id=event_id, ts=self.last_ts)
        self.last_ts = ts
        return msgspec.structs.replace(event, id=event_id)

    def position(self, state: bytes, *, is_end: bool = False) -> FilePosition:
        """Size and time are told at the end only: without them a file is looked at again."""
        return FilePosition(
            path=self.name,
            client=self.client,
            size_bytes=self.size_bytes if is_end else 0,
            modified_at=self.modified_at if is_end else 0,
            head_hash=self._hash(0 if self.is_packed else self.offset),
            offset_bytes=self.offset,
            lines=self.line,
            state=state,
        )

    def _hash(self, offset: int) -> str:
        """Of the beginning, and of what stands before `offset`: a file may be written anew."""
        digest = sha256(self.start)
        if offset:
            with self.file.open("rb") as file:
                file.seek(max(0, offset - HASHED_BYTES))
                digest.update(file.read(min(offset, HASHED_BYTES)))
        return digest.hexdigest()


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
    report.problems.append(Problem(path=at.name, line=number, reason=reason))
    batch.bad_lines.append(
        BadLine(path=at.name, offset_bytes=line.offset, line=number, reason=reason, start=start)
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


def file_name(path: Path) -> str:
    """The path as a terminal can have it; bytes that are no UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def files_below(place: Path, problems: list[Problem]) -> Iterator[Path]:
    """The histories below a folder, in a stable order; a file is itself.

    Folders that cannot be opened are added to `problems`.
    """
    if not place.is_dir():
        yield place
        return

    def refused(error: OSError) -> None:
        where = file_name(Path(error.filename or place))
        problems.append(Problem(path=where, line=None, reason=error.strerror or str(error)))

    for folder, folders, names in os.walk(place, onerror=refused):
        folders.sort()
        for path in (Path(folder) / name for name in sorted(names) if _may_be_history(name)):
            if path.is_file() or path.is_symlink():
                yield path


def _may_be_history(name: str) -> bool:
    return name.endswith((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst"))
