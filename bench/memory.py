"""Memory and pace of an import of many sessions: real ones, repeated with new ids.

    python bench/memory.py [MEGABYTES]

The pace at the start and at the end tells whether cost grows with history.
"""

import re
import sys
import tempfile
from pathlib import Path

from importing import imported, unpacked

IDS = re.compile(rb'(?<="sessionId":")[\w-]{8,}|toolu_\w+|msg_\w+|req_\w+|(?<="uuid":")[\w-]{8,}')


def renamed(data: bytes, number: int) -> bytes:
    """The same session with ids that no other copy has."""
    end = b"%06d" % number
    return IDS.sub(lambda found: found[0][:-6] + end, data)


def copied(originals: Path, place: Path, numbers: range) -> int:
    """Copies of every session; answers their bytes."""
    size = 0
    for number in numbers:
        for path in sorted(originals.rglob("*.jsonl")):
            data = renamed(path.read_bytes(), number)
            target = place / str(number) / path.relative_to(originals)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            size += len(data)
    return size


def main(megabytes: int = 1000) -> None:
    with tempfile.TemporaryDirectory(prefix="homeostat-bench-") as folder:
        home = Path(folder)
        each = unpacked(home / "original")
        rounds = max(2, round(megabytes * 1e6 / each))
        environment = {"HOMEOSTAT_STATE_DIR": str(home / "state")}
        print(f"memory, {rounds} copies of {each / 1e6:.1f} MB with new ids:")
        for name, numbers in (
            ("first copy", range(1)),
            ("all between", range(1, rounds - 1)),
            ("last copy", range(rounds - 1, rounds)),
        ):
            size = copied(home / "original", home / name, numbers)
            if not size:
                continue
            done = imported(home / name, environment)
            pace = f"{size / 1e6 / done.wall_s:4.0f} MB/s"
            print(f"  {name:12} {size / 1e6:6.0f} MB  {pace}  {done.rss_mb:4.0f} MB a process")
        database = home / "state" / "homeostat.db"
        print(f"  the database {database.stat().st_size / 1e6:6.0f} MB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
