"""Secrets in columns that the head of a table names: Markdown, what databases print, CSV."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from homeostat.analyze.redact_names import ANCHORS, Says, says
from homeostat.analyze.redact_spans import Span
from homeostat.analyze.redact_values import is_code, is_long_hex, is_mixed, is_passphrase, is_random

GOES_ON = re.compile(
    r"""[ \w"'*`]{0,24}+(?:\([\w ]{1,24}\)[ "'*`]{0,4})?(?:\\["'])?"""
    r"""(?:[|│┃\t]|[,;](?=["\w\\])|[\r\n\\]|$)"""
)
"""What may follow a name in the head of a table; `a, b` and `f(a);` are a program's."""
_MARKS = frozenset("|│┃\t,;")
_RULE = re.compile(r"(?=.{0,8}[-=─━═])[\s|:+=\-─━═│┃┼├┤┬┴╇╪┡┩╞╡]{2,}")
_BAR = re.compile(r"[|│┃]")
_CELL = re.compile(r"[|│┃,;\t]")
_TITLE = re.compile(r"""(?:\\?["'])?[A-Za-z_#][\w .#-]{0,40}(?:\\?["'])?""")
_FIELD = {
    mark: re.compile(rf"""(?:\\?"[^"\n]{{0,512}}"|[^{mark}"\n]{{0,512}})(?={mark}|$)""")
    for mark in (",", ";", "\t")
}
_AROUND = " \t\"'`*\\"
_LONGEST_TITLE = 40
_LONGEST_HEAD = 1_000
_LONGEST_ROW = 4_096
_FEWEST_FIELDS = 2


class _Line(msgspec.Struct, frozen=True):
    start: int
    end: int
    next: int
    """Where the line below begins; the end of the text if there is none."""


def below(text: str, at: int, goes_on: re.Match[str]) -> tuple[Span, ...]:
    """What stands in telling columns, if the name at `at` is in the head of a table.

    A row is looked at for one head only, so that many heads cost no more than one.
    """
    is_last = goes_on[0][-1:] not in _MARKS
    if is_last and _MARKS.isdisjoint(text[max(0, at - _LONGEST_TITLE) : at]):
        return ()  # as most names at the end of a line
    head = _line_around(text, at)
    line = text[head.start : head.end]
    if len(line) > _LONGEST_HEAD or any(map(_is_found, _CELL.split(text[head.start : at])[:-1])):
        return ()  # the first name speaks for its whole head
    if _BAR.search(line):
        return tuple(_ruled(text, head))
    marks = (mark for mark in _FIELD if mark in line)
    return tuple(_separated(text, head, mark)) if (mark := next(marks, "")) else ()


def _ruled(text: str, head: _Line) -> Iterator[Span]:
    """A head, a rule, and rows of cells between bars, to the next rule."""
    rule = _line_at(text, head.next)
    if not _RULE.fullmatch(text, rule.start, rule.end):
        return
    kinds = [_kind(title) for title in _BAR.split(text[head.start : head.end])]
    row = _line_at(text, rule.next)
    while any(kinds) and not _RULE.fullmatch(text, row.start, row.end):
        cells = _BAR.split(text[row.start : row.end])
        if len(cells) < _FEWEST_FIELDS:
            return
        yield from _telling(kinds, cells, row.start)
        row = _line_at(text, row.next)


def _separated(text: str, head: _Line, mark: str) -> Iterator[Span]:
    """A line of names, and rows of as many fields."""
    titles = _fields(text[head.start : head.end], mark)
    if len(titles) < _FEWEST_FIELDS or not all(map(_TITLE.fullmatch, titles)):
        return
    above = _line_around(text, head.start - 1) if head.start else head
    if head.start and len(_fields(text[above.start : above.end], mark)) == len(titles):
        return  # a row itself
    kinds = [_kind(title) for title in titles]
    row = _line_at(text, head.next)
    while len(cells := _fields(text[row.start : row.end], mark)) == len(titles):
        yield from _telling(kinds, cells, row.start)
        row = _line_at(text, row.next)


def _is_found(title: str) -> bool:
    """Whether a text is searched for this name too."""
    lower = title.lower()
    return any(anchor in lower for anchor in ANCHORS) and _kind(title) is not Says.NOTHING


def _kind(title: str) -> Says:
    name = title.strip(_AROUND)
    return Says.NOTHING if name.lower() == "pass" else says(name.replace(" ", "_"))


def _telling(kinds: Sequence[Says], cells: Sequence[str], at: int) -> Iterator[Span]:
    """The secrets of a row that begins at `at`; one character stands between two cells."""
    for kind, cell in zip(kinds, cells, strict=False):
        if kind and _is_secret(kind, value := cell.strip(_AROUND)):
            start = at + cell.index(value)
            yield Span(start, start + len(value), kind.value)
        at += len(cell) + 1


def _is_secret(kind: Says, value: str) -> bool:
    if kind is Says.PASSWORD:
        is_call = value.endswith(")") and is_code(value)
        return is_passphrase(value) or (is_mixed(value) and not is_call)
    return kind is Says.SECRET and (is_random(value) or is_long_hex(value))


def _fields(line: str, mark: str) -> list[str]:
    if '"' not in line:
        return line.split(mark)
    fields: list[str] = []
    at = 0
    while found := _FIELD[mark].match(line, at):
        fields.append(found[0])
        if found.end() == len(line):
            return fields
        at = found.end() + 1
    return []


def _line_around(text: str, at: int) -> _Line:
    lowest = max(0, at - _LONGEST_HEAD - 1)
    escaped = text.rfind("\\n", lowest, at)
    start = max(text.rfind("\n", lowest, at) + 1, escaped + 2 if escaped >= 0 else 0, lowest)
    return _line_at(text, start)


def _line_at(text: str, start: int) -> _Line:
    """The line that begins at `start`, as far as a row may reach."""
    limit = min(len(text), start + _LONGEST_ROW)
    end = text.find("\n", start, limit)
    escaped = text.find("\\n", start, limit if end < 0 else end)  # as JSON writes it
    if escaped >= 0:
        return _Line(start, escaped - 2 * text.endswith("\\r", start, escaped), escaped + 2)
    if end >= 0:
        return _Line(start, end - text.endswith("\r", start, end), end + 1)
    return _Line(start, limit, len(text))
