"""Names of things. All are texts but `EventId`, so that they survive JSON and a terminal."""

from datetime import UTC, datetime
from typing import NewType

EventId = NewType("EventId", bytes)
"""16 bytes, made from what the fact is, so that the same fact read twice has the same id."""
_FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_LAST_DAY = 0xFFFF


def dated(event_id: EventId, ts: datetime | None) -> EventId:
    """The id with its day in front (0 where the channel names none), so that ids of one time lie
    together: an index of ids in no order at all is written anew all over with each batch.
    """
    day = 0 if ts is None else min(max(ts.toordinal() - _FIRST_DAY, 0), _LAST_DAY)
    return EventId(day.to_bytes(2, "big") + event_id[:-2])


RunId = NewType("RunId", str)
"""The client's own session id."""

CallId = NewType("CallId", str)
"""The client's own id of a tool call, unique within its run."""

SignatureId = NewType("SignatureId", str)
"""`S-` and base32 letters: a short hash of the signature's key and the version of the rules."""
