"""One file that is being read: where the reading stands, and how it can be gone on with."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec

from homeostat.knowledge import foreign
from homeostat.knowledge.ingest import FilePosition
from homeostat.model.event import Event, Kind
from homeostat.model.files import KnownFile
from homeostat.model.ids import dated
from homeostat.model.ports import Archive, Document, Framing, Lines, Tables
from homeostat.monitor import archives, documents, lines
from homeostat.monitor.packed import is_packed

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""No agent client existed before: an earlier time is a broken clock."""
FUTURE = timedelta(days=2)
HASHED_BYTES = 4_096


class _Kept(msgspec.Struct):
    """What the next reading needs beside the position."""

    reader: bytes
    last_ts: datetime | None = None
    """Of the last fact that had a time of its own: what follows without one is placed by it."""
    cursors: foreign.Cursors = {}
    """Of a database: how far each table was read."""


def head(path: Path) -> list[bytes]:
    """What the sources see of a file to recognise it. Raises `SourceError`, `OSError`."""
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(foreign.MAGIC):
        return foreign.head(path)
    if start.startswith(archives.MAGIC):
        return archives.head(path)
    return lines.head(path)


def extent(path: Path) -> tuple[int, int]:
    """Size and time of the last change; of a database with what its log holds."""
    found = path.stat()
    try:
        log = path.with_name(path.name + "-wal").stat()
    except OSError:
        return found.st_size, found.st_mtime_ns
    return found.st_size + log.st_size, max(found.st_mtime_ns, log.st_mtime_ns)


class Place(msgspec.Struct, kw_only=True):
    """Where in a file the reading stands."""

    file: Path
    name: str
    head: Sequence[bytes]
    framing: Framing
    client: str
    size_bytes: int
    modified_at: int
    now: datetime
    last_ts: datetime
    undated: int = 0
    """Facts without a time, before which there was none in the file either."""
    is_dated: bool = False
    offset: int = 0
    line: int = 0
    cursors: foreign.Cursors = msgspec.field(default_factory=dict)

    def goes_on_from(self, known: KnownFile) -> tuple[bool, bytes | None]:
        """Whether the file is the known one with more behind it, and the state to go on with.

        A packed file, a document and an archive are written anew, never appended to; their events
        are known by their ids.
        """
        if isinstance(self.framing, Tables):
            return self._goes_on_in_tables(known)
        if not self._is_appended_to or known.offset_bytes > self.size_bytes:
            return False, None
        if known.head_hash != self._hash(known.offset_bytes):
            return False, None
        kept = self._kept(known)
        if kept is None:
            return False, None
        self.offset, self.line = known.offset_bytes, known.lines
        return True, kept.reader

    def _goes_on_in_tables(self, known: KnownFile) -> tuple[bool, bytes | None]:
        if known.head_hash != self._hash(0):
            return False, None
        kept = self._kept(known)
        if kept is None:
            return False, None
        self.cursors, self.line = dict(kept.cursors), known.lines
        return True, kept.reader

    def _kept(self, known: KnownFile) -> _Kept | None:
        """`None` for what an earlier version wrote: then all is read anew, and known by its ids."""
        try:
            kept = msgspec.json.decode(known.state, type=_Kept)
        except msgspec.MsgspecError:
            return None
        if kept.last_ts is not None:
            self.last_ts, self.is_dated = kept.last_ts, True
        return kept

    def records(self) -> Iterator[lines.Line]:
        """What has not been read. Raises `SourceError`, `BrokenOffError`, `OSError`."""
        match self.framing:
            case Document(split):
                return documents.records(self.file, split)
            case Archive(members):
                return archives.records(self.file, members)
            case Tables(wanted):
                rows = foreign.records(self.file, wanted, self.cursors)
                return (
                    lines.Line(number, number - 1, row, len(row), ended=True)
                    for number, row in enumerate(rows, start=1)
                )
            case _:
                return lines.lines(self.file, offset=self.offset)

    def placed(self, event: Event) -> Event:
        """With the last credible time before it where it has none, or one that is years away.

        An answer without a time stays without: a call's duration is never made up. Its id is
        dated by what the file says: that is the same whenever it is read.
        """
        ts, event_id = event.ts, dated(event.id, event.ts)
        if ts is None or ts.tzinfo is None or not EARLIEST <= ts <= self.now + FUTURE:
            guess = None if event.kind is Kind.RESULT else self.last_ts
            self.undated += not self.is_dated and guess is not None
            return msgspec.structs.replace(event, id=event_id, ts=guess)
        self.last_ts, self.is_dated = ts, True
        return msgspec.structs.replace(event, id=event_id)

    def position(self, state: bytes, *, is_end: bool = False) -> FilePosition:
        """Size and time are told at the end only: without them a file is looked at again."""
        last_ts = self.last_ts if self.is_dated else None
        kept = _Kept(reader=state, last_ts=last_ts, cursors=self.cursors)
        return FilePosition(
            path=self.name,
            client=self.client,
            size_bytes=self.size_bytes if is_end else 0,
            modified_at=self.modified_at if is_end else 0,
            head_hash=self._hash(self.offset if self._is_appended_to else 0),
            offset_bytes=self.offset,
            lines=self.line,
            state=msgspec.json.encode(kept),
        )

    @property
    def _is_appended_to(self) -> bool:
        return isinstance(self.framing, Lines) and not is_packed(self.file)

    def _hash(self, offset: int) -> str:
        """Of the beginning, and of what stands before `offset`: a file may be written anew."""
        whole = isinstance(self.framing, Tables)
        start = b"\n".join(self.head) if whole else self.head[0][:HASHED_BYTES]
        digest = sha256(start)
        if offset:
            with self.file.open("rb") as file:
                file.seek(max(0, offset - HASHED_BYTES))
                digest.update(file.read(min(offset, HASHED_BYTES)))
        return digest.hexdigest()
