"""Cases of simulators in memory: what `verify-file` would read, and the truth.

The shared simulator is not ours: it lies in the folder that HOMEOSTAT_TEST_DATA names, and needs
numpy. The other one is that of `homeostat demo`.
"""

import random
import sys
from types import ModuleType
from typing import Any, NamedTuple

from msgspec import structs

from homeostat.loop.rehearsal import blind
from homeostat.loop.rehearsal.story import AFTER
from homeostat.loop.wiring import chance
from homeostat.model.rehearsal import Kind
from homeostat.model.trial import Arm, Design, Trial, TrialRun
from processes import test_data

BASES = ("null_rtm", "null_outage", "null_onset")
"""Scenarios without an effect, on which the hazards below are laid in turn."""
HAZARDS = {
    "moved_60": (0.6, "one"), "moved_80": (0.8, "one"), "moved_100": (1.0, "one"),
    "spread_80": (0.8, "all"), "new_name_80": (0.8, "new"), "unknown_80": (0.8, "unknown"),
}  # fmt: skip
"""Part of the target's failures in treated runs that get another name, and which: one sibling, all
siblings in turn, a name that was never seen, or an outcome that is not known. Nothing is cured."""
CURES = {
    "effect_90": {"kind": "benefit", "effect": 0.1, "note": "true 90 % reduction"},
    "removed": {"kind": "benefit", "effect": 1e-9, "note": "the failure is removed for good"},
}
"""Larger effects than the simulator's own scenarios have."""
DEMO = {
    "demo_helps": (Kind.HELPS, "benefit", "verified"),
    "demo_nothing": (Kind.NOTHING, "null", "inconclusive"),
    "demo_harms": (Kind.HARMS, "harm", "worse"),
}
"""Changes on the fleets of `homeostat demo`, with the scorer's words. Seeds as there."""
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
    import simulate  # noqa: PLC0415  # the same

    return simulate, score


def case(scenario: str, seed: int, *, design: str, volume: str) -> Case:
    if scenario in DEMO:
        return _of_demo(scenario, seed, design=design, volume=volume)
    if scenario not in HAZARDS:
        return _drawn(scenario, seed, design=design, volume=volume)
    base = _drawn(BASES[seed % len(BASES)], seed, design=design, volume=volume)
    part, to = HAZARDS[scenario]
    by_day = [0.0 if to == "unknown" else -part] * base.days
    truth = base.truth | {"scenario": scenario, "true_effect_by_day": by_day}
    return base._replace(
        runs=renamed(base, random.Random(seed), part=part, to=to),
        truth=truth,
        name=f"{scenario}.{design}.{volume}.{seed:05}",
    )


def _of_demo(scenario: str, seed: int, *, design: str, volume: str) -> Case:
    if (design, volume) != ("canary", "mid"):
        raise SystemExit("the demo's fleets are of one volume, and half of the runs get the change")
    kind, scored_as, right = DEMO[scenario]
    stage = next(found for found in blind.staged(seed, chance) if found.truth.kind is kind)
    of, found = stage.given.declared, stage.given.recorded
    return Case(
        trial=of.trial,
        runs=found.runs,
        days=AFTER,
        truth={
            "kind": scored_as,
            "scenario": scenario,
            "design": design,
            "volume": volume,
            "right_verdicts": [right],
            "change": {"applied_at": of.applied_at.isoformat()},
            "true_effect_by_day": [stage.truth.target - 1] * AFTER,
        },
        name=f"{scenario}.{design}.{volume}.{seed:05}",
    )


def renamed(base: Case, chance: random.Random, *, part: float, to: str) -> list[TrialRun]:
    own = base.trial.signature
    siblings = sorted({name for run in base.runs for name in run.failed if name != own})
    found: list[TrialRun] = []
    for run in base.runs:
        if run.arm is not Arm.TREATMENT or own not in run.failed or chance.random() >= part:
            found.append(run)
            continue
        rest = set(run.failed) - {own}
        if to == "unknown":
            found.append(structs.replace(run, failed=tuple(sorted(rest)), is_unclear=True))
            continue
        names = {"one": siblings[:1], "all": siblings}.get(to) or ["never seen before"]
        rest.add(chance.choice(names))
        found.append(structs.replace(run, failed=tuple(sorted(rest))))
    return found


def _drawn(scenario: str, seed: int, *, design: str, volume: str) -> Case:
    simulate, _ = modules()
    known = simulate.SCENARIOS | CURES
    g = simulate.generate(scenario, seed, design=design, volume=volume, S=known)
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
