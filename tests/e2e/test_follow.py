"""import --follow: what is written while it runs is read, and an interrupt loses nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from histories import ClaudeSession

PROGRAM = str(Path(sys.executable).with_name("homeostat"))


def following(home, *arguments):
    return subprocess.Popen(
        [PROGRAM, "import", "--follow", "--every", "0.05", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
    )  # fmt: skip


def test_what_is_written_is_read_until_it_is_interrupted(tmp_path):
    session = ClaudeSession("one").prompt().call("t1", command="ls").result("t1")
    path = session.write(tmp_path / "histories")
    process = following(tmp_path, "--json", str(tmp_path / "histories"))
    try:
        first = json.loads(process.stdout.readline())
        whole = session.call("t2", command="ls").result("t2").data()
        with path.open("ab") as file:
            file.write(whole[path.stat().st_size :])
        second = json.loads(process.stdout.readline())
        ClaudeSession("two").prompt().write(tmp_path / "histories")
        third = json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)

    assert (first["runs"], second["runs"], third["runs"]) == (1, 1, 2)
    assert second["events"] == 3
    assert process.returncode == 0
    assert "goes on from here" in said


def test_a_line_that_is_being_written_is_no_problem(tmp_path):
    session = ClaudeSession("one").prompt().call("t1", command="ls").result("t1")
    path = session.write(tmp_path / "histories")
    whole = session.call("t2", command="ls").data()
    path.write_bytes(whole[:-20])
    process = following(tmp_path, str(tmp_path / "histories"))
    try:
        first = process.stdout.readline()
        path.write_bytes(whole)
        second = process.stdout.readline()
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)

    assert "new events" in first
    assert "new event" in second
    assert "left out" not in said
