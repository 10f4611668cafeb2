"""What a stage is given. Real clocks, files and databases are built in `loop/wiring` only."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from homeostat.model.call import CallFacts, Judgement
from homeostat.model.event import Event
from homeostat.model.signature import Signature


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...


class UnreadableLineError(Exception):
    """A source cannot make sense of one line; the text says why. The rest of the file is read."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The file that a reader reads."""

    path: str
    companion: bytes | None = None
    """Content of the small file that some clients write beside it (`<name>.meta.json`)."""


class Reader(Protocol):
    """Turns the lines of one file into events. It keeps only what the next lines need.

    A class that inherits from it has to write `events` only.
    """

    def events(self, line: bytes, offset: int) -> Iterable[Event]:
        """The facts of one line (without its line end) that begins at byte `offset`.

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


class Source(Protocol):
    """One format. Register the object under the entry point group `homeostat.sources`."""

    client: str
    """The client's name as people see it: claude-code, codex, ..."""
    homes: Sequence[str]
    """Where the client keeps its histories: glob patterns below the home folder; a pattern may
    begin with `$VARIABLE/` for the variable that moves the folder."""

    def recognises(self, head: Sequence[bytes]) -> bool:
        """Whether the first lines of a file (those that begin within 64 kB) are of this format."""
        ...

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        """A reader for one file; `state` is what an earlier reader left, `None` at the start."""
        ...


class Judges(msgspec.Struct, frozen=True, kw_only=True):
    """The pure functions that `loop` hands to ingestion: stages do not know each other."""

    judge: Callable[[CallFacts], Judgement]
    sign: Callable[[str, str], Signature]
    """Of a failed call: tool, answer."""
