"""Moments as the database keeps them: UTC nanoseconds."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_NS = 3600 * 1_000_000_000
DAY_NS = 24 * HOUR_NS


def nanoseconds(moment: datetime) -> int:
    since = moment - _EPOCH
    seconds = since.days * 86_400 + since.seconds
    return seconds * 1_000_000_000 + since.microseconds * 1000


def moment(at_ns: int) -> datetime:
    """To the microsecond, which is what clients write."""
    return _EPOCH + timedelta(microseconds=at_ns // 1000)
