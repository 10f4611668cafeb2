"""Telemetry of an agent orchestrator: `logs/telemetry/events-*.jsonl`, `logs/events/run_*.jsonl`.

Its task ids are blanked in places and used again in others: a finish is joined to a start by agent,
attempt and time instead.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind, RunContext, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Reader, Source
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    DAMAGED,
    Dollars,
    Figure,
    Seconds,
    each_object,
    first_object,
    stem,
)
from homeostat.monitor.moments import local, parsed, utc
from homeostat.monitor.skipping import SkippingReader

CLIENT = "orchestrator"
MAX_OPEN = 5_000
"""Starts that may still be answered; the oldest is forgotten first, and stays unknown."""
_STATUS = {
    "success": (Outcome.OK, ""),
    "failed": (Outcome.ERROR, "failed"),
    "timeout": (Outcome.ERROR, "timeout"),
    "cancelled": (Outcome.INTERRUPTED, "cancelled"),
}
_IGNORED = frozenset({"heartbeat"})
_TOOLS = {"task": "{}", "cli_command": "cli:{}"}


class Spent(msgspec.Struct, gc=False):
    total_tokens: Figure = 0
    total_usd: Dollars | None = None


class Line(msgspec.Struct, gc=False):
    """Of all three files; fields keep the system's names."""

    type: str = ""
    ts: str | None = None
    run_id: str | None = None
    id: str = ""
    agent: str = ""
    attempt: Figure = 0
    status: str = ""
    started_at: Seconds | None = None
    duration_s: Seconds | None = None
    errors: list[str] | None = None
    usage: Spent | None = None
    model: str | None = None
    cost_usd: Dollars | None = None
    command: str = ""
    args: msgspec.Raw = msgspec.Raw(b"{}")
    # logs/events
    event: str = ""
    level: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")
    # logs/constitutional_telemetry
    event_id: str = ""
    timestamp: str | None = None
    article: str | int | None = None
    error_message: str | None = None


class Begun(msgspec.Struct, gc=False):
    """A call that was started and not finished yet."""

    call_id: str
    run_id: str
    tool: str
    attempt: int
    at: float


class _State(msgspec.Struct):
    open_runs: list[str] = msgspec.field(default_factory=list)
    """Orchestrators at work, the latest last: a line without a run id is of that one."""
    begun: list[Begun] = msgspec.field(default_factory=list)


_lines = msgspec.json.Decoder(Line)


class OrchestratorReader(SkippingReader):
    """Keeps the orchestrators at work, and the tasks that were started."""

    def __init__(self, origin: Origin, state: bytes | None) -> None:
        super().__init__()
        self._file = stem(origin.path)
        self._state = msgspec.json.decode(state, type=_State) if state else _State()

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for number, entry in enumerate(each_object(line, _lines, self._skipped)):
            if entry.event:
                yield from self._logged(entry, offset + number)
            elif entry.event_id:
                yield from self._constitutional(entry)
            else:
                yield from self._telemetry(entry, offset + number)

    def _telemetry(self, entry: Line, offset: int) -> Iterator[Event]:
        at = utc(parsed(entry.ts))
        subject, _, what = entry.type.rpartition("_")
        if entry.type == "orchestrator_started":
            run = entry.run_id or f"{entry.started_at or offset}"
            self._state.open_runs.append(run)
            yield Frame(CLIENT, run).event(Kind.CONTEXT, at, "start", context=RunContext())
        elif entry.type == "orchestrator_finished":
            yield from self._orchestrator_finished(entry, at, offset)
        elif subject in _TOOLS and what in ("started", "finished"):
            tool = _TOOLS[subject].format(entry.agent or entry.command)
            act = self._begin if what == "started" else self._finish
            yield from act(entry, tool, at, offset)
        elif entry.type not in _IGNORED:
            self._skipped[f"type {entry.type[:40]}"] += 1

    def _orchestrator_finished(
        self, entry: Line, at: datetime | None, offset: int
    ) -> Iterator[Event]:
        if self._state.open_runs:
            run = entry.run_id or self._state.open_runs[-1]
            self._state.open_runs = [known for known in self._state.open_runs if known != run]
            yield Frame(CLIENT, run).event(Kind.TURN_END, at, str(offset))

    def _run(self, entry: Line, tool: str) -> Frame:
        """Commands of its command line belong to no orchestrator: one run a file."""
        if tool.startswith("cli:"):
            return Frame(CLIENT, f"{self._file} cli")
        known = self._state.open_runs
        return Frame(CLIENT, entry.run_id or (known[-1] if known else f"{self._file} tasks"))

    def _begin(self, entry: Line, tool: str, at: datetime | None, offset: int) -> Iterator[Event]:
        run = self._run(entry, tool)
        call_id = f"{tool}@{offset}"
        begun = Begun(call_id, run.run_id, tool, entry.attempt, entry.started_at or 0.0)
        self._state.begun.append(begun)
        del self._state.begun[:-MAX_OPEN]
        if entry.attempt > 1:
            yield run.event(Kind.RETRY, at, call_id, name=tool)
        args = bytes(entry.args).decode("utf-8", "replace") if tool.startswith("cli:") else ""
        yield run.of_call(Kind.CALL, at, call_id, tool=tool, args=args)

    def _finish(self, entry: Line, tool: str, at: datetime | None, offset: int) -> Iterator[Event]:
        begun = self._taken(entry, tool)
        if begun is None:  # a task whose agent could not even be made is finished, never started
            run, call_id = self._run(entry, tool), f"{tool}@{offset}"
            yield run.of_call(Kind.CALL, at, call_id, tool=tool)
        else:
            run, call_id = Frame(CLIENT, begun.run_id), begun.call_id
        outcome, kind = _STATUS.get(entry.status, (Outcome.UNKNOWN, entry.status[:40]))
        took = entry.duration_s
        yield run.of_call(
            Kind.RESULT, at, call_id, outcome=outcome, failure_kind=kind,
            text=(entry.errors or [""])[-1],
            duration_ms=None if took is None else round(took * 1000),
        )  # fmt: skip
        spent = entry.usage or Spent()
        if entry.model:
            context = RunContext(model=entry.model)
            yield run.event(Kind.CONTEXT, at, entry.model, call_id, context=context)
        if spent.total_tokens:
            # Input and output are not told apart.
            usage = Usage(message_id=f"{run.run_id} {call_id}", output_tokens=spent.total_tokens)
            yield run.event(Kind.USAGE, at, call_id, usage=usage)
        cost = entry.cost_usd if entry.cost_usd is not None else spent.total_usd
        if cost is not None:
            yield run.event(Kind.COST, at, call_id, cost_usd=cost)

    def _taken(self, entry: Line, tool: str) -> Begun | None:
        """The start that is finished: of this tool and attempt, begun just after the task was."""
        known = self._state.begun
        of_tool = [begun for begun in known if begun.tool == tool]
        fitting = [b for b in of_tool if not entry.attempt or b.attempt == entry.attempt]
        if not (fitting or of_tool):
            return None
        # The finish tells when the task, the start when this attempt began: the nearest that
        # follows, or for commands, which tell no start, the oldest.
        since = entry.started_at or 0.0
        later = [begun for begun in fitting if begun.at >= since - 1.0]
        found = min(later or fitting or of_tool, key=lambda begun: begun.at)
        known.remove(found)
        return found

    def _logged(self, entry: Line, offset: int) -> Iterator[Event]:
        """`logs/events`: what its own healer did. Only errors are facts; most lines repeat."""
        if entry.level == "error":
            run = Frame(CLIENT, entry.run_id or self._file)
            text = bytes(entry.data).decode("utf-8", "replace")
            yield run.event(
                Kind.LOGGED, local(parsed(entry.ts)), str(offset), name=entry.event, text=text
            )
        elif offset == 0:
            run = Frame(CLIENT, entry.run_id or self._file)
            yield run.event(Kind.CONTEXT, local(parsed(entry.ts)), "start", context=RunContext())

    def _constitutional(self, entry: Line) -> Iterator[Event]:
        if entry.error_message:
            yield Frame(CLIENT, self._file).event(
                Kind.LOGGED, utc(parsed(entry.timestamp)), entry.event_id,
                name=f"article {entry.article}", text=entry.error_message,
            )  # fmt: skip


class Orchestrator(Source):
    client = CLIENT
    homes = ()

    def recognises(self, head: Sequence[bytes]) -> bool:
        for line in head[:5]:
            try:
                entry = _lines.decode(first_object(line))
            except DAMAGED:
                continue
            if entry.type.startswith(("orchestrator_", "task_", "cli_command_")) and entry.ts:
                return True
            if entry.event and entry.level and entry.ts and entry.run_id:
                return True
            if entry.event_id and entry.article is not None:
                return True
        return False

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return OrchestratorReader(origin, state)


source = Orchestrator()
