"""Copilot CLI: the independent count is reproduced, file by file."""

import pytest

from homeostat.model.views import Window
from truths import each_file_differs, facts, together, totals

pytestmark = pytest.mark.shared
OF_NO_VIEW = {"shutdowns"}


def test_each_session_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wrong = each_file_differs(
        shared_data, tmp_path, "copilot-cli", "copilot-cli", left_out=OF_NO_VIEW, more=aborts
    )

    assert wrong == {}


def aborts(homeostat):
    return {"aborts": facts(homeostat, homeostat.runs(Window()))["interrupts"]}


def test_all_files_as_one_store_give_the_totals(shared_data, homeostat):
    homeostat.import_files([shared_data / "traces" / "copilot-cli"])

    assert together(homeostat) == totals(shared_data, "copilot-cli")
