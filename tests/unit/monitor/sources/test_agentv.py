"""agentv's eval results: what a line says."""

import json
from datetime import UTC, datetime

import pytest

from homeostat.model.event import Kind
from homeostat.monitor.sources.agentv import MOST_CALLS, source
from readings import as_bytes, finished

LINE = {
    "timestamp": "2026-11-20T09:00:10Z",
    "start_time": "2026-11-20T09:00:00Z",
    "end_time": "2026-11-20T09:00:08Z",
    "test_id": "fizzbuzz",
    "suite": "readme",
    "target": "local-7b",
    "score": 0.5,
    "execution_status": "quality_failure",
    "projection_identity": {"id": "prj-1"},
    "token_usage": {"input": 120, "output": 9},
    "transcript_summary": {"tool_calls": {"shell": 2, "grep": 0, "file_edit": 1}},
    "scores": [
        {"name": "contains", "type": "code", "score": 1, "verdict": "pass"},
        {"name": "rubric", "type": "llm-rubric", "score": 0, "verdict": "fail"},
    ],
}


def of(**changed):
    found = finished(source, as_bytes([LINE | changed]))
    assert found.unreadable == []
    return found


def scores(found):
    return {event.name: event.score for event in found.of(Kind.SCORE)}


def test_calls_are_counts_of_which_nobody_said_how_they_came_out():
    found = of()

    assert [(call.call_id, call.tool) for call in found.of(Kind.CALL)] == [
        ("shell:0", "shell"),
        ("shell:1", "shell"),
        ("file_edit:0", "file_edit"),
    ]
    assert found.of(Kind.RESULT) == []


@pytest.mark.parametrize(
    ("status", "value"),
    [("ok", 1.0), ("quality_failure", 0.0), ("execution_error", 0.0), ("postponed", None)],
)
def test_the_status_decides_how_a_run_came_out(status, value):
    found = of(execution_status=status)

    score = scores(found)["execution_status"]
    assert (score.value, score.label, score.decides) == (value, status, value is not None)
    assert found.skipped == ({} if value is not None else {"execution_status postponed": 1})


def test_an_execution_error_ends_the_run_with_its_reason():
    found = of(execution_status="execution_error", failure_reason_code="provider_error",
               error="HTTP 401")  # fmt: skip

    event = found.one(Kind.API_ERROR)
    assert (event.name, event.text) == ("provider_error", "HTTP 401")
    assert scores(found)["failure_reason_code"].label == "provider_error"
    assert found.of(Kind.TURN_END) == []


def test_every_grader_has_its_say():
    said = scores(of())

    assert (said["contains"].source, said["contains"].value) == ("code", 1)
    assert (said["rubric"].label, said["rubric"].decides) == ("fail", False)
    assert said["score"].value == 0.5


def test_a_run_goes_from_its_start_to_its_end_and_spends_tokens():
    found = of(cost_usd=0.25)

    assert found.one(Kind.CONTEXT).ts == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert found.one(Kind.TURN_END).ts == datetime(2026, 11, 20, 9, 0, 8, tzinfo=UTC)
    usage = found.one(Kind.USAGE).usage
    assert (usage.input_tokens, usage.output_tokens) == (120, 9)
    assert found.one(Kind.COST).cost_usd == 0.25


def test_a_run_is_named_by_agentv_or_else_by_what_tells_it_from_others():
    def run(**changed):
        return {event.run_id for event in of(**changed).events}

    nameless = {"projection_identity": None}

    assert run() == {"prj-1"}
    assert len(run(**nameless)) == 1
    assert run(**nameless, sample_index=1) != run(**nameless)
    assert run(**nameless) != run(**nameless, test_id="other")


@pytest.mark.parametrize(
    ("summary", "what"),
    [
        ({"tool_calls": {"shell": MOST_CALLS + 1}}, "tool_calls"),
        ({"tool_calls": {"shell": -1}}, "tool_calls"),
        ({"tool_calls": 3}, "tool_calls"),
        ([1], "transcript_summary"),
    ],
)
def test_counts_that_nobody_can_have_made_are_left_out_and_said(summary, what):
    found = of(transcript_summary=summary)

    assert found.of(Kind.CALL) == []
    assert found.skipped == {f"unreadable {what}": 1}
    assert scores(found)["score"].value == 0.5


@pytest.mark.parametrize(
    "change",
    [
        {"scores": [7, None, {"name": "x", "score": "y"}]},
        {"scores": {}},
        {"token_usage": {"input": "x"}},
        {"projection_identity": 7},
        {"start_time": "now"},
        {"error": {"message": "x"}},
        {"score": None},
        {"cost_usd": -1},
    ],
)
def test_damage_in_one_field_leaves_the_others(change):
    assert scores(of(**change))["execution_status"].label == "quality_failure"


@pytest.mark.parametrize("line", [b"{", b"[]", b"null", b'{"test_id": "x"}', b"\xff", b"7"])
def test_lines_that_are_no_results_give_nothing(line):
    found = finished(source, line + b"\n" + as_bytes([LINE]))

    assert {event.run_id for event in found.events} == {"prj-1"}


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        ([json.dumps(LINE).encode()], True),
        ([b"torn", json.dumps(LINE).encode()], True),
        ([b'{"test_id": "x", "score": 1}'], False),
        ([b"[]"], False),
        ([], False),
    ],
)
def test_results_are_recognised_by_their_members(head, recognised):
    assert source.recognises(head) is recognised


def test_a_result_without_a_status_is_a_run_that_nobody_judged():
    line = {name: value for name, value in LINE.items() if name != "execution_status"}

    found = finished(source, as_bytes([LINE, line | {"projection_identity": {"id": "prj-2"}}]))

    assert {event.run_id for event in found.events} == {"prj-1", "prj-2"}
    (status,) = [
        event.score
        for event in found.of(Kind.SCORE)
        if (event.run_id, event.name) == ("prj-2", "execution_status")
    ]
    assert (status.value, status.decides) == (None, False)
