"""What opencode's calls, answers and messages mean."""

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind, Usage
from homeostat.model.outcome import Outcome
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import Lost, maybe
from homeostat.monitor.sources.opencode import format as shape

_DENIED = ("The user rejected permission", "The user has specified a rule which prevents")
_ABORTED = ("Tool execution aborted", "User aborted the command")
_TIMED_OUT = "terminated command after exceeding timeout"
_STOPPED = re.compile(r"<\w{1,20}_metadata>(.{1,400}?)</\w{1,20}_metadata>\s*\Z", re.DOTALL)
"""What the client itself says, below what a command printed."""


def judged(tool: str, state: shape.State) -> tuple[Outcome, str]:
    """A failing shell command is completed: its exit code stands beside the answer."""
    if state.status == "error":
        if state.error.startswith(_DENIED):
            return Outcome.DENIED, "status"
        if state.error.startswith(_ABORTED):
            return Outcome.INTERRUPTED, "status"
        return Outcome.ERROR, "status"
    if tool == shape.INVALID:
        return Outcome.ERROR, "tool_use_error"
    if tool != shape.SHELL:
        return Outcome.OK, ""
    if shape.has_odd_exit(state):
        return Outcome.UNKNOWN, "no_status"
    if code := shape.exit_code(state):
        return Outcome.ERROR, "exit_code"
    return _stopped(state.output) if code is None else (Outcome.OK, "")


def _stopped(output: str) -> tuple[Outcome, str]:
    """A command without an exit code: what the client itself wrote below its output."""
    found = _STOPPED.search(output[-1000:])
    said = found[1] if found else ""
    if _TIMED_OUT in said:
        return Outcome.ERROR, "timeout"
    if any(words in said for words in _ABORTED):
        return Outcome.INTERRUPTED, "aborted"
    return Outcome.OK, ""


def spent(
    run: Frame, at: datetime | None, raw: msgspec.Raw, message_id: str, lost: Lost
) -> Iterator[Event]:
    """The input does not include what came from the cache, nor the output what was reasoned."""
    tokens = maybe(raw, shape.tokens, lost, name="tokens")
    if tokens is None:
        return
    cache = tokens.cache or shape.Cache()
    usage = Usage(
        message_id=f"{run.run_id} {message_id}",
        input_tokens=tokens.input or 0,
        output_tokens=tokens.output or 0,
        cache_read_tokens=cache.read or 0,
        cache_creation_tokens=cache.write or 0,
    )
    figures = map(str, msgspec.structs.astuple(usage)[1:])
    yield run.event(Kind.USAGE, at, message_id, *figures, usage=usage)


def failed(run: Frame, at: datetime | None, error: shape.Error, message_id: str) -> Event:
    if error.name == "MessageAbortedError":
        return run.event(Kind.INTERRUPT, at, message_id)
    text = error.data.message if error.data else ""
    return run.event(Kind.API_ERROR, at, message_id, name=status(error), text=text)


def tried_again(run: Frame, at: datetime | None, error: shape.Error | None, part: str) -> Event:
    text = error.data.message if error and error.data else ""
    name = status(error) if error else ""
    return run.event(Kind.RETRY, at, part, name=name, text=text)


def status(error: shape.Error) -> str:
    """The status of an answer, or the client's own name of the failure."""
    code = error.data.statusCode if error.data else None
    return str(code) if code is not None else error.name
