"""Redaction against the synthetic secrets of the shared folder: recall, false marks, overcuts."""

import importlib.util
import re
from difflib import SequenceMatcher
from pathlib import Path
from types import ModuleType

import pytest

from homeostat.analyze.redact import redactor

pytestmark = pytest.mark.shared

REDACTOR = redactor(b"k" * 32)
SEEDS = (4242, 1, 2, 3)


@pytest.fixture(scope="module")
def maker(shared_data: Path) -> ModuleType:
    """The script that makes the secrets, as a module."""
    script = shared_data / "secrets" / "make_secrets.py"
    spec = importlib.util.spec_from_file_location("make_secrets", script)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def leaked(shared_data: Path):
    """The judge of the script that scores, which is a program and not a module."""
    source = (shared_data / "secrets" / "score.py").read_text()
    judge = source[source.index("def leaked") : source.index("def main")]
    names: dict[str, object] = {"re": re}
    exec(compile(judge, "score.py", "exec"), names)  # noqa: S102  our own reference script
    return names["leaked"]


@pytest.fixture(scope="module", params=SEEDS)
def lines(request, maker):
    return maker.build(request.param, 150, maker.DEV_CONTEXTS, maker.dev_negative, "dev")


def test_nineteen_of_twenty_secrets_go(lines, leaked):
    secrets = [
        (line["text"][span["start"] : span["end"]], REDACTOR.redact(line["text"]).text)
        for line in lines
        for span in line["spans"]
    ]

    missed = [secret for secret, out in secrets if leaked(secret, out)]

    assert len(secrets) >= 50
    assert len(missed) / len(secrets) <= 0.05


def test_hardly_any_line_without_a_secret_is_touched(lines):
    innocent = [line["text"] for line in lines if not line["spans"]]

    touched = [text for text in innocent if REDACTOR.redact(text).text != text]

    assert len(touched) / len(innocent) <= 0.02


def test_little_is_cut_that_is_not_secret(lines):
    kept = lost = 0
    for line in lines:
        for span in line["spans"]:
            text = line["text"]
            out = REDACTOR.redact(text).text
            same: set[int] = set()
            for block in SequenceMatcher(None, text, out, autojunk=False).get_matching_blocks():
                same |= set(range(block.a, block.a + block.size))
            outside = set(range(len(text))) - set(range(span["start"], span["end"]))
            kept += len(outside)
            lost += len(outside - same)

    assert lost / kept <= 0.01
