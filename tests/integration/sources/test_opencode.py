"""opencode's database, read while it is written; its small files; all forms say the same."""

import json
import sqlite3
from contextlib import closing

import pytest

from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window
from opencode_sessions import SCHEMA, OpencodeSession
from stores import everything
from truths import a_homeostat


@pytest.fixture
def database(tmp_path):
    """The client's own connection to a database where homeostat looks for it."""
    folder = tmp_path / "home" / ".local" / "share" / "opencode"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "opencode.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        yield connection


def a_session():
    session = OpencodeSession().prompt().runs("c1", "make", 2, "make: *** No rule.")
    return session.fails("c2", "read", "File not found", filePath="a.py").says()


def imported(homeostat, tmp_path):
    done = homeostat.import_files([tmp_path / "home"])
    assert done.problems == ()
    return done


def calls(homeostat):
    found = homeostat.calls(CallFilter())
    return {call.call_id: (call.tool, call.outcome, call.failure_kind) for call in found}


def test_a_database_gives_its_sessions(homeostat, tmp_path, database):
    a_session().put(database)

    imported(homeostat, tmp_path)

    assert calls(homeostat) == {
        "c1": ("bash", "error", "exit_code"),
        "c2": ("read", "error", "status"),
    }
    (run,) = homeostat.runs(Window())
    assert (run.run_id, run.project, run.client_version, run.model, run.cost_usd) == (
        "ses_1", "/home/dev/ledger", "1.18.33", "small-1", 0.75,
    )  # fmt: skip
    assert (run.input_tokens, run.output_tokens, run.cache_read_tokens) == (1200, 120, 2400)
    assert run.ended == "completed"


def test_a_call_that_is_written_while_it_runs_ends_as_its_last_row_says(
    homeostat, tmp_path, database
):
    session = OpencodeSession().prompt()
    states = [
        {"status": "pending", "input": {}},
        {"status": "running", "input": {"command": "make test"}, "time": {"start": session.now}},
        {"status": "completed", "input": {"command": "make test"}, "output": "1 failed",
         "metadata": {"exit": 1}, "time": {"start": session.now, "end": session.now + 700}},
    ]  # fmt: skip
    session.calls("c1", **states[0])
    seen = []

    for state in states:
        session.messages[-1]["parts"][-1]["state"] = state
        session.now += 1000
        session.put(database)
        imported(homeostat, tmp_path)
        (call,) = homeostat.calls(CallFilter())
        seen.append((call.command, call.outcome, call.failure_kind))

    assert seen == [
        ("{}", "unknown", "no_result"),
        ("make test", "unknown", "no_result"),
        ("make test", "error", "exit_code"),
    ]
    assert (call.exit_code, call.duration_ms) == (1, 700)


def test_only_rows_that_changed_are_read_again(homeostat, tmp_path, database):
    session = a_session()
    session.put(database)
    first = imported(homeostat, tmp_path)
    session.runs("c3", "make", 0).says()
    session.put(database)

    second = imported(homeostat, tmp_path)

    assert first.events > second.events > 0
    assert second.lines < first.lines + 8
    assert len(calls(homeostat)) == 3
    assert imported(homeostat, tmp_path).events == 0


def test_exported_sessions_small_files_and_rows_say_the_same(tmp_path, database):
    session = a_session()
    session.put(database)
    session.write_files(tmp_path / "files" / "storage")
    session.write(tmp_path / "exported")
    found = []

    for form in ("home", "files", "exported"):
        homeostat = a_homeostat(tmp_path / f"state-{form}")
        done = homeostat.import_files([tmp_path / form])
        assert done.problems == ()
        found.append(everything(homeostat))

    assert found[0] == found[1] == found[2]


def test_what_one_form_told_another_does_not_tell_again(homeostat, tmp_path, database):
    session = a_session()
    session.put(database)
    imported(homeostat, tmp_path)
    before = everything(homeostat)

    homeostat.import_files([session.write(tmp_path / "exported")])
    homeostat.import_files([session.write_files(tmp_path / "storage")])

    assert everything(homeostat) == before


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("part", "data", "{"),
        ("part", "data", '{"type":"tool","tool":"bash","callID":7,"state":[]}'),
        ("part", "data", "null"),
        ("message", "data", '{"role":"assistant","tokens":{"output":1e99},"time":"now"}'),
        ("message", "data", ""),
        ("session", "directory", b"\xff\x00"),
    ],
)
def test_a_damaged_row_loses_itself_at_most(homeostat, tmp_path, database, table, column, value):
    OpencodeSession("ses_0").runs("c0", "make", 0).put(database)
    database.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608  # our own words
    a_session().put(database)

    homeostat.import_files([tmp_path / "home"])

    assert {"c1", "c2"} <= set(calls(homeostat))


@pytest.mark.shared
def test_the_recorded_database_gives_its_calls(homeostat, tmp_path, shared_data):
    recorded = shared_data / "other-clients" / "opencode"
    path = tmp_path / "opencode.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((recorded / "db-schema.sql").read_text())
        for line in (recorded / "db-rows.jsonl").read_text().splitlines():
            row = json.loads(line)
            table = row.pop("table")
            names, places = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608  # a recording
                tuple(row.values()),
            )
        connection.commit()

    homeostat.import_files([path])

    assert calls(homeostat) == {
        "call_2_0": ("bash", "ok", None),
        "call_3_0": ("bash", "error", "exit_code"),
        "call_4_0": ("read", "error", "status"),
        "call_5_0": ("edit", "error", "status"),
        "call_6_0": ("invalid", "error", "tool_use_error"),
    }
    (run,) = homeostat.runs(Window())
    assert (run.input_tokens, run.output_tokens, run.cache_read_tokens) == (2400, 240, 4800)
