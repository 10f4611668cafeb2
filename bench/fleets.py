"""Histories of fleets in which nothing happens, and of real runs drawn again, by day.

The generator is the one of the verification data in HOMEOSTAT_TEST_DATA; its target (chosen for a
spike) is left out.
"""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

DATA = Path(os.environ.get("HOMEOSTAT_TEST_DATA", "../shared/data"))
DAYS = 70


class Series(NamedTuple):
    """Failures and uses of one signature, by day."""

    name: str
    failures: list[int]
    uses: list[int]


def generator() -> Any:
    sys.path.insert(0, str(DATA / "verification"))
    return import_module("simulate")


def case(seed: int, volume: str) -> dict[str, Any]:
    made = generator()
    # Longer than the verification cases: a trend takes nine weeks.
    long = made.PARAMS | {"post_days": 35}
    return made.generate("null_rtm", seed, "full", volume=volume, P=long)


def fleet(seed: int, volume: str) -> list[Series]:
    """Of one quiet fleet."""
    made = case(seed, volume)
    runs, calls = made["runs"], made["calls"]
    day = (runs["t"][calls["run"]] // 24).astype(int)
    days = int(made["end_at"] // 24)
    uses = [
        np.bincount(day[calls["tool"] == tool], minlength=days)[:days]
        for tool in range(len(made["tools"]))
    ]
    return [
        Series(
            name,
            np.bincount(day[calls["sig"] == number], minlength=days)[:days].tolist(),
            uses[made["sig_tool"][number]].tolist(),
        )
        for number, name in enumerate(made["sigs"])
        if number != made["target"]
    ]


def redrawn(runs: Sequence[tuple[int, int]], seed: int, *, a_day: int) -> Series:
    """Days of real runs (failures, uses), drawn with replacement: nothing changes in them."""
    chance = random.Random(seed)
    failures, uses = [], []
    for day in range(DAYS):
        count = a_day if (day + 3) % 7 < 5 else max(1, a_day // 3)
        drawn = [chance.choice(runs) for _ in range(count)]
        failures.append(sum(run[0] for run in drawn))
        uses.append(sum(run[1] for run in drawn))
    return Series("redrawn", failures, uses)


def fleets(count: int, volume: str, *, first: int = 81_000) -> Iterator[list[Series]]:
    for seed in range(first, first + count):
        yield fleet(seed, volume)
