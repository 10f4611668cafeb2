"""What the rest of the house knows of a database: one connection, and SQL that is written once.

Marks in SQL are `:name` or `?`. A list of keys is written `IN ({keys})`; keys of several columns
are joined, `FROM {wanted} JOIN t ON t.a = wanted.column1 AND t.b = wanted.column2`, for SQLite
finds no index for them within IN. Everything that one database says differently from another is a
method here, and stands beside this file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

import msgspec

Values: TypeAlias = Mapping[str, object] | Sequence[object]
Row: TypeAlias = tuple[Any, ...]


class RacedError(Exception):
    """Another writer was faster: the transaction was taken back, and may be tried again."""


class LostError(Exception):
    """The database went away. What was not committed is taken back; it may be tried again."""


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...  # a row, or None
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Table(msgspec.Struct, frozen=True):
    """Where rows go, and what becomes of one that is there already: replaced, but for `added`."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    """All that a row gives, in order."""
    added: tuple[str, ...] = ()
    """Columns whose new value is added to the old one."""
    largest: tuple[str, ...] = ()
    """Columns that keep the larger value."""

    least: tuple[str, ...] = ()
    """Columns that keep the smaller value."""

    def conflict(self) -> str:
        """The end of an INSERT: what to do with a row whose key is there."""
        changes = [f"{c} = excluded.{c}" for c in self.columns if self._is_replaced(c)]
        changes += [f"{c} = {self.name}.{c} + excluded.{c}" for c in self.added]
        changes += [
            f"{c} = CASE WHEN {self.name}.{c} IS NULL OR {self.name}.{c} {sign} excluded.{c} "
            f"THEN excluded.{c} ELSE {self.name}.{c} END"
            for columns, sign in ((self.largest, "<"), (self.least, ">"))
            for c in columns
        ]
        return f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {', '.join(changes)}"

    def _is_replaced(self, column: str) -> bool:
        return column not in (*self.key, *self.added, *self.largest, *self.least)


Part: TypeAlias = tuple[Table, Sequence[Row]]
"""Rows for a table, or for some of its columns: the others stay empty."""


class NewEvents(msgspec.Struct, frozen=True):
    """What `Connection.new_events` found."""

    ids: AbstractSet[bytes]
    """Those that were not stored."""
    left: Sequence[Part]
    """The rows that are still to be put, where all were new."""


class Connection(Protocol):
    """One connection. Outside of `transaction` each statement is its own."""

    @property
    def for_update(self) -> str:
        """The end of a SELECT whose rows nobody else may change until the transaction's end."""
        ...

    @property
    def skip_locked(self) -> str:
        """The same, but without the rows that somebody else holds."""
        ...

    def execute(self, sql: str, values: Values = ()) -> Cursor: ...
    def executemany(self, sql: str, rows: Iterable[Values]) -> None: ...

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """Rows of an answer that may be larger than the memory."""
        ...

    def matching(self, sql: str, types: Sequence[str], keys: Sequence[Row]) -> Iterator[Row]:
        """The rows of `sql` for keys of these `types` (integer, text, bytes), in parts."""
        ...

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows that are known not to be there."""
        ...

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows, or change those that are there as the table says."""
        ...

    def add_missing(self, table: Table, rows: Sequence[Row]) -> int:
        """Add those rows whose key is not there yet; answers how many."""
        ...

    def new_events(
        self, events: Sequence[tuple[bytes, int]], parts: Callable[[], Sequence[Part]]
    ) -> NewEvents:
        """Of events (id, key of the run), those that were not stored; now they are ours.

        `parts` makes the rows of all of them; a server works meanwhile, so it must not ask this
        connection.
        """
        ...

    def putting(self, parts: Sequence[Part]) -> AbstractContextManager[None]:
        """Add rows that are known not to be there. Within, a server works on the last part:
        nothing else may be asked of this connection (of `aside` it may)."""
        ...

    def delete_events(self, run_key: int) -> None:
        """All of one run."""
        ...

    def drop_events(self) -> None:
        """Drop the events of runs whose detail is given up, as whole days where it can be."""
        ...

    def prepare(self, days: Iterable[int]) -> None:
        """Before a transaction that writes events of these days."""
        ...

    def aside(self) -> "Connection":
        """Where dictionary rows are written: at once and for all, where several may write."""
        ...

    def transaction(self, *, alone: bool = False) -> AbstractContextManager[None]:
        """All or nothing. With `alone` no other writer is inside one at the same time.

        Raises `RacedError` or `LostError` where it may be tried again.
        """
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Within, all is read as it was at one moment."""
        ...

    def continue_keys(self) -> None:
        """After rows were added with their keys: new keys go on from there."""
        ...

    def overwrite_deleted(self) -> None:
        """From now on what is deleted is overwritten as well, where that can be asked for."""
        ...

    def shrink_log(self) -> bool:
        """Overwrite what a log still holds of deleted rows; answers as `shrink` does."""
        ...

    def shrink(self, *, purge: bool = False) -> bool:
        """Give deleted space back; with `purge` no byte of what was deleted stays, which may lock
        everybody out meanwhile. False: an open reader still needs the old pages."""
        ...

    def tidy(self) -> None:
        """Look after tables in which much changed, where nothing else does (yet)."""
        ...

    def has_table(self, name: str) -> bool: ...
    def close(self) -> None: ...


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """What a database takes on disk, and who keeps it."""

    version: str
    bytes: int
    tables: tuple[tuple[str, int], ...]
    """Each with its indexes, the largest first; empty where the database does not tell."""


class Database(Protocol):
    """Where a store lies. Opens nothing yet."""

    kind: ClassVar[str]
    """Which migrations are its."""

    @property
    def name(self) -> str:
        """As people may see it: without a password."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """A connection that may write, on a database brought up to date. Raises `StoreError`."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that only reads. Makes the (empty) store where there is none."""
        ...

    def looking(self) -> AbstractContextManager[Connection | None]:
        """A reading connection to what is there, whatever it is; `None` where nothing is."""
        ...

    def damage(self, connection: Connection) -> Iterator[str]:
        """What the database itself finds wrong."""
        ...

    def clock(self, connection: Connection) -> datetime | None:
        """What time it is there; `None` where that is this machine."""
        ...

    def size(self, connection: Connection) -> Size: ...

    def backup(self, target: Path) -> bool:
        """Copy it as it is to a file, mode 0600. False where there is no such way."""
        ...
