"""What a message cost is counted once, whenever its lines arrive."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.samples import Kept
from homeostat.loop.importing import judges
from homeostat.model.event import Channel, Event, Kind, Usage
from homeostat.model.ids import EventId, RunId

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
NUMBERS = count()


def line(at, output_tokens, run="run-1"):
    """One line of the same message, as it grows."""
    return Event(
        id=EventId(b"u%015d" % next(NUMBERS)), kind=Kind.USAGE, channel=Channel.TRANSCRIPT,
        client="test", run_id=RunId(run), ts=at,
        usage=Usage(message_id="msg-1", input_tokens=5, output_tokens=output_tokens),
    )  # fmt: skip


@pytest.fixture
def store(homeostat):
    with homeostat.store().writing() as connection:
        yield connection


def take_in(store, *batches):
    ingest = Ingest(store, judges(), Kept(samples=3, days=30))
    for events in batches:
        ingest.write([Batch(source_path="x", events=events)], now=MIDNIGHT)


def spent(store):
    query = "SELECT SUM(input_tokens), SUM(output_tokens) FROM runs"
    return tuple(store.execute(query).fetchone())


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_message_that_goes_on_over_midnight_is_one(store, seconds):
    before, after = (MIDNIGHT + timedelta(seconds=sign * seconds) for sign in (-1, 1))

    take_in(store, [line(before, 10)], [line(after, 40)])

    assert spent(store) == (5, 40)


def test_its_lines_may_come_in_one_batch(store):
    before, after = (MIDNIGHT + timedelta(seconds=seconds) for seconds in (-30, 30))

    take_in(store, [line(before, 10), line(after, 40)])

    assert spent(store) == (5, 40)


def test_a_message_that_another_run_repeats_is_counted_for_the_first(store):
    take_in(store, [line(MIDNIGHT, 40)], [line(MIDNIGHT, 30, run="run-2")])

    assert spent(store) == (5, 40)
