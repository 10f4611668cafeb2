"""Figures of tools and sessions: what counts as what, and what is not told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.analyze.metrics import (
    Counted,
    effectiveness,
    figures,
    missing_sessions,
    percentile,
    share,
    sums,
    tool,
)
from homeostat.analyze.trends import trend
from homeostat.model.durations import step_of

ROWS = [
    Counted("ok", "none", 90, 4), Counted("error", "fault", 10, 0),
    Counted("error", "finding", 20, 0), Counted("unknown", "none", 30, 0),
    Counted("denied", "none", 3, 0), Counted("interrupted", "none", 2, 0),
]  # fmt: skip


def a_tool(rows, **arguments):
    return tool("Bash", sums(rows), **{"timeouts": 0, "steps": {}, "trend": trend([])} | arguments)


def test_findings_worked_and_what_is_unknown_or_hid_a_failure_is_neither():
    found = a_tool(ROWS, timeouts=4)

    assert (found.success.part, found.success.whole) == (106, 116)
    assert (found.error.part, found.timeout.part) == (10, 4)
    assert (found.unknown, found.masked, found.findings) == (30, 4, 20)
    assert found.calls == 155


def test_effectiveness_is_the_success_rate_times_the_logarithm_of_calls():
    assert effectiveness(sums(ROWS)) == pytest.approx(106 / 116 * math.log2(155))
    assert effectiveness(sums([Counted("ok", "none", 1, 0)])) == 1


def test_of_a_tool_whose_outcomes_are_all_unknown_nothing_is_claimed():
    found = a_tool([Counted("unknown", "none", 500, 0)])

    assert found.effectiveness is None
    assert not found.needs_attention
    assert (found.success.low, found.success.high) == (0, 1)


def test_attention_is_asked_for_below_eighty_per_cent_beyond_noise():
    def needs(worked, faults):
        rows = [Counted("ok", "none", worked, 0), Counted("error", "fault", faults, 0)]
        return a_tool(rows).needs_attention

    assert needs(60, 40)
    assert needs(0, 10)
    assert not needs(3, 1)
    assert not needs(0, 1)
    assert not needs(90, 10)


@given(st.lists(st.integers(1, 10**6), min_size=5, max_size=60), st.sampled_from([0.5, 0.95]))
def test_a_percentile_of_steps_is_near_that_of_the_durations(durations, part):
    steps: dict[int, int] = {}
    for took in durations:
        steps[step_of(took)] = steps.get(step_of(took), 0) + 1
    # The value that as many reach: the step that holds it is known, its place in it is not.
    wanted = sorted(durations)[math.ceil(part * len(durations)) - 1]

    found = percentile(steps, part)

    assert found
    assert wanted / 2.01 <= found <= wanted * 2.01


def test_few_timed_calls_have_no_percentile():
    assert percentile({10: 4}, 0.5) is None
    assert percentile({}, 0.5) is None


def test_figures_of_sessions_are_their_quantiles():
    found = figures("calls", "", [1, 2, 3, 4, 100])

    assert found
    assert (found.p50, found.runs) == (3, 5)
    assert found.p95 == pytest.approx(80.8)
    assert figures("calls", "", []) is None


def test_a_minimum_is_said_with_what_is_known():
    missing = missing_sessions(3, 20)

    assert missing
    assert (missing.known, missing.needed) == (3, 20)
    assert missing_sessions(10) is None
    assert share(0, 0).high == 1
