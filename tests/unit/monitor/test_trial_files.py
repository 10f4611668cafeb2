"""The two files of a trial: what is read, what is refused, what is unclear."""

import json
import random

import pytest

from homeostat.analyze.effect.judging import judge
from homeostat.model.errors import SourceError
from homeostat.model.trial import Arm, Design
from homeostat.monitor.trial_files import declared, recorded
from trial_records import at, change, records
from trials import SIBLING, TARGET, a_trial, simulated


def read(lines, **changes):
    of = declared(json.dumps(change(a_trial(), **changes)).encode(), "change.json")
    return recorded([json.dumps(line).encode() for line in lines], "case.jsonl", of)


def a_record(**changes):
    return {"type": "run", "run_id": "r", "started_at": at(1), "ended_at": at(1.01), "ok": True,
            "change_id": "imp-1", "arm": "treatment", **changes}  # fmt: skip


def a_call(**changes):
    return {"type": "tool_call", "run_id": "r", "tool": "fetch", "ok": True, **changes}


def test_what_was_written_is_read_and_judged_the_same_in_any_order():
    runs, trial = simulated(1, effect=0.2, unclear=0.1, days=15), a_trial(design=Design.CANARY)
    lines = records(runs, trial)
    random.Random(0).shuffle(lines)

    found = read(lines)

    assert found.bad_lines == 0
    assert judge(found.runs, trial, today=14).ruling is judge(runs, trial, today=14).ruling
    assert judge(found.runs, trial, today=14).seen == judge(runs, trial, today=14).seen


@pytest.mark.parametrize(
    ("calls", "run", "wanted"),
    [
        ([a_call(ok=False, signature=TARGET)], {}, {"failed": (TARGET,)}),
        ([a_call(ok=False, signature=SIBLING)], {}, {"failed": (SIBLING,)}),
        ([a_call(ok=None)], {}, {"is_unclear": True}),
        ([a_call(ok=False)], {}, {"is_unclear": True}),
        ([a_call(tool="shell", ok=None)], {}, {"is_unclear": False}),
        ([a_call(tool="shell", ok=False, signature="x")], {}, {"failed_elsewhere": ("x",)}),
        ([a_call()], {"tool_calls": 2}, {"is_unclear": True}),
        ([a_call(duration_ms=10), a_call(duration_ms=30)], {"tool_calls": 2}, {"tool_ms": 20.0}),
        ([], {"arm": "neither"}, {"arm": None}),
        ([], {"change_id": "imp-2"}, {"arm": None}),
        ([], {"started_at": at(-1)}, {"arm": None}),
        ([], {"arm": "control", "fraction": 0.1}, {"arm": Arm.CONTROL, "share": 0.1}),
        ([], {"session": "s"}, {"unit": "r"}),
        ([], {"nobody": {"knows": 1}}, {"arm": Arm.TREATMENT}),
    ],
)
def test_a_run_says_what_its_calls_do(calls, run, wanted):
    (found,) = read([*calls, a_record(**run)]).runs

    assert {name: getattr(found, name) for name in wanted} == wanted


def test_by_session_the_session_is_the_unit():
    rollout = {"design": "canary", "fraction": 0.5, "unit": "session"}
    (found,) = read([a_record(session="s")], rollout=rollout).runs

    assert found.unit == "s"


def test_lines_that_cannot_be_read_are_counted_and_named():
    of = declared(json.dumps(change(a_trial())).encode(), "change.json")
    lines = [b"{", b"", b"[]", b'{"type":"other"}', b"\xff", json.dumps(a_record()).encode()]
    found = recorded(lines, "case.jsonl", of)

    assert len(found.runs) == 1
    assert found.bad_lines == 4
    assert found.problems[0].startswith("case.jsonl:1: ")


@pytest.mark.parametrize(
    ("said", "meant"),
    [("-40 % of this failure", -0.4), ("40 % fewer", -0.4), (-0.7, -0.7), (None, -0.4),
     ("a lot", -0.4)],
)  # fmt: skip
def test_what_was_expected_is_a_number_or_the_usual_one(said, meant):
    found = declared(json.dumps(change(a_trial(), expected=said)).encode(), "change.json")

    assert found.trial.expected == pytest.approx(meant)


def test_a_change_may_have_no_trigger():
    found = declared(json.dumps(change(a_trial(), trigger=None)).encode(), "change.json")

    assert found.trial.trigger_from is None


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"\xff", b"{}",
        json.dumps(change(a_trial(), rollout={"design": "some"})).encode(),
        json.dumps(change(a_trial(), rollout={"design": "switchback"})).encode(),
        json.dumps(change(a_trial(), rollout={"design": "canary", "fraction": 1})).encode(),
        json.dumps(change(a_trial(), applied_at="2026-11-02T00:00:00")).encode(),
        json.dumps(change(a_trial(), expected="+40 %")).encode(),
        json.dumps(change(a_trial(), looks=[])).encode(),
    ],
)  # fmt: skip
def test_what_declares_no_trial_is_refused_with_a_next_step(data):
    with pytest.raises(SourceError, match="declares no trial") as refused:
        declared(data, "change.json")

    assert refused.value.next_step


def test_a_run_that_ends_before_it_starts_takes_no_time():
    (found,) = read([a_record(ended_at=at(0.5))]).runs

    assert found.ended == found.started
