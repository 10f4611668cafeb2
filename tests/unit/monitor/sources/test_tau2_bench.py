from datetime import UTC, datetime

import pytest

from damaged import raised, with_one_wrong
from documents import read_document
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.tau2_bench import source

INFO = {
    "git_commit": "abc", "num_trials": 1, "user_info": {"llm": "u"},
    "agent_info": {"implementation": "llm_agent", "llm": "m-1"},
    "environment_info": {"domain_name": "telecom", "policy": "..."},
}  # fmt: skip


def said(role, content=None, *calls, **fields):
    return {"role": role, "content": content, "tool_calls": list(calls) or None, **fields}


def call(call_id, name="look", requestor="assistant", **arguments):
    return {"id": call_id, "name": name, "arguments": arguments, "requestor": requestor}


def answer(call_id, content="fine", **fields):
    return {"id": call_id, "role": "tool", "content": content, **fields}


def a_run(*messages, run_id="s1", **fields):
    return {
        "id": run_id, "task_id": "0", "trial": 0, "start_time": "2025-08-01T16:00:00.5",
        "end_time": "2025-08-01T16:05:00", "termination_reason": "user_stop",
        "agent_cost": 0.25, "user_cost": 0.5, "messages": list(messages),
        "reward_info": {"reward": 0.0, "reward_breakdown": {"DB": 1.0, "COMMUNICATE": 0.0}},
        **fields,
    }  # fmt: skip


def a_document(*runs):
    return {"timestamp": "x", "info": INFO, "tasks": [{"id": "0"}], "simulations": list(runs)}


TALK = (
    said("assistant", "Hello"),
    said("user", "It is broken", usage={"prompt_tokens": 7, "completion_tokens": 3}),
    said(
        "assistant", None, call("c1", key=1), call("c2"), timestamp="2025-08-01T16:01:00",
        usage={"prompt_tokens": 100, "completion_tokens": 20},
    ),
    answer("c1", "Error: no", error=True, requestor="assistant"),
    answer("c2", "Error is what the customer said", error=False, requestor="assistant"),
    said("user", None, call("c1", "reboot", "user")),
    answer("c1", requestor="user", error=False),
)  # fmt: skip


def test_a_failed_call_is_one_that_is_marked_so_whatever_the_words(tmp_path):
    found = read_document(source, tmp_path, a_document(a_run(*TALK)))

    assert {key: e.outcome for key, e in found.answers().items()} == {
        "0:0": Outcome.ERROR, "0:1": Outcome.OK, "0:2": Outcome.OK,
    }  # fmt: skip
    assert found.answers()["0:0"].failure_kind == "error"


def test_without_the_mark_an_answer_that_begins_with_error_is_a_failure(tmp_path):
    talk = (said("assistant", "", call("c1"), call("c2")), answer("c1", "Error: no"), answer("c2"))

    found = read_document(source, tmp_path, a_document(a_run(*talk)))

    assert [e.outcome for e in found.of(Kind.RESULT)] == [Outcome.ERROR, Outcome.OK]


def test_the_simulated_user_is_an_agent_of_its_own(tmp_path):
    found = read_document(source, tmp_path, a_document(a_run(*TALK)))

    assert [(e.tool, e.agent) for e in found.of(Kind.CALL)] == [
        ("look", ""), ("look", ""), ("reboot", "user"),
    ]  # fmt: skip
    spent = {e.agent: (e.usage.input_tokens, e.usage.output_tokens) for e in found.of(Kind.USAGE)}
    assert spent == {"user": (7, 3), "": (100, 20)}


def test_the_run_knows_its_model_domain_cost_and_scores(tmp_path):
    found = read_document(source, tmp_path, a_document(a_run(*TALK)))

    context = found.one(Kind.CONTEXT).context
    assert (context.model, context.project, context.client_version) == ("m-1", "telecom", "abc")
    assert found.one(Kind.COST).cost_usd == 0.25
    scores = {e.name: (e.score.value, e.score.decides) for e in found.of(Kind.SCORE)}
    assert scores == {"DB": (1.0, False), "COMMUNICATE": (0.0, False), "reward": (0.0, True)}
    assert {event.run_id for event in found.events} == {"s1"}


def test_an_odd_part_of_a_reward_does_not_take_the_reward(tmp_path):
    odd = {"reward": 1.0, "reward_breakdown": {"DB": 1.0, "NEW": {"score": 1}}}

    found = read_document(source, tmp_path, a_document(a_run(*TALK, reward_info=odd)))

    scores = {e.name: (e.score.value, e.score.decides) for e in found.of(Kind.SCORE)}
    assert scores == {"DB": (1.0, False), "reward": (1.0, True)}


def test_times_without_a_zone_are_utc_and_last_until_the_next(tmp_path):
    found = read_document(source, tmp_path, a_document(a_run(*TALK)))

    assert found.one(Kind.CONTEXT).ts == datetime(2025, 8, 1, 16, 0, 0, 500_000, UTC)
    assert found.of(Kind.RESULT)[0].ts == datetime(2025, 8, 1, 16, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("user_stop", Kind.TURN_END),
        ("agent_stop", Kind.TURN_END),
        ("max_steps", Kind.LIMIT),
        ("too_many_errors", Kind.LIMIT),
        ("agent_error", Kind.API_ERROR),
        ("something_new", Kind.API_ERROR),
    ],
)
def test_why_a_run_ended_is_told(tmp_path, reason, kind):
    run = a_run(said("user", "hi"), termination_reason=reason)

    found = read_document(source, tmp_path, a_document(run))

    assert len(found.of(kind)) == 1


def test_an_id_that_repeats_does_not_mix_two_runs(tmp_path):
    found = read_document(source, tmp_path, a_document(a_run(*TALK), a_run(*TALK)))

    assert {event.run_id for event in found.events} == {"s1", "s1:2"}


def test_runs_without_ids_are_named_by_file_task_and_trial(tmp_path):
    found = read_document(source, tmp_path, a_document(a_run(*TALK, run_id="")), "retail.json")

    assert {event.run_id for event in found.events} == {"retail:0:0"}


def test_a_document_whose_runs_come_first_is_known_as_well(tmp_path):
    document = {"simulations": [a_run(*TALK)], "info": INFO, "tasks": []}

    assert len(read_document(source, tmp_path, document).of(Kind.CALL)) == 3


def test_a_damaged_message_takes_no_other_with_it(tmp_path):
    bad = [said("user", "hi", usage={"prompt_tokens": -(2**80)}), said(7), said("judge", "x")]

    found = read_document(source, tmp_path, a_document(a_run(*bad, *TALK)))

    assert len(found.of(Kind.CALL)) == 3
    assert [e.text for e in found.of(Kind.PROMPT)] == ["hi", "It is broken"]
    assert found.skipped == {
        "message ": 1,
        "message judge": 1,
        "unreadable role": 1,
        "unreadable prompt_tokens": 1,
    }


def test_a_value_that_should_not_be_there_costs_at_most_its_record():
    for wrong in with_one_wrong({"simulations": a_run(*TALK)}):
        assert raised(source, wrong) == [], wrong
    for wrong in with_one_wrong({"info": INFO}):
        assert raised(source, wrong) == [], wrong


@pytest.mark.parametrize(
    ("mark", "outcome", "skipped"),
    [
        ("true", Outcome.ERROR, {}),
        ("false", Outcome.OK, {}),
        (1, Outcome.ERROR, {}),
        (0, Outcome.OK, {}),
        ("perhaps", Outcome.UNKNOWN, {"unreadable error": 1}),
        ({"message": "no"}, Outcome.UNKNOWN, {"unreadable error": 1}),
    ],
)
def test_a_mark_that_is_no_truth_value_says_nothing(tmp_path, mark, outcome, skipped):
    talk = (said("assistant", "", call("c1")), answer("c1", "Error: no", error=mark))

    found = read_document(source, tmp_path, a_document(a_run(*talk)))

    assert found.one(Kind.RESULT).outcome is outcome
    assert found.skipped == skipped


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"messages": "none"}, "message"),
        ({"reward_info": "good"}, "reward_info"),
        ({"reward_info": {"reward": "good"}}, "reward"),
        ({"reward_info": {"reward": 1, "reward_breakdown": {"DB": []}}}, "reward_breakdown"),
        ({"agent_cost": "cheap"}, "agent_cost"),
        ({"start_time": "yesterday"}, "start_time"),
        ({"termination_reason": 7}, "termination_reason"),
        ({"id": 7}, "id"),
    ],
)
def test_a_field_of_a_run_of_the_wrong_type_is_said(tmp_path, fields, what):
    run = a_run(*TALK) | fields

    found = read_document(source, tmp_path, a_document(run, a_run(*TALK, run_id="s2")))

    assert found.skipped == {f"unreadable {what}": 1}


@pytest.mark.parametrize(
    ("message", "what"),
    [
        (said("assistant", "x") | {"tool_calls": "look"}, "unreadable call"),
        (said("assistant", "x", 7), "unreadable call"),
        (said("assistant", "x", call(["c1"])), "unreadable id"),
        (said("assistant", "x", usage="much"), "unreadable usage"),
        (said("user", "x", timestamp="noon"), "unreadable timestamp"),
        (answer("c9", "Error", error=True), "answer to no call"),
    ],
)
def test_a_part_of_a_message_of_the_wrong_type_is_said(tmp_path, message, what):
    found = read_document(source, tmp_path, a_document(a_run(message, *TALK)))

    assert found.skipped == {what: 1}
    assert [e.tool for e in found.of(Kind.CALL)][-3:] == ["look", "look", "reboot"]


def test_a_simulation_that_is_none_is_said(tmp_path):
    found = read_document(source, tmp_path, a_document(a_run(*TALK), 7))

    assert found.skipped == {"unreadable simulation": 1}


def test_a_simulation_in_a_file_of_its_own_is_a_run(tmp_path):
    found = read_document(source, tmp_path, a_run(*TALK), "0_1.json")

    assert {event.run_id for event in found.events} == {"s1"}
    assert len(found.of(Kind.CALL)) == 3


def test_several_answers_may_come_in_one_message(tmp_path):
    answers = {"role": "tool", "tool_messages": [answer("c1", "a", error=True), answer("c2", "b")]}
    talk = (said("assistant", "", call("c1"), call("c2")), answers)

    found = read_document(source, tmp_path, a_document(a_run(*talk)))

    assert [e.outcome for e in found.of(Kind.RESULT)] == [Outcome.ERROR, Outcome.OK]
    assert found.skipped == {}


def test_a_spoken_conversation_is_told_in_ticks(tmp_path):
    ticks = [
        {"tick_id": 0, "timestamp": "2025-08-01T16:01:00", "user_chunk": said("user", "Help")},
        {
            "tick_id": 1, "timestamp": "2025-08-01T16:02:00", "agent_chunk": None,
            "agent_tool_calls": [call("c1")],
            "agent_tool_results": [answer("c1", "no", error=True)],
            "user_tool_calls": [call("c2", "reboot", "user")], "user_tool_results": [answer("c2")],
        },
    ]  # fmt: skip

    found = read_document(
        source, tmp_path, a_document(a_run() | {"messages": None, "ticks": ticks})
    )

    calls = [(e.tool, e.agent, e.ts.minute) for e in found.of(Kind.CALL)]
    assert calls == [("look", "", 2), ("reboot", "user", 2)]
    assert [e.outcome for e in found.of(Kind.RESULT)] == [Outcome.ERROR, Outcome.OK]
    assert found.one(Kind.PROMPT).text == "Help"
    assert found.skipped == {}
