import json

import pytest

from homeostat.monitor.conversations import conversations
from homeostat.monitor.speakers import is_work, speaker


def written(folder, document):
    path = folder / "a.json"
    path.write_text(json.dumps(document))
    return path


TEAM = [
    {"role": "human", "content": "Go"},
    {"role": "Orchestrator (thought)", "content": "Plan"},
    {"role": "WebSurfer", "content": [{"type": "text", "text": "Found"}]},
]
TALK = [
    {"role": "system", "content": "Policy"},
    {"role": "assistant", "content": None, "tool_calls": []},
    {"role": "tool", "name": "think", "content": ""},
]


@pytest.mark.parametrize("document", [TEAM, {"history": TEAM, "is_correct": False}])
def test_a_list_of_messages_is_a_run_with_every_message_at_its_place(tmp_path, document):
    (run,) = conversations(written(tmp_path, document))

    assert run.name == ""
    assert [(m.agent, m.text, m.is_actor) for m in run.messages] == [
        ("human", "Go", False), ("Orchestrator", "Plan", False), ("WebSurfer", "Found", True),
    ]  # fmt: skip


def test_runs_of_one_file_are_named_by_their_tasks(tmp_path):
    runs = [{"task_id": 7, "reward": 0.0, "traj": TALK}, {"task_id": 8, "reward": 0.0, "traj": []}]

    found = list(conversations(written(tmp_path, runs)))

    assert [run.name for run in found] == ["7", "8"]
    assert [m.is_actor for m in found[0].messages] == [False, True, False]


@pytest.mark.parametrize(
    "document",
    [
        {"history": TEAM, "is_corrected": True},
        [{"task_id": 7, "reward": 1.0, "traj": TALK}],
        {"settings": {}},
        [{"trajectory_id": "a", "failures": []}],
        [],
    ],
)
def test_what_came_out_well_or_is_no_conversation_gives_nothing(tmp_path, document):
    assert list(conversations(written(tmp_path, document))) == []


@pytest.mark.parametrize(
    ("name", "role", "who", "works"),
    [
        (None, "human", "human", False),
        (None, "user", "user", False),
        (None, "assistant", "assistant", True),
        ("Sums_Expert", "user", "Sums_Expert", True),
        ("Computer_terminal", "user", "Computer_terminal", False),
        ("ComputerTerminal", "assistant", "ComputerTerminal", False),
        ("think", "tool", "think", False),
        (None, "Orchestrator (-> WebSurfer)", "Orchestrator", False),
        (None, "Orchestrator", "Orchestrator", True),
    ],
)
def test_who_speaks_and_whether_it_is_work(name, role, who, works):
    assert (speaker(name, role), is_work(name, role)) == (who, works)
