"""How often a planted version change is found and named first, and how often anything is named
where nothing changed.

python bench/changes.py [FLEETS]

On fleets of the verification generator. Versions change by themselves every nine days or so, half
the runs are of one model until a day and of another from then on; in half of the fleets one
failure becomes three times (or five times) as frequent in runs of one of the versions.
"""

import random
import sys
from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from alarms import share
from fleets import case
from homeostat.analyze.changes import Cell, Change, changes

DAYS = 42
MOST = 14


class Fleet(NamedTuple):
    streams: dict[str, list[Cell]]
    day: int
    planted: str
    target: str


def fleet(seed: int, volume: str, factor: float) -> Fleet:
    """With `factor` 1 nothing happens in it."""
    made, chance = case(seed, volume), random.Random(seed)
    runs = made["runs"]
    end = int(made["end_at"] // 24)
    day = (runs["t"] // 24).astype(int)
    chosen = np.nonzero((day >= end - DAYS) & (day < end))[0]
    ledger, switch = drawn(chance, day, runs["agent"], end)
    planted = f"tool {switch.number}"
    failing = met(made, day)
    names = [n for n, _ in Counter({n: len(f & set(chosen)) for n, f in failing.items()}
                                   ).most_common(MOST)]  # fmt: skip
    target = chance.choice(names[:8])
    if factor > 1:
        rate = len(failing[target] & set(chosen)) / len(chosen)
        for run in chosen:
            if ledger[run][0] == planted and chance.random() < (factor - 1) * rate:
                failing[target].add(int(run))
    streams = {}
    for name in names:
        cells: Counter[Any] = Counter()
        bad: Counter[Any] = Counter()
        for run in chosen:
            key = (int(day[run]), ledger[run])
            cells[key] += 1
            bad[key] += int(run) in failing[name]
        streams[name] = [
            Cell(at, some, count, bad[at, some]) for (at, some), count in cells.items()
        ]
    return Fleet(streams, switch.day, planted, target)


class Switch(NamedTuple):
    number: int
    day: int


def drawn(chance: random.Random, day: Any, agent: Any, end: int) -> tuple[list[Any], Switch]:
    """What each run ran on, and one change of version in the middle of the window."""
    changes_at, at = [], 0.0
    while at < end:
        at += chance.expovariate(1 / 9)
        changes_at.append(int(at))
    middle = end - DAYS // 2 + chance.randint(-8, 8)
    changes_at = sorted({c for c in changes_at if abs(c - middle) > 2} | {middle})
    number = changes_at.index(middle) + 1
    # From the planted change on its version stays: what follows would end its failures.
    changes_at = changes_at[:number]
    model_at = chance.randint(end - DAYS + 5, end - 5)
    late = {a: chance.randint(0, 1) for a in set(agent.tolist())}
    found = []
    for d, a in zip(day.tolist(), agent.tolist(), strict=True):
        version = sum(d >= c + late[a] for c in changes_at)
        model = "large" if (d >= model_at) == (a % 2 == 0) else "small"
        found.append((f"tool {version}", model, f"project-{a % 3}"))
    return found, Switch(number, middle)


def met(made: dict[str, Any], day: Any) -> dict[str, set[int]]:
    """Runs that met each signature; without the one that was chosen for a spike."""
    del day
    calls = made["calls"]
    return {
        name: set(calls["run"][calls["sig"] == number].tolist())
        for number, name in enumerate(made["sigs"])
        if number != made["target"]
    }


def is_first(found: list[Change], made: Fleet) -> bool:
    return any(
        change.stream == made.target
        and change.suspects
        and change.suspects[0].value == made.planted
        for change in found
    )


def main(count: int = 60) -> None:
    for volume in ("low", "mid", "high"):
        quiet = [changes(fleet(seed, volume, 1).streams) for seed in range(90_000, 90_000 + count)]
        named = sum(any(change.suspects for change in found) for found in quiet)
        print(f"{volume} volume, {DAYS} days, {MOST} failures")
        print(f"  quiet: a change is told {share(sum(map(bool, quiet)), count)}")
        print(f"         something is named {share(named, count)}")
        for factor in (2, 3, 5, 10):
            made = [fleet(seed, volume, factor) for seed in range(91_000, 91_000 + count)]
            found = [changes(one.streams) for one in made]
            told = sum(
                any(change.stream == one.target for change in some)
                for one, some in zip(made, found, strict=True)
            )
            first = sum(is_first(some, one) for one, some in zip(made, found, strict=True))
            near = sum(
                any(c.stream == one.target and abs(c.day - one.day) <= 2 for c in some)
                for one, some in zip(made, found, strict=True)
            )
            print(f"  x{factor}: told {share(told, count)}, {near} of them within two days")
            print(f"      named first {share(first, count)}; of those told {share(first, told)}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
