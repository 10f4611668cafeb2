"""What all tests may ask for."""

import os
from pathlib import Path

import pytest

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


@pytest.fixture
def homeostat(tmp_path: Path) -> Homeostat:
    """A homeostat of its own, on an empty state folder, whose clock stands still."""
    return Homeostat(
        state=tmp_path / "state",
        config=tmp_path / "config",
        clock=FixedClock(),
        loaded=load(tmp_path / "config", {}, directory=tmp_path),
        environment={"HOME": str(tmp_path / "home")},
    )
