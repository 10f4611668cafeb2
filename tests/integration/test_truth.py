"""Every figure of the independent count is reproduced, file by file and for all as one store."""

import json
from collections import Counter

import pytest

from homeostat.model.views import Window
from truths import a_homeostat, counted, differing, truths

pytestmark = pytest.mark.shared
CLIENTS = ("claude-code", "codex")


@pytest.mark.parametrize("client", CLIENTS)
def test_each_file_in_a_store_of_its_own_gives_the_figures_of_the_truth(
    client, shared_data, tmp_path
):
    wanted = truths(shared_data, client)
    wrong = {}

    for index, (name, truth) in enumerate(sorted(wanted.items())):
        homeostat = a_homeostat(tmp_path / str(index))
        done = homeostat.import_files([shared_data / "traces" / name])
        found = counted(homeostat, client) | {"lines": done.lines}
        wrong |= {f"{name} {key}": both for key, both in differing(truth, found).items()}

    assert wanted
    assert wrong == {}


@pytest.mark.parametrize("client", CLIENTS)
def test_all_files_as_one_store_count_a_session_saved_twice_once(client, shared_data, homeostat):
    totals = json.loads((shared_data / "traces" / "totals.json").read_text())
    together = totals.get(f"{client}, files taken together", totals[client])
    together.pop("tokens_if_first_line_kept", None)

    done = homeostat.import_files([shared_data / "traces" / client])

    found = counted(homeostat, client)
    found |= {"files": done.files, "sessions": found["runs"]}
    found["subagent_tokens"] = together.get("subagent_tokens") and {
        **together["subagent_tokens"],
        **found["subagent_tokens"],
    }
    assert {key: found[key] for key in together} == together


def test_the_runs_count_as_their_calls_do(shared_data, homeostat):
    homeostat.import_files([shared_data / "traces" / client for client in CLIENTS])

    for run in homeostat.runs(Window()):
        calls = homeostat.run(run.run_id).calls
        main = Counter(call.outcome for call in calls if call.agent == "main")
        assert (run.calls, run.failed_calls, run.denied_calls, run.interrupted_calls) == (
            main.total(),
            main["error"],
            main["denied"],
            main["interrupted"],
        )
        assert run.unknown_calls == main["unknown"]
    assert homeostat.check() == []
