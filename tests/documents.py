"""Made-up documents of benchmarks and spans, and how a source reads the records of a file."""

import json
from collections.abc import Mapping
from pathlib import Path

from homeostat.loop.place import head
from homeostat.model.event import Event, Kind
from homeostat.model.ports import Archive, Document, Origin, Source, UnreadableLineError
from homeostat.monitor import archives, documents, lines
from readings import Reading


class FileReading(Reading):
    skipped: Mapping[str, int]

    def kinds(self) -> list[Kind]:
        return [event.kind for event in self.events]

    def calls(self) -> dict[str, Event]:
        return {event.call_id: event for event in self.of(Kind.CALL)}

    def answers(self) -> dict[str, Event]:
        return {event.call_id: event for event in self.of(Kind.RESULT)}


def read_document(source: Source, folder: Path, document: object, name: str = "") -> FileReading:
    """The events of a document that is written to a file first."""
    path = folder / (name or "runs.json")
    path.write_text(json.dumps(document))
    return read_file(source, path)


def read_file(source: Source, path: Path) -> FileReading:
    start = head(path)
    assert source.recognises(start)
    match source.framing(start):
        case Document(split):
            records = documents.records(path, split)
        case Archive(members):
            records = archives.records(path, members)
        case _:
            records = lines.lines(path)
    reader, found = source.reader(Origin(path=str(path)), None), FileReading()
    for record in records:
        try:
            found.events += reader.events(record.data, record.offset)
        except UnreadableLineError:
            found.unreadable.append(record.number)
    found.skipped = reader.skipped()
    return found
