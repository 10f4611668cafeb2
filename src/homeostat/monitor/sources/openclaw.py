"""OpenClaw's sessions: `~/.openclaw/agents/<agent>/sessions/<session>.jsonl`."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind, RunContext, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Reader, Source, UnreadableLineError
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    DAMAGED,
    Dollars,
    Figure,
    Milliseconds,
    each_object,
    first_object,
    maybe,
    member,
    piece,
    stem,
    text_of,
    written,
)
from homeostat.monitor.skipping import SkippingReader

CLIENT = "openclaw"
SHELLS = frozenset({"exec", "bash"})
_PATHS = ("path", "file_path", "filePath")
_IGNORED = frozenset(
    {"thinking_level_change", "custom", "custom_message", "label", "session_info", "branch_summary"}
)
_IGNORED_ROLES = frozenset({"bashExecution", "custom", "branchSummary", "compactionSummary"})
"""What a person ran by hand, and what the client wrote into the talk itself."""
_NULL = msgspec.Raw(b"null")


class Cost(msgspec.Struct, gc=False):
    total: Dollars | None = None


class Tokens(msgspec.Struct, gc=False, rename="camel"):
    input: Figure | None = None
    output: Figure | None = None
    cache_read: Figure | None = None
    cache_write: Figure | None = None
    cost: msgspec.Raw = _NULL


class Details(msgspec.Struct, gc=False, rename="camel"):
    status: str | None = None
    exit_code: msgspec.Raw = _NULL
    duration_ms: Milliseconds | None = None


class Block(msgspec.Struct, gc=False):
    type: str = ""
    id: str = ""
    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Message(msgspec.Struct, gc=False, rename="camel"):
    role: str = ""
    content: msgspec.Raw = _NULL
    model: str | None = None
    usage: msgspec.Raw = _NULL
    stop_reason: str | None = None
    error_message: str | None = None
    tool_call_id: str | None = None
    is_error: bool | None = None
    details: msgspec.Raw = _NULL


class Line(msgspec.Struct, gc=False):
    type: str = ""
    id: str = ""
    timestamp: datetime | None = None
    cwd: str = ""
    message: msgspec.Raw = _NULL


class _State(msgspec.Struct):
    run_id: str = ""
    model: str = ""
    cost_usd: float = 0.0
    calls: int = 0
    """Calls so far: one without an id gets its place."""


_lines = msgspec.json.Decoder(Line)
_message = msgspec.json.Decoder(Message)
_blocks = msgspec.json.Decoder(list[msgspec.Raw]).decode
_block = msgspec.json.Decoder(Block)
_details = msgspec.json.Decoder(Details)
_figure: msgspec.json.Decoder[int] = msgspec.json.Decoder(Figure)
_tokens = msgspec.json.Decoder(Tokens)
_cost = msgspec.json.Decoder(Cost)
_SESSION = b'{"type":"session"'


class OpenclawReader(SkippingReader):
    """Keeps the run, its model, and what it has cost."""

    def __init__(self, origin: Origin, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State()
        self._named = stem(origin.path)

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        try:
            for number, entry in enumerate(each_object(line, _lines, self._skipped)):
                entry.id = entry.id or f"@{offset + number}"
                yield from self._entry(entry)
        except UnreadableLineError:
            # Something stands before the first object: the line is named, and what is whole read.
            if (start := line.find(_SESSION)) > 0:
                for entry in each_object(line[start:], _lines, self._skipped):
                    yield from self._entry(entry)
            raise

    def _entry(self, entry: Line) -> Iterator[Event]:
        match entry.type:
            case "session":
                self._state.run_id = self._state.run_id or entry.id
                if entry.cwd:
                    context = RunContext(project=entry.cwd)
                    yield self._run.event(Kind.CONTEXT, entry.timestamp, entry.cwd, context=context)
            case "message":
                yield from self._message(entry)
            case "compaction":
                yield self._run.event(Kind.COMPACTION, entry.timestamp, entry.id)
            case "model_change" | "":
                return  # the messages say it
            case other:
                if other not in _IGNORED:
                    self._skipped[other] += 1

    @property
    def _run(self) -> Frame:
        return Frame(CLIENT, self._state.run_id or self._named)

    def _message(self, entry: Line) -> Iterator[Event]:
        message = piece(entry.message, _message, self._skipped)
        match message.role:
            case "user":
                if text := text_of(message.content):
                    yield self._run.event(Kind.PROMPT, entry.timestamp, entry.id, text=text)
            case "assistant":
                yield from self._answer(entry, message)
            case "toolResult":
                yield self._result(entry, message)
            case other:
                if other not in _IGNORED_ROLES:
                    self._skipped[f"message {other}"] += 1

    def _answer(self, entry: Line, message: Message) -> Iterator[Event]:
        run, at = self._run, entry.timestamp
        if message.model and message.model != self._state.model:
            self._state.model = message.model
            context = RunContext(model=message.model)
            yield run.event(Kind.CONTEXT, at, message.model, entry.id, context=context)
        yield from self._spent(entry, message)
        if text_of(message.content).strip():
            yield run.event(Kind.SAID, at, entry.id)
        yield from self._called(entry, message)
        match message.stop_reason:
            case "stop":
                yield run.event(Kind.TURN_END, at, entry.id)
            case "error":
                yield run.event(Kind.API_ERROR, at, entry.id, text=message.error_message or "")
            case "aborted":
                yield run.event(Kind.INTERRUPT, at, entry.id)
            case _:
                return

    def _called(self, entry: Line, message: Message) -> Iterator[Event]:
        """A block that is damaged is named, and the others are read."""
        damage: UnreadableLineError | None = None
        for raw in _content(message.content):
            try:
                block = piece(raw, _block, self._skipped)
            except UnreadableLineError as error:
                damage = error
                continue
            if block.type == "toolCall":
                yield self._call(entry, block)
        if damage:
            raise damage

    def _spent(self, entry: Line, message: Message) -> Iterator[Event]:
        """The input does not include what came from the cache."""
        tokens = maybe(message.usage, _tokens, self._skipped, name="usage")
        if tokens is None:
            return
        usage = Usage(
            message_id=f"{self._run.run_id} {entry.id}",
            input_tokens=tokens.input or 0,
            output_tokens=tokens.output or 0,
            cache_read_tokens=tokens.cache_read or 0,
            cache_creation_tokens=tokens.cache_write or 0,
        )
        yield self._run.event(Kind.USAGE, entry.timestamp, entry.id, usage=usage)
        if (
            cost := maybe(tokens.cost, _cost, self._skipped, name="cost")
        ) and cost.total:  # 0 where no price is known
            self._state.cost_usd += cost.total
            yield self._run.event(
                Kind.COST, entry.timestamp, entry.id, cost_usd=self._state.cost_usd
            )

    def _call(self, entry: Line, block: Block) -> Event:
        call_id = block.id or f"#{self._state.calls}"
        self._state.calls += 1
        arguments = written(block.arguments)
        return self._run.of_call(
            Kind.CALL, entry.timestamp, call_id, tool=block.name or "?",
            args=arguments,
            command=member(arguments, "command") if block.name in SHELLS else "",
            path=member(arguments, *_PATHS),
        )  # fmt: skip

    def _result(self, entry: Line, message: Message) -> Event:
        if not message.tool_call_id:
            raise UnreadableLineError("an answer to no call")
        lost = self._skipped
        details = maybe(message.details, _details, lost, name="details") or Details()
        code = maybe(details.exit_code, _figure, lost, name="exitCode")
        is_whole = code is not None or details.exit_code == _NULL
        outcome, kind = _judged(message, details, code)
        if outcome is Outcome.OK and not (is_whole and _is_object(message.details)):
            outcome, kind = Outcome.UNKNOWN, "no_status"
        return self._run.of_call(
            Kind.RESULT, entry.timestamp, message.tool_call_id, outcome=outcome,
            failure_kind=kind, exit_code=code, text=text_of(message.content, lost),
            duration_ms=None if details.duration_ms is None else round(details.duration_ms),
        )  # fmt: skip


def _judged(message: Message, details: Details, code: int | None) -> tuple[Outcome, str]:
    """`isError` is not set for most failures: the details know."""
    if message.is_error:
        return Outcome.ERROR, "flag"
    if details.status == "error":
        return Outcome.ERROR, "status"
    if code:
        return Outcome.ERROR, "exit_code"
    if details.status == "failed":  # ended by a signal, or by its time limit
        return Outcome.ERROR, "status"
    return Outcome.OK, ""


def _is_object(raw: msgspec.Raw) -> bool:
    """Or nothing at all."""
    return raw == _NULL or bytes(raw)[:1] == b"{"


def _content(content: msgspec.Raw) -> list[msgspec.Raw]:
    """The blocks of a message; a mere text has none."""
    try:
        return _blocks(content)
    except DAMAGED:
        return []


class Openclaw(Source):
    client = CLIENT
    homes = (
        "$OPENCLAW_STATE_DIR/agents/*/sessions/*.jsonl",
        ".openclaw/agents/*/sessions/*.jsonl",
        ".clawdbot/agents/*/sessions/*.jsonl",
    )

    def recognises(self, head: Sequence[bytes]) -> bool:
        """A session's first line, or messages in the frame of a tree (`parentId`)."""
        return any(_is_of_a_session(line) for line in head[:5])

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return OpenclawReader(origin, state)


class _Head(msgspec.Struct, gc=False, rename="camel"):
    type: str = ""
    id: str = ""
    version: int | None = None
    cwd: str | None = None
    parent_id: str | msgspec.UnsetType | None = msgspec.UNSET
    message: msgspec.Raw = _NULL


_head = msgspec.json.Decoder(_Head).decode


def _is_of_a_session(line: bytes) -> bool:
    try:
        entry = _head(first_object(line))
    except DAMAGED:
        return False
    if entry.type == "session":
        return bool(entry.id) and entry.cwd is not None
    is_in_a_tree = entry.parent_id is not msgspec.UNSET
    return entry.type == "message" and is_in_a_tree and bytes(entry.message)[:1] == b"{"


source = Openclaw()
