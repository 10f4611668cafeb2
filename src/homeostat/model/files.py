"""Files that were read."""

import msgspec

PACKED = (".gz", ".zst")
"""How the name of a packed file ends."""


def unpacked(name: str) -> str:
    """The name without that."""
    for ending in PACKED:
        name = name.removesuffix(ending)
    return name


UNDATED = "fact without a time"
"""Told beside what a source did not know: the time of the file stands in for its own."""


class KnownFile(msgspec.Struct, frozen=True):
    """How far a file was read before."""

    size_bytes: int
    modified_at: int
    head_hash: str
    offset_bytes: int
    lines: int
    state: bytes


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was left out, and where."""

    path: str
    line: int | None
    """Of a file that is no text: which record; 1 is the first."""
    reason: str
