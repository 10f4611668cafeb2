"""One signature made two by a text that only some of its answers hold; in history as well."""

import base64
from datetime import datetime
from hashlib import sha256

import msgspec

from homeostat.knowledge import changes, groupings
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.moments import DAY_NS
from homeostat.knowledge.queries.failures import SignatureRef
from homeostat.knowledge.rollups import SIGNATURE_DAYS, SIGNATURE_TOOLS
from homeostat.knowledge.settle import GIVEN_UP
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
# Only where detail is kept: what was given up was counted as it was.
_KEPT = """
EXISTS (SELECT 1 FROM runs r WHERE r.run_key = calls.run_key AND (r.detail_from IS NULL
  OR COALESCE(calls.started_at, calls.ended_at, 0) >= r.detail_from))
"""
_HOLDING = f"""
signature_key = :old AND {_KEPT} AND EXISTS (
  SELECT 1 FROM call_texts x WHERE x.run_key = calls.run_key AND x.call_id = calls.call_id
    AND instr(x.answer, :needle) > 0)
"""  # noqa: S608  # texts of ours
_COUNT_DAYS = f"""
INSERT INTO signature_days (day, signature_key, nature, failures)
SELECT COALESCE(started_at, ended_at, 0) / :day, %s, nature, %s
FROM calls WHERE outcome = 'error' AND tool_word IS NOT NULL AND {_HOLDING}
GROUP BY 1, 2, 3 {SIGNATURE_DAYS.conflict()}
"""  # noqa: S608  # texts of ours
_COUNT_TOOLS = f"""
INSERT INTO signature_tools (signature_key, tool_word, agent_word, failures)
SELECT %s, tool_word, COALESCE(agent_word, 0), %s
FROM calls WHERE tool_word IS NOT NULL AND {_HOLDING}
GROUP BY 1, 2, 3 {SIGNATURE_TOOLS.conflict()}
"""  # noqa: S608  # texts of ours
_COUNT_MOVED = tuple(
    query % change
    for query in (_COUNT_DAYS, _COUNT_TOOLS)
    for change in (("CAST(:new AS INTEGER)", "COUNT(*)"), ("signature_key", "-COUNT(*)"))
)
_MOVE = f"UPDATE calls SET signature_key = :new WHERE {_HOLDING}"  # noqa: S608  # as above
_MOVE_ALL = (
    "UPDATE calls SET signature_key = :old WHERE signature_key = :new",
    f"""
    INSERT INTO signature_days (day, signature_key, nature, failures)
    SELECT day, CAST(:old AS INTEGER), nature, failures FROM signature_days
    WHERE signature_key = :new {SIGNATURE_DAYS.conflict()}
    """,  # noqa: S608  # as above
    "DELETE FROM signature_days WHERE signature_key = :new",
    f"""
    INSERT INTO signature_tools (signature_key, tool_word, agent_word, failures)
    SELECT CAST(:old AS INTEGER), tool_word, agent_word, failures FROM signature_tools
    WHERE signature_key = :new {SIGNATURE_TOOLS.conflict()}
    """,  # noqa: S608  # as above
    "DELETE FROM signature_tools WHERE signature_key = :new",
    f"""
    INSERT INTO given_up_costs ({", ".join(GIVEN_UP.columns)})
    SELECT run_key, CAST(:old AS INTEGER), nature, failures, lost_ms, lost_tokens, first_at, last_at
    FROM given_up_costs WHERE signature_key = :new {GIVEN_UP.conflict()}
    """,  # noqa: S608  # as above
    "DELETE FROM given_up_costs WHERE signature_key = :new",
)  # fmt: skip
_LEFT = """
SELECT COUNT(*), COALESCE(SUM(CASE WHEN x.whole = 0 THEN 1 ELSE 0 END), 0)
FROM calls c JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
WHERE c.signature_key = :old
"""
_UNSETTLE = """
UPDATE runs SET unsettled = 1 WHERE run_key IN (
  SELECT run_key FROM signature_runs WHERE signature_key IN (:old, :new)
  UNION SELECT run_key FROM calls WHERE signature_key IN (:old, :new))
"""
_SWEEP = (
    "DELETE FROM signature_days WHERE failures = 0",
    "DELETE FROM signature_tools WHERE failures = 0",
)


def split_id(signature_id: str, needle: str) -> str:
    """The same split has the same id on every machine."""
    digest = sha256(f"{signature_id}\x1f{needle}".encode()).digest()
    letters = base64.b32encode(digest).decode().translate(str.maketrans("ILOU", "0189"))
    return f"S-{letters[:10]}"


def split(connection: Connection, ref: SignatureRef, needle: str, *, now: datetime) -> SplitDone:
    """Move the failures whose kept answer holds `needle`; later ones follow at ingestion.

    Raises `UsageError` where the text would move none or all of them.
    """
    if len(needle) < SHORTEST_NEEDLE:
        raise UsageError(
            f'"{needle}" is too short to tell failures apart.',
            next_step=f"Give at least {SHORTEST_NEEDLE} characters of the answer.",
        )
    new_id = split_id(ref.signature_id, needle)
    with connection.transaction(alone=True):
        (new,) = connection.execute(
            _COPY, {"new_id": new_id, "needle": needle, "old": ref.signature_key}
        ).fetchone()
        pair = {"old": ref.signature_key, "new": new}
        which = pair | {"needle": needle, "day": DAY_NS}
        for statement in _COUNT_MOVED:
            connection.execute(statement, which)
        moved = connection.execute(_MOVE, which).rowcount
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
        _unsettle(connection, pair)
    return SplitDone(
        grouping=groupings.one(connection, number), moved=moved, stayed=stayed, unseen=unseen
    )


_KEYS = "SELECT signature_key FROM signatures WHERE signature_id = :id"


def undo(connection: Connection, grouping_id: int, *, now: datetime) -> groupings.Grouping:
    """Take back a merge, a split or an ignore. Raises `NotFoundError`, `UsageError`."""
    found = groupings.one(connection, grouping_id)
    if found.verb == "split":
        _refuse_below_others(connection, found, now=now)
    with connection.transaction(alone=True):
        groupings.undo(connection, grouping_id, now=now)
        if found.verb == "split":
            _join(connection, found)
    return found


def _refuse_below_others(
    connection: Connection, split_off: groupings.Grouping, *, now: datetime
) -> None:
    """What was said of the signature that a split made goes first."""
    for other in reversed(groupings.load(connection, now=now).active):
        names = (other.signature_id, other.into_id)
        if other.grouping_id != split_off.grouping_id and split_off.into_id in names:
            raise UsageError(
                f"you said more of {split_off.into_id}: {other.said}.",
                next_step=f"Take that back first: homeostat {other.undo}",
            )


def _join(connection: Connection, split_off: groupings.Grouping) -> None:
    """Give the failures back; where one of the two is gone there are none."""
    old = connection.execute(_KEYS, {"id": split_off.signature_id}).fetchone()
    new = connection.execute(_KEYS, {"id": split_off.into_id}).fetchone()
    if old is None or new is None:
        return
    pair = {"old": int(old[0]), "new": int(new[0])}
    _unsettle(connection, pair)
    for statement in _MOVE_ALL:
        connection.execute(statement, pair)


def _unsettle(connection: Connection, pair: dict[str, int]) -> None:
    """Have every run settled anew that has failures of either."""
    changes.note(connection)
    for statement in _SWEEP:
        connection.execute(statement)
    connection.execute(_UNSETTLE, pair)
