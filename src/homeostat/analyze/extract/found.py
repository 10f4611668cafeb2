"""What an extractor reads, and what it answers."""

import msgspec

from homeostat.analyze.masks import masked, masked_code
from homeostat.model.signature import ErrorClass

LINE_LENGTH = 500
"""Characters of a chosen line that count."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One failure as an extractor understood it; `error_class` is None when it cannot tell."""

    rule: str
    kind: str
    line: str
    message: str = ""
    identifiers: tuple[str, ...] = ()
    place: str = ""
    """The raising function; `sign` drops it unless the class is a bug in code."""
    error_class: ErrorClass | None = None


class FailureText(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a failed call without its client's wrapper."""

    body: str
    folded: str
    """`body` in lower case, of the same length: literals are looked for here."""
    lines: tuple[str, ...]
    exit_code: int | None
    tool: str
    family: str


def found_in(
    line: str,
    *,
    rule: str,
    kind: str,
    place: str = "",
    error_class: ErrorClass | None = None,
    text: str | None = None,
) -> Found:
    """A failure told by `text` (by `line` if left out) with its variable parts masked."""
    words = (line if text is None else text)[:LINE_LENGTH]
    said = masked_code(words) if error_class is ErrorClass.BUILD_ERROR else masked(words)
    return Found(
        rule=rule,
        kind=kind,
        line=line[:LINE_LENGTH],
        message=said.text,
        identifiers=said.kept,
        place=place,
        error_class=error_class,
    )
