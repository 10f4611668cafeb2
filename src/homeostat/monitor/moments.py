"""Times as formats write them."""

from datetime import UTC, datetime

_LAST_MS = 253_402_300_800_000
"""The end of the year 9999, where `datetime` ends."""


def from_ms(ms: float | None) -> datetime | None:
    """Of milliseconds since 1970, UTC; `None` for what is no such time."""
    if ms is None or not 0 < ms < _LAST_MS:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC)
