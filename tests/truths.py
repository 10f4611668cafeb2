"""The independent count of the real recordings, and the same figures as our views have them."""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable
from hashlib import sha256
from pathlib import Path

from fakes import FixedClock
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load
from homeostat.model.views import CallView, RunDetail, RunView, Window

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
    "opencode": {
        "input": "input_tokens",
        "output": "output_tokens",
        "cache_read": "cache_read_tokens",
        "cache_write": "cache_creation_tokens",
    },
    "gemini-cli": {
        "input": "input_tokens",
        "output": "output_tokens",
        "cached": "cache_read_tokens",
    },
    "tau-bench": {},
    "tau2-bench": {"input": "input_tokens", "output": "output_tokens"},
    "inspect-ai": {"input": "input_tokens", "output": "output_tokens"},
    "otel-openinference": {"input": "input_tokens", "output": "output_tokens"},
    "who-and-when": {},
    "agentrx": {},
}
"""What an independent count calls the figures of a run."""
TOKENS |= {
    "agentv": {"input": "input_tokens", "output": "output_tokens"},
    "copilot-cli": {"input": "input_tokens", "output": "output_tokens"},
    "openclaw": TOKENS["opencode"],
    "swe-agent": {"input": "input_tokens", "output": "output_tokens"},
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


def counted(
    homeostat: Homeostat, client: str, agents: Container[str] = ("main",)
) -> dict[str, object]:
    """The figures of a store; calls are those of the `agents`."""
    runs = homeostat.runs(Window())
    every = list(homeostat.calls(CallFilter()))
    main = [call for call in every if call.agent in agents]
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


def rewards(homeostat: Homeostat) -> dict[str, object]:
    """How the runs were scored, as benchmarks count it."""
    given = [run.reward for run in homeostat.runs(Window()) if run.reward is not None]
    return {
        "runs_with_reward": len(given),
        "reward_1": sum(abs(reward - 1) < 1e-6 for reward in given),
        "reward_0": given.count(0),
        "reward_between": sum(0 < reward < 1 - 1e-6 for reward in given),
        "reward_mean": round(sum(given) / len(given), 6) if given else None,
    }


def details(homeostat: Homeostat) -> list[RunDetail]:
    return [homeostat.run(run.run_id) for run in homeostat.runs(Window())]


def digest(ids: Iterable[str]) -> str:
    """As the count has it, where there are too many ids to name."""
    return sha256("\n".join(sorted(ids)).encode()).hexdigest()


def by(calls: list[CallView], field: str) -> dict[str, int]:
    return dict(sorted(Counter(str(getattr(call, field)) for call in calls).items()))


def tokens(runs: list[RunView], client: str) -> dict[str, int]:
    return {
        name: sum(getattr(run, field) for run in runs) for name, field in TOKENS[client].items()
    }


def each_file_differs(
    shared_data: Path,
    stores: Path,
    folder: str,
    client: str,
    *,
    left_out: set[str],
    more: Callable[[Homeostat], dict[str, object]] = lambda _: {},
) -> dict[str, object]:
    """Each file of a folder of traces in a store of its own: what differs from the truth.

    `more` finds figures that only this format has, `left_out` names those that no view has.
    """
    wanted, wrong = truths(shared_data, folder), dict[str, object]()
    assert wanted
    for index, (name, truth) in enumerate(sorted(wanted.items())):
        homeostat = a_homeostat(stores / str(index))
        done = homeostat.import_files([shared_data / "traces" / name])
        found = counted(homeostat, client) | {"lines": done.lines} | more(homeostat)
        wrong |= {
            f"{name} {key}": both
            for key, both in differing(truth, found, not_compared=NOT_COMPARED | left_out).items()
        }
    return wrong


def labels(homeostat: Homeostat, name: str) -> dict[str, int]:
    """How often each label was said of a run, of those scores that are called so."""
    said = (score for run in homeostat.runs(Window()) for score in homeostat.run(run.run_id).scores)
    return dict(Counter(score.label for score in said if score.name == name))


def together(homeostat: Homeostat) -> dict[str, int]:
    """All files of a store, as totals.json sums them."""
    runs = homeostat.runs(Window())
    every = list(homeostat.calls(CallFilter()))
    return {
        "runs": len(runs),
        "calls": len(every),
        "failed": sum(call.outcome in FAILED for call in every),
        "unknown": sum(call.outcome == "unknown" for call in every),
    }


def totals(folder: Path, client: str) -> dict[str, int]:
    """The sums over all files of one format."""
    found: dict[str, int] = json.loads((folder / "traces" / "totals.json").read_text())[client]
    return {name: figure for name, figure in found.items() if name != "files"}


def truths(folder: Path, client: str) -> dict[str, dict[str, object]]:
    """The count of each file of one format, by its path."""
    every = json.loads((folder / "traces" / "truth.json").read_text())
    return {name: facts for name, facts in every.items() if name.startswith(f"{client}/")}


def differing(
    truth: dict[str, object], found: dict[str, object], *, not_compared: set[str] = NOT_COMPARED
) -> dict[str, object]:
    """What the views have otherwise, or do not have: key -> (true, found)."""
    wrong: dict[str, object] = {}
    for key in set(truth) - not_compared:
        truly = truth[key]
        if key in ("tokens", "subagent_tokens") and isinstance(found.get(key), dict):
            truly = {part: truly[part] for part in found[key]}
        if truly is not None and truly != found.get(key):
            wrong[key] = (truly, found.get(key))
    return wrong
