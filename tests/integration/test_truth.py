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
TOGETHER = {
    "sessions": 66,
    "calls": 3160,
    "failed": 164,
    "unknown": 6,
    "subagent_calls": 107,
    "subagent_failed": 6,
    "tokens": {
        "input": 109021,
        "output": 591113,
        "cache_write": 13910102,
        "cache_read": 262831501,
    },
}


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


def cases() -> list[str]:
    return list(CLIENTS)


@pytest.mark.parametrize("client", cases())
def test_each_file_in_a_store_of_its_own_gives_the_figures_of_the_truth(
    client, shared_data, tmp_path
):
    truth = json.loads((shared_data / "traces" / "truth.json").read_text())
    wanted = {name: facts for name, facts in truth.items() if name.startswith(f"{client}/")}
    differing = {}

    for index, (name, facts) in enumerate(sorted(wanted.items())):
        homeostat = a_homeostat(tmp_path / str(index))
        homeostat.import_files([shared_data / "traces" / name])
        found = counted(homeostat, client)
        for key, value in found.items():
            truly = facts.get(key, value)
            if key == "tokens":
                truly = {part: truly[part] for part in TOKENS[client]}
            if truly is not None and truly != value:
                differing[f"{name} {key}"] = (truly, value)

    assert wanted
    assert differing == {}


def test_all_claude_code_files_as_one_store_count_a_session_saved_twice_once(
    shared_data, homeostat
):
    homeostat.import_files([shared_data / "traces" / "claude-code"])

    found = counted(homeostat, "claude-code")
    assert {key: found["runs" if key == "sessions" else key] for key in TOGETHER} == TOGETHER


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
