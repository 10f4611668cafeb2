"""Whatever happens: SQLite and PostgreSQL say the same."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import Server
from event_streams import NOW, START, streams
from fakes import FixedClock
from homeostat.analyze.runs import settled
from homeostat.knowledge.ingest import BadLine, Batch, FilePosition, Ingest, LeakSeen
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.knowledge.samples import Kept
from homeostat.knowledge.settle import settle
from homeostat.loop.importing import judges
from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load
from homeostat.model.event import Event
from homeostat.model.views import Window


def a_homeostat(folder: Path, url: str) -> Homeostat:
    environment = {"HOMEOSTAT_DATABASE_URL": url} if url else {}
    return Homeostat(
        state=folder / "state",
        config=folder / "config",
        clock=FixedClock(NOW),
        loaded=load(folder / "config", environment, directory=folder),
        environment={},
    )


def fill(homeostat: Homeostat, batches: list[list[Event]]) -> None:
    with homeostat.store().writing() as connection:
        ingest = Ingest(connection, judges(), Kept(samples=2, days=1))
        for number, events in enumerate(batches):
            ingest.write([a_batch(number, events)], now=NOW)
            if number == 1:
                settle(connection, settled)
        settle(connection, settled)


def a_batch(number: int, events: list[Event]) -> Batch:
    path = f"/histories/{number % 2}.jsonl"
    return Batch(
        source_path=path,
        events=events,
        leaks=[LeakSeen(event=e, type="token", digest=f"d{n}") for n, e in enumerate(events[:2])],
        bad_lines=[BadLine(path=path, offset_bytes=number, line=number, reason="torn", start="{")],
        position=FilePosition(
            path=path, client="test", size_bytes=number, modified_at=number, head_hash="h",
            offset_bytes=number, lines=number, state=b"\x00\xff",
        ),
    )  # fmt: skip


WINDOWS = (Window(), Window(since=START - timedelta(days=3)), Window(until=START))


def everything(homeostat: Homeostat) -> list[object]:
    """What each query answers; the places where the stores lie apart."""
    said: list[object] = [homeostat.dashboard(), homeostat.coverage(), homeostat.check()]
    for window in WINDOWS:
        said += [homeostat.runs(window, most=most) for most in (-1, 2)]
        said += [homeostat.failures(window, nature=nature) for nature in ("fault", "finding")]
        wanted = CallFilter(window=window)
        said += [list(homeostat.calls(wanted)), list(homeostat.calls(wanted, newest=3))]
    said += [homeostat.run(run.run_id) for run in homeostat.runs(Window(), client="test")]
    for group in homeostat.failures(Window()):
        said.append(homeostat.signature(group.signature))
        said.append(list(homeostat.calls(CallFilter(), signature=group.signature)))
    info = homeostat.database()
    said.append(msgspec.structs.replace(
        info, path="", version="", size_bytes=0, tables=(), bytes_an_event=0, clock_ahead_s=0.0
    ))  # fmt: skip
    return said


def change(homeostat: Homeostat, verb: str) -> object:
    """Something that a person does afterwards."""
    groups = homeostat.failures(Window())
    match verb:
        case "vacuum":
            done = homeostat.vacuum(days=1)
            return msgspec.structs.replace(done, freed_bytes=0)
        case "forget" if homeostat.runs(Window()):
            return homeostat.forget(run=min(run.run_id for run in homeostat.runs(Window())))
        case "ignore" if groups:
            return homeostat.ignore(min(group.signature for group in groups), None).said
        case "merge" if len(groups) > 1:
            first, second, *_ = sorted(group.signature for group in groups)
            return homeostat.merge(first, second).said
    return None


@given(streams(), st.lists(st.sampled_from(["vacuum", "forget", "ignore", "merge"]), max_size=2))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_databases_answer_every_query_alike(postgres: Server, stream, verbs):
    _, batches = stream
    with TemporaryDirectory() as folder, postgres.fresh() as url:
        both = [a_homeostat(Path(folder) / "a", ""), a_homeostat(Path(folder) / "b", url)]
        for homeostat in both:
            fill(homeostat, batches)

        assert everything(both[0]) == everything(both[1])
        for verb in verbs:
            assert change(both[0], verb) == change(both[1], verb)
            assert everything(both[0]) == everything(both[1])
