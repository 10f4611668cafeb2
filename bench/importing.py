"""Import of real Claude Code transcripts beside a bare JSON decode of the same lines and ccusage.

    python bench/importing.py [ROUNDS]

All three are whole processes that read the same unpacked files, one after the other in each
round. homeostat stores, redacts, judges and signs; the decode throws away what it decoded; ccusage
sums tokens. Medians of the ratios of each round are told, of time and of CPU.
"""

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from processes import PROGRAM, ROOT, Cost, cost, test_data

CCUSAGE = "17"
DECODE = """
import msgspec, pathlib, sys
decode = msgspec.json.Decoder().decode
for path in pathlib.Path(sys.argv[1]).rglob("*.jsonl"):
    with path.open("rb") as file:
        for line in file:
            try:
                decode(line)
            except msgspec.DecodeError:
                pass
"""


def unpacked(folder: Path) -> int:
    """Lay out the transcripts as a client does; answers how many bytes they have."""
    traces = test_data() / "traces" / "claude-code"
    size = 0
    for path in sorted(traces.rglob("*.jsonl*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        place = folder / "projects" / path.relative_to(traces)
        place = place.with_suffix("") if path.suffix == ".gz" else place
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        size += len(data)
    return size


def ccusage() -> str | None:
    """The peer's program, installed once below `.bench`; nothing where there is no npm."""
    program = ROOT / ".bench" / "node_modules" / ".bin" / "ccusage"
    if not program.exists():
        if shutil.which("npm") is None:
            return None
        install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix"]
        subprocess.run([*install, str(ROOT / ".bench"), f"ccusage@{CCUSAGE}"], check=True)
    return str(program)


def imported(folder: Path, environment: dict[str, str]) -> Cost:
    """Exit code 1 is right: a file of the recordings is no transcript, and is named."""
    command = [PROGRAM, "import", "--format", "claude-code", str(folder)]
    return cost(command, environment, good=(0, 1))


def ours(home: Path, state: Path) -> tuple[Cost, int]:
    """A whole import into a new store, and the output tokens that it found."""
    environment = {"HOMEOSTAT_STATE_DIR": str(state)}
    done = imported(home / "projects", environment)
    listed = subprocess.run(
        [PROGRAM, "runs", "--json"], capture_output=True, text=True,
        check=True, env={**environment, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    rows = json.loads(listed.stdout)["rows"]
    return done, sum(row["output_tokens"] for row in rows)


def main(rounds: int = 5) -> None:
    peer = ccusage()
    with tempfile.TemporaryDirectory(prefix="homeostat-bench-") as folder:
        home = Path(folder)
        size = unpacked(home)
        bare: list[Cost] = []
        full: list[Cost] = []
        other: list[Cost] = []
        for number in range(rounds):
            bare.append(cost([sys.executable, "-c", DECODE, str(home)]))
            done, tokens = ours(home, home / f"state{number}")
            full.append(done)
            if peer:
                environment = {"CLAUDE_CONFIG_DIR": str(home)}
                other.append(cost([peer, "daily", "--json", "--offline"], environment))
    print(f"import of {size / 1e6:.1f} MB of transcripts, {rounds} rounds, {os.cpu_count()} cores:")
    print(f"  homeostat        {told(full)}, {full[0].rss_mb:.0f} MB of memory a process")
    print(f"  bare decode      {told(bare)}; speed of homeostat / its: {ratios(bare, full)}")
    if not peer:
        print("  ccusage          skipped: there is no npm")
        return
    counted = json.loads(other[0].output)["totals"]["outputTokens"]
    print(
        f"  ccusage {CCUSAGE}       {told(other)}; speed of homeostat / its: {ratios(other, full)}"
    )
    print(
        f"  output tokens    {tokens:,}; ccusage {counted:,} ({tokens / counted:.1f} times fewer)"
    )


def told(costs: list[Cost]) -> str:
    wall = statistics.median(cost.wall_s for cost in costs)
    return f"{wall:.2f} s, {statistics.median(cost.cpu_s for cost in costs):.2f} s of CPU"


def ratios(theirs: list[Cost], mine: list[Cost]) -> str:
    pairs = list(zip(theirs, mine, strict=True))
    time = statistics.median(a.wall_s / b.wall_s for a, b in pairs)
    return f"{time:.2f}, by CPU {statistics.median(a.cpu_s / b.cpu_s for a, b in pairs):.2f}"


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
