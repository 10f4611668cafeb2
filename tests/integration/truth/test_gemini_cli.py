"""Gemini CLI: the independent count is reproduced, file by file."""

import pytest

from truths import NOT_COMPARED, a_homeostat, counted, differing, truths

pytestmark = pytest.mark.shared


def test_each_session_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wanted = truths(shared_data, "gemini-cli")
    wrong = {}

    for index, (name, truth) in enumerate(sorted(wanted.items())):
        homeostat = a_homeostat(tmp_path / str(index))
        homeostat.import_files([shared_data / "traces" / name])
        found = counted(homeostat, "gemini-cli")
        # Messages of the service and thoughts are of no view.
        left_out = NOT_COMPARED | {"messages"}
        wrong |= {
            f"{name} {key}": both
            for key, both in differing(truth, found, not_compared=left_out).items()
        }

    assert wanted
    assert wrong == {}
