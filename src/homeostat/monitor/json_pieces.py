"""JSON cut into its members and elements, as bytes.

Nothing is built of it, so that neither its depth nor its length costs memory.
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import msgspec

from homeostat.model.errors import SourceError
from homeostat.monitor.lines import MAX_LINE_BYTES, read_some
from homeostat.monitor.packed import BrokenOffError

_WHITE = re.compile(rb"[ \t\r\n]*+")
_SCALAR = re.compile(rb'[^\s,:"{}\[\]]*+')
_IN_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+', re.DOTALL)
"""Up to a bracket, a text that does not end here, or the end of what is there."""
_TOKEN = re.compile(
    rb'[^"{}\[\]]*+(?:"(?P<text>[^"\\]*+(?:\\.[^"\\]*+)*+)"(?P<colon>[ \t\r\n]*+:)?'
    rb"|(?P<bracket>[{}\[\]]))",
    re.DOTALL,
)

_OPEN, _CLOSED = frozenset({b"{", b"["}), frozenset({b"}", b"]"})


class Piece(msgspec.Struct, frozen=True):
    name: str
    """Of the member; empty for an element of a list at the top."""
    data: bytes
    """Empty when it was too long."""
    size: int
    is_element: bool
    """Whether it is one element of that member, or all of it."""


def pieces(
    file: BinaryIO, split: Sequence[str], *, longest: int = MAX_LINE_BYTES
) -> Iterator[Piece]:
    """The members of an object, in their order; of those in `split` that are lists, the elements.

    Of a list at the top its elements. They are not looked into: what stands between two brackets
    may be damaged. Raises `SourceError` for what is no JSON, `BrokenOffError` where the document
    cannot be read further.
    """
    text = _Text(file, longest)
    start = text.peek()
    if start not in (b"{", b"["):
        raise SourceError("no JSON: it begins with neither { nor [", next_step="")
    yield from text.elements("") if start == b"[" else text.members(split)
    if text.peek():
        raise broken_off("something follows on it")


def broken_off(why: str) -> BrokenOffError:
    return BrokenOffError(f"the document is cut off or damaged ({why})", next_step="")


class _Text:
    """A document that is read from its beginning to its end, once."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        self._file = file
        self._longest = longest
        self._data = read_some(file).removeprefix(b"\xef\xbb\xbf")
        self._at = 0
        self._mark = -1
        """Where in `_data` what is kept begins; -1: nothing is."""
        self._kept: list[bytes] = []
        self._size = 0

    def members(self, split: Sequence[str]) -> Iterator[Piece]:
        self._at += 1
        if self._ends(b"}"):
            return
        while True:
            if self.peek() != b'"':
                raise broken_off("a name is missing")
            name = _name(self._value()[0])
            if self.peek() != b":":
                raise broken_off("a colon is missing")
            self._at += 1
            if name in split and self.peek() == b"[":
                yield from self.elements(name)
            else:
                yield Piece(name, *self._value(), is_element=False)
            if self._is_last(b"}"):
                return

    def elements(self, name: str) -> Iterator[Piece]:
        self._at += 1
        if self._ends(b"]"):
            return
        while True:
            yield Piece(name, *self._value(), is_element=True)
            if self._is_last(b"]"):
                return

    def peek(self) -> bytes:
        """The next byte that is no white space; empty at the end."""
        while True:
            self._at = self._end_of(_WHITE)
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._more():
                return b""

    def _ends(self, bracket: bytes) -> bool:
        found = self.peek() == bracket
        self._at += found
        return found

    def _is_last(self, bracket: bytes) -> bool:
        found = self.peek()
        if found not in (bracket, b","):
            raise broken_off("a comma is missing" if found else "it ends too early")
        self._at += 1
        return found == bracket

    def _value(self) -> tuple[bytes, int]:
        """One value, and its size; without the value when it is too long."""
        start = self.peek()
        self._mark, self._size, self._kept = self._at, 0, []
        if start == b'"':
            self._at += 1
            self._pass_text()
        elif start in (b"{", b"["):
            self._pass_brackets()
        else:
            self._pass_scalar()
        self._keep()
        self._mark = -1
        return b"".join(self._kept), self._size

    def _pass_text(self) -> None:
        """Behind the quote that ends a text."""
        while True:
            self._at = self._end_of(_IN_TEXT)
            if self._data[self._at : self._at + 1] == b'"':
                self._at += 1
                return
            self._need_more()

    def _pass_brackets(self) -> None:
        """Behind the bracket that closes the next one; which kind it is the decoder will say."""
        depth, data, at = 0, self._data, self._at
        to_bracket = _TO_BRACKET.match
        while True:
            at = to_bracket(data, at).end()  # type: ignore[union-attr]  # it matches everywhere
            found = data[at : at + 1]
            if found in _OPEN:
                depth += 1
                at += 1
            elif found in _CLOSED:
                depth -= 1
                at += 1
                if not depth:
                    self._at = at
                    return
            else:
                self._at = at + len(found)
                if found:
                    self._pass_text()
                else:
                    self._need_more()
                data, at = self._data, self._at

    def _pass_scalar(self) -> None:
        while (end := self._end_of(_SCALAR)) == len(self._data):
            self._at = end
            if not self._more():
                return
        if end + self._size == self._mark:
            raise broken_off("a value is missing")
        self._at = end

    def _end_of(self, pattern: re.Pattern[bytes]) -> int:
        found = pattern.match(self._data, self._at)
        return found.end() if found else self._at

    def _need_more(self) -> None:
        if not self._more():
            raise broken_off("it ends too early")

    def _more(self) -> bool:
        self._keep()
        left = self._data[self._at :]  # the half of an escape, at most
        data = read_some(self._file)
        self._data, self._at = left + data, 0
        return bool(data)

    def _keep(self) -> None:
        if self._mark < 0:
            return
        self._size += self._at - self._mark
        if self._size > self._longest:
            self._kept.clear()
        else:
            self._kept.append(self._data[self._mark : self._at])
        self._mark = 0


def _name(text: bytes) -> str:
    try:
        return msgspec.json.decode(text, type=str)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return text[1:-1].decode("utf-8", "replace")


def names(start: bytes, *, deepest: int) -> frozenset[str]:
    """The members within the beginning of a document, by their places: `info.id`, `runs.item.n`.

    Those within `deepest` others are not told. Empty for several objects behind one another.
    """
    found = set[str]()
    around: list[str | None] = []
    """The place of each open bracket; `None` where it is too deep to be told."""
    value: str | None = ""
    in_list: list[bool] = []
    at = 0
    while match := _TOKEN.match(start, at):
        at = match.end()
        bracket = match["bracket"]
        if bracket is None:
            if match["colon"] and around and not in_list[-1]:
                value = _below(around[-1], _name(b'"%s"' % match["text"]), deepest)
                found |= {value} if value is not None else set()
        elif bracket in b"{[":
            if around and in_list[-1]:
                value = _below(around[-1], "item", deepest)
                found |= {value} if value is not None and bracket == b"{" else set()
            around.append(value)
            in_list.append(bracket == b"[")
        else:
            if not around:
                break
            around.pop()
            was_list = in_list.pop()
            if not around:
                return frozenset(found) if was_list or b"{" not in start[at:] else frozenset()
    return frozenset(found)


def _below(place: str | None, name: str, deepest: int) -> str | None:
    if place is None or place.count(".") >= deepest:
        return None
    return f"{place}.{name}" if place else name
