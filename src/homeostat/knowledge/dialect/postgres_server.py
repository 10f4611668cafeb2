"""A store in a schema of a PostgreSQL server."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import ClassVar, cast

import psycopg
from psycopg import conninfo, errors

from homeostat.knowledge import migrate
from homeostat.knowledge.dialect.port import Connection, LostError, RacedError, Row, Size
from homeostat.knowledge.dialect.postgres import Postgres
from homeostat.knowledge.dialect.postgres_values import as_rows
from homeostat.model.errors import ConfigError, StoreError

SCHEMA = "homeostat"
OLDEST = 15
CONNECT_S = 10
_SETTINGS = f'SET search_path TO "{SCHEMA}"; SET jit TO off; SET random_page_cost TO 1.1'
"""Compiling a query of ours takes longer than the query. The default of the cost, 4, is that of
turning disks: by it an index that holds all that is asked is not worth reading."""
PATIENCE_S, AGAIN_S = 15.0, 0.2
"""How long a server that starts, or is full, is waited for, and how often it is asked."""


class PostgresServer:
    """See `port.Database`. The URL is libpq's; without more it is asked for nothing else."""

    kind: ClassVar[str] = "postgres"

    def __init__(self, url: str) -> None:
        try:
            self._parts = conninfo.conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            raise ConfigError(
                "the database URL cannot be read: is a sign in it that must be written as %XX?",
                next_step="It looks like postgresql://user@host:5432/database.",
            ) from error
        if not self._parts.get("dbname"):
            raise ConfigError(
                "the database URL names no database.",
                next_step="It looks like postgresql://user@host:5432/database.",
            )

    @property
    def name(self) -> str:
        """Host, port and database; never the password."""
        parts = {name: str(self._parts.get(name) or "") for name in ("user", "host", "port")}
        user = f"{parts['user']}@" if parts["user"] else ""
        port = f":{parts['port']}" if parts["port"] else ""
        return f"postgresql://{user}{parts['host']}{port}/{self._parts.get('dbname') or ''}"

    @contextmanager
    def writing(self) -> Generator[Postgres]:
        with self._named(), closing(Postgres(self._connected)) as connection:
            self._adopt(connection)
            migrate.migrate(connection, migrate.known(self.kind))
            yield connection

    @contextmanager
    def reading(self) -> Generator[Postgres]:
        with self._named(), closing(Postgres(self._connected)) as connection:
            if not migrate.is_current(connection, migrate.known(self.kind)):
                self._adopt(connection)
                migrate.migrate(connection, migrate.known(self.kind))
            connection.execute("SET default_transaction_read_only = on")
            yield connection

    @contextmanager
    def looking(self) -> Generator[Postgres | None]:
        with self._named(), closing(Postgres(self._connected)) as connection:
            connection.execute("SET default_transaction_read_only = on")
            self._refuse_foreign(connection)
            yield connection if connection.has_table("migrations") else None

    def damage(self, connection: Connection) -> Iterator[str]:
        """Nothing of its own: PostgreSQL reports damaged pages when they are read."""
        del connection
        yield from ()

    def clock(self, connection: Connection) -> datetime | None:
        (there,) = connection.execute("SELECT clock_timestamp()").fetchone()
        return cast("datetime", there)

    def size(self, connection: Connection) -> Size:
        (version,) = connection.execute("SHOW server_version").fetchone()
        tables = [(str(name), int(taken)) for name, taken in connection.execute(_SIZES)]
        return Size(
            version=f"PostgreSQL {version}",
            bytes=sum(taken for _, taken in tables),
            tables=tuple(tables),
        )

    def backup(self, target: Path) -> bool:
        """None: it is copied row by row."""
        del target
        return False

    def _connected(self) -> "psycopg.Connection[Row]":
        """A connection; waits for a server that is just starting."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                raw = psycopg.connect(
                    autocommit=True,
                    **{"connect_timeout": CONNECT_S, "application_name": "homeostat"} | self._parts,  # type: ignore[arg-type]  # libpq's own names
                )
            except errors.OperationalError as error:
                if not _may_pass(error) or time.monotonic() > until:
                    raise
                time.sleep(AGAIN_S)
                continue
            if (version := raw.info.server_version // 10_000) < OLDEST:
                raw.close()
                raise StoreError(
                    f"{self.name} is PostgreSQL {version}; {OLDEST} or newer is needed.",
                    next_step="Name a newer server, or go without: unset HOMEOSTAT_DATABASE_URL",
                )
            raw.execute(_SETTINGS)
            return as_rows(raw)

    def _adopt(self, connection: Postgres) -> None:
        """Make the schema; refuse one that somebody else made."""
        if not self._refuse_foreign(connection):
            with connection.transaction(alone=True):  # two at once would both make it
                connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{SCHEMA}"')

    def _refuse_foreign(self, connection: Postgres) -> bool:
        """Whether the schema is there; raises `StoreError` for somebody else's."""
        found = connection.execute(_FOUND, {"schema": SCHEMA}).fetchone()
        tables, is_ours, may_use = found or (None, False, True)
        if not may_use:
            raise StoreError(
                f'the schema "{SCHEMA}" of {self.name} is not open to this user.',
                next_step=f"As its owner: GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO <user>;",
            )
        if tables and not is_ours:
            raise StoreError(
                f'the schema "{SCHEMA}" of {self.name} belongs to something else: '
                f"it holds {tables} tables, and none of homeostat's.",
                next_step="Name another database in HOMEOSTAT_DATABASE_URL.",
            )
        return tables is not None

    @contextmanager
    def _named(self) -> Generator[None]:
        """Say which server, and what to do, where the driver says only what."""
        try:
            yield
        except RacedError as error:
            raise StoreError(
                f"another writer of {self.name} was always faster: {_line(error)}.",
                next_step=_WAIT,
            ) from error
        except LostError as error:
            raise StoreError(
                f"the connection to {self.name} was lost: {_line(error)}; "
                "the last batch was taken back, nothing is half written.",
                next_step="Give the same command again when the server is back.",
            ) from error
        except psycopg.Error as error:
            raise self._explained(error) from error

    def _explained(self, error: psycopg.Error) -> StoreError:
        for kinds, message, step in _EXPLAINED:
            if isinstance(error, kinds):
                return StoreError(f"{self.name}: {message} ({_line(error)}).", next_step=step)
        said = _line(error)
        for words, message, step in _SAID:
            if words in said:
                return StoreError(f"{self.name}: {message} ({said}).", next_step=step)
        return StoreError(
            f"{self.name} cannot be used: {said}.", next_step="homeostat db check tells more."
        )


_FOUND = """
SELECT count(c.oid), COALESCE(bool_or(c.relname = 'migrations'), FALSE),
  has_schema_privilege(n.oid, 'USAGE')
FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
WHERE n.nspname = :schema GROUP BY n.oid
"""
_SIZES = """
SELECT COALESCE(parent.relname, c.relname), SUM(pg_total_relation_size(c.oid))
FROM pg_class c
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
LEFT JOIN pg_class parent ON parent.oid = i.inhparent
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_WAIT = "Give the same command again: it goes on where it stopped."
# What an error means, and what a person can do: by its class, else by the words of the server.
_EXPLAINED: tuple[tuple[type[psycopg.Error] | tuple[type[psycopg.Error], ...], str, str], ...] = (
    (
        errors.DiskFull,
        "the server has no room left; the last batch was taken back, nothing is half written",
        f"Make room there. {_WAIT}",
    ),
    (
        errors.InsufficientPrivilege,
        "this user may not do that",
        "As the database's owner: GRANT CREATE ON DATABASE <name> TO <user>;",
    ),
    (
        errors.ReadOnlySqlTransaction,
        "the server takes nothing in: it is a standby, or read-only",
        "Name the primary server in HOMEOSTAT_DATABASE_URL.",
    ),
    (errors.QueryCanceled, "the server ended the query: it took longer than it allows", _WAIT),
    (errors.LockNotAvailable, "somebody holds what is needed", _WAIT),
)
_SAID = (
    (
        "password authentication failed",
        "user or password is wrong",
        "Put them into HOMEOSTAT_DATABASE_URL, or into ~/.pgpass.",
    ),
    (
        "no password supplied",
        "the server wants a password",
        "Put it into HOMEOSTAT_DATABASE_URL, or into ~/.pgpass.",
    ),
    ("too many", "all its connections are taken", "Wait, or raise max_connections there."),
    ("remaining connection slots", "all its connections are taken", "Wait, or raise it there."),
    ("pg_hba.conf", "it does not let this user in from here", "Ask whoever runs the server."),
    ('role "', "it does not know this user", "Look at the user in HOMEOSTAT_DATABASE_URL."),
    (
        'database "',
        "there is no such database",
        "Make it: createdb <name>; or look at HOMEOSTAT_DATABASE_URL.",
    ),
    (
        "onnection refused",
        "nothing answers there",
        "Is the server running? Look at host and port in HOMEOSTAT_DATABASE_URL.",
    ),
    (
        "resolve",
        "there is no such host",
        "Look at the host in HOMEOSTAT_DATABASE_URL.",
    ),
    ("timeout expired", "nothing answers there", "Look at host, port, and what is between."),
    ("starting up", "it is still starting", _WAIT),
    ("shutting down", "it is shutting down", "Give the same command again when it is back."),
    ("server closed", "the connection was lost", _WAIT),
)
_MAY_PASS = ("starting up", "recovery mode", "too many", "remaining connection slots", "shutting")


def _may_pass(error: psycopg.OperationalError) -> bool:
    """Whether waiting may help: the server starts, or others hold its connections."""
    return any(words in str(error) for words in _MAY_PASS)


def _line(error: BaseException) -> str:
    """The first line of what the server said; libpq adds a line for each address it tried."""
    first = str(error).strip().partition("\n")[0]
    return first.rpartition("FATAL:")[2].strip().rstrip(".") or type(error).__name__
