"""Gemini CLI: `~/.gemini/tmp/<project>/chats/session-<time>-<id>.json`, newer versions `.jsonl`."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind, RunContext, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import (
    Document,
    Framing,
    Lines,
    Origin,
    Reader,
    Source,
    UnreadableLineError,
)
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    Figure,
    each_object,
    maybe,
    member,
    piece,
    stem,
    text_of,
    written,
)
from homeostat.monitor.skipping import SkippingReader

CLIENT = "gemini-cli"
SHELL = "run_shell_command"
_EXIT_CODE = re.compile(r"^Exit Code: (-?\d{1,9})$", re.MULTILINE)
_SIGNAL = re.compile(
    r"^Signal: (?!\(none\)|0$)\w{1,12}\n(?:Background PIDs: .{0,200}\n)?"
    r"(?:Process Group PGID: .{0,20}\s*)?(?:</untrusted_context>\s*)?\Z",
    re.MULTILINE,
)
"""What ended a command, in the client's own lines below its output."""
_CONTEXT = "<untrusted_context>\n"
_TIMED_OUT = "Command was automatically cancelled because it exceeded the timeout"
_CANCELLED = "Command was cancelled by user"
_NULL = msgspec.Raw(b"null")
_PATHS = ("file_path", "absolute_path", "path", "dir_path")


class Tokens(msgspec.Struct, gc=False):
    input: Figure = 0
    output: Figure = 0
    cached: Figure = 0
    thoughts: Figure = 0


class Call(msgspec.Struct, gc=False):
    id: str = ""
    name: str = ""
    args: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"null")
    shown: msgspec.Raw = msgspec.field(name="resultDisplay", default=_NULL)
    """What a person saw of it; a failure may stand only there."""
    status: str | None = None
    timestamp: datetime | None = None


class Message(msgspec.Struct, gc=False):
    id: str = ""
    type: str = ""
    timestamp: datetime | None = None
    content: msgspec.Raw = msgspec.Raw(b"null")
    tool_calls: msgspec.Raw = msgspec.field(name="toolCalls", default=_NULL)
    tokens: msgspec.Raw = _NULL
    model: str | None = None


class Update(msgspec.Struct, gc=False):
    messages: list[msgspec.Raw] | None = None


class Record(Message, gc=False):
    """A document without its messages, one of its messages, or a line of the newer form."""

    session_id: str = msgspec.field(name="sessionId", default="")
    messages: msgspec.Raw = _NULL
    change: msgspec.Raw = msgspec.field(name="$set", default=_NULL)
    rewind: msgspec.Raw = msgspec.field(name="$rewindTo", default=_NULL)


class _State(msgspec.Struct):
    run_id: str = ""
    model: str = ""


_records = msgspec.json.Decoder(Record)
_message = msgspec.json.Decoder(Message)
_update = msgspec.json.Decoder(Update)
_call = msgspec.json.Decoder(Call)
_calls: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])
_tokens = msgspec.json.Decoder(Tokens)


class GeminiReader(SkippingReader):
    """The same message may be written again with more in it: the later one adds what is new."""

    def __init__(self, origin: Origin, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State()
        self._named = stem(origin.path)

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for record in each_object(line, _records, self._skipped):
            yield from self._record(record, f"@{offset}")

    def _record(self, record: Record, place: str) -> Iterator[Event]:
        if record.session_id:
            self._state.run_id = record.session_id
        elif record.type:
            yield from self._message(record, place)
        elif record.messages != _NULL:
            yield from self._message(piece(record.messages, _message, self._skipped), place)
        elif record.change != _NULL:
            messages = piece(record.change, _update, self._skipped).messages
            for number, raw in enumerate(messages or ()):
                message = piece(raw, _message, self._skipped)
                yield from self._message(message, f"{place}.{number}")
        elif record.rewind == _NULL:  # what was taken back was done all the same
            self._skipped["record"] += 1

    def _message(self, message: Message, place: str) -> Iterator[Event]:
        """`place` is the id of one that has none."""
        message.id = message.id or place
        run = Frame(CLIENT, self._state.run_id or self._named)
        at = message.timestamp
        match message.type:
            case "user":
                if text := _prompt(message):
                    yield run.event(Kind.PROMPT, at, message.id, text=text)
            case "gemini":
                yield from self._answer(run, message)
            case "error":
                yield run.event(Kind.API_ERROR, at, message.id, text=text_of(message.content))
            case "info" | "warning":
                if "Request cancelled" in text_of(message.content):
                    yield run.event(Kind.INTERRUPT, at, message.id)
            case other:
                self._skipped[f"message {other}"] += 1

    def _answer(self, run: Frame, message: Message) -> Iterator[Event]:
        at = message.timestamp
        if message.model and message.model != self._state.model:
            self._state.model = message.model
            context = RunContext(model=message.model)
            yield run.event(Kind.CONTEXT, at, message.model, message.id, context=context)
        if tokens := maybe(message.tokens, _tokens, self._skipped, name="tokens"):
            yield run.event(
                Kind.USAGE, at, message.id, str(tokens.output + tokens.thoughts),
                usage=_usage(f"{run.run_id} {message.id}", tokens),
            )  # fmt: skip
        if text_of(message.content):
            yield run.event(Kind.SAID, at, message.id)
        yield from self._called(run, message)

    def _called(self, run: Frame, message: Message) -> Iterator[Event]:
        """One that is damaged is named, and the others are read."""
        damage: UnreadableLineError | None = None
        calls = maybe(message.tool_calls, _calls, self._skipped, name="toolCalls")
        for number, raw in enumerate(calls or ()):
            try:
                call = piece(raw, _call, self._skipped)
            except UnreadableLineError as error:
                damage = error
                continue
            if not call.id or "REDACTED" in call.id:
                call.id = f"{message.id}.{number}"
            yield from self._call(run, call, message.timestamp)
        if damage:
            raise damage

    def _call(self, run: Frame, call: Call, at: datetime | None) -> Iterator[Event]:
        yield run.of_call(
            Kind.CALL, at, call.id, tool=call.name,
            args=written(call.args),
            command=member(call.args, "command") if call.name == SHELL else "",
            path=member(call.args, *_PATHS),
        )  # fmt: skip
        if call.status not in (*_FINAL, *_RUNNING):
            self._skipped[f"status {call.status}"] += 1
        elif call.status in _FINAL:
            text = _answered(call.result) or text_of(call.shown)
            outcome, kind, code = _judged(call, text)
            yield run.of_call(
                Kind.RESULT, call.timestamp or at, call.id, outcome=outcome, failure_kind=kind,
                exit_code=code, text=text,
            )  # fmt: skip


_FINAL = ("success", "error", "cancelled")
_RUNNING = (None, "validating", "scheduled", "awaiting_approval", "executing")
_DENIED = "Tool execution denied by policy"


def _judged(call: Call, text: str) -> tuple[Outcome, str, int | None]:
    """A failing shell command has the status success: its exit code stands in the answer, below
    what the command printed."""
    if call.status == "cancelled":
        return Outcome.INTERRUPTED, "status", None
    if call.status == "error":
        return Outcome.DENIED if text.startswith(_DENIED) else Outcome.ERROR, "status", None
    return _of_shell(text.removeprefix(_CONTEXT)) if call.name == SHELL else (Outcome.OK, "", None)


def _of_shell(text: str) -> tuple[Outcome, str, int | None]:
    found = _EXIT_CODE.findall(text)
    code = int(found[-1]) if found else None
    if code:
        return Outcome.ERROR, "exit_code", code
    if text.startswith(_TIMED_OUT):
        return Outcome.ERROR, "timeout", None
    if text.startswith(_CANCELLED):
        return Outcome.INTERRUPTED, "aborted", None
    return (Outcome.ERROR, "signal", code) if _SIGNAL.search(text) else (Outcome.OK, "", code)


def _answered(result: msgspec.Raw) -> str:
    """What the tool answered: the output or the error of each part."""
    data = bytes(result)
    try:
        parts = _results(b"[%s]" % data if data[:1] == b"{" else data)
    except msgspec.MsgspecError:
        return text_of(result)
    said = (part.function_response.response for part in parts or () if part.function_response)
    return "\n".join(member(item, "error", "output") or written(item) for item in said)


class _Function(msgspec.Struct, gc=False):
    response: msgspec.Raw = _NULL


class _Result(msgspec.Struct, gc=False):
    function_response: _Function | None = msgspec.field(name="functionResponse", default=None)


_results = msgspec.json.Decoder(list[_Result] | None).decode


def _prompt(message: Message) -> str:
    """A person's words; answers of tools and the client's own context come the same way."""
    text = text_of(message.content)
    return "" if text.startswith("<session_context>") else text


def _usage(message_id: str, tokens: Tokens) -> Usage:
    """The input includes what came from the cache; thoughts are not in the output."""
    return Usage(
        message_id=message_id,
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_tokens=tokens.cached,
    )


class GeminiCli(Source):
    client = CLIENT
    homes = (".gemini/tmp/*/chats/session-*.jsonl", ".gemini/tmp/*/chats/session-*.json")
    names = ("*.json", "*.jsonl")

    def recognises(self, head: Sequence[bytes]) -> bool:
        if head and b'"sessionId"' in head[0] and b'"projectHash"' in head[0]:
            return True
        found = documents.keys(head)
        return "sessionId" in found and bool(
            "projectHash" in found or {"messages.item.type", "messages.item.timestamp"} <= found
        )

    def framing(self, head: Sequence[bytes]) -> Framing:
        return Document(split=("messages",)) if "messages" in documents.keys(head) else Lines()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return GeminiReader(origin, state)


source = GeminiCli()
