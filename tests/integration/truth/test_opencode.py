"""opencode's exported sessions: the independent count is reproduced, file by file."""

import pytest

from homeostat.model.views import Window
from truths import each_file_differs, facts, together, totals

pytestmark = pytest.mark.shared
OF_NO_VIEW = {"messages", "subagent"}
"""How many messages a session has, and whether another one started it."""


def test_each_session_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wrong = each_file_differs(
        shared_data, tmp_path, "opencode", "opencode", left_out=OF_NO_VIEW, more=failed_messages
    )

    assert wrong == {}


def failed_messages(homeostat):
    """A message with an error is one that a person stopped, or that the model's service failed."""
    often = facts(homeostat, homeostat.runs(Window()))
    return {"message_errors": often["interrupts"] + often["api_error_messages"]}


def test_all_files_as_one_store_give_the_totals(shared_data, homeostat):
    homeostat.import_files([shared_data / "traces" / "opencode"])

    assert together(homeostat) == totals(shared_data, "opencode")
