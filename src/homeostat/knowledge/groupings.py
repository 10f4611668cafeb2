"""What a person said about the grouping of failures: merges, splits, what to ignore."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.moments import moment, nanoseconds
from homeostat.model.errors import NotFoundError, UsageError

_ACTIVE = """
SELECT grouping_id, verb, signature_id, into_id, needle, until_at FROM groupings
WHERE undone_at IS NULL AND (until_at IS NULL OR until_at > :now) ORDER BY grouping_id
"""
_ADD = """
INSERT INTO groupings (verb, signature_id, into_id, needle, until_at, created_at)
VALUES (:verb, :signature_id, :into_id, :needle, :until_at, :created_at)
RETURNING grouping_id
"""
_UNDO = """
UPDATE groupings SET undone_at = :now WHERE grouping_id = :grouping_id AND undone_at IS NULL
"""


class Grouping(msgspec.Struct, frozen=True):
    grouping_id: int
    verb: str
    signature_id: str
    into_id: str | None
    needle: str | None
    until_at: int | None

    @property
    def said(self) -> str:
        if self.verb == "merge":
            return f"{self.signature_id} is the same as {self.into_id}"
        if self.verb == "split":
            return f'what holds "{self.needle}" is not {self.signature_id} but {self.into_id}'
        until = f" until {moment(self.until_at):%Y-%m-%d}" if self.until_at else ""
        return f"{self.signature_id} is to be ignored{until}"

    @property
    def undo(self) -> str:
        """The arguments that take it back."""
        return f"{self.verb} --undo {self.grouping_id}"


class Groupings:
    """The person's word, as it holds now."""

    def __init__(self, active: tuple[Grouping, ...]) -> None:
        self.active = active
        self._merges: Mapping[str, str] = {
            g.signature_id: g.into_id for g in active if g.verb == "merge" and g.into_id
        }

        self.merged = frozenset(self._merges) | frozenset(self._merges.values())
        """Every signature that a merge names."""

    def leader(self, signature_id: str) -> str:
        """The signature under which this one is shown, through all merges."""
        into = self._merges
        if signature_id not in into:
            return signature_id
        seen = {signature_id}
        while (following := into.get(signature_id)) and following not in seen:
            signature_id = following
            seen.add(following)
        return signature_id

    def members(self, signature_id: str) -> tuple[str, ...]:
        """The signatures shown under this one, without itself."""
        return tuple(sorted(name for name in self._merges if self.leader(name) == signature_id))

    def ignored(self) -> frozenset[str]:
        return frozenset(g.signature_id for g in self.active if g.verb == "ignore")


def load(connection: Connection, *, now: datetime) -> Groupings:
    rows = connection.execute(_ACTIVE, {"now": nanoseconds(now)})
    return Groupings(tuple(Grouping(*row) for row in rows))


class Split(msgspec.Struct, frozen=True):
    needle: str
    into_id: str


_SPLITS = """
SELECT signature_id, needle, into_id FROM groupings
WHERE verb = 'split' AND undone_at IS NULL ORDER BY grouping_id
"""


def splits(connection: Connection) -> dict[str, list[Split]]:
    """Signature -> what was split off from it, in the order in which a person said so."""
    found: dict[str, list[Split]] = {}
    for signature_id, needle, into_id in connection.execute(_SPLITS):
        found.setdefault(signature_id, []).append(Split(needle, into_id))
    return found


def add(
    connection: Connection,
    verb: str,
    signature_id: str,
    *,
    now: datetime,
    into_id: str | None = None,
    needle: str | None = None,
    until: datetime | None = None,
) -> int:
    """Remember one word of the person; answers its number, by which it can be undone."""
    (grouping_id,) = connection.execute(_ADD, {
        "verb": verb,
        "signature_id": signature_id,
        "into_id": into_id,
        "needle": needle,
        "until_at": nanoseconds(until) if until else None,
        "created_at": nanoseconds(now),
    }).fetchone()  # fmt: skip
    return int(grouping_id)


def undo(connection: Connection, grouping_id: int, *, now: datetime) -> None:
    connection.execute(_UNDO, {"grouping_id": grouping_id, "now": nanoseconds(now)})


_ONE = """
SELECT grouping_id, verb, signature_id, into_id, needle, until_at FROM groupings
WHERE grouping_id = :grouping_id AND undone_at IS NULL
"""


def one(connection: Connection, grouping_id: int) -> Grouping:
    """Raises `NotFoundError` where there is none, or it was undone already."""
    row = connection.execute(_ONE, {"grouping_id": grouping_id}).fetchone()
    if row is None:
        raise NotFoundError(
            f"there is no grouping {grouping_id} that could be undone.",
            next_step="See what you said about a signature: homeostat explain S-....",
        )
    return Grouping(*row)


def merge(connection: Connection, signature_id: str, into_id: str, *, now: datetime) -> Grouping:
    """Raises `UsageError` for a merge into itself, also round a corner."""
    said = load(connection, now=now)
    if said.leader(into_id) == said.leader(signature_id):
        raise UsageError(
            f"{signature_id} and {into_id} are one group already.",
            next_step=f"See it: homeostat show {said.leader(into_id)}",
        )
    # What leads the first group is merged, so that nothing is ever merged twice.
    number = add(
        connection, "merge", said.leader(signature_id), now=now, into_id=said.leader(into_id)
    )
    return one(connection, number)


def ignore(
    connection: Connection, signature_id: str, *, now: datetime, until: datetime | None
) -> Grouping:
    leader = load(connection, now=now).leader(signature_id)
    return one(connection, add(connection, "ignore", leader, now=now, until=until))
