"""Several writers at once on PostgreSQL: what they store together, and whether every sum is exact.

python bench/writers.py [EVENTS] [--writers 3]

Each writer has a stream of its own, and all share one more, whose events each may come first with.
"""

import argparse
import multiprocessing
import time
from collections import Counter
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

import streams
from homeostat.knowledge import connect, upkeep
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.samples import Kept
from homeostat.loop.importing import judges
from homeostat.model.event import Event, Kind
from scale import NOW, START, places

SHARED = 1000
"""The seed of the stream that all of them write."""
BATCH = 10_000


def stream(seed: int, events: int) -> list[Event]:
    return list(streams.events(events, seed=seed, start=START))


def write(url: str, number: int, own: int, shared: int) -> None:
    batches = streams.batches(chain(stream(number, own), stream(SHARED, shared)), BATCH)
    with TemporaryDirectory() as folder, connect.database(Path(folder), url).writing() as store:
        ingest = Ingest(store, judges(), Kept(samples=20, days=30))
        for batch in batches:
            ingest.write([Batch(source_path=f"writer-{number}", events=batch)], now=NOW)


def expected(writers: int, own: int, shared: int) -> dict[str, int]:
    """What is right, counted without any database."""
    once: dict[bytes, Event] = {}
    for seed, count in [*((n, own) for n in range(1, writers + 1)), (SHARED, shared)]:
        once |= {event.id: event for event in stream(seed, count)}
    kinds = Counter(event.kind for event in once.values())
    spent = sum(event.usage.output_tokens for event in once.values() if event.usage)
    failed = sum(event.outcome is not None and event.outcome.value == "error"
                 for event in once.values())  # fmt: skip
    return {
        "events": len(once), "calls": kinds[Kind.CALL], "failed": failed, "output tokens": spent,
        "hooks": kinds[Kind.HOOK],
    }  # fmt: skip


FOUND = """
SELECT (SELECT COUNT(*) FROM events), (SELECT SUM(calls) FROM daily),
  (SELECT SUM(calls) FROM hourly WHERE outcome = 'error'),
  (SELECT SUM(output_tokens + subagent_output_tokens) FROM runs),
  (SELECT SUM(runs_of_hook) FROM hooks_daily)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", nargs="?", type=int, default=60_000)
    parser.add_argument("--writers", type=int, default=3)
    asked = parser.parse_args()
    shared = asked.events // 10
    own = (asked.events - shared) // asked.writers
    with TemporaryDirectory() as folder, places("postgres", Path(folder), 0) as environment:
        url = environment["HOMEOSTAT_DATABASE_URL"]
        database = connect.database(Path(folder), url)
        with database.writing():
            pass
        began = time.perf_counter()
        writers = [
            multiprocessing.Process(target=write, args=(url, number, own, shared))
            for number in range(1, asked.writers + 1)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        took = time.perf_counter() - began
        right = expected(asked.writers, own, shared)
        with database.reading() as connection:
            found = dict(zip(right, connection.execute(FOUND).fetchone(), strict=True))
        with psycopg.connect(url) as server:
            (deadlocks,) = server.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        faults = upkeep.check(database)
    ended = [writer.exitcode for writer in writers]
    print(f"{asked.writers} writers, {right['events']:,} different events:")
    print(f"  {right['events'] / took:,.0f} a second together, made up and written; ended {ended}")
    print(f"  sums as counted without a database: {found == right} {found}")
    print(f"  deadlocks {deadlocks}; db check finds {faults or 'nothing'}")
    return int(found != right or bool(deadlocks) or any(ended) or bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
