"""Secrets in columns that the head of a table names: Markdown, what databases print, CSV."""

import re
from collections.abc import Iterator, Sequence

from homeostat.analyze.redact_lines import Line, Page, above, below, line_around, page_at
from homeostat.analyze.redact_names import ANCHORS, Says, says, words
from homeostat.analyze.redact_spans import Span
from homeostat.analyze.redact_values import (
    is_code,
    is_long_hex,
    is_mixed,
    is_passphrase,
    is_random,
    is_wordy,
)

GOES_ON = re.compile(
    r"""[ \w"'*`:?/]{0,32}+(?:\([\w ]{1,24}\)[ "'*`:?]{0,4})?(?:\\{1,7}["'])?"""
    r"""(?:(?P<mark>[|│┃\t]|[,;](?=[ ]?["\w\\])|\\{1,7}t)|[\r\n]|\\{1,7}[rn]|$)"""
)
"""What may follow a name in the head of a table; `f(a);` is a program's."""
_MARK_BEFORE = re.compile(r"[|│┃\t,;]|\\t")
_LISTING = frozenset(",;")
_AMONG_WORDS = re.compile(r"(?:[^,;>] |[(\[{.=*&])$")
_RULE = re.compile(r"[\s|:+│┃┼├┤┬┴╇╪┡┩╞╡┠┨┣┫]*+[-=─━═][\s|:+\-=─━═│┃┼├┤┬┴╇╪┡┩╞╡┠┨┣┫]+")
_BAR = re.compile(r"(?<!\\)[|│┃]")
_NAME = re.compile(r"[A-Za-z0-9_.~-]+")
_TITLE = re.compile(r"""(?:\\{0,7}["'])?[A-Za-z_#][\w ./#-]{0,40}[?:]?(?:\\{0,7}["'])?""")
_SPACED_TITLE = re.compile(r"[ ]?[A-Za-z_#][\w.#-]{0,40}")
_FIELD = {
    mark: re.compile(rf"""(?:[ ]?\\{{0,7}}"[^"\n]{{0,512}}"|[^{mark}"\n]{{0,512}})(?={mark}|$)""")
    for mark in (",", ";", "\t")
}
_OPENED = re.compile(r"""(?:[ \t"'`*]|\\{1,7}(?=["']))*""")
_AROUND = frozenset(" \t\"'`*")
_QUOTES = frozenset("\"'")
_AROUND_TITLE = " \t\"'`*\\:?"
_ESCAPED = re.compile(r"\\{1,7}(?:u([0-9a-fA-F]{4})|[nrtbf/])")
_LOCATED = re.compile(r"[\w./-]{1,200}\.[A-Za-z]{1,5}#\w{1,20}|[a-z][a-z.-]{0,60}:\d{1,5}")
_DATED = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?")
_CONSTANT = re.compile(r"[A-Z]{2,20}(?:_[A-Z]{2,20})*_\d{1,4}")
_NUMBERED = re.compile(r"(?<=[A-Za-z])\d{1,3}(?![A-Za-z0-9])")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_OF_TYPES = words(
    "aes argon ascii base bcrypt big blake cbc char chacha cp crypt des double ecdsa ed es float"
    " gcm hmac hs http id int iso kdf latin mb md nvarchar oauth pbkdf poly ps rs rsa saml scram"
    " scrypt sha ssha tls uint utf varchar windows yescrypt"
)
"""What names of types, encodings and algorithms are made of beside their numbers."""
_LONGEST_TITLE = 40
_LONGEST_HEAD = 1_000
_FEWEST_FIELDS = 2


def in_columns(text: str, at: int, goes_on: re.Match[str]) -> tuple[Span, ...]:
    """What stands in telling columns, if the name at `at` is in the head of a table.

    A row is looked at for one head only, so that many heads cost no more than one.
    """
    if not goes_on["mark"] and not _has_mark_before(text, at):
        return ()  # as most names at the end of a line
    is_spaced = goes_on["mark"] in _LISTING and text.startswith(" ", goes_on.end())
    if is_spaced and _AMONG_WORDS.search(text, max(0, at - 2), at):
        return ()  # a program's arguments
    page = page_at(text, at, goes_on.start())
    head = line_around(page, at) if page else None
    if page is None or head is None or head.end - head.start > _LONGEST_HEAD:
        return ()
    if _is_spoken_for(text, head.start, at):
        return ()
    line = text[head.start : head.end]
    if _BAR.search(line):
        return tuple(_ruled(page, head))
    tab = "\\" * page.slashes + "t"
    marks = (mark for mark in (*_FIELD, tab) if mark in line and (page.slashes or mark != tab))
    return tuple(_separated(page, head, mark)) if (mark := next(marks, "")) else ()


def _has_mark_before(text: str, at: int) -> bool:
    return _MARK_BEFORE.search(text, max(0, at - _LONGEST_TITLE), at + 1) is not None


def _is_spoken_for(text: str, start: int, at: int) -> bool:
    """Whether a telling name before this one leads to the same head."""
    for found in _NAME.finditer(text, start, at):
        name = found[0].rstrip(".~")
        lower = name.lower()
        if name == "pass" or not any(anchor in lower for anchor in ANCHORS) or not says(name):
            continue
        end = found.start() + len(name)
        on = GOES_ON.match(text, end) if end < at else None
        if on and (on["mark"] or _has_mark_before(text, found.start())):
            return True
    return False


def _ruled(page: Page, head: Line) -> Iterator[Span]:
    """A head, a rule, and rows of cells between bars: to the next rule, or all of a grid."""
    text, lines = page.text, below(page, head)
    rule = next(lines, None)
    if rule is None or not _is_rule(text, rule):
        return
    kinds = [_kind(title) for title in _BAR.split(text[head.start : head.end])]
    if not any(kinds):
        return
    is_grid = _begins_grid(page, head)
    for row in lines:
        if _is_rule(text, row):
            if is_grid:
                continue
            return
        cells = _BAR.split(text[row.start : row.end])
        if len(cells) < _FEWEST_FIELDS:
            return
        yield from _telling(kinds, cells, at=row.start, apart=1)


def _is_rule(text: str, line: Line) -> bool:
    return _RULE.fullmatch(text, line.start, line.end) is not None


def _begins_grid(page: Page, head: Line) -> bool:
    """Whether a rule stands above the head, and no row above that: what is below is its own."""
    border = above(page, head)
    if border is None or not _is_rule(page.text, border):
        return False
    before = above(page, border)
    if before is None:
        return border.end - border.whole <= _LONGEST_HEAD
    is_row = _BAR.search(page.text, before.start, before.end) or _is_rule(page.text, before)
    return not is_row


def _separated(page: Page, head: Line, mark: str) -> Iterator[Span]:
    """A line of names, and rows of as many fields."""
    text = page.text
    titles = _fields(text[head.start : head.end], mark)
    is_spaced = any(title.startswith(" ") for title in titles)
    title_ = _SPACED_TITLE if is_spaced else _TITLE
    if len(titles) < _FEWEST_FIELDS or not all(map(title_.fullmatch, titles)):
        return
    if is_spaced and not _are_spaced(titles):
        return
    before = above(page, head)
    if before and len(_fields(text[before.start : before.end], mark)) == len(titles):
        return  # a row itself
    kinds = [_kind(title) for title in titles]
    for row in below(page, head) if any(kinds) else ():
        cells = _fields(text[row.start : row.end], mark)
        if len(cells) != len(titles) or (is_spaced and not _are_spaced(cells)):
            return
        yield from _telling(kinds, cells, at=row.start, apart=len(mark))


def _are_spaced(fields: Sequence[str]) -> bool:
    """`a, b`: a blank before each but the first."""
    return not fields[0].startswith(" ") and all(field.startswith(" ") for field in fields[1:])


def _kind(title: str) -> Says:
    """The most that a title says: "Password / Token" is both."""
    kinds = [_kind_of(part.strip(_AROUND_TITLE)) for part in title.split("/")]
    return next((kind for kind in (Says.PASSWORD, Says.SECRET) if kind in kinds), Says.NOTHING)


def _kind_of(name: str) -> Says:
    return Says.NOTHING if name.lower() == "pass" else says(name.replace(" ", "_"))


def _telling(kinds: Sequence[Says], cells: Sequence[str], *, at: int, apart: int) -> Iterator[Span]:
    """The secrets of a row that begins at `at`; `apart` characters stand between two cells."""
    for kind, cell in zip(kinds, cells, strict=False):
        if kind:
            opened = _OPENED.match(cell)
            start = opened.end() if opened else 0
            end = _closed(cell, start)
            if start < end and _is_secret(kind, _ESCAPED.sub(_character, cell[start:end])):
                yield Span(at + start, at + end, kind.value)
        at += len(cell) + apart


def _closed(cell: str, start: int) -> int:
    """Where a value ends before blanks, marks and quotes; a backslash goes with its quote only."""
    end = len(cell)
    while end > start and cell[end - 1] in _AROUND:
        end -= 1
        if cell[end] in _QUOTES:
            end = max(start, len(cell[:end].rstrip("\\")))
    return end


def _character(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16)) if escaped[1] else ""


def _is_secret(kind: Says, value: str) -> bool:
    if kind is Says.PASSWORD:
        return is_passphrase(value) or (is_mixed(value) and not _is_reference(value))
    return kind is Says.SECRET and (is_random(value) or is_long_hex(value))


def _is_reference(value: str) -> bool:
    """Whether it says where something stands, when, of which type, or how to get it."""
    if value.endswith(")") and is_code(value):
        return True
    if any(found.fullmatch(value) for found in (_LOCATED, _DATED, _CONSTANT)):
        return True
    if "/" in value and is_wordy(_NUMBERED.sub("", value)):
        return True
    letters = _LETTERS.findall(value.lower())
    return bool(letters) and _OF_TYPES.issuperset(letters)


def _fields(line: str, mark: str) -> list[str]:
    if mark not in _FIELD:
        return re.split(rf"(?<!\\){re.escape(mark)}", line)
    if '"' not in line:
        return line.split(mark)
    fields: list[str] = []
    at = 0
    while found := _FIELD[mark].match(line, at):
        fields.append(found[0])
        if found.end() == len(line):
            return fields
        at = found.end() + 1
    return line.split(mark) if line.count('"') == 1 and line.endswith('"') else []
