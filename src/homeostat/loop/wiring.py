"""The one place where real clocks, folders and keys are built."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load

if TYPE_CHECKING:
    from homeostat.model.ports import Chance


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # the one real clock


def homeostat(
    environment: Mapping[str, str] | None = None,
    *,
    state: Path | None = None,
    directory: Path | None = None,
) -> Homeostat:
    """A homeostat on this person's folders, or on `state` alone.

    `directory` is where a project's settings are looked for: where the program was started.
    """
    variables = os.environ if environment is None else environment
    place = state or state_folder(variables)
    config = config_folder(variables)
    return Homeostat(
        state=place,
        config=config,
        clock=SystemClock(),
        loaded=load(config, variables, directory=directory or _here()),
        environment=variables,
    )


def chance(seed: str) -> "Chance":
    """The same draws for the same seed, on any machine."""
    from random import Random  # noqa: PLC0415, TID251  # the one real source of chance, rarely used

    return Random(seed)  # noqa: S311  # for simulations, not for secrets


def any_seed() -> int:
    """One that nobody chose, short enough to be typed."""
    from secrets import randbelow  # noqa: PLC0415  # rarely used

    return randbelow(1_000_000)


def nonce() -> str:
    """A word that cannot be guessed: 96 bits, letters, digits, - and _."""
    from secrets import token_urlsafe  # noqa: PLC0415  # rarely used

    return token_urlsafe(12)


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # the folder is gone
        return None


def config_folder(environment: Mapping[str, str]) -> Path:
    return _folder(environment, "HOMEOSTAT_CONFIG_DIR", "config")


def state_folder(environment: Mapping[str, str]) -> Path:
    return _folder(environment, "HOMEOSTAT_STATE_DIR", "state")


def _folder(environment: Mapping[str, str], variable: str, kind: str) -> Path:
    if named := environment.get(variable):
        return Path(named).expanduser()
    if xdg := environment.get(f"XDG_{kind.upper()}_HOME"):
        return Path(xdg) / "homeostat"
    from platformdirs import PlatformDirs  # noqa: PLC0415  # only where no variable says it

    dirs = PlatformDirs("homeostat", appauthor=False)
    return dirs.user_config_path if kind == "config" else dirs.user_state_path
