"""SWE-agent: the independent count is reproduced, file by file."""

import pytest

from truths import each_file_differs, labels, together, totals

pytestmark = pytest.mark.shared
OF_NO_VIEW = {"api_calls", "variant", "observations_starting_with_traceback"}
"""How often the model was asked, the shape of the file, and words in an answer of a step whose
outcome nobody said."""


def test_each_trajectory_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wrong = each_file_differs(
        shared_data, tmp_path, "swe-agent", "swe-agent", left_out=OF_NO_VIEW, more=exit_status
    )

    assert wrong == {}


def exit_status(homeostat):
    return {"exit_status": next(iter(labels(homeostat, "exit_status")), None)}


def test_all_files_as_one_store_give_the_totals(shared_data, homeostat):
    homeostat.import_files([shared_data / "traces" / "swe-agent"])

    assert together(homeostat) == totals(shared_data, "swe-agent")
