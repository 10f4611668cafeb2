"""What a trial in the store costs: to begin, to take in a day's units, and to judge each day.

python bench/trial_store.py                       (SQLite, in a temporary folder)
python bench/trial_store.py --url postgresql://postgres@127.0.0.1:5432/empty
python bench/trial_store.py --units 1000000       (one more trial, of so many units)
"""

import argparse
import random
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from homeostat.knowledge import improvements, trials
from homeostat.knowledge.dialect.port import Connection, Table
from homeostat.knowledge.moments import nanoseconds
from homeostat.knowledge.words import Words
from homeostat.loop import proving
from homeostat.loop.proving import Trials
from homeostat.loop.service import Homeostat
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.pattern import Proposal, Provable, Risk, RollOut
from homeostat.model.trial import Design, Trial
from judging import forget

APPLIED = datetime(2026, 11, 2, tzinfo=UTC)
DAYS, BEFORE, A_DAY, ROUNDS = 21, 28, 150, 9
AT_ONCE, GROWN = 20_000, 7
CLIENTS, TOOL, TARGET = ("claude-code", "codex", "opencode"), "Bash", "S-TARGET"
NAMES = (TARGET, "S-SIBLING1", "S-SIBLING2", "S-SIBLING3", "S-ELSEWHERE")
RATES = (0.03, 0.03, 0.03, 0.03, 0.05)
RUNS = Table(
    "runs",
    ("run_key",),
    ("run_key", "client_word", "run_id", "started_at", "ended_at", "outcome", "cost_usd",
     "unsettled"),
)  # fmt: skip
CALLS = Table(
    "calls",
    ("run_key", "call_id"),
    ("run_key", "call_id", "tool_word", "outcome", "nature", "signature_key", "started_at",
     "duration_ms", "channels", "decided_by", "answered_by", "timed_by"),
)  # fmt: skip
SIGNATURES = Table(
    "signatures",
    ("signature_key",),
    ("signature_key", "signature_id", "key", "family", "kind", "message", "identifiers", "place",
     "rule", "error_class", "class_rule", "line"),
)  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.moment = APPLIED

    def now(self) -> datetime:
        return self.moment


class Fleet:
    """Runs written straight into the tables: what reading them costs is measured elsewhere."""

    def __init__(self, connection: Connection) -> None:
        self._chance = random.Random(7)
        self._keys = 0
        words = Words(connection)
        with connection.transaction():
            words.learn([*CLIENTS, TOOL, "Read"])
            connection.insert(
                SIGNATURES, [(n + 1, name, name, *[""] * 9) for n, name in enumerate(NAMES)]
            )
        self._clients = [words.id_of(name) for name in CLIENTS]
        self._tools = [words.id_of(TOOL), words.id_of("Read")]

    def add(self, connection: Connection, names: list[str], moments: list[datetime]) -> None:
        """Five calls a run; each signature fails in a part of the runs, whatever the arm."""
        chance, runs, calls = self._chance, [], []
        for name, moment in zip(names, moments, strict=True):
            self._keys += 1
            key, at = self._keys, nanoseconds(moment)
            is_bad = chance.random() < 0.1
            client = chance.choice(self._clients)
            runs.append((
                key, client, name, at, at + 300 * 10**9, "badly" if is_bad else "well",
                chance.lognormvariate(-2, 1), 0,
            ))  # fmt: skip
            for n, rate in enumerate(RATES):
                fails = chance.random() < rate
                said = ("error", "fault", n + 1) if fails else ("ok", "none", None)
                tool = self._tools[n == len(RATES) - 1]
                took = int(chance.lognormvariate(6, 1))
                calls.append((key, f"c{n}", tool, *said, at, took, 32, 32, 32, 32))
        with connection.transaction():
            connection.insert(RUNS, runs)
            connection.insert(CALLS, calls)
            connection.continue_keys()


def an_improvement(connection: Connection, improvement_id: str, signature: str) -> None:
    proposal = Proposal(
        improvement_id=improvement_id, signature=signature, kind="lesson", title="", reason="",
        evidence="", expected="unknown", risk=Risk.LOW, roll_out=RollOut.SESSION,
        provable=Provable(effect=-0.4, needed=179, a_day=5, days=9, within_limit=True),
    )  # fmt: skip
    with connection.transaction(alone=True):
        improvements.put(connection, [proposal], now=APPLIED, reopened=())


def median_ms(work: Callable[[], object], *, is_cold: bool = False) -> float:
    took: list[float] = []
    for _ in range(ROUNDS):
        if is_cold:
            forget()
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def before(connection: Connection, fleet: Fleet, units: int) -> None:
    """28 days of so many runs."""
    for day in range(-BEFORE, 0):
        moments = [APPLIED + timedelta(days=day + n / units * 0.9) for n in range(units)]
        fleet.add(connection, [f"b{units}.{day}.{n}" for n in range(units)], moments)


def a_usual_trial(homeostat: Homeostat, clock: Clock, fleet: Fleet) -> None:
    """150 runs a day: 28 days before, 21 after."""
    improvement = "I-AAAAAAAA"
    trial = Trial(signature=TARGET, tool=TOOL, design=Design.CANARY)
    with homeostat.writing() as connection:
        an_improvement(connection, improvement, TARGET)
        before(connection, fleet, A_DAY)
    took = 1000 * seconds(lambda: Trials(homeostat).begin(improvement, trial))
    print(f"begin a trial, {BEFORE * A_DAY:,} runs before it: {took:.0f} ms")
    with homeostat.writing() as connection:
        moved: list[float] = []
        for day in range(DAYS):
            a_day(homeostat, connection, clock, fleet, improvement, day)
            (begun,) = trials.trials(connection, improvement_id=improvement)
            moved.append(1000 * seconds(partial(proving.move, connection, begun)))
            if day in {DAYS - 2, DAYS - 1}:
                verdicts(connection, clock, day + 1, improvement)
        print(f"a day's {A_DAY} units into the sums: {statistics.median(moved):.1f} ms, "
              f"the last {moved[-1]:.1f}")  # fmt: skip


def a_day(
    homeostat: Homeostat, connection: Connection, clock: Clock, fleet: Fleet, improvement: str,
    day: int, units: int = A_DAY,
) -> None:  # fmt: skip
    names = [f"{improvement}.{day}.{n}" for n in range(units)]
    moments = [APPLIED + timedelta(days=day + n / units * 0.9) for n in range(units)]
    for first, last in pairwise([*range(0, units, AT_ONCE), units]):
        said = dict(zip(names[first:last], moments[first:last], strict=True))
        Trials(homeostat).expose(improvement, said)
        fleet.add(connection, names[first:last], moments[first:last])
    clock.moment = APPLIED + timedelta(days=day + 1)


def verdicts(connection: Connection, clock: Clock, day: int, improvement: str) -> None:
    (begun,) = trials.trials(connection, improvement_id=improvement)

    def judged() -> object:
        return proving.judged(connection, begun, now=clock.now())

    cold, warm = median_ms(judged, is_cold=True), median_ms(judged)
    (rows,) = connection.execute(
        "SELECT COUNT(*) FROM trial_sums WHERE improvement_id = :id", {"id": improvement}
    ).fetchone()
    print(f"verdict on day {day}, {rows:,} rows of sums: {warm:.1f} ms; "
          f"{cold:.1f} ms with no earlier look remembered")  # fmt: skip


def a_large_trial(homeostat: Homeostat, clock: Clock, fleet: Fleet, units: int) -> None:
    improvement = "I-BBBBBBBB"
    clock.moment = APPLIED
    trial = Trial(signature=TARGET, tool=TOOL, design=Design.CANARY)
    with homeostat.writing() as connection:
        Trials(homeostat).end("I-AAAAAAAA")
        an_improvement(connection, improvement, TARGET)
        usual = units // DAYS // GROWN
        before(connection, fleet, usual)
        took = seconds(lambda: Trials(homeostat).begin(improvement, trial))
        print(f"begin a trial, {BEFORE * usual:,} runs before it: {took:.1f} s")
        (begun,) = trials.trials(connection, improvement_id=improvement)
        took = 0.0
        for day in range(DAYS):
            a_day(homeostat, connection, clock, fleet, improvement, day, units // DAYS)
            took += seconds(lambda: proving.move(connection, begun))
        print(f"{units:,} units into the sums: {took:.0f} s, {units / took:,.0f} a second")
        verdicts(connection, clock, DAYS, improvement)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--units", type=int, default=0)
    given = parser.parse_args()
    clock = Clock()
    with TemporaryDirectory() as folder:
        environment = {"HOME": folder}
        if given.url:
            environment["HOMEOSTAT_DATABASE_URL"] = given.url
        homeostat = replace(wired(environment, state=Path(folder) / "state"), clock=clock)
        with homeostat.writing() as connection:
            fleet = Fleet(connection)
        a_usual_trial(homeostat, clock, fleet)
        if given.units:
            a_large_trial(homeostat, clock, fleet, given.units)


if __name__ == "__main__":
    main()
