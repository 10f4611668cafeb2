"""JSON documents as records: one, or one for each element of the lists that make them long."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import msgspec

from homeostat.model.errors import SourceError
from homeostat.model.ports import UnreadableLineError
from homeostat.monitor.json_lines import DAMAGED, repaired
from homeostat.monitor.lines import HEAD_BYTES, BrokenOffError, Line, opened, read_up_to

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
    start = start.decode("utf-8", "replace").encode()
    return _keys(start) if start[:1] in (b"{", b"[") else frozenset()


@lru_cache(maxsize=2)
def _keys(start: bytes) -> frozenset[str]:
    ijson = _ijson()
    found: set[str] = set()
    try:
        for prefix, event, value in ijson.parse(start, use_float=True):
            if event == "map_key" and prefix.count(".") < DEEPEST:
                found.add(f"{prefix}.{value}" if prefix else str(value))
            elif prefix.endswith("item") and event == "start_map":
                found.add(prefix)
    except (ijson.JSONError, ValueError) as error:
        # Cut off after 64 kB, most often.
        return frozenset() if "trailing garbage" in str(error) else frozenset(found)
    return frozenset(found)


def _ijson() -> Any:
    import ijson  # type: ignore[import-untyped]  # noqa: PLC0415  # 50 ms that only imports need

    return ijson


def records(path: Path, split: Sequence[str]) -> Iterator[Line]:
    """The records of one document, as `Document` tells. Numbers begin at 1.

    Raises `SourceError` for what is no JSON, `BrokenOffError` behind the last element that can be
    read of a document that is cut off or damaged.
    """
    with opened(path) as file:
        data = read_up_to(file, WHOLE_BYTES + 1)
    parts = _streamed(path, split) if len(data) > WHOLE_BYTES else _whole(path, data, split)
    for number, part in enumerate(parts, start=1):
        yield Line(number, number - 1, part, len(part), ended=True)


def _whole(path: Path, data: bytes, split: Sequence[str]) -> Iterator[bytes]:
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


def _streamed(path: Path, split: Sequence[str]) -> Iterator[bytes]:
    """Twice through the file: first what stands around the lists, then their elements."""
    ijson = _ijson()
    failures = (ijson.JSONError, UnicodeDecodeError, ValueError)
    frame, is_list, broken = _frame(path, split)
    if not is_list:
        if broken and not frame:
            raise SourceError(f"no JSON: {broken}", next_step="")
        yield _encode(frame)
    for name in [""] if is_list else split:
        with opened(path) as file:
            try:
                place = f"{name}.item" if name else "item"
                for item in ijson.items(file, place, use_float=True):
                    yield _one(name, _encode(item)) if name else _encode(item)
            except failures as error:
                raise BrokenOffError(_damage(error), next_step="") from error
    if broken:
        raise BrokenOffError(broken, next_step="")


def _frame(path: Path, split: Sequence[str]) -> tuple[dict[str, Any], bool, str]:
    """The document without the lists that are split; whether it is one list; what is broken."""
    ijson = _ijson()
    lists = tuple(f"{name}.item" for name in split)
    built, key = ijson.ObjectBuilder(), ""
    with opened(path) as file:
        try:
            for prefix, event, value in ijson.parse(file, use_float=True):
                if not prefix and event == "start_array":
                    return {}, True, ""
                if not prefix and event == "map_key":
                    key = value
                if not (key in split and prefix.startswith(lists)):
                    built.event(event, value)
        except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
            return _around(built, split), False, _damage(error)
    return _around(built, split), False, ""


def _around(built: Any, split: Sequence[str]) -> dict[str, Any]:
    """Without the lists, of which only the empty shell was built."""
    found = getattr(built, "value", None)
    known = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return {name: value for name, value in known.items() if not (name in split and value == [])}


def _damage(error: Exception) -> str:
    return f"the document is cut off or damaged ({str(error).strip().splitlines()[0]})"
