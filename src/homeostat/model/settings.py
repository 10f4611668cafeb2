"""Every setting with its default and the reason for it. Keys are kebab-case in files."""

from typing import Literal

import msgspec

from homeostat.model.mapping import Mapping

MOST = 10_000
LogLevel = Literal["error", "warning", "info", "debug"]


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    dashboard_days: int = 7
    """What `dashboard` looks back on: a working week, so that a bad Monday is still in it."""
    samples_per_signature: int = 20
    """Failing answers kept whole for each signature; more than 20 have never told a person more."""
    samples_whole_days: int = 30
    """All answers of this many days are kept whole: as long as clients keep their transcripts."""
    detail_days: int = 30
    """Each call of this many days is kept; `db vacuum` leaves counts and samples of what is older.
    As long as clients keep their transcripts: longer, nothing could be read again."""
    database_url: str = ""
    """postgresql://user@host/database; empty: a file in the state folder. May hold a password."""
    listed: int = 20
    """Rows that a list shows on a terminal before it says how many more there are."""
    log: LogLevel = "warning"
    """What goes into its own log: each change, and what went wrong."""
    ignored_tools: tuple[str, ...] = ()
    """Tools whose failures never enter the ranking, by name."""
    formats: dict[str, Mapping] = {}
    """JSON Lines of somebody's own agent: what of them means what."""

    def __post_init__(self) -> None:
        for name in (
            "dashboard_days", "samples_per_signature", "samples_whole_days", "detail_days",
            "listed",
        ):  # fmt: skip
            if not 1 <= getattr(self, name) <= MOST:
                raise ValueError(f"{name.replace('_', '-')} must be between 1 and {MOST}")


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """One setting, its value, and where that came from."""

    name: str
    value: str
    origin: str
    """default, the file's path, or the variable's name."""
