"""The templates behind log lines: what stays when the values are taken out."""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from homeostat.analyze.variables import GAP, Shape, joined, words_of

LINE_LENGTH = 1_000
"""Characters of a line that count."""
VALUES = 4
"""Words seen at one place of an otherwise equal line before the place counts as a variable."""
FIXED = 3
"""Words that two lines must have in common besides."""
LIMIT = 5_000
"""Different lines of one length that are compared: a bound, not a choice."""
ROUNDS = 3
"""Places of one line that may turn out to be variables, one a round."""

MARK = "<*>"
_PIECES = re.compile(r"([=:,;()\[\]{}\"'|@#<>&?$]+|->|\.{2,})")
_MARKS = re.compile(r"<\*>(?:[\s,;:|@#&.x/+-]{0,3}<\*>){1,60}")
_PAREN = re.compile(r"\s?\(\s?(?:<\*>[\s,;:]{0,2}){0,20}\)")
_HEX_PAIRS = re.compile(r"\b[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5,15}\b")
_USER = re.compile(
    r"\b(user) (?!unknown|request|id\b|name\b|input|error|level|is\b|not\b|has\b|by\b|from\b)"
    r"[\w.@$+-]{1,64}(?= (?:from|by|at|on|in|port|using|with)\b| ?[\[(;,]|$)"
)
_SWITCHES = re.compile(r"\( ?(?:(?:on|off) ?){2,10}\)")
_QUOTED = re.compile(r"(?<=[=:])\"[^\"\n]{0,200}\"")
_HEX = re.compile(r"[0-9a-fA-F]{8,64}")
_HOST = re.compile(
    r"(?!(?:com|org|net|io|java|javax|android|sun|edu|gov|www\.[a-z]{1,20}$)\.)"
    r"[a-z0-9-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,6}\."
    r"(?:com|net|org|edu|gov|mil|int|info|biz|io|dev|app|ai|cloud|local|internal|"
    r"lan|test|example|invalid|arpa|[a-z]{2})"
)
_NAME_AND_PORT = re.compile(r"(?<![\w.])[a-z0-9-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,6}:\d{1,5}\b")
_UNIT = re.compile(
    r"<\*> (?:[KMGT]i?B|[kmgt]b|bytes?|B|ms|msecs?|secs?|seconds?|s|us|mins?|"
    r"minutes?|hours?|days?|%)\b"
)
_CALENDAR = words_of(
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday jan feb"
    " mar apr may jun jul aug sep oct nov dec january february march april june july august"
    " september october november december am pm utc gmt cst est pst pdt edt cdt"
)
_WORD_VALUES = words_of("null none nan yes no on off")
_BOOLEANS = frozenset({"true", "false"})
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>,;)\]]{1,500}")


class LineTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """`template_id` is a hash of `template`: equal templates have equal ids."""

    template_id: str
    template: str


def templates(lines: Sequence[str]) -> list[LineTemplate]:
    """The template of each line, in the order of `lines`; groups do not depend on that order."""
    shapes = [Shape("", tuple(_masked_line(_cut(line)).split())) for line in lines]
    known: dict[Shape, Shape] = {}
    for _ in range(ROUNDS):
        step = joined(
            [known.get(shape, shape) for shape in shapes], values=VALUES, fixed=FIXED, limit=LIMIT
        )
        if not step:
            break
        for shape in set(shapes):
            now = known.get(shape, shape)
            if now in step:
                whole = step[now]
                known[shape] = Shape("", tuple(w.replace(GAP, MARK) for w in whole.words))
    return [_template(known.get(shape, shape)) for shape in shapes]


def _cut(line: str) -> str:
    """A line of bounded length, without the half word at the cut."""
    return line if len(line) <= LINE_LENGTH else line[:LINE_LENGTH].rpartition(" ")[0]


@lru_cache(maxsize=4096)
def _template(shape: Shape) -> LineTemplate:
    text = _MARKS.sub(MARK, " ".join(shape.words))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return LineTemplate(template_id=f"T-{digest[:12].upper()}", template=text)


def _masked_line(line: str) -> str:
    if ":" in line:
        line = _URL.sub(MARK, line) if "://" in line else line
        line = _NAME_AND_PORT.sub(MARK, _HEX_PAIRS.sub(MARK, line))
    if "( o" in line or "(o" in line:
        line = _SWITCHES.sub(MARK, line)
    if '"' in line:
        line = _QUOTED.sub(MARK, line)
    if "user " in line:
        line = _USER.sub(rf"\1 {MARK}", line)
    line = " ".join([_masked_word(word) for word in line.split()])
    if MARK in line:
        line = _UNIT.sub(MARK, line.replace(f"<{MARK}", MARK))
        line = _PAREN.sub("", line)
        line = _MARKS.sub(MARK, line)
    return line


@lru_cache(maxsize=16384)
def _masked_word(word: str) -> str:
    """One word between blanks with its values as marks."""
    if word == MARK:
        return word
    parts = _PIECES.split(word)
    for at in range(0, len(parts), 2):
        if parts[at] and _is_value(parts[at], behind=parts[at - 1] if at else ""):
            parts[at] = MARK
    return "".join(parts)


def _is_value(piece: str, *, behind: str) -> bool:
    if any(map(str.isdigit, piece)):
        return True
    if "/" in piece or "\\" in piece:
        if "." in piece:
            return True
        return piece[0] in "/\\~." or piece.count("/") + piece.count("\\") > 1
    if len(piece) > 1 and not piece.strip("*"):
        return True
    folded = piece.lower().strip(".")
    if folded in _CALENDAR or folded in _BOOLEANS:
        return True
    if behind.endswith("=") and (folded in _WORD_VALUES or "." in folded):
        return True
    return bool(_HEX.fullmatch(piece) or ("." in piece and _HOST.fullmatch(piece)))
