"""Judging never raises, is fast on anything, and gives the same answer twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.analyze import reading
from homeostat.analyze.commands import steps
from homeostat.analyze.nature import SHELLS, judge
from homeostat.analyze.run_outcome import OUTCOMES, Rule, run_outcome
from homeostat.analyze.shell_words import LONGEST_LINE, tokens
from homeostat.model.call import CallFacts, RunFacts, RunStep
from homeostat.model.outcome import Nature, Outcome, Role, RunEnd, RunOutcome

ANYTHING = st.text(st.characters(exclude_categories=()))
"""Also lone surrogates and NUL."""
PIECES = st.sampled_from(
    [
        "pytest", "grep x", "cat a", "git commit -m y", "npm test", "cd b", "||", "&&", "|", ";",
        "\n", "(", ")", "{", "}", "$(", "`", "'", '"', "<<EOF", "EOF", "if", "then", "else", "fi",
        "case", "in", "esac", ";;", "for", "do", "done", "while", "!", "> out", "2>/dev/null",
        "set -e", "bash -c", "A=1", "sudo", "env", "timeout 3", "xargs", "\\", "#", "f()", "\0",
    ]
)  # fmt: skip
LINES = st.lists(PIECES, max_size=30).map(" ".join) | ANYTHING
WORDS = st.sampled_from(
    [
        "1 failed", "FAIL", "error: x", "fatal: y", "no such file or directory", "zsh:1: z", "\n",
        "command not found: grep", "Exit code 1\n", "exit: 3", "npm error code E404", ": ",
        "✖ 2 problems",
        "Traceback (most recent call last)", "a.py:1:2: E501", "0 fail", "usage: q", "\x1b[31m",
    ]
)  # fmt: skip
OUTPUTS = st.lists(WORDS, max_size=20).map("".join) | ANYTHING
CALLS = st.builds(
    CallFacts,
    tool=st.sampled_from([*sorted(SHELLS), "Edit", "mcp__a__b", "run_tests", "\ud800"]),
    outcome=st.sampled_from(Outcome),
    failure_kind=st.sampled_from(["", "exit_code", "tool_use_error", "other"]),
    command=LINES,
    args=ANYTHING,
    exit_code=st.none() | st.integers(),
    text=OUTPUTS,
)
STEPS = st.builds(
    RunStep,
    kind=st.sampled_from(["call", "prompt", "interrupt", "final"]),
    tool=st.just("Bash"),
    command=LINES,
    outcome=st.sampled_from(Outcome),
    failure_kind=st.sampled_from(["", "exit_code", "no_result"]),
    nature=st.sampled_from(Nature),
    masked=st.sampled_from(Nature),
    role=st.sampled_from(Role),
)


@given(CALLS)
def test_any_call_is_judged_and_twice_alike(facts):
    judged = judge(facts)

    reading._known.cache_clear()
    assert judge(facts) == judged
    assert (judged.nature is Nature.NONE) == (facts.outcome is not Outcome.ERROR)
    assert judged.masked is Nature.NONE or facts.outcome is Outcome.OK
    assert judged.rule or judged.nature is judged.masked is Nature.NONE


@given(LINES)
def test_any_line_has_steps_with_a_program_each(line):
    assert all(step.words and isinstance(step.name, str) for step in steps(line))


@given(st.lists(STEPS, max_size=12), st.sampled_from(RunEnd))
def test_any_run_comes_out_by_a_rule_that_has_a_name(found, ended):
    judged = run_outcome(RunFacts(steps=found, ended=ended))

    assert judged.outcome is OUTCOMES.get(Rule(judged.rule), RunOutcome.UNKNOWN)


@given(st.lists(STEPS, max_size=12))
def test_a_run_that_stopped_inside_a_call_is_never_said_to_have_come_out(found):
    judged = run_outcome(RunFacts(steps=found, ended=RunEnd.UNKNOWN))

    assert judged.outcome is RunOutcome.UNKNOWN


@pytest.mark.parametrize(
    "piece",
    [
        "a", " ", "\n", "'", '"', "`", "$(", "(", "{ ", "a;", "a && ", "a | ", "if ", "for a in ",
        "case a in ", "<<E\n", "\\", "sudo ", "A=1 ", "bash -c '", "cat 'a' ", "error: ",
        "1 fail\n",
        "a:1:1: ", "zsh:1: ", "FAIL ", "x not found ", "✖ ", "\ud800", "\0", "Chunk ID: x\n",
    ],
)  # fmt: skip
def test_a_megabyte_of_anything_is_judged(piece):
    """One pattern that goes back and forth over it would never end."""
    huge = piece * (1_000_000 // len(piece))
    facts = [
        CallFacts(tool="Bash", outcome=outcome, command=command, text=text, args=huge, exit_code=1)
        for outcome in (Outcome.OK, Outcome.ERROR)
        for command, text in ((huge, "1 failed"), ("npm test | tail; echo $?", huge), (huge, huge))
    ]

    assert all(judge(call).nature in Nature for call in facts)


def test_of_a_huge_line_only_its_beginning_is_read():
    assert len(tokens("a " * LONGEST_LINE)) == LONGEST_LINE // 2
