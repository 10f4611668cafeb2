"""The key of this installation: with it equal secrets get equal marks, without it nobody can
try out what stood there."""

import os
import secrets
from pathlib import Path

from homeostat.model.errors import StateFolderError

KEY_BYTES = 32


def redaction_key(state: Path) -> bytes:
    """Made once, 0600, never exported. Raises `StateFolderError` for one that was tampered with."""
    path = state / "key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        key = path.read_bytes()
    else:
        key = secrets.token_bytes(KEY_BYTES)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
    if len(key) != KEY_BYTES:
        raise StateFolderError(
            f"the key {path} has {len(key)} bytes instead of {KEY_BYTES}.",
            next_step="Restore it, or remove it: a new one is made; old marks stay.",
        )
    return key
