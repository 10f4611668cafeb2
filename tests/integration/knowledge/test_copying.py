"""A store moved to another database and back, verified on the way."""

import pytest

from conftest import made_homeostat
from histories import ClaudeSession
from homeostat.knowledge.dialect.postgres import Postgres
from homeostat.knowledge.dialect.sqlite import Sqlite
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.errors import ConfigError, StoreError
from homeostat.model.views import Window
from stores import rows

MISSING = "Exit code 1\nModuleNotFoundError: No module named 'yaml'\nproxy"


def a_history(homeostat, folder):
    for name in ("one", "two"):
        session = ClaudeSession(name).prompt("naïve \\ 'quoted'\ttext")
        session.failing(f"{name}-1", f"{MISSING} alpha").failing(f"{name}-2", f"{MISSING} beta")
        session.call(f"{name}-3", command="ls").result(f"{name}-3")
        hook = {"type": "hook_success", "hookName": "Stop", "command": "x.sh", "durationMs": 7}
        path = session.line("attachment", attachment=hook).finished().write(folder)
        path.write_bytes(path.read_bytes() + b'{"torn\n')
    homeostat.import_files([folder])
    (group,) = homeostat.failures(Window())
    homeostat.split(group.signature, "proxy alpha")


def everything(homeostat):
    calls = list(homeostat.calls(CallFilter()))
    runs = [homeostat.run(run.run_id) for run in homeostat.runs(Window())]
    groups = homeostat.failures(Window())
    signatures = [homeostat.signature(group.signature) for group in groups]
    return calls, runs, groups, signatures, homeostat.dashboard(), homeostat.coverage()


def test_a_store_goes_to_a_server_and_back_unchanged(in_a_file, postgres, tmp_path):
    a_history(in_a_file, tmp_path / "histories")
    with postgres.fresh() as url:
        there = made_homeostat(tmp_path / "there", {"HOMEOSTAT_DATABASE_URL": url})
        (tmp_path / "back").mkdir()

        sent = in_a_file.copy(url)
        returned = there.copy(str(tmp_path / "back" / "homeostat.db"))

        back = made_homeostat(tmp_path, {})
        back.state.rename(tmp_path / "first")
        (tmp_path / "back").rename(back.state)
        assert sent.rows == returned.rows > 20
        assert everything(there) == everything(back)
        back.state.rename(tmp_path / "back")
        (tmp_path / "first").rename(back.state)
        assert everything(in_a_file) == everything(there)
        assert there.check() == in_a_file.check() == []


def test_an_import_goes_on_where_the_copied_store_stopped(in_a_file, postgres, tmp_path):
    a_history(in_a_file, tmp_path / "histories")
    with postgres.fresh() as url:
        in_a_file.copy(url)
        there = made_homeostat(tmp_path / "there", {"HOMEOSTAT_DATABASE_URL": url})

        again = there.import_files([tmp_path / "histories"])
        more = ClaudeSession("three").prompt().failing("three-1", MISSING).finished()
        there.import_files([more.write(tmp_path / "histories")])

        assert (again.unchanged, again.events) == (2, 0)
        assert len(there.runs(Window())) == 3
        assert there.check() == []


def test_a_copy_is_never_mixed_with_what_is_there(in_a_file, postgres, tmp_path):
    a_history(in_a_file, tmp_path / "histories")
    with postgres.fresh() as url:
        in_a_file.copy(url)

        with pytest.raises(StoreError, match="holds 2 runs already"):
            in_a_file.copy(url)
    with pytest.raises(StoreError, match="exists already"):
        in_a_file.copy(str(in_a_file.state / "homeostat.db"))


class CutOffError(Exception):
    """Somebody pulls the plug."""


def test_a_copy_that_is_cut_off_leaves_nothing(in_a_file, postgres, tmp_path):
    a_history(in_a_file, tmp_path / "histories")

    def cut_off(at):
        if at.table == "calls":
            raise CutOffError

    with postgres.fresh() as url:
        for target in (url, str(tmp_path / "copy.db")):
            with pytest.raises(CutOffError):
                in_a_file.copy(target, cut_off)
        there = made_homeostat(tmp_path / "there", {"HOMEOSTAT_DATABASE_URL": url})

        assert there.runs(Window()) == []
        assert rows(there, "SELECT COUNT(*) FROM words") == [(0,)]
    assert list(tmp_path.glob("copy.db*")) == []


@pytest.mark.parametrize("kind", ["server", "file"])
def test_a_row_that_arrives_changed_is_found(in_a_file, postgres, tmp_path, monkeypatch, kind):
    a_history(in_a_file, tmp_path / "histories")
    for connection in (Sqlite, Postgres):
        insert = connection.insert

        def broken(self, table, rows, insert=insert):
            changed = [
                (f"lost {row[0]}", *row[1:]) if table.name == "files" else row for row in rows
            ]
            insert(self, table, changed)

        monkeypatch.setattr(connection, "insert", broken)

    with postgres.fresh() as url, pytest.raises(StoreError, match="rows of files arrived"):
        in_a_file.copy(url if kind == "server" else str(tmp_path / "copy.db"))


def test_a_backup_of_a_server_is_a_file_that_answers_alike(homeostat, tmp_path):
    a_history(homeostat, tmp_path / "histories")
    target = tmp_path / "kept" / "state" / "homeostat.db"
    target.parent.mkdir(parents=True)

    size = homeostat.backup(target)

    kept = made_homeostat(tmp_path / "kept", {})
    assert size == target.stat().st_size
    assert everything(kept) == everything(homeostat)


def test_a_url_of_another_kind_is_refused(in_a_file, tmp_path):
    elsewhere = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": "mysql://db/x"})

    with pytest.raises(ConfigError, match="does not begin with postgresql"):
        elsewhere.runs(Window())
