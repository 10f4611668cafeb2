"""How well the judges of `analyze` agree with labels that people gave to real calls and runs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import recorded
from homeostat.analyze import signs_broken
from homeostat.analyze.nature import judge
from homeostat.analyze.reading import read
from homeostat.analyze.signs import has
from homeostat.model.call import CallFacts, Judgement

LABELS = Path(__file__).parent / "data"
CLIENTS = ("claude-code", "codex")


class Half(StrEnum):
    """Rules were mended while looking at the first half only."""

    TUNED = "tuned"
    HELD_BACK = "held back"


class Labelled(NamedTuple):
    """One call with what a person says of it. `masked` is empty for calls that failed."""

    half: Half
    label: str
    masked: str
    is_arguable: bool
    facts: CallFacts
    judged: Judgement


class Score(NamedTuple):
    """How often something was said and true (`hits`), said only, true only."""

    hits: int
    said: int
    true: int

    @property
    def precision(self) -> float:
        return self.hits / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.true if self.true else 1.0


def labelled(traces: Path) -> list[Labelled]:
    """The labelled calls, found in the recordings. Raises `KeyError` where one is not there."""
    facts = {(call.source, call.call_id): call.facts for call in recorded.calls(traces)}
    return [
        Labelled(
            half=half_of(row["source"], row["call_id"]),
            label=row["label"],
            masked=row.get("masked", ""),
            is_arguable=row.get("arguable", False),
            facts=(call := facts[row["source"], row["call_id"]]),
            judged=judge(call),
        )
        for row in rows("nature.jsonl")
    ]


def half_of(source: str, call_id: str) -> Half:
    is_odd = sha256(f"{source}:{call_id}".encode()).digest()[-1] % 2
    return Half.HELD_BACK if is_odd else Half.TUNED


def findings(calls: Iterable[Labelled]) -> Score:
    """Of failed calls, without the arguable ones: whether "finding" was said and true."""
    return _score(
        (call.judged.nature == "finding", call.label == "finding")
        for call in calls
        if not call.masked and call.label != "none" and not call.is_arguable
    )


def masks(calls: Iterable[Labelled]) -> Score:
    """Of successful calls, without the arguable ones: whether "masked" was said and true."""
    return _score(
        (call.judged.masked != "none", call.masked != "none")
        for call in calls
        if call.masked and not call.is_arguable
    )


def baselines(calls: Iterable[Labelled]) -> dict[str, Score]:
    """What simpler rules reach: the exit code, the command's name, both with quiet words."""
    failed = [c for c in calls if not c.masked and c.label != "none" and not c.is_arguable]
    true = [call.label == "finding" for call in failed]
    code = [call.facts.exit_code == 1 for call in failed]
    named = [any(i.family for i in read(call.facts).steps) for call in failed]
    quiet = [
        not has(signs_broken.BROKE_OFF + signs_broken.NOT_RUN, call.facts.text)
        and not has(signs_broken.BROKEN, call.facts.text)
        for call in failed
    ]
    both = [all(said) for said in zip(code, named, quiet, strict=True)]
    return {
        "exit code 1": _score(zip(code, true, strict=True)),
        "the command names a check": _score(zip(named, true, strict=True)),
        "both, and no words of a fault": _score(zip(both, true, strict=True)),
    }


class Outcome(NamedTuple):
    label: str
    said: str
    rule: str


def outcomes(traces: Path, state: Path) -> Iterator[Outcome]:
    """The labelled runs, as the program tells of them after an import into the folder `state`."""
    homeostat(state, "import", "--no-progress", *[str(traces / name) for name in CLIENTS])
    found = {run["run_id"]: run for run in json.loads(homeostat(state, "runs", "--json"))["rows"]}
    for row in rows("run_outcomes.jsonl"):
        run = found[row["run_id"]]
        yield Outcome(row["label"], run["outcome"], run["outcome_rule"])


def homeostat(state: Path, *arguments: str) -> str:
    environment = {**os.environ, "HOMEOSTAT_STATE_DIR": str(state)}
    command = [sys.executable, "-m", "homeostat", *arguments]
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def rows(name: str) -> Iterator[dict]:
    with (LABELS / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _score(pairs: Iterable[tuple[bool, bool]]) -> Score:
    kept = list(pairs)
    return Score(
        hits=sum(said and true for said, true in kept),
        said=sum(said for said, _ in kept),
        true=sum(true for _, true in kept),
    )
