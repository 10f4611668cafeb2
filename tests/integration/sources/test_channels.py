"""A call that a transcript and a span tell of is one call, and loses nothing by the span."""

import json

import pytest

from histories import ClaudeSession
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window


def attributes(**values):
    return [
        {"key": key.replace("__", "."), "value": {"stringValue": value}}
        for key, value in values.items()
    ]


def spans(path, **fields):
    span = {
        "traceId": "aa", "spanId": "bb", "name": "claude_code.tool",
        "startTimeUnixNano": "1795165200000000000", "endTimeUnixNano": "1795165201000000000",
        "status": {"code": 1},
        "attributes": attributes(
            session__id="s-1", gen_ai__tool__name="Edit", gen_ai__tool__call__id="t1",
            gen_ai__operation__name="execute_tool",
        ),
        **fields,
    }  # fmt: skip
    resource = {"attributes": attributes(service__name="claude-code")}
    document = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    path.write_text(json.dumps(document))
    return path


def transcript(folder):
    session = ClaudeSession("s-1").prompt().call("t1", "Edit", file_path="a.py")
    return session.result("t1", "no such text", is_error=True).write(folder)


@pytest.mark.parametrize("order", ["transcript first", "spans first"])
def test_the_transcript_is_believed_whichever_came_first(homeostat, tmp_path, order):
    paths = [transcript(tmp_path), spans(tmp_path / "spans.json")]

    for path in paths if order == "transcript first" else reversed(paths):
        homeostat.import_files([path])

    (call,) = homeostat.calls(CallFilter())
    assert (call.tool, call.path, call.outcome) == ("Edit", "a.py", "error")
    assert call.channels == ("telemetry", "transcript")
    (run,) = homeostat.runs(Window())
    assert (run.calls, run.failed_calls) == (1, 1)


def test_a_span_alone_tells_of_its_call(homeostat, tmp_path):
    homeostat.import_files([spans(tmp_path / "spans.json")])

    (call,) = homeostat.calls(CallFilter())
    assert (call.client, call.tool, call.outcome) == ("claude-code", "Edit", "ok")


def test_calls_without_times_come_in_the_order_of_their_numbers(homeostat, tmp_path):
    calls = [
        {"id": "same", "type": "function", "function": {"name": f"t{n}", "arguments": "{}"}}
        for n in range(12)
    ]
    run = {
        "task_id": 0, "trial": 0, "reward": 1.0,
        "traj": [{"role": "assistant", "content": None, "tool_calls": calls}],
    }  # fmt: skip
    path = tmp_path / "runs.json"
    path.write_text(json.dumps([run]))

    homeostat.import_files([path])

    assert [call.tool for call in homeostat.calls(CallFilter())] == [f"t{n}" for n in range(12)]
