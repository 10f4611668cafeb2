"""The state folder and the database in it: private, local, undamaged, of this program's age."""

import fcntl
import logging
import os
import shlex
import sqlite3
import stat
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from homeostat.knowledge import dialect, migrate
from homeostat.model.errors import StateFolderError, StoreError

DATABASE = "homeostat.db"
_log = logging.getLogger(__name__)
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "glusterfs"}
)
"""Locks and shared memory do not hold there; WAL would lose data."""


def folder(path: Path) -> Path:
    """The state folder, made if missing. Raises `StateFolderError` where it must not be used."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = path.stat()
        is_ours = (path / DATABASE).exists() or not any(path.iterdir())
    except OSError as error:
        raise StateFolderError(
            f"the state folder {path} cannot be used: {error.strerror}.",
            next_step="Name another one: HOMEOSTAT_STATE_DIR=/some/folder homeostat ...",
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise StateFolderError(
            f"the state folder {path} belongs to another user.",
            next_step="Name one of your own: HOMEOSTAT_STATE_DIR=/some/folder homeostat ...",
        )
    if (kind := file_system(path)) in NETWORK_FILE_SYSTEMS:
        raise StateFolderError(
            f"the state folder {path} is on a network file system ({kind}); locks fail there.",
            next_step="Name a local one: HOMEOSTAT_STATE_DIR=/some/folder homeostat ...",
        )
    if found.st_mode & 0o077 and not is_ours:
        raise StateFolderError(
            f"the state folder {path} holds other things, and others may read it.",
            next_step=f"Name an empty one, or shut it: chmod 700 {shlex.quote(str(path))}",
        )
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return path


def file_system(path: Path) -> str:
    """The kind of file system that holds `path`; empty where the system does not tell."""
    mounts: dict[str, str] = {}
    with suppress(OSError):
        for line in Path("/proc/mounts").read_text("utf-8", "replace").splitlines():
            _, where, kind, *_ = line.split(" ")
            mounts[where.replace("\\040", " ")] = kind
    at = path.resolve()
    for candidate in (at, *at.parents):
        if str(candidate) in mounts:
            return mounts[str(candidate)]
    return ""


@contextmanager
def write_lock(state: Path) -> Generator[None]:
    """Held by whoever writes, in any process; waits for the one before, and says so."""
    descriptor = os.open(state / "write.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _log.warning("another homeostat is writing to %s; waiting for it", state)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def writing(state: Path) -> Generator[sqlite3.Connection]:
    """The writing connection, under the write lock, on a database brought up to date."""
    with write_lock(state):
        path = _private(state / DATABASE)
        with _named(path), closing(dialect.writer(path)) as connection:
            migrate.migrate(connection, migrate.known())
            yield connection


@contextmanager
def reading(state: Path) -> Generator[sqlite3.Connection]:
    """A reading connection. Makes the (empty) database when there is none."""
    path = state / DATABASE
    if not path.exists() or not _is_current(path):
        with writing(state):
            pass
    with _named(path), closing(dialect.reader(path)) as connection:
        yield connection


def _is_current(path: Path) -> bool:
    with _named(path), closing(dialect.reader(path)) as connection:
        return migrate.is_current(connection, migrate.known())


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
    if sqlite3.sqlite_version_info < dialect.OLDEST_SQLITE:
        oldest = ".".join(map(str, dialect.OLDEST_SQLITE))
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
