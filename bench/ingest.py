"""CPU of the whole ingestion beside a bare executemany of the same rows, and bytes an event.

Made-up load: 41 tools, 20 projects, 2000 failures (6 % of calls fail), two events a call, 8 runs
at once, about 400 events a run. Ratios are of CPU time of one process, in one run, alternating.
"""

import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homeostat.knowledge import connect, dialect
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.samples import Kept
from homeostat.loop.importing import judges
from homeostat.model.event import Channel, Event, Kind, RunContext
from homeostat.model.ids import CallId, EventId, RunId
from homeostat.model.outcome import Outcome

BATCH = 20_000
START = datetime(2026, 10, 1, tzinfo=UTC)
BARE = "INSERT INTO bare VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"


def events(count: int, seed: int = 1) -> Iterator[Event]:
    """Two events a call, in order of time."""
    chance = random.Random(seed)
    open_runs = [f"run-{n}" for n in range(8)]
    left = [400] * 8
    made, number, at = 0, 0, START
    while made < count:
        slot = chance.randrange(8)
        if left[slot] == 0:
            number += 1
            open_runs[slot], left[slot] = f"run-{number + 8}", 400
        run = RunId(open_runs[slot])
        if left[slot] == 400:
            context = RunContext(project=f"/home/dev/project-{chance.randrange(20)}")
            yield _event(Kind.CONTEXT, run, f"{run}-context", at, context=context)
        left[slot] -= 2
        at += timedelta(milliseconds=chance.randrange(1, 3000))
        call = CallId(f"toolu_{made:024d}")
        tool = f"tool-{min(40, int(chance.expovariate(0.2)))}"
        command = f"do something {chance.randrange(1000)} with {'x' * 60}"
        yield _event(Kind.CALL, run, f"c{made}", at, tool=tool, call_id=call, command=command)
        failed = chance.random() < 0.06
        kind = f"fatal: failure of kind {_words(chance.randrange(2000))} happened"
        yield _event(
            Kind.RESULT, run, f"r{made}", at + timedelta(milliseconds=chance.randrange(4000)),
            call_id=call,
            outcome=Outcome.ERROR if failed else Outcome.OK,
            failure_kind="exit_code" if failed else "",
            text=f"Exit code 1\n{kind}" if failed else "ok " * 20,
        )  # fmt: skip
        made += 2


def _words(number: int) -> str:
    letters = "abcdefghij"
    return "".join(letters[int(digit)] for digit in f"{number:04d}")


def _event(kind: Kind, run: RunId, name: str, ts: datetime, **fields: object) -> Event:
    return Event(
        id=EventId(f"{name:>16}".encode()[-16:]), kind=kind, channel=Channel.TRANSCRIPT,
        client="bench", run_id=run, ts=ts, **fields,
    )  # fmt: skip


def bare(batches: list[list[Event]], folder: Path) -> float:
    """CPU seconds of writing the same rows, 19 columns each, into one table without an index."""
    with closing(dialect.writer(folder / "bare.db")) as database:
        columns = ", ".join(f"c{n}" for n in range(19))
        database.execute(f"CREATE TABLE bare ({columns})")
        began = time.process_time()
        for batch in batches:
            rows = [
                (e.id, e.ts and e.ts.timestamp(), e.kind, int(e.channel), e.client, e.run_id,
                 e.agent, e.tool, e.call_id, e.outcome, e.failure_kind, e.exit_code, e.command,
                 e.args, e.path, e.text, e.name, e.duration_ms, e.cost_usd)
                for e in batch
            ]  # fmt: skip
            database.execute("BEGIN")
            database.executemany(BARE, rows)
            database.execute("COMMIT")
        return time.process_time() - began


def whole(batches: list[list[Event]], folder: Path) -> float:
    """CPU seconds of the whole ingestion: joined, judged, signed, counted."""
    now = START + timedelta(days=400)
    with connect.writing(connect.folder(folder)) as database:
        ingest = Ingest(database, judges(), Kept(samples=20, days=30))
        began = time.process_time()
        for batch in batches:
            ingest.write(Batch(source_path="bench", events=batch), now=now)
        return time.process_time() - began


def size(folder: Path) -> tuple[int, int]:
    """Bytes of the database with and without kept texts."""
    with closing(sqlite3.connect(folder / connect.DATABASE)) as database:
        query = "SELECT SUM(length(command) + length(args) + length(answer)) FROM call_texts"
        (texts,) = database.execute(query).fetchone()
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (page,) = database.execute("PRAGMA page_size").fetchone()
    return pages * page, pages * page - texts


def main(count: int = 200_000, rounds: int = 3) -> None:
    every = list(events(count))
    batches = [every[start : start + BATCH] for start in range(0, len(every), BATCH)]
    ratios, rates = [], []
    for _ in range(rounds):
        folder = Path(tempfile.mkdtemp(prefix="homeostat-bench-"))
        try:
            plain = bare(batches, folder)
            full = whole(batches, folder / "state")
            ratios.append(full / plain)
            rates.append(len(every) / full)
            total, without = size(folder / "state")
        finally:
            shutil.rmtree(folder)
    print(f"ingestion, {len(every):,} events, {rounds} rounds:")
    middle, spread = statistics.median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"  CPU / bare executemany   {middle:.2f}  ({spread})")
    print(f"  events/s of CPU          {statistics.median(rates):,.0f}")
    bytes_each = f"{total / len(every):.0f}, without texts {without / len(every):.0f}"
    print(f"  bytes an event           {bytes_each}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
