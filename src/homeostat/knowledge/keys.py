"""The key of this installation: with it equal secrets get equal marks, without it nobody can
try out what stood there."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from homeostat.model.errors import StateFolderError

KEY_BYTES = 32


def redaction_key(state: Path) -> bytes:
    """Made once, 0600, never exported. Raises `StateFolderError` for one that was tampered with."""
    path = state / "key"
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise StateFolderError(
            f"the key {path} has {len(key)} bytes instead of {KEY_BYTES}.",
            next_step="Restore it, or remove it: a new one is made; old marks stay.",
        )
    return key


def _make(path: Path) -> None:
    """All of it or nothing, and by whoever comes first."""
    part = path.with_name(f"key.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(part, path)
    part.unlink()
