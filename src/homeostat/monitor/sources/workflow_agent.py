"""A workflow agent's run database (SQLite, schema version 2): `~/.binks/conversations.db`."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.call import RUN
from homeostat.model.event import Event, Kind, RunContext, Score, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Framing, Origin, Reader, Source, Table, Tables
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import Figure, Milliseconds, each_object, maybe, piece
from homeostat.monitor.skipping import SkippingReader

CLIENT = "workflow-agent"
MAX_OPEN = 2_000
"""Calls of runs at work that wait for their end; the oldest is forgotten first."""
HIDDEN = ('"isError": true', '"isError":true', '"is_error": true', '"is_error":true')
RUN_COLUMNS = """
*, (SELECT total_tokens_in FROM run_metrics m WHERE m.run_id = runs.id) AS tokens_in,
(SELECT total_tokens_out FROM run_metrics m WHERE m.run_id = runs.id) AS tokens_out
"""
IMPROVEMENTS = "improvements"
"""The run that holds those which name none."""
_IGNORED = frozenset({"processing_start", "thinking", "iteration", "step_started"})


class Run(msgspec.Struct, gc=False):
    id: str
    workflow_name: str | None = None
    task: str | None = None
    status: str | None = None
    model: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: str | None = None
    tokens_in: Figure | None = None
    tokens_out: Figure | None = None


class RunEvent(msgspec.Struct, gc=False):
    id: int
    run_id: str
    event_type: str
    event_data: str | None = None
    step_index: int | None = None
    timestamp: datetime | None = None


class Improved(msgspec.Struct, gc=False):
    """An improvement, as created and as documented: the two shapes share these."""

    id: str
    description: str | None = None
    changes_made: str | None = None
    status: str | None = None
    related_runs: str | None = None
    """JSON; only in the one."""
    pattern_id: str | None = None
    """Only in the other."""
    created_at: datetime | None = None
    applied_at: datetime | None = None
    verified_at: datetime | None = None


class Row(msgspec.Struct, gc=False):
    """A row of one of the tables."""

    runs: msgspec.Raw = msgspec.Raw(b"")
    run_events: msgspec.Raw = msgspec.Raw(b"")
    improvements: msgspec.Raw = msgspec.Raw(b"")


class Data(msgspec.Struct, gc=False):
    """`event_data` of all event types; fields keep the system's names."""

    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"null")
    duration: Milliseconds | None = None
    is_error: bool | None = None
    error_type: str | None = None
    content: str | None = None
    message: str | None = None
    success: bool | None = None
    step_index: int | None = None


class Begun(msgspec.Struct, gc=False):
    """A call that was started and not completed yet."""

    run_id: str
    tool: str
    call_id: str


class _State(msgspec.Struct):
    begun: list[Begun] = msgspec.field(default_factory=list)


_rows = msgspec.json.Decoder(Row)
_runs = msgspec.json.Decoder(Run)
_run_events = msgspec.json.Decoder(RunEvent)
_data = msgspec.json.Decoder(Data)
_improvements = msgspec.json.Decoder(Improved)
_names = msgspec.json.Decoder(list[str])
_text = msgspec.json.Decoder(str).decode


class WorkflowReader(SkippingReader):
    """A call has no id: its end closes the oldest open call of that tool in its run."""

    def __init__(self, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State()

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        del offset
        for row in each_object(line, _rows, self._skipped):
            if bytes(row.runs):
                yield from self._run(piece(row.runs, _runs, self._skipped))
            if bytes(row.run_events):
                yield from self._event(piece(row.run_events, _run_events, self._skipped))

            if bytes(row.improvements):
                yield from _improved(piece(row.improvements, _improvements, self._skipped))

    def _run(self, row: Run) -> Iterator[Event]:
        """A run's row is written at its start and again at its end."""
        run = Frame(CLIENT, row.id)
        context = RunContext(model=row.model or "", project=row.workflow_name or "")
        yield run.event(Kind.CONTEXT, row.started_at, row.model or "", context=context)
        yield run.event(Kind.PROMPT, row.started_at, "task", text=row.task or "")
        yield from _spent(run, row)
        match row.status:
            case "completed":
                yield run.event(Kind.TURN_END, row.completed_at, "end")
            case "cancelled":
                yield run.event(Kind.INTERRUPT, row.completed_at, "end")
            case "failed":
                yield run.event(
                    Kind.API_ERROR, row.completed_at, "end", tool=RUN, text=row.error or ""
                )
                yield _failed(run, row)
            case None | "running":
                return
            case other:
                self._skipped[f"status {other[:40]}"] += 1

    def _event(self, row: RunEvent) -> Iterator[Event]:
        run, at = Frame(CLIENT, row.run_id), row.timestamp
        for data in each_object((row.event_data or "{}").encode(), _data, self._skipped):
            match row.event_type:
                case "tool_start":
                    yield self._begin(run, row, data)
                case "tool_complete":
                    yield from self._end(run, row, data)
                case "response_complete":
                    yield run.event(Kind.SAID, at, str(row.id))
                case "error":
                    text = data.message or ""
                    yield run.event(Kind.LOGGED, at, str(row.id), name="error", text=text)
                case "step_completed":
                    yield _step(run, row, data)
                case other:
                    if other not in _IGNORED:
                        self._skipped[f"event {other[:40]}"] += 1

    def _begin(self, run: Frame, row: RunEvent, data: Data) -> Event:
        self._state.begun.append(Begun(row.run_id, data.name, str(row.id)))
        del self._state.begun[:-MAX_OPEN]
        args = bytes(data.arguments).decode()
        return run.of_call(Kind.CALL, row.timestamp, str(row.id), tool=data.name, args=args)

    def _end(self, run: Frame, row: RunEvent, data: Data) -> Iterator[Event]:
        open_calls = (b for b in self._state.begun if (b.run_id, b.tool) == (row.run_id, data.name))
        if begun := next(open_calls, None):
            self._state.begun.remove(begun)
            call_id = begun.call_id
        else:  # its start was written before this database was, or is lost
            call_id = str(row.id)
            yield run.of_call(Kind.CALL, row.timestamp, call_id, tool=data.name)
        text = _said(data.result)
        outcome, kind = _judged(data, text)
        yield run.of_call(
            Kind.RESULT, row.timestamp, call_id, outcome=outcome, failure_kind=kind, text=text,
            duration_ms=None if data.duration is None else round(data.duration),
        )  # fmt: skip


def _judged(data: Data, text: str) -> tuple[Outcome, str]:
    """Their word, but that a failure reported by an MCP server was stored as a success."""
    if data.is_error:
        return Outcome.ERROR, (data.error_type or "error").lower()
    if data.is_error is None or text.startswith(("Error", "error:")) or _holds(text):
        return Outcome.UNKNOWN, "hidden_error" if data.is_error is not None else "no_status"
    return Outcome.OK, ""


def _holds(text: str) -> bool:
    return any(mark in text for mark in HIDDEN)


def _said(result: msgspec.Raw) -> str:
    try:
        return _text(result)
    except msgspec.MsgspecError:
        return bytes(result).decode()


def _failed(run: Frame, row: Run) -> Event:
    """That a run failed is what happened to it. That one was completed says that it ended, and
    not whether it did what was asked: nothing decides there."""
    score = Score(source=CLIENT, value=0.0, label="failed", decides=True)
    return run.event(
        Kind.SCORE, row.completed_at, "status", name="status", text=row.error or "", score=score
    )


def _step(run: Frame, row: RunEvent, data: Data) -> Event:
    score = Score(
        source=CLIENT,
        value=None if data.success is None else float(data.success),
        step=data.step_index if data.step_index is not None else row.step_index,
    )
    return run.event(Kind.SCORE, row.timestamp, str(row.id), name="step", score=score)


def _spent(run: Frame, row: Run) -> Iterator[Event]:
    """Totals of the whole run; of a run that crashed there are none."""
    if row.tokens_in is None or row.tokens_out is None:
        return
    usage = Usage(message_id="", input_tokens=row.tokens_in, output_tokens=row.tokens_out)
    figures = f"{row.tokens_in} {row.tokens_out}"
    yield run.event(Kind.USAGE, row.completed_at or row.started_at, figures, usage=usage)


def _improved(row: Improved) -> Iterator[Event]:
    """What it had proposed or done, beside the runs that it names; its own verdict is no fact."""
    about = maybe(msgspec.Raw((row.related_runs or "null").encode()), _names) or [IMPROVEMENTS]
    at = row.verified_at or row.applied_at or row.created_at
    said = (row.pattern_id, row.description, row.changes_made)
    text = "\n".join(part for part in said if part)
    score = Score(source=CLIENT, label=row.status or "")
    for run_id in about:
        yield Frame(CLIENT, run_id).event(
            Kind.SCORE, at, f"improvement {row.id}", row.status or "",
            name=f"improvement {row.id}", text=text, score=score,
        )  # fmt: skip


class WorkflowAgent(Source):
    client = CLIENT
    homes = (".binks/conversations.db",)
    names = ("*.db", "*.sqlite", "*.sqlite3")

    def recognises(self, head: Sequence[bytes]) -> bool:
        made = b"\n".join(head) if head and head[0].startswith(b"SQLite format 3") else b""
        return all(name in made for name in (b"run_events", b"workflow_name", b"event_data"))

    def framing(self, head: Sequence[bytes]) -> Framing:
        """Runs first: their events follow. A run's row changes once, when it ends."""
        columns = RUN_COLUMNS if any(b"run_metrics" in made for made in head) else "*"
        runs = Table("runs", order="COALESCE(completed_at, started_at)", columns=columns)
        changed = Table("improvements", order="COALESCE(verified_at, applied_at, created_at)")
        return Tables((runs, Table("run_events"), changed))

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del origin
        return WorkflowReader(state)


source = WorkflowAgent()
