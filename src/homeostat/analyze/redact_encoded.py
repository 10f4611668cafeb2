"""Secrets that stand in base64 where everybody can read them: they are decoded to be found."""

import binascii
import re

from homeostat.analyze.redact_names import Says, says
from homeostat.analyze.redact_spans import Span, Text

_TELLS = re.compile(
    r"(?:passw|pwd|secret|token|api.?key|private)[\w\"' -]{0,30}[:=]|\"auth\"\s?:\s?\"[^\"]"
    r"|://[^\s/:]*:[^\s/@]+@",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<![\w.-])([A-Za-z][\w.-]{3,60})[\"']?[ ]?[:=][ ]?[\"']?[^\s\"']{4}")
_KIND = re.compile(r"""kind(?:\\{0,15}["'])?[ ]?:[ ]?(?:\\{0,15}["'])?$""")
_DATA = re.compile(
    r"""(?<=[\w.-])(?:\\{0,15}["'])?[ ]?:[ ]?(?:\\{0,15}["']|[|>][-+]?(?:\r?\n|\\{1,8}n)[ ]{1,24})?
    (?P<value>[A-Za-z0-9+/]{16,8192}={0,2})(?![^\s"'\\,}])""",
    re.VERBOSE,
)
_LONGEST_KIND = 48
_REACH = 16_384


def tells(encoded: str) -> bool:
    """Whether base64 names a secret once it is decoded."""
    value = encoded.rstrip("=")
    if len(value) % 4 == 1:
        return False
    raw = binascii.a2b_base64(value + "=" * (-len(value) % 4))
    text = raw.decode("ascii", "replace")
    return _TELLS.search(text) is not None or any(
        says(name) in {Says.PASSWORD, Says.SECRET} for name in _NAMED.findall(text)
    )


def of_kubernetes(text: Text, start: int) -> tuple[Span, ...]:
    """The data of a Kubernetes object whose `kind: Secret` has its second word at `start`."""
    lower, end = text.lower, start + len("secret")
    said = _KIND.search(lower, max(0, start - _LONGEST_KIND), start)
    if said is None:
        return ()
    kind = said[0] + "secret"
    # From the object before to the one behind, so that no place is read more than twice.
    before = lower.rfind(kind, max(0, start - _REACH), start)
    behind = lower.find(kind, end, end + _REACH)
    return tuple(
        Span(*found.span("value"), "kubernetes-secret")
        for found in _DATA.finditer(
            text.text,
            before if before >= 0 else max(0, start - _REACH),
            behind if behind >= 0 else end + _REACH,
        )
        if tells(found["value"])
    )
