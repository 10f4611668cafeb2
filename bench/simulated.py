"""Cases of the shared simulator in memory: what `verify-file` would read, and the truth.

The simulator is not ours: it lies in the folder that HOMEOSTAT_TEST_DATA names. It needs numpy.
"""

import sys
from types import ModuleType
from typing import Any, NamedTuple

from homeostat.model.trial import Arm, Design, Trial, TrialRun
from processes import test_data

ARMS = {0: None, 1: Arm.CONTROL, 2: Arm.TREATMENT}


class Case(NamedTuple):
    trial: Trial
    runs: list[TrialRun]
    days: int
    """After the change."""
    truth: dict[str, Any]
    name: str


def modules() -> tuple[ModuleType, ModuleType]:
    """The simulator and the scorer."""
    folder = str(test_data() / "verification")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import score  # noqa: PLC0415  # found only now
    import simulate  # noqa: PLC0415

    return simulate, score


def case(scenario: str, seed: int, *, design: str, volume: str) -> Case:
    simulate, _ = modules()
    g = simulate.generate(scenario, seed, design=design, volume=volume)
    trial = Trial(
        signature=g["sigs"][g["target"]],
        tool=g["tools"][g["sig_tool"][g["target"]]],
        design=Design(design),
        share=g["fraction"] or 0.5,
        block_hours=float(g["block_h"] or 0.0),
        trigger_from=(g["trigger_from"] - g["change_at"]) / 24,
    )
    return Case(
        trial=trial,
        runs=runs(g),
        days=round((g["end_at"] - g["change_at"]) / 24),
        truth=simulate.truth_record(g),
        name=f"{scenario}.{design}.{volume}.{seed:05}",
    )


def runs(g: dict[str, Any]) -> list[TrialRun]:
    r, calls = g["runs"], g["calls"]
    of_tool: list[list[str]] = [[] for _ in r["t"]]
    elsewhere: list[list[str]] = [[] for _ in r["t"]]
    ms: list[list[float]] = [[] for _ in r["t"]]
    tool = g["sig_tool"][g["target"]]
    columns = (calls["run"].tolist(), calls["tool"].tolist(), calls["sig"].tolist())
    for run, called, failed, took in zip(*columns, calls["ms"].tolist(), strict=True):
        if failed >= 0:
            (of_tool if called == tool else elsewhere)[run].append(g["sigs"][failed])
        if called == tool:
            ms[run].append(took)
    has_sessions = bool(g["spec"].get("session"))
    starts = ((r["t"] - g["change_at"]) / 24).tolist()
    ends = ((r["t"] + r["dur"] / 3600 - g["change_at"]) / 24).tolist()
    weekend = ((r["t"] // 24) % 7 >= 5).tolist()
    rows = zip(
        starts, ends, weekend, r["agent"].tolist(), r["session"].tolist(), r["arm"].tolist(),
        r["ok"].tolist(), r["cost"].tolist(), strict=True,
    )  # fmt: skip
    return [
        TrialRun(
            unit=f"s{session}" if has_sessions else f"r{index}",
            agent=g["agents"][agent],
            started=start,
            ended=end,
            arm=ARMS[arm],
            is_weekend=is_weekend,
            is_ok=ok,
            failed=tuple(sorted(set(of_tool[index]))),
            failed_elsewhere=tuple(sorted(set(elsewhere[index]))),
            tool_ms=sum(ms[index]) / len(ms[index]) if ms[index] else None,
            cost_usd=cost,
        )
        for index, (start, end, is_weekend, agent, session, arm, ok, cost) in enumerate(rows)
    ]
