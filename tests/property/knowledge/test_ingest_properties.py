"""Events in any order, in any batches, some of them twice: the same store."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from homeostat.knowledge import connect, upkeep
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.queries.runs import CallFilter, calls, runs
from homeostat.knowledge.samples import Kept
from homeostat.loop.importing import judges
from homeostat.model.event import Channel, Event, Kind, RunContext, Usage
from homeostat.model.ids import CallId, EventId, RunId
from homeostat.model.outcome import Outcome
from homeostat.model.views import Window

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = START + timedelta(days=1)
TEXTS = ["boom", "No module named 'x'", "", "noise\n" * 900 + "No module named 'x'"]
"""The long one only where no second channel can turn an answer that was cut into a failure."""


@st.composite
def a_call(draw: st.DrawFn, number: int) -> list[Event]:
    """The call and what one or two channels say of its end."""
    run = RunId(f"run-{draw(st.integers(1, 2))}")
    call_id = CallId(f"call-{number}")
    started = START + timedelta(seconds=draw(st.integers(0, 5000)))
    frame = {"client": "test", "run_id": run, "call_id": call_id}
    made = [
        Event(id=EventId(b"c%015d" % number), kind=Kind.CALL, channel=Channel.TRANSCRIPT,
              ts=started, tool=draw(st.sampled_from(["Bash", "Read"])), command="make", **frame)
    ]  # fmt: skip
    channels = draw(
        st.lists(
            st.sampled_from([Channel.TRANSCRIPT, Channel.EXECUTION_LOG]), max_size=2, unique=True
        )
    )
    for channel in channels:
        outcome = draw(st.sampled_from([Outcome.OK, Outcome.ERROR, Outcome.DENIED]))
        failed = outcome is not Outcome.OK
        made.append(
            Event(id=EventId(b"r%02d%013d" % (channel, number)), kind=Kind.RESULT, channel=channel,
                  ts=started + timedelta(seconds=1), outcome=outcome,
                  failure_kind="exit_code" if failed else "",
                  text=draw(st.sampled_from(TEXTS if len(channels) == 1 else TEXTS[:3])),
                  **frame)
        )  # fmt: skip
    return made


@st.composite
def a_message(draw: st.DrawFn, number: int) -> list[Event]:
    """One model message, seen with growing figures."""
    states = draw(st.integers(1, 3))
    return [
        Event(id=EventId(b"u%02d%013d" % (state, number)), kind=Kind.USAGE, client="test",
              channel=Channel.TRANSCRIPT, run_id=RunId("run-1"), ts=START,
              usage=Usage(message_id=f"m{number}", input_tokens=5, output_tokens=10 * (state + 1)))
        for state in range(states)
    ]  # fmt: skip


@st.composite
def a_context(draw: st.DrawFn, number: int) -> Event:
    """What a run ran on, as one line of it says; no two lines have one time."""
    said = RunContext(
        project=draw(st.sampled_from(["", "/ledger", "/garden"])),
        client_version=draw(st.sampled_from(["", "1", "2"])),
        model=draw(st.sampled_from(["", "opus"])),
    )
    return Event(id=EventId(b"x%015d" % number), kind=Kind.CONTEXT, client="test", context=said,
                 channel=Channel.TRANSCRIPT, run_id=RunId(f"run-{draw(st.integers(1, 2))}"),
                 ts=START + timedelta(minutes=number))  # fmt: skip


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[Event], list[list[Event]]]:
    """Events as they happened, and the same in another order, in batches, some twice."""
    events: list[Event] = []
    for number in range(draw(st.integers(1, 6))):
        events += draw(a_call(number))
    for number in range(draw(st.integers(0, 3))):
        events += draw(a_message(number))
    events += [draw(a_context(number)) for number in range(draw(st.integers(0, 4)))]
    again = draw(st.lists(st.sampled_from(events), max_size=4))
    shuffled = draw(st.permutations(events + again))
    cuts = sorted(draw(st.sets(st.integers(0, len(shuffled)), max_size=3)))
    edges = [0, *cuts, len(shuffled)]
    batches = [shuffled[a:b] for a, b in pairwise(edges)]
    return events, batches


def stored(batches: list[list[Event]], *, together: bool) -> tuple[object, ...]:
    """What the views say after these batches; the rollups have been recounted."""
    with TemporaryDirectory() as folder:
        database = connect.database(Path(folder) / "state")
        with database.writing() as connection:
            write_all(connection, batches, together=together)
        with database.reading() as connection:
            seen = sorted(calls(connection, CallFilter()), key=lambda call: call.call_id)
            listed = sorted(runs(connection, Window()), key=lambda run: run.run_id)
        assert upkeep.check(database) == []
        return seen, listed


def write_all(connection: Connection, batches: list[list[Event]], *, together: bool) -> None:
    ingest = Ingest(connection, judges(), Kept(samples=20, days=30))
    whole = [Batch(source_path="x", events=batch) for batch in batches]
    for group in [whole] if together else [[batch] for batch in whole]:
        ingest.write(group, now=NOW)


@given(streams(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_order_batches_and_repeats_change_nothing(stream, together):
    events, batches = stream

    assert stored(batches, together=together) == stored([events], together=False)
