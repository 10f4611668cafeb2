"""health: a score from 0 to 100, what it is made of, and where it goes."""

from textwrap import wrap

import click

from homeostat.loop.measuring import Measures
from homeostat.loop.service import Homeostat
from homeostat.model.health import Direction, Health, Missing, Part, ScoreTrend
from homeostat.surfaces.cli.output import as_json, period, put_json, put_lines, when

WIDTH = 80
NAMES = {
    "outcome": "runs that ended well",
    "speed": "speed of calls",
    "reliability": "calls that worked",
    "expense": "tokens a good run",
}
_DIRECTIONS = {
    Direction.IMPROVING: "better than",
    Direction.DEGRADING: "worse than",
    Direction.STABLE: "as in",
}


@click.command("health")
@click.option("--project", default="", metavar="PATH", help="Of one project; its end is enough.")
@click.option("--run", "run_id", default="", metavar="ID", help="Of one run.")
@as_json
@click.pass_obj
def health(homeostat: Homeostat, *, project: str, run_id: str, json_: bool) -> None:
    """How healthy the agents are, 0 to 100, of the last 7 days; what it is made of.

    \b
    homeostat health --project ledger
    homeostat health --run 7f3a
    """
    found = Measures(homeostat).health(project=project, run=run_id)
    if json_:
        put_json([found])
        return
    put_lines(told(found))


def told(found: Health) -> list[str]:
    head = f"Health {_score(found)}   {found.of}, {_period(found)}"
    lines = [head, *(_trend(found.trend) if found.trend else []), "", "  score  weight"]
    lines += [_part(part) for part in found.parts]
    left_out = [NAMES[part.name] for part in found.parts if part.score is None]
    if left_out and found.score is not None:
        said = f"Not counted, the others weigh more: {', '.join(left_out)}."
        lines += ["", *wrap(said, WIDTH)]
    return lines


def _trend(trend: ScoreTrend) -> list[str]:
    lines = [f"  {trend_line(trend)}"]
    if trend.difference is not None and trend.half_width is not None:
        low, high = trend.difference - trend.half_width, trend.difference + trend.half_width
        lines.append(f"  difference {trend.difference:+.0f} points ({low:+.0f} to {high:+.0f})")
    return lines


def line(found: Health) -> str:
    """The score for the dashboard."""
    said = trend_line(found.trend) if found.trend else ""
    return f"Health {_score(found)}   {said}"


def _score(found: Health) -> str:
    return "unknown" if found.score is None else str(found.score)


def _period(found: Health) -> str:
    if found.trend is None:
        return when(found.window.since)
    if found.is_latest:
        return "last 7 days"
    return f"{period(found.window)} (nothing newer)"


def trend_line(trend: ScoreTrend) -> str:
    if trend.missing:
        return f"trend: {collecting(trend.missing)}"
    if trend.direction is None or trend.before is None or trend.difference is None:
        return "trend: unknown"
    than = f"{_DIRECTIONS[trend.direction]} the 30 days before"
    if trend.direction is Direction.STABLE:
        return f"{than}, within noise ({trend.before:.0f})"
    return f"{than} ({trend.before:.0f}; 19 in 20 sure)"


def collecting(missing: Missing) -> str:
    return f"collecting data ({missing.known} of {missing.needed} {missing.what})"


def _part(part: Part) -> str:
    name = NAMES[part.name]
    if part.score is None:
        return f"      -       -  {name:<20} {part.missing}"
    return f"  {part.score:5.0f}    {100 * part.weight:2.0f} %  {name:<20} {part.detail}"
