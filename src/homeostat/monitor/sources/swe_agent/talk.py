"""mini-swe-agent: a talk in which the agent asks for shell, in words or as tool calls."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import Figure, Seconds, maybe, member, text_of, written
from homeostat.monitor.moments import from_ms
from homeostat.monitor.parts import Parts

SIGNS = (b"mswea_bash_command", b"<returncode>", b"minisweagent.", b'"mini-swe-agent')
_BLOCK = re.compile(r"```(?:mswea_bash_command|bash)\s*\n(.*?)\n?```", re.DOTALL)
_RETURNED = re.compile(
    r"\s*(?:<exception>.{0,4000}?</exception>\s*)?<returncode>(-?\d{1,9})</returncode>", re.DOTALL
)
_TIMED_OUT = re.compile(r"\s*The last command <command>.{0,20000}?</command> timed out", re.DOTALL)
_LATE = re.compile("timed out|TimeoutExpired|TimeoutError", re.IGNORECASE)
_NOT_RUN = "action was not executed"
_NULL = msgspec.Raw(b"null")


class Function(msgspec.Struct, gc=False):
    name: str = ""
    arguments: msgspec.Raw = _NULL


class Call(msgspec.Struct, gc=False):
    id: str = ""
    function: Function = msgspec.field(default_factory=Function)


class Extra(msgspec.Struct, gc=False):
    """Since version 2, beside each message."""

    returncode: Figure | None = None
    exception_info: str | None = None
    timestamp: Seconds | None = None


class Said(msgspec.Struct, gc=False):
    role: str = ""
    content: msgspec.Raw = _NULL
    tool_calls: msgspec.Raw = _NULL
    tool_call_id: str | None = None
    extra: msgspec.Raw = _NULL


said = msgspec.json.Decoder(Said)
_extra = msgspec.json.Decoder(Extra)
calls = Parts(msgspec.json.Decoder(list[Call] | None), msgspec.json.Decoder(Call), "call")


class Talk:
    """The exit code of a command stands in the message that follows."""

    def __init__(self, run: Frame, skipped: Counter[str]) -> None:
        self._run = run
        self._skipped = skipped
        self._calls = 0
        self._is_prompted = False
        self._waiting = ""
        """The call of the agent's last words."""

    def message(self, message: Said, offset: int) -> Iterator[Event]:
        text = text_of(message.content)
        extra = maybe(message.extra, _extra, self._skipped, name="extra") or Extra()
        at = from_ms(extra.timestamp and extra.timestamp * 1000)
        match message.role:
            case "assistant":
                yield self._run.event(Kind.SAID, at, str(offset))
                yield from self._asked(message, text, at)
            case "user":
                if not self._is_prompted:
                    self._is_prompted = True
                    yield self._run.event(Kind.PROMPT, at, str(offset), text=text)
                call_id, self._waiting = self._waiting, ""
                yield from self._answered(call_id, text, extra, at)
            case "tool":
                yield from self._answered(message.tool_call_id or "", text, extra, at)
            case "system" | "exit":
                return
            case other:
                self._skipped[f"message {other}"] += 1

    def _asked(self, message: Said, text: str, at: datetime | None) -> Iterator[Event]:
        self._waiting = ""
        asked = [call for _, call in calls.of(message.tool_calls, self._skipped)]
        for call in asked:
            arguments = written(call.function.arguments)
            yield self._run.of_call(
                Kind.CALL, at, self._id(call.id), tool=call.function.name or "?", args=arguments,
                command=member(arguments, "command"),
            )  # fmt: skip
        if not asked and (block := _BLOCK.search(text)):
            self._waiting = self._id("")
            yield self._run.of_call(
                Kind.CALL, at, self._waiting, tool="bash", command=block[1].strip()
            )

    def _id(self, given: str) -> str:
        self._calls += 1
        return given if given and "REDACTED" not in given else f"#{self._calls - 1}"

    def _answered(
        self, call_id: str, text: str, extra: Extra, at: datetime | None
    ) -> Iterator[Event]:
        found = _RETURNED.match(text)
        code = int(found[1]) if found else extra.returncode
        judged = _judged(text, extra, code)
        if call_id and judged:
            outcome, kind = judged
            yield self._run.of_call(
                Kind.RESULT, at, call_id, exit_code=code, text=text, outcome=outcome,
                failure_kind=kind,
            )  # fmt: skip


def _judged(text: str, extra: Extra, code: int | None) -> tuple[Outcome, str] | None:
    """`None` for words that say nothing of a command."""
    why = extra.exception_info or ""
    if why == _NOT_RUN:
        return Outcome.INTERRUPTED, "aborted"
    if _TIMED_OUT.match(text) or _LATE.search(why):
        return Outcome.ERROR, "timeout"
    if code is None:
        return (Outcome.ERROR, "other") if why else None
    return (Outcome.ERROR, "exit_code") if code else (Outcome.OK, "")
