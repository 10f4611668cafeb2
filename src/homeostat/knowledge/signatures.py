"""Signatures as rows; the row keeps the explanation."""

from collections.abc import Iterable, Mapping

from homeostat.knowledge import groupings
from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.model.ids import SignatureId
from homeostat.model.signature import Signature

SIGNATURES = Table(
    "signatures",
    ("signature_id",),
    (
        "signature_id", "key", "family", "kind", "message", "identifiers", "place", "rule",
        "error_class", "class_rule", "line",
    ),
)  # fmt: skip
_FIND = "SELECT signature_id, signature_key FROM signatures WHERE signature_id IN ({keys})"
MAX_KNOWN = 20_000


class Signatures:
    """Signature id -> row key, for one writing connection. Forget it after a rollback."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._splits: Mapping[str, list[groupings.Split]] | None = None
        self._known: dict[str, int] = {}

    def learn(self, signatures: Iterable[Signature]) -> None:
        """Look up many at once; those that are new are added."""
        unknown = {one.id: one for one in signatures if one.id not in self._known}
        if not unknown:
            return
        if len(self._known) + len(unknown) > MAX_KNOWN:
            self._known.clear()
        aside = self._connection.aside()
        found = self._found(aside, unknown)
        if missing := [_row(one) for name, one in sorted(unknown.items()) if name not in found]:
            aside.add_missing(SIGNATURES, missing)
            found |= self._found(aside, unknown)
        self._known |= found

    def key_of(self, signature: Signature, answer: str) -> int:
        """The row of a failure's signature, or of the part that a person split off from it."""
        if self._splits is None:
            self._splits = groupings.splits(self._connection.aside())
        for split in self._splits.get(signature.id, ()):
            if split.needle in answer:
                row = self._found(self._connection.aside(), (split.into_id,))
                if split.into_id in row:
                    return row[split.into_id]
        return self._known[signature.id]

    def forget(self) -> None:
        self._known.clear()
        self._splits = None

    def _found(self, connection: Connection, ids: Iterable[SignatureId | str]) -> dict[str, int]:
        return dict(connection.matching(_FIND, ("text",), [(name,) for name in ids]))


def _row(signature: Signature) -> Row:
    return (
        signature.id, signature.key, signature.family, signature.kind, signature.message,
        "\x1f".join(signature.identifiers), signature.place, signature.rule,
        signature.error_class.value, signature.class_rule, signature.line,
    )  # fmt: skip
