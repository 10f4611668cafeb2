"""A shell line cut into words and operators: quotes, substitutions, comments and heredocs read."""

import re
from enum import StrEnum
from itertools import islice

import msgspec

LONGEST_LINE = 8_000
"""Characters that are read of a line; generated scripts can be megabytes."""
DEEPEST = 30
"""Substitutions inside each other that are followed; deeper ones are plain text."""
MOST_HEREDOCS = 40
_ESCAPED = re.compile(r"""\\(["\\$`])""")
_PIECE = re.compile(
    r"""
      (?P<space>(?:[ \t\r]|\\\r?\n)+)
    | (?P<end>\n)
    | (?P<single>'[^']*'?)
    | (?P<double>")
    | (?P<inside>\$\(|`|[<>]\()
    | (?P<redirect>&>>?|\d{0,3}(?:>>|>\||>&|>|<<<|<<-?|<&|<>|<))
    | (?P<operator>\|\||\|&|&&|;;&?|[|;&()])
    | (?P<escaped>\\.?)
    | (?P<plain>[^\s\\'"$`|;&()<>]+|\$|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_WORD = re.compile(r"[ \t]*([\w./:=@%+,~^\-]+)(?=[ \t\n]|\Z)")
"""A word that needs no closer look; nine of ten are so."""
_QUOTED = re.compile(r"""[^"\\$`]+|\\.|\$\(|`|\$|"|\\""", re.DOTALL)
_NESTED = re.compile(r"""[^'"\\()`]+|'[^']*'?|"|\\.|`|[()]|\\""", re.DOTALL)
_HEREDOC = re.compile(r"""(?<!<)<<-?[ \t]{0,9}(["'\\]?)([A-Za-z_]\w{0,60})\1?""")


class Kind(StrEnum):
    WORD = "word"
    OPERATOR = "operator"
    REDIRECT = "redirect"


class Token(msgspec.Struct, frozen=True, gc=False):
    kind: Kind
    text: str
    """A word without its quotes, an operator (a newline is `;`), or a redirection's sign."""
    is_bare: bool = False
    """A word without any quote: only such a word can be `if`, `{`, `FOO=1`."""


def tokens(line: str) -> list[Token]:
    """The words and operators of a line, of at most its first `LONGEST_LINE` characters."""
    return _Scanner(without_heredocs(line[:LONGEST_LINE])).all()


def without_heredocs(text: str) -> str:
    """The text without the bodies of its heredocs, which are data."""
    if "<<" not in text:
        return text
    kept: list[str] = []
    place = 0
    for begin in islice(_HEREDOC.finditer(text), MOST_HEREDOCS):
        if begin.start() < place:
            continue
        body = text.find("\n", begin.end())
        closed = re.compile(rf"^[ \t]*{begin[2]}(?=[ \t]*(?:\r?$|\)))", re.MULTILINE)
        if body >= 0 and (end := closed.search(text, body + 1)):
            kept += (text[place:body], "\n")
            place = end.end()
    return "".join(kept) + text[place:]


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] = []
        self._word: list[str] = []
        self._is_word = False
        self._is_bare = True

    def all(self) -> list[Token]:
        place, size = 0, len(self._text)
        while place < size:
            if not self._is_word and (plain := _PLAIN_WORD.match(self._text, place)):
                self._tokens.append(Token(Kind.WORD, plain[1], is_bare=True))
                place = plain.end()
                continue
            found = _PIECE.match(self._text, place)
            if found is None:  # pragma: no cover  # the last alternative takes any character
                break
            place = self._take(found)
        self._close()
        return self._tokens

    def _take(self, found: re.Match[str]) -> int:
        kind, text = found.lastgroup or "plain", found[0]
        if kind == "space":
            self._close()
        elif kind in ("end", "operator", "redirect"):
            self._close()
            sign = Kind.REDIRECT if kind == "redirect" else Kind.OPERATOR
            self._tokens.append(Token(sign, ";" if kind == "end" else text))
        elif kind == "plain" and text.startswith("#") and not self._is_word:
            end = self._text.find("\n", found.start())
            return end if end >= 0 else len(self._text)
        else:
            return self._grow(kind, text, found)
        return found.end()

    def _grow(self, kind: str, text: str, found: re.Match[str]) -> int:
        """Add a piece to the word at hand."""
        self._is_word = True
        end = found.end()
        if kind == "plain":
            self._word.append(text)
        elif kind == "inside":
            end = _inside_end(self._text, end, "`" if text == "`" else ")", 0)
            self._word.append(self._text[found.start() : end])
        else:
            self._is_bare = False
            if kind == "double":
                end = _quoted_end(self._text, end, 0)
                text = _ESCAPED.sub(r"\1", self._text[found.end() : end - 1])
                end = min(end, len(self._text))
            else:
                text = text[1:] if kind == "escaped" else text.strip("'")
            self._word.append(text)
        return end

    def _close(self) -> None:
        if self._is_word:
            self._tokens.append(Token(Kind.WORD, "".join(self._word), self._is_bare))
            self._word = []
            self._is_word, self._is_bare = False, True


def _quoted_end(text: str, place: int, depth: int) -> int:
    """The place after the double quote that closes what is open at `place`."""
    while found := _QUOTED.match(text, place):
        place = found.end()
        if found[0] == '"':
            return place
        if found[0] in ("$(", "`") and depth < DEEPEST:
            place = _inside_end(text, place, "`" if found[0] == "`" else ")", depth + 1)
    return len(text) + 1


def _inside_end(text: str, place: int, closer: str, depth: int) -> int:
    """The place after `closer` of a substitution that is open at `place`."""
    if closer == "`":
        end = text.find("`", place)
        return end + 1 if end >= 0 else len(text)
    level = 1
    while found := _NESTED.match(text, place):
        place, piece = found.end(), found[0]
        if piece == '"' and depth < DEEPEST:
            place = min(_quoted_end(text, place, depth + 1), len(text))
        elif piece in "()":
            level += 1 if piece == "(" else -1
            if level == 0:
                return place
    return len(text)
