"""Which failing answers are kept whole: the newest of each signature, and all of late."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from homeostat.knowledge.call_rows import KEPT_CHARACTERS
from homeostat.knowledge.moments import nanoseconds


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How many of each signature, and for how many days all."""

    samples: int
    days: int


_MANY = """
SELECT signature_key FROM calls WHERE signature_key IN ({keys})
GROUP BY signature_key HAVING COUNT(*) > {samples}
"""
_OLD = """
SELECT c.run_key, c.call_id
FROM calls c JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
WHERE c.signature_key = :signature_key AND x.whole = 1
ORDER BY c.started_at DESC, c.run_key, c.call_id
LIMIT -1 OFFSET :samples
"""
_CUT = f"""
UPDATE call_texts SET answer = substr(answer, 1, {KEPT_CHARACTERS}), whole = 0
WHERE run_key = :run_key AND call_id = :call_id AND NOT EXISTS (
  SELECT 1 FROM calls c WHERE c.run_key = call_texts.run_key AND c.call_id = call_texts.call_id
    AND c.started_at >= :since)
"""  # noqa: S608  # a number of ours


def prune(
    connection: sqlite3.Connection, signature_keys: Iterable[int], kept: Kept, *, now: datetime
) -> None:
    """Cut what is beyond the newest and older than the days that are kept to its beginning."""
    since = nanoseconds(now - timedelta(days=kept.days))
    touched = ",".join(str(key) for key in signature_keys)
    many = connection.execute(_MANY.format(keys=touched, samples=kept.samples)).fetchall()
    for (key,) in many:
        found = connection.execute(_OLD, {"signature_key": key, "samples": kept.samples})
        cut = [{"run_key": run, "call_id": call, "since": since} for run, call in found]
        if cut:
            connection.executemany(_CUT, cut)
