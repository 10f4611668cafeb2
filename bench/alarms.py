"""How often trend and anomaly cry out although nothing changed, and how often where it did.

python bench/alarms.py [FLEETS]

On fleets of the verification generator and on the runs of the real traces, drawn again by day.
"""

import os
import random
import sys
import tempfile
from collections import Counter
from typing import Any

from fleets import DATA, DAYS, Series, case, fleets, redrawn
from homeostat.analyze import anomalies, forecast, health, trends
from homeostat.analyze.intervals import wilson
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.durations import step_of
from homeostat.model.health import Direction
from homeostat.model.views import Window

FIRST_DAY = 20458 - 20458 % 7 + 4
"""A Monday."""
QUIET = (Direction.STABLE, None)


def weeks(series: Series, last: int, factor: float = 1.0) -> list[trends.Week]:
    """Nine weeks until the day `last`; the failures of the latest one times `factor`."""
    found = []
    for back in range(8, -1, -1):
        days = slice(last - 7 * back - 6, last - 7 * back + 1)
        failures = sum(series.failures[days])
        found.append(
            trends.Week(round(failures * (factor if back == 0 else 1)), sum(series.uses[days]))
        )
    return found


def days(series: Series, factor: float = 1.0, on: int = -1) -> list[anomalies.Day]:
    return [
        anomalies.Day(FIRST_DAY + day, round(y * factor) if day == on else y, n)
        for day, (y, n) in enumerate(zip(series.failures, series.uses, strict=True))
    ]


def share(count: int, of: int) -> str:
    low, high = wilson(count, of)
    return (
        f"{100 * count / max(of, 1):5.1f} % ({100 * low:.1f} to {100 * high:.1f}; {count} of {of})"
    )


def rate_trends(found: list[list[Series]], label: str) -> None:
    told: Counter[tuple[str, float]] = Counter()
    seen: Counter[str] = Counter()
    for fleet in found:
        for last in range(62, min(DAYS, len(fleet[0].failures)), 7):
            pool = trends.pooled([weeks(one, last) for one in fleet])
            for one in fleet:
                if trends.trend(weeks(one, last)).direction is None:
                    continue
                seen["all"] += 1
                for name, variance in (("own", None), ("pooled", pool)):
                    for factor in (1.0, 2.0, 0.5):
                        answer = trends.trend(weeks(one, last, factor), pool=variance)
                        told[name, factor] += answer.direction not in QUIET
    for name in ("own", "pooled"):
        print(f"trend, {label}, {name} variance: false {share(told[name, 1.0], seen['all'])}")
        doubled, halved = (share(told[name, factor], seen["all"]) for factor in (2.0, 0.5))
        print(f"    x2 {doubled}, x.5 {halved}")


def odd_days(found: list[list[Series]], label: str) -> None:
    alone = weeks_seen = told = told_days = power = planted = 0
    for fleet in found:
        known = {one.name: days(one) for one in fleet}
        end = len(fleet[0].failures)
        for week in range(28, end - 6, 7):
            cried: set[str] = set()
            for today in range(week, week + 7):
                pool = anomalies.spread(list(known.values()), today=FIRST_DAY + today)
                for one in fleet:
                    odd = anomalies.judged(known[one.name], today=FIRST_DAY + today, pool=pool)
                    if odd and odd.p_value < anomalies.RARE and one.failures[today] >= 3:
                        cried.add(one.name)
                answers = anomalies.anomalies(known, today=FIRST_DAY + today)
                told += len(answers)
                told_days += bool(answers)
            alone += len(cried)
            weeks_seen += len(fleet)
        today = end - 3
        for one in fleet:
            planted += 1
            changed = known | {one.name: days(one, 5.0, today)}
            pool = anomalies.spread(list(changed.values()), today=FIRST_DAY + today)
            odd = anomalies.judged(changed[one.name], today=FIRST_DAY + today, pool=pool)
            power += bool(odd and odd.p_value < anomalies.RARE and 5 * one.failures[today] >= 3)
    print(f"anomaly, {label}: a series and week {share(alone, weeks_seen)}")
    print(f"    told after Benjamini-Hochberg {share(told, weeks_seen)}")
    print(f"    x5 on a day {share(power, planted)}")


def growth(found: list[list[Series]], label: str) -> None:
    """Told of four quiet weeks; of four in which one series grows by half each week."""
    told = seen = planted = within = tested = 0
    for fleet in found:
        end = len(fleet[0].failures)
        known = {one.name: grown(one, end, 1.0) for one in fleet}
        answers = forecast.accelerating(known, today=FIRST_DAY + end - 1)
        told += len(answers)
        seen += len(fleet)
        test = forecast.backtest(known, today=FIRST_DAY + end - 1)
        within, tested = within + test.within, tested + test.series
        for one in fleet:
            changed = known | {one.name: grown(one, end, 1.5)}
            answers = forecast.accelerating(changed, today=FIRST_DAY + end - 1)
            planted += any(answer.name == one.name for answer in answers)
    print(f"growth, {label}: false {share(told, seen)}, x1.5 a week {share(planted, seen)}")
    print(f"    a week told ahead: within the 80 % interval {share(within, tested)}")


def grown(series: Series, end: int, a_week: float) -> list[forecast.Day]:
    return [
        forecast.Day(
            FIRST_DAY + day,
            round(series.failures[day] * a_week ** max(0.0, (day - end + 28) / 7)),
            series.uses[day],
        )
        for day in range(end)
    ]


def scores(count: int, volume: str) -> None:
    """How often the score of a quiet fleet has a trend, and of one in which more runs end badly."""
    told: Counter[float] = Counter()
    seen = 0
    for seed in range(81_000, 81_000 + count):
        made = case(seed, volume)
        end = int(made["end_at"] // 24)
        for last in range(43, end, 7):
            seen += 1
            for worse in (0.0, 0.1, 0.2, 0.4):
                told[worse] += score_trend(made, last, worse) not in QUIET
    print(f"score, {volume} volume: false {share(told[0.0], seen)}")
    for worse in (0.1, 0.2, 0.4):
        print(f"    {100 * worse:.0f} % of the good runs end badly: {share(told[worse], seen)}")


def score_trend(made: dict[str, Any], last: int, worse: float) -> Direction | None:
    """Of the week until the day `last`, in which this share of the good runs ends badly."""
    runs, calls, chance = made["runs"], made["calls"], random.Random(last)
    day = (runs["t"] // 24).astype(int)
    first = last - 36
    ended: dict[int, list[int]] = {number: [0, 0, 0] for number in range(first, last + 1)}
    for d, ok, tokens in zip(day.tolist(), runs["ok"].tolist(), runs["tok"].tolist(), strict=True):
        if d in ended:
            is_well = ok and not (d > last - 7 and chance.random() < worse)
            ended[d][0 if is_well else 1] += 1
            ended[d][2] += int(tokens)
    days = [health.RunDay(d, well, badly, 0, tokens) for d, (well, badly, tokens) in ended.items()]
    counted: Counter[tuple[int, bool]] = Counter()
    timed: Counter[tuple[int, int, int]] = Counter()
    columns = (day[calls["run"]], calls["sig"], calls["tool"], calls["ms"])
    for d, signature, tool, ms in zip(*(column.tolist() for column in columns), strict=True):
        if d in ended:
            counted[d, signature < 0] += 1
            timed[d, tool, step_of(int(ms))] += 1
    called = [health.CallDay(d, counted[d, True], counted[d, False], 0) for d in ended]
    took = [health.TimedCalls(*key, count) for key, count in timed.items()]
    usual = health.baseline(
        [one for one in took if one.day <= last - 7], [one for one in days if one.day <= last - 7]
    )
    totals = health.by_day(days, called, took, usual)
    now = {d: total for d, total in totals.items() if d > last - 7}
    before = {d: total for d, total in totals.items() if d <= last - 7}
    return health.trend(now, before, usual).direction


def real_runs() -> dict[str, list[tuple[int, int]]]:
    """Faults and calls of each run of the real traces, by client."""
    found: dict[str, list[tuple[int, int]]] = {}
    with tempfile.TemporaryDirectory(prefix="homeostat-bench-") as folder:
        homeostat = wired(os.environ | {"HOMEOSTAT_STATE_DIR": folder})
        names = ("claude-code", "codex", "opencode", "tau-bench", "tau2-bench")
        homeostat.import_files([DATA / "traces" / name for name in names])
        for run in homeostat.runs(Window()):
            if run.calls:
                found.setdefault(run.client, []).append((run.faults, run.calls))
    return found


def main(count: int = 40) -> None:
    for volume in ("low", "mid", "high"):
        found = list(fleets(count, volume))
        rate_trends(found, f"{volume} volume")
        odd_days(found, f"{volume} volume")
        growth(found, f"{volume} volume")
        if volume != "high":
            scores(count, volume)
    runs = real_runs()
    for a_day in (5, 20):
        drawn = [
            [redrawn(some, 1000 * seed + number, a_day=a_day)._replace(name=client)
             for number, (client, some) in enumerate(sorted(runs.items()))]
            for seed in range(2 * count)
        ]  # fmt: skip
        rate_trends(drawn, f"real runs redrawn, {a_day} a day")
        odd_days(drawn, f"real runs redrawn, {a_day} a day")
        growth(drawn, f"real runs redrawn, {a_day} a day")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
