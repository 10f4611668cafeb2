"""A text as redaction searches it, and what it finds there."""

import re

import msgspec

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[nrtbf/])")
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
_LONGEST_ESCAPE = 6


class Span(msgspec.Struct, frozen=True, order=True):
    """Characters `start` to `end` of a text are a secret of this type."""

    start: int
    end: int
    type: str


class Text(msgspec.Struct, frozen=True):
    """A text in the forms that are cheap to search, of the same length each."""

    text: str
    lower: str
    """ASCII only: other characters are question marks."""
    shape: str
    """`x` where a character may stand in a name or token, blank elsewhere."""


_TOKEN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~")
_SHAPE = bytes(ord("x") if code in _TOKEN else ord(" ") for code in range(256))


def prepared(text: str) -> Text:
    """ASCII is searched: its lower case never changes a length, and it is twice as fast."""
    raw = text.encode("ascii", "replace")
    lower = text.lower() if text.isascii() else raw.lower().decode("ascii")
    return Text(text, lower, raw.translate(_SHAPE).decode("ascii"))


def line_start(text: str, at: int, reach: int) -> int:
    """Where the line of `at` begins, or `reach` characters before."""
    lowest = max(0, at - reach)
    return max(text.rfind("\n", lowest, at) + 1, lowest)


def beside_escapes(text: str, span: Span) -> Span:
    """The span without parts of an escape, `\\u00e4` or `\\t`, so that JSON stays JSON."""
    start, end = span.start, span.end
    slash = text.rfind("\\", max(0, start - _LONGEST_ESCAPE + 1), start)
    if slash >= 0 and (escape := _ESCAPE.match(text, slash)):
        start = max(start, escape.end())
    cut = _CUT_ESCAPE.search(text, max(start, end - _LONGEST_ESCAPE), end)
    while cut and end < len(text):
        end = cut.start()
        cut = _CUT_ESCAPE.search(text, max(start, end - 1), end)
    return span if (start, end) == (span.start, span.end) else Span(start, end, span.type)
