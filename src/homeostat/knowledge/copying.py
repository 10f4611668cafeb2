"""A store copied whole into another database, and verified before it counts."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path

import msgspec

from homeostat.knowledge import (
    call_rows,
    connect,
    improvements,
    ingest,
    rollups,
    runs,
    scores,
    settle,
    trial_sums,
    trials,
)
from homeostat.knowledge.dialect.port import Connection, Database, Part, Row, Table
from homeostat.knowledge.dialect.sqlite_file import SqliteFile, made
from homeostat.knowledge.moments import DAY_NS
from homeostat.model.errors import ConfigError, StoreError

AT_ONCE = 20_000
"""Rows that are held in memory."""
EVENTS = Table("events", ("event_id",), ("seq", *ingest.EVENT_COLUMNS))
TABLES = (
    Table("words", ("word_id",), ("word_id", "word")),
    Table("runs", ("run_key",), (
        "run_key", "client_word", "run_id", "source_path", "project_word", "version_word",
        "model_word", "branch_word", "project_at", "version_at", "model_at", "branch_at",
        "started_at", "ended_at", *rollups.RUN_COLUMNS, *runs.TOKENS,
        *(f"subagent_{name}" for name in runs.TOKENS), "cost_usd", "reward", "active_ms", "ended",
        "outcome", "outcome_rule", "unsettled", "detail_from", "given_up_ms",
    )),
    Table("signatures", ("signature_key",), (
        "signature_key", "signature_id", "key", "family", "kind", "message", "identifiers",
        "place", "rule", "error_class", "class_rule", "line",
    )),
    EVENTS,
    call_rows.CALLS,
    call_rows.TEXTS,
    runs.MESSAGES,
    rollups.HOURLY,
    rollups.DAILY,
    rollups.SIGNATURE_DAYS,
    rollups.SIGNATURE_TOOLS,
    rollups.DURATIONS,
    rollups.TOOL_DAYS,
    rollups.TOOL_DURATIONS,
    settle.COSTS,
    settle.GIVEN_UP,
    settle.TOTALS,
    runs.HOOKS,
    Table("groupings", ("grouping_id",), (
        "grouping_id", "verb", "signature_id", "into_id", "needle", "until_at", "created_at",
        "undone_at",
    )),
    ingest.FILES,
    ingest.BAD_LINES,
    ingest.LEAKS,
    ingest.SKIPPED,
    scores.SCORES,
    improvements.IMPROVEMENTS,
    trials.TRIALS,
    trials.EXPOSURES,
    trial_sums.NEWS,
    trial_sums.UNITS,
    trial_sums.SUMS,
    Table("sampling", ("one",), ("one", "whole", "grown", "pruned_at")),
    Table("upkeep", ("one",), ("one", "changes", "detail_from")),
)  # fmt: skip
"""In an order in which no row names one that is still to come."""
_DAYS = f"SELECT DISTINCT ts / {DAY_NS} FROM events WHERE ts IS NOT NULL"  # noqa: S608  # a number
_IS_EMPTY = "SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM files)"


class CopyProgress(msgspec.Struct, frozen=True):
    """Rows of a table that were copied so far."""

    table: str
    rows: int


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    source: str
    target: str
    rows: int
    """Each was read again at the target, and was the same."""
    tables: int


class _Digest:
    """Of rows in any order: their number, and the sum of their hashes."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, counted in."""
        encode = msgspec.msgpack.Encoder().encode
        for row in rows:
            self.rows += 1
            self._sum += int.from_bytes(blake2b(encode(tuple(row)), digest_size=8).digest())
            yield row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Digest) and (self.rows, self._sum) == (other.rows, other._sum)

    __hash__ = None  # type: ignore[assignment]  # it grows


def copy(
    source: Database, target: str, *, progress: Callable[[CopyProgress], None] = lambda _: None
) -> Copied:
    """Copy a store into an empty database: a URL, or the path of a file that is not there.

    One transaction: a copy that is cut off leaves nothing. Raises `StoreError` where the target
    holds something already, or where what arrived is not what was sent.
    """
    if target.startswith(connect.SCHEMES):
        return _copied(source, connect.database(Path(), target), progress)
    if "://" in target or "=" in target:
        raise ConfigError(
            "that is neither the URL of a server nor a file.",
            next_step="A server: postgresql://user@host/database; a file: ./homeostat.db",
        )
    path = Path(target)
    if path.exists() or path.is_symlink():
        raise StoreError(f"{path} exists already.", next_step="Name a file that is not there.")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    made(part)
    try:
        done = _copied(source, SqliteFile(part, folder=None), progress)
        os.link(part, path)  # never over what is there
    except FileExistsError as error:
        raise StoreError(
            f"{path} exists already.", next_step="Name a file that is not there."
        ) from error
    finally:
        for left in (part, Path(f"{part}-wal"), Path(f"{part}-shm")):
            with suppress(OSError):
                left.unlink()
    return msgspec.structs.replace(done, target=str(path))


def backup(source: Database, target: Path) -> int:
    """Copy a store to a file; answers its size. A file of SQLite's is copied as it is."""
    if not source.backup(target):
        copy(source, str(target))
    return target.stat().st_size


def _copied(source: Database, target: Database, progress: Callable[[CopyProgress], None]) -> Copied:
    with source.reading() as old, target.writing() as new:
        _refuse_full(target, new)
        with old.snapshot():
            new.prepare([day for (day,) in old.execute(_DAYS).fetchall()])
            with new.transaction(alone=True):
                _refuse_full(target, new)  # somebody may have begun to write meanwhile
                rows = sum(_copy_table(old, new, table, progress) for table in TABLES)
                new.continue_keys()
    return Copied(source=source.name, target=target.name, rows=rows, tables=len(TABLES))


def _refuse_full(target: Database, connection: Connection) -> None:
    runs_there, files_there = connection.execute(_IS_EMPTY).fetchone()
    if runs_there or files_there:
        raise StoreError(
            f"{target.name} holds {runs_there} runs already.",
            next_step="Name an empty database: a copy is never mixed with what is there.",
        )


def _copy_table(
    old: Connection, new: Connection, table: Table, progress: Callable[[CopyProgress], None]
) -> int:
    query = f"SELECT {', '.join(table.columns)} FROM {table.name}"  # noqa: S608  # names of ours
    sent, arrived = _Digest(), _Digest()
    new.execute(f"DELETE FROM {table.name}")  # noqa: S608  # what a migration put there
    done = 0
    for rows in _chunks(sent.of(old.stream(query))):
        if table is EVENTS:
            run_key, event_id = (table.columns.index(name) for name in ("run_key", "event_id"))
            ids = [(row[event_id], row[run_key]) for row in rows]
            with new.putting(new.new_events(ids, partial(_one_part, table, rows)).left):
                pass
        else:
            new.insert(table, rows)
        done += len(rows)
        progress(CopyProgress(table.name, done))
    for _ in arrived.of(new.stream(query)):
        pass
    if sent != arrived:
        raise StoreError(
            f"{arrived.rows} of {sent.rows} rows of {table.name} arrived, or were changed.",
            next_step="Nothing was copied. Check both: homeostat db check",
        )
    return done


def _one_part(table: Table, rows: Sequence[Row]) -> Sequence[Part]:
    return [(table, rows)]


def _chunks(rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) >= AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
