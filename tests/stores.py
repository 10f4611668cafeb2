"""Looks into a store, and changes in it that no command makes; on either database."""

from homeostat.knowledge.dialect.sqlite_file import SqliteFile
from homeostat.loop.service import Homeostat

_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
"""


def rows(homeostat: Homeostat, query: str) -> list[tuple[object, ...]]:
    with homeostat.reading() as connection:
        return [tuple(row) for row in connection.execute(query).fetchall()]


def change(homeostat: Homeostat, *statements: str) -> None:
    with homeostat.store().writing() as connection, connection.transaction(alone=True):
        for statement in statements:
            connection.execute(statement)


def stored(homeostat: Homeostat) -> bytes:
    """All bytes that are kept: of the files, or, of a server, all values."""
    if isinstance(homeostat.store(), SqliteFile):
        return b"".join(p.read_bytes() for p in homeostat.state.rglob("*") if p.is_file())
    values = (
        value
        for (table,) in rows(homeostat, _TABLES)
        for row in rows(homeostat, f"SELECT * FROM {table}")  # noqa: S608  # names of ours
        for value in row
    )
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)
