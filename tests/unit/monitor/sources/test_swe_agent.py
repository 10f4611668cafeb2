"""SWE-agent's trajectories, histories, and mini-swe-agent's talks: what each says."""

import json

import pytest

from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document
from homeostat.monitor.sources.swe_agent.reader import source
from readings import read_records

PATH = "/runs/gpt4__default/marsh-7/marsh-7.traj.gz"


def step(action, observation="", **more):
    return {"trajectory": {"action": action, "observation": observation, "response": "x"} | more}


def said(role, content="", **more):
    return {"history": {"role": role, "content": content, "agent": "main"} | more}


def asked(call_id, name="find_file", **arguments):
    function = {"name": name, "arguments": json.dumps(arguments)}
    return said("assistant", "I look.", tool_calls=[{"id": call_id, "function": function}])


def of(*records, path=PATH):
    found = read_records(source, records, path=path)
    assert found.unreadable == []
    return found


@pytest.mark.parametrize(
    ("observation", "outcome", "kind"),
    [
        ("8.2\n", Outcome.UNKNOWN, "no_status"),
        ("", Outcome.UNKNOWN, "no_status"),
        (None, Outcome.UNKNOWN, "no_status"),
        ("Traceback (most recent call last):", Outcome.UNKNOWN, "no_status"),
        ("\n  Your proposed edit has introduced new syntax error(s).", Outcome.ERROR, "template"),
        ("EXECUTION TIMED OUT", Outcome.ERROR, "template"),
        ("The command 'x' was cancelled because it took more than 30 s", Outcome.ERROR, "template"),
        ("I said: Your command was blocked", Outcome.UNKNOWN, "no_status"),
    ],
)
def test_only_the_tools_own_refusals_say_how_a_step_came_out(observation, outcome, kind):
    result = of(step("python a.py\n", observation)).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind) == (outcome, kind)


def test_steps_are_named_by_their_place_and_their_first_word():
    found = of(step("open a.py 7"), step(""), step("edit 1:1\nx = 1\nend_of_edit"), step(None))

    assert [(call.call_id, call.tool, call.command) for call in found.of(Kind.CALL)] == [
        ("#0", "open", "open a.py 7"),
        ("#1", "edit", "edit 1:1\nx = 1\nend_of_edit"),
    ]


@pytest.mark.parametrize(
    ("seconds", "ms"), [(0.25, 250), (0, None), (None, None), (-1, None), (1e300, None)]
)
def test_how_long_a_step_took(seconds, ms):
    assert of(step("ls", execution_time=seconds)).one(Kind.RESULT).duration_ms == ms


def test_the_task_is_the_first_words_of_the_user_that_are_no_example():
    found = of(
        step("ls"),
        said("system", "You are..."),
        said("user", "Here is a demonstration", is_demo=True),
        said("user", "Solve this issue."),
        said("user", "8.2"),
        asked("c1"),
    )

    assert found.one(Kind.PROMPT).text == "Solve this issue."
    assert [call.call_id for call in found.of(Kind.CALL)] == ["#0"]


def test_of_a_history_alone_the_calls_are_those_of_its_messages():
    found = of(
        said("user", "Solve this issue."),
        asked("c1", file_name="a.py"),
        said("tool", "Found 1 match.", tool_call_ids=["c1", "c9"]),
        asked("REDACTED", "open", path="a.py"),
        asked("", "submit"),
    )

    assert [(call.call_id, call.tool, call.path) for call in found.of(Kind.CALL)] == [
        ("c1", "find_file", ""),
        ("#1", "open", "a.py"),
        ("#2", "submit", ""),
    ]
    assert [(r.call_id, r.text, r.failure_kind) for r in found.of(Kind.RESULT)] == [
        ("c1", "Found 1 match.", "no_status"),
        ("#1", "", "no_status"),
        ("#2", "", "no_status"),
    ]


def test_what_is_told_of_the_whole_run():
    stats = {"tokens_sent": 500, "tokens_received": 40, "instance_cost": 0.5, "api_calls": 3}
    found = of({"environment": "x", "info": {"exit_status": "exit_cost", "model_stats": stats}})

    usage = found.one(Kind.USAGE).usage
    assert (usage.message_id, usage.input_tokens, usage.output_tokens) == ("", 500, 40)
    assert found.one(Kind.COST).cost_usd == 0.5
    score = found.one(Kind.SCORE)
    assert (score.name, score.score.label, score.score.decides) == (
        "exit_status", "exit_cost", False,
    )  # fmt: skip
    assert found.one(Kind.LIMIT).name == "exit_cost"


def test_a_run_that_was_submitted_reached_no_limit_and_a_replay_cost_nothing():
    stats = {"tokens_sent": 0, "tokens_received": 0, "instance_cost": 0}
    found = of({"info": {"exit_status": "submitted", "model_stats": stats}})

    assert found.of(Kind.LIMIT) == found.of(Kind.COST) == []


TALK = [
    {"role": "system", "content": "Answer with ```mswea_bash_command"},
    {"role": "user", "content": "Solve this."},
    {"role": "assistant", "content": "I look.\n\n```mswea_bash_command\nls -la\n```"},
    {"role": "user", "content": "<returncode>0</returncode>\n<output>\na.py\n</output>"},
    {"role": "assistant", "content": [{"type": "text", "text": "```bash\npython a.py\n```"}]},
    {"role": "user", "content": "<returncode>1</returncode>\n<output>boom</output>"},
    {"role": "assistant", "content": "No command."},
    {"role": "user", "content": "<returncode>9</returncode>"},
    {"role": "assistant", "content": "```bash\nsubmit\n```"},
    {"role": "user", "content": "diff --git"},
]


@pytest.mark.parametrize("wrapped", ["messages", ""])
def test_mini_swe_agents_blocks_end_with_the_code_in_the_next_message(wrapped):
    found = of(*({wrapped: message} if wrapped else message for message in TALK))

    assert [(c.call_id, c.tool, c.command) for c in found.of(Kind.CALL)] == [
        ("#0", "bash", "ls -la"),
        ("#1", "bash", "python a.py"),
        ("#2", "bash", "submit"),
    ]
    assert [(r.call_id, r.outcome, r.exit_code) for r in found.of(Kind.RESULT)] == [
        ("#0", Outcome.OK, 0),
        ("#1", Outcome.ERROR, 1),
    ]
    assert found.one(Kind.PROMPT).text == "Solve this."


def tool_call(call_id, **arguments):
    return {"id": call_id, "function": {"name": "bash", "arguments": json.dumps(arguments)}}


def observed(call_id, code, text="", **extra):
    return {
        "role": "tool", "tool_call_id": call_id, "content": text or f"<output>{code}</output>",
        "extra": {"returncode": code, "timestamp": 1_795_211_515.5} | extra,
    }  # fmt: skip


def test_newer_ones_call_the_shell_as_a_tool_and_tell_the_code_beside_the_answer():
    asks = [tool_call("c1", command="ls"), tool_call("c2", command="make"), tool_call("c3")]
    talk = [
        {"role": "user", "content": "Solve this."},
        {"role": "assistant", "content": None, "tool_calls": asks,
         "extra": {"timestamp": 1_795_211_514}},
        observed("c1", 0),
        observed("c2", -1, exception_info="Command 'make' timed out after 30 seconds"),
        observed("c3", -1, exception_info="action was not executed"),
        {"role": "exit", "content": "diff", "extra": {"exit_status": "Submitted"}},
    ]  # fmt: skip

    found = of(*({"messages": message} for message in talk))

    assert [(c.call_id, c.command) for c in found.of(Kind.CALL)] == [
        ("c1", "ls"), ("c2", "make"), ("c3", ""),
    ]  # fmt: skip
    assert [(r.call_id, r.outcome, r.failure_kind) for r in found.of(Kind.RESULT)] == [
        ("c1", Outcome.OK, ""), ("c2", Outcome.ERROR, "timeout"),
        ("c3", Outcome.INTERRUPTED, "aborted"),
    ]  # fmt: skip
    assert [r.ts.microsecond for r in found.of(Kind.RESULT)] == [500_000] * 3
    assert found.skipped == {}


def test_a_time_in_other_units_takes_no_message_with_it():
    found = of({"messages": observed("c1", 1, timestamp=1_795_211_515_500)})

    assert (found.one(Kind.RESULT).ts, found.one(Kind.RESULT).exit_code) == (None, 1)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"content": "The last command <command>make</command> timed out."}, "timeout", None),
        ({"content": "odd words", "extra": {"returncode": 2}}, "exit_code", 2),
        ({"content": "<exception>no</exception>\n<returncode>-1</returncode>"}, "exit_code", -1),
        ({"content": "x", "extra": {"exception_info": "gone"}}, "other", None),
    ],
)
def test_a_command_that_failed_is_told_in_words_or_beside_them(answer, kind, code):
    found = of(*TALK[:3], {"role": "user", **answer})

    result = found.one(Kind.RESULT)
    assert (result.outcome, result.failure_kind, result.exit_code) == (Outcome.ERROR, kind, code)


def test_a_call_that_cannot_be_read_is_said():
    message = {"role": "assistant", "content": "x", "tool_calls": ["make", tool_call("c1")]}

    found = of(message | {"extra": 7})

    assert [call.call_id for call in found.of(Kind.CALL)] == ["c1"]
    assert found.skipped == {"unreadable call": 1, "unreadable extra": 1}


def test_roles_that_nobody_knows_are_counted():
    assert of({"role": "oracle", "content": ""}).skipped == {"message oracle": 1}


@pytest.mark.parametrize(
    ("path", "run"),
    [
        ("/runs/gpt4__default/marsh-7/marsh-7.traj", "gpt4__default/marsh-7"),
        ("/runs/gpt4__default/marsh-7.traj.gz", "gpt4__default/marsh-7"),
        ("/runs/mini/marsh-7/marsh-7.traj.json", "mini/marsh-7"),
        ("marsh-7.traj", "marsh-7"),
    ],
)
def test_a_run_is_named_by_its_file_and_by_what_tells_it_from_others_of_the_task(path, run):
    assert of(step("ls"), path=path).one(Kind.CALL).run_id == run


@pytest.mark.parametrize(
    "record",
    [b"[]", b"7", b'{"trajectory": {"action": 7}}', b'{"history": {"role": 7}}', b'{"info": []}',
     b'{"info": {"model_stats": {"tokens_sent": -1e400}}}', b'{"trajectory": null}', b"{",
     b'{"history": {"role": "assistant", "tool_calls": [7]}}', b'{"messages": {"role": null}}'],
)  # fmt: skip
def test_damage_raises_nothing_else(record):
    found = read_records(source, [record, step("ls")])

    assert found.of(Kind.CALL)[-1].tool == "ls"


@pytest.mark.parametrize(
    ("content", "recognised"),
    [
        ({"environment": "x", "trajectory": [{"action": "ls", "observation": ""}]}, True),
        ({"history": [{"content": "x", "role": "user", "agent": "main"}]}, True),
        (TALK, True),
        ({"info": {}, "messages": TALK}, True),
        ({"history": [{"role": "user", "content": "x"}]}, False),
        ([{"role": "user", "content": "x"}], False),
        ({"trajectory": [{"thought": "x"}]}, False),
        ({}, False),
    ],
)
def test_a_trajectory_is_recognised_by_its_members(content, recognised):
    head = json.dumps(content, indent=2).encode().splitlines()

    assert source.recognises(head) is recognised
    assert source.framing(head) == Document(split=("trajectory", "history", "messages"))
