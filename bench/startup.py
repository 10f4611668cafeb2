"""CPU of the commands that are called often, beside an interpreter that does nothing.

python bench/startup.py [ROUNDS]
"""

import statistics
import sys
import tempfile
from pathlib import Path

from processes import PROGRAM, ROOT, cost

SAMPLE = ROOT / "src" / "homeostat" / "surfaces" / "cli" / "demo" / "sample"


def main(rounds: int = 20) -> None:
    with tempfile.TemporaryDirectory(prefix="homeostat-bench-") as folder:
        environment = {"HOMEOSTAT_STATE_DIR": str(Path(folder) / "state")}
        cost([PROGRAM, "import", str(SAMPLE)], environment)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "homeostat --version": [PROGRAM, "--version"],
            "homeostat dashboard": [PROGRAM, "dashboard"],
            "homeostat errors": [PROGRAM, "errors"],
        }
        spent: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                spent[name].append(cost(command, environment).cpu_s)
    bare = spent["python -c pass"]
    print(f"startup, {rounds} rounds, CPU of the whole process:")
    for name, times in spent.items():
        ratio = statistics.median(a / b for a, b in zip(times, bare, strict=True))
        print(f"  {name:21} {statistics.median(times) * 1000:5.0f} ms   {ratio:.2f} times bare")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
