"""A trial's runs as the two files that `verify-file` reads."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homeostat.model.trial import Trial, TrialRun

APPLIED = datetime(2026, 11, 2, tzinfo=UTC)


def at(days: float) -> str:
    return (APPLIED + timedelta(days=days)).isoformat()


def change(trial: Trial, **changes) -> dict[str, object]:
    found = {
        "change_id": "imp-1",
        "applied_at": APPLIED.isoformat(),
        "target": {"signature": trial.signature, "tool": trial.tool, "error_type": "timeout"},
        "trigger": {"window_from": at(trial.trigger_from or 0.0), "detected_at": at(-1)},
        "rollout": {
            "design": trial.design.value,
            "fraction": trial.share,
            "block_hours": trial.block_hours or None,
            "unit": "run",
        },
        "expected": "-40 % of this failure",
    }
    return found | changes


def records(runs: Iterable[TrialRun], trial: Trial) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for run in runs:
        calls = [
            {"tool": trial.tool, "ok": False, "signature": name, "duration_ms": run.tool_ms}
            for name in run.failed
        ]
        calls += [{"tool": "shell", "ok": False, "signature": n} for n in run.failed_elsewhere]
        if run.is_unclear:
            calls.append({"tool": trial.tool, "ok": None})
        if not run.failed:
            calls.append({"tool": trial.tool, "ok": True, "duration_ms": run.tool_ms})
        found += [
            {"type": "tool_call", "run_id": run.unit, "seq": seq, "ts": at(run.started), **call}
            for seq, call in enumerate(calls)
        ]
        arm = {"change_id": "imp-1", "arm": run.arm.value} if run.arm else {}
        found.append(
            {
                "type": "run", "run_id": run.unit, "started_at": at(run.started),
                "ended_at": at(run.ended), "agent": run.agent, "ok": run.is_ok,
                "cost_usd": run.cost_usd, "tool_calls": len(calls), **arm,
            }
        )  # fmt: skip
    return found


def written(folder: Path, runs: Iterable[TrialRun], trial: Trial, **changes) -> tuple[Path, Path]:
    case, declared = folder / "case.jsonl", folder / "case.change.json"
    lines = "".join(json.dumps(record) + "\n" for record in records(runs, trial))
    case.write_text(lines, encoding="utf-8")
    declared.write_text(json.dumps(change(trial, **changes)), encoding="utf-8")
    return case, declared
