"""Events in any order, in any batches, some of them twice: the same store."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from event_streams import NOW, streams
from homeostat.knowledge import connect, upkeep
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.queries.runs import CallFilter, calls, runs
from homeostat.knowledge.samples import Kept
from homeostat.loop.importing import judges
from homeostat.model.event import Event
from homeostat.model.views import Window


def stored(batches: list[list[Event]], *, together: bool) -> tuple[object, ...]:
    """What the views say after these batches; the rollups have been recounted."""
    with TemporaryDirectory() as folder:
        database = connect.database(Path(folder) / "state")
        with database.writing() as connection:
            write_all(connection, batches, together=together)
        with database.reading() as connection:
            others = calls(connection, CallFilter(unanswered_only=True))
            seen = sorted(
                (*calls(connection, CallFilter()), *others), key=lambda call: call.call_id
            )
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
