"""From a pattern to the remedies that fit it."""

from datetime import UTC, datetime

import pytest

from homeostat.analyze.effect.power import provable
from homeostat.model.pattern import Improvement, Pattern, Rate, Recovery, State, Status
from homeostat.model.signature import ErrorClass
from homeostat.model.views import FailureGroup
from homeostat.plan.catalogue import CATALOGUE
from homeostat.plan.proposals import (
    MOST,
    improvement_id,
    is_reopened,
    proposals,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def pattern(error_class, *, tool="Bash", line="boom {x}", recoveries=()):
    group = FailureGroup(
        signature="S-A1", error_class=error_class, tool=tool, line=line, nature="fault",
        failures=12, runs=6, lost_ms=0, lost_tokens=0, first_at=None, last_at=None,
    )  # fmt: skip
    return Pattern(
        group=group, family=f"{error_class}:{tool}", tool_family="shell",
        state=State.ONGOING, escalated=False,
        last_week=12, undated=0, rate=Rate(part=12, whole=100, low=0.1, high=0.2),
        failing_runs_a_day=3, confidence=0.98,
        correlation_score=None,
        recoveries=recoveries,
    )  # fmt: skip


def proposed(error_class, **given):
    return proposals(pattern(error_class, **given), provable)


@pytest.mark.parametrize("error_class", ErrorClass)
def test_each_class_of_failure_has_something_that_fits(error_class):
    found = proposed(error_class.value)

    assert 1 <= len(found) <= MOST
    assert all(item.expected == "unknown" and item.reason for item in found)


def test_a_module_of_node_itself_that_is_missing_asks_for_another_node():
    missing = [
        proposed("import_error", line=f"Error: Cannot find module '{name}'")[0].kind
        for name in ("node:path", "express", "node-fetch")
    ]

    assert missing == ["node_version", "hint_interpreter", "hint_interpreter"]
    assert proposed("dependency", line="npm ERR! code EBADENGINE")[0].kind == "node_version"


@pytest.mark.parametrize(
    ("older", "wanted"),
    [
        ("timeout", {"raise_timeout", "split_work"}),
        ("connection", {"health_check", "retry_backoff"}),
        ("server_crashed", {"breaker", "health_check"}),
        ("permission_denied", {"permission_rule"}),
        ("not_found", {"hint_existence"}),
    ],
)
def test_what_older_systems_proposed_is_proposed(older, wanted):
    assert wanted <= {item.kind for item in proposed(older)}


def test_the_same_remedy_of_the_same_pattern_always_has_the_same_id():
    one, other = proposed("timeout"), proposed("timeout")

    assert one == other
    assert len({improvement_id("S-A1", remedy.kind) for remedy in CATALOGUE}) == len(CATALOGUE)
    assert all(item.improvement_id.startswith("I-") for item in one)


def test_a_lesson_is_offered_where_the_agent_found_the_way_out_before():
    way = Recovery(what="`npm install` first", times=3, of=4)

    assert "lesson" in {item.kind for item in proposed("import_error", recoveries=(way,))}
    assert "lesson" not in {item.kind for item in proposed("import_error")}


def test_it_is_said_by_when_it_could_be_proven():
    found = proposed("timeout")[0].provable

    assert found == provable(found.effect, found.a_day)
    assert found.needed


@pytest.mark.parametrize(("failures", "reopened"), [(12, False), (23, False), (24, True)])
def test_a_declined_one_comes_back_with_twice_the_evidence(failures, reopened):
    item = Improvement(
        proposal=proposed("timeout")[0], status=Status.DECLINED, created_at=NOW, changed_at=NOW,
        declined_failures=12,
    )  # fmt: skip

    assert is_reopened(item, failures=failures) is reopened


@pytest.mark.parametrize(
    ("tool", "error_class", "kinds"),
    [
        ("@model", "overloaded", ["retry_backoff", "fallback_model"]),
        ("@model", "quota", ["raise_quota", "fallback_model"]),
        ("@model", "auth", ["renew_login"]),
        ("@model", "not_found", ["look_closer"]),
        ("fetch", "quota", ["raise_quota"]),
        ("fetch", "overloaded", ["retry_backoff"]),
    ],
)
def test_a_remedy_is_for_tools_or_for_the_model(tool, error_class, kinds):
    assert [item.kind for item in proposed(error_class, tool=tool)] == kinds


def test_the_model_and_a_run_are_named_in_words():
    assert "the model" in proposed("overloaded", tool="@model")[0].title
    assert "the run" in proposed("overloaded", tool="@run")[0].title
