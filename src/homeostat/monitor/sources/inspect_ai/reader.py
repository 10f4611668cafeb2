"""Inspect AI: a log of one evaluation, an `.eval` archive or one JSON document."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

import msgspec

from homeostat.model.call import RUN
from homeostat.model.event import Event, Kind, RunContext, Score, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Archive, Document, Framing, Member, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.archives import MAGIC
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    DAMAGED,
    each_member,
    each_object,
    maybe,
    member,
    stem,
    text_of,
    written,
)
from homeostat.monitor.moments import parsed, utc
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.sources.inspect_ai import format as shape

CLIENT = "inspect-ai"
_SHELLS = frozenset({"bash", "bash_session"})
_GRADES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Correct, partly, incorrect, no answer: as Inspect's own `value_to_float` has them."""
_MOST = 2**53
"""Beyond it nobody has counted."""
_ATTACHED = re.compile(r"attachment://(\w{1,64})")


class Timing(msgspec.Struct, frozen=True):
    began: datetime | None
    ended: datetime | None
    duration_ms: int | None


class InspectReader(SkippingReader):
    """What was evaluated stands before the samples; each sample and epoch is a run."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._log = shape.Evaluation()

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        del offset
        for record in each_object(line, shape.records, self._skipped):
            for log in (record, record.start, record.header):
                told = log.evaluation if log else shape.NOTHING
                if found := maybe(told, shape.evaluation, self._skipped, name="eval"):
                    self._log = found
            if bytes(record.samples) != b"null":
                for sample in each_object(bytes(record.samples), shape.samples, self._skipped):
                    yield from self._sample(sample)

    def _sample(self, sample: shape.Sample) -> Iterator[Event]:
        named = f"{self._log.task_id or self._name}:{sample.id}:{sample.epoch}"
        frame = Frame(CLIENT, sample.uuid or named)
        times = _times(sample, self._skipped)
        times.first = utc(times.first or sample.started_at or parsed(self._log.created))
        first, last = times.first, utc(times.last or sample.completed_at or times.first)
        yield frame.event(Kind.CONTEXT, first, context=_context(self._log))
        attached = each_member(sample.attachments, shape.text, self._skipped, name="attachment")
        conversation = _Conversation(frame, times, attached, self._skipped)
        for index, message in shape.messages.of(sample.messages, self._skipped):
            yield from conversation.message(message, index)
        for model, tokens in _spent(sample, self._skipped).items():
            usage = _usage(f"{frame.run_id} {model}", tokens)
            yield frame.event(Kind.USAGE, last, model, usage=usage)
        lost = self._skipped
        if limit := maybe(sample.limit, shape.limit, lost, name="limit"):
            yield frame.event(Kind.LIMIT, last, name=limit.type)
        if failure := maybe(sample.error, shape.failure, lost, name="error"):
            yield frame.event(Kind.API_ERROR, last, tool=RUN, text=failure.message)
        scores = each_member(sample.scores, shape.scored, lost, name="score")
        yield from _scores(frame, scores, last)


class _Times(msgspec.Struct):
    of: dict[str, Timing] = msgspec.field(default_factory=dict[str, Timing])
    """By id of the call, or of the message."""
    first: datetime | None = None
    last: datetime | None = None


def _times(sample: shape.Sample, skipped: Counter[str]) -> _Times:
    """Messages have no times: the events of the calls and of the model that made them have."""
    times = _Times()
    for _, event in shape.happened.of(sample.events, skipped):
        times.first = times.first or event.timestamp
        times.last = event.timestamp or times.last
        if event.event not in ("tool", "model"):
            continue
        try:
            key = _id_of(event)
            ended = shape.moment(event.completed)
        except DAMAGED:
            continue
        took = None if event.working_time is None else round(event.working_time * 1000)
        times.of[key] = Timing(event.timestamp, ended, took)
    return times


def _id_of(event: shape.Happened) -> str:
    if event.event == "tool":
        return msgspec.json.decode(event.id, type=str)
    found = maybe(event.output, shape.output)
    choices = (found.choices if found else None) or [shape.Choice()]
    said = choices[0].message
    return (said.id if said else None) or ""


class _Conversation:
    """The messages of one sample."""

    def __init__(
        self, frame: Frame, times: _Times, attachments: Mapping[str, str], skipped: Counter[str]
    ) -> None:
        self._frame = frame
        self._times = times
        self._attachments = attachments
        self._skipped = skipped
        self._called = set[str]()
        self._at = times.first

    def message(self, message: shape.Message, index: int) -> Iterator[Event]:
        text, key = self._text(message), message.id or str(index)
        if timing := self._times.of.get(message.id or message.tool_call_id or ""):
            self._at = timing.ended or timing.began or self._at
        match message.role:
            case "user":
                yield self._frame.event(Kind.PROMPT, self._at, key, text=text)
            case "assistant":
                if text:
                    yield self._frame.event(Kind.SAID, self._at, key)
                for place, call in shape.calls.of(message.tool_calls, self._skipped):
                    yield from self._call(call.id or f"{key}:{place}", call.function, call)
            case "tool":
                yield from self._answer(message, message.tool_call_id or key, text)
            case "system":
                pass
            case other:
                self._skipped[f"message {other}"] += 1

    def _call(self, call_id: str, tool: str, call: shape.Call) -> Iterator[Event]:
        if call_id in self._called:
            return
        self._called.add(call_id)
        timing = self._times.of.get(call_id)
        yield self._frame.of_call(
            Kind.CALL, (timing.began if timing else None) or self._at, call_id, tool=tool,
            args=written(call.arguments),
            command=member(call.arguments, "cmd", "command", "input") if tool in _SHELLS else "",
            path=member(call.arguments, "path", "file", "file_path"),
        )  # fmt: skip

    def _answer(self, message: shape.Message, call_id: str, text: str) -> Iterator[Event]:
        """A log may hold an answer alone, without the message that asked for the call."""
        yield from self._call(call_id, message.function or "", shape.Call())
        timing = self._times.of.get(call_id)
        failure = self._failure(message)
        yield self._frame.of_call(
            Kind.RESULT, (timing.ended if timing else None) or self._at, call_id,
            outcome=Outcome.ERROR if failure else Outcome.OK,
            failure_kind=(failure.type or "other") if failure else "",
            duration_ms=timing.duration_ms if timing else None,
            text=(text or failure.message) if failure else text,
        )  # fmt: skip

    def _failure(self, message: shape.Message) -> shape.Failure | None:
        """Whatever shape it has: where an error is told, the call has failed."""
        if message.error == shape.NOTHING:
            return None
        found = maybe(message.error, shape.failure, self._skipped, name="error")
        return found or shape.Failure(message=written(message.error))

    def _text(self, message: shape.Message) -> str:
        text = text_of(message.content)
        return _ATTACHED.sub(lambda found: self._attachments.get(found[1], found[0]), text)


def _context(log: shape.Evaluation) -> RunContext:
    version = (log.packages or {}).get("inspect_ai", shape.NOTHING)
    return RunContext(
        project=log.task or "",
        client_version=maybe(version, shape.text) or "",
        model=log.model or "",
    )


def _spent(sample: shape.Sample, lost: Counter[str]) -> Mapping[str, shape.Tokens]:
    """By model; older logs tell only of the last answer."""
    if spent := each_member(sample.model_usage, shape.spendings, lost, name="model_usage"):
        return spent
    output = maybe(sample.output, shape.output, lost, name="output")
    return {"": output.usage} if output and output.usage else {}


def _usage(message_id: str, tokens: shape.Tokens) -> Usage:
    return Usage(
        message_id=message_id,
        input_tokens=tokens.input_tokens or 0,
        output_tokens=tokens.output_tokens or 0,
        cache_read_tokens=tokens.input_tokens_cache_read or 0,
        cache_creation_tokens=tokens.input_tokens_cache_write or 0,
    )


def _scores(
    frame: Frame, scores: Mapping[str, shape.Scored], at: datetime | None
) -> Iterator[Event]:
    """Where one scorer gives one grade, that is how the run came out; several are opinions."""
    found = [
        (name, value, scored)
        for scorer, scored in scores.items()
        for name, value in _values(scorer, scored.value)
    ]
    for name, value, scored in found:
        grade = _grade(value)
        decides = len(found) == 1 and grade is not None and 0 <= grade <= 1
        label = value if isinstance(value, str) else ""
        yield frame.event(
            Kind.SCORE, at, name, name=name, text=scored.explanation or "",
            score=Score(source=CLIENT, value=grade, label=label, decides=decides),
        )  # fmt: skip


def _values(scorer: str, raw: msgspec.Raw) -> Iterator[tuple[str, object]]:
    """A scorer may give several values by name."""
    try:
        value = msgspec.json.decode(raw)
    except DAMAGED:
        return
    if isinstance(value, dict):
        for name, given in cast("dict[str, object]", value).items():
            yield f"{scorer}.{name}", given
    elif isinstance(value, list):
        for place, given in enumerate(cast("list[object]", value)):
            yield f"{scorer}.{place}", given
    elif value is not None:
        yield scorer, value


def _grade(value: object) -> float | None:
    if isinstance(value, int | float):
        return float(value) if abs(value) <= _MOST else None
    return _GRADES.get(value) if isinstance(value, str) else None


class InspectAi(Source):
    client = CLIENT
    homes = ()
    names = ("*.eval", "*.json")

    def recognises(self, head: Sequence[bytes]) -> bool:
        if head and head[0].startswith(MAGIC):
            logs = {b"header.json", b"_journal/start.json"} & set(head[1:])
            return bool(logs)
        return {"eval.task", "eval.task_id", "eval.model"} <= documents.keys(head)

    def framing(self, head: Sequence[bytes]) -> Framing:
        if head[0].startswith(MAGIC):
            return Archive((
                Member("_journal/start.json", "start"),
                Member("header.json", "header"),
                Member("samples/*.json", "samples"),
            ))  # fmt: skip
        return Document(split=("samples",))

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return InspectReader(stem(origin.path))


source = InspectAi()
