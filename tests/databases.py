"""The databases that tests run on: SQLite, and a PostgreSQL server that is there or is started."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest

NEAR = "postgresql://postgres@127.0.0.1:5432/postgres"
_numbers = count(1)


class Server:
    """A server on which this user may make databases."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def fresh(self) -> Generator[str]:
        """The URL of an empty database, which is dropped at the end."""
        name = f"homeostat_test_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(self.url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        try:
            yield self.named(name)
        finally:
            with psycopg.connect(self.url, autocommit=True) as admin:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def named(self, name: str, **other: object) -> str:
        parts = psycopg.conninfo.conninfo_to_dict(self.url) | {"dbname": name} | other
        at = f"{parts['user']}@" if "password" not in parts else (
            f"{parts['user']}:{parts['password']}@"
        )  # fmt: skip
        return f"postgresql://{at}{parts['host']}:{parts['port']}/{parts['dbname']}"


def answers(url: str) -> bool:
    with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=3):
        return True
    return False


def found() -> Server | None:
    """The server that is named, or the one of this machine."""
    named = os.environ.get("HOMEOSTAT_TEST_POSTGRES")
    if named and not answers(named):
        pytest.fail(f"HOMEOSTAT_TEST_POSTGRES does not answer: {named}")
    for url in (named, NEAR):
        if url and answers(url):
            return Server(url)
    return None


class Cluster:
    """A server of our own, which may be killed. As root it belongs to the user postgres."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []

    def make(self) -> None:
        if self._as:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-N")
        with (self.folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port={self.port}\nlisten_addresses='127.0.0.1'\n"
                f"unix_socket_directories='{self.folder}'\n"
            )

    def start(self) -> None:
        """After a kill the children of the old server hold its memory for a moment."""
        data, log = str(self.folder / "data"), str(self.folder / "log")
        for attempt in range(20):
            try:
                self._run("pg_ctl", "-D", data, "-l", log, "-w", "start")
            except subprocess.CalledProcessError:
                if attempt == 19:
                    raise
                time.sleep(0.5)
            else:
                return

    def stop(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def _run(self, program: str, *arguments: str) -> None:
        path = next(programs(program))
        subprocess.run(
            [*self._as, path, *arguments], check=True, cwd="/",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def programs(name: str) -> Generator[str]:
    """Where a program of the server may be: on the path, or where Debian puts it."""
    if on_path := shutil.which(name):
        yield on_path
    yield from (
        str(path)
        for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    )


@contextmanager
def own_cluster(port: int) -> Generator[Cluster]:
    """A running cluster, or a visible skip where there is none to start."""
    if next(programs("initdb"), None) is None:
        missing("no PostgreSQL server can be started here: initdb is not installed")
    folder = Path(tempfile.mkdtemp(prefix="homeostat-postgres-"))
    cluster = Cluster(folder, port)
    try:
        cluster.make()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def missing(why: str) -> None:
    """A skip; where all must be tested, a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
