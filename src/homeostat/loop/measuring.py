"""How well it goes: health, metrics, what changed, what is coming. Nothing is written."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

import msgspec

from homeostat.analyze import health as judge
from homeostat.knowledge import groupings
from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.moments import DAY_NS, nanoseconds
from homeostat.knowledge.queries import measures, overview
from homeostat.knowledge.queries import runs as run_queries
from homeostat.knowledge.queries.measures import Days
from homeostat.loop.service import Homeostat
from homeostat.model.durations import step_of
from homeostat.model.health import (
    Agents,
    Changes,
    DashboardWithHealth,
    Files,
    Forecast,
    Health,
    Sequences,
    SessionFigures,
    Tools,
    Weight,
)
from homeostat.model.views import RunView, Window

WINDOW_DAYS = 30
"""Looked back on where nobody says how far."""
CHANGES_DAYS = 42
"""Six weeks: three on either side of a change in the middle."""


class Measures(msgspec.Struct, frozen=True):
    """What a surface may ask for about one installation."""

    homeostat: Homeostat

    def reading(self) -> AbstractContextManager[Connection]:
        return self.homeostat.reading()

    def health(self, *, project: str = "", run: str = "") -> Health:
        """Of the last days, of one project's, or of one run (by the start of its id)."""
        with self.reading() as connection:
            if run:
                key = run_queries.run_key(connection, run)
                (view,) = run_queries.runs(connection, Window(), run_key=key)
                return _of_run(connection, view, key)
            return self._health(connection, project)

    def _health(self, connection: Connection, project: str = "") -> Health:
        number, name = measures.project(connection, project) if project else (None, "")
        until = today(connection, self.homeostat.clock.now())
        return _of_days(connection, until, number, f"project {name}" if project else "all")

    def dashboard(self, *, detailed: bool = False) -> DashboardWithHealth:
        """`detailed`: with what needs attention, what stands out, what changed."""
        with self.reading() as connection:
            found = self.homeostat.dashboard_of(connection)
            known = {name: getattr(found, name) for name in found.__struct_fields__}
            if not found.totals.calls:
                return DashboardWithHealth(**known, health=None)
            shown = DashboardWithHealth(**known, health=self._health(connection))
            return self._detailed(connection, shown) if detailed else shown

    def _detailed(self, connection: Connection, found: DashboardWithHealth) -> DashboardWithHealth:
        from homeostat.loop import changing, figures  # noqa: PLC0415  # only for this

        now = self.homeostat.clock.now()
        known, last = groupings.load(connection, now=now), today(connection, now).day
        tools = figures.tools(connection, Days(last - WINDOW_DAYS + 1, last)).tools
        return msgspec.structs.replace(
            found,
            tools=tuple(tool for tool in tools if tool.needs_attention),
            anomalies=tuple(changing.standing_out(connection, known, last)),
            changes=changing.changes(connection, known, Days(last - CHANGES_DAYS + 1, last)),
        )

    def tools(self, window: Window) -> Tools:
        from homeostat.loop import figures  # noqa: PLC0415  # only for these

        with self._looking(window) as (connection, days):
            return figures.tools(connection, days)

    def agents(self, window: Window) -> Agents:
        from homeostat.loop import figures  # noqa: PLC0415  # only for these

        with self._looking(window) as (connection, days):
            return figures.agents(connection, days)

    def files(self, window: Window) -> Files:
        from homeostat.loop import figures  # noqa: PLC0415  # only for these

        with self._looking(window) as (connection, days):
            return figures.files(connection, days)

    def sequences(self, window: Window) -> Sequences:
        from homeostat.loop import figures  # noqa: PLC0415  # only for these

        with self._looking(window) as (connection, days):
            return figures.follow(connection, days)

    def sessions(self, window: Window) -> list[SessionFigures]:
        from homeostat.loop import figures  # noqa: PLC0415  # only for these

        with self._looking(window) as (connection, days):
            return figures.sessions(connection, days)

    def changes(self, window: Window) -> Changes:
        from homeostat.loop import changing  # noqa: PLC0415  # only for this

        now = self.homeostat.clock.now()
        with self._looking(window, usual=CHANGES_DAYS) as (connection, days):
            return changing.changes(connection, groupings.load(connection, now=now), days)

    def forecast(
        self, *, output_tokens: int | None = None, cost_usd: float | None = None
    ) -> Forecast:
        """With a budget for a calendar month, where there is one."""
        from homeostat.loop import forecasting  # noqa: PLC0415  # only for this

        now = self.homeostat.clock.now()
        place = forecasting.Place(database=self.homeostat.store(), folder=self.homeostat.state)
        budget = forecasting.Budget(output_tokens=output_tokens, cost_usd=cost_usd)
        with self.reading() as connection:
            known = groupings.load(connection, now=now)
            day = today(connection, now).day
            return forecasting.forecast(connection, known, place, budget, today=day)

    def weight(self, window: Window) -> list[Weight]:
        from homeostat.loop import forecasting  # noqa: PLC0415  # only for this

        with self._looking(window) as (connection, days):
            return forecasting.weight(connection, days)

    @contextmanager
    def _looking(
        self, window: Window, *, usual: int = WINDOW_DAYS
    ) -> Generator[tuple[Connection, Days]]:
        """The whole days of a window; without one the last 30, or the last that are not empty."""
        with self.reading() as connection:
            last = today(connection, self.homeostat.clock.now()).day
            first = last - usual + 1
            if window.since:
                first = nanoseconds(window.since) // DAY_NS
                last = max(first, last)
            yield connection, Days(first, last)


class Today(msgspec.Struct, frozen=True):
    day: int
    is_latest: bool
    """False where the last days are empty, and it is the last day that is not."""


def today(connection: Connection, now: datetime) -> Today:
    """The day up to which is looked at."""
    day, extent = nanoseconds(now) // DAY_NS, overview.extent(connection)
    if extent is None or extent[1] > now - timedelta(days=judge.LAST_DAYS):
        return Today(day, is_latest=True)
    return Today(nanoseconds(extent[1]) // DAY_NS, is_latest=False)


def _of_days(connection: Connection, until: Today, project: int | None, name: str) -> Health:
    first = until.day - judge.LAST_DAYS + 1
    days = Days(first - judge.BASELINE_DAYS, until.day, project)
    timed = [judge.TimedCalls(*row) for row in measures.durations(connection, days)]
    runs = _run_days(measures.run_days(connection, days))
    calls = _call_days(measures.call_days(connection, days))
    usual = judge.baseline(
        (item for item in timed if item.day < first), (item for item in runs if item.day < first)
    )
    found = judge.by_day(runs, calls, timed, usual)
    last = {day: total for day, total in found.items() if day >= first}
    before = {day: total for day, total in found.items() if day < first}
    parts = judge.parts(judge.added(last.values()), usual)
    return Health(
        of=name,
        window=Days(first, until.day).window,
        score=_rounded(judge.score(parts)),
        parts=parts,
        trend=judge.trend(last, before, usual),
        is_latest=until.is_latest,
    )


def _of_run(connection: Connection, run: RunView, key: int) -> Health:
    """Against what was usual in the days before it began; the project does not matter."""
    began = run.started_at or run.ended_at
    last = nanoseconds(began) // DAY_NS - 1 if began else -1
    days = Days(last - judge.BASELINE_DAYS + 1, last)
    usual = judge.baseline(
        (judge.TimedCalls(*row) for row in measures.durations(connection, days)),
        _run_days(measures.run_days(connection, days)),
    )
    rows = list(measures.calls_of_run(connection, key))
    (calls,) = _call_days([(0, o, n, 1, int(m is not None)) for _, o, n, m, _ in rows]) or [
        judge.CallDay(0, 0, 0, 0)
    ]
    timed = [
        judge.TimedCalls(0, tool, step_of(took), 1)
        for tool, outcome, _, _, took in rows
        if took is not None and outcome in ("ok", "error")
    ]
    ended = _run_days([(0, run.outcome, 1, run.output_tokens + run.subagent_output_tokens)])
    (total,) = judge.by_day(ended, [calls], timed, usual).values()
    parts = judge.parts(total, usual, judge.FOR_ONE)
    return Health(
        of=f"run {run.run_id}",
        window=Window(since=run.started_at, until=run.ended_at),
        score=_rounded(judge.score(parts)),
        parts=parts,
        trend=None,
    )


def _run_days(rows: Iterable[Row]) -> list[judge.RunDay]:
    found: dict[int, judge.RunDay] = {}
    for day, outcome, count, tokens in rows:
        known = found.get(day, judge.RunDay(day, 0, 0, 0, 0))
        known = known._replace(**{outcome: getattr(known, outcome) + count})
        found[day] = known._replace(tokens=known.tokens + tokens)
    return list(found.values())


def _call_days(rows: Sequence[Row]) -> list[judge.CallDay]:
    """A call that hid a failure neither worked nor failed; findings are work that was done."""
    found: dict[int, judge.CallDay] = {}
    for day, outcome, nature, count, masked in rows:
        known = found.get(day, judge.CallDay(day, 0, 0, 0))
        if outcome == "unknown":
            known = known._replace(unknown=known.unknown + count)
        elif outcome == "ok" or (outcome == "error" and nature == "finding"):
            known = known._replace(worked=known.worked + count - masked)
        elif outcome == "error":
            known = known._replace(faults=known.faults + count)
        found[day] = known
    return list(found.values())


def _rounded(score: float | None) -> int | None:
    return None if score is None else round(score)
