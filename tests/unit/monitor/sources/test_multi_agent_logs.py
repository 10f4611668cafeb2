import pytest

from damaged import raised, with_one_wrong
from documents import read_document
from homeostat.model.event import Kind
from homeostat.monitor.sources.agentrx import source as agentrx
from homeostat.monitor.sources.who_and_when import source as who_and_when

TEAM = [
    {"content": "How far is it?", "role": "human"},
    {"content": "Initial plan: ...", "role": "Orchestrator (thought)"},
    {"content": "Look it up.", "role": "Orchestrator (-> WebSurfer)"},
    {"content": "I typed 'how far'.", "role": "WebSurfer"},
]
EXPERTS = [
    {"content": "You are given a task.", "role": "assistant", "name": "Sums_Expert"},
    {"content": "exitcode: 0", "role": "user", "name": "Computer_terminal"},
]
LABELS = {
    "is_corrected": False, "question": "How far?", "question_ID": "q-1",
    "mistake_agent": "WebSurfer", "mistake_step": "3", "mistake_reason": "It typed too little.",
}  # fmt: skip
RECORD = {
    "trajectory_id": "run-1",
    "failures": [
        {
            "failure_id": 1, "step_number": 2, "step_reason": "No plan",
            "failure_category": "Plan Adherence Failure", "failed_agent": "Orchestrator",
        },
        {
            "failure_id": 2, "step_number": 4, "step_reason": "Too little",
            "failure_category": "Intent Not Supported", "failed_agent": "WebSurfer",
        },
    ],
    "root_cause": {"failure_id": "2", "reason_for_root_cause": "..."},
    "failure_summary": "Nothing was found.",
}  # fmt: skip


def words(found):
    return [(e.kind, e.agent) for e in found.events if e.kind in (Kind.PROMPT, Kind.SAID)]


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_file_of_who_and_when_is_a_run_with_labels(tmp_path, place):
    document = {**LABELS, "history": TEAM} if place == "last" else {"history": TEAM, **LABELS}

    found = read_document(who_and_when, tmp_path, document, "12.json")

    assert {event.run_id for event in found.events} == {"q-1:12"}
    assert words(found) == [
        (Kind.PROMPT, ""), (Kind.SAID, "Orchestrator"), (Kind.SAID, "Orchestrator"),
        (Kind.SAID, "WebSurfer"),
    ]  # fmt: skip
    outcome, mistake = found.of(Kind.SCORE)
    assert (outcome.score.value, outcome.score.decides) == (0.0, True)
    assert (mistake.agent, mistake.score.step) == ("WebSurfer", 3)
    assert mistake.text == "It typed too little."


def test_a_named_mistake_says_that_the_run_failed_where_nothing_else_does(tmp_path):
    labels = {name: value for name, value in LABELS.items() if name != "is_corrected"}

    found = read_document(who_and_when, tmp_path, {"history": TEAM, **labels}, "12.json")

    (mistake,) = found.of(Kind.SCORE)
    assert (mistake.score.value, mistake.score.decides) == (0.0, True)


def test_who_has_a_name_is_called_by_it(tmp_path):
    document = {"is_correct": False, "question_ID": "q-2", "history": EXPERTS}

    found = read_document(who_and_when, tmp_path, document)

    assert words(found) == [(Kind.SAID, "Sums_Expert"), (Kind.SAID, "Computer_terminal")]


@pytest.mark.parametrize("step", [None, "soon", "-1", "", 4, "4"])
def test_a_step_that_is_no_number_is_not_made_up(tmp_path, step):
    document = {**LABELS, "mistake_step": step, "history": TEAM}

    found = read_document(who_and_when, tmp_path, document)

    assert found.of(Kind.SCORE)[1].score.step == (4 if str(step) == "4" else None)


def test_a_history_of_a_team_is_known_without_its_labels(tmp_path):
    found = read_document(who_and_when, tmp_path, {"history": TEAM}, "7.json")

    assert {event.run_id for event in found.events} == {"7"}
    assert found.of(Kind.SCORE) == []


def test_a_history_of_swe_agent_is_not_ours():
    head = [b'{"history": [{"role": "system", "content": "x"}], "info": {}, "trajectory": []}']

    assert not who_and_when.recognises(head)


def test_a_list_of_messages_of_a_team_is_a_run(tmp_path):
    found = read_document(agentrx, tmp_path, TEAM, "run-1.json")

    assert {event.run_id for event in found.events} == {"run-1"}
    assert words(found)[1:] == [
        (Kind.SAID, "Orchestrator"), (Kind.SAID, "Orchestrator"), (Kind.SAID, "WebSurfer"),
    ]  # fmt: skip
    assert len({event.id for event in found.events}) == 4


def test_labels_are_of_the_run_that_they_name(tmp_path):
    found = read_document(agentrx, tmp_path, [RECORD], "labels.json")

    assert {event.run_id for event in found.events} == {"run-1"}
    first, second, task = found.of(Kind.SCORE)
    assert (first.agent, first.score.step, first.score.label) == ("Orchestrator", 1, "")
    assert (second.agent, second.score.step) == ("WebSurfer", 3)
    assert second.score.label == "root cause"
    assert (task.score.value, task.score.decides, task.text) == (0.0, True, "Nothing was found.")


def test_a_cause_that_is_not_among_the_failures_is_the_earliest(tmp_path):
    record = {**RECORD, "root_cause": {"failure_id": 9}}

    found = read_document(agentrx, tmp_path, [record])

    assert [e.agent for e in found.events if e.score.label] == ["Orchestrator"]


def test_labels_of_numbered_tasks_name_no_run_and_are_counted(tmp_path):
    found = read_document(agentrx, tmp_path, [{**RECORD, "trajectory_id": 2}])

    assert found.events == []
    assert found.skipped == {"labels of a numbered task": 1}


def test_lists_of_plain_chat_messages_are_not_ours():
    head = [b'[{"role": "system", "content": "x"}, {"role": "user", "content": "y"}]']

    assert not agentrx.recognises(head)


def test_a_value_that_should_not_be_there_costs_at_most_its_record():
    for wrong in [*with_one_wrong(RECORD), *with_one_wrong(TEAM[1])]:
        assert raised(agentrx, wrong) == [], wrong
    for wrong in [*with_one_wrong(LABELS), *with_one_wrong({"history": EXPERTS[0]})]:
        assert raised(who_and_when, wrong) == [], wrong
