"""Texts cut out of values that are kept as JSON, so that what is left is still such a value."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeAlias, cast

import msgspec

from homeostat.knowledge.dialect.port import Connection
from homeostat.model.pattern import Proposal
from homeostat.model.trial import Trial
from homeostat.model.trial_sums import Baseline

Cut: TypeAlias = Callable[[str], str]


class Place(NamedTuple):
    table: str
    key: str
    column: str
    type: type[msgspec.Struct]


PLACES = (
    Place("improvements", "improvement_id", "proposal", Proposal),
    Place("trials", "improvement_id", "trial", Trial),
    Place("trials", "improvement_id", "baseline", Baseline),
)
_NAMES = frozenset({"improvement_id", "signature", "kind"})
"""Fields that hold names of ours, by which facts are joined."""


def cut_out(connection: Connection, place: Place, cut: Cut) -> int:
    """How many values were changed. Names of fields, figures and closed sets stay."""
    table, key, column, kind = place
    rows = connection.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key}").fetchall()  # noqa: S608  # names of ours
    update = f"UPDATE {table} SET {column} = :value WHERE {key} = :key"  # noqa: S608  # as above
    changed = 0
    for name, text in rows:
        value = msgspec.json.encode(_without(msgspec.json.decode(text, type=kind), cut)).decode()
        if value != text:
            connection.execute(update, {"key": name, "value": value})
            changed += 1
    return changed


def _without(value: object, cut: Cut) -> Any:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else cut(value)
    if isinstance(value, msgspec.Struct):
        fields = (name for name in value.__struct_fields__ if name not in _NAMES)
        held = {name: _without(getattr(value, name), cut) for name in fields}
        return msgspec.structs.replace(value, **held)
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return {cut(name): _without(member, cut) for name, member in members.items()}
    if isinstance(value, tuple):
        return _again(cast("tuple[object, ...]", value), cut)
    return value


def _again(value: tuple[object, ...], cut: Cut) -> tuple[object, ...]:
    """A tuple, with names or without."""
    items = [_without(item, cut) for item in value]
    make: Callable[..., tuple[object, ...]] = type(value)
    return make(*items) if hasattr(value, "_fields") else tuple(items)
