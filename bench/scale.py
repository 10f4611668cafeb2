"""Ingestion and views at several sizes, on SQLite and on PostgreSQL.

python bench/scale.py [EVENTS EVENTS ...] [--only sqlite|postgres]

Each batch is written twice in turn: into one bare table without an index (executemany, or COPY),
then through the whole ingestion (joined, judged, signed, counted). So a busy machine slows both.
PostgreSQL is the server in HOMEOSTAT_TEST_POSTGRES, else the one on 127.0.0.1:5432.
"""

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg

import streams
from homeostat.analyze.runs import settled
from homeostat.knowledge import connect, retention
from homeostat.knowledge.dialect.port import Database, Row
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.samples import Kept
from homeostat.knowledge.settle import settle
from homeostat.loop.importing import judges
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.event import Event
from homeostat.model.views import Window

SIZES = (10_000, 200_000)
SERVER = os.environ.get("HOMEOSTAT_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
HOMEOSTAT = Path(sys.executable).parent / "homeostat"
ROUNDS = 7
NOW = datetime.now(UTC)
START = NOW - timedelta(days=30)
"""So that the last days, which views look at, are as full as the others."""
TEXTS = "SELECT COALESCE(SUM(length(command) + length(args) + length(answer)), 0) FROM call_texts"


class Took(NamedTuple):
    """Of one batch: seconds of the bare writing and of the whole."""

    events: int
    bare_s: float
    bare_cpu_s: float
    whole_s: float
    whole_cpu_s: float


def row(e: Event) -> Row:
    return (
        e.id, e.ts and e.ts.timestamp(), e.kind, int(e.channel), e.client, e.run_id, e.agent,
        e.tool, e.call_id, e.outcome, e.failure_kind, e.exit_code, e.command, e.args, e.path,
        e.text, e.name, e.duration_ms, e.cost_usd,
    )  # fmt: skip


@contextmanager
def bare_sqlite(folder: Path) -> Iterator[Callable[[Sequence[Event]], None]]:
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(f"CREATE TABLE bare ({', '.join(f'c{n}' for n in range(19))})")
    insert = f"INSERT INTO bare VALUES ({','.join('?' * 19)})"  # noqa: S608  # marks

    def write(batch: Sequence[Event]) -> None:
        database.execute("BEGIN")
        database.executemany(insert, list(map(row, batch)))
        database.execute("COMMIT")

    yield write
    database.close()


@contextmanager
def bare_postgres(url: str) -> Iterator[Callable[[Sequence[Event]], None]]:
    types = "bytea float8 text int text text text text text text text int text text text text text"
    columns = ", ".join(
        f"c{n} {kind}" for n, kind in enumerate([*types.split(), "bigint", "float8"])
    )
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE TABLE bare ({columns})")

        def write(batch: Sequence[Event]) -> None:
            with server.transaction(), server.cursor().copy("COPY bare FROM STDIN") as copy:
                for one in map(row, batch):
                    copy.write_row(one)

        yield write
        server.execute("DROP TABLE bare")


def timed(write: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    write()
    return time.perf_counter() - wall, time.process_time() - cpu


def fill(
    database: Database, bare: Callable[[Sequence[Event]], None], events: int
) -> tuple[list[Took], float]:
    """A settled store of that many events; what each batch took, and seconds of settling."""
    took: list[Took] = []
    with database.writing() as connection:
        ingest = Ingest(connection, judges(), Kept(samples=20, days=30))
        for batch in streams.batches(streams.events(events, start=START)):
            plain = timed(lambda b=batch: bare(b))
            whole = timed(
                lambda b=batch: ingest.write([Batch(source_path="bench", events=b)], now=NOW)
            )
            took.append(Took(len(batch), *plain, *whole))
        connection.tidy()
        settling, _ = timed(lambda: settle(connection, settled))
        connection.tidy()
    return took, settling


def told(kind: str, took: Sequence[Took], settling: float) -> None:
    events = sum(t.events for t in took)
    part = max(1, len(took) // 10)
    start, end = (
        sum(t.events for t in some) / sum(t.whole_s for t in some)
        for some in (took[:part], took[-part:])
    )
    bare, whole = sum(t.bare_s for t in took), sum(t.whole_s for t in took)
    cpu = sum(t.whole_cpu_s for t in took) / sum(t.bare_cpu_s for t in took)
    print(f"{kind}, {events:,} events")
    print(f"  whole / bare: rate {bare / whole:.3f}, CPU of this process {cpu:.2f}")
    print(f"  events/s {events / whole:,.0f}; first tenth {start:,.0f}, last tenth {end:,.0f}")
    print(f"  last / first x {end / start:.2f}; slowest batch {max(t.whole_s for t in took):.2f} s")
    print(f"  settling {settling:.1f} s")


def size(database: Database) -> None:
    with database.reading() as connection:
        found = database.size(connection)
        (events,) = connection.execute("SELECT COUNT(*) FROM events").fetchone()
        (texts,) = connection.execute(TEXTS).fetchone()
    each, without = found.bytes / events, (found.bytes - texts) / events
    print(f"  bytes an event {each:.0f}, without kept texts {without:.0f}; {found.version}")


def commands(environment: dict[str, str]) -> dict[str, list[str]]:
    homeostat = wired(environment)
    (run,) = homeostat.runs(Window(), most=1)
    costliest = homeostat.failures(Window())[0]
    return {
        "dashboard": [],
        "detect": ["detect", "--no-propose"],
        "errors": ["errors", "-n", "20"],
        "show": ["show", costliest.signature],
        "run": ["run", run.run_id],
        "runs": ["runs", "-n", "20"],
        "calls -n 5": ["calls", "-n", "5"],
        "health": ["health"],
        "metrics tools": ["metrics", "tools"],
        "changes-in": ["changes-in"],
        "forecast": ["forecast"],
    }


def milliseconds(environment: dict[str, str], arguments: Sequence[str]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run(
            [HOMEOSTAT, *arguments], env=os.environ | environment, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


@contextmanager
def places(kind: str, folder: Path, number: int) -> Iterator[dict[str, str]]:
    """The variables that name one empty store."""
    state = {"HOMEOSTAT_STATE_DIR": str(folder / f"{kind}-{number}")}
    if kind == "sqlite":
        yield state
        return
    name = f"homeostat_bench_{os.getpid()}_{number}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        parts = psycopg.conninfo.conninfo_to_dict(SERVER) | {"dbname": name}
        yield state | {
            "HOMEOSTAT_DATABASE_URL":
                f"postgresql://{parts['user']}@{parts['host']}:{parts['port']}/{name}"
        }  # fmt: skip
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measured(kind: str, events: int, environment: dict[str, str]) -> dict[str, float]:
    state = Path(environment["HOMEOSTAT_STATE_DIR"])
    database = connect.database(state, environment.get("HOMEOSTAT_DATABASE_URL", ""))
    bare = bare_sqlite(state) if kind == "sqlite" else bare_postgres(
        environment["HOMEOSTAT_DATABASE_URL"]
    )  # fmt: skip
    with bare as write:
        told(kind, *fill(database, write, events))
    size(database)
    times = {
        name: milliseconds(environment, arguments)
        for name, arguments in commands(environment).items()
    }
    if events >= streams.EVENTS_A_CALL * 1_000_000:
        with database.writing() as connection:
            kept = Kept(samples=20, days=30)
            took, _ = timed(lambda: retention.give_up(connection, kept, days=15, now=NOW))
        print(f"  vacuum of half the days {took:.1f} s")
        size(database)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", nargs="*", type=int, default=SIZES)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="homeostat-bench-"))
    try:
        for kind in (asked.only,) if asked.only else ("sqlite", "postgres"):
            table: dict[str, list[float]] = {}
            for number, events in enumerate(asked.events):
                with places(kind, folder, number) as environment:
                    for name, took in measured(kind, events, environment).items():
                        table.setdefault(name, []).append(took)
                shutil.rmtree(folder / f"{kind}-{number}", ignore_errors=True)
            print(f"views on {kind}, whole process, median of {ROUNDS}, at {list(asked.events)}:")
            for name, times in table.items():
                figures = "".join(f"{one:8.0f} ms" for one in times)
                growth = times[-1] / times[-2 % len(times)]
                print(f"  {name:12}{figures}   last / the one before x {growth:.2f}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
