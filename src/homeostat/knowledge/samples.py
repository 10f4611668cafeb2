"""Which failing answers are kept whole: the newest of each signature, and all of late."""

from datetime import datetime, timedelta

import msgspec

from homeostat.knowledge.call_rows import KEPT_CHARACTERS
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.moments import DAY_NS, nanoseconds

SURPLUS = 1000
"""Answers that may stay whole for longer: pruning reads all of them, a batch must not. After so
many new ones whoever ingests calls `prune`."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How many of each signature, and for how many days all."""

    samples: int
    days: int


_WHOLE = "SELECT COUNT(*) FROM call_texts WHERE whole = 1"
_PRUNED_AT = "SELECT pruned_at FROM sampling"
_NOTE = """
INSERT INTO sampling (one, whole, grown, pruned_at) VALUES (1, :whole, 0, :pruned_at)
ON CONFLICT (one) DO UPDATE SET whole = excluded.whole, grown = 0, pruned_at = excluded.pruned_at
"""
_GROW = """
INSERT INTO sampling (one, whole, grown, pruned_at) VALUES (1, 0, :grown, 0)
ON CONFLICT (one) DO UPDATE SET grown = sampling.grown + excluded.grown RETURNING whole, grown
"""
_OLD = """
SELECT run_key, call_id FROM (
  SELECT x.run_key AS run_key, x.call_id AS call_id, c.started_at AS started_at,
    ROW_NUMBER() OVER (PARTITION BY c.signature_key
      ORDER BY COALESCE(c.started_at, 0) DESC, x.run_key, x.call_id) AS place
  FROM call_texts x JOIN calls c ON c.run_key = x.run_key AND c.call_id = x.call_id
  WHERE x.whole = 1) AS ranked
WHERE place > :samples AND (started_at IS NULL OR started_at < :since)
"""
_CUT = f"""
UPDATE call_texts SET answer = substr(answer, 1, {KEPT_CHARACTERS}), whole = 0
WHERE run_key = :run_key AND call_id = :call_id
"""  # noqa: S608  # a number of ours


def prune(connection: Connection, kept: Kept, *, grown: int, now: datetime) -> None:
    """Note that `grown` answers more are whole; prune if half as many again are as were left the
    last time. Fewer wait for the day. (To count them each time is what slowed ten million down.)
    """
    with connection.transaction():
        ((left, grown),) = connection.execute(_GROW, {"grown": grown}).fetchall()
    if grown >= left // 2 + SURPLUS:
        prune_all(connection, kept, now=now)


def prune_daily(connection: Connection, kept: Kept, *, now: datetime) -> None:
    """After an import: once a day also signatures that did not occur again grow old."""
    row = connection.execute(_PRUNED_AT).fetchone()
    if nanoseconds(now) - (row[0] if row else 0) >= DAY_NS:
        prune_all(connection, kept, now=now)


def prune_all(connection: Connection, kept: Kept, *, now: datetime) -> None:
    """Cut what is beyond the newest and older than the days that are kept to its beginning."""
    since = nanoseconds(now - timedelta(days=kept.days))
    with connection.transaction(alone=True):
        old = connection.execute(_OLD, {"samples": kept.samples, "since": since}).fetchall()
        connection.executemany(_CUT, [{"run_key": run, "call_id": call} for run, call in old])
        (whole,) = connection.execute(_WHOLE).fetchone()
        connection.execute(_NOTE, {"whole": whole, "pruned_at": nanoseconds(now)})
