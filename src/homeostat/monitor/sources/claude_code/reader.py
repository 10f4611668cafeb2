"""Claude Code's transcripts: `~/.claude/projects/<folder>/<session>.jsonl` and its subagents'."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Channel, Event, Kind, RunContext, Usage
from homeostat.model.ids import CallId, RunId
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Reader, Source, UnreadableLineError
from homeostat.monitor.identity import event_id
from homeostat.monitor.json_lines import DAMAGED, first_object, repaired, written
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.sources.claude_code import format as shape

CLIENT = "claude-code"
_EXIT_CODE = re.compile(r"Exit code (-?\d{1,9})")


class _State(msgspec.Struct):
    """What the next lines need; small, and the same in another process."""

    run_id: str = ""
    context_run: str = ""
    context: RunContext = msgspec.field(default_factory=RunContext)
    usage: Usage | None = None
    usage_agent: str = ""
    usage_ts: datetime | None = None


class ClaudeCodeReader(SkippingReader):
    """Keeps the run, its context, and the usage of the message that is still being written."""

    def __init__(self, origin: Origin, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State()
        self._agent = _agent_type(origin.companion) if origin.companion else ""

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        del offset  # every fact of this client has an id of its own
        before = msgspec.structs.replace(self._state)
        try:
            found = list(self._of(shape.line(line)))
        except DAMAGED as error:
            self._state = before
            for item in repaired(line, error, self._skipped):
                yield from self._again(item)
            return
        yield from found

    def _again(self, item: bytes) -> Iterator[Event]:
        try:
            yield from self._of(shape.line(item))
        except DAMAGED as error:
            raise UnreadableLineError(f"not of the expected shape: {error}") from error

    def finish(self) -> Iterator[Event]:
        yield from self._flush()

    def _of(self, entry: shape.Line) -> Iterator[Event]:
        if entry.sessionId and entry.sessionId != self._state.run_id:
            yield from self._flush()  # a fork holds lines of several runs
            self._state.run_id = entry.sessionId
        read = _BY_TYPE.get(entry.type)
        if read is None:
            if entry.type and entry.type not in shape.IGNORED:
                self._skipped[entry.type] += 1
            return
        if not self._state.run_id:
            return
        yield from self._context(entry)
        yield from read(self, entry)

    def _event(self, entry: shape.Line, kind: Kind, *ids: str) -> Event:
        """The frame of an event; without `ids` the line's own id tells it from others."""
        run = self._state.run_id
        return Event(
            id=event_id(CLIENT, kind, *(ids or (run, entry.uuid or ""))),
            kind=kind,
            channel=Channel.TRANSCRIPT,
            client=CLIENT,
            run_id=RunId(run),
            ts=entry.timestamp,
            agent=self._agent_of(entry),
        )

    def _agent_of(self, entry: shape.Line) -> str:
        if entry.agentId or entry.isSidechain:
            return self._agent or entry.agentId or "subagent"
        return ""

    def _context(self, entry: shape.Line) -> Iterator[Event]:
        """What the run runs on, said once and again when it changes.

        The project is the folder where the run began: an agent's `cd` moves `cwd` only.
        """
        state, known = self._state, self._state.context
        version, branch = entry.version or "", entry.gitBranch or ""
        if state.context_run != state.run_id:
            if entry.cwd is None:
                return
            now = RunContext(project=entry.cwd, client_version=version, git_branch=branch)
        elif version not in ("", known.client_version) or branch not in ("", known.git_branch):
            now = msgspec.structs.replace(
                known,
                client_version=version or known.client_version,
                git_branch=branch or known.git_branch,
            )
        else:
            return
        state.context_run = state.run_id
        yield self._said(entry, now)

    def _said(self, entry: shape.Line, now: RunContext) -> Event:
        self._state.context = now
        ids = (self._state.run_id, now.project, now.client_version, now.git_branch, now.model)
        return msgspec.structs.replace(self._event(entry, Kind.CONTEXT, *ids), context=now)

    def read_assistant(self, entry: shape.Line) -> Iterator[Event]:
        message = shape.message(entry.message, self._skipped)
        if message is None:
            return
        yield from self._usage(entry, message, agent=self._agent_of(entry))
        known = self._state.context
        if entry.isApiErrorMessage:
            said = "".join(block.text or "" for block in shape.blocks(message))
            yield msgspec.structs.replace(
                self._event(entry, Kind.API_ERROR), name=str(entry.apiErrorStatus or ""), text=said
            )
        elif message.model and known.model != message.model and not self._agent_of(entry):
            yield self._said(entry, msgspec.structs.replace(known, model=message.model))
        yield from self._blocks(entry, message)
        if message.stop_reason in ("end_turn", "stop_sequence") and not entry.isApiErrorMessage:
            yield self._event(entry, Kind.TURN_END, message.id or entry.uuid or "")

    def _blocks(self, entry: shape.Line, message: shape.Message) -> Iterator[Event]:
        for block in shape.blocks(message):
            if block.type == "tool_use" and block.id:
                yield self._call(entry, block)
            elif block.type == "text" and not entry.isApiErrorMessage:
                yield self._event(entry, Kind.SAID)
            elif block.type not in shape.IGNORED_BLOCKS:
                self._skipped[f"block {block.type}"] += 1

    def _usage(self, entry: shape.Line, message: shape.Message, *, agent: str) -> Iterator[Event]:
        """The usage of a message once its last line was seen: the earlier ones are unfinished."""
        usage, state = message.usage, self._state
        if usage is None:
            return
        key = f"{message.id}:{entry.requestId}"
        if state.usage and state.usage.message_id != key:
            yield from self._flush()
        state.usage_agent, state.usage_ts = agent, entry.timestamp
        state.usage = Usage(
            message_id=key,
            input_tokens=usage.input_tokens or 0,
            output_tokens=usage.output_tokens or 0,
            cache_read_tokens=usage.cache_read_input_tokens or 0,
            cache_creation_tokens=usage.cache_creation_input_tokens or 0,
        )

    def _flush(self) -> Iterator[Event]:
        state, usage = self._state, self._state.usage
        if usage is None:
            return
        figures = (str(figure) for figure in msgspec.structs.astuple(usage))
        yield Event(
            id=event_id(CLIENT, Kind.USAGE, *figures, "sub" if state.usage_agent else "main"),
            kind=Kind.USAGE,
            channel=Channel.TRANSCRIPT,
            client=CLIENT,
            run_id=RunId(state.run_id),
            ts=state.usage_ts,
            agent=state.usage_agent,
            usage=usage,
        )
        state.usage = None

    def _call(self, entry: shape.Line, block: shape.Block) -> Event:
        raw, name, call_id = bytes(block.input), block.name or "?", block.id or ""
        found = _input(raw)
        return msgspec.structs.replace(
            self._event(entry, Kind.CALL, call_id),
            tool=name,
            call_id=CallId(call_id),
            command=(found.command or "") if name in shape.SHELLS else "",
            path=found.file_path or found.notebook_path or "",
            args=raw.decode("utf-8", "replace"),
        )

    def read_user(self, entry: shape.Line) -> Iterator[Event]:
        message = shape.message(entry.message, self._skipped)
        if message is None:
            return
        if isinstance(message.content, str):
            yield from self._typed(entry, message.content)
        for number, block in enumerate(shape.blocks(message)):
            if block.type == "tool_result":
                yield from self._result(entry, block)
            elif block.type == "image":
                yield self._image(entry, f"m{number}")
            elif block.type == "text":
                yield from self._typed(entry, block.text or "")
            elif block.type not in shape.IGNORED_BLOCKS:
                self._skipped[f"block {block.type}"] += 1

    def _typed(self, entry: shape.Line, text: str) -> Iterator[Event]:
        if text.startswith(shape.INTERRUPTED):
            yield self._event(entry, Kind.INTERRUPT)
        elif shape.is_prompt(entry, text):
            yield msgspec.structs.replace(self._event(entry, Kind.PROMPT), text=text)

    def _image(self, entry: shape.Line, place: str) -> Event:
        return self._event(entry, Kind.IMAGE, self._state.run_id, entry.uuid or "", place)

    def _result(self, entry: shape.Line, block: shape.Block) -> Iterator[Event]:
        call_id, text = block.tool_use_id or "", shape.text_of(block.content)
        outcome, kind = Outcome.OK, ""
        if block.is_error:
            was_running = shape.was_running(entry) and text.startswith(_NOT_WANTED)
            outcome, kind = (
                (Outcome.INTERRUPTED, "aborted")
                if was_running
                else _judged(text, entry.toolDenialKind)
            )
        code = _EXIT_CODE.match(text) if kind == "exit_code" else None
        yield msgspec.structs.replace(
            self._event(entry, Kind.RESULT, call_id),
            call_id=CallId(call_id),
            outcome=outcome,
            failure_kind=kind,
            exit_code=int(code[1]) if code else None,
            text=text,
        )
        for number in range(shape.images_in(block.content)):
            yield self._image(entry, f"r{number}")

    def read_system(self, entry: shape.Line) -> Iterator[Event]:
        if entry.subtype == "api_error":
            status, text = _refused(entry.error)
            retry = self._event(entry, Kind.RETRY)
            yield msgspec.structs.replace(retry, name=status, text=text)
        elif entry.subtype == "compact_boundary":
            yield self._event(entry, Kind.COMPACTION)
        elif entry.subtype == "turn_duration":
            yield self._event(entry, Kind.TURN_END)
        elif entry.subtype == "stop_hook_summary":
            yield self._event(entry, Kind.TURN_END)
            yield from self._stop_hooks(entry, shape.hooks(entry.hookInfos) or ())
        elif entry.subtype not in shape.IGNORED_SYSTEM:
            self._skipped[f"system {entry.subtype}"] += 1

    def _stop_hooks(self, entry: shape.Line, hooks: Sequence[shape.Hook]) -> Iterator[Event]:
        for number, hook in enumerate(hooks):
            if hook.durationMs is not None:
                ids = (self._state.run_id, entry.uuid or "", str(number))
                yield msgspec.structs.replace(
                    self._event(entry, Kind.HOOK, *ids),
                    name="Stop",
                    command=hook.command or "",
                    duration_ms=round(hook.durationMs),
                )

    def read_attached(self, entry: shape.Line) -> Iterator[Event]:
        item = shape.attachment(entry.attachment)
        if item is None:
            return
        if item.type == "max_turns_reached":
            yield msgspec.structs.replace(self._event(entry, Kind.LIMIT), name="max_turns")
        elif item.type.startswith("hook_") and item.durationMs is not None:
            yield msgspec.structs.replace(
                self._event(entry, Kind.HOOK),
                name=(item.hookName or "").split(":", 1)[0],
                command=item.command or "",
                duration_ms=round(item.durationMs),
                exit_code=item.exitCode,
            )

    def read_progressed(self, entry: shape.Line) -> Iterator[Event]:
        """A subagent's own messages, as older clients wrote them into the main transcript."""
        if b"agent_progress" not in bytes(entry.data):
            return
        data = shape.progress(entry.data)
        if data is None or data.type != "agent_progress" or data.message is None:
            return
        message = shape.message(data.message.message, self._skipped)
        if message is None:
            return
        said = msgspec.structs.replace(entry, agentId=data.agentId or "subagent")
        if data.message.type == "assistant":
            yield from self._usage(said, message, agent=self._agent_of(said))
        for block in shape.blocks(message):
            if block.type == "tool_use" and block.id:
                yield self._call(said, block)
            elif block.type == "tool_result":
                yield from self._result(said, block)

    def read_cost(self, entry: shape.Line) -> Iterator[Event]:
        if entry.totalCostUSD is not None:
            frame = self._event(entry, Kind.COST, self._state.run_id, str(entry.totalCostUSD))
            yield msgspec.structs.replace(frame, cost_usd=entry.totalCostUSD)


_BY_TYPE: dict[str, Callable[[ClaudeCodeReader, shape.Line], Iterator[Event]]] = {
    "assistant": ClaudeCodeReader.read_assistant,
    "user": ClaudeCodeReader.read_user,
    "system": ClaudeCodeReader.read_system,
    "progress": ClaudeCodeReader.read_progressed,
    "attachment": ClaudeCodeReader.read_attached,
    "cost-state": ClaudeCodeReader.read_cost,
}


def _agent_type(companion: bytes) -> str:
    """The subagent's type; its own id will do while the file is damaged or being written."""
    try:
        return msgspec.json.decode(companion, type=shape.Meta).agentType or ""
    except DAMAGED:
        return ""


def _input(raw: bytes) -> shape.Input:
    """The arguments that we read; a model may have written anything there."""
    try:
        return shape.tool_input(raw) or shape.Input()
    except msgspec.MsgspecError:
        return shape.Input()


_NOT_WANTED = "The user doesn't want to"


def _judged(text: str, denial: str | None) -> tuple[Outcome, str]:
    """Outcome and failure kind of a result that the client marked as an error."""
    if text.startswith("<tool_use_error>"):
        if "Sibling tool call errored" in text[:60]:
            return Outcome.INTERRUPTED, "sibling_errored"
        return Outcome.ERROR, "tool_use_error"
    if denial == "user-rejected" or text.startswith((_NOT_WANTED, "[Request interr")):
        return Outcome.DENIED, "user_rejected"
    if text.startswith("Exit code"):
        return Outcome.ERROR, "exit_code"
    if denial or text.startswith("Permission to use"):
        return Outcome.DENIED, "denied"
    return Outcome.ERROR, "other"


def _refused(error: msgspec.Raw) -> tuple[str, str]:
    """Status and words of what made the client try again; the words as it writes them at last."""
    try:
        found = shape.error(error)
    except msgspec.MsgspecError:
        found = None
    if found is None:
        return "", ""
    status, answered = str(found.status or ""), written(found.error)
    said = written(found.formatted) or (f"{status} {answered}".strip() if answered else "")
    return status, f"API Error: {said}" if said else ""


class ClaudeCode(Source):
    client = CLIENT
    homes = ("$CLAUDE_CONFIG_DIR/projects/**/*.jsonl", ".claude/projects/**/*.jsonl")

    def recognises(self, head: Sequence[bytes]) -> bool:
        """A conversation line, or bookkeeping that names a session, among the first lines."""
        for line in head:
            try:
                entry = shape.line(first_object(line))
            except DAMAGED:
                continue
            if entry.sessionId and entry.type:
                return True
            if entry.type in ("summary", "file-history-snapshot"):
                return True
        return False

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return ClaudeCodeReader(origin, state)


source = ClaudeCode()
