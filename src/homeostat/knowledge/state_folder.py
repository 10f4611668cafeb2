"""The state folder: ours, private, on a local disk; and the lock of whoever writes there."""

import fcntl
import os
import shlex
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from homeostat.model.errors import StateFolderError

DATABASE = "homeostat.db"
LOCK, QUEUE = "write.lock", "write.queue"
LOG = "homeostat.log"
PATIENCE_S, LOOK_S = 1.0, 0.01
"""Waiting that a person need not be told of, and how often it is looked meanwhile."""
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "glusterfs"}
)
"""Locks and shared memory do not hold there; WAL would lose data."""


def folder(path: Path) -> Path:
    """The state folder, made if missing. Raises `StateFolderError` where it must not be used."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = path.stat()
        is_ours = any((path / name).exists() for name in (DATABASE, "key", LOCK)) or not any(
            path.iterdir()
        )
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
    """Held by whoever writes, in any process, for one transaction. First come, first served."""
    lock = _opened(state / LOCK)
    try:
        queue = _opened(state / QUEUE)
        try:
            # Whoever has the queue is next: a long import cannot overtake it for ever.
            _take(queue, state)
            _take(lock, state)
        finally:
            os.close(queue)
        yield
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(descriptor: int, state: Path) -> None:
    """Wait for the lock; a person is told after a second."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_S)
        else:
            return
    import logging  # noqa: PLC0415  # hardly anybody waits

    logging.getLogger(__name__).warning("another homeostat is writing to %s; waiting for it", state)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
