"""agentv's eval results: the independent count is reproduced, file by file."""

import pytest

from homeostat.model.views import Window
from truths import each_file_differs, labels, together, totals

pytestmark = pytest.mark.shared


def test_each_file_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wrong = each_file_differs(
        shared_data, tmp_path, "agentv-eval-results", "agentv", left_out=set(), more=verdicts
    )

    assert wrong == {}


def verdicts(homeostat):
    return {
        "runs_by_status": labels(homeostat, "execution_status"),
        "failure_reasons": labels(homeostat, "failure_reason_code"),
    }


def test_runs_come_out_as_the_evaluation_says(shared_data, homeostat):
    homeostat.import_files([shared_data / "traces" / "agentv-eval-results"])

    outcomes = {
        (homeostat.run(run.run_id).scores[0].label, run.outcome) for run in homeostat.runs(Window())
    }
    assert outcomes == {("ok", "well"), ("quality_failure", "badly"), ("execution_error", "badly")}


def test_all_files_as_one_store_give_the_totals(shared_data, homeostat):
    homeostat.import_files([shared_data / "traces" / "agentv-eval-results"])

    assert together(homeostat) == totals(shared_data, "agentv-eval-results")
