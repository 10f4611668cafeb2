"""Codex CLI's rollouts: `~/.codex/sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`."""

from collections.abc import Callable, Container, Iterator, Sequence

import msgspec

from homeostat.model.event import Channel, Event, Kind, RunContext, Usage
from homeostat.model.ids import CallId, RunId
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Reader, Source, UnreadableLineError
from homeostat.monitor.identity import event_id
from homeostat.monitor.json_lines import DAMAGED, first_object, repaired, text_of
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.sources.codex import format as shape
from homeostat.monitor.sources.codex.answers import Answer, answer, by_flag

CLIENT = "codex"
KEPT_CHARACTERS = 4_000
"""Of a command that waits for its answer: enough to judge what failed."""
MAX_OPEN_PROCESSES = 200
"""Commands left running that a later call may ask about; the oldest is forgotten first."""


class _State(msgspec.Struct):
    """What the next lines need. `running`: process session -> the command that it runs."""

    run_id: str = ""
    context: RunContext = msgspec.field(default_factory=RunContext)
    waiting: dict[str, str] = msgspec.field(default_factory=dict)
    """Calls without an answer yet -> their command."""
    running: dict[str, str] = msgspec.field(default_factory=dict)


class CodexReader(SkippingReader):
    """Keeps the run, its context, and the commands that are still running."""

    def __init__(self, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State()

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        before = _copied(self._state)
        try:
            found = list(self._of(line, offset))
        except DAMAGED as error:
            self._state = before
            for number, item in enumerate(repaired(line, error, self._skipped)):
                yield from self._again(item, offset + number)
            return
        yield from found

    def _again(self, item: bytes, offset: int) -> Iterator[Event]:
        try:
            yield from self._of(item, offset)
        except DAMAGED as error:
            raise UnreadableLineError(f"not of the expected shape: {error}") from error

    def finish(self) -> Iterator[Event]:
        return iter(())

    def _of(self, line: bytes, offset: int) -> Iterator[Event]:
        entry = shape.line(line)
        payload = shape.payload(entry.payload)
        if payload is None:
            if entry.type not in _BY_TYPE and (bare := shape.payload(msgspec.Raw(line))):
                yield from self._bare(entry, bare, offset)
            return
        if entry.type == "session_meta" and payload.id and not self._state.run_id:
            self._state.run_id = payload.id
        read = _BY_TYPE.get(entry.type)
        if read is None:
            self._skip("", entry.type, shape.IGNORED)
        elif self._state.run_id:
            yield from read(self, entry, payload, offset)

    def _bare(self, entry: shape.Line, item: shape.Payload, offset: int) -> Iterator[Event]:
        """A line of an older client: an item without a frame. Only the first has a time."""
        if not entry.type:
            if item.id and entry.timestamp and not self._state.run_id:
                self._state.run_id = item.id
                yield from self.read_context(entry, item, offset)
        elif not self._state.run_id:
            return
        elif item.role == "user":
            text = text_of(item.content, self._skipped)
            if not text.startswith(shape.CONTEXTS):
                prompt = self._event(entry, Kind.PROMPT, str(offset))
                yield msgspec.structs.replace(prompt, text=text)
        else:
            yield from self.read_response(entry, item, offset)

    def _skip(self, what: str, name: str, known: Container[str]) -> None:
        """Count what a newer version writes; what is `known` says nothing here."""
        if name and name not in known:
            self._skipped[f"{what} {name}".strip()] += 1

    def _event(self, entry: shape.Line, kind: Kind, *ids: str) -> Event:
        run = self._state.run_id
        return Event(
            id=event_id(CLIENT, kind, run, *ids),
            kind=kind,
            channel=Channel.TRANSCRIPT,
            client=CLIENT,
            run_id=RunId(run),
            ts=entry.timestamp,
        )

    def read_context(
        self, entry: shape.Line, payload: shape.Payload, offset: int
    ) -> Iterator[Event]:
        del offset
        known = self._state.context
        now = RunContext(
            project=known.project or payload.cwd or "",
            client_version=payload.cli_version or known.client_version,
            model=payload.model or known.model,
            git_branch=(payload.git.branch if payload.git else None) or known.git_branch,
        )
        if now != known:
            self._state.context = now
            ids = (now.project, now.client_version, now.model, now.git_branch)
            yield msgspec.structs.replace(self._event(entry, Kind.CONTEXT, *ids), context=now)

    def read_compacted(
        self, entry: shape.Line, payload: shape.Payload, offset: int
    ) -> Iterator[Event]:
        del payload
        yield self._event(entry, Kind.COMPACTION, str(offset))

    def read_response(
        self, entry: shape.Line, payload: shape.Payload, offset: int
    ) -> Iterator[Event]:
        if payload.type in shape.CALLS:
            yield from self._call(entry, payload, offset)
        elif payload.type in shape.OUTPUTS and payload.call_id:
            yield self._result(entry, payload, payload.call_id)
        elif payload.type == "message" and payload.role == "assistant":
            yield self._event(entry, Kind.SAID, payload.id or str(offset))
        elif payload.type not in shape.OUTPUTS:
            self._skip("item", payload.type, shape.IGNORED_ITEMS)

    def _call(self, entry: shape.Line, payload: shape.Payload, offset: int) -> Iterator[Event]:
        # Some histories have no id, or one blanked by whoever published them.
        call_id = payload.call_id or ""
        if not call_id or "REDACTED" in call_id:
            call_id = f"@{offset}"
        name = payload.name or payload.type
        args = shape.args(payload)
        command = self._command(shape.arguments(args)) if name in shape.SHELLS else ""
        yield msgspec.structs.replace(
            self._event(entry, Kind.CALL, call_id),
            tool=f"{payload.namespace}.{name}" if payload.namespace else name,
            call_id=CallId(call_id),
            command=command,
            args=args,
            path=shape.patched_file(args) if name == "apply_patch" else "",
        )
        if payload.type == "web_search_call" and payload.status:
            yield self._ended(entry, call_id, by_flag(failed=payload.status == "failed"))
        elif name in shape.SHELLS:
            self._state.waiting[call_id] = command[:KEPT_CHARACTERS]
            _forget_oldest(self._state.waiting)

    def _command(self, found: shape.Arguments) -> str:
        said = found.cmd or found.command
        if isinstance(said, list):
            return said[-1] if said[:2] in (["bash", "-lc"], ["sh", "-c"]) else " ".join(said)
        if said is None and found.session_id is not None:
            return self._state.running.get(str(found.session_id), "")
        return said or ""

    def _result(self, entry: shape.Line, payload: shape.Payload, call_id: str) -> Event:
        command = self._state.waiting.pop(call_id, "")
        try:
            output = shape.text(payload.output)
        except msgspec.MsgspecError:  # a list with images, or null
            return self._ended(entry, call_id, by_flag(failed=payload.status == "failed"))
        judged = answer(output)
        if judged.process:
            self._state.running[judged.process] = command
            _forget_oldest(self._state.running)
        return msgspec.structs.replace(self._ended(entry, call_id, judged), text=output)

    def _ended(self, entry: shape.Line, call_id: str, judged: Answer) -> Event:
        return msgspec.structs.replace(
            self._event(entry, Kind.RESULT, call_id),
            call_id=CallId(call_id),
            outcome=judged.outcome,
            failure_kind=judged.failure_kind,
            exit_code=judged.exit_code,
            duration_ms=judged.duration_ms,
        )

    def read_message(
        self, entry: shape.Line, payload: shape.Payload, offset: int
    ) -> Iterator[Event]:
        match payload.type:
            case "token_count" if payload.info:
                yield self._tokens(entry, payload.info.total_token_usage)
            case "user_message":
                text = shape.text_or_empty(payload.message)
                yield msgspec.structs.replace(
                    self._event(entry, Kind.PROMPT, str(offset)), text=text
                )
            case "task_complete":
                yield self._event(entry, Kind.TURN_END, payload.turn_id or str(offset))
            case "turn_aborted":
                interrupt = self._event(entry, Kind.INTERRUPT, payload.turn_id or str(offset))
                yield msgspec.structs.replace(interrupt, name=payload.reason or "")
            case "patch_apply_end" | "mcp_tool_call_end" | "item_completed":
                yield from self._late(entry, payload)
            case other:
                self._skip("message", other, shape.IGNORED_MESSAGES)

    def _late(self, entry: shape.Line, payload: shape.Payload) -> Iterator[Event]:
        """What the client itself recorded of a call; the text for the model may look fine."""
        call_id, kind, code = payload.call_id, "", None
        if payload.type == "patch_apply_end" and payload.success is False:
            kind = "patch"
        elif payload.type == "mcp_tool_call_end" and shape.mcp_failed(payload.result):
            kind = "mcp"
        elif (item := payload.item) and item.type == "CommandExecution" and item.exit_code:
            call_id, kind, code = item.id, "exit_code", item.exit_code
        if kind and call_id:
            yield msgspec.structs.replace(
                self._event(entry, Kind.RESULT, call_id, "log"),
                channel=Channel.EXECUTION_LOG,
                call_id=CallId(call_id),
                outcome=Outcome.ERROR,
                failure_kind=kind,
                exit_code=code,
            )

    def _tokens(self, entry: shape.Line, total: shape.Tokens) -> Event:
        """Running totals of the run; the input includes what came from the cache."""
        figures = (total.input_tokens, total.cached_input_tokens, total.output_tokens)
        return msgspec.structs.replace(
            self._event(entry, Kind.USAGE, *map(str, figures)),
            usage=Usage(
                message_id="",
                input_tokens=total.input_tokens,
                cache_read_tokens=total.cached_input_tokens,
                output_tokens=total.output_tokens,
                cache_creation_tokens=total.cache_write_input_tokens or 0,
            ),
        )


_BY_TYPE: dict[str, Callable[[CodexReader, shape.Line, shape.Payload, int], Iterator[Event]]] = {
    "session_meta": CodexReader.read_context,
    "turn_context": CodexReader.read_context,
    "compacted": CodexReader.read_compacted,
    "response_item": CodexReader.read_response,
    "event_msg": CodexReader.read_message,
}


def _copied(state: _State) -> _State:
    return msgspec.structs.replace(state, waiting=dict(state.waiting), running=dict(state.running))


def _forget_oldest(kept: dict[str, str]) -> None:
    while len(kept) > MAX_OPEN_PROCESSES:
        kept.pop(next(iter(kept)))


class Codex(Source):
    client = CLIENT
    homes = ("$CODEX_HOME/sessions/**/rollout-*.jsonl", ".codex/sessions/**/rollout-*.jsonl")

    def recognises(self, head: Sequence[bytes]) -> bool:
        """The first line tells the session, or a line has the frame of one."""
        for line in head[:5]:
            try:
                entry = shape.line(first_object(line))
            except DAMAGED:
                # the first line holds all instructions and may be cut off
                if b'"type":"session_meta"' in line.replace(b" ", b"")[:400]:
                    return True
                continue
            if entry.type in ("session_meta", *_BY_TYPE) and entry.payload != shape.ABSENT:
                return True
        return shape.is_old(head)

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del origin
        return CodexReader(state)


source = Codex()
