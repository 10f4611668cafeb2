"""What follows what, what goes before a failure, who is started with whom."""

import random

from homeostat.analyze.sequences import (
    Called,
    Spawned,
    hot_files,
    precursors,
    steps,
    together,
)

MINUTE = 60_000_000_000


def call(run, tool, *, fault=False, agent="main", path="", change=False):
    return Called(run, agent, tool, fault, path, change)


def test_a_step_counts_within_one_run_and_agent():
    calls = [call(str(run), name) for run in range(6) for name in ("Read", "Edit")]

    (found,) = steps(calls)

    assert (found.first, found.then, found.times, found.share) == ("Read", "Edit", 6, 1)


def test_other_agents_calls_in_between_do_not_part_a_step():
    calls = []
    for run in range(5):
        calls += [call(run, "Read"), call(run, "Grep", agent="sub"), call(run, "Edit")]

    assert [(s.first, s.then) for s in steps(calls)] == [("Read", "Edit")]


def test_a_step_taken_four_times_is_no_habit():
    assert steps([call(run, name) for run in range(4) for name in ("Read", "Edit")]) == []
    assert steps([]) == []


def runs_of(chance, count, *, share_with, share_without):
    found = []
    for number in range(count):
        before = chance.choice(["Write", "Read", "Grep", "Glob"])
        fails = chance.random() < (share_with if before == "Write" else share_without)
        found += [call(str(number), before), call(str(number), "Edit", fault=fails)]
    return found


def test_what_goes_with_a_failure_is_found_and_named():
    found = precursors(runs_of(random.Random(2), 300, share_with=0.6, share_without=0.1))

    assert [(item.tool, item.before) for item in found] == [("Edit", "Write")]
    assert found[0].odds_ratio > 4


def test_nothing_is_told_of_calls_that_fail_by_chance():
    claims = [
        precursors(runs_of(random.Random(seed), 150, share_with=0.2, share_without=0.2))
        for seed in range(40)
    ]

    # 5 % of 40 are 2; more than 5 would come once in thirty times.
    assert sum(bool(claim) for claim in claims) <= 5


def test_hot_files_are_ranked_by_runs_then_changes():
    calls = [call(str(run), "Edit", path="a.py", change=True) for run in range(3)]
    calls += [call(str(run), "Read", path="b.py") for run in range(3)]
    calls += [call("1", "Edit", path="lone.py", change=True)] * 9
    calls += [call("2", "Edit", path="a.py", fault=True)]

    found = hot_files(calls)

    assert [item.path for item in found] == ["a.py", "b.py"]
    assert (found[0].runs, found[0].changes, found[0].failures) == (3, 3, 1)


def test_agents_started_within_ten_minutes_are_together():
    spawned = []
    for run in range(4):
        spawned += [Spawned(str(run), "tester", 0), Spawned(str(run), "coder", 9 * MINUTE)]
        spawned += [Spawned(str(run), "late", 30 * MINUTE), Spawned(str(run), "untimed", None)]

    (found,) = together(spawned)

    assert (found.one, found.other, found.runs, found.share) == ("coder", "tester", 4, 1)


def test_the_order_of_runs_changes_nothing():
    calls = runs_of(random.Random(2), 100, share_with=0.6, share_without=0.1)
    pairs = [calls[at : at + 2] for at in range(0, len(calls), 2)]
    random.Random(1).shuffle(pairs)
    mixed = [one for pair in pairs for one in pair]

    assert (steps(mixed), precursors(mixed), hot_files(mixed)) == (
        steps(calls), precursors(calls), hot_files(calls),
    )  # fmt: skip
