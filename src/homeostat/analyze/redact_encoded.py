"""Secrets that stand in base64 where everybody can read them: they are decoded to be found."""

import binascii
import re

from homeostat.analyze.redact_spans import Span, Text

_TELLS = re.compile(
    rb"(?:passw|pwd|secret|token|api.?key|private)[\w\"' -]{0,30}[:=]|\"auth\"\s?:\s?\"[^\"]"
    rb"|://[^\s/:]*:[^\s/@]+@",
    re.IGNORECASE,
)
_KINDS = tuple(f"kind{mark}secret" for mark in (": ", '": "', '":"', '\\": \\"', '\\":\\"'))
_DATA = re.compile(
    r"""(?<=[\w.-])\\?["']?:[ ]?\\?["']?(?P<value>[A-Za-z0-9+/]{16,8192}={0,2})(?![^\s"'\\,}])"""
)
_REACH = 16_384


def tells(encoded: str) -> bool:
    """Whether base64 names a secret once it is decoded."""
    value = encoded.rstrip("=")
    if len(value) % 4 == 1:
        return False
    return _TELLS.search(binascii.a2b_base64(value + "=" * (-len(value) % 4))) is not None


def of_kubernetes(text: Text, start: int) -> tuple[Span, ...]:
    """The data of a Kubernetes object whose `kind: Secret` has its second word at `start`."""
    lower, end = text.lower, start + len("secret")
    kind = next((kind for kind in _KINDS if lower.endswith(kind, 0, end)), "")
    if not kind:
        return ()
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
