"""The forms in which spans are written: nested (OpenInference exports), OTLP JSON, one by one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from homeostat.monitor.moments import utc
from homeostat.monitor.sources.otel.span import KIND, Happened, Part, Span, part

_LONGEST_NS = 2**62
Attributes: TypeAlias = dict[str, Any]


class NestedEvent(msgspec.Struct, gc=False):
    name: str = msgspec.field(name="Name", default="")
    attributes: Attributes | None = msgspec.field(name="Attributes", default=None)


class NestedSpan(msgspec.Struct, gc=False):
    span_id: str = ""
    trace_id: str | None = None
    parent_span_id: str | None = None
    span_name: str | None = None
    service_name: str | None = None
    timestamp: datetime | None = None
    duration: timedelta | None = None
    status_code: str | None = None
    status_message: str | None = None
    span_attributes: Attributes | None = None
    events: list[NestedEvent] | None = None
    child_spans: list["NestedSpan"] | None = None


class Context(msgspec.Struct, gc=False):
    trace_id: str = ""
    span_id: str = ""


class SingleStatus(msgspec.Struct, gc=False):
    status_code: str | None = None
    description: str | None = None


class SingleEvent(msgspec.Struct, gc=False):
    name: str = ""
    attributes: Attributes | None = None


class SingleSpan(msgspec.Struct, gc=False):
    """As the SDKs' `to_json` and Phoenix write it; Phoenix has the status beside the span."""

    context: Context = msgspec.field(default_factory=Context)
    parent_id: str | None = None
    name: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None
    status: SingleStatus | None = None
    status_code: str | None = None
    status_message: str | None = None
    span_kind: str | None = None
    attributes: Attributes | None = None
    events: list[SingleEvent] | None = None
    resource: SingleEvent | None = None


class KeyValues(msgspec.Struct):
    values: list["KeyValue"] | None = None


class Values(msgspec.Struct):
    values: list["Value"] | None = None


class Value(msgspec.Struct, rename="camel"):
    """One of them; integers are texts most often."""

    string_value: Any = None
    int_value: Any = None
    double_value: Any = None
    bool_value: Any = None
    array_value: Values | None = None
    kvlist_value: KeyValues | None = None


class KeyValue(msgspec.Struct):
    key: str = ""
    value: Value | None = None


class OtlpEvent(msgspec.Struct, gc=False):
    name: str = ""
    attributes: list[KeyValue] | None = None


class Status(msgspec.Struct, gc=False):
    code: int | str | None = None
    message: str | None = None


class OtlpSpan(msgspec.Struct, gc=False, rename="camel"):
    span_id: str = ""
    trace_id: str = ""
    parent_span_id: str | None = None
    name: str = ""
    start_time_unix_nano: int | str | None = None
    end_time_unix_nano: int | str | None = None
    attributes: list[KeyValue] | None = None
    events: list[OtlpEvent] | None = None
    status: Status | None = None


class Resource(msgspec.Struct, gc=False):
    attributes: list[KeyValue] | None = None


class ScopeSpans(msgspec.Struct, gc=False):
    spans: list[OtlpSpan] | None = None


class ResourceSpans(msgspec.Struct, gc=False, rename="camel"):
    resource: Resource | None = None
    scope_spans: list[ScopeSpans] | None = None
    instrumentation_library_spans: list[ScopeSpans] | None = None
    """What `scopeSpans` was called until 2022."""


def nested(span: NestedSpan, trace_id: str) -> Iterator[Span]:
    """A span and all below it, in the order in which they stand; without recursion."""
    waiting: list[tuple[NestedSpan, bool]] = [(span, False)]
    while waiting:
        found, in_agent = waiting.pop()
        made = _of_nested(found, trace_id, in_agent=in_agent)
        yield made
        below = in_agent or part(made) is Part.AGENT
        waiting += [(child, below) for child in reversed(found.child_spans or ())]


def _of_nested(found: NestedSpan, trace_id: str, *, in_agent: bool) -> Span:
    began, took, status = found.timestamp, found.duration, (found.status_code or "").lower()
    return Span(
        trace_id=found.trace_id or trace_id,
        span_id=found.span_id,
        parent_id=found.parent_span_id or "",
        name=found.span_name or "",
        began=began,
        ended=_after(began, took),
        duration_ms=None if took is None else max(0, round(took.total_seconds() * 1000)),
        is_error=status == "error",
        is_ok=status == "ok",
        message=found.status_message or "",
        attributes=found.span_attributes or {},
        happened=[Happened(event.name, event.attributes or {}) for event in found.events or ()],
        service=found.service_name or "",
        in_agent=in_agent,
    )


def _after(began: datetime | None, took: timedelta | None) -> datetime | None:
    try:
        return began + took if began is not None and took is not None else began
    except OverflowError:
        return began


def single(found: SingleSpan) -> Span:
    """Ids in hexadecimal may begin with `0x`; times without a zone are UTC."""
    status = found.status or SingleStatus(found.status_code, found.status_message)
    code = (status.status_code or "").upper()
    began, ended = utc(found.start_time), utc(found.end_time)
    resource = (found.resource.attributes if found.resource else None) or {}
    kind = {KIND: found.span_kind} if found.span_kind else {}
    return Span(
        trace_id=found.context.trace_id.removeprefix("0x"),
        span_id=found.context.span_id.removeprefix("0x"),
        parent_id=(found.parent_id or "").removeprefix("0x"),
        name=found.name,
        began=began,
        ended=ended,
        duration_ms=None if not began or not ended else _between(began, ended),
        is_error=code == "ERROR",
        is_ok=code == "OK",
        message=status.description or "",
        attributes=kind | (found.attributes or {}),
        happened=[Happened(event.name, event.attributes or {}) for event in found.events or ()],
        service=str(resource.get("service.name") or ""),
        version=str(resource.get("service.version") or ""),
    )


def _between(began: datetime, ended: datetime) -> int:
    return max(0, round((ended - began).total_seconds() * 1000))


def otlp(found: ResourceSpans) -> list[Span]:
    """The spans of one resource, in the order in which they stand."""
    resource = plain(found.resource.attributes if found.resource else None)
    scopes = found.scope_spans or found.instrumentation_library_spans or ()
    spans = [_of_otlp(span, resource) for scope in scopes for span in scope.spans or ()]
    around = {span.span_id: span for span in spans}
    return [
        msgspec.structs.replace(span, in_agent=True) if _is_in_agent(span, around) else span
        for span in spans
    ]


def _is_in_agent(span: Span, around: Mapping[str, Span]) -> bool:
    seen = {span.span_id}
    parent = around.get(span.parent_id)
    while parent is not None and parent.span_id not in seen:
        if part(parent) is Part.AGENT:
            return True
        seen.add(parent.span_id)
        parent = around.get(parent.parent_id)
    return False


def _of_otlp(found: OtlpSpan, resource: Attributes) -> Span:
    began, ended = _nanoseconds(found.start_time_unix_nano), _nanoseconds(found.end_time_unix_nano)
    code = str(found.status.code if found.status else "").upper()
    return Span(
        trace_id=found.trace_id,
        span_id=found.span_id,
        parent_id=found.parent_span_id or "",
        name=found.name,
        began=_moment(began),
        ended=_moment(ended),
        duration_ms=None if not began or not ended else max(0, ended - began) // 1_000_000,
        is_error=code in ("2", "STATUS_CODE_ERROR"),
        is_ok=code in ("1", "STATUS_CODE_OK"),
        message=(found.status.message if found.status else None) or "",
        attributes=plain(found.attributes),
        happened=[Happened(event.name, plain(event.attributes)) for event in found.events or ()],
        service=str(resource.get("service.name") or ""),
        version=str(resource.get("service.version") or ""),
    )


def plain(attributes: Sequence[KeyValue] | None) -> Attributes:
    """OTLP's list of typed values as a plain mapping."""
    return {item.key: _value(item.value) for item in attributes or ()}


def _value(value: "Value | None") -> Any:
    if value is None:
        return None
    if value.array_value is not None:
        return [_value(item) for item in value.array_value.values or ()]
    if value.kvlist_value is not None:
        return plain(value.kvlist_value.values)
    found = (value.string_value, value.int_value, value.double_value, value.bool_value)
    return next((item for item in found if item is not None), None)


def _nanoseconds(value: int | str | None) -> int | None:
    """Large integers are texts in OTLP JSON, numbers with some exporters."""
    try:
        found = int(value) if value is not None and len(str(value)) < 20 else 0  # noqa: PLR2004  # 64 bits
    except ValueError:
        return None
    return found if 0 < found < _LONGEST_NS else None


def _moment(nanoseconds: int | None) -> datetime | None:
    if nanoseconds is None:
        return None
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=rest // 1000)
