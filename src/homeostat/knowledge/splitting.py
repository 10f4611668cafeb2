"""One signature made two by a text that only some of its answers hold; in history as well."""

import base64
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256

import msgspec

from homeostat.knowledge import groupings
from homeostat.knowledge.moments import DAY_NS
from homeostat.knowledge.queries.failures import SignatureRef
from homeostat.model.errors import UsageError

SHORTEST_NEEDLE = 3


class SplitDone(msgspec.Struct, frozen=True, kw_only=True):
    grouping: groupings.Grouping
    moved: int
    """Failures that went to the new signature."""
    stayed: int
    unseen: int
    """Of those that stayed, how many have only the beginning of their answer left."""


_COPY = """
INSERT INTO signatures (signature_id, key, family, kind, message, identifiers, place, rule,
  error_class, class_rule, line)
SELECT :new_id, key || '|contains: ' || :needle, family, kind, message, identifiers, place,
  rule || ' + split', error_class, class_rule, line || ' (contains: ' || :needle || ')'
FROM signatures WHERE signature_key = :old
ON CONFLICT (signature_id) DO UPDATE SET key = excluded.key
RETURNING signature_key
"""
_MOVE = """
UPDATE calls SET signature_key = :new WHERE signature_key = :old AND EXISTS (
  SELECT 1 FROM call_texts x WHERE x.run_key = calls.run_key AND x.call_id = calls.call_id
    AND instr(x.answer, :needle) > 0)
"""
_MOVE_ALL = "UPDATE calls SET signature_key = :old WHERE signature_key = :new"
_LEFT = """
SELECT COUNT(*), COALESCE(SUM(CASE WHEN x.whole = 0 THEN 1 ELSE 0 END), 0)
FROM calls c JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
WHERE c.signature_key = :old
"""
_UNSETTLE = """
UPDATE runs SET unsettled = 1 WHERE run_key IN (
  SELECT run_key FROM calls WHERE signature_key IN (:old, :new))
"""
_CLEAR_DAYS = "DELETE FROM signature_days WHERE signature_key IN (:old, :new)"
_COUNT_DAYS = """
INSERT INTO signature_days (day, signature_key, nature, failures)
SELECT COALESCE(started_at, ended_at, 0) / :day, signature_key, nature, COUNT(*)
FROM calls WHERE signature_key IN (:old, :new) AND outcome = 'error' AND tool_word IS NOT NULL
GROUP BY 1, 2, 3
"""


def split_id(signature_id: str, needle: str) -> str:
    """The same split has the same id on every machine."""
    digest = sha256(f"{signature_id}\x1f{needle}".encode()).digest()
    letters = base64.b32encode(digest).decode().translate(str.maketrans("ILOU", "0189"))
    return f"S-{letters[:10]}"


def split(
    connection: sqlite3.Connection, ref: SignatureRef, needle: str, *, now: datetime
) -> SplitDone:
    """Move the failures whose kept answer holds `needle`; later ones follow at ingestion.

    Raises `UsageError` where the text would move none or all of them.
    """
    if len(needle) < SHORTEST_NEEDLE:
        raise UsageError(
            f'"{needle}" is too short to tell failures apart.',
            next_step=f"Give at least {SHORTEST_NEEDLE} characters of the answer.",
        )
    new_id = split_id(ref.signature_id, needle)
    with _transaction(connection):
        (new,) = connection.execute(
            _COPY, {"new_id": new_id, "needle": needle, "old": ref.signature_key}
        ).fetchone()
        pair = {"old": ref.signature_key, "new": new}
        moved = connection.execute(_MOVE, pair | {"needle": needle}).rowcount
        stayed, unseen = connection.execute(_LEFT, {"old": ref.signature_key}).fetchone()
        if not moved or not stayed:
            members = groupings.load(connection, now=now).members(ref.signature_id)
            others = f" (without those merged into it: {', '.join(members)})" if members else ""
            raise UsageError(
                f'"{needle}" stands in {"none" if not moved else "all"} of the '
                f"{moved + stayed} kept answers of {ref.signature_id}{others}.",
                next_step=f"Look for what differs: homeostat show {ref.signature_id}",
            )
        number = groupings.add(
            connection, "split", ref.signature_id, now=now, into_id=new_id, needle=needle
        )
        _recount(connection, pair)
    return SplitDone(
        grouping=groupings.one(connection, number), moved=moved, stayed=stayed, unseen=unseen
    )


_KEYS = "SELECT signature_key FROM signatures WHERE signature_id = :id"


def undo(connection: sqlite3.Connection, grouping_id: int, *, now: datetime) -> groupings.Grouping:
    """Take back a merge, a split or an ignore. Raises `NotFoundError`, `UsageError`."""
    found = groupings.one(connection, grouping_id)
    if found.verb == "split":
        _refuse_below_others(connection, found, now=now)
    with _transaction(connection):
        groupings.undo(connection, grouping_id, now=now)
        if found.verb == "split":
            _join(connection, found)
    return found


def _refuse_below_others(
    connection: sqlite3.Connection, split_off: groupings.Grouping, *, now: datetime
) -> None:
    """What was said of the signature that a split made goes first."""
    for other in reversed(groupings.load(connection, now=now).active):
        names = (other.signature_id, other.into_id)
        if other.grouping_id != split_off.grouping_id and split_off.into_id in names:
            raise UsageError(
                f"you said more of {split_off.into_id}: {other.said}.",
                next_step=f"Take that back first: homeostat {other.undo}",
            )


def _join(connection: sqlite3.Connection, split_off: groupings.Grouping) -> None:
    """Give the failures back; where one of the two is gone there are none."""
    old = connection.execute(_KEYS, {"id": split_off.signature_id}).fetchone()
    new = connection.execute(_KEYS, {"id": split_off.into_id}).fetchone()
    if old is None or new is None:
        return
    pair = {"old": int(old[0]), "new": int(new[0])}
    connection.execute(_UNSETTLE, pair)
    connection.execute(_MOVE_ALL, pair)
    _recount(connection, pair)


def _recount(connection: sqlite3.Connection, pair: dict[str, int]) -> None:
    connection.execute(_UNSETTLE, pair)
    connection.execute(_CLEAR_DAYS, pair)
    connection.execute(_COUNT_DAYS, pair | {"day": DAY_NS})


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
