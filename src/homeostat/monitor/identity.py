"""Event ids: the same fact read twice, from whichever file, has the same id."""

from hashlib import blake2b

from homeostat.model.ids import EventId


def event_id(*parts: str) -> EventId:
    """16 bytes from what the fact is: client, kind, and the client's own ids of it."""
    return EventId(blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).digest())
