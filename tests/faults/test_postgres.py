"""A server that goes away, refuses, is full, old, somebody else's; writers that get in each
other's way."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from psycopg import errors

from conftest import free_port, made_homeostat
from databases import own_cluster
from histories import START, ClaudeSession
from homeostat.knowledge.dialect import postgres_server
from homeostat.knowledge.dialect.postgres import Postgres
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.retry import repeated
from homeostat.knowledge.samples import Kept
from homeostat.knowledge.words import WORDS
from homeostat.loop.importing import judges
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.errors import ConfigError, StoreError
from homeostat.model.event import Channel, Event, Kind
from homeostat.model.ids import EventId, RunId
from homeostat.model.views import Window
from stores import ROUNDS, everything, many_sessions, rows

IMPORT = (sys.executable, "-m", "homeostat", "import")
WRITERS = 3


@pytest.fixture(scope="module")
def cluster():
    """A server of our own: this one may be killed."""
    with own_cluster(free_port()) as server:
        yield server


def environment(folder, url):
    return {
        **os.environ,
        "HOMEOSTAT_STATE_DIR": str(folder / "state"),
        "HOMEOSTAT_DATABASE_URL": url,
        "HOME": str(folder),
    }


def importing(folder, url, *paths):
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [*IMPORT, *map(str, paths)], env=environment(folder, url), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(process):
    process.communicate(timeout=240)
    return process.returncode


def there(folder, url):
    return wired(environment(folder, url))


@contextmanager
def whole(tmp_path, histories):
    """What all of it is, on a file."""
    expected = made_homeostat(tmp_path / "whole", {})
    expected.import_files([histories])
    yield expected


def test_an_import_killed_at_any_moment_loses_nothing_and_doubles_nothing(postgres, tmp_path):
    many_sessions(tmp_path / "histories")
    with whole(tmp_path, tmp_path / "histories") as expected, postgres.fresh() as timed:
        began = time.monotonic()
        assert ended(importing(tmp_path / "t", timed, tmp_path / "histories")) == 0
        takes = time.monotonic() - began
        moments = random.Random(5)
        for _ in range(max(2, ROUNDS // 5)):
            with postgres.fresh() as url:
                process = importing(tmp_path / "k", url, tmp_path / "histories")
                try:
                    process.wait(timeout=moments.uniform(0.3, takes))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                ended(process)
                survivor = there(tmp_path / "k", url)
                survivor.runs(Window())  # where the kill came between two steps of the schema
                assert survivor.check() == []
                survivor.import_files([tmp_path / "histories"])

                assert everything(survivor) == everything(expected)
                assert survivor.check() == []


def test_a_server_killed_in_the_middle_loses_nothing_and_doubles_nothing(cluster, tmp_path):
    many_sessions(tmp_path / "histories", files=24)
    with whole(tmp_path, tmp_path / "histories") as expected:
        moments = random.Random(6)
        for number in range(max(1, ROUNDS // 25)):
            with psycopg.connect(cluster.url, autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE killed{number}")
            url = f"postgresql://postgres@127.0.0.1:{cluster.port}/killed{number}"
            process = importing(tmp_path / "k", url, tmp_path / "histories")
            time.sleep(moments.uniform(0.5, 1.5))  # a moment of the import, by chance
            os.kill(cluster.pid(), signal.SIGKILL)
            wait_until_down(cluster.port)
            cluster.start()
            assert ended(process) == 0  # it waited, and went on
            survivor = there(tmp_path / "k", url)
            survivor.runs(Window())
            assert survivor.check() == []
            survivor.import_files([tmp_path / "histories"])

            assert everything(survivor) == everything(expected)
            assert survivor.check() == []


def wait_until_down(port):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
    pytest.fail("the killed server still answers")


def test_writers_at_once_store_each_fact_once_and_every_sum_is_exact(postgres, tmp_path):
    """Some files are the writers' own, some are read by all of them at the same time."""
    for number in range(WRITERS):
        folder = tmp_path / f"own-{number}"
        for session in range(4):
            made = ClaudeSession(f"own-{number}-{session}").prompt()
            for call in range(40):
                made.failing(f"{number}-{session}-{call}", f"Exit code 1\nfatal: part {call % 7}")
            made.finished().write(folder)
    many_sessions(tmp_path / "shared")
    alone = made_homeostat(tmp_path / "alone", {})
    alone.import_files([tmp_path])
    with postgres.fresh() as url:
        there(tmp_path / "0", url).runs(Window())
        writers = [
            importing(tmp_path / str(n), url, tmp_path / "shared", tmp_path / f"own-{n}")
            for n in range(WRITERS)
        ]
        said = [process.communicate(timeout=240)[1] for process in writers]

        assert [process.returncode for process in writers] == [0] * WRITERS, said
        together = there(tmp_path / "0", url)
        assert everything(together) == everything(alone)
        assert together.check() == []


def test_a_person_changes_history_while_others_write(postgres, tmp_path):
    many_sessions(tmp_path / "histories", files=8)
    session = ClaudeSession("mine").prompt()
    for number, tail in enumerate(("alpha", "beta")):
        session.failing(f"mine-{number}", f"Exit code 1\nfatal: other\nproxy {tail}")
    session.finished().write(tmp_path / "mine")
    with postgres.fresh() as url:
        homeostat = there(tmp_path / "0", url)
        homeostat.import_files([tmp_path / "mine"])
        writer = importing(tmp_path / "1", url, tmp_path / "histories")
        for _ in range(4):
            (group, *_) = homeostat.failures(Window(until=START.replace(hour=23)))
            done = homeostat.split(homeostat.run("mine").calls[0].signature, "proxy alpha")
            homeostat.undo_grouping(done.grouping.grouping_id)
            homeostat.vacuum()
        homeostat.forget(run="mine")
        assert ended(writer) == 0

        assert group.failures
        assert len(homeostat.runs(Window())) == 8
        assert homeostat.check() == []


def refused(tmp_path, url):
    with pytest.raises(StoreError) as error:
        made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url}).runs(Window())
    return error.value


def test_a_server_that_is_not_there_is_told_at_once(tmp_path):
    error = refused(tmp_path, f"postgresql://me:s3cret@127.0.0.1:{free_port()}/x")

    assert "nothing answers there" in str(error)
    assert "s3cret" not in str(error)
    assert "HOMEOSTAT_DATABASE_URL" in error.next_step


def test_an_unknown_database_and_an_unknown_user_are_told(cluster, tmp_path):
    at = f"127.0.0.1:{cluster.port}"

    assert "there is no such database" in str(refused(tmp_path, f"postgresql://postgres@{at}/nix"))
    assert "does not know this user" in str(refused(tmp_path, f"postgresql://nobody@{at}/postgres"))


def test_a_wrong_password_is_told_and_not_shown(cluster, tmp_path):
    rules = cluster.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    with psycopg.connect(cluster.url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS kim")
        admin.execute("CREATE ROLE kim LOGIN PASSWORD 'right'")
        rules.write_text("host all kim 127.0.0.1/32 scram-sha-256\n" + before)
        admin.execute("SELECT pg_reload_conf()")
        try:
            error = refused(tmp_path, f"postgresql://kim:wr0ng@127.0.0.1:{cluster.port}/postgres")
        finally:
            rules.write_text(before)
            admin.execute("SELECT pg_reload_conf()")

    assert "user or password is wrong" in str(error)
    assert "wr0ng" not in str(error)
    assert ".pgpass" in error.next_step


def test_a_user_without_rights_is_told_which(cluster, tmp_path):
    with psycopg.connect(cluster.url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS guest")
        admin.execute("CREATE ROLE guest LOGIN")

    error = refused(tmp_path, f"postgresql://guest@127.0.0.1:{cluster.port}/postgres")

    assert "may not" in str(error)
    assert "GRANT CREATE ON DATABASE" in error.next_step


def test_a_schema_of_somebody_else_is_left_alone(postgres, tmp_path):
    with postgres.fresh() as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE SCHEMA homeostat")
            admin.execute("CREATE TABLE homeostat.runs (name TEXT)")

        error = refused(tmp_path, url)

        with psycopg.connect(url) as admin:
            tables = admin.execute("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'homeostat'")
            assert tables.fetchone() == (1,)
    assert "belongs to something else" in str(error)


def test_other_tables_of_the_database_are_not_touched(postgres, tmp_path):
    with postgres.fresh() as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE TABLE runs AS SELECT 'theirs' AS name")
            (before,) = admin.execute("SELECT pg_relation_filenode('runs')").fetchone()

        homeostat = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url})
        homeostat.import_files([ClaudeSession().failing("t").finished().write(tmp_path)])

        homeostat.vacuum()
        homeostat.forget(text="exit code")

        with psycopg.connect(url) as admin:
            assert admin.execute("SELECT name FROM public.runs").fetchall() == [("theirs",)]
            after = admin.execute("SELECT pg_relation_filenode('public.runs')").fetchone()
        assert after == (before,)
        assert len(homeostat.runs(Window())) == 1


def test_an_older_server_is_refused(postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_server, "OLDEST", 99)
    with postgres.fresh() as url:
        assert "99 or newer is needed" in str(refused(tmp_path, url))


def test_a_newer_schema_is_refused_and_left_as_it_is(postgres, tmp_path):
    with postgres.fresh() as url:
        homeostat = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url})
        homeostat.runs(Window())
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("INSERT INTO homeostat.migrations VALUES (9999, '9999_future.sql', 'x')")

        assert "newer than this homeostat" in str(refused(tmp_path, url))


def test_a_server_without_a_free_connection_is_waited_for_and_then_told(
    cluster, tmp_path, monkeypatch
):
    monkeypatch.setattr(postgres_server, "PATIENCE_S", 0.5)
    with psycopg.connect(cluster.url, autocommit=True) as admin, ExitStack() as taken:
        admin.execute("DROP DATABASE IF EXISTS narrow")
        admin.execute("CREATE DATABASE narrow CONNECTION LIMIT 2")
        admin.execute("DROP ROLE IF EXISTS plain")
        admin.execute("CREATE ROLE plain LOGIN")
        admin.execute("GRANT CREATE ON DATABASE narrow TO plain")
        url = f"postgresql://plain@127.0.0.1:{cluster.port}/narrow"
        others = [taken.enter_context(psycopg.connect(url)) for _ in range(2)]

        error = refused(tmp_path, url)
        others[0].close()
        others[1].close()
        homeostat = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url})

        assert "all its connections are taken" in str(error)
        assert homeostat.runs(Window()) == []


def test_a_standby_that_takes_nothing_in_is_told(postgres, tmp_path):
    with postgres.fresh() as url:
        name = url.rpartition("/")[2]
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")

        assert "takes nothing in" in str(refused(tmp_path, url))


def test_a_connection_cut_by_the_server_is_made_again(postgres, tmp_path):
    many_sessions(tmp_path / "histories", files=6)
    with whole(tmp_path, tmp_path / "histories") as expected, postgres.fresh() as url:
        there(tmp_path / "k", url).runs(Window())
        writer = importing(tmp_path / "k", url, tmp_path / "histories")
        name = url.rpartition("/")[2]
        with psycopg.connect(postgres.url, autocommit=True) as admin:
            cut = 0
            while writer.poll() is None and not cut:
                found = admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = %s AND query LIKE 'COPY%%'",
                    (name,),
                ).fetchall()
                cut += len(found)
        _, said = writer.communicate(timeout=120)

        survivor = there(tmp_path / "k", url)
        assert cut
        assert writer.returncode == 0, said
        assert everything(survivor) == everything(expected)
        assert rows(survivor, "SELECT COUNT(*) FROM files") == [(6,)]


def test_a_day_that_somebody_dropped_meanwhile_is_made_again(postgres, tmp_path):
    long_ago = START.replace(year=2024)
    with postgres.fresh() as url:
        writer, cleaner = (
            made_homeostat(tmp_path / name, {"HOMEOSTAT_DATABASE_URL": url}) for name in "ab"
        )
        with writer.store().writing() as connection:
            ingest = Ingest(connection, judges(), Kept(samples=20, days=30))
            for number in (1, 2):
                event = Event(
                    id=EventId(b"%016d" % number), kind=Kind.PROMPT, client="test", ts=long_ago,
                    channel=Channel.TRANSCRIPT, run_id=RunId(f"run-{number}"),
                )  # fmt: skip
                assert ingest.write([Batch(source_path="x", events=[event])], now=START) == [1]
                cleaner.vacuum()

        assert len(writer.runs(Window())) == 2
        assert rows(writer, "SELECT COUNT(*) FROM events") == [(0,)]


def test_a_race_in_the_first_batch_is_tried_again(postgres, tmp_path):
    """What the lost transaction made of its own (stages) is made again."""
    with postgres.fresh() as url:
        homeostat = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url})
        with homeostat.store().writing() as connection:
            attempts = []

            def work():
                with connection.transaction():
                    connection.add_missing(WORDS, [("a",), ("b",)])
                    attempts.append(1)
                    if len(attempts) == 1:
                        raise errors.DeadlockDetected

            repeated(work)

            assert len(attempts) == 2
            assert rows(homeostat, "SELECT word FROM words ORDER BY 1") == [("a",), ("b",)]


def test_a_copy_never_takes_away_what_came_meanwhile(postgres, in_a_file, tmp_path, monkeypatch):
    in_a_file.import_files([ClaudeSession("mine").failing("m").finished().write(tmp_path)])
    theirs = ClaudeSession("theirs").failing("t").finished().write(tmp_path / "theirs")
    with postgres.fresh() as url:
        other = made_homeostat(tmp_path / "other", {"HOMEOSTAT_DATABASE_URL": url})
        prepare = Postgres.prepare

        def meanwhile(self, days):
            prepare(self, days)
            monkeypatch.setattr(Postgres, "prepare", prepare)
            other.import_files([theirs])

        monkeypatch.setattr(Postgres, "prepare", meanwhile)
        with pytest.raises(StoreError, match="holds 1 runs already"):
            in_a_file.copy(url)

        assert [run.run_id for run in other.runs(Window())] == ["theirs"]
        assert other.check() == []


def test_who_does_not_own_the_tables_is_told_before_anything_is_forgotten(cluster, tmp_path):
    with psycopg.connect(cluster.url, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS owned")
        admin.execute("CREATE DATABASE owned")
        admin.execute("DROP ROLE IF EXISTS clerk")
        admin.execute("CREATE ROLE clerk LOGIN")
    url = f"postgresql://postgres@127.0.0.1:{cluster.port}/owned"
    owner = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url})
    owner.import_files([ClaudeSession("one").failing("t").finished().write(tmp_path)])
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("GRANT ALL ON SCHEMA homeostat TO clerk")
        admin.execute("GRANT ALL ON ALL TABLES IN SCHEMA homeostat TO clerk")
    clerk = made_homeostat(
        tmp_path / "clerk", {"HOMEOSTAT_DATABASE_URL": url.replace("postgres@", "clerk@")}
    )

    with pytest.raises(StoreError, match="belong to another user"):
        clerk.forget(run="one")

    assert len(clerk.runs(Window())) == 1


def test_the_check_tells_of_a_schema_that_is_not_ours(postgres, tmp_path):
    with postgres.fresh() as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE SCHEMA homeostat")
            admin.execute("CREATE TABLE homeostat.t (name TEXT)")

        (fault,) = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url}).check()

    assert "belongs to something else" in fault


@pytest.mark.parametrize(
    "url",
    ["postgresql://127.0.0.1", "host=127.0.0.1 password=t0psecret", "postgresql://me:t0p%ze@h/x"],
)
def test_a_url_that_cannot_be_used_is_refused_and_not_repeated(tmp_path, url):
    with pytest.raises(ConfigError) as refusal:
        made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url}).runs(Window())

    assert "t0p" not in str(refusal.value)
    assert "postgresql://user@host" in refusal.value.next_step


def test_writers_that_start_at_once_on_an_empty_database_all_succeed(postgres, tmp_path):
    path = ClaudeSession("one").failing("t").finished().write(tmp_path)
    for _ in range(3):
        with postgres.fresh() as url:
            writers = [importing(tmp_path / str(n), url, path) for n in range(WRITERS)]
            said = [process.communicate(timeout=120)[1] for process in writers]

            assert [process.returncode for process in writers] == [0] * WRITERS, said
            assert len(there(tmp_path / "0", url).runs(Window())) == 1


def test_after_an_import_the_planner_knows_the_tables_also_without_autovacuum(postgres, tmp_path):
    many_sessions(tmp_path / "histories")
    with postgres.fresh() as url, psycopg.connect(url, autocommit=True) as server:
        there(tmp_path / "k", url).import_files([tmp_path / "histories"])

        known, there_are = server.execute(
            "SELECT c.reltuples, (SELECT COUNT(*) FROM homeostat.calls) FROM pg_class c "
            "WHERE c.oid = 'homeostat.calls'::regclass"
        ).fetchone()

    assert there_are > 50
    assert known == there_are


def test_an_import_does_not_wait_to_look_after_tables_that_somebody_holds(postgres, tmp_path):
    many_sessions(tmp_path / "histories")
    with postgres.fresh() as url, psycopg.connect(url, autocommit=True) as server:
        there(tmp_path / "k", url).runs(Window())
        with server.transaction():  # as an index that is being built, or another VACUUM
            server.execute("LOCK TABLE homeostat.calls IN SHARE UPDATE EXCLUSIVE MODE")
            process = importing(tmp_path / "k", url, tmp_path / "histories")
            _, said = process.communicate(timeout=60)

        assert process.returncode == 0, said
        assert there(tmp_path / "k", url).check() == []
