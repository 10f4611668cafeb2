"""JSON objects of one line, also where it is not quite JSON: glued objects, bad UTF-8, NaN."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any, TypeAlias, TypeVar, cast

import msgspec

from homeostat.model.files import unpacked
from homeostat.model.ports import UnreadableLineError

DAMAGED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding a line, or a part of it, raises when the line is not as it should be."""
Figure: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A number that a client counted: beyond what JSON holds exactly it is damage, and a store has
64 bits."""
Grade: TypeAlias = Annotated[float, msgspec.Meta(ge=-(2**53), le=2**53)]
Milliseconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=2**53)]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=2**43)]
Dollars: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Lost: TypeAlias = Counter[str] | None
"""Where a reader counts what could not be read, by what it is."""
MOST_BAD_FIELDS = 20
"""Of one record; with more it is something else."""
_ESSENTIAL = frozenset({"type", "message", "payload", "is_error", "isError", "success"})
"""Without them a record is another: what says how a call came out is not left out and then
taken for a success."""
_FIELD = re.compile(r"at `\$\.(\w{1,60})`$")
_T = TypeVar("_T")
_decoder = json.JSONDecoder(parse_constant=lambda _: None)
_encode = msgspec.json.Encoder().encode


def repaired(line: bytes, error: Exception, lost: Lost = None) -> Iterator[bytes]:
    """The objects of a line that could not be decoded (`error` says why), each as clean JSON.

    Two objects glued together come one after the other. Bytes that are no UTF-8 and lone
    surrogates become U+FFFD, NaN and Infinity null; a single field that cannot be read (a time
    that is none) is dropped, and counted in `lost`. Raises `UnreadableLineError`.
    """
    drop = _bad_field(error)
    if isinstance(error, msgspec.ValidationError) and not drop:
        raise UnreadableLineError(f"not of the expected shape: {error}") from error
    # Null is as good as nothing: many a client writes it where it has no value.
    if lost is not None and drop and "got `null`" not in str(error):
        lost[f"unreadable {drop}"] += 1
    for value in _objects(line):
        if drop and isinstance(value, dict):
            cast("dict[str, object]", value).pop(drop, None)
        yield _clean(value)


def _bad_field(error: Exception) -> str:
    """The one that does not fit, where the record can be read without it."""
    found = _FIELD.search(str(error)) if isinstance(error, msgspec.ValidationError) else None
    return "" if found is None or found[1] in _ESSENTIAL else found[1]


def each_object(data: bytes, decoder: msgspec.json.Decoder[_T], lost: Lost = None) -> Iterator[_T]:
    """The record decoded; several where objects are glued together. A field that cannot be read
    is as if it were not there, and counted in `lost`. Raises `UnreadableLineError`."""
    try:
        yield _decoded(data, decoder)
    except DAMAGED as error:
        for item in repaired(data, error, lost):
            yield _mended(item, decoder, lost)


def _decoded(data: bytes, decoder: msgspec.json.Decoder[_T]) -> _T:
    """Figures and truth values that came as texts (`"12"`, `"true"`) are read as what they are."""
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        lenient: msgspec.json.Decoder[_T] = _lenient(decoder)
        try:
            return lenient.decode(data)
        except msgspec.MsgspecError:
            raise
        # Of a text with hundreds of digits; of a number that as a time is after the year 9999.
        except (OverflowError, ValueError):
            raise error from None


@lru_cache(maxsize=256)
def _lenient(decoder: msgspec.json.Decoder[_T]) -> msgspec.json.Decoder[_T]:
    return msgspec.json.Decoder(decoder.type, strict=False)


def _mended(item: bytes, decoder: msgspec.json.Decoder[_T], lost: Lost) -> _T:
    """One object, without the fields that cannot be read."""
    for _ in range(MOST_BAD_FIELDS):
        try:
            return _decoded(item, decoder)
        except DAMAGED as error:
            (item,) = repaired(item, error, lost)
    raise UnreadableLineError("not of the expected shape: too many fields cannot be read")


def piece(raw: msgspec.Raw | bytes, decoder: msgspec.json.Decoder[_T], lost: Lost = None) -> _T:
    """One part of a record, without the fields that cannot be read: they are counted in `lost`.

    Raises `UnreadableLineError`.
    """
    try:
        return decoder.decode(raw)
    except DAMAGED:
        found = next(each_object(bytes(raw), decoder, lost), None)
    if found is None:
        raise UnreadableLineError("a part of it is empty")
    return found


def maybe(
    raw: msgspec.Raw | bytes,
    decoder: msgspec.json.Decoder[_T],
    lost: Lost = None,
    *,
    name: str = "",
) -> _T | None:
    """The same; `None` for what is not there, or cannot be read: nothing else hangs on it.

    What cannot be read is counted by its `name`.
    """
    data = bytes(raw)
    if data in (b"null", b""):
        return None
    try:
        return piece(data, decoder, lost)
    except UnreadableLineError:
        if lost is not None and name:
            lost[f"unreadable {name}"] += 1
        return None


def each_member(
    raw: msgspec.Raw | bytes,
    decoder: msgspec.json.Decoder[_T],
    lost: Lost = None,
    *,
    name: str = "",
) -> dict[str, _T]:
    """The members of an object, without those that cannot be read; empty for what is none.

    Each of those, and what is no object, is counted by `name`.
    """
    found = maybe(raw, _raw_members, lost, name=name) or {}
    read = ((key, maybe(member_, decoder, lost, name=name)) for key, member_ in found.items())
    return {key: value for key, value in read if value is not None}


_raw_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def text_of(content: msgspec.Raw | bytes, lost: Lost = None) -> str:
    """The words of a message: a text, or a list of texts and of parts that may have a `text`.

    What is none of these is counted in `lost`.
    """
    try:
        found = _content(content)
    except DAMAGED:
        return "\n".join(filter(None, map(_words, _parts(content, lost))))
    if isinstance(found, str):
        return found
    parts = (part if isinstance(part, str) else part.text for part in found or ())
    return "\n".join(part for part in parts if part)


def _parts(content: msgspec.Raw | bytes, lost: Lost) -> list[msgspec.Raw]:
    """Those that may have words."""
    try:
        every = _elements(content)
    except DAMAGED:
        every = [msgspec.Raw(b"0")]
    found = [part for part in every if bytes(part)[:1] in (b'"', b"{", b"n")]
    if lost is not None and len(found) < len(every):
        lost["unreadable content"] += 1
    return found


def _words(part: msgspec.Raw) -> str:
    """Of one part; some have theirs one level further down."""
    try:
        found = _odd_part(part)
    except DAMAGED:
        return ""
    if isinstance(found, str):
        return found
    return member(part, "text") or member(found.content, "text")


def written(raw: msgspec.Raw) -> str:
    """A value as JSON text; one that came as a text is that text (it most often holds JSON)."""
    data = bytes(raw)
    if data == b"null":
        return ""
    try:
        return _text(data)
    except DAMAGED:
        return data.decode("utf-8", "replace")


_text = msgspec.json.Decoder(str).decode


def stem(path: str) -> str:
    """The name of a file without what says how it is packed and written."""
    name = unpacked(path.rpartition("/")[2])
    return name.rpartition(".")[0] or name


def member(arguments: msgspec.Raw | str, *names: str) -> str:
    """Of a call's arguments: the first of these members that is a text; empty if there is none."""
    try:
        given = _arguments(arguments)
    except DAMAGED:
        return ""
    found = (given.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text), "")


_arguments = msgspec.json.Decoder(dict[str, Any]).decode


class _Part(msgspec.Struct, gc=False):
    text: str = ""


class _OddPart(msgspec.Struct, gc=False):
    content: msgspec.Raw = msgspec.Raw(b"null")


_content = msgspec.json.Decoder(str | list[str | _Part] | None).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_odd_part = msgspec.json.Decoder(str | _OddPart).decode


def first_object(line: bytes) -> bytes:
    """The first object of a line that may be glued or damaged; the line itself if there is none."""
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except DAMAGED:
        pass
    else:
        return line
    try:
        return _clean(next(_objects(line)))
    except (UnreadableLineError, StopIteration):
        return line


def _objects(line: bytes) -> Iterator[Any]:
    text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
    position, found = 0, 0
    while position < len(text):
        try:
            value, position = _decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as failure:
            what = "text after the first JSON object is no JSON" if found else "no JSON"
            raise UnreadableLineError(_damage(what, line, failure)) from failure
        found += 1
        yield value
        while position < len(text) and text[position].isspace():
            position += 1


def _clean(value: Any) -> bytes:
    try:
        return _encode(value)
    except (UnicodeEncodeError, RecursionError):
        text = json.dumps(value, ensure_ascii=False)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _damage(what: str, line: bytes, failure: Exception) -> str:
    if isinstance(failure, RecursionError):
        return "nested too deeply"
    if b"\x00" in line[:64]:
        return f"{what}: binary data"
    return f"{what}: {failure}"
