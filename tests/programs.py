"""The installed program, run as a script and as a person with a terminal runs it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("homeostat"))


def run(home: Path, *arguments: str, given: str = "", **environment: str):
    return subprocess.run(
        [PROGRAM, *arguments], input=given, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home), **environment},
    )  # fmt: skip


def on_a_terminal(home: Path, *arguments: str, answer: bytes = b"", columns: int = 80) -> str:
    """What a person with a terminal of 80 columns sees."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *arguments], stdin=slave, stdout=slave, stderr=slave, close_fds=True,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm",
             "COLUMNS": str(columns), "LINES": "50"},
    )  # fmt: skip
    os.close(slave)
    if answer:
        os.write(master, answer)
    seen = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    process.wait(timeout=60)
    os.close(master)
    return seen.decode("utf-8", "replace").replace("\r\n", "\n")
