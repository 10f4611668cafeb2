"""Spans of OpenTelemetry in JSON: OTLP, nested or one by one (OpenInference), TRAIL's labels."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from homeostat.model.event import Channel, Event
from homeostat.model.ports import Document, Framing, Lines, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import DAMAGED, each_object, stem
from homeostat.monitor.parts import Parts
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.sources.otel import forms, labels, otlp
from homeostat.monitor.sources.otel.facts import CLIENT, facts
from homeostat.monitor.sources.otel.span import RUN, Span
from homeostat.monitor.sources.otel.spelling import camel

KEPT_TRACES = 1_000
"""A trace whose spans come later than so many others is taken for a new one."""
_NOTHING = msgspec.Raw(b"null")


class Record(msgspec.Struct, gc=False):
    """A document without its lists, an element of one of them, or a line that is a document."""

    trace_id: str | None = None
    context: msgspec.Raw = _NOTHING
    """Of a record that is one span."""
    span_id: msgspec.Raw = msgspec.field(name="spanId", default=_NOTHING)
    """Of a record that is one span as OTLP has it."""
    spans: msgspec.Raw = _NOTHING
    otlp: msgspec.Raw = msgspec.field(name="resourceSpans", default=_NOTHING)
    batches: msgspec.Raw = _NOTHING
    """What one store of traces calls them."""
    snake: msgspec.Raw = msgspec.field(name="resource_spans", default=_NOTHING)
    scopes: msgspec.Raw = msgspec.field(name="scopeSpans", default=_NOTHING)
    """Of a record that is one resource."""
    errors: msgspec.Raw = _NOTHING
    scores: msgspec.Raw = _NOTHING
    logs: msgspec.Raw = msgspec.field(name="resourceLogs", default=_NOTHING)
    metrics: msgspec.Raw = msgspec.field(name="resourceMetrics", default=_NOTHING)


_records = msgspec.json.Decoder(Record)
_nested = Parts(
    msgspec.json.Decoder(list[forms.NestedSpan] | None),
    msgspec.json.Decoder(forms.NestedSpan),
    "span",
)
_single = msgspec.json.Decoder(forms.SingleSpan)
_errors = Parts(
    msgspec.json.Decoder(list[labels.Error] | None), msgspec.json.Decoder(labels.Error), "label"
)
_scores = Parts(
    msgspec.json.Decoder(list[labels.Scores] | None), msgspec.json.Decoder(labels.Scores), "score"
)


class _State(msgspec.Struct):
    trace_id: str
    """Of the document, for what names none itself."""
    runs: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """By trace: the run of its spans that name none."""


class OtelReader(SkippingReader):
    """A run is a session or conversation where a span of its trace names one, else the trace.

    What the first record of a trace says holds for the rest of it: a batch may come before the
    span that names the session, and one told twice must not be of two runs.
    """

    def __init__(self, name: str, state: bytes | None) -> None:
        super().__init__()
        self._state = msgspec.json.decode(state, type=_State) if state else _State(name)

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        del offset
        state = self._state
        for record in each_object(line, _records, self._skipped):
            state.trace_id = record.trace_id or state.trace_id
            for kind, raw in (("resourceLogs", record.logs), ("resourceMetrics", record.metrics)):
                if raw != _NOTHING:
                    self._skipped[kind] += 1
            found = self._read(record) + self._sent(record, line)
            if bytes(record.context)[:1] == b"{":
                found += [forms.single(span) for span in each_object(line, _single, self._skipped)]
            yield from self._spans(found)
            frame = Frame(CLIENT, self._state.trace_id, channel=Channel.TELEMETRY)
            errors = [error for _, error in _errors.of(_listed(record.errors), self._skipped)]
            yield from labels.of_errors(frame, errors)
            scores = [score for _, score in _scores.of(_listed(record.scores), self._skipped)]
            yield from labels.of_scores(frame, scores)

    def _read(self, record: Record) -> list[Span]:
        return [
            span
            for _, root in _nested.of(_listed(record.spans), self._skipped)
            for span in forms.nested(root, self._state.trace_id)
        ]

    def _sent(self, record: Record, line: bytes) -> list[Span]:
        """The spans of a record of OTLP; `line` is all of it."""
        sent = [record.otlp, record.batches, msgspec.Raw(camel(bytes(record.snake)))]
        if record.scopes != _NOTHING:
            sent.append(msgspec.Raw(line))
        elif record.span_id != _NOTHING:
            sent.append(msgspec.Raw(b'{"scopeSpans":[{"spans":[%s]}]}' % line))
        found: list[Span] = []
        for raw in sent:
            for resource in otlp.resources(_listed(raw), self._skipped):
                found += otlp.spans(resource)
        return otlp.placed(found)

    def _spans(self, spans: Sequence[Span]) -> Iterator[Event]:
        named = _named(spans)
        seen = set[tuple[str, str]]()
        for span in spans:
            if (span.trace_id, span.span_id) in seen:
                continue
            seen.add((span.trace_id, span.span_id))
            trace_id = span.trace_id or self._state.trace_id
            run_id = self._state.runs.setdefault(trace_id, named.get(span.trace_id, trace_id))
            yield from facts(span, span.text(*RUN) or run_id, self._skipped)
        while len(self._state.runs) > KEPT_TRACES:
            del self._state.runs[next(iter(self._state.runs))]


def _named(spans: Iterable[Span]) -> dict[str, str]:
    """The run of each trace of which a span names one; others of its spans may not."""
    found: dict[str, str] = {}
    for span in spans:
        if run_id := span.text(*RUN):
            found.setdefault(span.trace_id, run_id)
    return found


def _listed(raw: msgspec.Raw) -> msgspec.Raw:
    """An element that was split off its list, as a list."""
    data = bytes(raw).lstrip()
    return msgspec.Raw(b"[%s]" % data) if data[:1] == b"{" else raw


_SINGLE = frozenset({"context.trace_id", "context.span_id", "attributes"})
_SENT = (
    {"resourceSpans"}, {"resource_spans"}, {"scopeSpans", "resource"}, {"batches.item.scopeSpans"},
    {"batches.item.instrumentationLibrarySpans"}, {"traceId", "spanId", "startTimeUnixNano"},
)  # fmt: skip
_BATCH = re.compile(rb'\s*\{\s*"resource_?[sS]pans"\s*:')
"""How a line of a collector begins; others of its file may be logs and metrics."""


class Otel(Source):
    client = CLIENT
    homes = ()
    names = ("*.json", "*.jsonl", "*.ndjson")

    def recognises(self, head: Sequence[bytes]) -> bool:
        found = documents.keys(head[:1]) or documents.keys(head)
        if any(_is_at(names, found) for names in _SENT) or any(map(_BATCH.match, head)):
            return True
        # Children may stand first, and their names fill the beginning (keys in order).
        if "spans.item.child_spans" in found:
            return True
        if {"spans.item.span_id", "spans.item.span_attributes"} <= found:
            return True
        if found >= _SINGLE or found >= {f"item.{name}" for name in _SINGLE}:
            return True
        return "errors" in found and bool(
            {"errors.item.location", "scores.item.reliability_score"} & found
        )

    def framing(self, head: Sequence[bytes]) -> Framing:
        if head[0].lstrip()[:1] != b"[" and _is_whole(head[0]):
            return Lines()
        return Document(split=("spans", "resourceSpans", "resource_spans", "batches"))

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return OtelReader(stem(origin.path), state)


def _is_at(names: Iterable[str], found: frozenset[str]) -> bool:
    """Whether a document, or each element of a list, has these members."""
    return found.issuperset(names) or found.issuperset(f"item.{name}" for name in names)


def _is_whole(line: bytes) -> bool:
    """Whether a line is a document of its own."""
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except DAMAGED:
        return False
    return True


source = Otel()
