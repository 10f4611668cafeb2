"""Signatures as rows; the row keeps the explanation."""

import sqlite3
from collections.abc import Mapping

import msgspec

from homeostat.knowledge.groupings import Split
from homeostat.model.ids import SignatureId
from homeostat.model.signature import Signature

_FIND = "SELECT signature_key FROM signatures WHERE signature_id = :id"
_ADD = """
INSERT INTO signatures (signature_id, key, family, kind, message, identifiers, place, rule,
  error_class, class_rule, line)
VALUES (:id, :key, :family, :kind, :message, :identifiers, :place, :rule, :error_class,
  :class_rule, :line)
RETURNING signature_key
"""
MAX_KNOWN = 20_000


class Signatures:
    """Signature id -> row key, for one writing connection. Forget it after a rollback."""

    def __init__(self, connection: sqlite3.Connection, splits: Mapping[str, list[Split]]) -> None:
        self._connection = connection
        self._splits = splits
        self._known: dict[SignatureId, int] = {}

    def key_of(self, signature: Signature, answer: str) -> int:
        """The row of a failure's signature, or of the part that a person split off from it."""
        for split in self._splits.get(signature.id, ()):
            if split.needle in answer:
                row = self._connection.execute(_FIND, {"id": split.into_id}).fetchone()
                if row:
                    return int(row[0])
        return self._whole(signature)

    def _whole(self, signature: Signature) -> int:
        known = self._known.get(signature.id)
        if known is not None:
            return known
        row = self._connection.execute(_FIND, {"id": signature.id}).fetchone()
        if row is None:
            values = msgspec.structs.asdict(signature)
            values["identifiers"] = "\x1f".join(signature.identifiers)
            values["error_class"] = signature.error_class.value
            row = self._connection.execute(_ADD, values).fetchone()
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[signature.id] = int(row[0])
        return int(row[0])

    def forget(self) -> None:
        self._known.clear()
