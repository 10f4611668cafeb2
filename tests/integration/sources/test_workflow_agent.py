"""The run database of a workflow agent: its shapes, followed while its owner goes on using it."""

import json
import sqlite3
from contextlib import closing

import pytest

from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window

SCHEMA = """
CREATE TABLE runs (id TEXT PRIMARY KEY, workflow_name TEXT, task TEXT, status TEXT, model TEXT,
  started_at TEXT, completed_at TEXT, duration_ms INTEGER, context TEXT, error TEXT, metadata TEXT);
CREATE TABLE run_events (id INTEGER PRIMARY KEY, run_id TEXT REFERENCES runs (id),
  step_index INTEGER, event_type TEXT, event_data TEXT, timestamp TEXT);
CREATE TABLE run_metrics (run_id TEXT PRIMARY KEY, total_tool_calls INTEGER,
  successful_tool_calls INTEGER, failed_tool_calls INTEGER, total_iterations INTEGER,
  total_tokens_in INTEGER, total_tokens_out INTEGER, files_read INTEGER, files_modified INTEGER,
  tools_used TEXT, step_durations TEXT);
CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT);
CREATE TABLE schema_version (version INTEGER);
INSERT INTO schema_version VALUES (2);
"""


class Owner:
    """The agent itself, which goes on writing."""

    def __init__(self, connection):
        self._connection = connection
        self.seconds = 0

    def begins(self, run, status="running"):
        self._connection.execute(
            "INSERT INTO runs (id, workflow_name, task, status, model, started_at)"
            " VALUES (?, 'review', 'Review the change.', ?, 'local-7b', ?)",
            (run, status, self._now()),
        )
        return self

    def says(self, run, kind, raw="", **data):
        self._connection.execute(
            "INSERT INTO run_events (run_id, step_index, event_type, event_data, timestamp)"
            " VALUES (?, 0, ?, ?, ?)",
            (run, kind, raw or json.dumps({"type": kind, **data}), self._now()),
        )
        return self

    def calls(self, run, tool, result="done", **end):
        self.says(run, "tool_start", name=tool, arguments={"path": "/srv"})
        end = {"is_error": False, "duration": 12.5, **end}
        return self.says(run, "tool_complete", name=tool, result=result, **end)

    def drops(self, table):
        self._connection.execute(f"DROP TABLE {table}")

    def ends(self, run, status, error=None):
        self._connection.execute(
            "INSERT INTO run_metrics (run_id, total_tokens_in, total_tokens_out)"
            " VALUES (?, 1200, 80)",
            (run,),
        )
        self._connection.execute(
            "UPDATE runs SET status = ?, completed_at = ?, error = ? WHERE id = ?",
            (status, self._now(), error, run),
        )
        return self

    def _now(self):
        self.seconds += 1
        return f"2026-11-20T09:00:{self.seconds:02d}.123456+00:00"


@pytest.fixture
def owner(tmp_path):
    path = tmp_path / "conversations.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        yield Owner(connection)


def outcomes(homeostat):
    return [(c.tool, c.outcome, c.failure_kind) for c in homeostat.calls(CallFilter())]


def test_a_run_is_read_with_its_calls_tokens_and_end(homeostat, owner, tmp_path):
    owner.begins("r1").calls("r1", "read_file")
    owner.calls("r1", "list_dir", "no such folder", is_error=True, error_type="Timeout")
    owner.ends("r1", "completed")

    homeostat.import_files([tmp_path / "conversations.db"])

    (run,) = homeostat.runs(Window())
    assert (run.client, run.project, run.model) == ("workflow-agent", "review", "local-7b")
    assert (run.input_tokens, run.output_tokens, run.ended) == (1200, 80, "completed")
    assert outcomes(homeostat) == [("read_file", "ok", None), ("list_dir", "error", "timeout")]


def test_a_database_without_a_table_of_measures_is_read(homeostat, owner, tmp_path):
    owner.begins("r1").calls("r1", "read_file")
    owner.drops("run_metrics")

    done = homeostat.import_files([tmp_path])

    assert (done.runs, done.problems) == (1, ())
    assert outcomes(homeostat) == [("read_file", "ok", None)]


def test_an_error_without_a_type_is_an_error(homeostat, owner, tmp_path):
    owner.begins("r1").calls("r1", "list_dir", "boom", is_error=True)

    homeostat.import_files([tmp_path])

    assert outcomes(homeostat) == [("list_dir", "error", "error")]


@pytest.mark.parametrize(
    "result", ["Error: no such file", '{"content": [], "isError": true}'], ids=["text", "mcp"]
)
def test_a_failure_that_was_stored_as_a_success_is_not_ok(homeostat, owner, tmp_path, result):
    owner.begins("r1").calls("r1", "mcp_search", result)

    homeostat.import_files([tmp_path])

    assert outcomes(homeostat) == [("mcp_search", "unknown", "hidden_error")]


def test_it_is_followed_while_its_owner_writes(homeostat, owner, tmp_path):
    owner.begins("r1").says("r1", "tool_start", name="build", arguments={})
    homeostat.import_files([tmp_path])
    first = outcomes(homeostat)

    owner.says("r1", "tool_complete", name="build", result="ok", duration=3, is_error=False)
    owner.begins("r2").calls("r2", "build", "failed", is_error=True).ends("r1", "failed", "boom")
    homeostat.import_files([tmp_path])

    assert first == [("build", "unknown", "no_result")]
    assert outcomes(homeostat) == [("build", "ok", None), ("build", "error", "error")]
    assert {run.run_id: run.ended for run in homeostat.runs(Window())} == {
        "r1": "api_failure",
        "r2": "unknown",
    }


@pytest.mark.parametrize(
    ("status", "outcome", "ended"),
    [
        ("failed", "badly", "api_failure"),
        ("completed", "unknown", "completed"),
        ("cancelled", "unknown", "interrupted"),
        ("running", "unknown", "unknown"),
    ],
)
def test_a_run_that_failed_came_out_badly_and_one_that_only_ended_is_not_known(
    homeostat, owner, tmp_path, status, outcome, ended
):
    owner.begins("r1").calls("r1", "build").ends("r1", status, "boom")

    homeostat.import_files([tmp_path])

    (run,) = homeostat.runs(Window())
    assert (run.outcome, run.ended) == (outcome, ended)


def test_a_status_that_nobody_knows_is_said(homeostat, owner, tmp_path):
    owner.begins("r1").ends("r1", "paused")

    homeostat.import_files([tmp_path])

    assert [skipped.name for skipped in homeostat.coverage().skipped] == ["status paused"]


def test_reading_it_twice_changes_nothing(homeostat, owner, tmp_path):
    owner.begins("r1").calls("r1", "build").ends("r1", "completed")
    homeostat.import_files([tmp_path])

    owner.begins("r2")
    again = homeostat.import_files([tmp_path])

    assert again.events == 2
    assert [run.calls for run in homeostat.runs(Window())] == [0, 1]


def test_what_it_does_not_know_is_counted_and_said(homeostat, owner, tmp_path):
    owner.begins("r1").says("r1", "thought_police", content="?")
    owner.says("r1", "tool_start", name="build", raw="{")

    done = homeostat.import_files([tmp_path])

    (skipped,) = homeostat.coverage().skipped
    assert (skipped.client, skipped.name, skipped.times) == (
        "workflow-agent", "event thought_police", 1,
    )  # fmt: skip
    assert "no JSON" in done.problems[0].reason


AS_CREATED = """
CREATE TABLE improvements (id TEXT PRIMARY KEY, category TEXT, description TEXT, related_runs TEXT,
  changes_made TEXT, impact TEXT, created_at TEXT, applied_at TEXT, verified_at TEXT,
  status TEXT DEFAULT 'proposed');
INSERT INTO improvements (id, description, related_runs, created_at) VALUES
  ('imp-1', 'A longer limit', '["r1"]', '2026-11-20T10:00:00+00:00');
"""
AS_DOCUMENTED = """
CREATE TABLE improvements (id TEXT PRIMARY KEY, pattern_id TEXT, description TEXT,
  expected_impact TEXT, changes_made TEXT, status TEXT, proposed_at TEXT, applied_at TEXT,
  verified_at TEXT, actual_impact TEXT, created_at TEXT, updated_at TEXT);
INSERT INTO improvements (id, pattern_id, description, status, created_at) VALUES
  ('imp-1', 'timeout:build', 'A longer limit', 'proposed', '2026-11-20T10:00:00+00:00');
"""


@pytest.mark.parametrize(
    ("shape", "run"), [(AS_CREATED, "r1"), (AS_DOCUMENTED, "improvements")], ids=["made", "told"]
)
def test_improvements_of_both_shapes_are_kept_with_their_state(
    homeostat, owner, tmp_path, shape, run
):
    owner.begins("r1").ends("r1", "completed")
    with closing(sqlite3.connect(tmp_path / "conversations.db")) as theirs:
        theirs.executescript(shape)
        homeostat.import_files([tmp_path / "conversations.db"])
        theirs.execute(
            "UPDATE improvements SET status = 'applied', applied_at = '2026-11-20T11:00:00+00:00'"
        )
        theirs.commit()
        homeostat.import_files([tmp_path / "conversations.db"])

    (score,) = homeostat.run(run).scores
    assert (score.name, score.label, score.source) == (
        "improvement imp-1", "applied", "workflow-agent",
    )  # fmt: skip


def test_another_database_is_foreign(homeostat, tmp_path):
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection:
        connection.execute("CREATE TABLE runs (id TEXT)")
        connection.commit()

    done = homeostat.import_files([tmp_path])

    assert [path.rpartition("/")[2] for path in done.foreign] == ["theirs.db"]
