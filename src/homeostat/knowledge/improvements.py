"""Improvements: proposals that were written down, and what became of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from homeostat.knowledge.dialect.port import Connection, Table
from homeostat.knowledge.moments import moment, nanoseconds
from homeostat.model.errors import NotFoundError
from homeostat.model.pattern import Improvement, Proposal, Status

IMPROVEMENTS = Table(
    "improvements",
    ("improvement_id",),
    (
        "improvement_id", "signature_id", "kind", "status", "proposal", "created_at", "changed_at",
        "declined_failures",
    ),
)  # fmt: skip
_ALL = """
SELECT proposal, status, created_at, changed_at, declined_failures FROM improvements
WHERE {narrow} ORDER BY changed_at DESC, improvement_id
"""
_BY_ID = "improvement_id >= :start AND improvement_id < :beyond"


def put(
    connection: Connection, proposals: Iterable[Proposal], *, now: datetime, reopened: Iterable[str]
) -> list[Improvement]:
    """Write proposals down: what is known keeps its state, but for those `reopened`.

    Answers all of them as they now stand. Proposed twice, it is one.
    """
    again, at = set(reopened), nanoseconds(now)
    known = {item.proposal.improvement_id: item for item in improvements(connection)}
    found: list[Improvement] = []
    for proposal in proposals:
        before = known.get(proposal.improvement_id)
        is_new = before is None or proposal.improvement_id in again
        if before is not None and not is_new:
            item = msgspec.structs.replace(before, proposal=proposal)
        else:
            created = before.created_at if before else moment(at)
            item = Improvement(
                proposal=proposal,
                status=Status.PROPOSED,
                created_at=created,
                changed_at=moment(at),
            )
        found.append(item)
    connection.upsert(IMPROVEMENTS, [_row(item) for item in found])
    return found


def improvements(
    connection: Connection, *, status: Status | None = None, most: int = -1
) -> Iterator[Improvement]:
    """What changed last comes first."""
    narrow = "status = :status" if status else "1 = 1"
    query = _ALL.format(narrow=narrow) + (" LIMIT :most" if most >= 0 else "")
    values = {"status": status.value if status else "", "most": most}
    return (_improvement(row) for row in connection.execute(query, values).fetchall())


_OF_IDS = """
SELECT proposal, status, created_at, changed_at, declined_failures FROM improvements
WHERE improvement_id IN ({keys})
"""


def of_ids(connection: Connection, ids: Iterable[str]) -> Iterator[Improvement]:
    """Those of these that are written down, in no order."""
    rows = list(connection.matching(_OF_IDS, ("text",), [(name,) for name in ids]))
    return (_improvement(row) for row in rows)


def find(connection: Connection, start: str) -> Improvement:
    """The improvement whose id begins so. Raises `NotFoundError` for none and for several."""
    start = start.upper() if start.upper().startswith("I-") else f"I-{start.upper()}"
    values = {"start": start, "beyond": start + "\U0010ffff"}
    rows = connection.execute(_ALL.format(narrow=_BY_ID), values).fetchall()
    if len(rows) == 1:
        return _improvement(rows[0])
    found = "none" if not rows else "several"
    raise NotFoundError(
        f'there is {found} whose id begins with "{start}".',
        next_step="See them: homeostat improvements",
    )


_FAILURES = """
SELECT COALESCE(SUM(x.failures), 0) FROM signature_totals x
JOIN signatures s ON s.signature_key = x.signature_key WHERE s.signature_id = :signature
"""


def failures(connection: Connection, signature: str) -> int:
    """How often a signature has failed in all."""
    return int(connection.execute(_FAILURES, {"signature": signature}).fetchone()[0])


def decline(connection: Connection, item: Improvement, *, failures: int, now: datetime) -> None:
    changed = msgspec.structs.replace(
        item, status=Status.DECLINED, changed_at=now, declined_failures=failures
    )
    connection.upsert(IMPROVEMENTS, [_row(changed)])


_OF_SIGNATURES = """
SELECT i.proposal, i.status, i.created_at, i.changed_at, i.declined_failures FROM improvements i
WHERE i.signature_id IN ({keys}) AND NOT EXISTS (
  SELECT 1 FROM trials t WHERE t.improvement_id = i.improvement_id)
"""
_DELETE = "DELETE FROM improvements WHERE improvement_id = ?"


def forget_evidence(connection: Connection, signatures: Iterable[str]) -> None:
    """Of signatures that lost runs: proposals go, for what is left proposes them anew; what was
    declined stays declined where the failure is still known, and tells no longer why it was
    proposed. What is on trial stays whole.
    """
    rows = connection.matching(_OF_SIGNATURES, ("text",), [(name,) for name in signatures])
    for item in [_improvement(row) for row in rows]:
        left = failures(connection, item.proposal.signature)
        if item.status is Status.PROPOSED or not left:
            connection.execute(_DELETE, (item.proposal.improvement_id,))
            continue
        kept = msgspec.structs.replace(
            item,
            proposal=msgspec.structs.replace(item.proposal, evidence=""),
            declined_failures=min(left, item.declined_failures),
        )
        connection.upsert(IMPROVEMENTS, [_row(kept)])


def _row(item: Improvement) -> tuple[object, ...]:
    proposal = item.proposal
    return (
        proposal.improvement_id, proposal.signature, proposal.kind, item.status.value,
        msgspec.json.encode(proposal).decode(), nanoseconds(item.created_at),
        nanoseconds(item.changed_at), item.declined_failures,
    )  # fmt: skip


def _improvement(row: tuple[str, str, int, int, int]) -> Improvement:
    proposal, status, created_at, changed_at, declined = row
    return Improvement(
        proposal=msgspec.json.decode(proposal, type=Proposal),
        status=Status(status),
        created_at=moment(created_at),
        changed_at=moment(changed_at),
        declined_failures=declined,
    )
