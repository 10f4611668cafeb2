"""What the views say of a window agrees, and none of them scans history."""

import re
from datetime import timedelta

import pytest

from fakes import NOW, FixedClock
from histories import START, ClaudeSession
from homeostat.knowledge.dialect import sqlite
from homeostat.knowledge.queries import signatures
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window

BROKEN = "Exit code 1\nfatal: it is broken"
LARGE = ("calls", "call_texts", "events", "messages")


def resumed(homeostat, folder):
    """A session that began long ago and went on today, and one of today."""
    old = ClaudeSession("old", START - timedelta(days=30)).prompt().failing("old-1", BROKEN)
    old.start = START
    old.failing("old-2", BROKEN).finished()
    new = ClaudeSession("new").prompt().failing("new-1", BROKEN).finished()
    homeostat.import_files([old.write(folder), new.write(folder)])


def test_a_hook_whose_command_nobody_told_is_counted_by_its_event(homeostat, tmp_path):
    session = ClaudeSession().prompt()
    hook = {"type": "hook_success", "hookName": "Stop", "durationMs": 40}
    session.line("attachment", attachment=hook).line("attachment", attachment=hook)

    homeostat.import_files([session.write(tmp_path)])

    (took,) = homeostat.dashboard().hooks
    assert (took.event, took.command, took.times, took.total_ms) == ("Stop", "", 2, 80)


def test_a_resumed_session_is_a_run_of_the_days_on_which_it_was_active(homeostat, tmp_path):
    resumed(homeostat, tmp_path)
    lately = Window(since=FixedClock().now() - timedelta(days=7))

    totals = homeostat.dashboard().totals
    runs = homeostat.runs(lately)
    (group,) = homeostat.failures(lately)

    assert (totals.runs, totals.calls) == (2, 2)
    assert [run.run_id for run in runs] == ["new", "old"]
    assert group.runs == 2
    assert sum(version.runs for version in homeostat.dashboard().versions) == 2
    assert totals.output_tokens == sum(run.output_tokens for run in runs)


@pytest.mark.parametrize("days", [1, 20, 29, 40])
def test_what_ended_before_a_window_or_began_after_it_is_not_in_it(homeostat, tmp_path, days):
    resumed(homeostat, tmp_path)
    window = Window(until=START - timedelta(days=days))
    began = [run.run_id for run in homeostat.runs(window)]

    assert began == (["old"] if days < 30 else [])
    assert [call.call_id for call in homeostat.calls(CallFilter(window=window))] == (
        ["old-1"] if days < 30 else []
    )


@pytest.mark.parametrize("newest", [1, 3, 5, 100])
def test_the_newest_calls_are_the_last_of_all(homeostat, tmp_path, newest):
    for number in range(4):
        session = ClaudeSession(f"s{number}", START + timedelta(seconds=2 * number)).prompt()
        for call in range(3):
            session.failing(f"s{number}-{call}", BROKEN)
        homeostat.import_files([session.finished().write(tmp_path)])
    every = sorted(homeostat.calls(CallFilter()), key=lambda c: c.started_at, reverse=True)

    found = list(homeostat.calls(CallFilter(), newest=newest))

    assert [call.started_at for call in found] == [call.started_at for call in every[:newest]]
    assert {call.call_id for call in found} <= {call.call_id for call in every}
    assert list(homeostat.calls(CallFilter(tool="Read"), newest=newest)) == []


def test_no_view_scans_history(in_a_file, tmp_path, monkeypatch):
    resumed(in_a_file, tmp_path)
    (group,) = in_a_file.failures(Window())
    statements = []
    reader = sqlite.reader

    def traced(path):
        connection = reader(path)
        connection.raw.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite, "reader", traced)
    in_a_file.dashboard()
    in_a_file.failures(Window(since=START))
    in_a_file.signature(group.signature)
    in_a_file.run("old")
    in_a_file.runs(Window())
    list(in_a_file.calls(CallFilter(), newest=5))
    monkeypatch.setattr(sqlite, "reader", reader)

    with in_a_file.reading() as connection:
        plans = {
            (step[3], sql)
            for sql in statements
            if sql.lstrip().startswith("SELECT")
            for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        }
    scans = [plan for plan in plans if plan[0].startswith("SCAN") and _is_large(*plan)]
    assert len(statements) > 15
    assert scans == []


def _is_large(step, sql):
    """Whether the name that is scanned is that of a large table, or stands for one."""
    name = step.split()[1]
    tables = "|".join(LARGE)
    stands = re.search(rf"\b(?:{tables})\s+{name}\b", sql)
    return (name in LARGE or stands) and "calls_masked" not in step


def failed_in(homeostat, folder, text, projects):
    """A run each, an hour apart, the latest last."""
    for number, project in enumerate(projects):
        name = f"{text[-4:]}-{number}"
        session = ClaudeSession(name, START + timedelta(hours=number)).prompt()
        session.failing(f"{name}-1", text, command="make")
        for line in session.lines:
            line["cwd"] = f"/home/dev/{project}"
        homeostat.import_files([session.finished().write(folder)])
    (found,) = (group for group in homeostat.failures(Window()) if group.line in text)
    return found.signature


def test_of_a_signature_in_very_many_runs_the_latest_tell_what_it_ran_on(
    homeostat, tmp_path, monkeypatch
):
    signature = failed_in(homeostat, tmp_path, BROKEN, ["old", "old", "old", "new", "new"])
    assert homeostat.signature(signature).latest_runs is None

    monkeypatch.setattr(signatures, "SHARED_RUNS", 3)
    shown = homeostat.signature(signature)

    assert shown.latest_runs == 3
    assert [(share.name, share.count) for share in shown.projects] == [
        ("/home/dev/new", 2), ("/home/dev/old", 1),
    ]  # fmt: skip
    assert shown.group.runs == 5


def test_of_signatures_that_were_merged_the_latest_runs_are_those_of_all(
    homeostat, tmp_path, monkeypatch
):
    """The second ended before the first began: none of its runs is among the latest."""
    early = failed_in(homeostat, tmp_path, "Exit code 1\nfatal: the lamp is out", ["b", "b"])
    late = failed_in(homeostat, tmp_path, BROKEN, ["x", "x", "a", "a", "a"])
    homeostat.merge(early, late)
    monkeypatch.setattr(signatures, "SHARED_RUNS", 3)

    shown = homeostat.signature(late)

    assert shown.latest_runs == 3
    assert [(share.name, share.count) for share in shown.projects] == [("/home/dev/a", 3)]


def test_the_dashboard_says_since_when_even_if_that_was_before_its_days(homeostat, tmp_path):
    for days in (40, 1):
        session = ClaudeSession(f"ago-{days}", NOW - timedelta(days=days)).prompt()
        homeostat.import_files([session.failing(f"f{days}").finished().write(tmp_path)])

    (group,) = homeostat.dashboard().costliest

    assert group.failures == 1
    assert group.first_at.date() == (NOW - timedelta(days=40)).date()
