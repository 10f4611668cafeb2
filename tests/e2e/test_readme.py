"""What the README shows is what the program prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PROGRAM = str(Path(sys.executable).with_name("homeostat"))


def test_the_capture_is_what_the_demo_prints(tmp_path):
    captured = re.search(r"\$ make demo DEMO=\"(.*?)\"\n(.*?)```", README, re.DOTALL)
    assert captured

    shown = subprocess.run(
        [PROGRAM, "demo", *captured[1].split()], capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "UTC"},
    ).stdout  # fmt: skip

    assert without_chance(captured[2]) == without_chance(shown)


def without_chance(shown: str) -> str:
    """The random word of the lock is another one each time, and so is the hash."""
    lines = "".join(f"{line.rstrip()}\n" for line in shown.splitlines())
    same_hash = re.sub(r"^[0-9a-f]{64}$", "HASH", lines, flags=re.MULTILINE)
    return re.sub(r"; [\w-]{16}' \| sha256sum", "; WORD' | sha256sum", same_hash)


def test_every_page_that_the_readme_names_is_there():
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
