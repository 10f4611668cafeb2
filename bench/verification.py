"""The judge and other rules on simulated trials with a known truth, scored by the shared scorer.

python bench/verification.py --seeds 100 --designs canary,switchback,full --volumes mid

In memory, about 0.1 s a case; never in CI. Seeds that were used to choose something are spent.
"""

import argparse
import json
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import structs

import peers
from homeostat.analyze.effect.differences import ALPHA, difference, unspoilt
from homeostat.analyze.effect.judging import judge
from homeostat.analyze.effect.tally import tally
from homeostat.model.trial import Design, Rigour
from homeostat.model.trial_sums import Limits
from homeostat.model.verdict import Ruling, Verdict
from simulated import Case, case, modules

OURS, STRICT, DOWN, DIFFERENCE = "homeostat", "homeostat, strict", "homeostat, down", "DiD"
SCORED = {
    Ruling.NO_EFFECT: "rejected",
    Ruling.DOWN: "inconclusive",
    Ruling.IMPROVED_UNPROVEN: "inconclusive",
    Ruling.NO_DATA: "inconclusive",
}
Job = tuple[str, int, str, str]


def predictions(job: Job) -> tuple[str, dict[str, Any], dict[str, dict[str, Any]]]:
    scenario, seed, design, volume = job
    found = case(scenario, seed, design=design, volume=volume)
    ours = judge(found.runs, found.trial, today=found.days)
    said = {OURS: _prediction(found, ours), DOWN: _prediction(found, ours, down=True)}
    if found.trial.design is not Design.FULL:
        strict = replaced(found, rigour=Rigour.STRICT)
        said[STRICT] = _prediction(found, judge(found.runs, strict.trial, today=found.days))
    else:
        said[DIFFERENCE] = _by_difference(found)
    for name, rule in peers.BESIDE.items():
        if found.trial.design is not Design.FULL or name in peers.OF_FULL:
            answer = rule(found)
            said[name] = _answer(found, answer.verdict, answer.day)
    return found.name, found.truth, said


def replaced(found: Case, *, rigour: Rigour) -> Case:
    return found._replace(trial=structs.replace(found.trial, rigour=rigour))


def _prediction(found: Case, verdict: Verdict, *, down: bool = False) -> dict[str, Any]:
    said = SCORED.get(verdict.ruling, verdict.ruling.value)
    ever = [ruling.value for ruling in verdict.ever]
    if down:
        ever = ["verified" if Ruling.DOWN in verdict.ever else "inconclusive"]
        said = "worse" if said == "worse" else ever[0]
    answer = _answer(found, said, verdict.decided_on) | {"ever": ever}
    if verdict.effect and verdict.effect.high is not None:
        answer |= {"low": verdict.effect.low, "high": verdict.effect.high}
        answer |= {"effect": verdict.effect.estimate}
    return answer


def _by_difference(found: Case) -> dict[str, Any]:
    before = unspoilt(found.runs, found.trial)
    after = tally(found.runs, found.trial, Limits(None, None))
    for day in found.trial.looks:
        seen = difference(before, after, day=day)
        if seen and seen.p_value < ALPHA / len(found.trial.looks):
            return _answer(found, "verified", day)
        if seen and seen.p_value > 1 - ALPHA / len(found.trial.looks):
            return _answer(found, "worse", day)
    return _answer(found, "inconclusive", None)


def _answer(found: Case, verdict: str, day: int | None) -> dict[str, Any]:
    applied = datetime.fromisoformat(found.truth["change"]["applied_at"])
    decided = day is not None and verdict != "inconclusive"
    at = (applied + timedelta(days=day or 0)).isoformat() if decided else None
    return {"verdict": verdict, "decided_at": at, "ever": [verdict]}


def scored(jobs: list[Job], workers: int) -> dict[str, list[dict[str, Any]]]:
    _, score = modules()
    truths: dict[str, dict[str, Any]] = {}
    said: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    with ProcessPoolExecutor(workers) as pool:
        for count, (name, truth, answers) in enumerate(pool.map(predictions, jobs, chunksize=4)):
            truths[name] = truth
            for rule, answer in answers.items():
                said[rule][name] = answer | {"case": name}
            if count % 200 == 199:
                print(f"{count + 1} of {len(jobs)}", file=sys.stderr)
    return {
        rule: score.score({name: truths[name] for name in answers}, answers)
        for rule, answers in said.items()
    }


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    _, score = modules()
    for rule in (OURS, DOWN):
        print(f"\n{rule}\n{score.report(found[rule])}")
    groups = {(row["design"], row["volume"]) for row in found[OURS]}
    for design, volume in sorted(groups):
        _show_beside(found, design, volume)


def _show_beside(found: dict[str, list[dict[str, Any]]], design: str, volume: str) -> None:
    print(f"\n{design}, {volume}: verified % (nulls: ever); worse % of harm, of nulls")
    rows = [r for r in found[OURS] if (r["design"], r["volume"]) == (design, volume)]
    names = [row["scenario"] for row in rows]
    print(f"{'':22}" + " ".join(f"{name[:10]:>10}" for name in names) + "   false worse  mean null")
    for rule, all_rows in found.items():
        own = {r["scenario"]: r for r in all_rows if (r["design"], r["volume"]) == (design, volume)}
        if not own:
            continue
        cells = [
            100 * (r["worse"] / r["n"] if r["kind"] == "harm" else r["verified_rate"])
            for r in (own[name] for name in names)
        ]
        nulls = [r for r in own.values() if r["kind"] == "null"]
        worst = max((100 * r["worse"] / r["n"] for r in nulls), default=0.0)
        mean = sum(100 * r["verified_rate"] for r in nulls) / max(1, len(nulls))
        print(
            f"{rule:22}"
            + " ".join(f"{cell:10.0f}" for cell in cells)
            + f"   {worst:11.1f}  {mean:9.2f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--scenarios", default="")
    parser.add_argument("--designs", default="canary")
    parser.add_argument("--volumes", default="mid")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--keep", help="a file for the scores")
    asked = parser.parse_args()
    simulate, _ = modules()
    scenarios = [name for name in asked.scenarios.split(",") if name] or list(simulate.SCENARIOS)
    jobs = [
        (scenario, seed, design, volume)
        for scenario in scenarios
        for design in asked.designs.split(",")
        for volume in asked.volumes.split(",")
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds)
    ]
    found = scored(jobs, asked.jobs)
    show(found)
    if asked.keep:
        Path(asked.keep).write_text(json.dumps(found), encoding="utf-8")
    broken = any(
        row["verified_ci"][0] > 0.05 for row in found[OURS] if row["kind"] in {"null", "blind"}
    )
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
