"""Reads the value that a name is bound to: quoted at any depth of escapes, bare, encoded."""

import re
from enum import StrEnum

import msgspec

from homeostat.analyze.redact_names import Says
from homeostat.analyze.redact_spans import Span
from homeostat.analyze.redact_values import (
    has_digit_and_letter,
    is_code,
    is_harmless,
    is_mixed,
    is_passphrase,
    is_placeholder,
    is_random,
    is_restless,
    is_spaced,
)


class Written(StrEnum):
    """How a value is written: it decides how much a telling name is believed."""

    QUOTED = "quoted"
    BARE = "bare"
    """May as well be an expression of a program."""
    SHELL = "shell"
    """Bare, but where no program's expression can stand: NAME=value, --name=value."""


class Value(msgspec.Struct, frozen=True):
    text: str
    start: int
    written: Written

    def span(self, kind: str) -> Span:
        return Span(self.start, self.start + len(self.text), kind)


OPENING = re.compile(  # with the marks of bytes and raw strings, and what only wraps a string
    r"""(?:(?:Some|Just|Ok|String::from|SecretStr|SecretString)\(|\[[ ]?(?=["']))?
    (?:[bfruBFRUN]{1,2}(?=\\{0,7}["']))?(\\{0,15}["'`])""",
    re.VERBOSE,
)
_BARE = re.compile(r"""[^\s"'`<>\\]{1,16384}""")
_ENCODED = re.compile(r"""(?:(?!%2[026cCfF7]|%0[aAdD]|%7[dD])[^\s&#"'`<>\\]){1,4096}""")
_CUT = re.compile(
    r"[,;&|(){}\[\]]{1,8}(?=\s|$|[\w.-]{1,40}[=:]|\[redacted:)|\[redacted:|[;,)\]}.:]{1,8}$"
)
_LIST = re.compile(r"[,;|(){}\[\]]")
_PADDED = re.compile(r"[A-Za-z0-9+/]{10,4096}={1,2}")  # base64, as in Docker's "auth"
_LONGEST = 16_384
_CUT_WITHIN = 1024
_JUDGED = 128
_SHORTEST_NUMBER = 4
_SHORTEST_QUOTED = 3
_SHORTEST_SHELL = 4


def value_at(text: str, at: int) -> Value | None:
    """The value that begins at `at`, without its quotes; escaped quotes count as quotes."""
    if opening := OPENING.match(text, at):
        return _quoted(text, opening)
    # Mostly it is short, and a text may name a thousand: the rest is read where nothing ends it.
    bare = _BARE.match(text, at, at + _CUT_WITHIN)
    if bare is None:
        return None
    cut = _CUT.search(bare[0], 1, _CUT_WITHIN)
    if cut is None or cut.end() == _CUT_WITHIN:
        whole = _BARE.match(text, at)
        return Value(whole[0] if whole else bare[0], at, Written.BARE)
    # The bracket stays: it tells that the value is a call.
    end = cut.start() + (bare[0][cut.start()] in "([")
    return Value(bare[0][:end], at, Written.BARE)


def encoded_value_at(text: str, at: int) -> Value | None:
    """The same in percent-encoding: an encoded quote, blank or ampersand ends it."""
    found = _ENCODED.match(text, at)
    return Value(found[0], at, Written.BARE) if found else None


def _quoted(text: str, opening: re.Match[str]) -> Value | None:
    quote, start = opening[1], opening.end()
    end = text.find(quote, start, start + _LONGEST)
    while end > 0 and text[end - 1] == "\\":  # a deeper escape: a quote inside the value
        end = text.find(quote, end + 1, start + _LONGEST)
    if end < 0 or "\n" in text[start:end]:
        bare = _BARE.match(text, start)
        return Value(bare[0], start, Written.QUOTED) if bare else None
    return Value(text[start:end], start, Written.QUOTED)


def is_secret(kind: Says, value: Value) -> bool:
    """Whether a value that is bound to a telling name is a secret; its beginning decides."""
    text = value.text[:_JUDGED]
    if " " in text:
        return kind is Says.PASSWORD and value.written is Written.QUOTED and is_spaced(text)
    if kind is Says.WEAK and value.written is Written.QUOTED and _PADDED.fullmatch(text):
        return True
    if kind is Says.WEAK:
        return is_random(text) and not _is_expression(value) and not _LIST.search(text)
    if kind is Says.PASSWORD and text.isdigit():
        return len(text) >= _SHORTEST_NUMBER and not is_placeholder(text)
    return _is_telling(kind, value) and not is_harmless(text) and not _is_expression(value)


def _is_expression(value: Value) -> bool:
    return value.written is Written.BARE and is_code(value.text[:_JUDGED])


def _is_telling(kind: Says, value: Value) -> bool:
    text = value.text[:_JUDGED]
    if kind is Says.PASSWORD and is_passphrase(text):
        return True
    if value.written is Written.BARE:
        return has_digit_and_letter(text) or text.isalpha() or is_restless(text)
    if kind is Says.PASSWORD:
        shortest = _SHORTEST_QUOTED if value.written is Written.QUOTED else _SHORTEST_SHELL
        return len(text) >= shortest
    return is_mixed(text)
