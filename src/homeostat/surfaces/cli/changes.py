"""changes-in: from which day on runs fail more or less, and what goes with it."""

import click

from homeostat.loop.measuring import Measures
from homeostat.loop.service import Homeostat
from homeostat.model.health import ChangePoint, Changes, Suspect
from homeostat.model.pattern import Rate
from homeostat.surfaces.cli.health import collecting
from homeostat.surfaces.cli.options import window
from homeostat.surfaces.cli.output import (
    as_json,
    count,
    period,
    put_json,
    put_lines,
    shortened,
    when,
)

WIDTH = 80


@click.command("changes-in")
@click.option(
    "--since", default=None, metavar="TIME", help="Since: 60d (ago), or a date; else 42 days."
)
@as_json
@click.pass_obj
def changes(homeostat: Homeostat, *, since: str | None, json_: bool) -> None:
    """Is it me or them: since when runs fail more or less, and what they ran on since then.

    What goes with a change did not necessarily cause it.
    """
    found = Measures(homeostat).changes(window(homeostat, since, None))
    if json_:
        put_json([found])
        return
    put_lines(told(found))


def told(found: Changes) -> list[str]:
    lines = [
        f"{period(found.window)}   {count(found.runs, 'run')}",
        f"{found.series} things looked at: how runs ended, and what failed most",
    ]
    for change in found.changes:
        lines += ["", *point(change)]
    if found.missing:
        lines += ["", f"What changed: {collecting(found.missing)}"]
    elif not found.changes:
        lines += ["", "No change beyond noise was found; what merely doubles is seldom seen."]
    return lines


def point(change: ChangePoint) -> list[str]:
    more = "more" if change.ratio > 1 else "less"
    name = f"{change.signature[:6]}  {change.what}" if change.signature else change.what
    lines = [
        f"since {when(change.since)}, {more}: {shortened(name, WIDTH - 26)}",
        f"    before {_rate(change.before)}, from then on {_rate(change.after)}",
    ]
    if not change.suspects:
        return [*lines, "    nothing that is known of the runs changed with it"]
    return lines + [line for suspect in change.suspects for line in _suspect(suspect)]


def _suspect(suspect: Suspect) -> list[str]:
    since = f", since {when(suspect.first_at)}"
    named = f"    goes with {suspect.field} {suspect.value}"
    return [
        shortened(named, WIDTH - len(since)) + since,
        f"      with it {_rate(suspect.with_it)}, without it {_rate(suspect.without)}",
    ]


def _rate(rate: Rate) -> str:
    return f"{rate.part} of {rate.whole:,}"
