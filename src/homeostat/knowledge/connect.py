"""Where the store lies: in a file of the state folder, or on a PostgreSQL server."""

from pathlib import Path

from homeostat.knowledge.dialect.port import Database
from homeostat.knowledge.state_folder import DATABASE, folder
from homeostat.model.errors import ConfigError, StoreError

SCHEMES = ("postgresql://", "postgres://")


def database(state: Path, url: str = "") -> Database:
    """The store of this state folder, or the one that `url` names.

    Raises `ConfigError` for a URL of another kind, `StoreError` where the driver is missing.
    """
    if not url:
        # Of a short command on a server SQLite's driver would be a twentieth.
        from homeostat.knowledge.dialect.sqlite_file import (  # noqa: PLC0415  # not for a server
            SqliteFile,
        )

        return SqliteFile(folder(state) / DATABASE, folder=state)
    if not url.startswith(SCHEMES):
        raise ConfigError(
            "the database URL does not begin with postgresql://.",
            next_step="It looks like postgresql://user@host:5432/database.",
        )
    try:
        from homeostat.knowledge.dialect.postgres_server import (  # noqa: PLC0415  # an extra
            PostgresServer,
        )
    except ImportError as error:
        raise StoreError(
            "PostgreSQL needs a driver that is not installed.",
            next_step="In the folder of homeostat: .uv/bin/uv pip install -e '.[postgres]'",
        ) from error
    return PostgresServer(url)
