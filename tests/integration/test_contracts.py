"""Each contract between the stages is broken on purpose, so that we know that it holds."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
EXTENSION = '"""An extension."""\n'

# Contract: the file that breaks it, and the import that does.
BREACHES = {
    "the loop": ("model/zz_breach.py", "import homeostat.plan"),
    "the core is pure": ("analyze/zz_breach.py", "import random"),
    "reports are made from findings": ("report/zz_breach.py", "import homeostat.plan"),
    "surfaces hold no logic": ("surfaces/zz_breach.py", "import homeostat.analyze"),
    "only knowledge speaks SQL": ("loop/zz_breach.py", "import sqlite3"),
    "only monitor and execute start processes": ("knowledge/zz_breach.py", "import subprocess"),
    "extensions do not know each other": (
        "monitor/probes/zz_breach.py",
        "import homeostat.monitor.probes.zz_other",
    ),
}


def contracts() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in project["tool"]["importlinter"]["contracts"]]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the sources and of the contracts, with two extensions of one kind."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    probes = tmp_path / "src" / "homeostat" / "monitor" / "probes"
    probes.mkdir(exist_ok=True)
    (probes / "__init__.py").touch()
    (probes / "zz_other.py").write_text(EXTENSION)
    return tmp_path


def broken(house: Path) -> list[str]:
    """The contracts that the copy breaks."""
    done = subprocess.run(
        [LINT, "--no-cache", "--config", "pyproject.toml"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    verdicts = [line.rpartition(" ") for line in done.stdout.splitlines()]
    return [name for name, _, verdict in verdicts if verdict == "BROKEN"]


def test_the_house_as_it_is_keeps_all_contracts(house):
    assert broken(house) == []


def test_every_contract_has_its_breach():
    assert sorted(BREACHES) == sorted(contracts())


@pytest.mark.parametrize("contract", BREACHES)
def test_a_contract_is_broken_by_one_import(house, contract):
    name, line = BREACHES[contract]
    (house / "src" / "homeostat" / name).write_text(f'"""A breach."""\n\n{line}\n')

    assert broken(house) == [contract]
