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
    assert found.skipped == {"answer to no call": 1}


def test_a_second_answer_and_one_before_its_call_are_said_and_decide_nothing(tmp_path):
    talk = (
        asked(call("c1")), answer("c1", "fine"), answer("c1", "Error: twice"),
        answer("c2", "Error: too early"), asked(call("c2")),
    )  # fmt: skip

    found = read_document(source, tmp_path, [a_run(*talk)])

    assert [(e.call_id, e.outcome) for e in found.of(Kind.RESULT)] == [("0:0", Outcome.OK)]
    assert len(found.of(Kind.CALL)) == 2
    assert found.skipped == {"answer to no call": 2}


@pytest.mark.parametrize("content", [{"flights": []}, 7, True, None])
def test_an_answer_that_is_no_text_says_nothing_of_how_the_call_came_out(tmp_path, content):
    found = read_document(source, tmp_path, [a_run(asked(call("c1")), answer("c1", content))])

    assert found.one(Kind.RESULT).outcome is Outcome.UNKNOWN
    assert found.skipped == ({} if content is None else {"unreadable content": 1})


def test_an_answer_in_blocks_is_read_as_its_words(tmp_path):
    blocks = [{"type": "text", "text": "Error: full"}]

    found = read_document(source, tmp_path, [a_run(asked(call("c1")), answer("c1", blocks))])

    assert found.one(Kind.RESULT).outcome is Outcome.ERROR


def test_arguments_may_be_an_object_and_ids_numbers(tmp_path):
    talk = (asked(call(1, arguments={"day": 1})), answer(1, "fine"))

    found = read_document(source, tmp_path, [a_run(*talk)])

    assert found.one(Kind.CALL).args == '{"day": 1}'
    assert found.one(Kind.RESULT).outcome is Outcome.OK
    assert found.skipped == {}


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ({"role": "assistant", "content": "x", "tool_calls": "book"}, "call"),
        (asked("book"), "call"),
        (asked({"id": "c1", "function": "book"}), "function"),
        (asked({"id": ["c1"], "function": {"name": "book"}}), "id"),
        ({"role": "tool", "tool_call_id": ["c1"], "content": "x"}, "tool_call_id"),
    ],
)
def test_a_part_of_the_wrong_type_is_said(tmp_path, message, what):
    found = read_document(source, tmp_path, [a_run(message, *ROUND)])

    assert found.skipped[f"unreadable {what}"] == 1
    assert [e.tool for e in found.of(Kind.CALL)][-2:] == ["book", "pay"]


@pytest.mark.parametrize(
    ("field", "what"), [("reward", "reward"), ("traj", "message"), ("info", "info")]
)
def test_a_field_of_a_run_of_the_wrong_type_is_said(tmp_path, field, what):
    run = a_run(*ROUND) | {field: "much"}

    found = read_document(source, tmp_path, [run, a_run(*ROUND)])

    assert found.skipped == {f"unreadable {what}": 1}


def test_a_reward_that_came_as_a_text_is_a_figure(tmp_path):
    found = read_document(source, tmp_path, [a_run(*ROUND, reward="0.5")])

    assert found.one(Kind.SCORE).score.value == 0.5
    assert found.skipped == {}


def test_a_run_that_died_says_why(tmp_path):
    run = a_run(reward=0.0) | {"info": {"error": "rate limited", "traceback": "..."}}

    found = read_document(source, tmp_path, [run])

    assert found.one(Kind.API_ERROR).text == "rate limited"
    assert found.one(Kind.SCORE).score.value == 0.0


def test_an_agent_that_writes_its_actions_as_words_calls_as_well(tmp_path):
    act = 'Thought:\nhm\nAction:\n{"name": "book", "arguments": {"day": 1}}'
    say = 'Action:\n{"name": "respond", "arguments": {"content": "Done"}}'
    talk = [{"role": "user", "content": "Book it."}]
    for words, seen in ((act, "API output: Error: full"), (act, "API output: fine"), (say, "Bye")):
        talk += [{"role": "assistant", "content": words}, {"role": "user", "content": seen}]

    found = read_document(source, tmp_path, [a_run(*talk)])

    assert [(e.tool, e.args) for e in found.of(Kind.CALL)] == [("book", '{"day": 1}')] * 2
    assert [e.outcome for e in found.of(Kind.RESULT)] == [Outcome.ERROR, Outcome.OK]
    assert [e.text for e in found.of(Kind.PROMPT)] == ["Book it.", "Bye"]


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
    assert found.skipped == {"message ": 1, "unreadable message": 1, "unreadable role": 1}


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
