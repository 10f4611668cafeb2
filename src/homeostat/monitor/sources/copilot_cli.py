"""Copilot CLI's events: `~/.copilot/session-state/<session>/events.jsonl`."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePath

import msgspec

from homeostat.model.event import Event, Kind, RunContext, Usage
from homeostat.model.files import unpacked
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Reader, Source, UnreadableLineError
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    DAMAGED,
    Figure,
    each_object,
    first_object,
    maybe,
    member,
    piece,
    text_of,
    written,
)
from homeostat.monitor.skipping import SkippingReader

CLIENT = "copilot-cli"
SHELLS = frozenset({"bash", "powershell", "shell"})
MOST_WAITING = 200
"""Calls and hooks of which the end has not been seen; the oldest is forgotten first."""
_PATHS = ("path", "file_path", "filePath")
_EXITED = re.compile(r"<(?:exited|shellId: \S{1,80} completed) with exit code (-?\d{1,9})>\s*\Z")
_EXIT_CHARACTERS = 300
"""At the end of an answer, where its exit code stands."""
_DENIED = frozenset({"rejected", "denied"})
_IGNORED = frozenset(
    {
        "assistant.intent", "assistant.message_delta", "assistant.reasoning",
        "assistant.reasoning_delta", "assistant.streaming_delta", "assistant.turn_start",
        "assistant.usage", "external_tool.completed", "external_tool.requested", "hook.progress",
        "pending_messages.modified", "permission.completed", "permission.requested",
        "session.background_tasks_changed", "session.compaction_start", "session.context_changed",
        "session.custom_agents_updated", "session.extensions_loaded", "session.handoff",
        "session.idle", "session.info", "session.mcp_servers_loaded", "session.mode_changed",
        "session.permissions_changed", "session.plan_changed", "session.skills_loaded",
        "session.snapshot_rewind", "session.task_complete", "session.title_changed",
        "session.tools_updated", "session.truncation", "session.usage_checkpoint",
        "session.usage_info", "session.warning", "session.workspace_file_changed",
        "skill.invoked", "subagent.completed", "subagent.deselected", "subagent.failed",
        "subagent.selected", "system.message", "system.notification",
        "tool.execution_partial_result", "tool.execution_progress", "tool.user_requested",
        "user_input.completed", "user_input.requested",
    }
)  # fmt: skip
"""Events that say nothing of what is asked here, or what another says as well."""
_NULL = msgspec.Raw(b"null")


class Line(msgspec.Struct, gc=False):
    type: str = ""
    id: str = ""
    timestamp: datetime | None = None
    data: msgspec.Raw = _NULL


class Place(msgspec.Struct, gc=False):
    cwd: str = ""
    branch: str = ""


class Answer(msgspec.Struct, gc=False):
    content: msgspec.Raw = _NULL


class Failure(msgspec.Struct, gc=False):
    message: str = ""
    code: str = ""


class Request(msgspec.Struct, gc=False):
    call_id: str = msgspec.field(name="toolCallId", default="")
    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Spent(msgspec.Struct, gc=False):
    input: Figure | None = msgspec.field(name="inputTokens", default=None)
    cache_read: Figure | None = msgspec.field(name="cacheReadTokens", default=None)
    cache_write: Figure | None = msgspec.field(name="cacheWriteTokens", default=None)


class Metrics(msgspec.Struct, gc=False):
    usage: Spent | None = None


class Data(msgspec.Struct, gc=False, rename="camel"):
    """Of all types of events, the members that we read."""

    session_id: str | None = None
    copilot_version: str | None = None
    selected_model: str | None = None
    new_model: str | None = None
    context: Place | None = None
    content: msgspec.Raw = _NULL
    source: str | None = None
    message_id: str | None = None
    model: str | None = None
    tool_requests: list[Request] | None = None
    output_tokens: Figure | None = None
    tool_call_id: str | None = None
    parent_tool_call_id: str | None = None
    tool_name: str | None = None
    arguments: msgspec.Raw = msgspec.Raw(b"{}")
    success: bool | None = None
    result: msgspec.Raw = _NULL
    error: Failure | None = None
    hook_invocation_id: str | None = None
    hook_type: str | None = None
    agent_name: str | None = None
    error_type: str | None = None
    message: str | None = None
    reason: str | None = None
    model_metrics: dict[str, Metrics | None] | None = None


class _Begun(msgspec.Struct):
    at: datetime | None
    name: str = ""


class _State(msgspec.Struct):
    run_id: str = ""
    context: RunContext = msgspec.field(default_factory=RunContext)
    calls: dict[str, _Begun] = msgspec.field(default_factory=dict[str, _Begun])
    """Calls that run."""
    hooks: dict[str, _Begun] = msgspec.field(default_factory=dict[str, _Begun])
    agents: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """The call that started an agent -> its name."""
    goes_on: bool = False
    """Whether the agent's last message asked for tools."""


_lines = msgspec.json.Decoder(Line)
_data = msgspec.json.Decoder(Data)
_answer = msgspec.json.Decoder(Answer)
_head = msgspec.json.Decoder(Line).decode


class CopilotReader(SkippingReader):
    """Keeps the run, what is running, and whether the agent has more to do."""

    def __init__(self, origin: Origin, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State()
        self._named = _named_by(origin.path)

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for number, entry in enumerate(each_object(line, _lines, self._skipped)):
            read = _BY_TYPE.get(entry.type)
            if read is not None:
                data = piece(entry.data, _data, self._skipped)
                entry.id = entry.id or f"@{offset + number}"
                yield from read(self, entry, data)
            elif entry.type and entry.type not in _IGNORED:
                self._skipped[entry.type] += 1

    def _run(self, data: Data) -> Frame:
        """The events of the agent that this is about; a subagent's are in the same file."""
        agent = ""
        if parent := data.parent_tool_call_id:
            agent = self._state.agents.get(parent, "subagent")
        return Frame(CLIENT, self._state.run_id or self._named, agent=agent)

    def read_start(self, entry: Line, data: Data) -> Iterator[Event]:
        if data.session_id and not self._state.run_id:
            self._state.run_id = data.session_id
        place, known = data.context or Place(), self._state.context
        yield from self._said(
            entry,
            RunContext(
                project=known.project or place.cwd,
                client_version=data.copilot_version or known.client_version,
                model=data.selected_model or known.model,
                git_branch=place.branch or known.git_branch,
            ),
        )

    def read_model(self, entry: Line, data: Data) -> Iterator[Event]:
        if (model := data.new_model or data.model) and not data.parent_tool_call_id:
            yield from self._said(entry, msgspec.structs.replace(self._state.context, model=model))

    def _said(self, entry: Line, now: RunContext) -> Iterator[Event]:
        if now != self._state.context:
            self._state.context = now
            yield self._run(Data()).event(Kind.CONTEXT, entry.timestamp, entry.id, context=now)

    def read_prompt(self, entry: Line, data: Data) -> Iterator[Event]:
        if not data.source or data.source == "user":
            text = text_of(data.content)
            yield self._run(data).event(Kind.PROMPT, entry.timestamp, entry.id, text=text)

    def read_message(self, entry: Line, data: Data) -> Iterator[Event]:
        yield from self.read_model(entry, data)
        run, message_id = self._run(data), data.message_id or entry.id
        if data.output_tokens is not None:
            usage = Usage(message_id=f"{run.run_id} {message_id}", output_tokens=data.output_tokens)
            yield run.event(
                Kind.USAGE, entry.timestamp, message_id, str(data.output_tokens), usage=usage
            )
        if text_of(data.content).strip():
            yield run.event(Kind.SAID, entry.timestamp, message_id)
        for request in data.tool_requests or ():
            yield from self._call(run, entry, request)
        if not data.parent_tool_call_id:
            self._state.goes_on = bool(data.tool_requests)

    def _call(self, run: Frame, entry: Line, request: Request) -> Iterator[Event]:
        if not request.call_id:
            request.call_id = entry.id
        arguments, is_shell = written(request.arguments), request.name in SHELLS
        yield run.of_call(
            Kind.CALL, entry.timestamp, request.call_id, tool=request.name or "?",
            args=arguments,
            command=member(arguments, "command") if is_shell else "",
            path=member(arguments, *_PATHS),
        )  # fmt: skip

    def read_execution(self, entry: Line, data: Data) -> Iterator[Event]:
        """A call begins; most often the message before it asked for it already."""
        request = Request(data.tool_call_id or entry.id, data.tool_name or "", data.arguments)
        _keep(self._state.calls, request.call_id, _Begun(entry.timestamp))
        yield from self._call(self._run(data), entry, request)

    def read_answer(self, entry: Line, data: Data) -> Iterator[Event]:
        call_id = data.tool_call_id or ""
        begun = self._state.calls.pop(call_id, None)
        answer = maybe(data.result, _answer)
        text = text_of(answer.content if answer else data.result, self._skipped)
        found = _EXITED.search(text[-_EXIT_CHARACTERS:])
        code = int(found[1]) if found else None
        outcome, kind = _judged(data, code)
        if not call_id:
            raise UnreadableLineError("an answer to no call")
        yield self._run(data).of_call(
            Kind.RESULT, entry.timestamp, call_id, outcome=outcome, failure_kind=kind,
            exit_code=code, text=text or (data.error.message if data.error else ""),
            duration_ms=_took(begun, entry.timestamp),
        )  # fmt: skip

    def read_hook_start(self, entry: Line, data: Data) -> Iterator[Event]:
        begun = _Begun(entry.timestamp, data.hook_type or "")
        _keep(self._state.hooks, data.hook_invocation_id or "", begun)
        return iter(())

    def read_hook_end(self, entry: Line, data: Data) -> Iterator[Event]:
        begun = self._state.hooks.pop(data.hook_invocation_id or "", None)
        yield self._run(data).event(
            Kind.HOOK, entry.timestamp, data.hook_invocation_id or entry.id,
            name=data.hook_type or (begun.name if begun else ""),
            duration_ms=_took(begun, entry.timestamp),
        )  # fmt: skip

    def read_agent(self, entry: Line, data: Data) -> Iterator[Event]:
        name = data.agent_name or "subagent"
        if data.tool_call_id:
            _keep(self._state.agents, data.tool_call_id, name)
        yield self._run(data).event(Kind.SPAWN, entry.timestamp, entry.id, name=name)

    def read_turn_end(self, entry: Line, data: Data) -> Iterator[Event]:
        """The agent's steps are turns here as well; the person's ends when it asks for no tool."""
        if not self._state.goes_on and not data.parent_tool_call_id:
            yield self._run(data).event(Kind.TURN_END, entry.timestamp, entry.id)

    def read_abort(self, entry: Line, data: Data) -> Iterator[Event]:
        yield self._run(data).event(
            Kind.INTERRUPT, entry.timestamp, entry.id, name=data.reason or ""
        )

    def read_error(self, entry: Line, data: Data) -> Iterator[Event]:
        yield self._run(data).event(
            Kind.API_ERROR, entry.timestamp, entry.id, name=data.error_type or "",
            text=data.message or "",
        )  # fmt: skip

    def read_compaction(self, entry: Line, data: Data) -> Iterator[Event]:
        if data.success is not False:
            yield self._run(data).event(Kind.COMPACTION, entry.timestamp, entry.id)

    def read_shutdown(self, entry: Line, data: Data) -> Iterator[Event]:
        """Only here the input is told, by model; the output stands in the messages."""
        run = self._run(data)
        for model, metrics in (data.model_metrics or {}).items():
            if spent := metrics and metrics.usage:
                usage = Usage(
                    message_id=f"{run.run_id} {entry.id} {model}",
                    input_tokens=spent.input or 0,
                    cache_read_tokens=spent.cache_read or 0,
                    cache_creation_tokens=spent.cache_write or 0,
                )
                yield run.event(Kind.USAGE, entry.timestamp, entry.id, model, usage=usage)


_BY_TYPE: dict[str, Callable[[CopilotReader, Line, Data], Iterator[Event]]] = {
    "session.start": CopilotReader.read_start,
    "session.resume": CopilotReader.read_start,
    "session.model_change": CopilotReader.read_model,
    "session.compaction_complete": CopilotReader.read_compaction,
    "session.error": CopilotReader.read_error,
    "session.shutdown": CopilotReader.read_shutdown,
    "user.message": CopilotReader.read_prompt,
    "assistant.message": CopilotReader.read_message,
    "assistant.turn_end": CopilotReader.read_turn_end,
    "tool.execution_start": CopilotReader.read_execution,
    "tool.execution_complete": CopilotReader.read_answer,
    "hook.start": CopilotReader.read_hook_start,
    "hook.end": CopilotReader.read_hook_end,
    "subagent.started": CopilotReader.read_agent,
    "abort": CopilotReader.read_abort,
}


def _judged(data: Data, code: int | None) -> tuple[Outcome, str]:
    """A command that failed is a success here: only its last line says how it ended."""
    if data.success is False or data.error:
        is_denied = data.error is not None and data.error.code in _DENIED
        return Outcome.DENIED if is_denied else Outcome.ERROR, "flag"
    if data.success is None:
        return Outcome.UNKNOWN, "no_status"
    return (Outcome.ERROR, "exit_code") if code else (Outcome.OK, "")


def _took(begun: _Begun | None, ended: datetime | None) -> int | None:
    if begun is None or begun.at is None or ended is None or ended < begun.at:
        return None
    return round((ended - begun.at).total_seconds() * 1000)


def _keep(waiting: dict[str, _Begun] | dict[str, str], key: str, value: object) -> None:
    waiting[key] = value  # type: ignore[assignment]
    while len(waiting) > MOST_WAITING:
        waiting.pop(next(iter(waiting)))


def _named_by(path: str) -> str:
    """The session that a file's name tells, for one whose first line is damaged."""
    place = PurePath(unpacked(path))
    return place.parent.name if place.stem == "events" else place.stem


class CopilotCli(Source):
    client = CLIENT
    homes = (
        "$COPILOT_HOME/session-state/**/*.jsonl",
        ".copilot/session-state/**/*.jsonl",
        ".copilot/history-session-state/**/*.jsonl",
    )

    def recognises(self, head: Sequence[bytes]) -> bool:
        """One of its own types of event among the first lines, in the frame of its events."""
        for line in head[:20]:
            try:
                entry = _head(first_object(line))
            except DAMAGED:
                continue
            if (entry.type in _BY_TYPE or entry.type in _IGNORED) and "." in entry.type:
                return bytes(entry.data)[:1] == b"{"
        return False

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return CopilotReader(origin, state)


source = CopilotCli()
