"""The commands as a person and a script use them: the installed program, its output, its codes."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from histories import ClaudeSession, CodexSession
from programs import PROGRAM, on_a_terminal, run

RUN_FIELDS = {
    "run_id", "client", "source_path", "started_at", "ended_at", "calls", "failed_calls",
    "denied_calls", "interrupted_calls", "unknown_calls", "subagent_calls", "input_tokens",
    "output_tokens", "cache_read_tokens", "cache_creation_tokens", "ended", "outcome", "reward",
}  # fmt: skip
CALL_FIELDS = {
    "call_id", "run_id", "client", "source_path", "tool", "outcome", "failure_kind", "nature",
    "masked", "error_class", "signature", "started_at", "duration_ms", "channels", "agent",
}  # fmt: skip
TELLS_ITS_VERSION = """
import sys
sys.argv = ["homeostat", "--version"]
from homeostat.surfaces.cli.main import main
main()
"""
MISSING = "Exit code 1\nModuleNotFoundError: No module named 'yaml'"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one session of each client."""
    session = ClaudeSession("claude-1").prompt()
    session.failing("t1", MISSING, command="python app.py").failing("t2", MISSING)
    session.call("t3", command="ls").result("t3").finished()
    session.write(tmp_path / ".claude" / "projects" / "-home-dev-ledger")
    CodexSession().call("c1", "ls").exited("c1", 0).write(tmp_path / ".codex" / "sessions")
    return tmp_path


def imported(home: Path) -> Path:
    done = run(home, "import", "--yes")
    assert done.returncode == 0, done.stderr
    return home


def test_help_lists_twelve_commands_and_names_the_others(tmp_path):
    shown = run(tmp_path, "--help").stdout

    listed = re.findall(r"^  (\w+)  ", shown.split("Commands:")[1].split("More:")[0], re.MULTILINE)
    assert len(listed) == 12
    assert "explain, merge, split, ignore" in shown


@pytest.mark.parametrize(
    "command",
    ["import", "runs", "run", "calls", "errors", "show", "explain", "merge", "split", "ignore",
     "dashboard", "coverage", "classify", "templates", "redact", "db", "forget", "config", "path",
     "demo", "blame", "detect", "improvements", "propose", "decline", "health",
      "metrics", "changes-in", "forecast", "verify-file", "power", "simulate"],
)  # fmt: skip
def test_every_command_explains_itself(tmp_path, command):
    done = run(tmp_path, command, "--help")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 3
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_an_empty_store_says_what_fills_it(tmp_path):
    done = run(tmp_path)

    assert done.returncode == 0
    assert "homeostat import" in done.stdout


def test_import_without_a_path_says_what_it_found_and_asks(home):
    shown = on_a_terminal(home, "import", answer=b"n\n")
    refused = run(home, "import")

    assert "Found claude-code: 1 file" in shown
    assert "Read them?" in shown
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert json.loads(run(home, "runs", "--json").stdout)["rows"] == []


def test_import_reads_what_it_found_when_the_person_agrees(home):
    on_a_terminal(home, "import", answer=b"y\n")

    rows = json.loads(run(home, "runs", "--json").stdout)["rows"]
    assert {row["run_id"] for row in rows} == {"claude-1", "codex-1"}


def test_runs_and_calls_have_the_fields_that_scripts_rely_on(home):
    imported(home)

    runs = json.loads(run(home, "runs", "--json").stdout)
    calls = [json.loads(line) for line in run(home, "calls", "--json").stdout.splitlines()]

    assert runs["schema"] == 1
    assert all(row.keys() >= RUN_FIELDS for row in runs["rows"])
    assert all(call.keys() >= CALL_FIELDS for call in calls)
    assert {call["outcome"] for call in calls} == {"ok", "error"}
    failed = [call for call in calls if call["outcome"] == "error"]
    assert {(c["failure_kind"], c["error_class"], c["nature"]) for c in failed} == {
        ("exit_code", "import_error", "fault")
    }


def test_errors_show_and_explain_lead_from_one_to_the_next(home):
    imported(home)

    (row,) = json.loads(run(home, "errors", "--json").stdout)["rows"]
    shown = run(home, "show", row["signature"][:6]).stdout
    explained = run(home, "explain", row["signature"]).stdout

    assert (row["failures"], row["runs"], row["error_class"]) == (2, 1, "import_error")
    assert "No module named 'yaml'" in shown
    assert "2 failures in 1 run" in shown
    assert "yaml" in explained.split("kept names")[1].splitlines()[0]


def test_a_merge_a_split_and_an_ignore_print_their_undo_and_it_works(home):
    imported(home)
    (row,) = json.loads(run(home, "errors", "--json").stdout)["rows"]

    said = run(home, "ignore", row["signature"]).stdout
    after = json.loads(run(home, "errors", "--json").stdout)["rows"]
    undo = re.search(r"undo: homeostat (.*)", said)
    assert undo
    run(home, *undo[1].split())

    assert after == []
    assert len(json.loads(run(home, "errors", "--json").stdout)["rows"]) == 1


def test_piped_lists_are_whole_tab_separated_and_without_a_head(home):
    imported(home)

    lines = run(home, "runs").stdout.splitlines()

    assert len(lines) == 2
    assert all(len(line.split("\t")) == 8 for line in lines)
    assert lines[0].endswith("/home/dev/ledger")


def test_lists_on_a_terminal_fit_its_width(home):
    imported(home)

    for arguments in (["runs"], ["errors"], ["calls"], ["dashboard"], ["run", "claude"]):
        shown = on_a_terminal(home, *arguments)
        assert max(map(len, shown.splitlines())) <= 80, arguments


def test_text_from_the_world_cannot_steer_the_terminal(tmp_path):
    session = ClaudeSession().prompt()
    session.failing(
        "t1", "Exit code 1\nfatal: \x1b[31mred\x1b[2J \x07bell", command="echo \x1b]0;x"
    )
    path = session.write(tmp_path)
    run(tmp_path, "import", str(path))

    for arguments in (["errors"], ["calls"], ["dashboard"], ["run", "session"]):
        shown = run(tmp_path, *arguments).stdout
        assert not {"\x1b", "\x07"} & set(shown), arguments


def test_what_was_left_out_is_named_and_the_exit_code_says_so(tmp_path):
    path = tmp_path / "session.jsonl"
    path.write_bytes(ClaudeSession().prompt().failing("t1").data() + b'{"torn\n')

    done = run(tmp_path, "import", str(path))

    assert done.returncode == 1
    assert f"left out: {path}:4: no JSON" in done.stderr
    assert "new events" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "/nowhere"], "does not exist"),
        (["run", "nothing"], 'there is no run "nothing"'),
        (["show", "S-0000"], "there is no signature"),
        (["dashbord"], "Did you mean dashboard"),
        (["runs", "--since", "sometime"], "is no time"),
        (["import", "--format", "nonsense", "."], 'there is no format "nonsense"'),
        (["forget"], "exactly one of"),
        (["merge"], "two signatures"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do_and_code_2(tmp_path, arguments, words):
    done = run(tmp_path, *arguments)

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_newer_database_is_refused_in_words(home):
    imported(home)
    state = json.loads(run(home, "path", "--json").stdout)["rows"]
    database = next(row["path"] for row in state if row["name"] == "database")
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("INSERT INTO migrations VALUES (99, '0099_x.sql', 'y')")

    done = run(home, "runs")

    assert done.returncode == 1
    assert "newer than this homeostat" in done.stderr
    assert "Upgrade homeostat" in done.stderr


def test_settings_show_where_each_value_comes_from(home):
    config = home / ".config" / "homeostat"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("dashboard-days = 14\n")

    shown = run(home, "config", "show", "--origin", HOMEOSTAT_LISTED="5").stdout.splitlines()

    origins = {line.split("\t")[0]: line.split("\t")[1:] for line in shown}
    assert origins["dashboard-days"] == ["14", str(config / "config.toml")]
    assert origins["listed"] == ["5", "HOMEOSTAT_LISTED"]
    assert origins["samples-per-signature"] == ["20", "default"]


def test_a_typing_error_in_the_settings_is_an_error(home):
    config = home / ".config" / "homeostat"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("dashbord-days = 14\n")

    done = run(home, "runs")

    assert done.returncode == 2
    assert "dashbord-days" in done.stderr
    assert "Settings are: dashboard-days" in done.stderr


@pytest.mark.parametrize(
    "time", ["9999-12-31", "0001-01-01", "700000d", "99999999999999d", "1970-01-01", "2262-05-01"]
)
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_any_time_is_understood(home, option, time):
    imported(home)

    done = [run(home, command, option, time) for command in ("runs", "errors", "calls")]

    assert {(answer.returncode, "Traceback" in answer.stderr) for answer in done} in (
        {(0, False)},
        {(2, False)},
    )


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["import", ""], "a path is empty"),
        (["ignore", "S-", "--until", "2020-01-01"], "is over"),
        (["demo", "--sample", "--own"], "exclude each other"),
        (["db", "backup", "/nowhere/at/all"], "/nowhere/at/all"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(home, command, said):
    done = run(imported(home), *command)

    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("where", ["/dev/full", "closed"])
def test_an_answer_that_cannot_be_written_is_no_traceback(home, where):
    imported(home)
    shell = f"{PROGRAM} calls >&-" if where == "closed" else f"{PROGRAM} calls > {where}"

    done = subprocess.run(
        ["sh", "-c", shell], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
    )  # fmt: skip

    assert "Traceback" not in done.stderr
    assert where == "closed" or done.returncode == 1


def test_taking_back_answers_in_json_too(home):
    imported(home)
    (group,) = json.loads(run(home, "errors", "--json").stdout)["rows"]
    run(home, "ignore", group["signature"], "--until", "7d")

    done = run(home, "ignore", "--undo", "1", "--json")

    assert json.loads(done.stdout)["rows"][0]["verb"] == "ignore"


def test_a_file_that_was_left_out_is_not_called_missing(home):
    (home / "torn.jsonl").write_text('{"type":"user","sess')

    done = run(home, "import", str(home / "torn.jsonl"))

    assert done.returncode == 1
    assert "torn.jsonl: of no known format" in done.stderr
    assert "No files were found" not in done.stderr


def test_half_a_character_costs_no_text(tmp_path):
    line = '{"id": 1, "tool": "Bash", "text": "x\\ud83d: command not found"}'

    classified = run(tmp_path, "classify", given=line)
    redacted = run(tmp_path, "redact", "--jsonl", given=line)

    assert json.loads(classified.stdout)["error_class"] == "command_not_found"
    assert json.loads(redacted.stdout)["text"] == "x\ufffd: command not found"


def test_json_on_a_terminal_cannot_steer_it(home):
    session = ClaudeSession("evil").failing("evil-1", "Exit code 1\na \u202e b \x9b2J c")
    session.write(home / ".claude" / "projects" / "-home-dev-ledger")
    imported(home)

    shown = on_a_terminal(home, "calls", "--json", "--run", "evil")

    assert "\\u202e" in shown
    assert not {"\u202e", "\x9b"} & set(shown)


def test_no_colour_and_a_closed_pipe_are_quiet(home):
    imported(home)
    closed = subprocess.run(
        ["sh", "-c", f"{PROGRAM} calls | true"], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1"},
    )  # fmt: skip

    assert "Traceback" not in closed.stderr
    assert "\x1b" not in on_a_terminal(home, "runs")


def test_a_backup_and_a_check_from_the_command_line(home):
    imported(home)

    copied = run(home, "db", "backup", str(home / "copy.db"))
    checked = run(home, "db", "check")
    info = json.loads(run(home, "db", "info", "--json").stdout)["rows"][0]

    assert copied.returncode == checked.returncode == 0
    assert (home / "copy.db").stat().st_size > 0
    assert info["calls"] == 4


def test_forget_asks_and_deletes(home):
    imported(home)

    refused = run(home, "forget", "--run", "claude-1")
    done = run(home, "forget", "--run", "claude-1", "--yes")

    assert refused.returncode == 2
    assert "Deleted 1 run with 3 calls" in done.stdout
    assert "claude-1.jsonl" in done.stderr


def test_coverage_says_what_was_seen(home):
    imported(home)

    shown = run(home, "coverage").stdout

    assert [line.split("\t")[0] for line in shown.splitlines()] == ["claude-code", "codex"]


def test_coverage_says_what_has_no_time_and_what_could_not_be_read(home):
    said = {"role": "user", "content": "Book it."}
    run_ = {"task_id": 1, "trial": 0, "reward": "much", "info": {}, "traj": [said]}
    (home / "runs.json").write_text(json.dumps([run_]))
    run(home, "import", str(home / "runs.json"))

    told = run(home, "coverage").stderr
    assert "without a time of its own: tau-bench, 1 fact at the time of the file" in told
    assert "left out: tau-bench unreadable reward, 1 time" in told


def test_the_version_is_told_without_importing_anything(tmp_path):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", TELLS_ITS_VERSION],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert re.fullmatch(r"homeostat \d+\.\d+\.\d+\n", done.stdout)
    assert not re.search(r"\b(click|msgspec|sqlite3|rich|json)\b", done.stderr)


def test_a_family_is_shown_by_an_older_systems_name(home):
    imported(home)

    shown = run(home, "show", "import_error:Bash")
    older = run(home, "errors", "--type", "tool_error", "--json")
    unknown = run(home, "errors", "--type", "bad_luck")

    assert "import_error:Bash  2 failures of 1 signature: import_error" in shown.stdout
    assert json.loads(older.stdout)["rows"] == []
    assert (unknown.returncode, "no error type" in unknown.stderr) == (2, True)


def test_the_formats_are_listed_with_where_they_are_found(home):
    listed = run(home, "import", "--formats", "--json")

    rows = {row["name"]: row for row in json.loads(listed.stdout)["rows"]}
    assert ".codex/sessions/**/rollout-*.jsonl" in rows["codex"]["homes"]
    assert rows["workflow-agent"]["names"] == ["*.db", "*.sqlite", "*.sqlite3"]


def test_what_keeps_failing_is_detected_proposed_and_declined(home):
    imported(home)

    few = run(home, "detect", "--since", "2026-11-01", "--min-occurrences", "2")
    found = run(
        home, "detect", "--since", "2026-11-01", "--min-occurrences", "2", "--confidence", "0.5"
    )
    listed = json.loads(run(home, "improvements", "--json").stdout)["rows"]
    name = listed[0]["proposal"]["improvement_id"]
    shown = run(home, "show", name)
    declined = run(home, "decline", name)

    assert "1 kind seen too rarely to say that it recurs: --confidence 0 shows" in few.stdout
    assert "import_error:Bash" in found.stdout
    assert "2 failures in 1 run, new" in found.stdout
    assert shown.stdout.startswith(f"{name}  proposed")
    assert declined.stdout.startswith(f"Declined {name}")


def test_a_short_answer_of_detect_names_the_option_that_shows_more(home):
    imported(home)

    few = run(home, "detect", "--since", "2026-11-01")
    none = run(home, "detect", "--since", "2025-01-01", "--until", "2025-02-01")
    late = run(home, "detect", "--since", "1h")

    assert (
        "1 kind failed fewer than 3 times: --min-occurrences 1 --confidence 0 shows them"
        in few.stdout
    )
    assert "No run in this time" in none.stdout
    assert "More is known" not in none.stdout
    assert "More is known, since 2026-11-20: homeostat detect --since 2026-11-20" in late.stdout


def test_a_time_that_is_still_to_come_is_refused(home):
    asked = run(home, "detect", "--since", "2199-01-01")

    assert asked.returncode == 2
    assert "still to come" in asked.stderr
