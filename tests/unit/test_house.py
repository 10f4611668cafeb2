"""The rules of the house that no other tool checks."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import homeostat

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "homeostat"
MODULES = sorted(SRC.rglob("*.py"))

LONGEST_MODULE = 600
LONGEST_WITHOUT_REASON = 400
LONGEST_FUNCTION = 50
NAMES_WITHOUT_AN_IDEA = {"utils", "helpers", "common", "core", "manager", "base", "misc"}
HEAVY = {"msgspec", "rich", "sqlite3"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_or_says_why_not(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= LONGEST_MODULE
    if len(lines) > LONGEST_WITHOUT_REASON:
        assert any(re.match(r"# size: \w+", line) for line in lines), "owes a `# size:` reason"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_function_fits_a_screen(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is_for_and_prints_and_postpones_nothing(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert "print" not in calls
    assert not re.search(r"#\s*(?:TODO|FIXME|XXX)\b", text)
    if path.name != "__init__.py":
        assert ast.get_docstring(tree)


def test_folders_cost_nothing_to_import():
    inits = [path for path in MODULES if path.name == "__init__.py" and path.parent != SRC]

    assert [named(path) for path in inits if path.read_text(encoding="utf-8").strip()] == []


def test_every_folder_is_a_package():
    folders = {path.parent for path in MODULES}

    assert [named(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_name_names_an_idea():
    names = [(path, part) for path in MODULES for part in (path.stem, path.parent.name)]

    assert [named(path) for path, name in names if name in NAMES_WITHOUT_AN_IDEA] == []


@pytest.mark.parametrize("words", [("-c", "import homeostat"), ("-m", "homeostat", "--version")])
def test_to_say_who_we_are_costs_no_library(words):
    if "-m" in words and not (SRC / "__main__.py").exists():
        pytest.skip("there is no command line yet")

    done = subprocess.run(
        [sys.executable, "-X", "importtime", *words], capture_output=True, text=True, check=True
    )

    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.split("\n")
    }
    assert imported & HEAVY == set()


def test_the_version_stands_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.search(rf"^## {re.escape(homeostat.__version__)}\b", changelog, re.MULTILINE)


def test_fragments_of_the_changelog_have_names_that_sort_them():
    fragments = [p.name for p in (ROOT / "changelog.d").iterdir() if p.name != ".gitkeep"]

    wrong = [
        name
        for name in fragments
        if not re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed|security)\.md", name)
    ]
    assert wrong == []


def _requirements(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==([^ ;\\]+)", text, re.MULTILINE)
    return {_normal(package): version for package, version in pinned}


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in requirements}


@pytest.mark.parametrize("name", ["run.txt", "all.txt", "dev.txt"])
def test_requirements_name_no_place_and_carry_hashes(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert "--hash=sha256:" in text


def test_requirements_are_in_step_with_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = _names(project["project"]["dependencies"])
    extras = project["project"].get("optional-dependencies", {})
    offered = _names([requirement for extra in extras.values() for requirement in extra])
    tools = _names(project["dependency-groups"]["dev"])
    run, everything, dev = (_requirements(name) for name in ("run.txt", "all.txt", "dev.txt"))

    assert needed <= run.keys()
    assert needed | offered <= everything.keys()
    assert needed | tools <= dev.keys()
    assert run.items() <= everything.items()
    assert run.items() <= dev.items()
