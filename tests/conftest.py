"""What all tests may ask for."""

import os
import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from databases import Server, found, own_cluster
from fakes import FixedClock
from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings, or a visible skip."""
    named = os.environ.get("HOMEOSTAT_TEST_DATA", "")
    if not named or not (folder := Path(named)).is_dir():
        pytest.skip("real recordings: set HOMEOSTAT_TEST_DATA to the folder that holds them")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Generator[Server]:
    """A PostgreSQL server: the one that is there, or one of our own, or a visible skip."""
    with ExitStack() as stack:
        server = found()
        if server is None:
            server = Server(stack.enter_context(own_cluster(free_port())).url)
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["sqlite", "postgres"])
def new_database(request: pytest.FixtureRequest) -> Generator[Callable[[], dict[str, str]]]:
    """Gives the settings of one more empty database, of either kind."""
    with ExitStack() as stack:

        def another() -> dict[str, str]:
            if request.param == "sqlite":
                return {}
            server: Server = request.getfixturevalue("postgres")
            return {"HOMEOSTAT_DATABASE_URL": stack.enter_context(server.fresh())}

        yield another


@pytest.fixture
def homeostat(tmp_path: Path, new_database: Callable[[], dict[str, str]]) -> Homeostat:
    """A homeostat of its own, on an empty store of either kind, whose clock stands still."""
    return made_homeostat(tmp_path, new_database())


@pytest.fixture
def in_a_file(tmp_path: Path) -> Homeostat:
    """The same, on SQLite: for what is of files."""
    return made_homeostat(tmp_path, {})


def made_homeostat(folder: Path, database: dict[str, str]) -> Homeostat:
    return Homeostat(
        state=folder / "state",
        config=folder / "config",
        clock=FixedClock(),
        loaded=load(folder / "config", database, directory=folder),
        environment={"HOME": str(folder / "home")},
    )
