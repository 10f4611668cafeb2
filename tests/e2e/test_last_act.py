"""The last act of the demo as a person and a script see it."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from hashlib import sha256

import pytest

from homeostat.model.pattern import Rate
from homeostat.model.rehearsal import (
    Answer,
    By,
    Kind,
    Mark,
    Opened,
    Rehearsal,
    Ruled,
    Table,
    Truth,
    WeekAgainstWeek,
)
from homeostat.model.verdict import Ruling
from homeostat.surfaces.cli.commands import run as run_here
from homeostat.surfaces.cli.demo import last_act, table_lines
from programs import PROGRAM, on_a_terminal, run

HASH = re.compile(r"^[0-9a-f]{64}$", re.MULTILINE)


def the_last_act(stdout):
    return stdout.partition("\n\n")[2]


def without_chance(shown):
    return re.sub(r"[\w-]{16}' \|", "' |", HASH.sub("", shown))


def an_answer(ruling, truth, **changes):
    known = {
        "ruling": ruling, "effect": -0.5, "low": -0.8, "high": None,
        "reasons": ("because of this", "9 units failed with the change, 18 without"),
        "ever": (ruling,), "said": None, "mark": Mark.OPEN,
    }  # fmt: skip
    return Opened(
        change_id="change-1",
        failure="timed out",
        tool="fetch",
        before_after=WeekAgainstWeek(
            failing_before=40, runs_before=1000, failing_after=10, runs_after=500,
            change=-0.5, said=Kind.HELPS, mark=Mark.WRONG,
        ),
        homeostat=Ruled(**(known | changes)),
        truth=truth,
    )  # fmt: skip


def shown(*changes):
    done = Rehearsal(seed=1, sha256="0" * 64, locked="nothing; x", changes=changes)
    return "\n".join(last_act.lines(done))


def test_the_hash_comes_before_the_verdicts_and_the_shell_finds_it_again(tmp_path):
    done = run(tmp_path, "demo", "--seed", "3", NO_COLOR="1")

    said = the_last_act(done.stdout)
    assert done.returncode == 0, done.stderr
    assert said.index("SHA-256") < HASH.search(said).start() < said.index("Change 1")
    (check,) = re.findall(r"^printf .*$", said, re.MULTILINE)
    printed = subprocess.run(["sh", "-c", check], capture_output=True, text=True, check=True)
    assert printed.stdout.split()[0] == HASH.search(said)[0]


def test_it_is_short_and_fits_80_columns_without_colour(tmp_path):
    done = run(tmp_path, "demo", "--seed", "4")

    lines = the_last_act(done.stdout).splitlines()
    assert len(lines) < 30
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in done.stdout
    assert len([line for line in lines if line.startswith("Change ")]) == 3
    assert sorted(line.split()[1].rstrip(":") for line in lines if "  truth " in line) == [
        "does", "harms", "helps",
    ]  # fmt: skip


def test_the_same_seed_shows_the_same_whatever_the_word_of_the_lock(tmp_path):
    one, two = (the_last_act(run(tmp_path, "demo", "--seed", "5").stdout) for _ in range(2))

    assert without_chance(one) == without_chance(two)
    assert one != two


def test_without_a_terminal_a_seed_is_drawn_and_told(tmp_path):
    said = the_last_act(run(tmp_path, "demo").stdout)

    assert re.search(r"simulated fleet, seed \d+$", said, re.MULTILINE)


def test_a_person_picks_the_seed(tmp_path):
    said = on_a_terminal(tmp_path, "demo", answer=b"4711\n")

    assert "Seed of the simulated fleet" in said
    assert "simulated fleet, seed 4711" in said


def test_json_has_the_lock_the_answers_and_the_truth(tmp_path):
    done = run(tmp_path, "demo", "--seed", "6", "--json")

    (row,) = json.loads(done.stdout)["rows"]
    act = row["last_act"]
    assert act["seed"] == 6
    assert act["sha256"] == sha256(act["locked"].encode()).hexdigest()
    assert act["sha256"] in done.stderr
    assert {change["truth"]["kind"] for change in act["changes"]} == set(Kind)
    assert {change["homeostat"]["mark"] for change in act["changes"]} <= set(Mark)


def test_a_judge_that_does_not_work_fails_the_demo_after_the_lock_was_told(monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", "/bin/false")

    code = run_here(["demo", "--sample", "--seed", "1"])

    said = capsys.readouterr()
    assert code == 1
    assert "verify-file in a process of its own" in said.err
    assert HASH.search(said.out)
    assert "truth  " not in said.out


@pytest.mark.parametrize(
    ("ruling", "changes", "wanted"),
    [
        (Ruling.VERIFIED, {"high": -0.2}, "helps: 50 % fewer (-80 to -20 %)"),
        (Ruling.DOWN, {}, "unless it"),
        (Ruling.WORSE, {}, "harms: because of this"),
        (Ruling.NO_EFFECT, {}, "does nothing: 50 % fewer"),
        (Ruling.NO_DATA, {}, "cannot be judged: because of this"),
        (Ruling.INCONCLUSIVE, {}, "not proven: 9 units failed with the change"),
        (Ruling.INCONCLUSIVE, {"ever": (Ruling.VERIFIED, Ruling.INCONCLUSIVE)},
         "not proven: because of this"),
    ],
)  # fmt: skip
def test_each_ruling_has_its_words(ruling, changes, wanted):
    said = shown(an_answer(ruling, Truth(kind=Kind.NOTHING), **changes))

    assert wanted in said


def test_what_is_wrong_and_what_is_not_decided_is_shown_as_that():
    wrong = an_answer(Ruling.VERIFIED, Truth(kind=Kind.HARMS, target=2.0), mark=Mark.WRONG)
    open_ = an_answer(Ruling.INCONCLUSIVE, Truth(kind=Kind.HELPS, target=0.5))

    said = shown(wrong, open_)

    assert re.search(r"homeostat +helps: .* WRONG$", said, re.MULTILINE)
    assert re.search(r"homeostat +not proven: .* not decided$", said, re.MULTILINE)
    assert "In sum: before/after 2 wrong; homeostat 1 wrong, 1 not decided" in said


def test_the_table_shows_what_was_said_and_what_was_missed(tmp_path):
    done = run(tmp_path, "demo", "--trials", "2", "--seed", "10")

    said = done.stdout
    assert done.returncode == 0, done.stderr
    assert max(map(len, said.splitlines())) <= 80
    assert "2 simulated fleets, seeds 10 to 11, three changes each" in said
    for head in ("2 changes that help", "2 changes that do nothing", "2 changes that harm"):
        assert head in said
    assert len(re.findall(r"^  homeostat +verified", said, re.MULTILINE)) == 3
    assert len(re.findall(r"of 2 each: missed \d cures, \d harms", said)) == 2


def test_the_table_counts_the_missed():
    def answers(truth, by, *said):
        return [
            Answer(truth=truth, by=by, answer=word, mark=mark,
                   share=Rate(part=part, whole=10, low=0.0, high=1.0))
            for word, mark, part in said
        ]  # fmt: skip

    found = Table(
        seeds=10,
        first_seed=1,
        duration_s=1.0,
        answers=(
            *answers(Kind.HELPS, By.HOMEOSTAT, ("verified", Mark.RIGHT, 6),
                     ("inconclusive", Mark.OPEN, 4)),
            *answers(Kind.NOTHING, By.HOMEOSTAT, ("verified", Mark.WRONG, 2),
                     ("inconclusive", Mark.OPEN, 8)),
            *answers(Kind.HARMS, By.HOMEOSTAT, ("worse", Mark.RIGHT, 7),
                     ("inconclusive", Mark.OPEN, 3)),
        ),
    )  # fmt: skip

    said = "\n".join(table_lines.lines(found))

    assert "of 10 each: missed 4 cures, 3 harms; wrong on 2 useless" in said
    assert "right 13 of 30" in said


def test_the_table_in_json(tmp_path):
    done = run(tmp_path, "demo", "--trials", "1", "--seed", "10", "--json")

    (row,) = json.loads(done.stdout)["rows"]
    assert (row["seeds"], row["first_seed"]) == (1, 10)
    assert sum(answer["share"]["part"] for answer in row["answers"]) == 6


@pytest.mark.parametrize("arguments", [("--sample",), ("--own",)])
def test_the_table_needs_no_histories(tmp_path, arguments):
    done = run(tmp_path, "demo", "--trials", "1", *arguments)

    assert done.returncode == 2
    assert "--trials" in done.stderr


@pytest.fixture
def heard():
    """What a shell ignores for its background (SIGINT), its children would ignore as well."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_an_interrupted_table_leaves_no_process(tmp_path):
    master, slave = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, "demo", "--trials", "100", "--seed", "1"], stdin=slave, stdout=slave,
        stderr=slave, start_new_session=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm"},
    ) as process:  # fmt: skip
        os.close(slave)
        seen = b""
        while not re.search(rb"[1-9]%", seen):  # the first seeds are done
            seen += os.read(master, 65536)

        os.killpg(process.pid, signal.SIGINT)

        assert process.wait(timeout=60) == 130
    os.close(master)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
