"""The judges agree with people who read real calls and runs; only the labels are kept here."""

from collections import Counter

import pytest

from homeostat.analyze.nature import SHELLS
from natures import Half, findings, labelled, masks, outcomes, rows

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def calls(shared_data):
    return labelled(shared_data / "traces")


def test_enough_calls_are_labelled(calls):
    failed = [call for call in calls if not call.masked]
    succeeded = [call for call in calls if call.masked]

    assert len([call for call in failed if call.facts.tool in SHELLS]) >= 300
    assert len(succeeded) >= 150
    assert len([call for call in succeeded if call.masked != "none"]) >= 50


@pytest.mark.parametrize("half", Half)
def test_findings_are_told_from_faults(calls, half):
    score = findings(call for call in calls if call.half is half)

    assert score.precision >= 0.95
    assert score.recall >= 0.95


@pytest.mark.parametrize("half", Half)
def test_what_a_success_hides_is_seen(calls, half):
    score = masks(call for call in calls if call.half is half)

    assert score.precision >= 0.90
    assert score.recall >= 0.90


def test_a_masked_call_is_said_to_hide_what_it_hides(calls):
    both = [c for c in calls if c.masked not in ("", "none") and c.judged.masked != "none"]

    right = sum(call.judged.masked == call.masked for call in both)
    assert right / len(both) >= 0.90


def test_what_is_said_of_a_run_is_right(shared_data, tmp_path):
    seen = Counter(
        (outcome.said, outcome.label == outcome.said)
        for outcome in outcomes(shared_data / "traces", tmp_path)
    )

    assert len(list(rows("run_outcomes.jsonl"))) >= 60
    assert seen["well", True] / (seen["well", True] + seen["well", False]) >= 0.95
    assert seen["badly", True] / max(1, seen["badly", True] + seen["badly", False]) >= 0.90
    assert seen["well", True] >= 40
