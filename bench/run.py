"""All benchmarks, or the named ones, one after the other.

python bench/run.py [NAME...]
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = (
    "startup",
    "importing",
    "formats",
    "memory",
    "scale",
    "writers",
    "signatures",
    "nature",
    "redaction",
    "alarms",
    "changes",
    "judging",
)


def main(wanted: list[str]) -> int:
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
        return 2
    failed = [
        name
        for name in wanted or NAMES
        if subprocess.run([sys.executable, HERE / f"{name}.py"], check=False).returncode
    ]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
