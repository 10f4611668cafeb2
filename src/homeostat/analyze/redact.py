"""Takes secrets out of text before it is kept or shown, and says which kinds were there."""

import hashlib
import hmac
import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import cast

import msgspec

from homeostat.analyze.redact_foreign import LATIN, announced_elsewhere
from homeostat.analyze.redact_formats import may_hold_token, token_at, token_inside
from homeostat.analyze.redact_headers import in_query
from homeostat.analyze.redact_named import by_key, named
from homeostat.analyze.redact_names import ANCHORS, is_join_key
from homeostat.analyze.redact_places import PLACES, Finder
from homeostat.analyze.redact_spans import Span, Text, beside_escapes, prepared


class Leak(msgspec.Struct, frozen=True, order=True):
    """One secret that stood in a text: its type, and six hex digits that group equal ones."""

    type: str
    digest: str


class Redacted(msgspec.Struct, frozen=True):
    text: str
    found: tuple[Leak, ...]


class RedactedValue(msgspec.Struct, frozen=True):
    """A JSON-like value without its secrets; the very same object if it had none."""

    value: object
    found: tuple[Leak, ...]


_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,40}:[0-9a-f]{6}\]")
_FINDERS: tuple[tuple[str, Finder], ...] = (*((name, named) for name in ANCHORS), *PLACES)
_AS_WRITTEN: tuple[tuple[str, Finder], ...] = (
    ("?", in_query),
    ("&", in_query),
    ("_PAT", named),  # in small letters it is a pattern
)
"""Looked for in the text itself: without capitals "?" is any foreign character."""
_RUN = "x" * 20
_LEAST_TOKEN = 20
_MOST_CANDIDATES = 4096
_DEEPEST = 64
_LONGEST_MARK = 60
_SHORT = 64
"""Keys, paths, flags and short commands: of 33,000 in real arguments 5,400 differ (2026-11-21)."""


class Redactor(msgspec.Struct, frozen=True):
    """Replaces each secret by `[redacted:TYPE:h]`; `h` depends on the secret and on the key.

    The same secret has the same mark everywhere, and nobody without the key can try out what
    stood there. Redacting twice changes nothing more.
    """

    key: bytes

    def redact(self, text: str) -> Redacted:
        """`text` without its secrets; the very same object, and `()`, if it has none.

        Linear in the length of the text. What follows the 4096th place of one kind that
        deserves a closer look (names with "key" in them, say) is cut off, not kept unread.
        """
        found: list[Leak] = []
        while spans := _spans_again(text) if len(text) <= _SHORT else _spans(text):
            text = self._marked(text, spans, found)
        return Redacted(text, tuple(found))

    def redact_json(self, value: object) -> RedactedValue:
        """Decoded JSON without its secrets; the key above a string tells what the string is.

        Ids that join events stay as they are. Below 64 levels everything is cut off.
        """
        found: list[Leak] = []
        return RedactedValue(self._walked(value, key="", depth=0, found=found), tuple(found))

    def _marked(self, text: str, spans: Sequence[Span], found: list[Leak]) -> str:
        parts: list[str] = []
        at = 0
        for span in spans:
            leak = self._leak(span.type, text[span.start : span.end])
            found.append(leak)
            parts += text[at : span.start], f"[redacted:{leak.type}:{leak.digest}]"
            at = span.end
        parts.append(text[at:])
        return "".join(parts)

    def _leak(self, kind: str, secret: str) -> Leak:
        data = secret.encode("utf-8", "surrogatepass")
        return Leak(kind, hmac.new(self.key, data, hashlib.sha256).hexdigest()[:6])

    def _walked(self, value: object, *, key: str, depth: int, found: list[Leak]) -> object:
        if isinstance(value, str):
            return self._string(value, key, found)
        if not isinstance(value, Mapping | list | tuple):
            return value
        if depth > _DEEPEST:
            return "[cut:depth]"
        if isinstance(value, Mapping):
            mapping = cast("Mapping[object, object]", value)
            return self._mapping(mapping, depth=depth, found=found)
        items = cast("Sequence[object]", value)
        walked = [self._walked(item, key=key, depth=depth + 1, found=found) for item in items]
        return items if all(map(operator.is_, walked, items)) else walked

    def _mapping(
        self, value: Mapping[object, object], *, depth: int, found: list[Leak]
    ) -> Mapping[object, object]:
        # {"name": "DB_PASSWORD", "value": "..."}: there the name is the key.
        name = self._telling(value.get("name")) if "value" in value else ""
        walked: dict[object, object] = {}
        for key, inner in value.items():
            new_key = self._string(key, "", found) if isinstance(key, str) else key
            told = "" if not isinstance(new_key, str) or "[redacted:" in new_key else new_key
            telling = name if name and key == "value" else told
            walked[new_key] = self._walked(inner, key=telling, depth=depth + 1, found=found)
        pairs = zip(walked.items(), value.items(), strict=False)
        same = len(walked) == len(value) and all(k is i and v is j for (k, v), (i, j) in pairs)
        return value if same else walked

    def _telling(self, name: object) -> str:
        """What a name may tell of its value; one that held a secret itself tells nothing."""
        if not isinstance(name, str) or "[redacted:" in name or self.redact(name).found:
            return ""
        return name

    def _string(self, text: str, key: str, found: list[Leak]) -> str:
        if key and is_join_key(key):
            return text
        if spans := by_key(key, text):
            text = self._marked(text, spans, found)
        redacted = self.redact(text)
        found += redacted.found
        return redacted.text


def redactor(key: bytes) -> Redactor:
    """A redactor whose marks depend on `key`, the secret of one installation."""
    return Redactor(key)


@lru_cache(maxsize=4096)
def _spans_again(text: str) -> tuple[Span, ...]:
    """The spans of a text that is likely to come again."""
    return tuple(_spans(text))


def _spans(text: str) -> list[Span]:
    """What to replace, in order, without overlaps and never inside a mark."""
    searched = prepared(text)
    if "[redacted:" in searched.lower:
        searched = _without_marks(searched)
    found = _by_format(searched)
    lower = searched.lower
    for anchor, find in _FINDERS:
        if (at := lower.find(anchor)) >= 0:
            found += _by_anchor(searched, lower, anchor, find, at)
    if not text.isascii():
        found += _foreign(searched)
    for mark, find in _AS_WRITTEN:
        if (at := text.find(mark)) >= 0:
            found += _by_anchor(searched, text, mark, find, at)
    if found and "\\" in text:
        found = [beside_escapes(text, span) for span in found]
    return _apart(text, sorted(found)) if found else []


def _foreign(text: Text) -> list[Span]:
    """What other languages announce, in texts that have letters of theirs."""
    found = announced_elsewhere(text.text)
    for word in LATIN:
        if (at := text.lower.find(word)) >= 0:
            found += _by_anchor(text, text.lower, word, named, at)
    return found


def _without_marks(text: Text) -> Text:
    """Marks of an earlier pass are neither names nor tokens."""

    def blank(mark: re.Match[str]) -> str:
        return " " * len(mark[0])

    lower = _MARK.sub(blank, text.lower)
    shape = list(text.shape)
    for mark in _MARK.finditer(text.text):
        start, end = mark.span()
        shape[start:end] = " " * (end - start)
    return Text(text.text, lower, "".join(shape))


def _by_format(text: Text) -> list[Span]:
    """The tokens of known formats: each begins a run of twenty characters or more."""
    found: list[Span] = []
    whole, find = text.text, text.shape.find
    start = find(_RUN)
    while start >= 0:
        end = find(" ", start)
        last = end if end > 0 else len(whole)
        if may_hold_token(whole, start, last) and (
            span := token_at(whole, start) or token_inside(whole, start, last - _LEAST_TOKEN)
        ):
            found.append(span)
        start = find(_RUN, end) if end > 0 else -1
    return found


def _by_anchor(text: Text, where: str, anchor: str, find: Finder, at: int) -> list[Span]:
    """What `find` says of each place of `anchor` from the first one, `at`, on."""
    found: list[Span] = []
    for _ in range(_MOST_CANDIDATES):
        if at < 0:
            return found
        after = at + len(anchor)
        if spans := find(text, at):
            found += spans
            after = max(after, spans[-1].end)
        at = where.find(anchor, after)
    if at >= 0:
        found.append(Span(at, len(text.text), "unread"))
    return found


def _apart(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans that overlap become one, of the first one's type; marks inside them stay."""
    result: list[Span] = []
    for span in spans:
        if result and span.start < result[-1].end:
            last = result[-1]
            result[-1] = Span(last.start, max(last.end, span.end), last.type)
        elif span.start < span.end:
            result.append(span)
    if "[redacted:" not in text:
        return result
    return [piece for span in result for piece in _around_marks(text, span)]


def _around_marks(text: str, span: Span) -> Iterator[Span]:
    """The parts of a span between the marks of an earlier pass, as far as they hold anything."""
    at = span.start
    window = max(0, at - _LONGEST_MARK), span.end + _LONGEST_MARK
    marks = [mark.span() for mark in _MARK.finditer(text, *window)]
    for start, end in (*marks, (span.end, span.end)):
        if end <= at or at >= span.end:
            continue
        stop = min(start, span.end)
        if any(map(str.isalnum, text[at:stop])):
            yield Span(at, stop, span.type)
        at = end
