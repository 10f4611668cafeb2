"""Healing hooks kept in Claude Code dotfiles: logs and metrics below `~/.claude/`.

Their figures (success rates, signatures, confidence) are derived and not taken over; a failure
that was seen again stands there once.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec

from homeostat.model.event import Event, Kind, RunContext, Score
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Framing, Lines, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import DAMAGED, Figure, Grade, each_object, first_object, stem
from homeostat.monitor.moments import local, parsed
from homeostat.monitor.skipping import SkippingReader

CLIENT = "dotfiles"
_ACTIVITY = re.compile(
    r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] type=(\S*) id=(\S*) name=(.*?) model=(\S*)"
    r' prompt="(.*)"\s*$'
)
_RESTARTS = {
    "success": (Outcome.OK, ""),
    "failed_verify": (Outcome.ERROR, "failed_verify"),
    "failed_cmd": (Outcome.ERROR, "failed_cmd"),
    "rate_limited": (Outcome.DENIED, "rate_limited"),
    "ceiling_reached": (Outcome.DENIED, "ceiling_reached"),
}
_MEASURES = (
    "total_tool_calls", "search_total", "search_hit_rate", "agent_spawns", "mcp_total",
    "mcp_success_rate", "duration_min", "tools_per_min",
)  # fmt: skip


class Line(msgspec.Struct, gc=False):
    """Of all the files; fields keep the names of the hooks that wrote them."""

    ts: datetime | None = None
    timestamp: datetime | None = None
    type: str = ""
    session_id: str = ""
    project: str = ""
    tool: str = ""
    # failure-catalog, lessons
    error: str = ""
    input_summary: str = ""
    error_signature: str = ""
    # services, reindex
    service: str = ""
    action: str = ""
    result: str = ""
    path: str = ""
    # failure-escalation
    occurrence_count: int | None = None
    # config-tuning
    param: str = ""
    before: msgspec.Raw = msgspec.Raw(b"null")
    after: msgspec.Raw = msgspec.Raw(b"null")
    config_file: str = ""
    # observations
    input: str = ""
    output: str = ""
    files: list[str] | None = None
    # session metrics
    tool_counts: dict[str, Figure] | None = None
    total_tool_calls: Grade | None = None

    @property
    def at(self) -> datetime | None:
        found = self.ts or self.timestamp
        return found.replace(tzinfo=found.tzinfo or UTC) if found else None


class Spawn(msgspec.Struct, gc=False):
    agent_type: str = ""
    model: str = ""
    timestamp: datetime | None = None
    prompt_preview: str = ""


class Patterns(msgspec.Struct, gc=False):
    entries: Spawn | None = None


class _State(msgspec.Struct):
    first: str = ""
    """When the first observation of the file was: the file is moved away later."""
    attempts: dict[str, str] = msgspec.field(default_factory=dict)
    """Service, or path that is indexed again -> the call that is at work."""


_lines = msgspec.json.Decoder(Line)
_patterns = msgspec.json.Decoder(Patterns)
_members: msgspec.json.Decoder[dict[str, object]] = msgspec.json.Decoder(dict[str, object])
_MOST = 2**53
"""Beyond it nobody has counted."""


class DotfilesReader(SkippingReader):
    """Each line is told by its members, whatever the file is called."""

    def __init__(self, origin: Origin, state: bytes | None) -> None:
        super().__init__()
        self._file = stem(origin.path)
        self._state = msgspec.json.decode(state, type=_State) if state else _State()

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        if line.startswith(b"["):
            yield from self._activity(line, offset)
        elif line.startswith((b'{"entries":', b'{"version":')):
            for found in each_object(line, _patterns, self._skipped):
                if found.entries:
                    yield self._spawned(found.entries, offset)
        else:
            for number, entry in enumerate(each_object(line, _lines, self._skipped)):
                kind = _kind(entry)
                if kind == "metrics":
                    yield from self._measured(entry, _numbers(line, number), offset + number)
                elif kind:
                    yield from _READ[kind](self, entry, offset + number)
                else:
                    self._skipped["line of another shape"] += 1

    def _activity(self, line: bytes, offset: int) -> Iterator[Event]:
        found = _ACTIVITY.match(line.decode("utf-8", "replace"))
        if found:
            at, kind, agent, name, model, prompt = found.groups()
            run = Frame(CLIENT, f"{self._file} {at[:10]}")
            yield run.event(
                Kind.SPAWN, local(parsed(at)), str(offset), agent,
                name=kind, agent=name or agent, text=f"{model} {prompt}".strip(),
            )  # fmt: skip
        else:
            self._skipped["line of another shape"] += 1

    def _spawned(self, spawn: Spawn, offset: int) -> Event:
        run = Frame(CLIENT, self._file)
        text = f"{spawn.model} {spawn.prompt_preview}".strip()
        ids = (str(spawn.timestamp or offset), spawn.agent_type, spawn.prompt_preview)
        at = spawn.timestamp
        at = at.replace(tzinfo=at.tzinfo or UTC) if at else None
        return run.event(Kind.SPAWN, at, *ids, name=spawn.agent_type, text=text)

    def _run(self, entry: Line) -> Frame:
        known = entry.session_id not in ("", "unknown")
        return Frame(CLIENT, entry.session_id if known else self._file)

    def read_failure(self, entry: Line, offset: int) -> Iterator[Event]:
        del offset
        run, at = self._run(entry), entry.at
        call_id = f"{entry.tool} {at.isoformat() if at else entry.error_signature}"
        yield from _context(run, entry)
        yield run.of_call(Kind.CALL, at, call_id, tool=entry.tool, args=entry.input_summary)
        yield run.of_call(
            Kind.RESULT, at, call_id, outcome=Outcome.ERROR, failure_kind="tool_failure",
            text=entry.error,
        )  # fmt: skip

    def read_restart(self, entry: Line, offset: int) -> Iterator[Event]:
        yield from self._attempt(entry, f"{entry.action}:{entry.service}", "", offset)

    def read_reindex(self, entry: Line, offset: int) -> Iterator[Event]:
        yield from self._attempt(entry, entry.action, entry.path, offset)

    def _attempt(self, entry: Line, tool: str, path: str, offset: int) -> Iterator[Event]:
        """A line when it is tried, and one when it has come out."""
        run = Frame(CLIENT, self._file)
        key = f"{tool} {path}"
        result = "success" if entry.result == "completed" else entry.result
        call_id = self._state.attempts.pop(key, "") if result in _RESTARTS else ""
        if not call_id:
            call_id = f"{tool}@{offset}"
            yield run.of_call(Kind.CALL, entry.at, call_id, tool=tool, path=path)
        if result in _RESTARTS:
            outcome, kind = _RESTARTS[result]
            yield run.of_call(
                Kind.RESULT, entry.at, call_id, outcome=outcome, failure_kind=kind, text=result
            )
        else:
            self._state.attempts[key] = call_id

    def read_tuning(self, entry: Line, offset: int) -> Iterator[Event]:
        run, call_id = Frame(CLIENT, self._file), f"tune@{offset}"
        values = {"param": entry.param, "before": entry.before, "after": entry.after}
        yield run.of_call(
            Kind.CALL, entry.at, call_id, tool="config_tuning", path=entry.config_file,
            args=msgspec.json.encode(values).decode(),
        )  # fmt: skip
        yield run.of_call(Kind.RESULT, entry.at, call_id, outcome=Outcome.OK)

    def read_observation(self, entry: Line, offset: int) -> Iterator[Event]:
        """No outcome was written down, and no session: a file is a run."""
        at = entry.at
        self._state.first = self._state.first or (at.isoformat() if at else self._file)
        run, call_id = Frame(CLIENT, f"observations {self._state.first}"), f"@{offset}"
        yield from _context(run, entry)
        path = entry.files[0] if entry.files else ""
        yield run.of_call(Kind.CALL, at, call_id, tool=entry.tool, args=entry.input, path=path)
        yield run.of_call(
            Kind.RESULT, at, call_id, outcome=Outcome.UNKNOWN, failure_kind="no_status",
            text=entry.output,
        )  # fmt: skip

    def _measured(self, entry: Line, measured: Mapping[str, float], offset: int) -> Iterator[Event]:
        known = entry.session_id not in ("", "unknown")
        run = Frame(CLIENT, entry.session_id if known else f"{self._file}@{offset}")
        yield run.event(Kind.CONTEXT, entry.at, "metrics", context=RunContext())
        figures = {name: value for name, value in measured.items() if name in _MEASURES}
        figures |= {f"calls of {name}": n for name, n in (entry.tool_counts or {}).items()}
        for name, value in figures.items():
            score = Score(source="session-metrics", value=float(value))
            yield run.event(Kind.SCORE, entry.at, name, str(value), name=name, score=score)

    def read_nothing(self, entry: Line, offset: int) -> Iterator[Event]:
        """How often a failure was seen again: a figure of theirs."""
        del entry, offset
        return iter(())


def _context(run: Frame, entry: Line) -> Iterator[Event]:
    if entry.project:
        context = RunContext(project=entry.project)
        yield run.event(Kind.CONTEXT, entry.at, entry.project, context=context)


def _numbers(line: bytes, place: int) -> dict[str, float]:
    """The members of the object at this place of a line that are numbers."""
    found = next(islice(each_object(line, _members), place, None))
    return {
        name: float(value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MOST
    }


def _kind(entry: Line) -> str:
    """Which file a line is of; empty for none of them."""
    if entry.type == "tool_failure" and entry.tool:
        return "failure"
    if entry.service and entry.action:
        return "restart"
    if entry.action == "reindex" and entry.path:
        return "reindex"
    if entry.param and entry.config_file:
        return "tuning"
    if entry.occurrence_count is not None and entry.tool:
        return "escalation"
    if entry.tool_counts is not None or entry.total_tool_calls is not None:
        return "metrics"
    return "observation" if entry.tool and entry.ts and entry.files is not None else ""


_READ: dict[str, Callable[[DotfilesReader, Line, int], Iterator[Event]]] = {
    "failure": DotfilesReader.read_failure,
    "restart": DotfilesReader.read_restart,
    "reindex": DotfilesReader.read_reindex,
    "tuning": DotfilesReader.read_tuning,
    "escalation": DotfilesReader.read_nothing,
    "observation": DotfilesReader.read_observation,
}


class Dotfiles(Source):
    client = CLIENT
    homes = (
        ".claude/logs/failure-catalog.jsonl",
        ".claude/logs/self-healing/*.jsonl",
        ".claude/lessons/lessons.jsonl",
        ".claude/observations/**/*.jsonl",
        ".claude/metrics/sessions.jsonl",
        ".claude/logs/session-metrics.jsonl",
        ".claude/logs/subagent-activity.log",
        ".claude/intent-agent-patterns.json",
    )
    names = ("*.jsonl", "subagent-activity.log", "intent-agent-patterns.json")

    def recognises(self, head: Sequence[bytes]) -> bool:
        if head and _ACTIVITY.match(head[0].decode("utf-8", "replace")):
            return True
        if {"entries", "co_occurrence", "type_context_map"} & documents.keys(head):
            return "entries.item.agent_type" in documents.keys(head)
        for line in head[:5]:
            try:
                if _kind(_lines.decode(first_object(line))):
                    return True
            except DAMAGED:
                continue
        return False

    def framing(self, head: Sequence[bytes]) -> Framing:
        return Document(split=("entries",)) if "entries" in documents.keys(head) else Lines()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return DotfilesReader(origin, state)


source = Dotfiles()
