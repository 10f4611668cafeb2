"""Sources that others wrote may do anything: the import goes on, and says whose fault it was."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from fakes import FixedClock
from histories import ClaudeSession
from homeostat.analyze.redact import redactor
from homeostat.knowledge import connect
from homeostat.knowledge.ingest import Ingest
from homeostat.knowledge.samples import Kept
from homeostat.loop.importing import judges
from homeostat.loop.intake import FileReport, FileState, Intake
from homeostat.model.event import Channel, Event, Kind, RunContext, Usage
from homeostat.model.ids import RunId
from homeostat.model.ports import Origin, Reader
from homeostat.monitor.identity import event_id
from homeostat.monitor.sources.claude_code.reader import source as claude_code


class Words(Reader):
    """One prompt a line; what a test replaces goes wrong."""

    changed: dict[str, object] = {}  # noqa: RUF012  # each test has a class of its own

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        text = json.loads(line)["text"]
        event = Event(id=event_id("words", str(offset)), kind=Kind.PROMPT, client="words",
                      channel=Channel.TRANSCRIPT, run_id=RunId("r"), text=text)  # fmt: skip
        yield msgspec.structs.replace(event, **(self.changed if text == "bad" else {}))


class Source:
    client = "words"
    homes = ()

    def __init__(self, kind: type[Reader]) -> None:
        self.kind = kind

    def recognises(self, head: Sequence[bytes]) -> bool:
        return b'"text"' in head[0]

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del origin, state
        return self.kind()


def taken_in(folder: Path, source: Source, path: Path) -> FileReport:
    """Reads one file with the given source before ours."""
    sources = {"a-words": source, "claude-code": claude_code}
    with connect.database(folder / "state").writing() as connection:
        ingest = Ingest(connection, judges(), Kept(samples=20, days=30))
        intake = Intake(sources, redactor(b"k"), FixedClock())
        *batches, report = intake.read(path, None)
        events = sum(ingest.write(batches, now=FixedClock().now()))
        return msgspec.structs.replace(report, events=events)


@pytest.fixture
def read(tmp_path: Path):
    def report(source: Source, *texts: str) -> FileReport:
        path = tmp_path / "words.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        return taken_in(tmp_path, source, path)

    return report


BAD = [
    {"id": b"short"},
    {"id": "0123456789abcdef"},
    {"run_id": None},
    {"tool": 7},
    {"text": b"bytes"},
    {"text": "half a \ud83d character"},
    {"run_id": "r" * 10_000},
    {"ts": "yesterday"},
    {"outcome": "weird"},
    {"duration_ms": 1.5},
    {"cost_usd": float("nan")},
    {"context": RunContext(project="half a \ud83d character")},
    {"usage": Usage(message_id="\ud83d")},
    {"exit_code": 2**70},
    {"duration_ms": 10**30},
    {"usage": Usage(message_id="m", output_tokens=10**30)},
]


@pytest.mark.parametrize("changed", BAD)
def test_an_event_that_no_store_can_keep_costs_its_line_only(read, changed):
    class Bad(Words):
        pass

    Bad.changed = changed

    report = read(Source(Bad), "one", "bad", "two")

    assert report.events == 2
    assert [(p.line, p.reason[:23]) for p in report.problems] == [(2, "the source words failed")]


def test_a_line_on_which_a_source_fails_is_named_and_the_rest_is_read(read):
    class Failing(Words):
        def events(self, line: bytes, offset: int) -> Iterator[Event]:
            yield from super().events(line, offset)
            if b"bad" in line:
                raise KeyError("id")

    report = read(Source(Failing), "one", "bad", "two")

    (problem,) = report.problems
    assert (problem.line, problem.reason) == (2, "the source words failed: KeyError: 'id'")
    assert report.events == 3


@pytest.mark.parametrize("verb", ["finish", "state"])
def test_a_source_that_fails_at_the_end_fails_for_this_file(read, verb):
    class Failing(Words):
        pass

    def fail(self: Reader) -> bytes:
        raise RuntimeError("out of order")

    setattr(Failing, verb, fail)

    report = read(Source(Failing), "one")

    assert report.state is FileState.FAILED
    assert [p.reason for p in report.problems] == [
        "the source words failed: RuntimeError: out of order"
    ]


def test_a_source_that_makes_no_reader_fails_for_this_file(read):
    class NoReader(Words):
        def __init__(self) -> None:
            raise OSError("no licence")

    report = read(Source(NoReader), "one")

    assert report.state is FileState.FAILED


def test_a_source_that_fails_to_look_leaves_the_file_to_others(tmp_path):
    class Blind(Source):
        def recognises(self, head: Sequence[bytes]) -> bool:
            raise ZeroDivisionError(head)

    path = ClaudeSession().prompt().write(tmp_path)

    report = taken_in(tmp_path, Blind(Words), path)

    assert (report.client, report.problems) == ("claude-code", [])
