"""What the README shows is what the program prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = str(Path(sys.executable).with_name("homeostat"))


def test_the_capture_is_what_the_demo_prints(tmp_path):
    captured = re.search(r"\$ make demo\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)

    shown = subprocess.run(
        [PROGRAM, "demo"], capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "UTC"},
    ).stdout  # fmt: skip

    assert captured
    assert captured[1] == "".join(f"{line.rstrip()}\n" for line in shown.splitlines())


def test_every_page_that_the_readme_names_is_there():
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", (ROOT / "README.md").read_text())

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
