"""What somebody meets who uses it for the first time: on real widths, with real heaps of files."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

import pytest

from histories import ClaudeSession
from programs import on_a_terminal, run

LONG_AGO = datetime.now(UTC) - timedelta(days=200)
TOO_OLD = "Exit code 1\n ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment (bad pnpm and/or Node.js version)"  # fmt: skip  # noqa: E501
CONVERSATION = [
    {"role": "human", "content": "How far is it?"},
    {"role": "Orchestrator (-> WebSurfer)", "content": "Look it up."},
    {"role": "WebSurfer", "content": "I typed something else."},
    {"role": "Assistant", "content": "It failed: not found."},
]


@pytest.fixture
def home(tmp_path):
    """A home with one session of half a year ago, in which a command fails until it is another."""
    session = ClaudeSession("old", LONG_AGO).prompt()
    for number in range(4):
        session.failing(f"t{number}", TOO_OLD, command="pnpm test")
    session.call("t5", command="ls").result("t5").finished()
    session.write(tmp_path / ".claude" / "projects" / "-home-dev-ledger")
    assert run(tmp_path, "import", "--yes").returncode == 0
    return tmp_path


def test_calls_as_homeostat_tells_them_can_all_be_replayed(home):
    told = run(home, "calls", "--json").stdout
    done = run(home, "simulate", "rate-limit", "--a-minute", "60", given=told)

    assert "could not be read" not in done.stderr
    assert "comparable calls" in done.stdout or "cannot be simulated" in done.stdout
    assert json.loads(told.splitlines()[-1])["error_class"] is None


def test_another_command_after_a_failure_is_no_retry(tmp_path):
    def replayed(second):
        lines = [
            {"run_id": f"r{n}", "tool": "Bash", "outcome": outcome, "signature": "S", **asked}
            for n in range(40)
            for outcome, asked in (("error", {"command": "make"}), ("ok", {"command": second}))
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return json.loads(run(tmp_path, "simulate", "retry", "--json", given=text).stdout)

    again, other = replayed("make"), replayed("ls")

    assert (again["standing"], again["n"]) == ("estimate", 40)
    assert other["n"] == 0


def test_a_rule_for_arguments_can_be_replayed_on_calls_as_homeostat_tells_them(home):
    lines = [
        {"tool": "Read", "outcome": "error" if number % 2 else "ok", "path": "/old/a.py"}
        for number in range(60)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = run(home, "simulate", "arguments", "--refuse", '"/old/', "--json", given=text)

    assert json.loads(done.stdout)["of"] == 30


def test_the_progress_of_an_import_never_goes_past_its_end(tmp_path):
    for number in range(20):
        session = ClaudeSession(f"s{number}").prompt("x" * 5_000).finished()
        (tmp_path / "h").mkdir(exist_ok=True)
        path = tmp_path / "h" / f"s{number}.json.gz"
        path.write_bytes(gzip.compress(session.data(), 0))
        (tmp_path / "h" / f"s{number}.jsonl").write_bytes(session.data())

    shown = on_a_terminal(tmp_path, "import", str(tmp_path / "h"))
    steps = re.findall(r"([\d.]+)/([\d.]+) (?:bytes|kB|MB)", shown)

    assert steps
    assert all(float(done) <= float(of) for done, of in steps)


def test_a_short_list_is_not_cut_where_there_is_room(home):
    settings = on_a_terminal(home, "config", "show", "--origin")
    runs = on_a_terminal(home, "runs")

    assert "samples-per-signature" in settings
    assert runs.splitlines()[0].endswith("project")


def test_coverage_says_on_a_terminal_when_each_client_was_last_seen(home):
    (row,) = [line for line in on_a_terminal(home, "coverage").splitlines() if "claude" in line]

    assert row.endswith(f"{LONG_AGO.astimezone():%Y}")


def test_of_a_long_path_blame_shows_the_end(tmp_path):
    folder = tmp_path / ("a" * 40) / ("b" * 40)
    folder.mkdir(parents=True)
    (folder / "run-7.json").write_text(json.dumps(CONVERSATION))

    assert "run-7.json" in on_a_terminal(tmp_path, "blame", str(folder))


def test_blame_says_when_there_is_nobody_to_blame(home):
    done = run(home, "blame", str(home / ".claude"))

    assert done.stdout == ""
    assert "No failed conversation" in done.stderr
    assert "Guesses" not in done.stderr


def test_where_no_file_was_named_that_is_said(tmp_path):
    for number in range(12):
        start = datetime.now(UTC) - timedelta(hours=3 + number)
        session = ClaudeSession(f"s{number}", start).prompt()
        session.call(f"c{number}", command="ls").result(f"c{number}").finished()
        session.write(tmp_path / ".claude" / "projects" / "-home-dev-ledger")
    run(tmp_path, "import", "--yes")
    done = run(tmp_path, "metrics", "files")

    assert done.stdout == ""
    assert "names a file" in done.stderr


def test_detect_says_that_what_it_tells_is_not_of_now(home):
    latest, named = run(home, "detect").stdout, run(home, "detect", "--since", "1d").stdout

    assert "(nothing newer)" in latest.splitlines()[0]
    assert "(nothing newer)" not in named


def test_detect_shows_the_end_of_a_line_that_tells_the_cause_and_what_to_do(home):
    shown = on_a_terminal(home, "detect")

    assert "Node.js version)" in shown
    assert "Run it with a Node that fits" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_signature_that_was_merged_into_another_says_so(home):
    session = ClaudeSession("other", LONG_AGO).prompt()
    session.failing("o1", "Exit code 1\nModuleNotFoundError: No module named 'yaml'").finished()
    run(home, "import", str(session.write(home / "h")))
    one, other = [
        row["signature"] for row in json.loads(run(home, "errors", "--json").stdout)["rows"]
    ]
    run(home, "merge", one, other)

    assert f"count it with {other}" in run(home, "show", one).stdout
    assert f"Merged into it by you: {one}" in run(home, "show", other).stdout


def test_no_change_that_was_found_is_not_called_no_change(tmp_path):
    for ago in range(12):
        session = ClaudeSession(f"d{ago}", datetime.now(UTC) - timedelta(days=ago, hours=2))
        session.prompt().failing(f"t{ago}").finished()
        session.write(tmp_path / ".claude" / "projects" / "-home-dev-ledger")
    run(tmp_path, "import", "--yes")
    said = run(tmp_path, "changes-in").stdout

    assert "No change beyond noise was found" in said
    assert "as often as before" not in said


def test_runs_without_calls_are_known_and_say_nothing_of_failures(tmp_path):
    said = {"role": "user", "content": "Book it."}
    trial = {"task_id": 1, "trial": 0, "reward": 0.0, "info": {}, "traj": [said]}
    (tmp_path / "runs.json").write_text(json.dumps([trial]))
    run(tmp_path, "import", str(tmp_path / "runs.json"))

    dashboard, detected = run(tmp_path, "dashboard").stdout, run(tmp_path, "detect").stdout

    assert "1 run: 0 ended well, 1 did not" in dashboard
    assert "1 run without times of their own: on the day of the file" in dashboard
    for shown in (dashboard, detected):
        assert "what failed is not known" in shown
        assert "No fault" not in shown


def test_a_project_is_named_by_the_end_of_its_folder(home):
    everything = json.loads(run(home, "runs", "--json").stdout)["rows"]
    whole = next(row["project"] for row in everything if row["project"])

    found = json.loads(run(home, "runs", "--project", PurePath(whole).name, "--json").stdout)[
        "rows"
    ]
    unknown = run(home, "runs", "--project", "no-such-place")

    assert {row["project"] for row in found} == {whole}
    assert unknown.returncode == 2
    assert 'there is no run of project "no-such-place"' in unknown.stderr


def test_on_a_terminal_it_asks_before_detail_is_given_up(home):
    seen = on_a_terminal(home, "db", "vacuum", "--days", "1", answer=b"n\n")

    assert "Give up each call of runs that ended 1 day ago?" in seen
    assert "were given up" not in seen
    assert "were given up" in run(home, "db", "vacuum", "--days", "1").stdout
