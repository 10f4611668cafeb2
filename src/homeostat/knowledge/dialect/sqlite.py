"""SQLite: one file, one writer at a time."""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from homeostat.knowledge.dialect.port import (
    Cursor,
    NewEvents,
    Part,
    Row,
    Table,
    Values,
)

PAGE_BYTES = 8192
CACHE_KIB = 64 * 1024
BUSY_MS = 5000
WRITER_CHECKPOINT_PAGES = 16000
"""1000 (the default) makes a batch's commit three times as dear (measured 2026-11)."""
OLDEST_SQLITE = (3, 40, 0)
"""The oldest that the tests have run on: it has STRICT tables, RETURNING and `->>`."""
CHUNK_VARIABLES = 900
"""Of one statement; old builds allow 999."""
Lock = Callable[[], AbstractContextManager[None]]


def writer(path: Path, lock: Lock = nullcontext) -> "Sqlite":
    """A connection that writes, each transaction under `lock`, and checkpoints there.

    `synchronous=FULL`: a source file may be deleted by its client after we have read it.
    """
    raw = _connection(f"file:{_quoted(path)}?mode=rwc")
    with lock():
        raw.execute(f"PRAGMA page_size={PAGE_BYTES}")
        raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute(f"PRAGMA wal_autocheckpoint={WRITER_CHECKPOINT_PAGES}")
    return Sqlite(raw, lock)


def reader(path: Path) -> "Sqlite":
    """A connection that never writes and never checkpoints."""
    raw = _connection(f"file:{_quoted(path)}?mode=rw")
    raw.execute("PRAGMA wal_autocheckpoint=0")
    raw.execute("PRAGMA query_only=1")
    return Sqlite(raw)


class Sqlite:
    """See `port.Connection`."""

    for_update = skip_locked = ""

    def __init__(self, raw: sqlite3.Connection, lock: Lock = nullcontext) -> None:
        self.raw = raw
        self._lock = lock

    def execute(self, sql: str, values: Values = ()) -> Cursor:
        return self.raw.execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        self.raw.executemany(sql, rows)

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        return self.raw.execute(sql, values)

    def matching(self, sql: str, types: Sequence[str], keys: Sequence[Row]) -> Iterator[Row]:
        step = CHUNK_VARIABLES // len(types)
        one = f"({','.join('?' * len(types))})"
        for start in range(0, len(keys), step):
            chunk = keys[start : start + step]
            values = f"VALUES {','.join([one] * len(chunk))}"
            query = sql.format(keys=values, wanted=f"({values}) AS wanted")
            yield from self.raw.execute(query, [part for key in chunk for part in key])

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        self.raw.executemany(_insert(table.name, table.columns), rows)

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        self.raw.executemany(f"{_insert(table.name, table.columns)} {table.conflict()}", rows)

    def add_missing(self, table: Table, rows: Sequence[Row]) -> int:
        query = f"{_insert(table.name, table.columns)} ON CONFLICT DO NOTHING"
        return self.raw.executemany(query, rows).rowcount

    def new_events(
        self, events: Sequence[tuple[bytes, int]], parts: Callable[[], Sequence[Part]]
    ) -> NewEvents:
        """Mostly all are new: they are put outright, and looked for only where one is not."""
        found = {event_id for event_id, _ in events}
        made = parts()  # it may learn words, which must stay
        self.raw.execute("SAVEPOINT new_events")
        try:
            with self.putting(made):
                pass
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname != "SQLITE_CONSTRAINT_UNIQUE":
                raise
            self.raw.execute("ROLLBACK TO new_events")
            ids = [(event_id,) for event_id in found]
            found -= {row[0] for row in self.matching(_KNOWN_EVENTS, ("bytes",), ids)}
        self.raw.execute("RELEASE new_events")
        return NewEvents(found, ())

    @contextmanager
    def putting(self, parts: Sequence[Part]) -> Generator[None]:
        for table, rows in parts:
            self.raw.executemany(_insert(table.name, table.columns), rows)
        yield

    def delete_events(self, run_key: int) -> None:
        self.raw.execute("DELETE FROM events WHERE run_key = ?", (run_key,))

    def drop_events(self) -> None:
        self.raw.execute(_DROP_EVENTS)

    def prepare(self, days: Iterable[int]) -> None:
        """Nothing: one table holds all days."""

    def aside(self) -> "Sqlite":
        """The same connection: nobody else writes meanwhile."""
        return self

    @contextmanager
    def transaction(self, *, alone: bool = False) -> Generator[None]:
        del alone  # every transaction is
        with self._lock():
            self.raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.raw.execute("COMMIT")
            except BaseException:
                if self.raw.in_transaction:
                    self.raw.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Generator[None]:
        self.raw.execute("BEGIN")
        try:
            yield
        finally:
            self.raw.execute("ROLLBACK")

    def continue_keys(self) -> None:
        """Nothing: the next key is always one more than the largest."""

    def overwrite_deleted(self) -> None:
        self.raw.execute("PRAGMA secure_delete=1")

    def tidy(self) -> None:
        """Nothing: the queries are written so that the planner needs none."""

    def shrink(self, *, purge: bool = False) -> bool:
        del purge  # VACUUM always writes all pages anew
        with self._lock():
            self.raw.execute("VACUUM")
            return self._empty_log()

    def shrink_log(self) -> bool:
        """Move the log into the database."""
        with self._lock():
            return self._empty_log()

    def _empty_log(self) -> bool:
        busy, *_ = self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def has_table(self, name: str) -> bool:
        return self.raw.execute(_HAS_TABLE, {"name": name}).fetchone() is not None

    def close(self) -> None:
        with self._lock():  # the last one to close checkpoints
            self.raw.close()


_HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"
_KNOWN_EVENTS = "SELECT event_id FROM events WHERE event_id IN ({keys})"
_DROP_EVENTS = """
DELETE FROM events WHERE run_key IN (SELECT run_key FROM runs WHERE detail_from > ended_at)
"""


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ",".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # names of ours


def _connection(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA foreign_keys=1")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
