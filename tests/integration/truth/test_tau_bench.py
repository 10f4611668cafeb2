"""tau-bench, and the runs of it in AgentRx: the independent count is reproduced."""

import json

import pytest

from homeostat.model.views import Window
from truths import NOT_COMPARED, a_homeostat, counted, differing, digest, rewards, truths

pytestmark = pytest.mark.shared
RETAIL = "agentrx/tau_retail_failed.json.gz"
# Messages of the system are of no view.
LEFT_OUT = NOT_COMPARED - {"failed_ids_sha256"} | {"messages"}


def recordings(folder):
    return truths(folder, "tau-bench") | {RETAIL: truths(folder, "agentrx")[RETAIL]}


def test_each_file_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wrong = {}

    for index, (name, truth) in enumerate(recordings(shared_data).items()):
        homeostat = a_homeostat(tmp_path / str(index))
        homeostat.import_files([shared_data / "traces" / name])
        found = counted(homeostat, "tau-bench") | rewards(homeostat)
        found["failed_ids_sha256"] = digest(found["failed_ids"])
        wrong |= {
            f"{name} {key}": both
            for key, both in differing(truth, found, not_compared=LEFT_OUT).items()
        }

    assert wrong == {}


def test_all_files_as_one_store_give_the_totals(shared_data, tmp_path):
    total = json.loads((shared_data / "traces" / "totals.json").read_text())["tau-bench"]
    homeostat = a_homeostat(tmp_path)

    done = homeostat.import_files([shared_data / "traces" / "tau-bench"])

    found = counted(homeostat, "tau-bench") | {"files": done.files}
    assert {key: found[key] for key in total} == total


def test_the_reward_says_how_a_run_came_out(shared_data, tmp_path):
    homeostat = a_homeostat(tmp_path)

    homeostat.import_files([shared_data / "traces" / "tau-bench"])

    outcomes = {(run.reward, run.outcome) for run in homeostat.runs(Window())}
    assert outcomes == {(1.0, "well"), (0.0, "badly")}
