"""Inspect AI: the independent count is reproduced, file by file and for all as one store."""

import json
from collections import Counter, defaultdict

import pytest

from truths import NOT_COMPARED, a_homeostat, counted, details, differing, truths

pytestmark = pytest.mark.shared
LEFT_OUT = NOT_COMPARED | {
    "status",  # of the evaluation, not of a run
    "failed_ids",  # compared below: the count puts the place of the sample before the id
}
MADE_UP = "inspect-ai/log_tool_call_error.json.gz"
"""Holds one of the four samples of its totals: tokens of none."""


def figures(homeostat):
    found = counted(homeostat, "inspect-ai")
    grades = defaultdict(Counter)
    for run in details(homeostat):
        for score in run.scores:
            grades[score.name][score.label] += 1
    facts = [fact for run in details(homeostat) for fact in run.facts]
    return found | {
        "scores": {name: dict(said) for name, said in grades.items()},
        "sample_errors": sum(fact.count for fact in facts if fact.name == "model.error"),
    }


def test_each_file_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wanted = truths(shared_data, "inspect-ai")
    wrong = {}

    for index, (name, truth) in enumerate(wanted.items()):
        homeostat = a_homeostat(tmp_path / str(index))
        homeostat.import_files([shared_data / "traces" / name])
        found = figures(homeostat)
        wrong |= {
            f"{name} {key}": both
            for key, both in differing(truth, found, not_compared=LEFT_OUT).items()
        }
        assert [f"0:{call_id}" for call_id in found["failed_ids"]] == truth["failed_ids"]

    assert wanted
    assert wrong == {f"{MADE_UP} tokens": ({"input": 1, "output": 1}, {"input": 0, "output": 0})}


def test_all_files_as_one_store_give_the_totals(shared_data, tmp_path):
    total = json.loads((shared_data / "traces" / "totals.json").read_text())["inspect-ai"]
    homeostat = a_homeostat(tmp_path)

    done = homeostat.import_files([shared_data / "traces" / "inspect-ai"])

    found = counted(homeostat, "inspect-ai") | {"files": done.files}
    assert {key: found[key] for key in total} == total
