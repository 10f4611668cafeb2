"""The forms in which spans are written: nested (OpenInference exports), or one by one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from homeostat.monitor.moments import utc
from homeostat.monitor.sources.otel.span import KIND, Happened, Part, Span, part
from homeostat.monitor.sources.otel.spelling import hexadecimal, is_failed, is_fine

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
    status_code: str | int | None = None
    status_message: str | None = None
    span_attributes: Attributes | None = None
    events: list[NestedEvent] | None = None
    child_spans: list["NestedSpan"] | None = None


class Context(msgspec.Struct, gc=False):
    trace_id: str = ""
    span_id: str = ""


class SingleStatus(msgspec.Struct, gc=False):
    status_code: str | int | None = None
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
    status_code: str | int | None = None
    status_message: str | None = None
    span_kind: str | None = None
    attributes: Attributes | None = None
    events: list[SingleEvent] | None = None
    resource: SingleEvent | None = None


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
    began, took = utc(found.timestamp), found.duration
    return Span(
        trace_id=found.trace_id or trace_id,
        span_id=found.span_id,
        parent_id=found.parent_span_id or "",
        name=found.span_name or "",
        began=began,
        ended=_after(began, took),
        duration_ms=None if took is None else max(0, round(took.total_seconds() * 1000)),
        is_error=is_failed(found.status_code),
        is_ok=is_fine(found.status_code),
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
    """Times without a zone are UTC."""
    status = found.status or SingleStatus(found.status_code, found.status_message)
    began, ended = utc(found.start_time), utc(found.end_time)
    resource = (found.resource.attributes if found.resource else None) or {}
    kind = {KIND: found.span_kind} if found.span_kind else {}
    return Span(
        trace_id=hexadecimal(found.context.trace_id),
        span_id=hexadecimal(found.context.span_id),
        parent_id=hexadecimal(found.parent_id or ""),
        name=found.name,
        began=began,
        ended=ended,
        duration_ms=None if not began or not ended else _between(began, ended),
        is_error=is_failed(status.status_code),
        is_ok=is_fine(status.status_code),
        message=status.description or "",
        attributes=kind | (found.attributes or {}),
        happened=[Happened(event.name, event.attributes or {}) for event in found.events or ()],
        service=str(resource.get("service.name") or ""),
        version=str(resource.get("service.version") or ""),
    )


def _between(began: datetime, ended: datetime) -> int:
    return max(0, round((ended - began).total_seconds() * 1000))
