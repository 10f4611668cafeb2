"""What is coming: failures that grow, limits that are reached, and what is loaded for nothing."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from homeostat.analyze import forecast as judge
from homeostat.knowledge.dialect.port import Connection, Database
from homeostat.knowledge.dialect.sqlite_file import SqliteFile
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import DAY_NS, moment
from homeostat.knowledge.queries import ledger, measures, signatures
from homeostat.knowledge.queries.measures import Days
from homeostat.loop.series import frequent
from homeostat.model.health import Accelerating, Forecast, Limit, Missing, Weight

SERVER_PREFIX = "mcp__"


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What a person allows for a calendar month (UTC); `None`: nothing was said."""

    output_tokens: int | None = None
    cost_usd: float | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the store lies."""

    database: Database
    folder: Path


def forecast(
    connection: Connection, groupings: Groupings, place: Place, budget: Budget, *, today: int
) -> Forecast:
    # A week more than is looked at: the backtest ends a week earlier.
    days = Days(today - judge.DAYS - judge.WEEK + 1, today)
    series = frequent(connection, groupings, days)
    by_day = {one.name: [judge.Day(*day) for day in one.days] for one in series}
    lines = {one.name: one.line for one in series}
    grown = judge.accelerating(by_day, today=today)
    used = {row[0] for row in measures.call_days(connection, days) if row[0] > today - judge.DAYS}
    short = len(used) < judge.LEAST_DAYS
    return Forecast(
        window=Days(today - judge.DAYS + 1, today).window,
        missing=Missing(what="days", known=len(used), needed=judge.LEAST_DAYS) if short else None,
        accelerating=tuple(
            Accelerating(
                signature=item.name,
                line=lines[item.name],
                tool=signatures.signature(
                    connection, signatures.find(connection, item.name), groupings
                ).group.tool,
                failures=item.failures,
                a_week=item.a_week,
                low=item.low,
                high=item.high,
                next_week=item.next_week,
                next_low=item.next_low,
                next_high=item.next_high,
            )
            for item in grown
        ),
        limits=tuple(_limits(connection, place, budget, today)),
        backtest=judge.backtest(by_day, today=today),
    )


def _limits(connection: Connection, place: Place, budget: Budget, today: int) -> list[Limit]:
    days = Days(today - judge.DAYS + 1, today)
    rows = measures.spent_days(connection, days)
    calls: Counter[int] = Counter()
    for day, _, _, count, _ in measures.call_days(connection, days):
        calls[day] += count
    month = _month_days(today)
    found = [
        _disk(connection, place, calls, days),
        _allowed(
            "output tokens this month", "tokens", budget.output_tokens,
            {day: float(tokens) for day, tokens, _ in rows}, days, month,
        ),
        _allowed(
            "cost this month", "USD", budget.cost_usd,
            {day: cost for day, _, cost in rows if cost is not None}, days, month,
        ),
        Limit(
            name="limits and overload met",
            used=float(measures.limited(connection, days)), limit=None, unit="failures",
            a_day=None, days=None, soonest=None, latest=None,
        ),
        Limit(
            name="context window", used=0, limit=None, unit="tokens", a_day=None, days=None,
            soonest=None, latest=None,
        ),
    ]  # fmt: skip
    return [limit for limit in found if limit]


def _month_days(today: int) -> int:
    """Of this month so far, with today."""
    return moment(today * DAY_NS).day


def _disk(connection: Connection, place: Place, calls: Counter[int], days: Days) -> Limit | None:
    """The store grows with the calls; `None` for a server, whose disk is not seen from here."""
    if not isinstance(place.database, SqliteFile):
        return None
    size = place.database.size(connection).bytes
    known = measures.calls_ever(connection)
    each = size / known if known else 0.0
    free = shutil.disk_usage(place.folder).free
    amounts = _amounts({day: each * count for day, count in calls.items()}, days)
    return _reached("disk of the store", "bytes", size, float(size + free), amounts)


def _allowed(
    name: str, unit: str, limit: float | None, amounts: Mapping[int, float], days: Days, month: int
) -> Limit | None:
    """`None` where no budget is said: then there is nothing to run out."""
    if limit is None:
        return None
    used = sum(amount for day, amount in amounts.items() if day > days.last - month)
    return _reached(name, unit, used, float(limit), _amounts(amounts, days))


def _amounts(amounts: Mapping[int, float], days: Days) -> list[float]:
    """One a day from the first on which anything was, 0 where nothing was."""
    if not amounts:
        return []
    return [amounts.get(day, 0.0) for day in range(min(amounts), days.last + 1)]


def _reached(name: str, unit: str, used: float, limit: float, amounts: Sequence[float]) -> Limit:
    a_day = judge.pace(amounts)
    if a_day is None:
        missing = Missing(what="days", known=len(amounts), needed=judge.LEAST_DAYS)
        return Limit(
            name=name, used=used, limit=limit, unit=unit, a_day=None, days=None, soonest=None,
            latest=None, missing=missing,
        )  # fmt: skip
    middle, soonest, latest = judge.until(max(0.0, limit - used), a_day)
    return Limit(
        name=name, used=used, limit=limit, unit=unit, a_day=a_day.middle, days=middle,
        soonest=soonest, latest=latest,
    )  # fmt: skip


def weight(connection: Connection, days: Days) -> list[Weight]:
    """Hooks by the time they take, then MCP servers by how little they are used."""
    hooks = [
        Weight(
            kind="hook",
            name=f"{event}: {command}" if command else event,
            runs=runs,
            used=times,
            ms_a_run=total / runs if runs else None,
            total_ms=total,
            tokens_a_run=None,
        )
        for event, command, times, total, runs in ledger.hooks(connection, days)
    ]
    return hooks + _servers(connection, days)


def _servers(connection: Connection, days: Days) -> list[Weight]:
    """Those of which a call was ever seen; what was loaded and never called is not written down."""
    ever = Days(0, days.last)
    used: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for period, counted in ((days, used), (ever, seen)):
        for tool, calls, _ in ledger.tool_uses(connection, period):
            if tool.startswith(SERVER_PREFIX):
                counted[tool.split("__")[1]] += calls
    return [
        Weight(
            kind="MCP server", name=name, runs=0, used=used[name], ms_a_run=None, total_ms=None,
            tokens_a_run=None,
        )
        for name in sorted(seen, key=lambda name: (used[name], name))
    ]  # fmt: skip
