"""Every figure of the independent count is reproduced, file by file and for all as one store."""

import json
from collections import Counter
from pathlib import Path

import pytest

from fakes import FixedClock
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load
from homeostat.model.views import CallView, RunView, Window

pytestmark = pytest.mark.shared
CLIENTS = ("claude-code", "codex")
FAILED = ("error", "denied", "interrupted")
TOKENS = {
    "claude-code": {
        "input": "input_tokens",
        "output": "output_tokens",
        "cache_write": "cache_creation_tokens",
        "cache_read": "cache_read_tokens",
    },
    "codex": {
        "input": "input_tokens",
        "cached_input": "cache_read_tokens",
        "output": "output_tokens",
    },
}
NOT_COMPARED = {
    "format", "failed_ids_sha256",  # said twice
    "first_ts", "last_ts",  # of lines, not of facts: docs/sources.md
    "tokens_if_first_line_kept", "tokens_monotonic",  # of the counting, not of the runs
    "ok_but_error_text",  # words in an answer; what is masked is judged, and labelled by hand
    "orphan_results", "sidechain_lines", "glued_lines", "subagents", "turns",  # of no view
}  # fmt: skip


def a_homeostat(folder: Path) -> Homeostat:
    return Homeostat(
        state=folder / "state",
        config=folder / "config",
        clock=FixedClock(),
        loaded=load(folder / "config", {}, directory=folder),
        environment={},
    )


def counted(homeostat: Homeostat, client: str) -> dict[str, object]:
    runs = homeostat.runs(Window())
    every = list(homeostat.calls(CallFilter()))
    main = [call for call in every if call.agent == "main"]
    failed = [call for call in main if call.outcome in FAILED]
    unknown = [call for call in main if call.outcome == "unknown"]
    return {
        "runs": len(runs),
        "calls": len(main),
        "calls_by_tool": by(main, "tool"),
        "failed": len(failed),
        "failed_by_tool": by(failed, "tool"),
        "failed_by_kind": by(failed, "failure_kind"),
        "unknown": len(unknown),
        "unknown_by_kind": by(unknown, "failure_kind"),
        "tokens": tokens(runs, client),
        "subagent_calls": sum(run.subagent_calls for run in runs),
        "subagent_failed": sum(run.subagent_failed_calls for run in runs),
        "subagent_unknown": sum(c.outcome == "unknown" for c in every if c.agent != "main"),
        "subagent_tokens": {"output": sum(run.subagent_output_tokens for run in runs)},
        "failed_ids": sorted(call.call_id for call in failed),
        **facts(homeostat, runs),
    }


def facts(homeostat: Homeostat, runs: list[RunView]) -> dict[str, int]:
    often = Counter[str]()
    for run in runs:
        detail = homeostat.run(run.run_id)
        often.update({fact.name: fact.count for fact in detail.facts})
    return {
        "compactions": often["compaction"],
        "interrupts": often["interrupt"],
        "api_retries": often["model.retry"],
        "api_error_messages": often["model.error"],
        "images": often["image"],
        "turns_complete": often["turn.end"],
        "turns_aborted": often["interrupt"],
    }


def by(calls: list[CallView], field: str) -> dict[str, int]:
    return dict(sorted(Counter(str(getattr(call, field)) for call in calls).items()))


def tokens(runs: list[RunView], client: str) -> dict[str, int]:
    return {
        name: sum(getattr(run, field) for run in runs) for name, field in TOKENS[client].items()
    }


@pytest.mark.parametrize("client", CLIENTS)
def test_each_file_in_a_store_of_its_own_gives_the_figures_of_the_truth(
    client, shared_data, tmp_path
):
    truth = json.loads((shared_data / "traces" / "truth.json").read_text())
    wanted = {name: facts for name, facts in truth.items() if name.startswith(f"{client}/")}
    differing = {}

    for index, (name, facts) in enumerate(sorted(wanted.items())):
        homeostat = a_homeostat(tmp_path / str(index))
        done = homeostat.import_files([shared_data / "traces" / name])
        found = counted(homeostat, client) | {"lines": done.lines}
        for key in set(facts) - NOT_COMPARED:
            truly = facts[key]
            if key in ("tokens", "subagent_tokens"):
                truly = {part: truly[part] for part in found[key]}
            if truly is not None and truly != found[key]:
                differing[f"{name} {key}"] = (truly, found[key])

    assert wanted
    assert differing == {}


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
