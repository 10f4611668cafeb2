"""agentv's eval results: one line a test case and attempt, `index.jsonl` of a run's folder."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from homeostat.model.call import RUN
from homeostat.model.event import Event, Kind, RunContext, Score, Usage
from homeostat.model.ports import Origin, Reader, Source
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    DAMAGED,
    Dollars,
    Figure,
    Grade,
    each_member,
    each_object,
    first_object,
    maybe,
)
from homeostat.monitor.skipping import SkippingReader

CLIENT = "agentv"
STATUS = "execution_status"
MOST_CALLS = 10_000
"""Of one sort in one run; a larger count is damage."""
_VALUES = {"ok": 1.0, "quality_failure": 0.0, "execution_error": 0.0}
"""How a run came out: it may score below 1 and be good enough."""
_NULL = msgspec.Raw(b"null")


class Identity(msgspec.Struct, gc=False):
    id: str = ""


class Summary(msgspec.Struct, gc=False):
    tool_calls: msgspec.Raw = _NULL


class Tokens(msgspec.Struct, gc=False):
    input: Figure | None = None
    output: Figure | None = None


class Graded(msgspec.Struct, gc=False):
    name: str = ""
    type: str = ""
    score: Grade | None = None
    verdict: str | None = None


class Line(msgspec.Struct, gc=False):
    timestamp: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    test_id: str = ""
    suite: str = ""
    target: str = ""
    score: Grade | None = None
    execution_status: str = ""
    failure_reason_code: str | None = None
    error: msgspec.Raw = _NULL
    sample_index: int | None = None
    retry_index: int | None = None
    scores: msgspec.Raw = _NULL
    projection_identity: msgspec.Raw = _NULL
    transcript_summary: msgspec.Raw = _NULL
    token_usage: msgspec.Raw = _NULL
    cost_usd: Dollars | None = None


_lines = msgspec.json.Decoder(Line)
_head = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_identity = msgspec.json.Decoder(Identity)
_summary = msgspec.json.Decoder(Summary)
_times: msgspec.json.Decoder[int] = msgspec.json.Decoder(
    Annotated[int, msgspec.Meta(ge=0, le=MOST_CALLS)]
)
_tokens = msgspec.json.Decoder(Tokens)
_grades: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])
_grade = msgspec.json.Decoder(Graded)
_text = msgspec.json.Decoder(str)


class AgentvReader(SkippingReader):
    """Every line is a run, and says all of it."""

    def __init__(self) -> None:
        super().__init__()

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        del offset
        for entry in each_object(line, _lines, self._skipped):
            if entry.test_id and (entry.execution_status or entry.score is not None):
                yield from self._of(entry)
            else:
                self._skipped["line without a test and its result"] += 1

    def _of(self, entry: Line) -> Iterator[Event]:
        run, at = Frame(CLIENT, _run_id(entry)), entry.start_time or entry.timestamp
        context = RunContext(model=entry.target)
        yield run.event(Kind.CONTEXT, at, entry.target, context=context)
        yield from self._calls(run, at, entry)
        if tokens := maybe(entry.token_usage, _tokens, self._skipped, name="token_usage"):
            usage = Usage(
                message_id="", input_tokens=tokens.input or 0, output_tokens=tokens.output or 0
            )
            figures = (str(usage.input_tokens), str(usage.output_tokens))
            yield run.event(Kind.USAGE, at, *figures, usage=usage)
        if entry.cost_usd:
            yield run.event(Kind.COST, at, str(entry.cost_usd), cost_usd=entry.cost_usd)
        yield from self._end(run, entry, entry.end_time or at)

    def _calls(self, run: Frame, at: datetime | None, entry: Line) -> Iterator[Event]:
        """Only how many there were of each sort is told: nothing of how one came out."""
        summary = maybe(
            entry.transcript_summary, _summary, self._skipped, name="transcript_summary"
        )
        given = summary.tool_calls if summary else _NULL
        counted = each_member(given, _times, self._skipped, name="tool_calls")
        for tool, times in counted.items():
            for number in range(times):
                yield run.of_call(Kind.CALL, at, f"{tool}:{number}", tool=tool)

    def _end(self, run: Frame, entry: Line, at: datetime | None) -> Iterator[Event]:
        status, why = entry.execution_status, entry.failure_reason_code or ""
        error = maybe(entry.error, _text, self._skipped, name="error") or ""
        if status not in _VALUES:
            self._skipped[f"{STATUS} {status}" if status else f"no {STATUS}"] += 1
        if status == "execution_error":
            yield run.event(Kind.API_ERROR, at, status, tool=RUN, name=why, text=error)
        else:
            yield run.event(Kind.TURN_END, at, status)
        value = _VALUES.get(status)
        verdict = Score(source=CLIENT, value=value, label=status, decides=value is not None)
        yield run.event(Kind.SCORE, at, STATUS, status, name=STATUS, text=error, score=verdict)
        if why:
            score = Score(source=CLIENT, label=why)
            yield run.event(Kind.SCORE, at, "why", why, name="failure_reason_code", score=score)
        if entry.score is not None:
            score = Score(source=CLIENT, value=entry.score)
            yield run.event(Kind.SCORE, at, "score", str(entry.score), name="score", score=score)
        grades = maybe(entry.scores, _grades, self._skipped, name="scores")
        for number, raw in enumerate(grades or ()):
            if grade := maybe(raw, _grade, self._skipped, name="score"):
                yield _graded(run, at, grade, str(number))


def _graded(run: Frame, at: datetime | None, grade: Graded, place: str) -> Event:
    score = Score(source=grade.type or CLIENT, value=grade.score, label=grade.verdict or "")
    ids = ("grade", place, grade.name, str(grade.score))
    return run.event(Kind.SCORE, at, *ids, name=grade.name or place, score=score)


def _run_id(entry: Line) -> str:
    """agentv's own id of a result; without one, what tells it from the others of its folder."""
    if (identity := maybe(entry.projection_identity, _identity)) and identity.id:
        return identity.id
    at = entry.timestamp.isoformat() if entry.timestamp else ""
    attempt = (entry.sample_index or 0, entry.retry_index or 0)
    return ":".join((at, entry.suite, entry.test_id, entry.target, *map(str, attempt)))


class Agentv(Source):
    client = CLIENT
    homes = ()
    names = ("*.jsonl",)

    def recognises(self, head: Sequence[bytes]) -> bool:
        for line in head[:5]:
            try:
                entry = _head(first_object(line))
            except DAMAGED:
                continue
            if {"test_id", STATUS, "target", "score"} <= entry.keys():
                return True
        return False

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del origin, state
        return AgentvReader()


source = Agentv()
