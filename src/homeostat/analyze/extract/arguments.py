"""Which parameter a client refused a call for: it is told on a line of its own."""

import re

import msgspec

from homeostat.analyze.extract.found import FailureText, Found

_REFUSED = re.compile(
    r"^(?:The required|An unexpected) parameter [`'\"]([\w.-]{1,80})[`'\"]"
    r" (?:is missing|was provided)",
    re.MULTILINE,
)


def with_parameter(found: Found, text: FailureText) -> Found:
    """A refused call with the first parameter that it left out, or that nobody knows."""
    if found.rule != "input-validation" or not (refused := _REFUSED.search(text.body)):
        return found
    return msgspec.structs.replace(found, identifiers=(*found.identifiers, refused[1].lower()))
