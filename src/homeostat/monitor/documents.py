"""JSON documents as records: one, or one for each element of the lists that make them long."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from homeostat.model.ports import UnreadableLineError
from homeostat.monitor.json_lines import DAMAGED, repaired
from homeostat.monitor.json_pieces import names, pieces
from homeostat.monitor.lines import (
    HEAD_BYTES,
    MAX_LINE_BYTES,
    Line,
    read_up_to,
)
from homeostat.monitor.packed import BrokenOffError, opened

WHOLE_BYTES = 32 << 20
"""A longer document is read in pieces: slower, in constant memory."""
DEEPEST = 4
_objects = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_lists = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def keys(head: Sequence[bytes]) -> frozenset[str]:
    """The members within a file's beginning: `info`, `info.id`, `messages.item.role`, ...

    Elements of a list are called `item`; a list at the top gives `item` and what is in it.
    Empty for what is no JSON, and for a file of several JSON values (JSON Lines).
    """
    start = b"\n".join(head)[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    return _keys(start) if start[:1] in (b"{", b"[") else frozenset()


@lru_cache(maxsize=2)
def _keys(start: bytes) -> frozenset[str]:
    return names(start, deepest=DEEPEST)


def records(path: Path, split: Sequence[str]) -> Iterator[Line]:
    """The records of one document, as `Document` tells. Numbers begin at 1.

    Raises `SourceError` for what is no JSON, `BrokenOffError` behind the last element that can be
    read of a document that is cut off or damaged. One that is too long, or holds too much around
    its lists, gives an empty line of its size.
    """
    for number, part in enumerate(_read(path, split), start=1):
        size = part if isinstance(part, int) else len(part)
        yield Line(number, number - 1, b"" if isinstance(part, int) else part, size, ended=True)


def _read(path: Path, split: Sequence[str]) -> Iterator[bytes | int]:
    """Each record, or how long it is where it is too long."""
    with opened(path) as file:
        try:
            data = read_up_to(file, WHOLE_BYTES + 1)
        except BrokenOffError:
            return _streamed(path, split)
    if len(data) > WHOLE_BYTES:
        return _streamed(path, split)
    try:
        return iter(_parts(data, split))
    except DAMAGED as error:
        try:
            (clean,) = repaired(data, error)
        except (UnreadableLineError, ValueError):
            return _streamed(path, split)
        return iter(_parts(clean, split))


def _parts(data: bytes, split: Sequence[str]) -> list[bytes]:
    """Raises what `DAMAGED` names for what is not sound JSON throughout."""
    if data.lstrip()[:1] == b"[":
        return [bytes(item) for item in _lists(data)]
    if not split:
        _objects(data)
        return [data]
    frame = _objects(data)
    found: list[bytes] = []
    for name in split:
        if (raw := frame.get(name)) is not None and bytes(raw)[:1] == b"[":
            found += [_one(name, bytes(item)) for item in _lists(raw)]
            del frame[name]
    return [_encode(frame), *found]


def _one(name: str, item: bytes) -> bytes:
    return b"{%s:%s}" % (_encode(name), item)


def _streamed(path: Path, split: Sequence[str]) -> Iterator[bytes | int]:
    """Twice through the file: first what stands around the lists, then their elements."""
    yield from _around(path, split)
    with opened(path) as file:
        for piece in pieces(file, split):
            if not piece.is_element:
                continue
            if piece.size > MAX_LINE_BYTES:
                yield piece.size
                continue
            item = _sound(piece.data)
            yield _one(piece.name, item) if piece.name else item


def _around(path: Path, split: Sequence[str]) -> Iterator[bytes | int]:
    """An object without the lists that are split, as far as it can be read."""
    found: list[bytes] = []
    too_long, size = 0, 0
    with opened(path) as file:
        try:
            for piece in pieces(file, split):
                if piece.is_element and not piece.name:
                    return
                if not piece.is_element:
                    size += piece.size
                    if size > MAX_LINE_BYTES:
                        too_long, size = too_long + piece.size, size - piece.size
                    else:
                        found.append(b"%s:%s" % (_encode(piece.name), _sound(piece.data)))
        except BrokenOffError:
            pass  # comes again where its elements end
    yield b"{%s}" % b",".join(found)
    if too_long:
        yield too_long


def _sound(data: bytes) -> bytes:
    """One value as clean JSON; as it is where it is beyond repair: its source will say so."""
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except DAMAGED as error:
        try:
            (clean,) = repaired(data, error)
        except (UnreadableLineError, ValueError):
            return data
        return clean
    return data
