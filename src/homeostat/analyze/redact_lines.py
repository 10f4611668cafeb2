"""The lines of a table, as a file has them, a program numbers or quotes them, JSON escapes them."""

import re
from collections.abc import Iterator

import msgspec

_BREAK = re.compile(r"(?<!\\)\\{1,15}n|\n")
_LEAD = re.compile(  # `cat -n`, `grep -n`, a quotation, a file's mark of its byte order
    r"(?:\ufeff|\\{1,7}ufeff)?"
    r"(?:[ ]{0,8}(?:[\w./-]{1,80}:)?\d{1,7}(?:[:\t→]|\\{1,7}(?:t|u2192))|(?:[ ]{0,3}>[ ]?){1,4})?"
)
_MARKS_OF_ORDER = ("\ufeff", "ufeff")
_STRADDLED = re.compile(r"u2192|ufeff|[nrt]")
_SPECIAL = re.compile(r"""\\\\*+["n]?|"|\n""")
_NEAR = 100
_LONGEST_HEAD = 1_000
_LONGEST_ROW = 4_096
_MOST_LONG = 16
"""Rows that are too long to be read and are passed over, so that many heads cost little more."""
_DEEPEST = 8


class Page(msgspec.Struct, frozen=True):
    """A text whose lines end with `\\n` behind `slashes` backslashes, or with a line feed."""

    text: str
    slashes: int


class Line(msgspec.Struct, frozen=True):
    whole: int
    """Where it begins, with the number or the quotation mark before it."""
    start: int
    end: int
    next: int
    """Where the line below begins; -1 if there is none."""
    led: bool
    """Whether a number or a quotation mark stands before it."""


class _End(msgspec.Struct, frozen=True):
    start: int
    length: int
    next: int
    """Where the line below begins; -1 if there is none."""


def page_at(text: str, at: int, end: int) -> Page | None:
    """How the line of a name between `at` and `end` ends, if a line follows."""
    found = _BREAK.search(text, end, end + _LONGEST_HEAD)
    if found is None:
        return None
    run = len(found[0]) - 1
    slashes = run & -run  # what is left are escaped backslashes before it
    if slashes > _DEEPEST:
        return None
    page = Page(text, slashes)
    ends = slashes and next(_ends(page, _past_escape(text, at), found.start()), None)
    return None if ends else page  # a string that ends before the line does


def line_around(page: Page, at: int, *, reach: int = _LONGEST_HEAD) -> Line:
    """The line of `at`: from the break before it, or the quote that opens the string, on."""
    text, at = page.text, _past_escape(page.text, at)
    start = _start(page, at, reach)
    lead = _LEAD.match(text, start)
    led = lead is not None and lead[0] != "" and not lead[0].endswith(_MARKS_OF_ORDER)
    return _line_at(page, start, led=led)


def _past_escape(text: str, at: int) -> int:
    """A name at `at` may begin with the letters of an escape before it: `\\npassword`."""
    found = _STRADDLED.match(text, at) if text[at - 1 : at] == "\\" else None
    return found.end() if found else at


def above(page: Page, line: Line) -> Line | None:
    """The line above, if the text or the string does not begin with this one."""
    text = page.text
    for end in ("\n", "\\" * page.slashes + "n") if page.slashes else ("\n",):
        if text.endswith(end, 0, line.whole):
            return line_around(page, line.whole - len(end), reach=_LONGEST_ROW)
    return None


def below(page: Page, line: Line) -> Iterator[Line]:
    """The lines below, led as this one is; a few that are too long are passed over."""
    passed, at = 0, line.next
    while at >= 0 and passed <= _MOST_LONG:
        row = _line_at(page, at, led=line.led)
        if line.led and row.start == row.whole:
            return
        if row.end - row.start > _LONGEST_ROW:
            passed += 1
        else:
            yield row
        at = row.next


def _line_at(page: Page, at: int, *, led: bool) -> Line:
    text = page.text
    if page.slashes:
        found = next(_ends(page, at, len(text)), None)
        end, following = (found.start, found.next) if found else (len(text), -1)
        end -= page.slashes + 1 if text.endswith("\\" * page.slashes + "r", at, end) else 0
    else:
        feed = text.find("\n", at)
        end = len(text) if feed < 0 else feed - text.endswith("\r", at, feed)
        following = feed + 1 if feed >= 0 else -1
    lead = _LEAD.match(text, at, end)
    start = lead.end() if lead and (led or lead[0].endswith(_MARKS_OF_ORDER)) else at
    return Line(at, start, end, following, led)


def _start(page: Page, at: int, reach: int) -> int:
    """Where the line of `at` begins, or as far before as may be read; most are near."""
    text = page.text
    lowest = max(0, at - reach - 1)
    feed = max(text.rfind("\n", lowest, at) + 1, lowest)
    if not page.slashes:
        return feed
    for start in (max(feed, at - _NEAR), feed):
        if ends := list(_ends(page, start, at)):
            return ends[-1].start + ends[-1].length
    return feed


def _ends(page: Page, start: int, stop: int) -> Iterator[_End]:
    """What ends lines of a string that is escaped: breaks, and the quote that closes it.

    A quote of a line's own has at least `slashes` backslashes, whole pairs of them left out.
    """
    one = page.slashes
    while start and page.text[start - 1] == "\\" and start < stop:
        start += 1  # in the middle of a run
    for found in _SPECIAL.finditer(page.text, start, stop):
        kind, length = found[0][-1], len(found[0])
        over = (length - 1) % (2 * one)
        if kind == "\n":
            yield _End(found.start(), length, found.end())
        elif kind == "n" and over == one:
            yield _End(found.end() - one - 1, one + 1, found.end())
        elif kind == '"' and over < one:
            yield _End(found.end() - over - 1, over + 1, -1)
