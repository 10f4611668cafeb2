"""What holds of reading a history, whatever was cut off and wherever reading stopped."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories import ClaudeSession, CodexSession
from homeostat.model.event import Event, Kind
from homeostat.model.ports import Source
from homeostat.monitor.sources.claude_code.reader import source as claude_code
from homeostat.monitor.sources.codex.reader import source as codex
from homeostat.monitor.sources.otel.reader import source as otel
from readings import as_bytes, finished, reading

TEXT: list[dict[str, object]] = [{"type": "text", "text": "All good, ünd done."}]


def claude_history() -> bytes:
    session = ClaudeSession().prompt().failing("t1")
    session.said(TEXT, message_id="m1", output_tokens=1).said(
        TEXT, message_id="m1", output_tokens=9
    )
    session.call("t2", "Edit", file_path="a.py").result("t2", "<tool_use_error>x", is_error=True)
    session.line("system", subtype="api_error", error={"status": 529})
    session.line("system", subtype="stop_hook_summary", hookInfos=[{"durationMs": 3}])
    session.line("progress", data={"type": "agent_progress", "message": None})
    session.line("cost-state", totalCostUSD=0.5).finished()
    other = ClaudeSession("other").prompt('Go on: {}[]"\\').failing("o1").finished()
    return session.data() + other.data()


def codex_history() -> bytes:
    session = CodexSession().line("turn_context", model="x").told("user_message", message="Go {")
    session.call("c1", "make").running("c1", 7).stdin("c2", 7).exited("c2", 1, "böse")
    session.item("custom_tool_call", name="apply_patch", call_id="c3", input="*** Add File: a")
    session.told("patch_apply_end", call_id="c3", success=False).line("compacted")
    total = {"input_tokens": 5, "cached_input_tokens": 2, "output_tokens": 3}
    session.told("token_count", info={"total_token_usage": total}).told("task_complete")
    return as_bytes(session.lines)


def spans_history() -> bytes:
    """Three documents of OTLP, one a line; the same span in two of them."""

    def document(*spans: dict[str, object]) -> dict[str, object]:
        return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}

    def span(name: str, code: int, **attributes: str) -> dict[str, object]:
        given = [{"key": key, "value": {"stringValue": text}} for key, text in attributes.items()]
        return {
            "traceId": "aa", "spanId": name, "name": name, "status": {"code": code},
            "startTimeUnixNano": "1795165200000000000", "attributes": given,
        }  # fmt: skip

    model = span("m", 1, **{"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": "7"})
    tool = span("t", 2, **{"gen_ai.tool.name": "read", "error.type": "böse"})
    other = span("u", 1, **{"gen_ai.tool.name": "read", "session.id": "s"})
    return as_bytes([document(model, tool), document(other), document(tool, other)])


HISTORIES = [
    (claude_code, claude_history()),
    (codex, codex_history()),
    (otel, spans_history()),
]
each_history = pytest.mark.parametrize(
    ("source", "data"), HISTORIES, ids=[source.client for source, _ in HISTORIES]
)


@each_history
@given(share=st.floats(min_value=0, max_value=1))
def test_a_file_cut_off_at_any_byte_gives_the_beginning_of_its_events(
    source: Source, data: bytes, share: float
):
    whole = reading(source, data).events
    cut = data[: round(share * len(data))]

    found = reading(source, cut)

    assert found.events == whole[: len(found.events)]
    assert len(found.unreadable) <= 1
    assert set(found.unreadable) <= {cut.count(b"\n") + 1}


@each_history
@given(share=st.floats(min_value=0, max_value=1))
def test_at_its_end_a_file_that_was_cut_off_adds_one_usage_at_most(
    source: Source, data: bytes, share: float
):
    cut = data[: round(share * len(data))]

    held_back = finished(source, cut).events[len(reading(source, cut).events) :]

    assert [event.kind for event in held_back] in ([], [Kind.USAGE])


@each_history
@given(breaks=st.sets(st.integers(min_value=0, max_value=40)))
def test_a_file_read_in_parts_gives_the_same_events_as_at_once(
    source: Source, data: bytes, breaks: set[int]
):
    lines = data.splitlines(keepends=True)
    parts = [0, *sorted(number for number in breaks if 0 < number < len(lines)), len(lines)]
    events: list[Event] = []
    state, offset = None, 0

    for begin, end in pairwise(parts):
        part = b"".join(lines[begin:end])
        found = reading(source, part, after=state, offset=offset)
        events += found.events
        state, offset = found.state, offset + len(part)

    assert events == reading(source, data).events


@each_history
@given(
    junk=st.lists(
        st.sampled_from([b"", b"  ", b"\t", b"{", b"[]", b"\x00\xff", b'{"type":"user"}', b"null"]),
        max_size=4,
    ),
    at=st.integers(min_value=0, max_value=40),
)
def test_lines_that_say_nothing_change_nothing(
    source: Source, data: bytes, junk: list[bytes], at: int
):
    lines = data.splitlines()
    at = min(at, len(lines))

    found = reading(source, b"\n".join([*lines[:at], *junk, *lines[at:]]) + b"\n")

    expected = reading(source, data).events
    assert without_places(found.events) == without_places(expected)


def without_places(events: list[Event]) -> list[tuple[object, ...]]:
    """What the events say; Codex has no ids for prompts, so that their place is their id."""
    return [(e.kind, e.ts, e.call_id, e.tool, e.outcome, e.text, e.command) for e in events]


@each_history
def test_carriage_returns_change_nothing(source: Source, data: bytes):
    found = reading(source, data.replace(b"\n", b"\r\n"))

    assert without_places(found.events) == without_places(reading(source, data).events)
    assert found.unreadable == []
