import json

import pytest

from damaged import raised, with_one_wrong
from documents import read_document
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.tau_bench import source


def call(call_id, name="book", arguments='{"day": 1}'):
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def asked(*calls, content=None):
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def answer(call_id, content):
    return {"role": "tool", "tool_call_id": call_id, "name": "book", "content": content}


def a_run(*messages, task_id=3, trial=0, reward=1.0):
    return {
        "task_id": task_id, "reward": reward, "info": {}, "traj": list(messages), "trial": trial,
    }  # fmt: skip


ROUND = (
    {"role": "system", "content": "Policy"},
    {"role": "user", "content": "Book it."},
    asked(call("c1"), call("c2", "pay")),
    answer("c1", "Error: no such day"),
    answer("c2", ""),
    {"role": "assistant", "content": "Done."},
    {"role": "user", "content": "Thanks ###STOP###"},
)


def test_an_answer_that_begins_with_error_is_a_failed_call(tmp_path):
    found = read_document(source, tmp_path, [a_run(*ROUND)])

    outcomes = {key: (e.outcome, e.failure_kind) for key, e in found.answers().items()}
    assert outcomes == {"0:0": (Outcome.ERROR, "error"), "0:1": (Outcome.OK, "")}
    assert [e.tool for e in found.of(Kind.CALL)] == ["book", "pay"]
    assert found.answers()["0:0"].text == "Error: no such day"


def test_ids_that_repeat_are_told_apart_by_run_and_call(tmp_path):
    twice = (asked(call("c1")), answer("c1", "ok"), asked(call("c1")), answer("c1", "Error"))

    found = read_document(source, tmp_path, [a_run(*twice), a_run(*twice, trial=1)])

    assert list(found.answers()) == ["0:0", "0:1", "1:0", "1:1"]
    assert [e.outcome for e in found.of(Kind.RESULT)] == [Outcome.OK, Outcome.ERROR] * 2


def test_an_answer_to_no_call_is_no_answer(tmp_path):
    found = read_document(source, tmp_path, [a_run(answer("c9", "Error"))])

    assert found.of(Kind.RESULT) == []


def test_a_run_is_a_task_and_a_trial_of_a_file(tmp_path):
    runs = [a_run(*ROUND, task_id=1), a_run(*ROUND, task_id=1, trial=1), a_run(*ROUND, task_id=1)]

    found = read_document(source, tmp_path, runs, "gpt-airline.json")

    names = dict.fromkeys(event.run_id for event in found.events)
    assert list(names) == ["gpt-airline:1:0", "gpt-airline:1:1", "gpt-airline:1:0:2"]


@pytest.mark.parametrize("reward", [0.0, 0.5, 1.0])
def test_the_reward_decides_how_a_run_came_out(tmp_path, reward):
    found = read_document(source, tmp_path, [a_run(*ROUND, reward=reward)])

    score = found.one(Kind.SCORE).score
    assert (score.value, score.decides) == (reward, True)


def test_words_of_both_sides_are_facts_and_the_stop_ends_the_run(tmp_path):
    found = read_document(source, tmp_path, [a_run(*ROUND)])

    assert found.one(Kind.PROMPT).text == "Book it."
    assert len(found.of(Kind.SAID)) == 1
    assert len(found.of(Kind.TURN_END)) == 1


def test_a_message_of_an_unknown_role_is_counted(tmp_path):
    found = read_document(source, tmp_path, [a_run({"role": "judge", "content": "hm"}, *ROUND)])

    assert found.skipped == {"message judge": 1}


def test_a_damaged_message_takes_no_other_with_it(tmp_path):
    found = read_document(source, tmp_path, [a_run({"role": 7}, None, *ROUND)])

    assert len(found.of(Kind.CALL)) == 2
    assert found.skipped == {"message ": 1, "unreadable message": 1}


def test_a_file_that_has_grown_gives_the_same_events_and_more(tmp_path):
    first = read_document(source, tmp_path, [a_run(*ROUND)]).events

    again = read_document(source, tmp_path, [a_run(*ROUND), a_run(*ROUND, trial=1)]).events

    assert again[: len(first)] == first
    assert len({event.id for event in again}) == len(again) == 2 * len(first)


def test_a_value_that_should_not_be_there_costs_at_most_its_record():
    for wrong in with_one_wrong(a_run(*ROUND)):
        assert raised(source, wrong) == [], wrong


def test_lists_of_other_things_are_no_runs():
    other = json.dumps([{"role": "user", "content": "hi", "reward": 1}]).encode()

    assert not source.recognises([other])
    assert not source.recognises([b"PK\x03\x04"])
