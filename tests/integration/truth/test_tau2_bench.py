"""tau2-bench: the independent count is reproduced, file by file and for all as one store."""

import json
from collections import Counter

import pytest

from homeostat.model.views import Window
from truths import (
    NOT_COMPARED,
    a_homeostat,
    counted,
    details,
    differing,
    digest,
    rewards,
    truths,
)

pytestmark = pytest.mark.shared
LEFT_OUT = NOT_COMPARED - {"failed_ids_sha256"}
EVERYONE = ("main", "user")
"""The simulated user is an agent as well; the count has the calls of both."""


def figures(homeostat):
    runs = homeostat.runs(Window())
    found = counted(homeostat, "tau2-bench", EVERYONE) | rewards(homeostat)
    said = (score.label for run in details(homeostat) for score in run.scores if score.label)
    return found | {
        "failed_ids_sha256": digest(found["failed_ids"]),
        "user_calls": sum(run.subagent_calls for run in runs),
        "user_output": sum(run.subagent_output_tokens for run in runs),
        "termination": dict(Counter(said)),
    }


def test_each_file_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wanted = truths(shared_data, "tau2-bench")
    wrong = {}

    for index, (name, truth) in enumerate(wanted.items()):
        homeostat = a_homeostat(tmp_path / str(index))
        homeostat.import_files([shared_data / "traces" / name])
        # What the simulated user read is of no view.
        truth["user_output"] = truth.pop("user_tokens")["output"]
        found = differing(truth, figures(homeostat), not_compared=LEFT_OUT)
        wrong |= {f"{name} {key}": both for key, both in found.items()}

    assert wanted
    assert wrong == {}


def test_all_files_as_one_store_give_the_totals(shared_data, tmp_path):
    total = json.loads((shared_data / "traces" / "totals.json").read_text())["tau2-bench"]
    homeostat = a_homeostat(tmp_path)

    done = homeostat.import_files([shared_data / "traces" / "tau2-bench"])

    found = counted(homeostat, "tau2-bench", EVERYONE) | {"files": done.files}
    assert {key: found[key] for key in total} == total
