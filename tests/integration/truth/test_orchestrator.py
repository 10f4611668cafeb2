"""An orchestrator's telemetry: the independent count is reproduced, but for what is named here."""

from collections import Counter

import pytest

from homeostat.model.views import Window
from truths import NOT_COMPARED, a_homeostat, counted, differing, truths

pytestmark = pytest.mark.shared
OF_LINES = {"finished", "error_events", "events", "levels", "tokens", "unknown_by_kind"}
"""Not of calls: compared below, or of lines that are no facts."""


def test_each_file_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wanted = truths(shared_data, "generic-jsonl")
    wrong = {}

    for index, (name, truth) in enumerate(sorted(wanted.items())):
        homeostat = a_homeostat(tmp_path / str(index))
        done = homeostat.import_files([shared_data / "traces" / name])
        found = counted(homeostat, "gemini-cli") | {"lines": done.lines}
        calls = found["calls_by_tool"]
        # A task whose agent could not be made is finished and never started: a call for us.
        never_started = calls.pop("FailingFactory", 0)
        found["calls"] -= never_started
        # Commands typed by a person belong to no orchestrator: one run of their own.
        found["runs"] -= any(tool.startswith("cli:") for tool in calls)
        wrong |= {
            f"{name} {key}": both
            for key, both in differing(
                truth, found, not_compared=NOT_COMPARED | OF_LINES | {"failed_ids_sha256"}
            ).items()
        }
        facts = Counter[str]()
        for run in homeostat.runs(Window()):
            detail = homeostat.run(run.run_id)
            facts.update({fact.name: fact.count for fact in detail.facts})
        assert facts["log.error"] == truth["error_events"]
        assert (
            sum(run.output_tokens for run in homeostat.runs(Window())) == truth["tokens"]["total"]
        )

    assert wanted
    assert wrong == {}
