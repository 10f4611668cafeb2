"""Reads made-up histories with a source alone: no store, no redaction."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from homeostat.model.event import Event, Kind
from homeostat.model.ports import Origin, Reader, Source, UnreadableLineError


@dataclass
class Reading:
    """What came out of some lines: events in order, and the numbers of the lines left out."""

    events: list[Event] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    state: bytes = b""
    skipped: dict[str, int] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[Event]:
        return [event for event in self.events if event.kind is kind]

    def one(self, kind: Kind) -> Event:
        (event,) = self.of(kind)
        return event


def as_bytes(lines: Iterable[object]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def reading(
    source: Source,
    data: bytes,
    *,
    after: bytes | None = None,
    offset: int = 0,
    companion: bytes | None = None,
) -> Reading:
    """The events of `data`, which begins at byte `offset`; `after` is the state left before."""
    reader = source.reader(Origin(path="/histories/a.jsonl", companion=companion), after)
    found = _lines_read(reader, data, offset)
    found.state = reader.state()
    return found


def finished(source: Source, data: bytes, *, companion: bytes | None = None) -> Reading:
    """The same to the end of the file, with what was held back."""
    reader = source.reader(Origin(path="/histories/a.jsonl", companion=companion), None)
    found = _lines_read(reader, data, 0)
    found.events += reader.finish()
    found.state = reader.state()
    found.skipped = dict(reader.skipped())
    return found


def read_records(
    source: Source, records: Iterable[object], *, path: str = "/histories/a.json"
) -> Reading:
    """The events of a file whose records are no lines: JSON values, or bytes as they are."""
    reader, found = source.reader(Origin(path=path), None), Reading()
    for place, record in enumerate(records):
        data = record if isinstance(record, bytes) else json.dumps(record).encode()
        try:
            found.events += reader.events(data, place)
        except UnreadableLineError:
            found.unreadable.append(place)
    found.events += reader.finish()
    found.skipped = dict(reader.skipped())
    return found


def _lines_read(reader: Reader, data: bytes, offset: int) -> Reading:
    found = Reading()
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            try:
                found.events += reader.events(line, offset)
            except UnreadableLineError:
                found.unreadable.append(number)
        offset += len(line) + 1
    return found
