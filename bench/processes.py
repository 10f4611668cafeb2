"""What a whole process costs: its CPU time and its largest memory, children included."""

import os
import subprocess
import time
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PROGRAM = str(ROOT / ".venv" / "bin" / "homeostat")


class Cost(NamedTuple):
    cpu_s: float
    """User and system time."""
    wall_s: float
    rss_mb: float
    """Largest resident memory of one process."""
    output: str


def cost(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    good: Container[int] = (0,),
) -> Cost:
    """Run a command to its end. Raises `RuntimeError` with its words where it fails."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **(environment or {})},
    ) as process:  # fmt: skip
        output = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good or "Traceback (most recent" in output:
        raise RuntimeError(f"{command[0]} failed ({process.returncode}): {output[-2000:]}")
    took = time.perf_counter() - began
    return Cost(used.ru_utime + used.ru_stime, took, used.ru_maxrss / 1024, output)


def test_data() -> Path:
    """The folder of recordings. Raises `SystemExit` where there is none."""
    folder = Path(os.environ.get("HOMEOSTAT_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        raise SystemExit("this benchmark needs recordings: HOMEOSTAT_TEST_DATA=/some/folder")
    return folder
