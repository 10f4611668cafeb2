"""Healing hooks in Claude Code dotfiles: each of their files, in the shapes that were in use."""

import json

import pytest

from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window

FAILURE = {
    "type": "tool_failure", "tool": "Bash", "title": "Failure: Bash - make: ***",
    "input_summary": '{"command": "make"}', "error": "make: *** No rule to make target 'all'.",
    "error_signature": "d41d8cd98f00b204e9800998ecf8427e", "tags": ["bash"],
    "project": "/home/dev/ledger", "ctm_task_id": None, "session_id": "s1",
    "timestamp": "2026-11-20T09:00:00Z", "status": "approved", "confidence": 0.75,
    "occurrences": 4, "metadata": {"seen_count": 4, "last_seen": "2026-11-20T10:00:00Z"},
}  # fmt: skip


@pytest.fixture
def taken_in(homeostat, tmp_path):
    def made(name, *lines):
        path = tmp_path / ".claude" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text("".join(f"{line}\n" for line in text))
        done = homeostat.import_files([path])
        assert done.problems == ()
        return homeostat

    return made


def calls(homeostat):
    return [(c.tool, c.outcome, c.failure_kind) for c in homeostat.calls(CallFilter())]


@pytest.mark.parametrize(
    "name",
    [
        "logs/failure-catalog.jsonl",
        "logs/self-healing/failure-catalog.jsonl",
        "lessons/lessons.jsonl",
    ],
)
def test_a_failure_is_one_failed_call_with_its_whole_text(taken_in, name):
    homeostat = taken_in(name, FAILURE)

    (run,) = homeostat.runs(Window())
    assert (run.client, run.run_id, run.project) == ("dotfiles", "s1", "/home/dev/ledger")
    assert calls(homeostat) == [("Bash", "error", "tool_failure")]
    assert homeostat.failures(Window())[0].line == "make: *** No rule to make target 'all'."


def test_two_failures_that_they_call_the_same_stay_two(taken_in):
    other = FAILURE | {"error": "fatal: not a git repository", "timestamp": "2026-11-20T09:05:00Z"}

    homeostat = taken_in("logs/failure-catalog.jsonl", FAILURE, other)

    assert len(homeostat.failures(Window())) == 2


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("success", "ok"), ("failed_verify", "error"), ("failed_cmd", "error"),
        ("rate_limited", "denied"), ("ceiling_reached", "denied"),
    ],
)  # fmt: skip
def test_a_restart_comes_out_as_its_last_line_says(taken_in, result, outcome):
    line = {"ts": "2026-11-20T09:00:00Z", "service": "qdrant", "action": "restart"}

    homeostat = taken_in(
        "logs/self-healing/services.jsonl",
        line | {"result": "attempting"},
        line | {"result": result, "ts": "2026-11-20T09:00:05Z"},
    )

    assert [(tool, how) for tool, how, _ in calls(homeostat)] == [("restart:qdrant", outcome)]


def test_an_index_that_is_made_anew_is_open_until_it_is_completed(taken_in):
    line = {"ts": "2026-11-20T09:00:00Z", "path": "/home/dev/notes", "action": "reindex"}

    homeostat = taken_in("logs/self-healing/reindex.jsonl", line | {"reason": "stale"})
    before = calls(homeostat)
    after = taken_in(
        "logs/self-healing/reindex.jsonl",
        line | {"reason": "stale"},
        line | {"result": "completed"},
    )

    assert before == [("reindex", "unknown", "no_result")]
    assert calls(after) == [("reindex", "ok", None)]


def test_a_tuned_value_is_a_change_of_its_file(taken_in):
    homeostat = taken_in(
        "logs/self-healing/config-tuning.jsonl",
        {"ts": "2026-11-20T09:00:00Z", "param": "pruning.ttl", "before": 10, "after": 15,
         "config_file": "/home/dev/.claude/config/pruning.json"},
    )  # fmt: skip

    (call,) = homeostat.calls(CallFilter())
    assert (call.tool, call.path) == ("config_tuning", "/home/dev/.claude/config/pruning.json")
    assert json.loads(call.command) == {"param": "pruning.ttl", "before": 10, "after": 15}


def test_observations_are_calls_of_which_no_outcome_is_known_also_after_they_were_archived(
    taken_in,
):
    line = {"ts": "2026-11-20T09:00:00Z", "tool": "Read", "input": "a.py", "output": "1: import",
            "files": ["a.py"], "project": "/home/dev/ledger"}  # fmt: skip

    taken_in("observations/active-session.jsonl", line)
    homeostat = taken_in("observations/archive/2026-11-20_090500-77.jsonl", line)

    assert calls(homeostat) == [("Read", "unknown", "no_status")]
    assert len(homeostat.runs(Window())) == 1


def test_measures_of_a_session_are_scores_with_their_source(taken_in):
    homeostat = taken_in(
        "metrics/sessions.jsonl",
        {"ts": "2026-11-20T09:00:00Z", "session_id": "unknown", "total_tool_calls": 12,
         "tool_counts": {"Bash": 7}, "mcp_success_rate": None, "agent_spawns": 2},
    )  # fmt: skip

    (run,) = homeostat.runs(Window())
    scores = {s.name: (s.value, s.source) for s in homeostat.run(run.run_id).scores}
    assert scores == {
        "total_tool_calls": (12, "session-metrics"),
        "calls of Bash": (7, "session-metrics"),
        "agent_spawns": (2, "session-metrics"),
    }
    assert run.calls == 0


def test_agents_that_were_started_are_facts(taken_in):
    homeostat = taken_in(
        "logs/subagent-activity.log",
        '[2026-11-20 09:00:00] type=Explore id=a1 name=explorer model=haiku prompt="Find it"',
    )

    (run,) = homeostat.runs(Window())
    assert {f.name: f.count for f in homeostat.run(run.run_id).facts} == {"agent.spawn": 1}


def test_the_patterns_of_agents_give_what_was_started(taken_in):
    homeostat = taken_in(
        "intent-agent-patterns.json",
        {"version": 1, "entries": [
            {"agent_type": "Explore", "context_keywords": ["test"], "model": "haiku",
             "timestamp": "2026-11-20T09:00:00Z", "prompt_preview": "Find the tests"},
        ], "co_occurrence": {"Explore|Plan": 3}, "type_context_map": {}, "last_updated": "x"},
    )  # fmt: skip

    (run,) = homeostat.runs(Window())
    assert {f.name: f.count for f in homeostat.run(run.run_id).facts} == {"agent.spawn": 1}


def test_how_often_they_saw_it_again_is_their_figure_and_not_taken(taken_in):
    homeostat = taken_in(
        "logs/self-healing/failure-escalation.jsonl",
        {"ts": "2026-11-20T09:00:00Z", "signature": "d41d", "occurrence_count": 6, "tool": "Bash",
         "old_confidence": 0.7, "new_confidence": 0.75, "error_preview": "make"},
    )  # fmt: skip

    assert homeostat.runs(Window()) == []
