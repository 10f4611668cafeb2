"""What a store holds, how large it is, what retention would do."""

from datetime import datetime

from homeostat.knowledge import migrate, retention
from homeostat.knowledge.call_rows import OF_TOOL
from homeostat.knowledge.dialect.port import Connection, Database
from homeostat.model.views import DatabaseInfo, TableSize

_COUNTS = f"""
SELECT (SELECT COUNT(*) FROM runs),
  (SELECT COUNT(*) FROM calls c WHERE {OF_TOOL}), (SELECT COUNT(*) FROM events),
  (SELECT COUNT(*) FROM signatures), (SELECT COUNT(*) FROM files)
"""  # noqa: S608  # a text of ours
_TEXTS = """
SELECT COALESCE(SUM(whole), 0),
  COALESCE(SUM(length(command) + length(args) + length(answer)), 0)
FROM call_texts
"""


def database(
    connection: Connection, place: Database, *, detail_days: int, now: datetime
) -> DatabaseInfo:
    """Sizes and counts, and what retention would do; reads everything once."""
    runs, calls, events, signatures, files = connection.execute(_COUNTS).fetchone()
    whole, texts = connection.execute(_TEXTS).fetchone()
    size, there = place.size(connection), place.clock(connection)
    return DatabaseInfo(
        path=place.name,
        version=size.version,
        schema=migrate.known(place.kind)[-1].version,
        size_bytes=size.bytes,
        tables=tuple(TableSize(name=name, size_bytes=taken) for name, taken in size.tables),
        bytes_an_event=(size.bytes - texts) // events if events else None,
        runs=runs,
        calls=calls,
        events=events,
        signatures=signatures,
        whole_samples=whole,
        files=files,
        detail_days=detail_days,
        runs_beyond=retention.old_runs(connection, days=detail_days, now=now),
        clock_ahead_s=(there - now).total_seconds() if there else 0.0,
        given_up_until=retention.given_up_until(connection),
    )
