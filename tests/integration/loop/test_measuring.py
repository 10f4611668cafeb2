"""Health and metrics from stored histories, on both databases."""

from datetime import timedelta

import msgspec
import pytest

from histories import START, ClaudeSession
from homeostat.loop.measuring import Measures
from homeostat.model.errors import NotFoundError
from homeostat.model.views import Window
from stores import rows


def a_session(number, *, days=0, failing=False, took=2):
    session = ClaudeSession(f"run-{number}", START - timedelta(days=days)).prompt()
    for index in range(6):
        call = f"{number}-{index}"
        if failing:
            session.failing(call, "Exit code 1\nCommand timed out after 2m 0s")
        else:
            session.call(call, "Read", file_path=f"/home/dev/ledger/{index % 2}.py")
            for _ in range(took - 1):
                session.line("system")
            session.result(call)
    return session.finished()


def fill(homeostat, folder, *, bad=0):
    sessions = [a_session(number, days=number % 30) for number in range(24)]
    sessions += [a_session(f"bad{number}", failing=True) for number in range(bad)]
    homeostat.import_files([session.write(folder) for session in sessions])
    return Measures(homeostat)


def test_an_empty_store_is_not_healthy_but_unknown(homeostat):
    measures = Measures(homeostat)
    found = measures.health()

    assert found.score is None
    assert {part.score for part in found.parts} == {None}
    assert measures.dashboard().health is None
    assert measures.tools(Window()).tools == ()
    assert measures.sessions(Window()) == []


def test_health_falls_with_failing_calls_and_names_its_parts(homeostat, tmp_path):
    well = fill(homeostat, tmp_path).health()
    fill(homeostat, tmp_path / "more", bad=8)
    ill = Measures(homeostat).health()

    reliability = {part.name: part for part in ill.parts}["reliability"]
    assert well.score is not None
    assert ill.score is not None
    assert ill.score < well.score
    assert reliability.score is not None
    assert reliability.score < 60


def test_the_trend_of_a_young_store_is_still_collecting(homeostat, tmp_path):
    homeostat.import_files([a_session(1).write(tmp_path)])
    trend = Measures(homeostat).health().trend

    assert trend
    assert trend.direction is None
    assert trend.missing


def test_a_project_is_named_by_its_end_and_an_unknown_one_is_refused(homeostat, tmp_path):
    measures = fill(homeostat, tmp_path)

    assert measures.health(project="ledger").of == "project /home/dev/ledger"
    with pytest.raises(NotFoundError):
        measures.health(project="garden")


def test_one_run_is_judged_against_what_was_usual_before_it(homeostat, tmp_path):
    fill(homeostat, tmp_path)
    slow = a_session("slow", took=9)
    homeostat.import_files([slow.write(tmp_path)])

    found = Measures(homeostat).health(run="run-slow")

    speed = {part.name: part for part in found.parts}["speed"]
    assert speed.score is not None
    assert speed.score < 40
    assert found.trend is None


def test_tools_have_rates_with_samples_and_durations(homeostat, tmp_path):
    found = fill(homeostat, tmp_path, bad=3).tools(Window())
    by_name = {tool.tool: tool for tool in found.tools}

    assert by_name["Read"].success.part == 144
    assert by_name["Read"].p50_ms == pytest.approx(2000, rel=0.25)
    assert (by_name["Bash"].timeout.part, by_name["Bash"].error.part) == (18, 18)
    assert found.tools[0].tool == "Bash"
    assert found.tools[0].needs_attention
    assert found.missing is None


def test_few_sessions_are_said_to_be_few(homeostat, tmp_path):
    homeostat.import_files([a_session(1).write(tmp_path)])
    measures = Measures(homeostat)

    found = measures.files(Window())

    assert found.files == ()
    assert found.missing
    assert (found.missing.known, found.missing.needed) == (1, 10)
    assert measures.sequences(Window()).missing
    assert measures.agents(Window()).spawns.missing


def test_files_and_sequences_come_from_the_latest_runs(homeostat, tmp_path):
    measures = fill(homeostat, tmp_path)

    assert [file.runs for file in measures.files(Window()).files] == [24, 24]
    assert [(s.first, s.then) for s in measures.sequences(Window()).steps] == [("Read", "Read")]


def test_agents_that_a_run_starts_are_counted(homeostat, tmp_path):
    for number in range(21):
        session = ClaudeSession(f"boss-{number}", START).prompt()
        for kind in ("tester", "coder"):
            session.call(f"{number}-{kind}", "Task", subagent_type=kind, prompt="go")
            session.result(f"{number}-{kind}")
        homeostat.import_files([session.finished().write(tmp_path)])

    found = Measures(homeostat).agents(Window()).spawns

    assert {share.name: share.count for share in found.agents} == {"tester": 21, "coder": 21}
    (pair,) = found.together
    assert (pair.one, pair.other, pair.runs) == ("coder", "tester", 21)


def test_durations_follow_when_a_run_is_forgotten(homeostat, tmp_path):
    fill(homeostat, tmp_path)
    homeostat.forget(run="run-11")

    assert homeostat.check() == []
    assert rows(homeostat, "SELECT SUM(calls) FROM durations")[0][0] == 23 * 6


def daily_sessions(homeostat, folder, *, days=32, broken_since=10):
    """Three runs a day; from one day on they run a new version, and fail."""
    for ago in range(days):
        for number in range(3):
            session = ClaudeSession(f"day-{ago}-{number}", START - timedelta(days=ago)).prompt()
            session.call(f"{ago}-{number}-ok", "Read", file_path="/home/dev/a.py")
            session.result(f"{ago}-{number}-ok")
            if ago < broken_since:
                session.failing(f"{ago}-{number}", "Exit code 1\nfatal: it is broken")
            for line in session.finished().lines:
                line["version"] = "2.1.400" if ago < broken_since else "2.1.300"
            session.write(folder)
    homeostat.import_files([folder])
    return Measures(homeostat)


def test_a_version_since_which_runs_fail_is_the_first_suspect(homeostat, tmp_path):
    found = daily_sessions(homeostat, tmp_path).changes(Window())
    by_signature = [change for change in found.changes if change.signature]

    assert found.missing is None
    assert found.runs == 96
    suspects = by_signature[0].suspects
    assert (suspects[0].field, suspects[0].value) == ("client version", "claude-code 2.1.400")
    assert (suspects[0].with_it.part, suspects[0].without.part) == (30, 0)


def test_a_young_store_tells_no_change_and_no_forecast(homeostat, tmp_path):
    homeostat.import_files([a_session(1).write(tmp_path)])
    measures = Measures(homeostat)

    assert measures.changes(Window()).missing
    assert measures.forecast().missing
    assert measures.forecast(output_tokens=1000).limits[-3].missing


def test_a_budget_is_used_up_at_the_pace_of_the_days_before(homeostat, tmp_path):
    found = daily_sessions(homeostat, tmp_path).forecast(output_tokens=10_000)
    (budget,) = [limit for limit in found.limits if limit.unit == "tokens" and limit.limit]

    assert budget.a_day == pytest.approx(75, rel=0.2)
    assert budget.days == pytest.approx((10_000 - budget.used) / budget.a_day)
    assert found.missing is None


def test_hooks_and_servers_are_weighed(homeostat, tmp_path):
    session = ClaudeSession().prompt()
    hook = {"type": "hook_success", "hookName": "Stop", "durationMs": 40}
    session.line("attachment", attachment=hook).line("attachment", attachment=hook)
    session.call("1", "mcp__db__query").result("1")
    homeostat.import_files([session.finished().write(tmp_path)])

    hook_weight, server = Measures(homeostat).weight(Window())

    assert (hook_weight.name, hook_weight.used, hook_weight.ms_a_run) == ("Stop", 2, 80)
    assert (server.kind, server.name, server.used) == ("MCP server", "db", 1)
    assert server.tokens_a_run is None


def test_the_detailed_dashboard_holds_what_needs_attention_and_what_changed(homeostat, tmp_path):
    found = daily_sessions(homeostat, tmp_path).dashboard(detailed=True)

    assert [tool.tool for tool in found.tools] == ["Bash"]
    assert found.changes
    assert found.changes.changes
    assert found.health
    assert found.health.score is not None


def test_reading_twice_answers_the_same_to_the_byte(homeostat, tmp_path):
    measures = daily_sessions(homeostat, tmp_path)

    def answers():
        return msgspec.json.encode(
            [
                measures.health(), measures.tools(Window()), measures.agents(Window()),
                measures.changes(Window()), measures.sequences(Window()),
                measures.weight(Window()),
            ]
        )  # fmt: skip

    assert answers() == answers()


def test_a_run_of_a_clock_that_jumped_moves_nothing(homeostat, tmp_path):
    measures = fill(homeostat, tmp_path)
    before = measures.health().score
    old = a_session("old", days=400, failing=True)

    homeostat.import_files([old.write(tmp_path)])

    assert measures.health().score == before
    assert measures.health(run="run-old").score is not None
    assert measures.changes(Window()).changes == ()
    assert measures.forecast().accelerating == ()


def test_calls_whose_answer_never_came_are_unknown_and_make_no_health(homeostat, tmp_path):
    for number in range(12):
        session = ClaudeSession(f"lost-{number}", START).prompt()
        for index in range(5):
            session.call(f"{number}-{index}", "Read")
        homeostat.import_files([session.write(tmp_path)])

    measures = Measures(homeostat)
    (tool,) = measures.tools(Window()).tools

    assert measures.health().score is None
    assert (tool.unknown, tool.success.whole, tool.effectiveness) == (60, 0, None)
    assert not tool.needs_attention
