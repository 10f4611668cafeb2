"""A text as redaction searches it, and what it finds there."""

import msgspec


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
