"""Fleets of the demo over several seeds: effects as told, noise as told; the judge apart."""

import json
import stat
import subprocess
import sys

import pytest

from homeostat.loop.rehearsal import table
from homeostat.loop.rehearsal.blind import apart_in, in_process, opened, staged
from homeostat.loop.rehearsal.fleet import fleet
from homeostat.loop.rehearsal.sealed import sealed
from homeostat.loop.rehearsal.story import told
from homeostat.loop.wiring import chance, nonce
from homeostat.model.errors import ProgramError
from homeostat.model.rehearsal import By, Kind, Mark, Truth
from homeostat.model.trial import Arm
from homeostat.model.verdict import Ruling

SEEDS = range(500, 512)
SPY = """#!{python}
import json, os, sys
with open({seen!r}, "a") as seen:
    print(json.dumps([sys.argv, dict(os.environ), sorted(os.listdir())]), file=seen)
os.execv({python!r}, [{python!r}, *sys.argv[1:]])
"""


def stories(truth, seeds=SEEDS):
    for seed in seeds:
        made = fleet(chance(f"{seed} fleet"))
        yield made, told(made, truth, chance(f"{seed} days"))


def ratio(truth):
    """Of treated runs with the target to control runs with it, all fleets together."""
    failing = dict.fromkeys(Arm, 0)
    for made, story in stories(truth):
        target = made.failures.index(story.target)
        for run in story.runs:
            if run.arm and target in run.failed:
                failing[run.arm] += 1
    return failing[Arm.TREATMENT] / failing[Arm.CONTROL]


@pytest.mark.parametrize(
    ("truth", "low", "high"),
    [
        (Truth(kind=Kind.HELPS, target=0.25), 0.15, 0.35),
        (Truth(kind=Kind.NOTHING), 0.85, 1.18),
        (Truth(kind=Kind.HARMS, target=2.5), 2.1, 3.0),
    ],
)
def test_a_change_does_what_its_truth_says(truth, low, high):
    assert low < ratio(truth) < high


def test_what_the_alarm_chose_passes_by_itself():
    window = after = runs_window = runs_after = 0
    for made, story in stories(Truth(kind=Kind.NOTHING)):
        target = made.failures.index(story.target)
        for run in story.runs:
            if story.trigger_from <= run.started < story.trigger_from + 3:
                runs_window += 1
                window += target in run.failed
            elif run.started >= story.applied:
                runs_after += 1
                after += target in run.failed

    assert after / runs_after < 0.8 * window / runs_window


def test_there_are_weekends_retries_unknown_outcomes_and_missing_calls():
    _, story = next(stories(Truth(kind=Kind.NOTHING)))

    weekend = sum(run.started % 7 >= 5 for run in story.runs) / 2
    weekday = sum(run.started % 7 < 5 for run in story.runs) / 5
    calls = [call for run in story.runs for call in run.calls]
    again = [
        run for run in story.runs for failed in [[c.failure for c in run.calls if c.failure]]
        if len(failed) > len(set(failed))
    ]  # fmt: skip
    assert weekend < 0.7 * weekday
    assert again
    assert any(call.is_ok is None for call in calls)
    assert any(run.calls_made > len(run.calls) for run in story.runs)


def test_each_of_the_six_orders_comes():
    orders = {tuple(found.truth.kind for found in staged(seed, chance)) for seed in range(520, 545)}

    assert len(orders) == 6


def test_the_judge_apart_says_what_the_judge_here_says(tmp_path):
    (stage, *_) = staged(500, chance)

    apart = opened(stage, apart_in(tmp_path, {}))

    assert apart == opened(stage, in_process)


def test_the_judge_gets_two_files_and_nothing_of_the_truth(tmp_path, monkeypatch):
    seen, folder, spy = tmp_path / "seen", tmp_path / "judge", tmp_path / "python"
    folder.mkdir()
    spy.write_text(SPY.format(python=sys.executable, seen=str(seen)))
    spy.chmod(spy.stat().st_mode | stat.S_IXUSR)
    stages = tuple(staged(777000777, chance))
    lock = sealed((stage.truth for stage in stages), nonce())
    monkeypatch.setattr(sys, "executable", str(spy))

    for stage in stages:
        opened(stage, apart_in(folder, {"PATH": "/usr/bin:/bin"}))

    told_judge = seen.read_text()
    starts = [json.loads(line) for line in told_judge.splitlines()]
    assert [files for _, _, files in starts] == [["case.change.json", "case.jsonl"]] * 3
    assert {tuple(argv[1:]) for argv, _, _ in starts} == {
        ("-P", "-m", "homeostat", "verify-file", "case.jsonl", "case.change.json", "--json")
    }
    secret = [lock.text, *lock.text.split("; "), lock.digest, "777000777"]
    given = told_judge + "".join(path.read_text() for path in folder.iterdir())
    assert [word for word in secret if word in given] == []


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
def test_a_judge_that_gives_no_answer_is_an_error(tmp_path, monkeypatch, program):
    (stage, *_) = staged(500, chance)
    monkeypatch.setattr(sys, "executable", program)

    with pytest.raises(ProgramError, match="verify-file in a process of its own"):
        opened(stage, apart_in(tmp_path, {}))


def test_two_processes_find_what_one_finds_in_the_order_of_the_seeds():
    done = []

    found = table.rehearsed(range(500, 503), chance, done.append)

    assert found == [
        opened(stage, in_process) for seed in range(500, 503) for stage in staged(seed, chance)
    ]
    assert done == [1, 2, 3]


def test_the_table_counts_every_answer_once():
    found = table.table(3, 500, chance)

    for by in By:
        for kind in Kind:
            own = [a for a in found.answers if a.by is by and a.truth is kind]
            assert sum(a.share.part for a in own) == 3
            assert all(a.share.low <= a.share.part / 3 <= a.share.high for a in own)
    marks = {(a.truth, a.answer): a.mark for a in found.answers if a.by is By.HOMEOSTAT}
    assert marks[Kind.HELPS, Ruling.DOWN.value] is Mark.RIGHT
    assert marks[Kind.NOTHING, Ruling.DOWN.value] is Mark.WRONG
    assert marks[Kind.HARMS, Ruling.INCONCLUSIVE.value] is Mark.OPEN


def test_a_hash_from_the_shell_is_ours():
    lock = sealed([Truth(kind=Kind.HELPS, target=0.2)], nonce())

    printed = subprocess.run(
        ["sh", "-c", f"printf %s '{lock.text}' | sha256sum"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert printed.split()[0] == lock.digest
