"""What failing calls have that working ones have not, and how the agent got over it."""

import pytest

from homeostat.analyze import context as judged
from homeostat.analyze.context import featured, features, programs
from homeostat.model.pattern import ContextCall


def context(calls, tool):
    return judged.context(featured(calls), "S-A", tool)


def recoveries(calls, tool):
    return judged.recoveries(featured(calls), "S-A", tool)


def call(run, command="ls", *, outcome="ok", signature="", tool="Bash", path="", args="{}"):
    return ContextCall(
        run=f"run{run}", stratum="claude-code", tool=tool, outcome=outcome, signature=signature,
        command=command, args=args, path=path, version="2.1", model="opus", project="/srv",
    )  # fmt: skip


def failing(run, command):
    return call(run, command, outcome="error", signature="S-A")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("npm test", ("npm test",)),
        ("cd /srv && FOO=1 /usr/bin/python3 app.py | tail -3", ("python3", "tail")),
        ("git -C x status", ("git",)),
        ("", ()),
    ],
)
def test_a_shell_line_is_known_by_its_programs(command, expected):
    assert programs(command) == expected


def test_what_came_before_and_where_are_features():
    found = features(
        call(1, "", tool="Edit", path="/srv/app.py", args='{"old_string": "x"}'),
        call(1, "make", outcome="error"),
    )

    assert {"on a .py file", "gave `old_string`", "came after a failed make"} <= found


def test_a_command_that_only_failing_calls_ran_stands_out():
    calls = [failing(n, "npm test") for n in range(12)] + [call(50 + n) for n in range(30)]

    found = context(calls, "Bash")

    assert found.score is not None
    assert found.score > 0.6
    assert found.factors[0].name == "ran `npm test`"
    assert (found.factors[0].failing, found.factors[0].working) == (12, 0)


def test_calls_like_all_others_have_no_distinct_context():
    calls = [failing(n, "ls") for n in range(12)] + [call(50 + n) for n in range(30)]

    found = context(calls, "Bash")

    assert (found.score, found.factors) == (0.0, ())


def test_too_few_failing_calls_have_no_context_at_all():
    assert context([failing(1, "x"), call(2)], "Bash").score is None


def test_runs_in_any_order_give_the_same_context():
    calls = [failing(n, "npm test") for n in range(12)] + [call(50 + n) for n in range(30)]

    assert context(calls, "Bash") == context(calls[::-1], "Bash")


def test_what_was_done_before_it_worked_again_is_how_it_healed_itself():
    calls = []
    for run in range(4):
        calls += [failing(run, "npm test"), call(run, "npm install"), call(run, "npm test")]
    calls += [failing(9, "npm test"), failing(8, "npm test"), call(8, "npm test")]

    found = recoveries(calls, "Bash")

    assert [(way.what, way.times, way.of) for way in found] == [
        ("`npm install` first", 4, 5),
        ("`npm test` the same once more", 1, 5),
    ]
