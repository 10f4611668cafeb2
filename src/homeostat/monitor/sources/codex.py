"""Codex CLI's rollouts: `~/.codex/sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`."""
# ruff: noqa: N815  # fields keep the client's names

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Channel, Event, Kind, RunContext, Usage
from homeostat.model.ids import CallId, RunId
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Reader, UnreadableLineError
from homeostat.monitor.identity import event_id
from homeostat.monitor.json_lines import DAMAGED, first_object, repaired

CLIENT = "codex"
SHELLS = frozenset({"exec_command", "shell", "local_shell_call", "shell_command", "write_stdin"})
MAX_OPEN_PROCESSES = 200
"""Commands left running that a later call may ask about; the oldest is forgotten first."""
_NULL = msgspec.Raw(b"null")
_HEADER = r"(?:Chunk ID: \w{1,40}\n)?(?:Wall time: [\d.]{1,20} seconds\n)?"
_EXITED = re.compile(_HEADER + r"(?:Process exited with code|Exit code:) (-?\d{1,9})")
_RUNNING = re.compile(_HEADER + r"Process running with session ID (\d{1,18})")
_FAILED = re.compile(r"[\w ]{0,200}failed:")
_WALL_TIME = re.compile(r"Wall time: (\d{1,9}(?:\.\d{1,6})?) seconds")
_PATCHED = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (.{1,1000})$", re.MULTILINE)


class _Line(msgspec.Struct, gc=False):
    type: str = ""
    timestamp: datetime | None = None
    payload: msgspec.Raw = _NULL


class _Tokens(msgspec.Struct, gc=False):
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cache_write_input_tokens: int | None = None


class _Info(msgspec.Struct, gc=False):
    total_token_usage: _Tokens


class _Git(msgspec.Struct, gc=False):
    branch: str | None = None


class _Item(msgspec.Struct, gc=False):
    type: str = ""
    id: str | None = None
    exit_code: int | None = None
    status: str | None = None


class _McpResult(msgspec.Struct, gc=False):
    Ok: msgspec.Raw = _NULL
    Err: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _McpOk(msgspec.Struct, gc=False):
    isError: bool | None = None


class _Payload(msgspec.Struct, gc=False):
    type: str = ""
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    namespace: str | None = None
    arguments: msgspec.Raw = _NULL
    input: msgspec.Raw = _NULL
    action: msgspec.Raw = _NULL
    output: msgspec.Raw = _NULL
    status: str | None = None
    role: str | None = None
    message: msgspec.Raw = _NULL
    info: _Info | None = None
    success: bool | None = None
    result: msgspec.Raw = _NULL
    item: _Item | None = None
    cwd: str | None = None
    cli_version: str | None = None
    model: str | None = None
    git: _Git | None = None
    turn_id: str | None = None
    reason: str | None = None


class _Arguments(msgspec.Struct, gc=False):
    cmd: str | list[str] | None = None
    command: str | list[str] | None = None
    session_id: int | str | None = None


class _Metadata(msgspec.Struct, gc=False):
    exit_code: int | None = None


class _JsonOutput(msgspec.Struct, gc=False):
    metadata: _Metadata | None = None


class _State(msgspec.Struct):
    """What the next lines need. `running`: process session -> the command that it runs."""

    run_id: str = ""
    context: RunContext = msgspec.field(default_factory=RunContext)
    waiting: dict[str, str] = msgspec.field(default_factory=dict)
    """Calls without an answer yet -> their command."""
    running: dict[str, str] = msgspec.field(default_factory=dict)


_line = msgspec.json.Decoder(_Line).decode
_payload = msgspec.json.Decoder(_Payload | None).decode
_arguments = msgspec.json.Decoder(_Arguments | None).decode
_text = msgspec.json.Decoder(str).decode
_json_output = msgspec.json.Decoder(_JsonOutput).decode
_mcp_result = msgspec.json.Decoder(_McpResult | None).decode
_mcp_ok = msgspec.json.Decoder(_McpOk | None).decode

_CALLS = frozenset(
    {"function_call", "custom_tool_call", "tool_search_call", "web_search_call", "local_shell_call"}
)
_OUTPUTS = frozenset(
    {"function_call_output", "custom_tool_call_output", "tool_search_output"}
)  # fmt: skip


class CodexReader:
    """Keeps the run, its context, and the commands that are still running."""

    def __init__(self, state: bytes | None) -> None:
        self._state = msgspec.json.decode(state, type=_State) if state else _State()

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        before = _copied(self._state)
        try:
            found = list(self._of(_line(line), offset))
        except DAMAGED as error:
            self._state = before
            for number, item in enumerate(repaired(line, error)):
                yield from self._again(item, offset + number)
            return
        yield from found

    def _again(self, item: bytes, offset: int) -> Iterator[Event]:
        try:
            yield from self._of(_line(item), offset)
        except DAMAGED as error:
            raise UnreadableLineError(f"not of the expected shape: {error}") from error

    def finish(self) -> Iterator[Event]:
        return iter(())

    def _of(self, entry: _Line, offset: int) -> Iterator[Event]:
        payload = _payload(entry.payload)
        if payload is None:
            return
        if entry.type == "session_meta" and payload.id and not self._state.run_id:
            self._state.run_id = payload.id
        if self._state.run_id:
            yield from _BY_TYPE.get(entry.type, _nothing)(self, entry, payload, offset)

    def _event(self, entry: _Line, kind: Kind, *ids: str) -> Event:
        run = self._state.run_id
        return Event(
            id=event_id(CLIENT, kind, run, *ids),
            kind=kind,
            channel=Channel.TRANSCRIPT,
            client=CLIENT,
            run_id=RunId(run),
            ts=entry.timestamp,
        )

    def read_context(self, entry: _Line, payload: _Payload, offset: int) -> Iterator[Event]:
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

    def read_compacted(self, entry: _Line, payload: _Payload, offset: int) -> Iterator[Event]:
        del payload
        yield self._event(entry, Kind.COMPACTION, str(offset))

    def read_response(self, entry: _Line, payload: _Payload, offset: int) -> Iterator[Event]:
        if payload.type in _CALLS:
            yield from self._call(entry, payload, offset)
        elif payload.type in _OUTPUTS and payload.call_id:
            yield self._result(entry, payload, payload.call_id)
        elif payload.type == "message" and payload.role == "assistant":
            yield self._event(entry, Kind.SAID, payload.id or str(offset))

    def _call(self, entry: _Line, payload: _Payload, offset: int) -> Iterator[Event]:
        # Some histories have no id, or one blanked by whoever published them.
        call_id = payload.call_id or ""
        if not call_id or "REDACTED" in call_id:
            call_id = f"@{offset}"
        name = payload.name or payload.type
        args = _args(payload)
        found = _found(args)
        command = self._command(found) if name in SHELLS else ""
        patched = _PATCHED.search(args.replace("\\n", "\n")) if name == "apply_patch" else None
        yield msgspec.structs.replace(
            self._event(entry, Kind.CALL, call_id),
            tool=f"{payload.namespace}.{name}" if payload.namespace else name,
            call_id=CallId(call_id),
            command=command,
            args=args,
            path=patched[1] if patched else "",
        )
        if payload.type == "web_search_call" and payload.status:
            outcome = _by_flag(payload.status != "failed")
            yield self._ended(entry, call_id, outcome, kind="status" if outcome.is_bad else "")
        elif name in SHELLS:
            self._state.waiting[call_id] = command
            _forget_oldest(self._state.waiting)

    def _command(self, found: _Arguments) -> str:
        said = found.cmd or found.command
        if isinstance(said, list):
            return said[-1] if said[:2] in (["bash", "-lc"], ["sh", "-c"]) else " ".join(said)
        if said is None and found.session_id is not None:
            return self._state.running.get(str(found.session_id), "")
        return said or ""

    def _result(self, entry: _Line, payload: _Payload, call_id: str) -> Event:
        command = self._state.waiting.pop(call_id, "")
        try:
            output = _text(payload.output)
        except msgspec.MsgspecError:  # a list with images, or null
            failed = payload.status == "failed"
            return self._ended(
                entry, call_id, _by_flag(not failed), kind="status" if failed else ""
            )
        head = output.split("Output:", 1)[0] if "Output:" in output[:600] else output
        if running := _RUNNING.match(head):
            self._state.running[running[1]] = command
            _forget_oldest(self._state.running)
        judged = _judged(output, head)
        wall = _WALL_TIME.search(head[:200])
        return msgspec.structs.replace(
            self._ended(entry, call_id, judged, kind=judged.kind),
            exit_code=judged.exit_code,
            text=output,
            duration_ms=round(float(wall[1]) * 1000) if wall else None,
        )

    def _ended(self, entry: _Line, call_id: str, judged: "_Judged", *, kind: str) -> Event:
        return msgspec.structs.replace(
            self._event(entry, Kind.RESULT, call_id),
            call_id=CallId(call_id),
            outcome=judged.outcome,
            failure_kind=kind,
        )

    def read_message(self, entry: _Line, payload: _Payload, offset: int) -> Iterator[Event]:
        match payload.type:
            case "token_count" if payload.info:
                yield self._tokens(entry, payload.info.total_token_usage)
            case "user_message":
                text = _text_or_empty(payload.message)
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
            case _:
                return

    def _late(self, entry: _Line, payload: _Payload) -> Iterator[Event]:
        """What the client itself recorded of a call; the text for the model may look fine."""
        call_id, kind, code = payload.call_id, "", None
        if payload.type == "patch_apply_end" and payload.success is False:
            kind = "patch"
        elif payload.type == "mcp_tool_call_end" and _mcp_failed(payload.result):
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

    def _tokens(self, entry: _Line, total: _Tokens) -> Event:
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


class _Judged(msgspec.Struct, frozen=True):
    outcome: Outcome
    kind: str = ""
    exit_code: int | None = None

    @property
    def is_bad(self) -> bool:
        return self.outcome is not Outcome.OK


def _nothing(reader: CodexReader, entry: _Line, payload: _Payload, offset: int) -> Iterator[Event]:
    del reader, entry, payload, offset
    return iter(())


_BY_TYPE: dict[str, Callable[[CodexReader, _Line, _Payload, int], Iterator[Event]]] = {
    "session_meta": CodexReader.read_context,
    "turn_context": CodexReader.read_context,
    "compacted": CodexReader.read_compacted,
    "response_item": CodexReader.read_response,
    "event_msg": CodexReader.read_message,
}


def _copied(state: _State) -> _State:
    return msgspec.structs.replace(state, waiting=dict(state.waiting), running=dict(state.running))


def _args(payload: _Payload) -> str:
    """The arguments as text: a JSON string holds JSON again, other kinds hold an object."""
    for raw in (payload.arguments, payload.input, payload.action):
        if raw != _NULL:
            try:
                return _text(raw)
            except msgspec.MsgspecError:
                return bytes(raw).decode("utf-8", "replace")
    return ""


def _found(args: str) -> _Arguments:
    try:
        return _arguments(args) or _Arguments()
    except msgspec.MsgspecError:
        return _Arguments()


def _by_flag(succeeded: bool) -> _Judged:  # noqa: FBT001  # it is the value, not an option
    return _Judged(Outcome.OK if succeeded else Outcome.ERROR)


def _judged(output: str, head: str) -> _Judged:
    """Outcome of an answer by its header. `head` ends where the command's own words begin."""
    code = int(found[1]) if (found := _EXITED.match(head)) else _code_in_json(output)
    if code is not None:
        return _Judged(Outcome.ERROR if code else Outcome.OK, "exit_code" if code else "", code)
    if _RUNNING.match(head):
        return _Judged(Outcome.UNKNOWN, "still_running")
    if _FAILED.match(head) or head.startswith("unsupported call: "):
        return _Judged(Outcome.ERROR, "tool_error")
    if head.startswith("aborted"):
        return _Judged(Outcome.INTERRUPTED, "aborted")
    return _Judged(Outcome.OK)


def _code_in_json(output: str) -> int | None:
    if not output.startswith("{"):
        return None
    try:
        metadata = _json_output(output).metadata
    except msgspec.MsgspecError:
        return None
    return metadata.exit_code if metadata else None


def _mcp_failed(raw: msgspec.Raw) -> bool:
    result = _mcp_result(raw)
    if result is None:
        return False
    if result.Err is not msgspec.UNSET:
        return True
    answer = _mcp_ok(result.Ok)
    return bool(answer and answer.isError)


def _text_or_empty(raw: msgspec.Raw) -> str:
    try:
        return _text(raw)
    except msgspec.MsgspecError:
        return ""


def _forget_oldest(kept: dict[str, str]) -> None:
    while len(kept) > MAX_OPEN_PROCESSES:
        kept.pop(next(iter(kept)))


class Codex:
    client = CLIENT
    homes = ("$CODEX_HOME/sessions/**/rollout-*.jsonl", ".codex/sessions/**/rollout-*.jsonl")

    def recognises(self, head: Sequence[bytes]) -> bool:
        """The first line tells the session, or a line has the frame of one."""
        for line in head[:5]:
            try:
                entry = _line(first_object(line))
            except DAMAGED:
                # the first line holds all instructions and may be cut off
                if b'"type":"session_meta"' in line.replace(b" ", b"")[:400]:
                    return True
                continue
            if entry.type in ("session_meta", *_BY_TYPE) and entry.payload != _NULL:
                return True
        return False

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del origin
        return CodexReader(state)


source = Codex()
