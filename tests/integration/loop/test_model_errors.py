"""Answers that the model did not give: grouped, dated and priced as failures of calls are."""

import gzip
import json
import os
from datetime import timedelta

import pytest

from fakes import NOW
from histories import START, ClaudeSession
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.improving import Improvements
from homeostat.loop.measuring import Measures
from homeostat.model.call import MODEL
from homeostat.model.pattern import State
from homeostat.model.views import Window

WHOLE = Window(since=NOW - timedelta(days=30), until=NOW + timedelta(days=1))
OVERLOADED = (
    'API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},'
    '"request_id":"req_%012d"}'
)
REFUSED = (
    "Error code: 503 - {'error': {'message': 'Service temporarily unavailable "
    "(request id: req_%06x)', 'type': 'server_error'}}"
)


def sessions(folder, *, died=6, others=4):
    """Sessions in which the model is gone after a call and a minute, and some without trouble."""
    found = []
    for number in range(died + others):
        session = ClaudeSession(f"s{number:02}", START + timedelta(hours=number)).prompt()
        session.call(f"s{number}-a", command="ls").result(f"s{number}-a")
        if number < died:
            session.unanswered(529, OVERLOADED % number)
        else:
            session.finished()
        found.append(session.write(folder))
    return found


def test_an_overloaded_model_is_one_pattern_and_no_call(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path))

    found = Improvements(homeostat).detect(WHOLE)

    (pattern,) = found.patterns
    assert (pattern.family, pattern.state) == ("overloaded:@model", State.NEW)
    assert (pattern.group.failures, pattern.group.runs, pattern.ended_runs) == (6, 6, 6)
    assert (pattern.rate.part, pattern.rate.whole) == (6, 16)
    assert pattern.group.lost_ms == 6 * 1_000  # since the call before had its answer
    assert (found.runs, found.calls, found.faults, found.model_errors) == (10, 10, 0, 6)


def test_what_is_proposed_is_about_the_model(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path))

    (pattern,) = Improvements(homeostat).detect(WHOLE).patterns

    assert [item.kind for item in pattern.proposals] == ["retry_backoff", "fallback_model"]
    assert pattern.proposals[0].title == "Try the model again after a pause"


def test_a_run_tells_its_model_errors_beside_its_calls(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path))

    detail = homeostat.run("s00")

    assert [call.tool for call in detail.calls] == ["Bash"]
    assert [(call.tool, call.error_class) for call in detail.unanswered] == [(MODEL, "overloaded")]
    assert {call.tool for call in homeostat.calls(CallFilter())} == {"Bash"}
    assert len(list(homeostat.calls(CallFilter(tool=MODEL)))) == 6


def test_a_status_that_the_text_does_not_tell_is_told(homeostat, tmp_path):
    session = ClaudeSession().prompt().unanswered(429, "no seats")
    homeostat.import_files([session.write(tmp_path)])

    (group,) = homeostat.failures(Window())

    assert (group.error_class, group.line) == ("rate_limit", "HTTP 429: no seats")


def tried_again(session, times=2):
    for _ in range(times):
        error = {"status": 529, "formatted": "529 Overloaded"}
        session.line("system", subtype="api_error", error=error)
    return session


def test_what_the_client_tried_again_by_itself_costs_until_it_worked(homeostat, tmp_path):
    session = tried_again(ClaudeSession().prompt()).call("a", command="ls").result("a")
    homeostat.import_files([session.write(tmp_path)])

    (group,) = homeostat.failures(Window())

    assert (group.error_class, group.failures, group.lost_ms) == ("overloaded", 2, 2_000)


def test_tries_and_the_end_of_them_are_one_group(homeostat, tmp_path):
    session = tried_again(ClaudeSession().prompt())
    session.unanswered(529, "API Error: 529 Overloaded. This is usually temporary.")
    homeostat.import_files([session.write(tmp_path)])

    (group,) = homeostat.failures(Window())

    assert (group.failures, group.runs, group.lost_ms) == (3, 1, 3_000)


def test_read_again_or_forgotten_it_leaves_the_counts_right(homeostat, tmp_path):
    paths = sessions(tmp_path)
    homeostat.import_files(paths)
    homeostat.import_files(paths)
    assert [group.failures for group in homeostat.failures(Window())] == [6]
    assert homeostat.check() == []

    homeostat.forget(run="s00")

    assert [group.failures for group in homeostat.failures(Window())] == [5]
    assert homeostat.check() == []


def test_only_the_failure_that_was_the_last_ended_the_run(homeostat, tmp_path):
    """A login that was refused once, a try that was got over, and an outage that was the end."""
    for number in range(4):
        session = ClaudeSession(f"s{number}").prompt().unanswered(401, "Invalid API key")
        tried_again(session.prompt(), times=1).call(f"c{number}", command="ls")
        session.result(f"c{number}").unanswered(500, "API Error: 500 Internal server error")
        homeostat.import_files([session.write(tmp_path)])

    found = Improvements(homeostat).detect(WHOLE)

    assert {p.group.error_class: p.ended_runs for p in found.patterns} == {
        "auth": 0,
        "overloaded": 0,
        "server_error": 4,
    }


def test_a_subagent_whose_model_failed_did_not_end_the_run(homeostat, tmp_path):
    for number in range(4):
        session = ClaudeSession(f"s{number}").prompt().unanswered(401, "Invalid API key")
        session.unanswered(529, "API Error: 529 Overloaded")
        session.lines[-1] |= {"isSidechain": True, "agentId": "helper"}
        homeostat.import_files([session.write(tmp_path)])

    found = Improvements(homeostat).detect(WHOLE)

    assert {p.group.error_class: p.ended_runs for p in found.patterns} == {
        "auth": 4,
        "overloaded": 0,
    }


def test_a_failed_call_is_an_answer_of_the_model_as_well(homeostat, tmp_path):
    for number in range(4):
        session = ClaudeSession(f"s{number}").prompt().failing(f"f{number}", "boom")
        session.unanswered(529, OVERLOADED % number)
        homeostat.import_files([session.write(tmp_path)])

    patterns = {p.group.tool: p for p in Improvements(homeostat).detect(WHOLE).patterns}

    assert (patterns[MODEL].rate.part, patterns[MODEL].rate.whole) == (4, 8)


def test_runs_that_died_at_once_count_in_what_changed(homeostat, tmp_path):
    found = [ClaudeSession(f"d{n}").prompt().unanswered(529, OVERLOADED % n) for n in range(3)]
    homeostat.import_files([session.write(tmp_path) for session in found])

    assert Measures(homeostat).changes(WHOLE).runs == 3
    assert homeostat.dashboard().totals.runs_badly == 3


def test_no_view_counts_a_model_error_as_a_call(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path))
    measures = Measures(homeostat)

    assert [(tool.tool, tool.calls) for tool in measures.tools(WHOLE).tools] == [("Bash", 10)]
    assert homeostat.database().calls == 10
    assert homeostat.dashboard().totals.calls == 10
    assert homeostat.dashboard().totals.model_errors == 6
    assert homeostat.forget(run="s00").calls == 1


def test_a_tool_that_is_called_as_models_are_is_still_a_tool(homeostat, tmp_path):
    session = ClaudeSession().prompt().call("a", MODEL, command="ls").result("a")
    homeostat.import_files([session.failing("b", "boom", tool=MODEL).write(tmp_path)])

    detail = homeostat.run("session-1")

    assert [call.tool for call in detail.calls] == ["@model (tool)", "@model (tool)"]
    assert detail.unanswered == ()
    assert homeostat.check() == []


def test_what_the_agent_did_to_get_over_it_is_never_the_model_failing(homeostat, tmp_path):
    for number in range(6):
        session = ClaudeSession(f"s{number}").prompt().failing(f"f{number}", "Exit code 2\nboom")
        tried_again(session, times=1).call(f"g{number}", command="make").result(f"g{number}")
        homeostat.import_files([session.finished().write(tmp_path)])

    patterns = Improvements(homeostat).detect(WHOLE).patterns

    (bash,) = [pattern for pattern in patterns if pattern.group.tool == "Bash"]
    assert [way.what for way in bash.recoveries] == ["`make` the same once more"]


def test_what_a_person_declined_is_not_told_again(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path))
    (pattern,) = Improvements(homeostat).detect(WHOLE).patterns
    Improvements(homeostat).decline(pattern.proposals[0].improvement_id)

    again = Improvements(homeostat).detect(WHOLE)

    (left,) = again.patterns[0].proposals
    assert (left.kind, again.declined) == ("fallback_model", 1)
    _, shown = Improvements(homeostat).signature(pattern.group.signature)
    assert [item.kind for item in shown.proposals] == ["fallback_model"]


@pytest.mark.parametrize(("days_between", "incidents"), [(0, 1), (40, 0)])
def test_without_times_one_service_is_known_by_its_words_and_its_day(
    homeostat, tmp_path, days_between, incidents
):
    """Two files of a benchmark, of one tool each, that say the same."""
    for number, tool in enumerate(("book", "look_up")):
        runs = [tau_run(task, tool, "Error: 503 Service Unavailable") for task in range(6)]
        path = tmp_path / f"{tool}.json"
        path.write_text(json.dumps(runs))
        os.utime(path, (NOW.timestamp() - 3600 - 86_400 * days_between * number,) * 2)
        homeostat.import_files([path])

    window = Window(since=NOW - timedelta(days=90), until=NOW)
    assert len(Improvements(homeostat).detect(window).incidents) == incidents


def tau_run(task, tool, answer):
    call = {"id": "c", "type": "function", "function": {"name": tool, "arguments": "{}"}}
    return {
        "task_id": task, "trial": 0, "reward": 0.0, "info": {},
        "traj": [
            {"role": "user", "content": "Please."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "name": tool, "content": answer},
        ],
    }  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("died", [10, 35])
def test_a_storm_in_a_real_benchmark_is_named_first(homeostat, shared_data, tmp_path, died):
    """Its runs have no times, and other failures are more than those of the small storm."""
    with gzip.open(shared_data / "traces" / "tau-bench" / "gpt-4o-airline.json.gz") as file:
        runs = json.load(file)
    for number in range(60, 60 + died):
        ended = {"reward": 0.0, "info": {"error": REFUSED % number}, "traj": []}
        runs[number] |= ended
    path = tmp_path / "gpt-4o-airline.json"
    path.write_text(json.dumps(runs))
    os.utime(path, (NOW.timestamp() - 3600,) * 2)
    homeostat.import_files([path])

    found = Improvements(homeostat).detect()

    first, second = found.patterns[:2]
    assert (first.family, first.group.runs, first.ended_runs) == ("overloaded:@run", died, died)
    assert first.state is State.UNDATED
    assert second.ended_runs == 0
