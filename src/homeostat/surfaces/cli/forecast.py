"""forecast: which failures grow, and what runs out when, at this pace."""

import click

from homeostat.loop.measuring import Measures
from homeostat.loop.service import Homeostat
from homeostat.model.health import Accelerating, Forecast, Limit
from homeostat.surfaces.cli.health import collecting
from homeostat.surfaces.cli.output import amount, as_json, count, put_json, put_lines, shortened

WIDTH = 80
LONG = 3650.0
"""Days beyond which nobody plans."""


@click.command("forecast")
@click.option(
    "--budget-tokens", default=None, type=click.IntRange(1), metavar="N",
    help="Output tokens allowed a calendar month.",
)  # fmt: skip
@click.option(
    "--budget-usd", default=None, type=click.FloatRange(0.01), metavar="USD",
    help="Dollars allowed a calendar month.",
)  # fmt: skip
@as_json
@click.pass_obj
def forecast(
    homeostat: Homeostat, *, budget_tokens: int | None, budget_usd: float | None, json_: bool
) -> None:
    """Which failures grow week by week, and which limits are reached when, at this pace.

    From the last 28 days; it says how far it would have been out a week ago.
    """
    found = Measures(homeostat).forecast(output_tokens=budget_tokens, cost_usd=budget_usd)
    if json_:
        put_json([found])
        return
    put_lines(told(found))


def told(found: Forecast) -> list[str]:
    lines: list[str] = []
    for item in found.accelerating:
        lines += _growing(item)
    if found.missing:
        lines.append(f"Which failures grow: {collecting(found.missing)}")
    elif not found.accelerating:
        lines.append("No failure grows from week to week, beyond noise.")
    lines += ["", *(_limit(limit) for limit in found.limits), ""]
    return [*lines, *_backtest(found)]


def _growing(item: Accelerating) -> list[str]:
    name = f"{item.signature[:6]}  {item.tool}: {item.line}"
    return [
        shortened(name, WIDTH),
        (
            f"    {count(item.failures, 'failure')} in 28 days, x{item.a_week:.1f} a week "
            f"({item.low:.1f} to {item.high:.1f})"
        ),
        (
            f"    next week about {item.next_week:.0f} "
            f"({item.next_low:.0f} to {item.next_high:.0f}), if as much is done"
        ),
    ]


def _limit(limit: Limit) -> str:
    used = _amount(limit.used, limit.unit)
    if limit.missing:
        return f"{limit.name:<25} {used} {_unit(limit.unit)}; {collecting(limit.missing)}"
    if limit.limit is None:
        said = f"{used} {limit.unit} in 28 days; " if limit.unit == "failures" else ""
        return f"{limit.name:<25} {said}the limit is not known"
    of = f"{limit.name:<25} {used} of {_amount(limit.limit, limit.unit)} {_unit(limit.unit)}"
    if limit.days is None or limit.days > LONG:
        return f"{of}; not within ten years"
    latest = "never" if limit.latest is None else f"{limit.latest:,.0f}"
    return f"{of}; in about {limit.days:,.0f} days ({limit.soonest:,.0f} to {latest})"


def _unit(unit: str) -> str:
    return "GB" if unit == "bytes" else unit


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 1e9:.1f}"
    return f"{value:,.2f}" if unit == "USD" else amount(round(value))


def _backtest(found: Forecast) -> list[str]:
    test = found.backtest
    if not test.series or test.median_error is None:
        return ["How good such forecasts are here is not known: no failure has enough history."]
    return [
        f"Told a week ago in the same way, {test.within} of {test.series} failures came out",
        f"within their 80 % interval; the middle forecast was {100 * test.median_error:.0f} % off.",
    ]
