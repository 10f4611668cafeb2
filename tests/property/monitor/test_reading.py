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
from homeostat.monitor.sources.copilot_cli import source as copilot_cli
from homeostat.monitor.sources.gemini_cli import source as gemini_cli
from homeostat.monitor.sources.openclaw import source as openclaw
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


def copilot_history() -> bytes:
    events = [
        ("session.start", {"sessionId": "s", "context": {"cwd": "/x"}, "copilotVersion": "1"}),
        ("user.message", {"content": 'Go: {}[]"\\ ünd'}),
        ("hook.start", {"hookInvocationId": "h", "hookType": "preToolUse"}),
        ("hook.end", {"hookInvocationId": "h"}),
        (
            "assistant.message",
            {"messageId": "m1", "outputTokens": 5, "toolRequests": [{"toolCallId": "c1"}]},
        ),
        ("assistant.turn_end", {}),
        ("tool.execution_start", {"toolCallId": "c1", "toolName": "bash", "arguments": {}}),
        ("tool.execution_complete", {"toolCallId": "c1", "success": False, "error": {}}),
        ("assistant.message", {"messageId": "m2", "content": "Böse.", "outputTokens": 9}),
        ("assistant.turn_end", {}),
        ("abort", {"reason": "user"}),
    ]
    return as_bytes(
        {"type": kind, "data": data, "id": f"e{n}", "timestamp": f"2026-11-20T09:00:{n:02}Z"}
        for n, (kind, data) in enumerate(events)
    )


def openclaw_history() -> bytes:
    call = {"type": "toolCall", "id": "c1", "name": "exec", "arguments": {"command": "ls"}}
    usage = {"input": 5, "output": 2, "cost": {"total": 0.5}}
    messages: list[dict[str, object]] = [
        {"role": "user", "content": [{"type": "text", "text": 'Go: {}[]"\\ ünd'}]},
        {"role": "assistant", "content": [call], "usage": usage, "model": "a"},
        {"role": "toolResult", "toolCallId": "c1", "details": {"exitCode": 1}},
        {"role": "assistant", "content": [call | {"id": ""}], "usage": usage, "model": "b"},
        {"role": "assistant", "content": "Böse.", "stopReason": "stop"},
    ]
    return as_bytes([
        {"type": "session", "id": "s", "cwd": "/x"},
        *({"type": "message", "id": f"e{n}", "message": m} for n, m in enumerate(messages)),
        {"type": "compaction", "id": "e9"},
    ])  # fmt: skip


def gemini_history() -> bytes:
    call = {"id": "c1", "name": "read_file", "status": "error", "args": {"path": "ä"}}
    said = {"id": "m2", "type": "gemini", "content": "Böse.", "model": "a", "tokens": {"output": 3}}
    return as_bytes([
        {"sessionId": "s", "projectHash": "p"},
        {"$set": {"messages": [{"id": "m1", "type": "user", "content": 'Go: {}[]"\\'}]}},
        said,
        said | {"toolCalls": [call]},
        {"id": "m3", "type": "gemini", "model": "b"},
        {"id": "m4", "type": "error", "content": "quota"},
    ])  # fmt: skip


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
    (copilot_cli, copilot_history()),
    (gemini_cli, gemini_history()),
    (openclaw, openclaw_history()),
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
