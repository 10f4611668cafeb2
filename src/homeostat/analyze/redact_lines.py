"""The lines of a table, as a file has them, a program numbers or quotes them, JSON escapes them."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

_BREAK = re.compile(r"(?<!\\)\\{1,15}n|\n")
_LEAD = re.compile(  # `cat -n`, `grep -n`, a quotation, a file's mark of its byte order
    r"(?:\ufeff|\\{1,7}ufeff)?"
    r"(?:[ ]{0,8}(?:[\w./-]{1,80}:)?\d{1,7}(?:[:\t→]|\\{1,7}(?:t|u2192))|(?:[ ]{0,3}>[ ]?){1,4})?"
)
_MARKS_OF_ORDER = ("\ufeff", "ufeff")
_STRADDLED = re.compile(r"u2192|ufeff|[nrt]")
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
    ends = slashes and _end(slashes).search(text, _past_escape(text, at), found.start())
    return None if ends else page  # a string that ends before the line does


def line_around(page: Page, at: int) -> Line:
    """The line of `at`: from the break before it, or the quote that opens the string, on."""
    text, at = page.text, _past_escape(page.text, at)
    lowest = max(0, at - _LONGEST_HEAD - 1)
    start = max(text.rfind("\n", lowest, at) + 1, lowest)
    if page.slashes:
        for found in _end(page.slashes).finditer(text, start, at):
            start = found.end()
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
            return line_around(page, line.whole - len(end))
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
        found = _end(page.slashes).search(text, at)
        end = found.end("own") if found and found["own"] else found.start() if found else len(text)
        goes_on = found is not None and not found["quote"]
        following = found.end() if found and goes_on else -1
    else:
        feed = text.find("\n", at)
        end = len(text) if feed < 0 else feed - text.endswith("\r", at, feed)
        following = feed + 1 if feed >= 0 else -1
    lead = _LEAD.match(text, at, end)
    start = lead.end() if lead and (led or lead[0].endswith(_MARKS_OF_ORDER)) else at
    return Line(at, start, end, following, led)


@lru_cache(maxsize=8)
def _end(slashes: int) -> re.Pattern[str]:
    """What ends a line of a string so many times escaped: a break, or the quote that closes it.

    A quote of the line's own has at least `slashes` backslashes, whole pairs of them left out.
    """
    one, most = rf"\\{{{slashes}}}", slashes - 1
    return re.compile(
        rf"""(?<!\\)(?P<own>(?:{one}{one})*)"""
        rf"""(?:{one}(?:r{one})?n|(?P<quote>\\{{0,{most}}}"))|\r?\n"""
    )
