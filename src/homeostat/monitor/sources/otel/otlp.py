"""Spans as OTLP sends them: by resource and scope, attributes as lists of typed values."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from homeostat.monitor.json_lines import DAMAGED, maybe
from homeostat.monitor.parts import Parts
from homeostat.monitor.sources.otel.span import MCP, TOOL_NAME, Happened, Part, Span, part
from homeostat.monitor.sources.otel.spelling import hexadecimal, is_failed, is_fine

_LONGEST_NS = 2**62
_INTEGER = re.compile(r"-?\d{1,19}")
_NOTHING = msgspec.Raw(b"null")


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


Attributes: TypeAlias = list[KeyValue] | dict[str, Any] | None
"""Some exporters write a plain object."""


class Occurred(msgspec.Struct, gc=False):
    """An event within a span."""

    name: str = ""
    attributes: Attributes = None


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
    attributes: Attributes = None
    events: list[Occurred] | None = None
    status: Status | int | str | None = None


class Resource(msgspec.Struct, gc=False):
    attributes: Attributes = None


class ScopeSpans(msgspec.Struct, gc=False):
    spans: list[OtlpSpan] | None = None


class ResourceSpans(msgspec.Struct, gc=False, rename="camel"):
    resource: Resource | None = None
    scope_spans: list[ScopeSpans] | None = None
    instrumentation_library_spans: list[ScopeSpans] | None = None
    """What `scopeSpans` was called until 2022."""


class _Scope(msgspec.Struct, gc=False):
    spans: msgspec.Raw = _NOTHING


class _Parts(msgspec.Struct, gc=False, rename="camel"):
    """A resource of which something cannot be read."""

    resource: msgspec.Raw = _NOTHING
    scope_spans: msgspec.Raw = _NOTHING
    instrumentation_library_spans: msgspec.Raw = _NOTHING


_whole = msgspec.json.Decoder(list[ResourceSpans] | None).decode
_span = msgspec.json.Decoder(OtlpSpan)
_resource = msgspec.json.Decoder(Resource)
_resources = Parts(
    msgspec.json.Decoder(list[_Parts] | None), msgspec.json.Decoder(_Parts), "resource"
)
_scopes = Parts(msgspec.json.Decoder(list[_Scope] | None), msgspec.json.Decoder(_Scope), "scope")
_spans = Parts(msgspec.json.Decoder(list[OtlpSpan] | None), _span, "span")


def resources(raw: msgspec.Raw, lost: Counter[str]) -> Iterator[ResourceSpans]:
    """Of a list of them; where something in it cannot be read, all but that."""
    try:
        yield from _whole(raw) or ()
    except DAMAGED:
        for _, found in _resources.of(raw, lost):
            scopes = found.scope_spans
            if scopes == _NOTHING:
                scopes = found.instrumentation_library_spans
            yield ResourceSpans(
                resource=maybe(found.resource, _resource, lost, name="resource"),
                scope_spans=[
                    ScopeSpans([span for _, span in _spans.of(scope.spans, lost)])
                    for _, scope in _scopes.of(scopes, lost)
                ],
            )


def spans(found: ResourceSpans) -> list[Span]:
    """Of one resource, in the order in which they stand."""
    resource = plain(found.resource.attributes if found.resource else None)
    scopes = found.scope_spans or found.instrumentation_library_spans or ()
    return [_of_otlp(span, resource) for scope in scopes for span in scope.spans or ()]


def placed(found: Sequence[Span]) -> list[Span]:
    """The same spans, with what is around each of them."""
    by_id = {span.span_id: span for span in found}
    return [_placed(span, by_id) for span in found]


def _placed(span: Span, by_id: Mapping[str, Span]) -> Span:
    in_agent = in_call = False
    for around in _around(span, by_id):
        if part(around) is Part.AGENT:
            in_agent = True
            break
        in_call = in_call or (
            bool(span.text(MCP))
            and part(around) is Part.TOOL
            and around.text(*TOOL_NAME) == span.text(*TOOL_NAME)
        )
    if not in_agent and not in_call:
        return span
    return msgspec.structs.replace(span, in_agent=in_agent, in_call=in_call)


def _around(span: Span, by_id: Mapping[str, Span]) -> Iterator[Span]:
    """From the inside out; damage may have made a circle of them."""
    seen = {span.span_id}
    parent = by_id.get(span.parent_id)
    while parent is not None and parent.span_id not in seen:
        yield parent
        seen.add(parent.span_id)
        parent = by_id.get(parent.parent_id)


def _of_otlp(found: OtlpSpan, resource: Mapping[str, Any]) -> Span:
    began, ended = _nanoseconds(found.start_time_unix_nano), _nanoseconds(found.end_time_unix_nano)
    status = found.status if isinstance(found.status, Status) else Status(found.status)
    return Span(
        trace_id=hexadecimal(found.trace_id),
        span_id=hexadecimal(found.span_id),
        parent_id=hexadecimal(found.parent_span_id or ""),
        name=found.name,
        began=_moment(began),
        ended=_moment(ended),
        duration_ms=None if not began or not ended else max(0, ended - began) // 1_000_000,
        is_error=is_failed(status.code),
        is_ok=is_fine(status.code),
        message=status.message or "",
        attributes=plain(found.attributes),
        happened=[Happened(event.name, plain(event.attributes)) for event in found.events or ()],
        service=str(resource.get("service.name") or ""),
        version=str(resource.get("service.version") or ""),
    )


def plain(attributes: Attributes) -> dict[str, Any]:
    """OTLP's list of typed values as a plain mapping."""
    if isinstance(attributes, dict):
        return attributes
    return {item.key: _value(item.value) for item in attributes or ()}


def _value(value: "Value | None") -> Any:
    if value is None:
        return None
    if value.array_value is not None:
        return [_value(item) for item in value.array_value.values or ()]
    if value.kvlist_value is not None:
        return plain(value.kvlist_value.values)
    whole = _integer(value.int_value)
    found = (value.string_value, whole, value.double_value, value.bool_value)
    return next((item for item in found if item is not None), None)


def _integer(value: Any) -> Any:
    """Integers are texts in OTLP JSON, numbers with some exporters; what is neither stays."""
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value


def _nanoseconds(value: int | str | None) -> int | None:
    found = _integer(value)
    return found if isinstance(found, int) and 0 < found < _LONGEST_NS else None


def _moment(nanoseconds: int | None) -> datetime | None:
    if nanoseconds is None:
        return None
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=rest // 1000)
