"""health, metrics, changes-in, forecast as a person and a script use them."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from histories import ClaudeSession
from programs import PROGRAM, on_a_terminal, run

COMMANDS = [
    ["health"], ["metrics", "tools"], ["metrics", "agents"], ["metrics", "files"],
    ["metrics", "sequences"], ["metrics", "sessions"], ["metrics", "weight"], ["changes-in"],
    ["forecast"], ["dashboard", "--detailed"],
]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A month in which, since six days, a new version fails."""
    folder = tmp_path_factory.mktemp("home")
    now = datetime.now(UTC) - timedelta(hours=2)
    for ago in range(30):
        for number in range(3):
            name = f"{ago}-{number}"
            session = ClaudeSession(f"day-{name}", now - timedelta(days=ago)).prompt()
            session.call(f"{name}-ok", "Read", file_path="/home/dev/a.py").result(f"{name}-ok")
            if ago < 6:
                session.failing(f"{name}-bad", "Exit code 1\nfatal: it is broken")
            for line in session.finished().lines:
                line["version"] = "2.1.400" if ago < 6 else "2.1.300"
            session.write(folder / ".claude" / "projects" / "-home-dev-ledger")
    done = run(folder, "import", "--yes")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_answers_in_words_and_as_json(home, command):
    words, data = run(home, *command), run(home, *command, "--json")

    assert words.returncode == data.returncode == 0, words.stderr + data.stderr
    assert words.stdout or words.stderr
    assert json.loads(data.stdout)["schema"] == 1


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_is_honest_on_an_empty_store(tmp_path, command):
    done = run(tmp_path, *command)

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "100 %" not in done.stdout


def test_the_dashboard_has_one_line_of_health(home):
    (line,) = [line for line in run(home, "dashboard").stdout.splitlines() if "Health" in line]

    assert "than the 30 days before" in line or "within noise" in line


def test_health_says_what_it_is_made_of(home):
    said = run(home, "health").stdout

    assert "calls that worked" in said
    assert "difference" in said


def test_what_changed_names_what_goes_with_it_and_no_cause(home):
    said = run(home, "changes-in").stdout

    assert "goes with client version claude-code 2.1.400" in said
    assert "cause" not in said


LISTS = [
    ["detect", "--no-propose"], ["errors"], ["runs"], ["calls", "-n", "9"],
    ["show", "unknown:Bash"],
]  # fmt: skip


@pytest.mark.parametrize("command", [*COMMANDS, *LISTS], ids=" ".join)
def test_each_fits_a_terminal_of_eighty_columns(home, command):
    shown = on_a_terminal(home, *command)

    assert widest(shown) <= 80, shown


def test_a_signature_fits_a_terminal_as_well(home):
    (first, *_) = json.loads(run(home, "errors", "--json").stdout)["rows"]

    assert widest(on_a_terminal(home, "show", first["signature"])) <= 80


def test_a_run_that_is_named_by_words_is_named_whole(tmp_path):
    """Its end tells it from the others; what there is no room for beside it is left out."""
    (tmp_path / "h").mkdir()
    traj = [{"role": "user", "content": "Please."}]
    runs = [{"task_id": n, "trial": 1, "reward": 1.0, "info": {}, "traj": traj} for n in (7, 11)]
    (tmp_path / "h" / "gpt-4o-airline.json").write_text(json.dumps(runs))
    run(tmp_path, "import", str(tmp_path / "h"))

    shown = on_a_terminal(tmp_path, "runs")

    assert "gpt-4o-airline:11:1" in shown
    assert widest(shown) <= 80, shown


def widest(shown):
    return max(len(line.rstrip("\r")) for line in shown.split("\n"))


def test_a_project_and_a_run_that_are_not_there_are_refused(home):
    assert run(home, "health", "--project", "nowhere").returncode == 2
    assert run(home, "health", "--run", "zzz").returncode == 2


def test_detect_until_a_past_day_looks_at_the_week_before_it(home):
    shown = run(home, "detect", "--until", "4d", "--json", "--no-propose")

    (found,) = json.loads(shown.stdout)["rows"]
    since, until = (datetime.fromisoformat(found["window"][end]) for end in ("since", "until"))
    assert until - since == timedelta(days=7)
    assert found["runs"] > 0


@pytest.mark.parametrize("command", ["detect", "errors", "runs", "calls"])
def test_a_time_that_ends_before_it_begins_is_refused(home, command):
    shown = run(home, command, "--since", "2026-11-02", "--until", "2026-11-01")

    assert shown.returncode == 2
    assert "is not before" in shown.stderr


def test_tools_that_the_settings_ignore_are_not_ranked(home):
    shown = run(home, "errors", HOMEOSTAT_IGNORED_TOOLS='["Bash"]')

    assert shown.stdout == ""
    assert "1 signature ignored" in shown.stderr


def test_an_answer_that_nobody_can_hear_is_no_crash(home):
    shown = subprocess.run(
        ["sh", "-c", '"$0" errors --json >&-', PROGRAM], stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(home)}, check=False,
    )  # fmt: skip

    assert (shown.returncode, shown.stderr) == (0, "")
