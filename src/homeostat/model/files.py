"""Files that were read."""

import msgspec


class KnownFile(msgspec.Struct, frozen=True):
    """How far a file was read before."""

    size_bytes: int
    modified_at: int
    head_hash: str
    offset_bytes: int
    lines: int
    state: bytes
