"""Secrets in what HTTP carries: authorization and cookie headers, and the query of a URL."""

import re

from homeostat.analyze.redact_names import Says, says, words
from homeostat.analyze.redact_reading import OPENING, Value, Written, encoded_value_at, value_at
from homeostat.analyze.redact_spans import Span, Text
from homeostat.analyze.redact_values import (
    has_digit_and_letter,
    is_code,
    is_harmless,
    is_long_hex,
    is_mixed,
    is_placeholder,
    is_restless,
    is_wordy,
)

_SCHEME = re.compile(
    r"""(?:Bearer|Basic|Token|Api-?Key|JWT|Bot|GenieKey|SSWS|Key|OAuth|Splunk|Client-ID
    |Klaviyo-API-Key|Negotiate|NTLM|PVEAPIToken)
    (?:\\?[ \t]|%20|\+|=|\\{1,2}(?:\r?\n|n)[ \t]{0,12}){1,4}(?:(?:token|auth)=)?"?""",
    re.IGNORECASE | re.VERBOSE,
)
_BASIC = re.compile("basic", re.IGNORECASE)
_BASE64 = re.compile(r"(?=.[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{12,}={0,2}")  # no word of prose
_PARAMETERS = re.compile(  # schemes whose secret stands among named parameters
    r"""(?:Digest|AWS4-HMAC-SHA256|MAC|Hawk|Signature|OAuth)[ ]
    (?P<value>[\w-]{1,40}=[^\n'\\]{8,2048})""",
    re.IGNORECASE | re.VERBOSE,
)
_QUERY_NAME = re.compile(r"(?:amp;|u0026)?([\w.-]{1,64})(?==|%3[dD])")
_IS = re.compile("=|%3[dD]")
_QUERY_VALUE = re.compile(r"""[^\s&#"'`<>\\)\]},;]{1,4096}""")
_COOKIE = re.compile(r"""(?<![\w.~$-])([\w.~$-]{1,64})=([^\s;"'\\,]{1,2048})""")
_COOKIE_WINDOW = 2048
_SHORTEST_COOKIE = 8
_SHORTEST = 6
_JUDGED = 128
_LONG = 16
_ATTRIBUTES = words("path domain expires max-age samesite version comment priority")
_QUERY_NAMES = words(
    "token key sig signature code secret pass auth session sid hmac jwt ticket assertion otp hash"
    " x-amz-signature x-amz-security-token x-goog-signature oauth_signature oauth_verifier"
    " code_verifier subscription-key appid appkey app_key sharedkey h state_token"
)


def authorization(text: str, at: int) -> tuple[Span, ...]:
    """What follows the scheme of an authorization header whose value begins at `at`."""
    opening = OPENING.match(text, at)
    at = opening.end() if opening else at
    if found := _PARAMETERS.match(text, at):
        return _parameters(text, found, at)
    scheme = _SCHEME.match(text, at)
    value = value_at(text, scheme.end() if scheme else at)
    if value is None or len(value.text) < _SHORTEST:
        return ()
    basic = scheme is not None and _BASIC.match(scheme[0]) and _BASE64.fullmatch(value.text)
    return (value.span(Says.AUTHORIZATION.value),) if basic or _is_credential(value) else ()


def _is_credential(value: Value) -> bool:
    if is_placeholder(value.text) or " " in value.text:
        return False
    if value.written is Written.BARE and is_code(value.text):
        return False
    telling = has_digit_and_letter(value.text) or is_restless(value.text)
    return telling or (len(value.text) >= _LONG and not is_wordy(value.text))


def _parameters(text: str, found: re.Match[str], at: int) -> tuple[Span, ...]:
    """All parameters; to the quote that closes the header where they hold none themselves."""
    start, end = found.span("value")
    quote = text[at - 1 : at]
    if quote == '"' and (closing := text.find(quote, start, end)) > 0 and text[closing - 1] != "=":
        end = closing
    return (Span(start, end, Says.AUTHORIZATION.value),) if has_digit_and_letter(found[0]) else ()


def cookies(text: str, at: int) -> tuple[Span, ...]:
    """The values of a cookie header; its attributes and short words stay."""
    end = text.find("\n", at, at + _COOKIE_WINDOW)
    end = min(len(text), at + _COOKIE_WINDOW) if end < 0 else end
    return tuple(
        Span(*pair.span(2), Says.COOKIE.value)
        for pair in _COOKIE.finditer(text, at, end)
        if pair[1].lower() not in _ATTRIBUTES and _is_cookie(pair[2])
    )


def _is_cookie(value: str) -> bool:
    return len(value) >= _SHORTEST_COOKIE and is_mixed(value)


def in_query(text: Text, at: int) -> tuple[Span, ...]:
    """`?name=value`; `at` is the question mark or ampersand."""
    name = _QUERY_NAME.match(text.text, at + 1)
    return _of_query(text.text, name[1], name.end()) if name else ()


def in_encoded_query(text: str, name: str, end: int) -> tuple[Span, ...]:
    """`%3Fname%3Dvalue`; the name has the two digits before it, and ends at `end`."""
    if name[:2].lower() not in {"26", "3f"}:
        return ()
    return _of_query(text, name[2:], end)


def _of_query(text: str, name: str, end: int) -> tuple[Span, ...]:
    kind = says(name)
    if kind is Says.NOTHING and name.lower() not in _QUERY_NAMES:
        return ()
    is_ = _IS.match(text, end)
    value = _query_value(text, is_) if is_ else None
    if value is None or not _is_query_secret(value.text[:_JUDGED], kind):
        return ()
    return (value.span("query-value"),)


def _query_value(text: str, is_: re.Match[str]) -> Value | None:
    if is_[0] != "=":
        return encoded_value_at(text, is_.end())
    found = _QUERY_VALUE.match(text, is_.end())
    return Value(found[0], is_.end(), Written.BARE) if found else None


def _is_query_secret(text: str, kind: Says) -> bool:
    if is_placeholder(text):
        return False
    if is_mixed(text) or is_long_hex(text):
        return True
    weak = kind in {Says.WEAK, Says.NOTHING}
    return not weak and not is_harmless(text) and len(text) >= _SHORTEST
