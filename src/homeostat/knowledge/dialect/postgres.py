"""PostgreSQL: many writers at a time.

What several writers touch is always taken in one order (runs, ids of events, messages, calls,
counts; each sorted), so that they wait for one another and never in a circle. Dictionary rows are
written aside, in transactions of their own.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from operator import itemgetter

import psycopg
from psycopg import errors

from homeostat.knowledge.dialect.port import (
    Cursor,
    LostError,
    NewEvents,
    Part,
    RacedError,
    Row,
    Table,
    Values,
)
from homeostat.knowledge.dialect.postgres_values import (
    Answer,
    array,
    prepare_adapters,
    translated,
)
from homeostat.knowledge.moments import DAY_NS
from homeostat.model.errors import StoreError

INGEST_LOCK = 7_304_151_901
"""Advisory lock of this program: shared by ingestion, held alone by what changes history."""
DAYS_LOCK = INGEST_LOCK + 1
"""Held by whoever makes partitions."""
DAYS_AT_ONCE = 100
"""A new partition holds some locks until its transaction ends."""
FETCHED_ROWS = 5_000
"""Of a streamed answer, at a time."""
ROWS_AT_ONCE = 10_000
"""Of an upsert, in one statement: all of them are in memory there."""
_TYPES = {"integer": "bigint", "text": "text", "bytes": "bytea"}


class Postgres:
    """See `port.Connection`. Makes a new connection by itself after a lost one."""

    for_update, skip_locked = " FOR UPDATE", " FOR UPDATE SKIP LOCKED"

    def __init__(self, connect: Callable[[], "psycopg.Connection[Row]"]) -> None:
        self._connect = connect
        self.raw = connect()
        self._aside: Postgres | None = None
        self._known_types: dict[str, dict[str, str]] = {}
        self._days: set[int] = set()
        prepare_adapters(self.raw)

    def execute(self, sql: str, values: Values = ()) -> Cursor:
        return Answer(self._cursor().execute(translated(sql), values))

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        self._cursor().executemany(translated(sql), rows)

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        with (
            self._cursor().connection.transaction(),
            self.raw.cursor("homeostat_stream") as cursor,
        ):
            cursor.itersize = FETCHED_ROWS
            yield from cursor.execute(translated(sql), values)

    def matching(self, sql: str, types: Sequence[str], keys: Sequence[Row]) -> Iterator[Row]:
        if not keys:
            return
        kinds = [_TYPES[name] for name in types]
        columns = [
            array(kind, column) for kind, column in zip(kinds, zip(*keys, strict=True), strict=True)
        ]
        arrays = ", ".join(f"?::{kind}[]" for kind in kinds)
        names = ", ".join(f"column{number}" for number in range(1, len(types) + 1))
        query = sql.format(
            keys=f"SELECT * FROM unnest({arrays})",  # noqa: S608  # casts of ours
            wanted=f"unnest({arrays}) AS wanted({names})",
        )
        yield from Answer(self._cursor().execute(translated(query), columns))

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        with self.putting([(table, rows)]):
            pass

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self._merge(table, rows, table.conflict())

    def add_missing(self, table: Table, rows: Sequence[Row]) -> int:
        return self._merge(table, rows, "ON CONFLICT DO NOTHING") if rows else 0

    def _merge(self, table: Table, rows: Iterable[Row], conflict: str) -> int:
        """Rows as arrays: a stage would have to be filled and emptied, three answers for one."""
        types = self._types(table)
        arrays = ", ".join(f"?::{kind}[]" for kind in types)
        query = translated(
            f"INSERT INTO {table.name} ({', '.join(table.columns)}) "  # noqa: S608  # names of ours
            f"SELECT * FROM unnest({arrays}) {conflict}"
        )
        # Sorted: two writers that both want two rows must want them in the same order.
        ordered = sorted(rows, key=itemgetter(*map(table.columns.index, table.key)))
        added = 0
        for start in range(0, len(ordered), ROWS_AT_ONCE):
            some = zip(*ordered[start : start + ROWS_AT_ONCE], strict=True)
            values = [array(kind, column) for kind, column in zip(types, some, strict=True)]
            added += self._cursor().execute(query, values).rowcount
        return added

    def _types(self, table: Table) -> list[str]:
        types = self._known_types.get(table.name)
        if types is None:
            types = dict(self.execute(_COLUMN_TYPES, {"name": table.name}))
            self._known_types[table.name] = types
        return [types[column] for column in table.columns]

    @contextmanager
    def _copying(self, table: Table, rows: Sequence[Row]) -> Generator[None]:
        """In the binary format, which costs both sides less than half of the text's.

        A number that is too large for its INTEGER or SMALLINT is cut there, not refused: only
        keys and counts of ours are of these types. `db copy` compares what arrived.
        """
        types = self._types(table)
        into = f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN (FORMAT BINARY)"
        with self._cursor().copy(into.encode()) as copy:
            copy.set_types(types)
            write = copy.write_row
            for row in rows:
                write(row)
            yield

    def new_events(
        self, events: Sequence[tuple[bytes, int]], parts: Callable[[], Sequence[Part]]
    ) -> NewEvents:
        """Mostly all are new: they are added outright, and one by one only where some are not."""
        found, ordered = {event_id for event_id, _ in events}, sorted(events)
        with (
            suppress(errors.UniqueViolation),
            self.raw.transaction(),
            self._copying(_EVENT_IDS, ordered),
        ):
            return NewEvents(found, parts())
        ids, runs = zip(*ordered, strict=True)
        claim = array("bytea", ids), array("integer", runs)
        return NewEvents({event_id for (event_id,) in self.execute(_CLAIM_EVENTS, claim)}, ())

    @contextmanager
    def putting(self, parts: Sequence[Part]) -> Generator[None]:
        filled = [part for part in parts if part[1]]
        for part in filled[:-1]:
            with self._copying(*part):
                pass
        with self._copying(*filled[-1]) if filled else nullcontext():
            yield

    def prepare(self, days: Iterable[int]) -> None:
        """Make the partitions of days that are new: attached, for that locks no writer out."""
        missing = sorted(set(days) - self._days)
        for first in range(0, len(missing), DAYS_AT_ONCE):
            self._make(missing[first : first + DAYS_AT_ONCE])

    def _make(self, missing: Sequence[int]) -> None:
        with self.transaction():
            self.execute(f"SELECT pg_advisory_xact_lock({DAYS_LOCK})")
            for day in missing:
                name = f"events_{'before_' if day < 0 else ''}{abs(day)}"
                if not self.has_table(name):
                    self.execute(f"CREATE TABLE {name} (LIKE events INCLUDING ALL)")
                    bounds = f"FROM ({day * DAY_NS}) TO ({(day + 1) * DAY_NS})"
                    self.execute(f"ALTER TABLE events ATTACH PARTITION {name} FOR VALUES {bounds}")
        self._days |= set(missing)

    def delete_events(self, run_key: int) -> None:
        self.execute("DELETE FROM events WHERE run_key = ?", (run_key,))
        self.execute("DELETE FROM event_ids WHERE run_key = ?", (run_key,))

    def drop_events(self) -> None:
        for (name,) in self.execute(_DAYS).fetchall():
            if self.execute(_HAS_LIVE.format(name=name)).fetchone():
                self.execute(_DROP_DEAD.format(name=name))
            else:
                self.execute(f"DROP TABLE {name}")
        self.execute(_DROP_DEAD.format(name="events_undated"))
        self.execute(_DROP_DEAD.format(name="event_ids"))
        self._days.clear()

    def aside(self) -> "Postgres":
        if self._aside is None:
            self._aside = Postgres(self._connect)
        return self._aside

    @contextmanager
    def transaction(self, *, alone: bool = False) -> Generator[None]:
        begin = _BEGIN_ALONE if alone else _BEGIN
        try:
            with self._cursor().connection.transaction():
                self.execute(begin)
                yield
        except BaseException as error:
            if isinstance(error, _RACES):
                self._days.clear()  # perhaps somebody dropped one
                raise RacedError(str(error)) from error
            if isinstance(error, psycopg.OperationalError) and self._is_lost(error):
                self._drop()
                raise LostError(str(error)) from error
            raise

    @contextmanager
    def snapshot(self) -> Generator[None]:
        with self._cursor().connection.transaction():
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def continue_keys(self) -> None:
        for sequence, table, column in _SEQUENCES:
            self.execute(_CONTINUE.format(sequence=sequence, table=table, column=column))

    def overwrite_deleted(self) -> None:
        """PostgreSQL has no such thing: VACUUM FULL, in `shrink`, writes the tables anew, for
        their owner alone."""
        (others,) = self.execute(_NOT_OURS).fetchone()
        if others:
            raise StoreError(
                f"{others} tables belong to another user of the server, and only their owner can "
                "have what was deleted overwritten.",
                next_step="Give the command as that user, or: GRANT <owner> TO <you>;",
            )

    def shrink_log(self) -> bool:
        """Nothing: the server's log is its own, and is written over in its time."""
        return True

    def shrink(self, *, purge: bool = False) -> bool:
        """Of our tables alone. To write them anew nobody may be writing: who waits for a lock of
        ours while VACUUM waits for one of theirs would wait for ever."""
        tables = ", ".join(f'"{name}"' for (name,) in self.execute(_TABLES).fetchall())
        if not purge:
            self.execute(f"VACUUM (ANALYZE) {tables}")
            return True
        self.execute(f"SELECT pg_advisory_lock({INGEST_LOCK})")
        try:
            self.execute(f"VACUUM (FULL, ANALYZE) {tables}")
        finally:
            self.execute(f"SELECT pg_advisory_unlock({INGEST_LOCK})")
        return True

    def tidy(self) -> None:
        """A server whose autovacuum is off, or has not come by yet, reads whole tables, and what
        was written over in them: as much again. Where the server will not (a limit of time, a
        lock) it is left for the next time: nothing depends on it."""
        with suppress(psycopg.Error):
            self.execute("SELECT pg_stat_force_next_flush()")
            for name, is_dirty in self.execute(_CHANGED).fetchall():
                upkeep = "VACUUM (ANALYZE, SKIP_LOCKED)" if is_dirty else "ANALYZE (SKIP_LOCKED)"
                with suppress(psycopg.Error):
                    self.execute(f'{upkeep} "{name}"')

    def has_table(self, name: str) -> bool:
        return self.execute(_HAS_TABLE, {"name": name}).fetchone() is not None

    def close(self) -> None:
        if self._aside is not None:
            self._aside.close()
        self.raw.close()

    def _is_lost(self, error: psycopg.OperationalError) -> bool:
        """Whether this connection is gone, or the one aside: one does not do without the other."""
        aside = self._aside.raw if self._aside else self.raw
        gone = self.raw.closed or self.raw.broken or aside.closed or aside.broken
        return gone or isinstance(error, _GOING)

    def _cursor(self) -> "psycopg.Cursor[Row]":
        if self.raw.closed:
            self.raw = self._connect()
            prepare_adapters(self.raw)
        return self.raw.cursor()

    def _drop(self) -> None:
        """Close what is left of a lost connection, and forget what it knew."""
        with suppress(psycopg.Error):
            self.raw.close()
        if self._aside is not None:
            with suppress(psycopg.Error):
                self._aside.close()
            self._aside = None


_BEGIN_ALONE = f"SELECT pg_advisory_xact_lock({INGEST_LOCK})"
_BEGIN = f"""
SELECT pg_advisory_xact_lock_shared({INGEST_LOCK}), set_config('enable_seqscan', 'off', TRUE)
"""
"""Who shares the lock writes a batch, and asks by keys only. Without statistics yet of a young
store the server would read whole tables for them, the more the more there is."""
_RACES = (
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.UniqueViolation,
    errors.CheckViolation,
)
"""What happens to whoever was not first: rows are only added after a look that they are missing,
and into a day only after a look that it is there (a row without one violates a check)."""
_GOING = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow)
"""What a server says before it ends a connection."""
_EVENT_IDS = Table("event_ids", ("event_id",), ("event_id", "run_key"))
_CLAIM_EVENTS = """
INSERT INTO event_ids (event_id, run_key) SELECT * FROM unnest(?::bytea[], ?::integer[])
ON CONFLICT DO NOTHING RETURNING event_id
"""
_COLUMN_TYPES = """
SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relname = :name AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
"""
_SEQUENCES = (
    ("words_word_id_seq", "words", "word_id"),
    ("runs_run_key_seq", "runs", "run_key"),
    ("signatures_signature_key_seq", "signatures", "signature_key"),
    ("groupings_grouping_id_seq", "groupings", "grouping_id"),
    ("event_seq", "events", "seq"),
)
_CONTINUE = (
    "SELECT setval('{sequence}', (SELECT COALESCE(MAX({column}), 0) + 1 FROM {table}), FALSE)"
)
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname
"""
_CHANGED = """
SELECT relname, is_dirty FROM (
  SELECT c.relname, n_dead_tup > 50 + 0.2 * size OR n_ins_since_vacuum > 1000 + 0.2 * size
      AS is_dirty,
    n_mod_since_analyze > 50 + 0.1 * size AS is_changed
  FROM pg_class c JOIN pg_stat_all_tables s ON s.relid = c.oid
  CROSS JOIN LATERAL (SELECT GREATEST(c.reltuples, 0) AS size) AS known
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND NOT c.relispartition AND pg_has_role(c.relowner, 'USAGE')) AS known
WHERE is_dirty OR is_changed ORDER BY relname
"""
"""As the server's own rules (autovacuum_vacuum_threshold and _scale_factor, and so on)."""
_NOT_OURS = """
SELECT COUNT(*) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
  AND NOT pg_has_role(relowner, 'USAGE')
"""
_HAS_TABLE = """
SELECT 1 FROM pg_class WHERE relname = :name AND relnamespace = current_schema()::regnamespace
"""
_DAYS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'events'::regclass AND c.relname <> 'events_undated' ORDER BY 1
"""
_HAS_LIVE = """
SELECT 1 FROM {name} e JOIN runs r ON r.run_key = e.run_key
WHERE r.detail_from IS NULL OR r.detail_from <= r.ended_at LIMIT 1
"""
_DROP_DEAD = """
DELETE FROM {name} e USING runs r WHERE r.run_key = e.run_key AND r.detail_from > r.ended_at
"""
