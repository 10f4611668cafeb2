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
    assert found.skipped == {"message ": 1, "message judge": 1}


def test_a_value_that_should_not_be_there_costs_at_most_its_record():
    for wrong in with_one_wrong({"simulations": a_run(*TALK)}):
        assert raised(source, wrong) == [], wrong
    for wrong in with_one_wrong({"info": INFO}):
        assert raised(source, wrong) == [], wrong
