"""opencode: its live database, exported sessions, and the small files of older versions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind, RunContext
from homeostat.model.ports import (
    Document,
    Framing,
    Lines,
    Origin,
    Reader,
    Source,
    Table,
    Tables,
    UnreadableLineError,
)
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import each_object, maybe, member, piece
from homeostat.monitor.moments import from_ms
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.sources.opencode import facts
from homeostat.monitor.sources.opencode import format as shape

CLIENT = "opencode"
BLANKED = "REDACTED"
_DATABASE = b"SQLite format 3"
_PATHS = ("filePath", "path")
_FINAL = ("completed", "error")


class _State(msgspec.Struct):
    model_run: str = ""
    """The run of which `model` was said last."""
    model: str = ""
    cost_usd: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    """Of the sessions whose messages or steps come one by one; a file may hold several."""


class _At(msgspec.Struct, frozen=True):
    """Where a part stands."""

    run: str
    message: str
    part: str
    role: str = ""
    """Empty where the message is not at hand."""
    ts: datetime | None = None


class OpencodeReader(SkippingReader):
    """Every form has the same sessions, messages and parts, and gives the same facts."""

    def __init__(self, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State()
        self._run = ""
        self._calls: set[str] = set()

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for found in each_object(line, shape.record, self._skipped):
            if "sessionID" in found and "timestamp" in found:
                one = msgspec.json.encode(found)
                yield from self._printed(piece(one, shape.printed, self._skipped), offset)
            elif "messages" in found:
                yield from self._exchange(found["messages"], offset)
            elif "info" in found:
                yield from self._session(piece(found["info"], shape.session, self._skipped))
            elif "id" in found:
                yield from self._file(found)
            else:
                yield from self._row(found)

    def _file(self, found: Mapping[str, msgspec.Raw]) -> Iterator[Event]:
        """One of the small files: a session, a message, or a part."""
        data = msgspec.json.encode(found)
        if "messageID" in found:
            part = piece(data, shape.part, self._skipped)
            yield from self._part(part, _At(part.sessionID, part.messageID, part.id))
        elif "role" in found:
            message = piece(data, shape.message, self._skipped)
            yield from self._message(message, message.sessionID, message.id)
        elif "directory" in found:
            yield from self._session(piece(data, shape.session, self._skipped))
        else:
            self._skipped["file"] += 1

    def _row(self, found: Mapping[str, msgspec.Raw]) -> Iterator[Event]:
        for table, raw in found.items():
            match table:
                case "session":
                    session = piece(raw, shape.session, self._skipped)
                    yield from self._session(session)
                    if session.cost:
                        yield Frame(CLIENT, session.id).event(
                            Kind.COST, None, str(session.cost), cost_usd=session.cost
                        )
                case "message":
                    row = piece(raw, shape.row, self._skipped)
                    message = piece(row.data.encode(), shape.message, self._skipped)
                    yield from self._message(message, row.session_id, row.id)
                case "part":
                    row = piece(raw, shape.row, self._skipped)
                    part = piece(row.data.encode(), shape.part, self._skipped)
                    at = _At(row.session_id, row.message_id, row.id, ts=from_ms(row.time_created))
                    yield from self._part(part, at)
                case _:
                    self._skipped[f"record {table}"] += 1

    def _session(self, session: shape.Session) -> Iterator[Event]:
        self._run = session.id
        at = from_ms(shape.times(session.time, self._skipped).created or session.time_created)
        context = RunContext(project=session.directory, client_version=session.version)
        yield Frame(CLIENT, session.id).event(
            Kind.CONTEXT, at, session.directory, session.version, context=context
        )

    def _exchange(self, raw: msgspec.Raw, offset: int) -> Iterator[Event]:
        """A message of an exported session; `offset` is its place, of which nothing else has it."""
        exchange = piece(raw, shape.exchange, self._skipped)
        damage: list[UnreadableLineError] = []
        message = maybe(exchange.info, shape.message, self._skipped)
        if message is None:
            damage.append(UnreadableLineError("the message cannot be read"))
            message = shape.Message()
        run = self._run or message.sessionID
        message_id = message.id if _is_whole(message.id) else f"#{offset}"
        yield from self._message(message, run, message_id)
        yield from self._spent(message.cost, run, message_id)
        ts = from_ms(shape.times(message.time, self._skipped).created)
        for number, data in enumerate(exchange.parts or ()):
            try:
                part = piece(data, shape.part, self._skipped)
                part_id = part.id if _is_whole(part.id) else f"{message_id}.{number}"
                yield from self._part(part, _At(run, message_id, part_id, message.role, ts))
            except UnreadableLineError as error:
                damage.append(error)
        if damage:
            raise damage[0]

    def _printed(self, line: shape.Printed, offset: int) -> Iterator[Event]:
        """A line of `opencode run --format json`: parts when they are done, and errors."""
        run, ts = Frame(CLIENT, line.sessionID), from_ms(line.timestamp)
        if line.type == "error":
            error = maybe(line.error, shape.error, self._skipped, name="error") or shape.Error()
            yield facts.failed(run, ts, error, f"@{offset}")
            return
        part = piece(line.part, shape.part, self._skipped)
        if part.type == "step-finish":
            yield from facts.spent(run, ts, part.tokens, part.messageID, self._skipped)
            yield from self._spent(part.cost, line.sessionID, part.messageID)
            if part.reason == "stop":
                yield run.event(Kind.TURN_END, ts, part.messageID)
        else:
            yield from self._part(part, _At(line.sessionID, part.messageID, part.id, ts=ts))

    def _spent(self, cost_usd: float | None, run: str, message_id: str) -> Iterator[Event]:
        """Of a session whose messages are all at hand: what it cost so far."""
        if cost_usd:
            total = self._state.cost_usd.get(run, 0.0) + cost_usd
            self._state.cost_usd[run] = total
            yield Frame(CLIENT, run).event(Kind.COST, None, message_id, cost_usd=total)

    def _message(self, message: shape.Message, run_id: str, message_id: str) -> Iterator[Event]:
        if message.role != "assistant":
            return
        run, times = Frame(CLIENT, run_id), shape.times(message.time, self._skipped)
        at = from_ms(times.created)
        if message.modelID and (run_id, message.modelID) != (
            self._state.model_run,
            self._state.model,
        ):
            self._state.model_run, self._state.model = run_id, message.modelID
            context = RunContext(model=message.modelID)
            yield run.event(Kind.CONTEXT, at, message.modelID, message_id, context=context)
        yield from facts.spent(run, at, message.tokens, message_id, self._skipped)
        ended = from_ms(times.completed) or at
        if error := maybe(message.error, shape.error, self._skipped, name="error"):
            yield facts.failed(run, ended, error, message_id)
        elif message.finish == "stop":
            yield run.event(Kind.TURN_END, ended, message_id)

    def _part(self, part: shape.Part, at: _At) -> Iterator[Event]:
        run, times = Frame(CLIENT, at.run), shape.times(part.time, self._skipped)
        ts = from_ms(times.start or times.created) or at.ts
        match part.type:
            case "text":
                yield from _text(run, ts, part, at)
            case "tool":
                yield from self._call(run, part, at)
            case "file" if part.mime.startswith("image/"):
                yield run.event(Kind.IMAGE, ts, at.part)
            case "retry":
                error = maybe(part.error, shape.error, self._skipped, name="error")
                yield facts.tried_again(run, ts, error, at.part)
            case "compaction":
                yield run.event(Kind.COMPACTION, ts, at.part)
            case "file":
                return
            case other:
                if other not in shape.IGNORED:
                    self._skipped[f"part {other}"] += 1

    def _call(self, run: Frame, part: shape.Part, at: _At) -> Iterator[Event]:
        state = maybe(part.state, shape.state, self._skipped, name="state") or shape.State()
        times = shape.times(state.time, self._skipped)
        ts, args = from_ms(times.start) or at.ts, bytes(state.input)
        call_id = self._call_id(part, at)
        call = run.of_call(
            Kind.CALL, ts, call_id, tool=part.tool, args=args.decode("utf-8", "replace"),
            command=member(state.input, "command") if part.tool == shape.SHELL else "",
            path=member(state.input, *_PATHS),
        )  # fmt: skip
        if state.status == "pending":
            # What it is called with is still being written: the whole call has its own id.
            begun = run.event(Kind.CALL, ts, call_id, "pending").id
            yield msgspec.structs.replace(call, id=begun)
            return
        yield call
        if part.tool == "task":
            yield run.event(Kind.SPAWN, ts, call_id, name=member(state.input, "subagent_type"))
        if state.status in _FINAL:
            outcome, kind = facts.judged(part.tool, state)
            if shape.has_odd_exit(state):
                self._skipped["unreadable exit"] += 1
            took = times.end - times.start if times.end and times.start else None
            yield run.of_call(
                Kind.RESULT, from_ms(times.end) or ts, call_id, outcome=outcome,
                failure_kind=kind, exit_code=shape.exit_code(state),
                text=state.error or state.output,
                duration_ms=None if took is None or took < 0 else round(took),
            )  # fmt: skip
        elif state.status != "running":
            self._skipped[f"status {state.status}"] += 1

    def _call_id(self, part: shape.Part, at: _At) -> str:
        """The format's own; whoever published a session may have blanked it."""
        call_id = part.callID or ""
        if not _is_whole(call_id):
            call_id = f"#{len(self._calls)}" if at.role else at.part
        if at.role:
            self._calls.add(call_id)
        return call_id


def _is_whole(given: str) -> bool:
    return bool(given) and BLANKED not in given


def _text(run: Frame, ts: datetime | None, part: shape.Part, at: _At) -> Iterator[Event]:
    """Words of a person or of the agent; only the agent's are timed while they are written."""
    is_agents = at.role == "assistant" if at.role else part.time != shape.ABSENT
    if not part.text.strip() or part.synthetic:
        return
    if is_agents:
        yield run.event(Kind.SAID, ts, at.part)
    else:
        yield run.event(Kind.PROMPT, ts, at.part, text=part.text)


class Opencode(Source):
    client = CLIENT
    homes = (
        "$XDG_DATA_HOME/opencode/opencode*.db",
        ".local/share/opencode/opencode*.db",
        "$XDG_DATA_HOME/opencode/storage/*/*/*.json",
        ".local/share/opencode/storage/*/*/*.json",
    )
    names = ("*.json", "*.jsonl", "opencode*.db")

    def recognises(self, head: Sequence[bytes]) -> bool:
        if head and head[0] == _DATABASE:
            return _has_tables(head[1:])
        if any(map(shape.is_printed, head[:_LOOKED_AT])):
            return True
        keys = documents.keys(head)
        if {"messages.item.info", "messages.item.parts"} <= keys:
            return True
        if {"info.id", "info.directory", "info.version", "info.time"} <= keys:
            return True
        return any(kind <= keys for kind in _SMALL) and any(b'"ses_' in line for line in head)

    def framing(self, head: Sequence[bytes]) -> Framing:
        if head[0] == _DATABASE:
            return Tables(tuple(Table(name, "time_updated") for name in _TABLES))
        if any(map(shape.is_printed, head[:_LOOKED_AT])):
            return Lines()
        return (
            Document(split=("messages",))
            if "info" in documents.keys(head)
            or any(key.startswith("messages.") for key in documents.keys(head))
            else Document()
        )

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del origin
        return OpencodeReader(state)


_LOOKED_AT = 20
"""Lines of a file's beginning: words of the terminal may have come between."""
_TABLES = ("session", "message", "part")
_SMALL = (
    {"id", "sessionID", "messageID", "type"},
    {"id", "sessionID", "role", "time"},
    {"id", "directory", "title", "version", "time"},
)
"""The members of a part, a message, a session."""


def _has_tables(made: Iterable[bytes]) -> bool:
    """Whether these statements make the tables that we read."""
    columns = {"session": b"directory", "message": b"session_id", "part": b"message_id"}
    found = {
        name
        for sql in made
        for name, column in columns.items()
        if re.match(rb"CREATE TABLE\W+%s\W" % name.encode(), sql) and column in sql
    }
    return found == set(columns)


source = Opencode()
