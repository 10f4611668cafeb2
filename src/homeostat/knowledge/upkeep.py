"""Whether the database is sound, and a copy of it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from homeostat.knowledge import connect, dialect, migrate, words
from homeostat.model.errors import StoreError

MOST_FAULTS = 10
_COUNTED = """
SELECT COUNT(*) FROM runs r WHERE r.calls <> (
  SELECT COUNT(*) FROM calls c
  WHERE c.run_key = r.run_key AND c.tool_word IS NOT NULL AND c.agent_word IS NULL)
"""
_HOURLY = """
SELECT (SELECT COUNT(*) FROM calls WHERE tool_word IS NOT NULL),
  (SELECT COALESCE(SUM(calls), 0) FROM hourly), (SELECT COALESCE(SUM(calls), 0) FROM daily)
"""
_SIGNED = """
SELECT (SELECT COUNT(*) FROM calls WHERE outcome = 'error' AND signature_key IS NOT NULL
    AND tool_word IS NOT NULL),
  (SELECT COALESCE(SUM(failures), 0) FROM signature_days)
"""


def check(state: Path) -> list[str]:
    """What is wrong, in words; empty when nothing is. Changes nothing."""
    path = state / connect.DATABASE
    if not path.exists():
        return []
    try:
        with closing(dialect.reader(path)) as connection:
            return list(_faults(connection))
    except StoreError as error:
        return [str(error)]
    except sqlite3.DatabaseError as error:
        return [f"{path} is damaged: {error}"]


def _faults(connection: sqlite3.Connection) -> Iterator[str]:
    if not migrate.is_current(connection, migrate.known()):
        yield "the schema is older than this homeostat; any command brings it up to date"
        return
    for (answer,) in connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})"):
        if answer != "ok":
            yield f"damaged: {answer}"
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(1):
        yield f"a row of {table} names a row of {parent} that is not there"
    if unknown := words.missing(connection):
        yield f"{unknown} words are named that are not there"
    yield from _miscounted(connection)


def _miscounted(connection: sqlite3.Connection) -> Iterator[str]:
    (miscounted,) = connection.execute(_COUNTED).fetchone()
    if miscounted:
        yield f"{miscounted} runs count other calls than they have"
    calls, hourly, daily = connection.execute(_HOURLY).fetchone()
    if not calls == hourly == daily:
        yield f"{calls} calls, but {hourly} in the hourly and {daily} in the daily counts"
    signed, counted = connection.execute(_SIGNED).fetchone()
    if signed != counted:
        yield f"{signed} signed failures, but {counted} in the counts by signature"


def backup(connection: sqlite3.Connection, target: Path) -> int:
    """Copy the database alone to `target`, mode 0600. Raises `StoreError` where anything is."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        os.close(os.open(target, flags, 0o600))
    except FileExistsError as error:
        raise StoreError(
            f"{target} exists already.", next_step="Name a file that is not there."
        ) from error
    except OSError as error:
        raise StoreError(
            f"{target} cannot be made: {error.strerror}.", next_step="Name another place."
        ) from error
    try:
        with closing(sqlite3.connect(target)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise StoreError(
            f"the copy to {target} failed: {error}.", next_step="Is there room on that disk?"
        ) from error
    return target.stat().st_size
