"""OpenClaw: the independent count is reproduced, file by file."""

import pytest

from homeostat.model.views import Window
from truths import each_file_differs, together, totals

pytestmark = pytest.mark.shared
OF_NO_VIEW = {"session_lines"}
"""The one there is stands behind stray bytes: it is read here, and not by that count."""


def test_each_session_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wrong = each_file_differs(
        shared_data, tmp_path, "openclaw", "openclaw", left_out=OF_NO_VIEW, more=bad_lines
    )

    assert wrong == {}


def bad_lines(homeostat):
    return {"bad_lines": len(homeostat.coverage().bad_lines)}


def test_a_session_whose_first_line_is_glued_to_something_has_its_id_and_its_folder(
    shared_data, homeostat
):
    homeostat.import_files([shared_data / "traces" / "openclaw"])

    (run,) = homeostat.runs(Window())
    assert (run.run_id, run.project) == ("b3db607f-7ae8-4089-b806-44800e961672", "/app")


def test_all_files_as_one_store_give_the_totals(shared_data, homeostat):
    homeostat.import_files([shared_data / "traces" / "openclaw"])

    assert together(homeostat) == totals(shared_data, "openclaw")
