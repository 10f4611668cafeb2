"""What one database says differently from another. All other SQL is written once."""

import sqlite3
from pathlib import Path

Connection = sqlite3.Connection
"""What the rest of the house passes along without knowing the driver."""
PAGE_BYTES = 8192
CACHE_KIB = 64 * 1024
BUSY_MS = 5000
WRITER_CHECKPOINT_PAGES = 16000
"""1000 (the default) makes a batch's commit three times as dear (measured 2026-11)."""
OLDEST_SQLITE = (3, 40, 0)
"""The oldest that the tests have run on: it has STRICT tables, RETURNING and `->>`."""


def writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints. The caller holds the write lock.

    `synchronous=FULL`: a source file may be deleted by its client after we have read it.
    """
    connection = _connection(f"file:{_quoted(path)}?mode=rwc")
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={WRITER_CHECKPOINT_PAGES}")
    return connection


def reader(path: Path) -> sqlite3.Connection:
    """A connection that never writes and never checkpoints."""
    connection = _connection(f"file:{_quoted(path)}?mode=rw")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("PRAGMA query_only=1")
    return connection


def overwrite_deleted(connection: sqlite3.Connection) -> None:
    """From now on what is deleted on this connection is overwritten, not only unlinked."""
    connection.execute("PRAGMA secure_delete=1")


def shrink(connection: sqlite3.Connection) -> bool:
    """Write the database anew without its free pages; answers as `empty_log` does."""
    connection.execute("VACUUM")
    return empty_log(connection)


def empty_log(connection: sqlite3.Connection) -> bool:
    """Move the log into the database. False: an open reader still needs the old pages."""
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _connection(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA foreign_keys=1")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
