"""A store in a file of the state folder."""

import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from homeostat.knowledge import migrate
from homeostat.knowledge.dialect import sqlite
from homeostat.knowledge.dialect.port import Connection, Size
from homeostat.knowledge.state_folder import write_lock
from homeostat.model.errors import StoreError

MOST_FAULTS = 10


class SqliteFile:
    """See `port.Database`. `folder` holds the lock of those who write; `None`: nobody else may."""

    kind: ClassVar[str] = "sqlite"

    def __init__(self, path: Path, *, folder: Path | None) -> None:
        self.path = path
        self._folder = folder

    @property
    def name(self) -> str:
        return str(self.path)

    @contextmanager
    def writing(self) -> Generator[sqlite.Sqlite]:
        lock = nullcontext if self._folder is None else partial(write_lock, self._folder)
        path = _private(self.path)
        with _named(path), closing(sqlite.writer(path, lock)) as connection:
            migrate.migrate(connection, migrate.known(self.kind))
            yield connection

    @contextmanager
    def reading(self) -> Generator[sqlite.Sqlite]:
        if not self.path.exists() or not self._is_current():
            with self.writing():
                pass
        with _named(self.path), closing(sqlite.reader(self.path)) as connection:
            yield connection

    @contextmanager
    def looking(self) -> Generator[sqlite.Sqlite | None]:
        if not self.path.exists():
            yield None
            return
        with _named(self.path), closing(sqlite.reader(self.path)) as connection:
            yield connection

    def _is_current(self) -> bool:
        with _named(self.path), closing(sqlite.reader(self.path)) as connection:
            return migrate.is_current(connection, migrate.known(self.kind))

    def damage(self, connection: Connection) -> Iterator[str]:
        for (answer,) in connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})"):
            if answer != "ok":
                yield f"damaged: {answer}"
        for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchall()[:1]:
            yield f"a row of {table} names a row of {parent} that is not there"

    def clock(self, connection: Connection) -> datetime | None:
        del connection
        return None  # this machine's

    def size(self, connection: Connection) -> Size:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        return Size(version=f"SQLite {sqlite3.sqlite_version}", bytes=pages * page_size, tables=())

    def backup(self, target: Path) -> bool:
        made(target)
        try:
            with self.reading() as connection, closing(sqlite3.connect(target)) as copy:
                connection.raw.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
        except (sqlite3.Error, StoreError) as error:
            target.unlink(missing_ok=True)
            raise StoreError(
                f"the copy to {target} failed: {error}.", next_step="Is there room on that disk?"
            ) from error
        return True


def made(target: Path) -> None:
    """An empty file of this user alone. Raises `StoreError` where anything is, also a link."""
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


def _private(path: Path) -> Path:
    """The file with mode 0600 from its first byte on; SQLite's own files follow its mode."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    return path


@contextmanager
def _named(path: Path) -> Generator[None]:
    """Say which file, and what to do, where SQLite says only what."""
    if sqlite3.sqlite_version_info < sqlite.OLDEST_SQLITE:
        oldest = ".".join(map(str, sqlite.OLDEST_SQLITE))
        raise StoreError(
            f"this Python's SQLite is {sqlite3.sqlite_version}; {oldest} or newer is needed.",
            next_step="Install homeostat with a newer Python.",
        )
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _explained(path, error) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"the database {path} is damaged: {error}.",
            next_step="homeostat db check tells more; restore a backup, or move the file away.",
        ) from error


def _explained(path: Path, error: sqlite3.OperationalError) -> StoreError:
    if getattr(error, "sqlite_errorname", "") in ("SQLITE_FULL", "SQLITE_IOERR_WRITE"):
        return StoreError(
            f"the disk that holds {path} is full; the last batch was taken back, "
            "nothing is half written.",
            next_step="Make room, then give the same command again: it goes on where it stopped.",
        )
    return StoreError(
        f"the database {path} cannot be used: {error}.",
        next_step="homeostat db check tells more.",
    )
