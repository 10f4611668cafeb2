"""Names of things. All are texts but `EventId`, so that they survive JSON and a terminal."""

from typing import NewType

EventId = NewType("EventId", bytes)
"""16 bytes, made from what the fact is, so that the same fact read twice has the same id."""

RunId = NewType("RunId", str)
"""The client's own session id."""

CallId = NewType("CallId", str)
"""The client's own id of a tool call, unique within its run."""

SignatureId = NewType("SignatureId", str)
"""`S-` and base32 letters: a short hash of the signature's key and the version of the rules."""
