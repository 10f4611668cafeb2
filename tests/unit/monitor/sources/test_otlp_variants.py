"""Spans as other exporters spell them, and with the names of other conventions."""

import base64
import json

import pytest

from documents import read_document, read_file
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.otel.reader import source

TRACE, SPAN, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"
BEGAN, ENDED = 1_795_211_514_000_000_000, 1_795_211_515_250_000_000
FAILED = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "book", "n": 3}


def typed(value):
    """A value as OTLP JSON has it."""
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case dict():
            return {"kvlistValue": {"values": listed(value)}}
        case _:
            return {"stringValue": value}


def listed(attributes):
    return [{"key": key, "value": typed(value)} for key, value in attributes.items()]


def a_span(attributes=FAILED, **fields):
    return {
        "traceId": TRACE, "spanId": SPAN, "parentSpanId": PARENT, "name": "execute_tool book",
        "startTimeUnixNano": str(BEGAN), "endTimeUnixNano": str(ENDED),
        "status": {"code": 2, "message": "no seats"}, "attributes": listed(attributes), **fields,
    }  # fmt: skip


def a_resource(*spans, service="shop"):
    attributes = listed({"service.name": service})
    return {"resource": {"attributes": attributes}, "scopeSpans": [{"spans": list(spans)}]}


def sent(*spans):
    return {"resourceSpans": [a_resource(*spans)]}


def snake(value):
    """As protobuf's own JSON has it with the names of the messages kept."""
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in key): snake(item)
        for key, item in value.items()
    }


def base64_of(hexadecimal):
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def the_call(found):
    call, answer = found.one(Kind.CALL), found.one(Kind.RESULT)
    assert call.call_id == answer.call_id
    return call, answer


WRITTEN = [
    sent(a_span()),
    [sent(a_span())],
    [a_resource(a_span())],
    a_resource(a_span()),
    a_span(),
    [a_span()],
    {"batches": [a_resource(a_span())]},
    snake(sent(a_span())),
    [snake(sent(a_span()))],
    sent(a_span(traceId=base64_of(TRACE), spanId=base64_of(SPAN))),
    sent(a_span(traceId=TRACE.upper(), spanId=SPAN.upper())),
    snake(sent(a_span(traceId=base64_of(TRACE), spanId=base64_of(SPAN)))),
    sent(a_span(startTimeUnixNano=BEGAN, endTimeUnixNano=ENDED)),
    sent(a_span(attributes=FAILED | {"n": 3})),
    sent(a_span() | {"attributes": FAILED}),
    *(sent(a_span(status={"code": code, "message": "no seats"}))
      for code in ("2", "STATUS_CODE_ERROR", "ERROR", "Error", "StatusCode.ERROR")),
]  # fmt: skip


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("document", WRITTEN)
def test_however_it_is_written_it_is_the_same_call(tmp_path, document, lines):
    path = tmp_path / "spans.json"
    path.write_text(json.dumps(document, indent=None if lines else 2) + "\n")

    found = read_file(source, path)

    call, answer = the_call(found)
    assert (call.tool, call.call_id, call.run_id) == ("book", SPAN, TRACE)
    assert (answer.outcome, answer.failure_kind, answer.text) == (
        Outcome.ERROR, "status", "no seats",
    )  # fmt: skip
    assert answer.duration_ms == 1250
    assert found.skipped == {}


def test_lines_of_a_collector_may_hold_logs_and_metrics_first(tmp_path):
    path = tmp_path / "all.jsonl"
    lines = [{"resourceMetrics": []}, snake(sent(a_span())), {"resourceLogs": []}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    found = read_file(source, path)

    assert found.one(Kind.CALL).tool == "book"
    assert found.skipped == {"resourceMetrics": 1, "resourceLogs": 1}


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (a_span(status=7.5), "unreadable status"),
        (a_span(attributes={}) | {"attributes": 7}, "unreadable attributes"),
        (a_span() | {"attributes": [{"key": "x", "value": 7}]}, "unreadable span"),
        ("no span", "unreadable span"),
    ],
)
def test_a_span_that_cannot_be_read_takes_no_other_with_it(tmp_path, bad, what):
    found = read_document(source, tmp_path, sent(bad, a_span(spanId="c" * 16)))

    assert "c" * 16 in found.calls()
    assert found.skipped == {what: 1}


def test_a_scope_that_cannot_be_read_is_said(tmp_path):
    document = {"resourceSpans": [a_resource(a_span()), 7, {"scopeSpans": [7]}]}

    found = read_document(source, tmp_path, document)

    assert len(found.calls()) == 1
    assert found.skipped == {"unreadable resource": 1, "unreadable scope": 1}


@pytest.mark.parametrize(
    ("attributes", "tool", "arguments", "text"),
    [
        (
            {
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "book",
                "gen_ai.tool.call.arguments": {"day": 1}, "gen_ai.tool.call.result": {"ok": True},
            },
            "book", '{"day": 1}', '{"ok": true}',
        ),
        (
            {"gen_ai.tool.name": "book", "tool_arguments": '{"day": 1}', "tool_response": "ok"},
            "book", '{"day": 1}', "ok",
        ),
        (
            {"mcp.method.name": "tools/call", "gen_ai.tool.name": "book"},
            "book", "", "",
        ),
        (
            {"openinference.span.kind": "TOOL", "tool.name": "book",
             "tool.parameters": '{"day": 1}', "output.value": "ok"},
            "book", '{"day": 1}', "ok",
        ),
        (
            {"traceloop.span.kind": "tool", "traceloop.entity.name": "book",
             "traceloop.entity.input": '{"day": 1}', "traceloop.entity.output": "ok"},
            "book", '{"day": 1}', "ok",
        ),
        (
            {"ai.operationId": "ai.toolCall", "ai.toolCall.name": "book",
             "ai.toolCall.args": '{"day": 1}', "ai.toolCall.result": "ok"},
            "book", '{"day": 1}', "ok",
        ),
    ],
)  # fmt: skip
def test_a_call_is_known_by_the_names_of_each_convention(
    tmp_path, attributes, tool, arguments, text
):
    found = read_document(source, tmp_path, sent(a_span(attributes, status={"code": 1})))

    call, answer = the_call(found)
    assert (call.tool, call.args, answer.text) == (tool, arguments, text)
    assert answer.outcome is Outcome.OK


@pytest.mark.parametrize(
    ("fields", "outcome", "kind", "text"),
    [
        ({"status": {}}, Outcome.UNKNOWN, "", ""),
        ({"status": None}, Outcome.UNKNOWN, "", ""),
        ({"status": "ERROR"}, Outcome.ERROR, "status", ""),
        ({"error.type": "_OTHER"}, Outcome.ERROR, "error_type", "_OTHER"),
        (
            {"error.type": "tool_error", "error.message": "full"},
            Outcome.ERROR,
            "error_type",
            "full",
        ),
    ],
)
def test_what_failed_is_told_by_status_or_type(tmp_path, fields, outcome, kind, text):
    status = {"status": fields.pop("status", {"code": 0})}

    found = read_document(source, tmp_path, sent(a_span(FAILED | fields, **status)))

    answers = found.of(Kind.RESULT) or [None]
    if outcome is Outcome.UNKNOWN:
        assert answers == [None]
    else:
        assert [(e.outcome, e.failure_kind, e.text) for e in answers] == [(outcome, kind, text)]


@pytest.mark.parametrize("name", ["exception", "gen_ai.execute_tool.exception"])
def test_an_exception_within_a_span_says_what_failed(tmp_path, name):
    told = listed({"exception.type": "Full", "exception.message": "no seats"})
    thrown = {"name": name, "attributes": told}

    found = read_document(source, tmp_path, sent(a_span(status={"code": 2}, events=[thrown])))

    assert found.one(Kind.RESULT).text == "Full: no seats"


def test_the_request_to_a_server_within_a_call_is_no_second_call(tmp_path):
    call = a_span(spanId=PARENT, parentSpanId="")
    request = a_span(FAILED | {"mcp.method.name": "tools/call"})

    found = read_document(source, tmp_path, sent(call, request))

    assert list(found.calls()) == [PARENT]
    assert found.one(Kind.SCORE).call_id == SPAN


def test_a_call_of_a_subagent_within_a_call_of_that_tool_counts(tmp_path):
    call = a_span(spanId=PARENT, parentSpanId="")
    agent = a_span({"gen_ai.operation.name": "invoke_agent"}, spanId="a" * 16)
    request = a_span(
        FAILED | {"mcp.method.name": "tools/call"}, spanId="b" * 16, parentSpanId="a" * 16
    )

    found = read_document(source, tmp_path, sent(call, agent, request))

    assert list(found.calls()) == [PARENT, "b" * 16]


def test_a_model_that_failed_without_tokens_is_a_failure_of_the_model(tmp_path):
    asked = {"gen_ai.system": "openai", "gen_ai.request.model": "m-1", "error.type": "429"}

    found = read_document(source, tmp_path, sent(a_span(asked)))

    assert (found.one(Kind.API_ERROR).name, found.one(Kind.API_ERROR).text) == ("429", "no seats")


@pytest.mark.parametrize("code", ["ERROR", "STATUS_CODE_ERROR", "StatusCode.ERROR", 2, "2"])
def test_a_single_span_tells_its_state_in_words_or_figures(tmp_path, code):
    span = {
        "name": "book", "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{SPAN}"},
        "attributes": FAILED, "status": {"status_code": code, "description": "no seats"},
        "start_time": "2026-11-20T10:00:00Z", "end_time": "2026-11-20T10:00:01Z",
    }  # fmt: skip

    found = read_document(source, tmp_path, [span])

    call, answer = the_call(found)
    assert (call.call_id, call.run_id, answer.outcome) == (SPAN, TRACE, Outcome.ERROR)


@pytest.mark.parametrize(
    ("service", "tool", "answers"),
    [
        ("gemini-cli", "run_shell_command", []),
        ("gemini-cli", "read_file", [Outcome.OK]),
        ("shop", "run_shell_command", [Outcome.OK]),
    ],
)
def test_a_shell_command_of_gemini_cli_may_have_failed_whatever_its_span_says(
    tmp_path, service, tool, answers
):
    span = a_span(FAILED | {"gen_ai.tool.name": tool}, status={"code": 1})

    document = {"resourceSpans": [a_resource(span, service=service)]}
    found = read_document(source, tmp_path, document)

    assert [event.outcome for event in found.of(Kind.RESULT)] == answers
