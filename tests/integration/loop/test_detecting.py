"""detect on whole histories: what it says, why it says no more, and that it says it again."""

import json
import os
from datetime import timedelta

import pytest

from fakes import NOW
from histories import ClaudeSession
from homeostat.loop.improving import Improvements
from homeostat.model.errors import NotFoundError
from homeostat.model.pattern import State, Status
from homeostat.model.views import Window

MISSING = "Exit code 1\nModuleNotFoundError: No module named 'yaml'"
STALE = "<tool_use_error>String to replace not found in file.\nString: x = 1</tool_use_error>"
WHOLE = Window(since=NOW - timedelta(days=30), until=NOW)


def sessions(folder, *, order=1, stale=4):
    """Twelve sessions in which `python app.py` fails once each, and ten that work."""
    found = []
    for number in range(22):
        session = ClaudeSession(f"s{number:02}").prompt()
        if number < 12:
            session.failing(f"s{number}-a", MISSING, command="python app.py")
            session.call(f"s{number}-b", command="uv run app.py").result(f"s{number}-b")
        else:
            session.call(f"s{number}-c", command="ls").result(f"s{number}-c")
        if number < stale:
            session.failing(f"s{number}-d", STALE, tool="Edit")
        found.append(session.finished().write(folder))
    return found[::order]


def test_a_pattern_is_told_with_what_goes_with_it_and_what_could_be_done(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path / "h"))

    found = Improvements(homeostat).detect(WHOLE)

    first = found.patterns[0]
    assert (first.family, first.group.failures, first.group.runs) == ("import_error:Bash", 12, 12)
    assert (first.state, first.escalated) == (State.NEW, True)
    assert (first.rate.part, first.rate.whole) == (12, 34)
    assert first.factors[0].name == "ran `python`"
    assert {item.kind for item in first.proposals} >= {"hint_interpreter"}


def test_of_runs_without_times_it_is_not_known_when_they_failed(homeostat, tmp_path):
    for path in sessions(tmp_path / "h", stale=6):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            line.pop("timestamp", None)
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        written = NOW.timestamp() - 3600
        os.utime(path, (written, written))
        homeostat.import_files([path])

    found = Improvements(homeostat).detect(WHOLE)

    (first,) = found.patterns[:1]
    assert (first.group.failures, first.undated, first.state) == (12, 12, State.UNDATED)
    assert (first.escalated, first.failing_runs_a_day) == (False, 0)
    assert first.factors[0].name == "ran `python`"
    (incident,) = found.incidents
    assert (incident.runs, incident.is_dated) == (12, False)


def test_the_same_histories_in_another_order_give_the_same_findings(
    homeostat, new_database, tmp_path
):
    from conftest import made_homeostat  # noqa: PLC0415  # the second of its kind

    other = made_homeostat(tmp_path / "other", new_database())
    homeostat.import_files(sessions(tmp_path / "h"))
    for path in sessions(tmp_path / "h", order=-1):
        other.import_files([path])

    assert Improvements(homeostat).detect(WHOLE) == Improvements(other).detect(WHOLE)


def test_an_answer_that_is_short_says_why(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path / "h"))

    few = Improvements(homeostat).detect(WHOLE, min_occurrences=5)
    sure = Improvements(homeostat).detect(WHOLE, confidence=0.99)
    none = Improvements(homeostat).detect(
        Window(since=NOW - timedelta(days=400), until=NOW - timedelta(days=300))
    )

    assert (few.kinds, few.too_few, len(few.patterns)) == (2, 1, 1)
    assert (sure.below_confidence, [p.group.runs for p in sure.patterns]) == (1, [12])
    assert (none.runs, none.patterns) == (0, ())


def test_proposing_twice_makes_one_and_a_declined_one_stays_declined(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path / "h"))
    Improvements(homeostat).detect(WHOLE)
    first = Improvements(homeostat).all()

    declined = Improvements(homeostat).decline(first[0].proposal.improvement_id)
    Improvements(homeostat).detect(WHOLE)

    again = Improvements(homeostat).all()
    assert {i.proposal.improvement_id for i in again} == {i.proposal.improvement_id for i in first}
    assert (
        Improvements(homeostat).improvement(declined.proposal.improvement_id).status
        is Status.DECLINED
    )
    assert declined not in Improvements(homeostat).all(status=Status.PROPOSED)


def test_without_proposing_nothing_is_written_down(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path / "h"))

    Improvements(homeostat).detect(WHOLE, propose=False)

    assert Improvements(homeostat).all() == []


def test_an_improvement_that_is_not_there_is_named(homeostat):
    with pytest.raises(NotFoundError, match="I-XYZ"):
        Improvements(homeostat).decline("I-XYZ")


def test_one_pattern_is_shown_as_it_is_detected(homeostat, tmp_path):
    homeostat.import_files(sessions(tmp_path / "h"))
    found = Improvements(homeostat).detect(WHOLE).patterns[0]

    _, shown = Improvements(homeostat).signature(found.group.signature)

    assert shown is not None
    assert (shown.family, shown.factors[0].name) == (found.family, found.factors[0].name)
    assert [item.kind for item in shown.proposals] == [item.kind for item in found.proposals]


@pytest.mark.parametrize("outcome", ["nothing", "one", "failing"])
def test_any_store_has_an_answer(homeostat, tmp_path, outcome):
    if outcome == "one":
        homeostat.import_files([ClaudeSession("one").prompt().write(tmp_path)])
    if outcome == "failing":
        for number in range(6):
            session = ClaudeSession(f"s{number}").prompt().failing(f"t{number}", MISSING)
            homeostat.import_files([session.write(tmp_path / "h")])

    found = Improvements(homeostat).detect(WHOLE)

    assert len(found.patterns) == (1 if outcome == "failing" else 0)


def test_a_rate_counts_all_that_worked_in_a_long_window_too(homeostat, tmp_path):
    """Half a year ago the tool worked a hundred times; both belong to the window."""
    old = ClaudeSession("old", NOW - timedelta(days=150)).prompt()
    for number in range(100):
        old.call(f"o{number}", command="ls").result(f"o{number}")
    homeostat.import_files([old.write(tmp_path / "h"), *sessions(tmp_path / "h")])

    found = Improvements(homeostat).detect(Window(since=NOW - timedelta(days=300), until=NOW))

    assert (found.patterns[0].rate.part, found.patterns[0].rate.whole) == (12, 134)


def test_what_is_gone_is_told_and_nothing_is_proposed_for_it(homeostat, tmp_path):
    for week in range(20):
        at = NOW - timedelta(days=7 * (20 - week))
        session = ClaudeSession(f"w{week}", at).prompt()
        for number in range(20):
            session.call(f"w{week}-{number}", command="ls").result(f"w{week}-{number}")
        if week < 10:
            session.failing(f"w{week}-f", MISSING, command="python app.py")
        homeostat.import_files([session.finished().write(tmp_path / "h")])

    found = Improvements(homeostat).detect(Window(since=NOW - timedelta(days=200), until=NOW))

    assert found.patterns == ()
    assert [group.failures for group in found.resolved] == [10]
    assert Improvements(homeostat).all() == []


@pytest.mark.parametrize("later", [False, True])
def test_what_is_gone_has_the_figures_of_the_weeks_whatever_came_later(homeostat, tmp_path, later):
    """It failed twice a week for half a year, until five weeks ago."""
    for week in range(28):
        at = NOW - timedelta(days=7 * (28 - week))
        session = ClaudeSession(f"w{week}", at).prompt()
        for number in range(20):
            session.call(f"w{week}-{number}", command="ls").result(f"w{week}-{number}")
        for number in range(2 if week < 23 else 0):
            session.failing(f"w{week}-f{number}", MISSING, command="python app.py")
        homeostat.import_files([session.finished().write(tmp_path / "h")])
    if later:
        after = ClaudeSession("later", NOW + timedelta(hours=3)).prompt().finished()
        homeostat.import_files([after.write(tmp_path / "h")])

    found = Improvements(homeostat).detect(Window(since=NOW - timedelta(days=7), until=NOW))

    assert [(group.failures, group.runs) for group in found.resolved] == [(8, 4)]


def test_one_service_that_is_down_is_one_incident_over_all_tools(homeostat, tmp_path):
    """Four runs fail at one tool, four others at another, in the same hours."""
    for number in range(8):
        at = NOW - timedelta(days=2, hours=number % 4)
        session = ClaudeSession(f"s{number}", at).prompt()
        for time in range(3):
            name, tool = f"s{number}-{time}", ("fetch_page", "search_web")[number // 4]
            session.failing(
                name, "Error: 503 Service Unavailable", tool=tool, url="https://a.example"
            )
        homeostat.import_files([session.finished().write(tmp_path / "h")])

    (incident,) = Improvements(homeostat).detect(WHOLE).incidents

    assert (incident.failures, incident.runs) == (24, 8)
    assert {share.name for share in incident.tools} == {"fetch_page", "search_web"}


def test_in_a_long_window_new_is_what_began_within_two_weeks(homeostat, tmp_path):
    for month in range(1, 5):
        at = NOW - timedelta(days=30 * month)
        session = ClaudeSession(f"m{month}", at).prompt().failing(f"m{month}-f", MISSING)
        homeostat.import_files([session.write(tmp_path / "h")])

    found = Improvements(homeostat).detect(Window(since=NOW - timedelta(days=300), until=NOW))

    assert [pattern.state for pattern in found.patterns] == [State.ONGOING]


def test_a_finding_is_shown_with_its_own_figures_and_is_no_pattern(homeostat, tmp_path):
    red = "Exit code 1\nFAILED tests/test_a.py::test_b - assert 1 == 2\n1 failed in 0.10s"
    for number in range(6):
        session = ClaudeSession(f"s{number}").prompt().failing(f"f{number}", red, command="pytest")
        homeostat.import_files([session.finished().write(tmp_path / "h")])
    (group,) = homeostat.failures(WHOLE, nature="finding")

    _, shown = Improvements(homeostat).signature(group.signature)

    assert shown is not None
    assert (shown.rate.part, shown.state) == (6, State.NEW)
    assert Improvements(homeostat).detect(WHOLE).patterns == ()
