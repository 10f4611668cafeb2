"""Whole-process time of the commands that people look at, in a small and in a large store.

python bench/views.py [CALLS CALLS ...]
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import msgspec

from homeostat.analyze.runs import settled
from homeostat.knowledge import connect
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.samples import Kept
from homeostat.knowledge.settle import settle
from homeostat.loop.importing import judges
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.event import Event
from homeostat.model.views import Window
from ingest import BATCH, START, events

HOMEOSTAT = Path(sys.executable).parent / "homeostat"
ROUNDS = 5
SHELLS = ("Bash", "shell", "exec_command")


def build(state: Path, calls: int) -> None:
    """A settled store of that many calls, two events each; see bench/ingest.py for the load."""
    with connect.writing(connect.folder(state)) as database:
        ingest = Ingest(database, judges(), Kept(samples=20, days=30))
        made = map(in_a_shell, events(calls * 2))
        while batch := list(islice(made, BATCH)):
            ingest.write(Batch(source_path="bench", events=batch), now=START)
        settle(database, settled)


def in_a_shell(event: Event) -> Event:
    """Tools of one family: else each failure would be 41 signatures, one for each tool."""
    return msgspec.structs.replace(event, tool=SHELLS[len(event.tool) % 3]) if event.tool else event


def commands(state: Path) -> dict[str, list[str]]:
    homeostat = wired({}, state=state)
    (run,) = homeostat.runs(Window(), most=1)
    costliest = homeostat.failures(Window())[0]
    return {
        "dashboard": [],
        "errors": ["errors", "-n", "20"],
        "show": ["show", costliest.signature],
        "run": ["run", run.run_id],
        "runs": ["runs", "-n", "20"],
        "calls -n 5": ["calls", "-n", "5"],
    }


def milliseconds(state: Path, arguments: list[str]) -> float:
    environment = os.environ | {"HOMEOSTAT_STATE_DIR": str(state)}
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run(
            [HOMEOSTAT, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main(*sizes: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="homeostat-bench-"))
    measured: dict[str, list[float]] = {}
    try:
        for size in sizes or (20_000, 400_000):
            state = folder / str(size)
            build(state, size)
            for name, arguments in commands(state).items():
                measured.setdefault(name, []).append(milliseconds(state, arguments))
    finally:
        shutil.rmtree(folder)
    print(f"views, whole process, median of {ROUNDS}, at {sizes or (20_000, 400_000)} calls:")
    for name, times in measured.items():
        figures = "".join(f"{one:8.0f} ms" for one in times)
        print(f"  {name:12}{figures}   x {times[-1] / times[0]:.2f}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
