"""Forget, back up, check."""

import sqlite3
from contextlib import closing

import pytest

from histories import ClaudeSession
from homeostat.knowledge import connect, migrate
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.errors import NotFoundError, StoreError, UsageError
from homeostat.model.views import Window

MISSING = "Exit code 1\nModuleNotFoundError: No module named 'ledgerlib'"


def two_projects(homeostat, folder):
    for name, project in (("one", "/home/dev/ledger"), ("two", "/home/dev/garden")):
        session = ClaudeSession(name).prompt(f"work on {name}")
        session.failing(f"{name}-1", MISSING, command="python app.py")
        for line in session.lines:
            line["cwd"] = project
        homeostat.import_files([session.finished().write(folder)])


def stored(homeostat) -> bytes:
    return b"".join(path.read_bytes() for path in homeostat.state.glob("homeostat.db*"))


def test_a_forgotten_run_is_gone_everywhere_and_the_counts_agree(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    done = homeostat.forget(run="one")

    assert (done.runs, done.calls) == (1, 1)
    assert done.unreached == (str(tmp_path / "one.jsonl"),)
    assert [run.run_id for run in homeostat.runs(Window())] == ["two"]
    assert homeostat.dashboard().totals.calls == 1
    assert homeostat.check() == []
    assert b"work on one" not in stored(homeostat)


def test_a_forgotten_project_takes_all_its_runs_with_it(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    homeostat.forget(project="/home/dev/ledger")

    assert [run.project for run in homeostat.runs(Window())] == ["/home/dev/garden"]
    assert homeostat.check() == []
    with pytest.raises(NotFoundError):
        homeostat.forget(project="/home/dev/ledger")


def test_a_forgotten_text_is_cut_out_everywhere_also_of_signatures(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    done = homeostat.forget(text="ledgerlib")

    assert done.texts >= 2
    assert b"ledgerlib" not in stored(homeostat)
    assert "[forgotten]" in next(iter(homeostat.calls(CallFilter()))).text
    assert homeostat.check() == []


def test_a_text_that_would_cut_into_everything_is_refused(homeostat):
    with pytest.raises(UsageError, match="too short"):
        homeostat.forget(text="a")


def test_a_backup_answers_like_the_original_and_never_overwrites(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    target = tmp_path / "restored" / connect.DATABASE
    target.parent.mkdir()

    size = homeostat.backup(target)

    assert size == target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o600
    assert wired({}, state=target.parent).runs(Window()) == homeostat.runs(Window())
    with pytest.raises(StoreError, match="exists already"):
        homeostat.backup(target)


def test_a_backup_follows_no_link_and_says_where_it_cannot_be_made(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "link"
    link.symlink_to(elsewhere)

    with pytest.raises(StoreError, match="exists already"):
        homeostat.backup(link)
    with pytest.raises(StoreError, match="cannot be made"):
        homeostat.backup(tmp_path / "missing" / "copy.db")

    assert not elsewhere.exists()


def test_the_check_finds_a_word_that_is_not_there(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    with closing(sqlite3.connect(homeostat.state / connect.DATABASE)) as database:
        database.execute("DELETE FROM words WHERE word = '/home/dev/ledger'")
        database.commit()

    assert homeostat.check() == ["1 words are named that are not there"]


def test_the_check_finds_counts_that_do_not_agree(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    with closing(sqlite3.connect(homeostat.state / connect.DATABASE)) as database:
        database.execute("UPDATE hourly SET calls = calls + 1")
        database.execute("UPDATE runs SET calls = calls + 1")
        database.execute("UPDATE signature_days SET failures = failures + 1")
        database.commit()

    faults = homeostat.check()

    assert len(faults) == 3


def test_the_info_counts_what_is_there(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    info = homeostat.database()

    assert (info.runs, info.calls, info.signatures, info.files) == (2, 2, 1, 2)
    assert info.events > 4


def test_released_migrations_are_never_edited():
    released = {"0001_initial.sql": CHECKSUM}

    assert {step.name: step.checksum for step in migrate.known()} == released


CHECKSUM = "06a0496fa15de8579bf63cb6ed5d69b42a80f02549fb41677dbea5dc62110b40"
