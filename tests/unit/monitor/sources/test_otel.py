import json
from itertools import count

import pytest

from damaged import raised, with_one_wrong
from documents import read_document, read_file
from homeostat.model.event import Channel, Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.otel.reader import source

_ids = count(1)
PROMPT_TOKENS = "llm__token_count__prompt"


def nested(kind, *children, status="Ok", message="", span_id="", **attributes):
    """A span of a nested export; underscores of attribute names stand for points."""
    given = {name.replace("__", "."): value for name, value in attributes.items()}
    return {
        "timestamp": "2025-03-19T16:40:25.5Z", "trace_id": "t1", "parent_span_id": None,
        "span_id": span_id or f"s{next(_ids)}", "span_name": f"{kind}.run",
        "service_name": "app", "duration": "PT1.5S", "status_code": status,
        "status_message": message, "events": [], "child_spans": list(children),
        "span_attributes": given | ({"openinference.span.kind": kind} if kind else {}),
    }  # fmt: skip


def a_trace(*spans):
    return {"trace_id": "t1", "spans": list(spans)}


def otlp(name, *, status=0, message="", span_id="", parent="", events=(), **attributes):
    given = {key.replace("__", "."): value for key, value in attributes.items()}
    return {
        "traceId": "aa", "spanId": span_id or f"o{next(_ids)}", "parentSpanId": parent,
        "name": name, "startTimeUnixNano": "1795211514000000000",
        "endTimeUnixNano": "1795211515250000000", "events": list(events),
        "status": {"code": status, "message": message},
        "attributes": [{"key": key, "value": _typed(value)} for key, value in given.items()],
    }  # fmt: skip


def _typed(value):
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case list():
            return {"arrayValue": {"values": [_typed(item) for item in value]}}
        case dict():
            items = [{"key": key, "value": _typed(item)} for key, item in value.items()]
            return {"kvlistValue": {"values": items}}
        case _:
            return {"stringValue": value}


def sent(*spans, service="shop"):
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}


@pytest.mark.parametrize(
    ("status", "outcome", "kind"),
    [("Ok", Outcome.OK, ""), ("Error", Outcome.ERROR, "status")],
)
def test_a_tool_span_is_a_call(tmp_path, status, outcome, kind):
    tool = nested(
        "TOOL", status=status, message="No such file", span_id="c1", tool__name="read",
        input__value='{"args": [], "kwargs": {"file_path": "a.py"}}', output__value="text",
    )  # fmt: skip

    found = read_document(source, tmp_path, a_trace(nested("AGENT", tool)))

    call, answer = found.calls()["c1"], found.answers()["c1"]
    assert (call.tool, call.path, call.run_id) == ("read", "a.py", "t1")
    assert call.channel is Channel.TELEMETRY
    assert (answer.outcome, answer.failure_kind, answer.duration_ms) == (outcome, kind, 1500)
    assert answer.text == ("text" if outcome is Outcome.OK else "No such file")


@pytest.mark.parametrize(("output", "answers"), [("", []), ("text", [Outcome.UNKNOWN])])
def test_an_open_status_is_not_ok(tmp_path, output, answers):
    tool = nested("TOOL", status="Unset", tool__name="read", output__value=output)

    found = read_document(source, tmp_path, a_trace(tool))

    assert [e.outcome for e in found.of(Kind.RESULT)] == answers
    assert len(found.of(Kind.CALL)) == 1


def test_one_failure_that_marks_several_spans_is_one_failed_call(tmp_path):
    tool = nested("TOOL", status="Error", message="boom", tool__name="read")
    step = nested("CHAIN", tool, status="Error", message="boom")
    agent = nested("AGENT", step, status="Error", message="boom")

    found = read_document(source, tmp_path, a_trace(nested("", agent)))

    assert len(found.of(Kind.RESULT)) == 1
    assert [(e.name, e.score.label, e.text) for e in found.of(Kind.SCORE)] == [
        ("AGENT", "error", "boom"), ("CHAIN", "error", "boom"),
    ]  # fmt: skip


def test_a_root_in_error_did_not_come_out_well(tmp_path):
    spans = [
        nested("AGENT", status="Error"),
        {**nested("CHAIN", status="Error"), "parent_span_id": "x"},
    ]

    found = read_document(source, tmp_path, a_trace(*spans))

    assert [e.score.decides for e in found.of(Kind.SCORE)] == [True, False]


def test_what_the_model_spent_is_told_by_its_spans_alone(tmp_path):
    model = nested(
        "LLM", llm__model_name="m-1", llm__token_count__completion=7, **{PROMPT_TOKENS: "120"},
    )  # fmt: skip
    failed = nested("LLM", status="Error", message="overloaded")
    agent = nested("AGENT", model, failed, **{PROMPT_TOKENS: "999"})

    found = read_document(source, tmp_path, a_trace(agent))

    usage = found.one(Kind.USAGE).usage
    assert (usage.input_tokens, usage.output_tokens) == (120, 7)
    assert "m-1" in [e.context.model for e in found.of(Kind.CONTEXT)]
    assert found.one(Kind.API_ERROR).text == "overloaded"
    assert len(found.of(Kind.SAID)) == 1


def test_agents_are_spawned_and_only_the_outermost_is_asked_and_ends(tmp_path):
    inner = nested("AGENT", input__value="look", gen_ai__agent__name="searcher")
    outer = nested("AGENT", nested("CHAIN", inner), input__value='{"task": "Find it"}')

    found = read_document(source, tmp_path, a_trace(outer))

    assert [e.name for e in found.of(Kind.SPAWN)] == ["AGENT.run", "searcher"]
    assert found.one(Kind.PROMPT).text == "Find it"
    assert len(found.of(Kind.TURN_END)) == 1


def test_a_span_that_is_told_twice_is_one(tmp_path):
    tool = nested("TOOL", tool__name="read", span_id="same")
    model = nested("LLM", span_id="other", **{PROMPT_TOKENS: "5"})

    found = read_document(source, tmp_path, a_trace(tool, model, tool, model))

    assert len({event.id for event in found.events}) == len(found.events)
    assert len(found.of(Kind.CALL)) == len(found.of(Kind.USAGE)) == 1


def test_a_session_is_a_run_and_the_rest_of_its_trace_belongs_to_it(tmp_path):
    spans = [otlp("tool", gen_ai__tool__name="read"), otlp("chat", session__id="sess-1")]

    found = read_document(source, tmp_path, sent(*spans))

    assert {event.run_id for event in found.events} == {"sess-1"}


OLD = {
    "gen_ai__system": "x",
    "gen_ai__usage__prompt_tokens": 5,
    "gen_ai__usage__completion_tokens": 2,
}
NEW = {
    "gen_ai__operation__name": "chat", "gen_ai__provider__name": "x",
    "gen_ai__usage__input_tokens": 5, "gen_ai__usage__output_tokens": 2,
}  # fmt: skip


@pytest.mark.parametrize("attributes", [OLD, NEW], ids=["old names", "new names"])
def test_old_and_new_names_say_the_same(tmp_path, attributes):
    span = otlp("chat m-1", gen_ai__request__model="m-1", **attributes)

    found = read_document(source, tmp_path, sent(span))

    usage = found.one(Kind.USAGE).usage
    assert (usage.input_tokens, usage.output_tokens) == (5, 2)
    assert found.one(Kind.CONTEXT).context.model == "m-1"


@pytest.mark.parametrize(
    ("fields", "outcome", "kind"),
    [
        ({"status": 1}, Outcome.OK, ""),
        ({"status": "STATUS_CODE_ERROR"}, Outcome.ERROR, "status"),
        ({"error__type": "timeout"}, Outcome.ERROR, "error_type"),
        ({"success": "false", "error": "no"}, Outcome.ERROR, "flag"),
        ({"success": True}, Outcome.OK, ""),
        (
            {"status": 1, "gen_ai__output__messages": '{"status":"error","request":{}}'},
            Outcome.ERROR,
            "status",
        ),
        (
            {"status": 1, "gen_ai__output__messages": '{"status":"cancelled"}'},
            Outcome.INTERRUPTED,
            "cancelled",
        ),
    ],
)
def test_how_a_tool_span_ended(tmp_path, fields, outcome, kind):
    span = otlp(
        "execute_tool read", gen_ai__operation__name="execute_tool", gen_ai__tool__name="read",
        gen_ai__tool__call__id="c1", gen_ai__tool__call__arguments={"path": "a.py"}, **fields,
    )  # fmt: skip

    found = read_document(source, tmp_path, sent(span))

    assert found.calls()["c1"].path == "a.py"
    answer = found.answers()["c1"]
    assert (answer.outcome, answer.failure_kind, answer.duration_ms) == (outcome, kind, 1250)


def test_an_exception_says_what_failed_where_the_status_does_not(tmp_path):
    thrown = {
        "name": "exception",
        "attributes": [
            {"key": "exception.type", "value": {"stringValue": "KeyError"}},
            {"key": "exception.message", "value": {"stringValue": "'x'"}},
        ],
    }

    found = read_document(
        source, tmp_path, sent(otlp("t", status=2, events=[thrown], gen_ai__tool__name="read"))
    )

    assert found.one(Kind.RESULT).text == "KeyError: 'x'"


def test_an_execution_of_its_own_span_is_the_answer_to_the_call(tmp_path):
    call = otlp(
        "claude_code.tool", gen_ai__operation__name="execute_tool", gen_ai__tool__name="Bash",
        gen_ai__tool__call__id="c1", session__id="s", full_command="make",
    )  # fmt: skip
    execution = otlp(
        "claude_code.tool.execution", status=2, message="Shell command failed", success=False,
        gen_ai__tool__call__id="c1", session__id="s",
    )  # fmt: skip

    found = read_document(source, tmp_path, sent(call, execution, service="claude-code"))

    assert found.one(Kind.CALL).command == "make"
    assert found.one(Kind.RESULT).outcome is Outcome.ERROR
    assert {(event.client, event.run_id) for event in found.events} == {("claude-code", "s")}


def test_of_a_client_whose_histories_are_read_only_calls_are_taken(tmp_path):
    spans = [
        otlp("llm", gen_ai__operation__name="llm_call", gen_ai__usage__input_tokens=5),
        otlp("agent", gen_ai__operation__name="invoke_agent", user_prompt="Fix it."),
        otlp("tool_call", gen_ai__operation__name="tool_call", gen_ai__tool__name="read"),
    ]

    found = read_document(source, tmp_path, sent(*spans, service="gemini-cli"))

    assert found.kinds() == [Kind.CALL]


def test_an_evaluation_is_a_score(tmp_path):
    said = {
        "name": "gen_ai.evaluation.result",
        "attributes": [
            {"key": "gen_ai.evaluation.name", "value": {"stringValue": "Relevance"}},
            {"key": "gen_ai.evaluation.score.value", "value": {"doubleValue": 0.75}},
            {"key": "gen_ai.evaluation.score.label", "value": {"stringValue": "good"}},
        ],
    }

    found = read_document(source, tmp_path, sent(otlp("chat", events=[said], **NEW)))

    event = found.one(Kind.SCORE)
    assert (event.name, event.score.value, event.score.label) == ("Relevance", 0.75, "good")


def test_a_document_a_line_gives_what_the_documents_give(tmp_path):
    first, second = sent(otlp("chat", **NEW)), sent(otlp("chat", **OLD))
    path = tmp_path / "spans.jsonl"
    path.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")

    found = read_file(source, path)

    apart = [read_document(source, tmp_path, one).events for one in (first, second)]
    assert found.events == apart[0] + apart[1]


def test_a_document_over_many_lines_gives_the_same(tmp_path):
    document = sent(otlp("chat", **NEW), otlp("t", status=1, gen_ai__tool__name="read"))
    path = tmp_path / "pretty.json"
    path.write_text(json.dumps(document, indent=1))

    assert read_file(source, path).events == read_document(source, tmp_path, document).events


def test_logs_and_metrics_among_the_lines_are_counted(tmp_path):
    path = tmp_path / "all.jsonl"
    lines = [sent(otlp("chat", **NEW)), {"resourceLogs": []}, {"resourceMetrics": []}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    assert read_file(source, path).skipped == {"resourceLogs": 1, "resourceMetrics": 1}


def test_kinds_of_a_newer_version_are_counted_and_calls_still_read(tmp_path):
    spans = [
        nested("DREAM", nested("TOOL", tool__name="read")),
        nested("", gen_ai__operation__name="imagine"),
    ]

    found = read_document(source, tmp_path, a_trace(*spans))

    assert found.skipped == {"span DREAM": 1, "span imagine": 1}
    assert len(found.of(Kind.CALL)) == 1


def test_labels_of_people_are_scores_of_the_run(tmp_path):
    labels = {
        "trace_id": "t1",
        "errors": [
            {
                "category": "Goal Deviation", "location": "s7", "evidence": "It said so.",
                "description": "It forgot.", "impact": "HIGH",
            }
        ],
        "scores": [{"reliability_score": 2, "reliability_reasoning": "Why", "overall": 2.75}],
    }  # fmt: skip

    found = read_document(source, tmp_path, labels)

    error, reliability, overall = found.of(Kind.SCORE)
    assert (error.name, error.call_id, error.score.label) == ("Goal Deviation", "s7", "HIGH")
    assert error.text == "It forgot.\nIt said so."
    assert (reliability.name, reliability.score.value, reliability.text) == (
        "reliability",
        2,
        "Why",
    )
    assert (overall.score.value, overall.score.decides) == (2.75, False)
    assert {event.run_id for event in found.events} == {"t1"}


def test_labels_that_name_no_trace_are_of_the_one_that_the_file_is_named_for(tmp_path):
    labels = {"errors": [], "scores": [{"reliability_score": 2}]}

    found = read_document(source, tmp_path, labels, "t9.json")

    assert {event.run_id for event in found.events} == {"t9"}


def test_a_damaged_span_takes_no_other_with_it(tmp_path):
    whole = nested("TOOL", tool__name="a")
    bent = {**nested("TOOL", tool__name="b"), "timestamp": 7}

    found = read_document(source, tmp_path, {"spans": [whole, "no span", bent]})

    assert [event.tool for event in found.of(Kind.CALL)] == ["a", "b"]
    assert found.skipped == {"unreadable span": 1}


def test_a_value_that_should_not_be_there_costs_at_most_its_record():
    tool = nested("TOOL", tool__name="a", input__value="{}", output__value="x", success="true")
    for wrong in with_one_wrong({"spans": nested("AGENT", tool, nested("LLM"))}):
        assert raised(source, wrong) == [], wrong
    thrown = {"name": "exception", "attributes": [{"key": "a", "value": {"stringValue": "x"}}]}
    for wrong in with_one_wrong(sent(otlp("a", events=[thrown], a=1, b=[True], **NEW))):
        assert raised(source, wrong) == [], wrong
    for wrong in with_one_wrong({"errors": {"category": "x"}, "scores": {"overall": 1}}):
        assert raised(source, wrong) == [], wrong


def single(**changed):
    return {
        "name": "lookup", "context": {"trace_id": "0xabc", "span_id": "0x1", "trace_state": "[]"},
        "kind": "SpanKind.INTERNAL", "parent_id": None, "start_time": "2026-11-20T09:00:00.000000Z",
        "end_time": "2026-11-20T09:00:01.500000Z", "links": [],
        "status": {"status_code": "ERROR", "description": "not there"},
        "attributes": {"openinference.span.kind": "TOOL", "tool.name": "lookup"},
        "events": [], "resource": {"attributes": {"service.name": "app"}, "schema_url": ""},
    } | changed  # fmt: skip


PHOENIX = single(
    status=None, span_kind="TOOL", status_code="ERROR", status_message="not there",
    attributes={"tool.name": "lookup"}, resource=None, start_time="2026-11-20T09:00:00",
    end_time="2026-11-20T09:00:01.5",
)  # fmt: skip


@pytest.mark.parametrize("span", [single(), PHOENIX])
@pytest.mark.parametrize("form", ["lines", "list", "one"])
def test_spans_one_by_one_are_read(tmp_path, span, form):
    path = tmp_path / "spans.json"
    ok = single(context={"trace_id": "0xabc", "span_id": "0x2"}, status={"status_code": "OK"})
    spans = [span] if form == "one" else [span, ok]
    path.write_text(
        json.dumps(spans) if form == "list" else "".join(json.dumps(s) + "\n" for s in spans)
    )

    found = read_file(source, path)

    call, answer = found.calls()["1"], found.answers()["1"]
    assert (call.tool, call.run_id) == ("lookup", "abc")
    assert (answer.outcome, answer.text, answer.duration_ms) == (Outcome.ERROR, "not there", 1500)
    assert form == "one" or found.answers()["2"].outcome is Outcome.OK


def test_a_damaged_single_span_is_no_end():
    assert [why for wrong in with_one_wrong(single()) for why in raised(source, wrong)] == []


def test_a_trace_whose_names_are_in_order_is_recognised(tmp_path):
    inner = nested("TOOL", span_id="c1", tool__name="read", output__value="x" * 70_000)
    trace = a_trace(nested("AGENT", nested("CHAIN", nested("CHAIN", nested("CHAIN", inner)))))

    found = read_document(source, tmp_path, json.loads(json.dumps(trace, sort_keys=True)))

    assert list(found.calls()) == ["c1"]
