"""Records with one value after the other replaced by something that should not be there."""

import json
from collections.abc import Iterator

from homeostat.loop.guarded import GuardedReader
from homeostat.model.event import Event
from homeostat.model.ports import Origin, Source, UnreadableLineError

WRONG: tuple[object, ...] = (
    None, True, -1, 0, 2**70, -(2**70), 1e300, 0.5, "", "x", "\ud800", [], {}, [None], [[]],
    {"x": None}, "2026-99-99", "1" * 400, "nan", "-inf", 253402300800,
)  # fmt: skip


def with_one_wrong(value: object) -> Iterator[object]:
    """The same JSON value, each time with one of its parts replaced or missing."""
    yield from WRONG
    if isinstance(value, dict):
        for key, part in value.items():
            yield {other: kept for other, kept in value.items() if other != key}
            for wrong in with_one_wrong(part):
                yield value | {key: wrong}
    elif isinstance(value, list):
        for place, part in enumerate(value):
            for wrong in with_one_wrong(part):
                yield [*value[:place], wrong, *value[place + 1 :]]


def raised(source: Source, record: object) -> list[str]:
    """What went wrong within the source itself while it read a record, also with bytes no text."""
    data = json.dumps(record).encode()
    return [
        reason for reason in _reasons(source, [data, data.replace(b'"x"', b'"\xff"')]) if reason
    ]


def _reasons(source: Source, records: list[bytes]) -> Iterator[str]:
    reader = GuardedReader(
        source.client, source.reader(Origin(path="/a/b.json"), None), are_typed=True
    )
    for offset, record in enumerate(records):
        found: list[Event] = []
        try:
            found += reader.events(record, offset)
        except UnreadableLineError as error:
            yield str(error) if f"the source {source.client} failed" in str(error) else ""
    json.dumps(dict(reader.skipped()))
