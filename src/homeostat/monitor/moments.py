"""Times as formats write them."""

import time
from datetime import UTC, datetime

_LAST_MS = 253_402_300_800_000
"""The end of the year 9999, where `datetime` ends."""


def from_ms(ms: float | None) -> datetime | None:
    """Of milliseconds since 1970, UTC; `None` for what is no such time."""
    if ms is None or not 0 < ms < _LAST_MS:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC)


def parsed(text: str | None) -> datetime | None:
    """Of ISO 8601, its zone as it was written or none; `None` for what is no time."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def utc(at: datetime | None) -> datetime | None:
    """A time without a zone is taken for UTC, so that durations are right on every machine."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def local(at: datetime | None) -> datetime | None:
    """Of this machine's clock, whatever zone was written beside it; `None` where there is none."""
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(time.mktime(at.timetuple()), UTC).replace(
            microsecond=at.microsecond
        )
    except (OverflowError, ValueError, OSError):
        return None
