"""verify-file, power and simulate as people and scripts see them."""

import json
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from homeostat.loop.trials import judged, planned
from homeostat.model.errors import HomeostatError, SourceError, UsageError
from homeostat.model.trial import Design
from homeostat.model.verdict import Ruling
from trial_records import APPLIED, at, written
from trials import a_trial, simulated

PROGRAM = str(Path(sys.executable).with_name("homeostat"))
WORLDS = {
    "verified": ({"effect": 0.1}, {}),
    "down": ({"effect": 0.1, "moved": 1.0, "rate": 0.08}, {}),
    "worse": ({"effect": 0.5, "sibling": 5.0}, {}),
    "no_effect": ({"rate": 0.9, "runs_a_day": 250}, {}),
    "inconclusive": ({"effect": 0.9}, {}),
    "improved_unproven": ({"effect": 0.05, "rate": 0.08}, {"design": Design.FULL}),
}


def run(folder: Path, *arguments: str, given: str = ""):
    return subprocess.run(
        [PROGRAM, *arguments], input=given, capture_output=True, text=True, check=False,
        env={"HOME": str(folder), "NO_COLOR": "1", "COLUMNS": "80"},
    )  # fmt: skip


def a_case(folder, world, declared):
    trial = a_trial(**declared)
    for seed in range(30):
        runs = simulated(seed, design=trial.design, **world)
        yield written(folder, runs, trial)


@pytest.mark.parametrize("wanted", WORLDS)
def test_each_verdict_is_told_in_words_within_eighty_columns_and_as_json(wanted, tmp_path):
    for case, change in a_case(tmp_path, *WORLDS[wanted]):
        if judged(case, change).verdict.ruling is Ruling(wanted):
            break
    shown = run(tmp_path, "verify-file", str(case), str(change))
    said = json.loads(run(tmp_path, "verify-file", str(case), str(change), "--json").stdout)

    lines = shown.stdout.splitlines()
    assert shown.returncode == 0
    assert lines[0].startswith(wanted)
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Answer") for line in lines)
    assert any(line.startswith("Next") for line in lines)
    assert said["verdict"] == wanted
    assert (said["decided_at"] is None) == (wanted == "inconclusive")


def test_while_it_runs_the_days_to_go_are_said(tmp_path):
    case, change = written(tmp_path, simulated(4, effect=0.7), a_trial())
    shown = run(tmp_path, "verify-file", str(case), str(change), "--as-of", at(10)).stdout

    assert "not proven yet: " in shown
    assert "to go" in shown
    assert "the next look is on day 14" in shown


def test_a_cut_at_a_later_day_changes_no_earlier_verdict(tmp_path):
    runs = simulated(1, effect=0.1)
    case, change = written(tmp_path, runs, a_trial())
    early = judged(case, change, as_of=APPLIED + timedelta(days=14))

    case, change = written(tmp_path, [r for r in runs if r.ended < 14], a_trial())
    assert judged(case, change).verdict == early.verdict


def test_a_file_without_runs_and_a_day_before_are_refused(tmp_path):
    case, change = written(tmp_path, [], a_trial())
    with pytest.raises(SourceError, match="no run"):
        judged(case, change)

    case, change = written(tmp_path, simulated(1, days=1), a_trial())
    with pytest.raises(UsageError, match="before the change"):
        judged(case, change, as_of=APPLIED - timedelta(days=1))
    with pytest.raises(SourceError, match="cannot be read"):
        judged(tmp_path, change)
    assert run(tmp_path, "verify-file", str(change), str(case)).returncode == 1


def test_runs_without_an_arm_are_no_data(tmp_path):
    case, change = written(tmp_path, [r for r in simulated(1) if r.arm is None], a_trial())
    shown = run(tmp_path, "verify-file", str(case), str(change)).stdout

    assert shown.startswith("no_data")
    assert "no run since the change" in shown


def test_power_says_whether_by_when_and_what_instead(tmp_path):
    yes = run(tmp_path, "power", "--rate", "5", "--effect", "-80%").stdout
    no = run(tmp_path, "power", "--rate", "1", "--effect", "-0.2", "--share", "0.2").stdout
    never = run(tmp_path, "power", "--rate", "0", "--effect", "+60%").stdout
    as_json = json.loads(run(tmp_path, "power", "--rate", "5", "--effect=-80%", "--json").stdout)

    assert yes.startswith("yes: -80%")
    assert no.startswith("not within 28 days")
    assert "--share 0.5" in no
    assert never.startswith("no: ")
    assert as_json["needed"] == 20
    for shown in (yes, no, never):
        assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("effect", ["much", "0", "-200%"])
def test_an_effect_that_is_none_is_refused(effect, tmp_path):
    done = run(tmp_path, "power", "--rate", "5", "--effect", effect)

    assert done.returncode == 2
    assert "error: " in done.stderr


def test_power_does_not_say_that_nothing_can_be_proven_where_it_does_not_wait_for_it(tmp_path):
    shown = run(tmp_path, "power", "--rate", "200", "--effect", "-5%").stdout

    assert "takes more than 4,000 failing runs" in shown


def test_days_without_data_are_told_as_spans(tmp_path):
    case, change = written(tmp_path, simulated(1), a_trial())
    shown = run(tmp_path, "verify-file", str(case), str(change), "--as-of", at(400)).stdout

    assert "to expect on day 22 to 400" in shown


def test_power_refuses_what_cannot_be_planned():
    with pytest.raises(HomeostatError, match="cannot be planned"):
        planned(-0.4, rate_a_day=-1, share=0.5)


def calls() -> list[dict[str, object]]:
    """Of 40 runs: a fetch that fails and is tried again, then a search; alternating formats."""
    found: list[dict[str, object]] = []
    for number in range(40):
        own = {"run_id": f"r{number}", "agent": "main", "type": "tool_call"}
        url = {"url": f"/old/{number % 4}"}
        found += [
            {**own, "tool": "fetch", "ok": False, "error_type": "timeout", "signature": "t",
             "duration_ms": 1000, "limit_ms": 1000, "ts": at(-20 + number / 2), "input": url},
            {**own, "tool": "fetch", "outcome": "ok" if number % 2 else "error",
             "error_class": "timeout", "signature": "t", "duration_ms": 1500 + number,
             "limit_ms": 2000, "started_at": at(-19.9 + number / 2), "input": url,
             "result": number},
            {**own, "tool": "browse", "ok": True, "ts": at(-19.8 + number / 2)},
        ]  # fmt: skip
    return found


ANSWERS = [
    (["timeout", "--tool", "fetch", "--from-ms", "1000", "--to-ms", "2000"], "estimate", 40),
    (["retry", "--tool", "fetch"], "estimate", 40),
    (["rate-limit", "--a-minute", "1"], "estimate", 0),
    (["fallback", "--tool", "fetch", "--other", "browse"], "cannot be simulated", None),
    (["arguments", "--tool", "fetch", "--refuse", "/old/"], "estimate", 60),
    (["cache", "--tool", "fetch", "--ttl-s", "86400"], "estimate", None),
    (["prompt"], "cannot be simulated", None),
]


@pytest.mark.parametrize(("arguments", "standing", "of"), ANSWERS, ids=lambda a: str(a)[:20])
def test_a_replay_says_how_far_it_can_be_trusted(arguments, standing, of, tmp_path):
    method, *options = arguments
    text = "".join(json.dumps(call) + "\n" for call in calls()) + "{broken\n"
    path = tmp_path / "calls.jsonl"
    path.write_text(text, encoding="utf-8")
    shown = run(tmp_path, "simulate", method, str(path), *options)
    piped = run(tmp_path, "simulate", method, *options, "--json", given=text)
    said = json.loads(piped.stdout)

    assert shown.returncode == 0
    assert shown.stdout.startswith(said["standing"])
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert method == "prompt" or "1 line that could not be read" in shown.stderr
    if method != "cache":
        assert said["standing"] == standing
    if of is not None:
        assert said["of"] == of


@pytest.mark.parametrize("method", ["timeout", "rate-limit", "fallback", "arguments", "cache"])
def test_a_replay_that_is_not_said_in_full_names_its_options(method, tmp_path):
    done = run(tmp_path, "simulate", method, given="")

    assert done.returncode == 2
    assert "needs --" in done.stderr


def test_a_rule_that_is_no_pattern_is_refused(tmp_path):
    assert run(tmp_path, "simulate", "arguments", "--refuse", "[", given="").returncode == 2


def test_a_new_failure_cannot_be_replayed(tmp_path):
    old = [{"tool": "fetch", "ok": True, "ts": at(day)} for day in range(-40, 0)]
    new = [call | {"ts": at(-3), "started_at": at(-3)} for call in calls()]
    text = "".join(json.dumps(call) + "\n" for call in [*old, *new])
    said = json.loads(run(tmp_path, "simulate", "retry", "--json", given=text).stdout)

    assert said["standing"] == "cannot be simulated"
    assert "days old" in said["what"]


def test_looks_come_in_order(tmp_path):
    case, change = written(tmp_path, simulated(1, effect=0.1), a_trial())
    days = [look.day for look in judged(case, change).verdict.looks]

    assert all(one < other for one, other in pairwise(days))
