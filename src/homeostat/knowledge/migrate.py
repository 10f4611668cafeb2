"""Bring a database to this program's schema: forward only, in one transaction a step."""

from hashlib import sha256
from pathlib import Path

import msgspec

from homeostat.knowledge.dialect.port import Connection
from homeostat.model.errors import StoreError

_LEDGER = """
CREATE TABLE IF NOT EXISTS migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL
)
"""
_APPLIED = "SELECT version, name, checksum FROM migrations ORDER BY version"
_RECORD = "INSERT INTO migrations (version, name, checksum) VALUES (:version, :name, :checksum)"


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


def known(kind: str) -> tuple[Migration, ...]:
    """The steps of this program for one kind of database, in order."""
    folder = Path(__file__).with_name("migrations") / kind
    found = [
        Migration(version=int(item.name[:4]), name=item.name, sql=item.read_text("utf-8"))
        for item in folder.glob("*.sql")
    ]
    return tuple(sorted(found, key=lambda step: step.version))


def migrate(connection: Connection, steps: tuple[Migration, ...]) -> None:
    """Apply the steps that are missing. Raises `StoreError` for a newer or altered database."""
    if is_current(connection, steps):
        return
    with connection.transaction(alone=True):
        connection.execute(_LEDGER)
    while missing := _missing(connection, steps):
        with connection.transaction(alone=True):
            # Another process may have come first.
            if (step := missing[0]) in _missing(connection, steps):
                _apply(connection, step)


def _apply(connection: Connection, step: Migration) -> None:
    for statement in statements(step.sql):
        connection.execute(statement)
    done = {"version": step.version, "name": step.name, "checksum": step.checksum}
    connection.execute(_RECORD, done)


def is_current(connection: Connection, steps: tuple[Migration, ...]) -> bool:
    """Whether nothing is missing; raises `StoreError` where the database cannot be used."""
    return connection.has_table("migrations") and not _missing(connection, steps)


def _missing(connection: Connection, steps: tuple[Migration, ...]) -> tuple[Migration, ...]:
    applied = connection.execute(_APPLIED).fetchall()
    ours = {step.version: step for step in steps}
    for version, name, checksum in applied:
        step = ours.get(version)
        if step is None:
            raise StoreError(
                f"the database is newer than this homeostat: it has {name}.",
                next_step="Upgrade homeostat, or name another folder in HOMEOSTAT_STATE_DIR.",
            )
        if step.checksum != checksum:
            raise StoreError(
                f"the database was made by another {name} than this homeostat has.",
                next_step="Restore a backup, or name another folder in HOMEOSTAT_STATE_DIR.",
            )
    return steps[len(applied) :]


def statements(sql: str) -> list[str]:
    """The statements of a migration; none of ours holds a semicolon in a text or a trigger."""
    bare = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [part.strip() for part in bare.split(";") if part.strip()]
