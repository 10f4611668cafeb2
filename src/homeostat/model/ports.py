"""What a stage is given. Real clocks, files and databases are built in `loop/wiring` only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

import msgspec

from homeostat.model.call import CallFacts, Judgement
from homeostat.model.event import Event
from homeostat.model.signature import Signature


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...


class Chance(Protocol):
    def random(self) -> float:
        """From 0 to 1, 1 excluded; `random.Random` is one."""
        ...


class UnreadableLineError(Exception):
    """A source cannot make sense of one line; the text says why. The rest of the file is read."""


class Lines(msgspec.Struct, frozen=True):
    """A record is a line; a file that grew is read on from where the reading stopped."""


class Document(msgspec.Struct, frozen=True):
    """The file is one JSON document, read anew whenever it has changed.

    Without `split` it is one record. Else the first record is the document without those members,
    and each element of each of them is a record of its own, in the shape that the document would
    have with that element alone: `{"messages": {...}}`. Where the document is a list, its elements
    are the records, as they are.
    """

    split: tuple[str, ...] = ()


class Member(msgspec.Struct, frozen=True):
    pattern: str
    """Of the names within the archive, as `fnmatch` has it."""
    name: str = ""
    """The record is `{name: content}`; without a name it is the content."""


class Archive(msgspec.Struct, frozen=True):
    """The file is a zip archive; a record is the content of a JSON file in it."""

    members: tuple[Member, ...]
    """In the order in which they are read."""


class Table(msgspec.Struct, frozen=True):
    name: str
    order: str = "rowid"
    """A column, or an expression over columns, that never shrinks as rows are added or changed."""
    columns: str = "*"
    """What a record has of a row; it may ask other tables for more."""


class Tables(msgspec.Struct, frozen=True):
    """The file is an SQLite database of somebody else, read only, also while it is written to.

    A record is a row: `{table: {column: value, ...}}`. What follows on the last one read is read
    the next time; rows of the same `order` as the last are given again. A table that is not there
    is passed over.
    """

    tables: tuple[Table, ...]


Framing: TypeAlias = Lines | Document | Archive | Tables
"""What of a file is a record."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The file that a reader reads."""

    path: str
    companion: bytes | None = None
    """Content of the small file that some clients write beside it (`<name>.meta.json`)."""


class Reader(Protocol):
    """Turns the records of one file (most often lines) into events.

    It keeps only what the next ones need.

    A class that inherits from it has to write `events` only.
    """

    def events(self, line: bytes, offset: int) -> Iterable[Event]:
        """The facts of one line (without its line end) that begins at byte `offset`.

        Of a file that is no text: of one record, `offset` its place among them.
        Raises `UnreadableLineError`; after that the reader can take the next line.
        """
        ...

    def finish(self) -> Iterable[Event]:
        """What is still held back when the file ends (for now)."""
        return ()

    def state(self) -> bytes:
        """Enough for `Source.reader` to go on with the next line later, in another process.

        Empty for a format whose every line says all.
        """
        return b""

    def skipped(self) -> Mapping[str, int]:
        """What it did not know since it was last asked (a type of record): how often it came.

        A newer version of a client writes such things; people are told, and nothing else is lost.
        """
        return {}


class Source(Protocol):
    """One format. Register the object under the entry point group `homeostat.sources`."""

    client: str
    """The client's name as people see it: claude-code, codex, ..."""
    homes: Sequence[str]
    """Where the client keeps its histories: glob patterns below the home folder; a pattern may
    begin with `$VARIABLE/` for the variable that moves the folder."""
    names: Sequence[str] = ("*.jsonl", "*.ndjson")
    """How its files may be called: patterns for what is taken from a folder. `.gz` or `.zst` may
    follow."""

    def recognises(self, head: Sequence[bytes]) -> bool:
        """Whether the first lines of a file (those that begin within 64 kB) are of this format.

        Of an SQLite database: its first 15 bytes (`SQLite format 3`), then the statement that made
        each table. Of a zip archive: its first 4 bytes, then the names in it.
        """
        ...

    def framing(self, head: Sequence[bytes]) -> Framing:
        """What of a file that begins like this is a record."""
        del head
        return Lines()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        """A reader for one file; `state` is what an earlier reader left, `None` at the start."""
        ...


class Judges(msgspec.Struct, frozen=True, kw_only=True):
    """The pure functions that `loop` hands to ingestion: stages do not know each other."""

    judge: Callable[[CallFacts], Judgement]
    sign: Callable[[str, str], Signature]
    """Of a failed call: tool, answer."""
