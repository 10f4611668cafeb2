"""Detail is given up after some days; what was counted stays, and is never counted twice."""

import json
from datetime import datetime, timedelta

import pytest

from conftest import made_homeostat
from fakes import NOW
from histories import START, ClaudeSession, CodexSession, jsonl
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window
from stores import rows

BROKEN = "Exit code 1\nfatal: it is broken"
LONG_AGO = START - timedelta(days=60)


def an_old_session(days=60):
    session = ClaudeSession("old", START - timedelta(days=days)).prompt()
    for number in range(30):
        session.failing(f"old-{number}", BROKEN, command=f"make {number}")
    session.call("old-ok", "Read", file_path="/srv/only-here.py").result("old-ok")
    return session.finished()


def histories(homeostat, folder):
    old = an_old_session().write(folder)
    new = ClaudeSession("new").prompt().failing("new-1", BROKEN).finished().write(folder)
    homeostat.import_files([old, new])
    return old


def counted(homeostat):
    """What is to stay."""
    runs = list(homeostat.runs(Window()))
    groups = homeostat.failures(Window())
    daily = rows(homeostat, "SELECT SUM(calls), SUM(duration_ms) FROM daily")
    hourly = rows(homeostat, "SELECT SUM(calls), SUM(duration_ms) FROM hourly")
    return runs, groups, daily, hourly


def test_old_detail_goes_and_every_count_stays(homeostat, tmp_path):
    histories(homeostat, tmp_path)
    before = counted(homeostat)

    done = homeostat.vacuum()

    assert (done.runs, done.calls) == (
        1,
        12,
    )  # the new failure and nineteen old ones stay as samples
    assert done.events > 60
    assert counted(homeostat) == before
    assert homeostat.check() == []
    assert {call.run_id for call in homeostat.calls(CallFilter(outcome="ok"))} == set()
    assert rows(homeostat, "SELECT word FROM words WHERE word = '/srv/only-here.py'") == []


def test_a_signature_of_which_only_counts_are_left_still_shows_samples(homeostat, tmp_path):
    homeostat.import_files([an_old_session().write(tmp_path)])
    (group,) = homeostat.failures(Window())

    homeostat.vacuum()

    shown = homeostat.signature(group.signature)
    assert shown.group.failures == 30
    assert [sample.text for sample in shown.samples] == [BROKEN] * 5


def test_what_was_given_up_is_not_counted_again(homeostat, tmp_path):
    old = histories(homeostat, tmp_path)
    homeostat.vacuum()
    before = counted(homeostat)
    copy = tmp_path / "elsewhere" / old.name
    copy.parent.mkdir()
    copy.write_bytes(old.read_bytes())

    done = homeostat.import_files([copy])

    assert done.events == 0
    assert counted(homeostat) == before
    assert homeostat.check() == []


def test_a_run_that_is_resumed_goes_on_being_counted(homeostat, tmp_path):
    session = an_old_session()
    path = session.write(tmp_path)
    homeostat.import_files([path])
    homeostat.vacuum()
    session.start = START
    session.prompt("go on").failing("again-1", BROKEN).failing("again-2", BROKEN).finished()
    session.write(tmp_path)

    homeostat.import_files([path])

    (run,) = homeostat.runs(Window())
    (group,) = homeostat.failures(Window())
    assert (run.calls, run.failed_calls) == (33, 32)
    assert (group.failures, group.runs) == (32, 1)
    assert group.first_at < LONG_AGO + timedelta(days=1)
    assert homeostat.check() == []

    homeostat.vacuum(days=1)
    assert homeostat.failures(Window())[0].failures == 32
    assert homeostat.check() == []


def test_giving_up_twice_changes_nothing(homeostat, tmp_path):
    histories(homeostat, tmp_path)
    homeostat.vacuum()
    before = counted(homeostat)

    again = homeostat.vacuum()

    assert (again.runs, again.events, again.calls) == (0, 0, 0)
    assert counted(homeostat) == before


@pytest.mark.parametrize("verb", ["split", "forget"])
def test_what_a_person_changes_later_leaves_the_counts_sound(homeostat, tmp_path, verb):
    old = an_old_session(60)
    for line in old.lines[:20]:
        line["cwd"] = "/home/dev/ledger"
    homeostat.import_files([old.write(tmp_path)])
    new = ClaudeSession("new").prompt()
    new.failing("new-1", f"{BROKEN}\nproxy alpha").failing("new-2", f"{BROKEN}\nproxy beta")
    homeostat.import_files([new.finished().write(tmp_path)])
    homeostat.vacuum()
    (group,) = homeostat.failures(Window())

    if verb == "split":
        done = homeostat.split(group.signature, "proxy alpha")
        assert done.moved == 1
        assert sorted(g.failures for g in homeostat.failures(Window())) == [1, 31]
        assert homeostat.check() == []
        homeostat.undo_grouping(done.grouping.grouping_id)
        assert [g.failures for g in homeostat.failures(Window())] == [32]
    else:
        homeostat.forget(run="old")
        assert [g.failures for g in homeostat.failures(Window())] == [2]
    assert homeostat.check() == []


def test_the_info_says_what_would_be_given_up_and_what_was(homeostat, tmp_path):
    histories(homeostat, tmp_path)
    assert homeostat.database().runs_beyond == 1
    assert homeostat.database().given_up_until is None

    homeostat.vacuum()

    info = homeostat.database()
    assert info.runs_beyond == 0
    assert info.given_up_until == NOW - timedelta(days=30)


def test_days_of_which_nothing_is_left_are_dropped_whole(postgres, tmp_path):
    with postgres.fresh() as url:
        homeostat = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url})
        histories(homeostat, tmp_path)
        days = "SELECT COUNT(*) FROM pg_inherits WHERE inhparent = 'events'::regclass"
        assert rows(homeostat, days) == [(3,)]

        homeostat.vacuum()

        assert rows(homeostat, days) == [(2,)]
        assert rows(homeostat, "SELECT COUNT(*) FROM event_ids") == rows(
            homeostat, "SELECT COUNT(*) FROM events"
        )


def test_an_end_that_was_split_off_is_the_groups_end_no_more(homeostat, tmp_path):
    session = ClaudeSession("one").prompt()
    for number, tail in enumerate(("alpha", "beta", "alpha")):
        session.failing(f"one-{number}", f"{BROKEN}\nproxy {tail}")
    homeostat.import_files([session.finished().write(tmp_path)])
    (group,) = homeostat.failures(Window())

    homeostat.split(group.signature, "proxy alpha")

    for found in homeostat.failures(Window()):
        shown = homeostat.signature(found.signature).group
        assert (found.first_at, found.last_at) == (shown.first_at, shown.last_at)
    assert homeostat.check() == []


def test_a_forgotten_projects_name_goes_also_where_only_counts_are_left(homeostat, tmp_path):
    homeostat.import_files([an_old_session().write(tmp_path)])
    homeostat.vacuum()

    homeostat.forget(project="/home/dev/ledger")

    assert rows(homeostat, "SELECT word FROM words WHERE word = '/home/dev/ledger'") == []
    assert homeostat.dashboard().totals.calls == 0
    assert homeostat.check() == []


def test_what_a_resumed_run_spends_is_not_what_it_spent_before(homeostat, tmp_path):
    session = CodexSession("codex")
    spend(session, 900_000)
    path = session.call("c1", "make").exited("c1", 1, "boom") and session.write(tmp_path)
    aged(path, days=60)
    homeostat.import_files([path])
    homeostat.vacuum()
    spend(session, 900_100)
    session.call("c2", "make").exited("c2", 1, "boom")
    spend(session, 900_300)
    session.call("c3", "make").exited("c3", 0, "fine")
    later = session.write(tmp_path / "later")
    later.write_bytes(
        path.read_bytes() + b"".join(later.read_bytes().splitlines(keepends=True)[4:])
    )

    homeostat.import_files([later])

    lost = sum(group.lost_tokens for group in homeostat.failures(Window(), nature="fault"))
    lost += sum(group.lost_tokens for group in homeostat.failures(Window(), nature="finding"))
    assert lost < 10_000
    assert homeostat.check() == []


def spend(session, total):
    usage = {"input_tokens": total, "cached_input_tokens": 0, "output_tokens": 0}
    session.told("token_count", info={"total_token_usage": usage})


def aged(path, *, days):
    """The same history, written that many days before."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        at = datetime.fromisoformat(line["timestamp"]) - timedelta(days=days)
        line["timestamp"] = at.isoformat().replace("+00:00", "Z")
    path.write_bytes(jsonl(lines))
