"""Secrets that stand at a certain place: in a URL, a key block, a header, a password file."""

import re
from collections.abc import Callable

from homeostat.analyze.redact_commands import command_flag
from homeostat.analyze.redact_spans import Span, Text, line_start
from homeostat.analyze.redact_values import (
    is_long_hex,
    is_mixed,
    is_placeholder,
    is_random,
)

_USERINFO = re.compile(
    r"""://(?P<user>[^\s/?#@:"'`<>\\]{0,512})(?::(?P<password>[^\s/?"'`<>\\]{1,512}))?@"""
)
_ENCODED_USERINFO = re.compile(
    r"""%3a%2f%2f(?P<user>(?:(?!%3a|%40)[^\s/?#@:"'`<>\\]){0,128})
    (?:%3a(?P<password>(?:(?!%40)[^\s/?"'`<>\\]){1,256}))?%40""",
    re.IGNORECASE | re.VERBOSE,
)
_PATH_PART = re.compile(r"/([A-Za-z0-9_-]{20,512})(?![\w./-])")
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_BODY = re.compile(  # with line numbers, quotes, plus signs and escapes between its lines
    r"""(?:[\s"'+,|>#:-]|\\{1,8}[nrt]|\d{1,6}(?=[\t:|]|[ ]{1,2}\|)
      |(?:Proc-Type|DEK-Info|Version|Comment):[ ][^\n\\]{1,80}
      |[A-Za-z0-9+/=_-]{16,}
      |(?=[a-z]{0,15}[A-Z0-9+/])[A-Za-z0-9+/]{1,15}={0,2}(?=[\s"'\\]{0,4}(?:$|\\n|\n))
    ){0,2000}""",
    re.VERBOSE,
)
_PEM_LINE = re.compile(r"[A-Za-z0-9+/]{20}")
_PEM_CHUNK = re.compile(r"(?:(?<=\\[nrt])|(?<![A-Za-z0-9+/_\\]))[A-Za-z0-9+/]{8,}={0,2}(?![\w-])")
_PUTTY = re.compile(
    r"Private-Lines:[ ]\d{1,3}(?P<value>(?:(?:\s|\\{1,2}[nr]){1,8}[A-Za-z0-9+/]{16,}={0,2}){1,200})"
)
_PGPASS = re.compile(
    r"(?:^|(?<=[\s\"'+>]))[\w.*-]{1,120}:(?:\d{2,5}|\*):[\w*-]{1,80}:[\w*.@-]{1,80}"
    r":(?P<value>[^\s:\"'\\]{3,256})"
)
_BEARER = re.compile(
    r"bearer(?:\s|%20|\+|\\t|[\"']?\s?[:=,]\s?[\"']?){1,3}(?P<value>[A-Za-z0-9._~+/=-]{8,4096})",
    re.IGNORECASE,
)
_IDENTIFIED = re.compile(
    r"""identified (?:with \w{1,40} )?by (?:password )?"""
    r"""(?:\\*["'](?P<value>[^"'\\\s]{3,256})|(?P<bare>[^\s"'\\;]{6,128}))""",
    re.IGNORECASE,
)
_AROUND_KEY = " \t\r\n\"',|>#:"
_LONGEST_KEY = 16_384
_LONGEST_BEGIN = 80
_LONGEST_SHORT = 400
_SHORTEST_USER = 16

Finder = Callable[[Text, int], tuple[Span, ...]]


def user_info(text: Text, at: int) -> tuple[Span, ...]:
    """The password, or the lone token, before the @ of a URL."""
    return _user_info(_USERINFO.match(text.text, at))


def encoded_user_info(text: Text, at: int) -> tuple[Span, ...]:
    return _user_info(_ENCODED_USERINFO.match(text.text, at))


def _user_info(found: re.Match[str] | None) -> tuple[Span, ...]:
    if found is None:
        return ()
    password, user = found["password"], found["user"]
    if password is not None:
        return () if is_placeholder(password) else (Span(*found.span("password"), "url-password"),)
    if len(user) >= _SHORTEST_USER and (is_random(user) or is_long_hex(user)):
        return (Span(*found.span("user"), "url-token"),)
    return ()


def in_path(text: str, at: int, kind: str) -> tuple[Span, ...]:
    """https://host/reset-password/X: a long random last part of a path."""
    part = _PATH_PART.match(text, at)
    return (Span(*part.span(1), kind),) if part and is_random(part[1]) else ()


def private_key(text: Text, at: int) -> tuple[Span, ...]:
    """A whole private key, to its end or as far as its lines go."""
    whole = text.text
    begin = _PEM_BEGIN.match(whole, at, at + _LONGEST_BEGIN)
    if begin is None:
        return ()
    limit = begin.end() + _LONGEST_KEY
    marker = _PEM_END.search(whole, begin.end(), limit)
    if marker and _is_short_key(whole[begin.end() : marker.start()]):
        return (Span(at, marker.end(), "private-key"),)
    end = marker.end() if marker else _cut_off(whole, begin.end(), limit)
    return (Span(at, end, "private-key"),) if _PEM_LINE.search(whole, begin.end(), end) else ()


def _cut_off(text: str, at: int, limit: int) -> int:
    """Where a key ends that lacks its last line: before the quote that closes its string."""
    body = _PEM_BODY.match(text, at, limit)
    return at + len(body[0].rstrip(_AROUND_KEY)) if body else at


def _is_short_key(body: str) -> bool:
    """Whether what stands between both markers is a key, however short, and no placeholder."""
    chunks = _PEM_CHUNK.findall(body[:_LONGEST_SHORT])
    return any(chunk.endswith("=") or is_mixed(chunk) for chunk in chunks)


def putty_key(text: str, at: int) -> tuple[Span, ...]:
    """The private lines of a PuTTY key file whose name stands at `at`."""
    found = _PUTTY.search(text, at, at + _LONGEST_KEY)
    return (Span(*found.span("value"), "private-key"),) if found else ()


def password_file(text: Text, at: int) -> tuple[Span, ...]:
    """host:port:database:user:password, as in .pgpass; `at` is the colon before the port."""
    start = max(line_start(text.text, at, 130), text.text.rfind(" ", 0, at) + 1)
    found = _PGPASS.search(text.text, start, at + 600)
    return _one(found, "password") if found and not is_placeholder(found["value"]) else ()


def bearer(text: Text, at: int) -> tuple[Span, ...]:
    found = _BEARER.match(text.text, at)
    telling = found and (is_mixed(found["value"]) or is_long_hex(found["value"]))
    return _one(found, "authorization") if found and telling else ()


def identified(text: Text, at: int) -> tuple[Span, ...]:
    """SQL: `identified by '...'`."""
    found = _IDENTIFIED.match(text.text, at)
    if found and found["bare"]:
        return (Span(*found.span("bare"), "password"),) if is_mixed(found["bare"]) else ()
    return _one(found, "password") if found and not is_placeholder(found["value"]) else ()


def _one(found: re.Match[str], kind: str) -> tuple[Span, ...]:
    return (Span(*found.span("value"), kind),)


PLACES: tuple[tuple[str, Finder], ...] = (
    ("://", user_info),
    ("%3a%2f%2f", encoded_user_info),
    ("-----begin", private_key),
    (" -", command_flag),
    ("bearer", bearer),
    (":5432:", password_file),
    ("identified", identified),
)
"""Literals in lower case, and what to look for where one stands."""
