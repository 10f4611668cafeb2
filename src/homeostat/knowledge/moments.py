"""Moments as the database keeps them: UTC nanoseconds."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
HOUR_NS = 3600 * 1_000_000_000
DAY_NS = 24 * HOUR_NS


def nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND * 1000


def moment(at_ns: int) -> datetime:
    """To the microsecond, which is what clients write."""
    return _EPOCH + timedelta(microseconds=at_ns // 1000)
