"""The spellings of one thing: ids, states, and OTLP's names as protobuf has them."""

import base64
import binascii
from typing import cast

import msgspec

from homeostat.monitor.json_lines import DAMAGED

_NAMES = {
    "resource_spans": "resourceSpans", "scope_spans": "scopeSpans",
    "instrumentation_library_spans": "instrumentationLibrarySpans",
    "trace_id": "traceId", "span_id": "spanId", "parent_span_id": "parentSpanId",
    "start_time_unix_nano": "startTimeUnixNano", "end_time_unix_nano": "endTimeUnixNano",
    "time_unix_nano": "timeUnixNano", "string_value": "stringValue", "int_value": "intValue",
    "double_value": "doubleValue", "bool_value": "boolValue", "array_value": "arrayValue",
    "kvlist_value": "kvlistValue", "bytes_value": "bytesValue",
}  # fmt: skip
"""Attributes are lists of keys and values: none of their names is a member's."""
_ID_BYTES = (8, 16)


def camel(raw: bytes) -> bytes:
    """The same with the names of OTLP JSON; as it is where it is no JSON."""
    try:
        return msgspec.json.encode(_renamed(msgspec.json.decode(raw)))
    except DAMAGED:
        return raw


def _renamed(value: object) -> object:
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {_NAMES.get(name, name): _renamed(member) for name, member in members.items()}
    if isinstance(value, list):
        return [_renamed(item) for item in cast("list[object]", value)]
    return value


def hexadecimal(given: str) -> str:
    """An id in small hexadecimal, whichever of its spellings it came in; else as it is.

    Base64 of 8 or 16 bytes ends in `=`, which no hexadecimal does.
    """
    if given.endswith("="):
        try:
            found = base64.b64decode(given, altchars=b"-_" if set(given) & set("-_") else None)
        except (binascii.Error, ValueError):
            return given
        return found.hex() if len(found) in _ID_BYTES else given
    return given.lower().removeprefix("0x")


def is_failed(state: str | int | None) -> bool:
    """As a number, or a name with or without what it is of (`STATUS_CODE_ERROR`)."""
    return _state(state) in ("2", "ERROR")


def is_fine(state: str | int | None) -> bool:
    return _state(state) in ("1", "OK")


def _state(state: str | int | None) -> str:
    return str(state).upper().rpartition(".")[2].removeprefix("STATUS_CODE_")
