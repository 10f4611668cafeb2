"""Somebody else's SQLite database as records: read only, from where the last reading stopped."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec

from homeostat.model.errors import SourceError
from homeostat.model.ports import Table

MAGIC = b"SQLite format 3"
KEYS_AT_ONCE = 50_000
"""No statement stays open while rows are taken in: the owner's checkpoints go on."""
BUSY_S = 5.0
_SCHEMA = "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL ORDER BY name"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
Cursors: TypeAlias = dict[str, int | float | str | None]
"""Table -> the last `order` that was read."""
_encode = msgspec.json.Encoder(enc_hook=lambda _: None).encode


def head(path: Path) -> list[bytes]:
    """The magic, then the statement that made each table. Raises `SourceError`."""
    with _opened(path, _asleep(path)) as connection:
        return [MAGIC, *(sql.encode("utf-8", "replace") for (sql,) in connection.execute(_SCHEMA))]


def records(path: Path, tables: Sequence[Table], cursors: Cursors) -> Iterator[bytes]:
    """The rows that follow on `cursors`, which move with the rows that were taken.

    Raises `SourceError` for a database that is locked for long, or damaged.
    """
    asleep = _asleep(path)
    try:
        yield from _records(path, tables, cursors, asleep)
    except SourceError:
        if asleep is None or _asleep(path) == asleep:
            raise
        yield from _records(path, tables, cursors, None)  # its owner opened it meanwhile


def _records(
    path: Path, tables: Sequence[Table], cursors: Cursors, asleep: tuple[int, int] | None
) -> Iterator[bytes]:
    with _opened(path, asleep) as connection:
        there = {name for (name,) in connection.execute(_TABLES)}
        for table in tables:
            if table.name not in there:
                continue
            _begin_again_if_new(connection, table, cursors)
            for order, row in _rows(connection, table, cursors.get(table.name)):
                # Before the row is given: what was read until here, nobody can have changed.
                if asleep and _asleep(path) != asleep:
                    raise SourceError("its owner opened it meanwhile", next_step="")
                cursors[table.name] = order
                yield _encode({table.name: row})


def _begin_again_if_new(connection: sqlite3.Connection, table: Table, cursors: Cursors) -> None:
    """A database that was made anew has less than was read of it."""
    (last,) = connection.execute(f"SELECT MAX({_order(table)}) FROM {_name(table)}").fetchone()  # noqa: S608  # names of a source
    known = cursors.get(table.name)
    if known is not None and (last is None or _is_less(last, known)):
        cursors.pop(table.name)


def _is_less(one: Any, other: Any) -> bool:
    try:
        return bool(one < other)
    except TypeError:
        return True  # a column that changed its type is another database


def _rows(
    connection: sqlite3.Connection, table: Table, after: float | str | None
) -> Iterator[tuple[int | float | str | None, Mapping[str, Any]]]:
    """In the order of the table; those of the same order as `after` once more."""
    name, order = _name(table), _order(table)
    keys = f"""
      SELECT {order}, rowid FROM {name}
      WHERE :after IS NULL OR {order} > :after OR ({order} = :after AND rowid > :row)
      ORDER BY {order}, rowid LIMIT {KEYS_AT_ONCE}
    """  # noqa: S608  # names of a source, never of a database
    one = f"SELECT {table.columns} FROM {name} WHERE rowid = ?"  # noqa: S608  # the same
    row = after if table.order == "rowid" else -1
    while found := connection.execute(keys, {"after": after, "row": row}).fetchall():
        for order_value, rowid in found:
            cursor = connection.execute(one, (rowid,))
            if values := cursor.fetchone():
                columns = (column[0] for column in cursor.description)
                yield order_value, dict(zip(columns, values, strict=True))
        after, row = found[-1]


def _order(table: Table) -> str:
    """Rows that have no order yet come first: numbers stand before texts."""
    return table.order if table.order == "rowid" else f"COALESCE({table.order}, -1)"


def _name(table: Table) -> str:
    return '"' + table.name.replace('"', '""') + '"'


_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)


def _allowed(action: int, *_: object) -> int:
    """Nothing that such a file holds can do more than be read."""
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_VERSION_AT, _WITH_LOG = 18, b"\x02\x02"
"""Of a database's first page: the two bytes that say it has a write-ahead log."""


def _asleep(path: Path) -> tuple[int, int] | None:
    """Size and time of a database with a write-ahead log that nobody has open; else `None`.

    SQLite makes two files beside such a database even to read it, and leaves them there: in a
    folder that is read-only it fails, and the files of another user lock its owner out. Of one that
    nobody has open, which therefore has no log, the file alone is all there is.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_VERSION_AT + 2)
        found = path.stat()
    except OSError:
        return None
    if start[_VERSION_AT:] != _WITH_LOG or path.with_name(path.name + "-wal").exists():
        return None
    return found.st_size, found.st_mtime_ns


@contextmanager
def _opened(path: Path, asleep: tuple[int, int] | None) -> Generator[sqlite3.Connection]:
    how = "immutable=1" if asleep else "mode=ro"
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, timeout=BUSY_S)
        ) as connection:
            connection.text_factory = _text
            for pragma in ("query_only = 1", "trusted_schema = 0", "cell_size_check = 1"):
                connection.execute(f"PRAGMA {pragma}")
            connection.set_authorizer(_allowed)
            yield connection
    except sqlite3.Error as error:
        raise SourceError(f"the database cannot be read: {error}", next_step="") from error
