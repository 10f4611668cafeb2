"""Errors that services write as JSON: type, code, status and message."""

import re
from itertools import islice

from homeostat.analyze.extract.found import LINE_LENGTH, FailureText, Found
from homeostat.analyze.masks import masked

_QUOTE = r"\\{0,3}['\"]"
# A value ends with the quote that it began with: in double quotes names stand in single ones.
_STRING = (
    rf"{_QUOTE}\s{{0,4}}:\s{{0,4}}\[?\\{{0,3}}(?P<quote>['\"])"
    r"(?P<value>(?:(?!(?P=quote))[^\\]|\\[^'\"]|(?<=[A-Za-z])'(?=[a-z])){1,400})"
)
_NUMBER = rf"{_QUOTE}\s{{0,4}}:\s{{0,4}}{_QUOTE}?(-?\d{{1,6}})\b"
_FIELDS = {
    name: re.compile(rf"{_QUOTE}(?:{keys}){_STRING}", re.IGNORECASE)
    for name, keys in (
        ("type", "type|__type|errorType|error_type|@type"),
        ("code", "code|error_code|errorCode|reason"),
        ("error", "error|errors|error_description"),
        (
            "message",
            "message|detail|msg|err|errorSummary|error_summary|error_message|errorMessages?|title|description",
        ),
        ("status", "status"),
        ("param", "param|parameter|field"),
    )
}
_STATUS = re.compile(
    rf"(?:{_QUOTE}(?:status|status_code|statusCode|code|http_status|error_code|errorCode){_NUMBER}"
    r"|(?:\b(?:HTTP|Error|status|code|API Error|failed)(?:/[\d.]{1,3})?[:=]? ?\(?)([1-5]\d\d)\b)",
    re.IGNORECASE,
)
_BY_FIELD = re.compile(
    rf"{_QUOTE}errors{_QUOTE}\s{{0,4}}:\s{{0,4}}\{{\s{{0,4}}{_QUOTE}(?P<name>[\w.-]{{1,80}}){_STRING}",
    re.IGNORECASE,
)
"""`"errors": {"priority": "cannot be set"}`: words under the name of what they are about."""
_MARKS = (
    '"error',
    "'error",
    '\\"error',
    '"ok":false',
    '"ok": false',
    '"message"',
    "'message'",
    '"detail"',
    '"errors"',
    '"faultstring"',
    '"__type"',
    '"msg"',
    '"err"',
)
_CODE = re.compile(r"[A-Za-z][\w.:-]{1,80}")
_NO_CODES = frozenset(
    {
        "error",
        "object",
        "string",
        "failed",
        "failure",
        "true",
        "false",
        "invalid_request_error",
        "api_error",
        "function",
        "text",
        "message",
        "tool",
        "requests",
        "tokens",
        "request",
    }
)
_WHOLE_JSON = 3_000
_VALUES_READ = 4


_LINE = re.compile(
    r"API Error: (?P<status>[1-5]\d\d) (?P<said>[^\n{]{1,300}?)\.?(?=\n|$| · |(?<=\.) [A-Z])"
)
"""As a client says it; advice for the reader may follow."""


def api_error(text: FailureText) -> Found | None:
    """The error object that the text is, or that one of its lines holds; or a client's words."""
    if told := _LINE.match(text.body):
        words = masked(told["said"])
        return Found(
            rule="api-line", kind="api", line=text.lines[0].strip()[:LINE_LENGTH],
            message=words.text, identifiers=(told["status"], *words.kept),
        )  # fmt: skip
    if '"' not in text.body and "{'" not in text.body:
        return None
    if text.body[:1] == "{" and len(text.body) < _WHOLE_JSON:
        return api_error_in(text.body.replace("\n", " "), line=text.body[:LINE_LENGTH])
    for line in text.lines[:200]:
        if ("{" in line) and (found := api_error_in(line[:1500], line=line)):
            return found
    return None


def api_error_in(said: str, *, line: str) -> Found | None:
    """The error object in `said`; None when it holds none."""
    if not any(mark in said for mark in _MARKS):
        return None
    start = said.find("{")
    fields = {name: _field(pattern, said[start:]) for name, pattern in _FIELDS.items()}
    status = _STATUS.search(said)
    number = (status[1] or status[2] or "") if status else ""
    codes = _codes(fields)
    of_field = None if fields["message"] or fields["error"] else _BY_FIELD.search(said, start)
    if not codes and not number and not fields["message"] and not of_field:
        return None
    if not codes and not (number or '"error' in said or "'error" in said or _is_whole(said)):
        return None
    if not codes and number:
        codes = (number,)
    words = masked(of_field["value"] if of_field else fields["message"] or fields["error"])
    return Found(
        rule="api-json",
        kind="api",
        line=line.strip()[:LINE_LENGTH],
        message="" if fields["error"] in codes and not fields["message"] else words.text,
        identifiers=codes + ((of_field["name"].lower(),) if of_field else ()) + words.kept,
    )


def _is_whole(said: str) -> bool:
    """Whether nothing but one small object was said."""
    return len(said) < LINE_LENGTH and said[0] == "{" and said.rstrip()[-1] == "}"


def _field(pattern: re.Pattern[str], said: str) -> str:
    """The first value of a field that says something."""
    values = [found["value"].strip() for found in islice(pattern.finditer(said), _VALUES_READ)]
    telling = (value for value in values if value.lower() not in _NO_CODES)
    return next(telling, values[0] if values else "")


def _codes(fields: dict[str, str]) -> tuple[str, ...]:
    """The words that programs are meant to read: the most specific ones."""
    kept: list[str] = []
    for name in ("code", "type", "error", "status"):
        value = fields[name]
        if _CODE.fullmatch(value) and value.lower() not in _NO_CODES:
            kept.append(value.lower())
    unique = tuple(dict.fromkeys(kept))
    return unique[:2]
