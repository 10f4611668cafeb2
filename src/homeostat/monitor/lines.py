"""Lines of a file with their positions: streaming, in constant memory, plain or packed."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from homeostat.monitor.packed import BrokenOffError, opened, read

CHUNK_BYTES = 1 << 20
MAX_LINE_BYTES = 32 << 20
"""Longer lines are left out and named: no client writes them, and memory stays bounded.
The largest line seen in real histories (an image, base64) has 5 MB."""
HEAD_BYTES = 64 << 10


class Line(msgspec.Struct, frozen=True):
    number: int
    """1-based, within this reading; the caller adds what was read before. 0 for the rest of a line
    whose beginning was read before: it counts once."""
    offset: int
    """Byte position in the (unpacked) file."""
    data: bytes
    """Without its line end; empty when the line was too long."""
    size: int
    """Bytes of the line, also when it was too long to be kept."""
    ended: bool
    """Whether a line end follows; the last line of a file that is being written has none."""
    problem: str = ""
    """Why it cannot be read, where it is known before a source has seen it."""


def head(path: Path) -> list[bytes]:
    """The lines that begin within the first 64 kB; of a first line that is too long, its start.

    One that is longer than 64 kB (a picture, a long prompt) is whole.
    """
    found: list[bytes] = []
    # Where a packed file is broken off, the reading of its records will say so.
    with opened(path) as file, suppress(BrokenOffError):
        for line in split(file, chunk_bytes=HEAD_BYTES):
            if line.data.strip() and (line.ended or not found):
                found.append(line.data)
            if line.offset + line.size >= HEAD_BYTES and found:
                break
    if not found:
        with opened(path) as file:
            found = [start] if (start := read(file, HEAD_BYTES)).strip() else []
    return found


def holds(path: Path, texts: Sequence[bytes]) -> bool:
    """Whether a file that can be read holds one of the texts."""
    longest = max(map(len, texts))
    before = b""
    try:
        with opened(path) as file:
            while chunk := read(file, CHUNK_BYTES):
                part = before + chunk
                if any(text in part for text in texts):
                    return True
                before = part[-longest:]
    except (OSError, BrokenOffError):
        return False
    return False


def lines(path: Path, *, offset: int = 0) -> Iterator[Line]:
    """The lines from byte `offset` on. Raises `BrokenOffError` where a damaged file ends."""
    with opened(path) as file:
        number = 0
        if offset:
            file.seek(offset - 1)
            number = 0 if read(file, 1) == b"\n" else -1
        yield from split(file, offset=offset, number=number)


def split(
    file: BinaryIO,
    *,
    offset: int = 0,
    number: int = 0,
    chunk_bytes: int = CHUNK_BYTES,
    longest: int = MAX_LINE_BYTES,
) -> Iterator[Line]:
    """The lines of an open file that stands at byte `offset`, behind line `number`."""
    kept: list[bytes] = []
    size = 0
    while chunk := read(file, chunk_bytes):
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            number += 1
            if size:
                kept.append(piece)
                size += len(piece)
                data = b"".join(kept) if size <= longest else b""
                yield Line(number, offset, data, size, ended=True)
                offset += size + 1
                kept, size = [], 0
            else:
                yield Line(number, offset, piece, len(piece), ended=True)
                offset += len(piece) + 1
        size += len(rest)
        if size > longest:
            kept.clear()
        elif rest:
            kept.append(rest)
    if size:
        data = b"".join(kept) if size <= longest else b""
        yield Line(number + 1, offset, data, size, ended=False)


def read_some(file: BinaryIO) -> bytes:
    """What comes next, up to 1 MB; empty at the end. Raises `BrokenOffError`."""
    return read(file, CHUNK_BYTES)


def read_up_to(file: BinaryIO, size: int) -> bytes:
    """The next `size` bytes, fewer at the end. Raises `BrokenOffError`."""
    parts: list[bytes] = []
    while size > 0 and (part := read(file, min(size, CHUNK_BYTES))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
