"""Whether somebody changed history: then what a writer remembers of words and groups is void."""

from homeostat.knowledge.dialect.port import Connection

_COUNT = "SELECT changes FROM upkeep"
_NOTE = "UPDATE upkeep SET changes = changes + 1"


def count(connection: Connection) -> int:
    """Grows with each change."""
    return int(connection.execute(_COUNT).fetchone()[0])


def note(connection: Connection) -> None:
    """Within the transaction that changes history."""
    connection.execute(_NOTE)
