"""What we use of opencode's sessions, messages and parts. All other fields are skipped."""
# ruff: noqa: N815  # the names are theirs

import msgspec

from homeostat.monitor.json_lines import (
    DAMAGED,
    Dollars,
    Figure,
    Lost,
    Milliseconds,
    first_object,
    maybe,
)

ABSENT = msgspec.Raw(b"null")
SHELL = "bash"
INVALID = "invalid"
"""The tool that stands for one that does not exist, or for arguments that it does not take."""
IGNORED = frozenset(
    {"reasoning", "step-start", "step-finish", "snapshot", "patch", "agent", "subtask"}
)
"""Parts that say nothing new: their tokens stand in the message, their work in the tools."""


class Session(msgspec.Struct, gc=False):
    """As a document has it (`info`), and as a row of the database has it."""

    id: str = ""
    directory: str = ""
    version: str = ""
    time: msgspec.Raw = ABSENT
    time_created: float | None = None
    cost: Dollars | None = None


class Row(msgspec.Struct, gc=False):
    """A row whose content is JSON in a text column."""

    id: str = ""
    session_id: str = ""
    message_id: str = ""
    time_created: float | None = None
    data: str = ""


class Exchange(msgspec.Struct, gc=False):
    """A message of an exported session, with its parts."""

    info: msgspec.Raw = ABSENT
    parts: list[msgspec.Raw] | None = None


class Cache(msgspec.Struct, gc=False):
    read: Figure | None = None
    write: Figure | None = None


class Tokens(msgspec.Struct, gc=False):
    input: Figure | None = None
    output: Figure | None = None
    cache: Cache | None = None


class ErrorData(msgspec.Struct, gc=False):
    message: str = ""
    statusCode: int | None = None


class Error(msgspec.Struct, gc=False):
    name: str = ""
    data: ErrorData | None = None


class Message(msgspec.Struct, gc=False):
    id: str = ""
    sessionID: str = ""
    role: str = ""
    modelID: str = ""
    finish: str | None = None
    cost: Dollars | None = None
    tokens: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
    time: msgspec.Raw = ABSENT


class Part(msgspec.Struct, gc=False):
    id: str = ""
    sessionID: str = ""
    messageID: str = ""
    type: str = ""
    text: str = ""
    synthetic: bool | None = None
    callID: str | None = None
    tool: str = ""
    mime: str = ""
    attempt: int | None = None
    error: msgspec.Raw = ABSENT
    state: msgspec.Raw = ABSENT
    time: msgspec.Raw = ABSENT
    reason: str | None = None
    tokens: msgspec.Raw = ABSENT
    cost: Dollars | None = None


class Printed(msgspec.Struct, gc=False):
    """A line of `opencode run --format json`."""

    type: str = ""
    timestamp: Milliseconds | None = None
    sessionID: str = ""
    part: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class Metadata(msgspec.Struct, gc=False):
    exit: msgspec.Raw = ABSENT


class State(msgspec.Struct, gc=False):
    """Of a call; `status` is pending, running, completed or error."""

    status: str = ""
    input: msgspec.Raw = msgspec.Raw(b"{}")
    output: str = ""
    error: str = ""
    metadata: msgspec.Raw = ABSENT
    time: msgspec.Raw = ABSENT


class Times(msgspec.Struct, gc=False):
    """Milliseconds since 1970."""

    created: Milliseconds | None = None
    completed: Milliseconds | None = None
    start: Milliseconds | None = None
    end: Milliseconds | None = None


record = msgspec.json.Decoder(dict[str, msgspec.Raw])
session = msgspec.json.Decoder(Session)
row = msgspec.json.Decoder(Row)
exchange = msgspec.json.Decoder(Exchange)
message = msgspec.json.Decoder(Message)
part = msgspec.json.Decoder(Part)
printed = msgspec.json.Decoder(Printed)
state = msgspec.json.Decoder(State)
tokens = msgspec.json.Decoder(Tokens)
error = msgspec.json.Decoder(Error)
_metadata = msgspec.json.Decoder(Metadata)
_figure: msgspec.json.Decoder[int] = msgspec.json.Decoder(Figure)
_times = msgspec.json.Decoder(Times)


_PRINTED = frozenset({"step_start", "step_finish", "text", "reasoning", "tool_use", "error"})


def is_printed(line: bytes) -> bool:
    try:
        found = printed.decode(first_object(line))
    except DAMAGED:
        return False
    has_more = found.part != ABSENT or found.error != ABSENT
    return found.type in _PRINTED and found.sessionID.startswith("ses_") and has_more


def times(raw: msgspec.Raw, lost: Lost = None) -> Times:
    return maybe(raw, _times, lost, name="time") or Times()


def exit_code(found: State) -> int | None:
    metadata = maybe(found.metadata, _metadata)
    return maybe(metadata.exit, _figure) if metadata else None


def has_odd_exit(found: State) -> bool:
    """Whether a code is there that cannot be read: without it a failure looks like a success."""
    if found.metadata == ABSENT:
        return False
    metadata = maybe(found.metadata, _metadata)
    return metadata is None or (metadata.exit != ABSENT and exit_code(found) is None)
