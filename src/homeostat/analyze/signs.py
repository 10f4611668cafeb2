"""Signs in an output: a literal mark that is cheap to find, and a rule that makes it sure."""

import re

Signs = tuple[tuple[str, re.Pattern[str] | None], ...]


def signs(*rows: tuple[str, str]) -> Signs:
    """Rows of (mark, rule); an empty rule where the mark alone is enough."""
    return tuple((mark, re.compile(rule, re.MULTILINE) if rule else None) for mark, rule in rows)


def has(rows: Signs, text: str) -> bool:
    """Whether one of the signs stands in the text."""
    return any(mark in text and (rule is None or rule.search(text)) for mark, rule in rows)
