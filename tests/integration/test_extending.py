"""The page on extending is a working package: its files are installed and used as they stand."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
BLOCK = re.compile(r'^```\w+ title="([\w.-]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files in a folder, with what an installer writes beside them.

    No installer runs: building a wheel wants the network for its build tool.
    """
    folder = tmp_path_factory.mktemp("package")
    for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = (
        "\n".join([f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())])
        for group, entries in project["entry-points"].items()
    )
    (info / "entry_points.txt").write_text("\n\n".join(groups) + "\n")
    return folder


def test_no_page_and_no_message_lets_pip_fetch_the_name_from_an_index():
    """On PyPI it is another project's."""
    root = PAGE.parents[1]
    pages = [root / "README.md", *root.glob("docs/*.md"), *root.glob("src/**/*.py")]

    wrong = [page for page in pages if re.search(r"pip install '?homeostat", page.read_text())]

    assert len(pages) > 100
    assert wrong == []


@pytest.fixture
def environment(package: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(package),
        "HOMEOSTAT_STATE_DIR": str(tmp_path / "state"),
        "HOMEOSTAT_CONFIG_DIR": str(tmp_path / "config"),
    }


@pytest.fixture
def homeostat(environment: dict[str, str], tmp_path: Path):
    """Runs a command; its rows come back."""

    def run(*words: str) -> list[dict[str, object]]:
        done = subprocess.run(
            [sys.executable, "-m", "homeostat", *words, "--json"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        if words[0] == "calls":  # a stream
            return [json.loads(line) for line in done.stdout.splitlines()]
        return json.loads(done.stdout)["rows"]

    return run


def test_a_log_of_another_agent_becomes_a_run_with_its_failures(homeostat, package):
    (imported,) = homeostat("import", str(package / "session-a1.jsonl"))
    (run,) = homeostat("runs")
    (error,) = homeostat("errors")
    calls = homeostat("calls")

    assert (imported["lines"], imported["events"], imported["problems"]) == (11, 11, [])
    assert (run["run_id"], run["client"], run["project"]) == ("a1", "tinker", "/home/dev/ledger")
    assert (run["calls"], run["failed_calls"], run["denied_calls"]) == (3, 1, 1)
    assert (run["input_tokens"], run["output_tokens"]) == (2700, 120)
    assert (run["client_version"], run["model"], run["ended"]) == ("3.1", "small-1", "completed")
    assert (error["tool"], error["failures"], error["nature"]) == ("shell", 1, "fault")
    assert "No rule to make target" in str(error["line"])
    assert [(c["tool"], c["outcome"], c["failure_kind"], c["exit_code"]) for c in calls] == [
        ("shell", "error", "exit_code", 2),
        ("shell", "ok", None, 0),
        ("look", "denied", "denied", None),
    ]
    assert [c["duration_ms"] for c in calls[:2]] == [1500, 100]


def test_the_same_log_twice_and_grown_counts_each_fact_once(homeostat, package, tmp_path):
    whole = (package / "session-a1.jsonl").read_bytes()
    path = tmp_path / "growing.jsonl"
    path.write_bytes(whole[: whole.index(b'{"at": "2026-11-20T09:00:06Z"')])

    homeostat("import", str(path))
    path.write_bytes(whole)
    homeostat("import", str(path))
    homeostat("import", str(package / "session-a1.jsonl"))

    (run,) = homeostat("runs")
    assert (run["calls"], run["failed_calls"], run["output_tokens"]) == (3, 1, 120)


def test_the_logs_are_found_where_the_agent_keeps_them(homeostat, package, tmp_path):
    place = tmp_path / ".tinker" / "sessions"
    place.mkdir(parents=True)
    (place / "a1.jsonl").write_bytes((package / "session-a1.jsonl").read_bytes())

    (imported,) = homeostat("import", "--yes")

    assert imported["events"] == 11


def test_the_tests_of_the_page_pass(environment, package):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "test_homeostat_tinker.py",
        ],
        cwd=package,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ('raise RuntimeError("no licence")', "no licence"),
        ("source = 5", "it is no source"),
        ("import sys; sys.exit(3)", "SystemExit(3)"),
        ("class source: client = 'x'; homes = (5,)", "homes must be texts"),
    ],
    ids=["fails", "no source", "exits", "odd homes"],
)
def test_an_extension_that_cannot_be_used_is_named_and_the_rest_goes_on(
    environment, package, tmp_path, code, why
):
    broken = tmp_path / "broken"
    info = broken / "broken-1.dist-info"
    info.mkdir(parents=True)
    (broken / "broken.py").write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[homeostat.sources]\nbroken = broken:source\n")
    both = environment | {"PYTHONPATH": f"{package}{os.pathsep}{broken}"}

    done = subprocess.run(
        [sys.executable, "-m", "homeostat", "import", str(package / "session-a1.jsonl")],
        env=both, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "11 new events" in done.stdout
    assert "left out: broken: the extension broken" in done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stderr
