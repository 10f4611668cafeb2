"""Import of every format beside a bare decode of the same bytes, and its memory at two sizes.

    python bench/formats.py [ROUNDS]

Speed: real recordings, a new store each round; the decode makes Python objects of the same records
and throws them away. Both in this process, one after the other, by CPU. Memory: made-up histories
of each container (lines, document, archive, database), small and ten times as large, each a process
of its own.
"""

import gzip
import json
import sqlite3
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from homeostat.loop.importing import import_files
from homeostat.loop.wiring import SystemClock
from homeostat.model.settings import Settings
from processes import PROGRAM, cost, test_data

decode = msgspec.json.Decoder().decode
SMALL_BYTES = 6_000_000


def contents(path: Path) -> Iterator[bytes]:
    """The JSON of a file: its lines, the members of an archive, or the document."""
    if path.suffix == ".eval":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist() if name.endswith("json"))
        return
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from data.split(b"\n") if ".jsonl" in path.name else [data]


def bare(folder: Path) -> tuple[float, int]:
    """CPU seconds of decoding all of it, and how many bytes it is unpacked."""
    size = 0
    begun = time.process_time()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".gz", ".eval"):
            continue
        for data in contents(path):
            size += len(data)
            try:
                decode(data)
            except msgspec.DecodeError:
                continue
    return time.process_time() - begun, size


def whole(folder: Path) -> float:
    """CPU seconds of an import into a new store, by this process alone."""
    with tempfile.TemporaryDirectory(prefix="homeostat-bench-") as state:
        begun = time.process_time()
        import_files(Path(state), SystemClock(), [folder], Settings(), aside_from=sys.maxsize)
        return time.process_time() - begun


def speeds(rounds: int) -> None:
    print(f"import / bare decode of the same bytes, by CPU, {rounds} rounds:")
    for folder in sorted((test_data() / "traces").iterdir()):
        if not folder.is_dir():
            continue
        pairs = [(bare(folder), whole(folder)) for _ in range(rounds)]
        size = pairs[0][0][1] / 1e6
        ratio = statistics.median(decoded / ours for (decoded, _), ours in pairs)
        pace = statistics.median(size / ours for _, ours in pairs)
        print(f"  {folder.name:20} {size:6.1f} MB  {pace:5.1f} MB/s of CPU  {ratio:.3f}")


SCHEMA = """
CREATE TABLE runs (id TEXT PRIMARY KEY, workflow_name TEXT, task TEXT, status TEXT, model TEXT,
  started_at TEXT, completed_at TEXT, error TEXT);
CREATE TABLE run_metrics (run_id TEXT, total_tokens_in INTEGER, total_tokens_out INTEGER);
CREATE TABLE run_events (id INTEGER PRIMARY KEY, run_id TEXT, step_index INTEGER, event_type TEXT,
  event_data TEXT, timestamp TEXT);
INSERT INTO runs (id, status, started_at) VALUES ('r', 'running', '2026-11-20T09:00:00+00:00');
"""


def lines(path: Path, size: int) -> Path:
    """Codex rollouts: commands that worked."""
    with (path := path.with_suffix(".jsonl")).open("w") as file:
        payload = {"id": "r", "cwd": "/srv"}
        file.write(json.dumps({"type": "session_meta", "payload": payload}) + "\n")
        number = 0
        while file.tell() < size:
            number += 1
            call = {"type": "function_call", "name": "shell", "arguments": "{}",
                    "call_id": f"c{number}"}  # fmt: skip
            answer = {"type": "function_call_output", "call_id": f"c{number}",
                      "output": "Process exited with code 0\nOutput:\n" + "x" * 900}  # fmt: skip
            for item in (call, answer):
                file.write(json.dumps({"type": "response_item", "payload": item}) + "\n")
    return path


def a_run(number: int) -> dict[str, object]:
    """As tau-bench writes one."""
    messages: list[dict[str, object]] = [{"role": "user", "content": "x" * 500}]
    for step in range(10):
        call = {"id": f"c{step}", "type": "function",
                "function": {"name": "look", "arguments": "{}"}}  # fmt: skip
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"c{step}", "name": "look",
                         "content": "y" * 500})  # fmt: skip
    return {"task_id": number, "trial": 0, "reward": 1.0, "info": {}, "traj": messages}


def document(path: Path, size: int) -> Path:
    with (path := path.with_suffix(".json")).open("w") as file:
        file.write("[")
        number = 0
        while file.tell() < size:
            number += 1
            file.write(("," if number > 1 else "") + json.dumps(a_run(number)))
        file.write("]")
    return path


def archive(path: Path, size: int) -> Path:
    head = {"version": 2, "status": "success", "eval": {"task": "t", "model": "m", "run_id": "r"}}
    with zipfile.ZipFile(path := path.with_suffix(".eval"), "w") as file:
        file.writestr("header.json", json.dumps(head))
        for number in range(size // 10_000):
            text = [{"role": "user", "content": "x" * 9_800, "id": f"m{number}"}]
            sample = {"id": number, "epoch": 1, "input": "x", "target": "y", "messages": text}
            file.writestr(f"samples/{number}_epoch_1.json", json.dumps(sample))
    return path


def database(path: Path, size: int) -> Path:
    with closing(sqlite3.connect(path := path.with_suffix(".db"))) as connection, connection:
        connection.executescript(SCHEMA)
        start = json.dumps({"name": "look", "arguments": {}})
        end = json.dumps({"name": "look", "result": "y" * 900, "is_error": False, "duration": 1})
        for _ in range(size // 1_100):
            connection.executemany(
                "INSERT INTO run_events (run_id, event_type, event_data, timestamp)"
                " VALUES ('r', ?, ?, '2026-11-20T09:00:01+00:00')",
                [("tool_start", start), ("tool_complete", end)],
            )
    return path


MAKERS: dict[str, Callable[[Path, int], Path]] = {
    "lines": lines, "document": document, "archive": archive, "database": database,
}  # fmt: skip


def memory() -> None:
    print("memory of an import, at one and at ten times the size:")
    for name, make in MAKERS.items():
        with tempfile.TemporaryDirectory(prefix="homeostat-bench-") as folder:
            told: list[str] = []
            for times in (1, 10):
                path = make(Path(folder) / f"{name}{times}", times * SMALL_BYTES)
                size = path.stat().st_size / 1e6
                state = {"HOMEOSTAT_STATE_DIR": str(Path(folder) / f"state{times}")}
                done = cost([PROGRAM, "import", "--no-progress", str(path)], state)
                told.append(f"{size:5.1f} MB {done.rss_mb:4.0f} MB in {done.wall_s:4.1f} s")
        print(f"  {name:10} {';  '.join(told)}")


def main(rounds: int = 3) -> None:
    speeds(rounds)
    memory()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
