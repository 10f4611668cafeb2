"""Which answers are kept whole, and that keeping them so costs no look at history."""

from datetime import UTC, datetime, timedelta

import pytest

from homeostat.knowledge import samples
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.loop.importing import judges
from homeostat.model.event import Channel, Event, Kind
from homeostat.model.ids import CallId, EventId, RunId
from homeostat.model.outcome import Outcome

START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=200)
KEPT = samples.Kept(samples=3, days=30)
LONG = "Exit code 1\nfatal: it broke " + "x" * 500


def failures(count, first=0, start=START):
    for number in range(first, first + count):
        at = start + timedelta(seconds=number)
        frame = {
            "client": "test", "run_id": RunId(f"run-{number // 50}"),
            "call_id": CallId(f"call-{number}"), "channel": Channel.TRANSCRIPT,
        }  # fmt: skip
        yield Event(id=EventId(b"c%015d" % number), kind=Kind.CALL, ts=at, tool="Bash",
                    command="make", **frame)  # fmt: skip
        yield Event(
            id=EventId(b"r%015d" % number), kind=Kind.RESULT, ts=at, outcome=Outcome.ERROR,
            failure_kind="exit_code", text=LONG, **frame,
        )  # fmt: skip


@pytest.fixture
def store(homeostat):
    with homeostat.store().writing() as connection:
        yield connection


@pytest.fixture
def file_store(in_a_file):
    with in_a_file.store().writing() as connection:
        yield connection


def take_in(store, events, now=LATER):
    Ingest(store, judges(), KEPT).write([Batch(source_path="x", events=list(events))], now=now)


def whole(store):
    query = "SELECT call_id FROM call_texts WHERE whole = 1 ORDER BY call_id"
    return [name for (name,) in store.execute(query)]


def test_pruned_the_newest_of_each_signature_stay_whole_and_all_of_late(store):
    take_in(store, failures(10))
    take_in(store, failures(5, first=10, start=LATER - timedelta(days=1)))

    samples.prune_all(store, KEPT, now=LATER)
    assert whole(store) == [f"call-{number}" for number in range(10, 15)]

    samples.prune_all(store, KEPT, now=LATER + timedelta(days=60))
    assert whole(store) == ["call-12", "call-13", "call-14"]


def test_what_is_whole_stays_bounded_during_a_long_import_in_any_order(store):
    for first in range(9000, -1, -1000):
        take_in(store, failures(1000, first=first))

    assert len(whole(store)) <= 1.5 * KEPT.samples + samples.SURPLUS


def test_a_signature_that_does_not_occur_again_grows_old_once_a_day(store):
    take_in(store, failures(10), now=START)
    samples.prune_daily(store, KEPT, now=START + timedelta(days=1))
    assert len(whole(store)) == 10

    samples.prune_daily(store, KEPT, now=START + timedelta(days=40))

    assert whole(store) == ["call-7", "call-8", "call-9"]


def steps_of_one_more(store, number):
    steps = [0]

    def count():
        steps[0] += 1

    store.raw.set_progress_handler(count, 100)
    take_in(store, failures(1, first=number))
    store.raw.set_progress_handler(None, 0)
    return steps[0]


def test_one_more_failure_costs_the_same_after_a_long_history(file_store):
    take_in(file_store, failures(50))
    short = steps_of_one_more(file_store, 50)
    for first in range(1000, 9000, 1000):
        take_in(file_store, failures(1000, first=first))

    samples.prune_all(file_store, KEPT, now=LATER)

    assert steps_of_one_more(file_store, 20_000) <= 2 * short
