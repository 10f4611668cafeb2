"""How far files were read."""

from homeostat.knowledge.dialect.port import Connection
from homeostat.model.files import KnownFile

_KNOWN = """
SELECT size_bytes, modified_at, head_hash, offset_bytes, lines, state FROM files WHERE path = :path
"""


def known_file(connection: Connection, path: str) -> KnownFile | None:
    row = connection.execute(_KNOWN, {"path": path}).fetchone()
    return KnownFile(*row) if row else None
