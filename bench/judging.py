"""What a verdict costs: from the sums of a trial, on an ordinary day and on a look, at any size.

python bench/judging.py     (no recordings needed)
"""

import random
import statistics
import time
import tracemalloc

from homeostat.analyze.effect import looks
from homeostat.analyze.effect.judging import verdict
from homeostat.analyze.effect.tally import POOL, SIBLING, TARGET, UNCLEAR, UNITS, Tally
from homeostat.model.trial import Design, Trial
from homeostat.model.trial_sums import Baseline, Before, Cell

TRIAL = Trial(signature="t", tool="fetch", design=Design.CANARY, expected=-0.4)
AGENTS, SIBLINGS, DAYS, ROUNDS = 6, 3, 21, 7
RATES = {TARGET: 0.016, UNCLEAR: 0.016, POOL: 0.07}
BUDGET_MS, BUDGET_LARGE_MS = 5.0, 1000.0
MIDDLE, LARGE = 120 * DAYS, 1_000_000


def sums(units: int) -> tuple[Tally, Baseline]:
    chance = random.Random(1)
    names = [f"{SIBLING}s{number}" for number in range(SIBLINGS)]
    rates = RATES | dict.fromkeys(names, 0.03) | {UNITS: 1.0}
    strata = [f"a{agent} {kind}" for agent in range(AGENTS) for kind in ("weekday", "weekend")]
    counts: dict[str, dict[Cell, list[int]]] = {}
    for stream, rate in rates.items():
        for day in range(1, DAYS + 1):
            for stratum in strata:
                mean = units * rate / DAYS / len(strata) / 2
                arms = [max(0, round(chance.gauss(mean, mean**0.5))) for _ in range(2)]
                counts.setdefault(stream, {})[Cell(day, 0.5, stratum, 0)] = arms
    a_stratum = units * 28 / DAYS / len(strata)
    before = {
        name: {
            s: Before(round(a_stratum * 0.016 * chance.uniform(0.5, 2)), round(a_stratum * 0.03))
            for s in strata
        }
        for name in (*names, POOL)
    }
    base = Baseline(before=before, weekday_units=units / DAYS, weekend_units=units / DAYS)
    return Tally(counts, tuple(names), 0), base


def forget() -> None:
    """What was worked out before, to measure without it."""
    for remembered in (looks._boundaries, looks._binomial):  # noqa: SLF001  # nobody else needs it
        remembered.cache_clear()


def timed(units: int, *, is_cold: bool, today: int) -> float:
    found, base = sums(units)
    took: list[float] = []
    for _ in range(ROUNDS):
        if is_cold:
            forget()
        began = time.perf_counter()
        verdict(found, base, TRIAL, today=today)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def main() -> int:
    daily = timed(MIDDLE, is_cold=False, today=20)
    look = timed(MIDDLE, is_cold=True, today=21)
    large = timed(LARGE, is_cold=True, today=21)
    found, base = sums(LARGE)
    tracemalloc.start()
    forget()
    verdict(found, base, TRIAL, today=21)
    _, peak = tracemalloc.get_traced_memory()
    print(f"a day between looks, {MIDDLE:,} units: {daily:.1f} ms (at most {BUDGET_MS:.0f})")
    print(f"a look, nothing remembered, {MIDDLE:,} units: {look:.1f} ms")
    print(f"a look, nothing remembered, {LARGE:,} units: {large:.0f} ms (at most 1000)")
    print(f"memory of the last: {peak / 1e6:.1f} MB")
    return int(daily > BUDGET_MS or large > BUDGET_LARGE_MS)


if __name__ == "__main__":
    raise SystemExit(main())
