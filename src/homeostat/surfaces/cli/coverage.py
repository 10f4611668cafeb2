"""coverage: what was seen, and what could not be read."""

import click

from homeostat.loop.service import Homeostat
from homeostat.model.files import UNDATED
from homeostat.model.views import ChannelView, SkippedView
from homeostat.surfaces.cli.output import (
    Column,
    as_json,
    count,
    exact,
    plain,
    put_json,
    put_table,
    say,
    to_terminal,
    when,
)

SHOWN_BAD_LINES = 20
_CHANNELS: tuple[Column[ChannelView], ...] = (
    Column("client", lambda c: c.client),
    Column("files", lambda c: str(c.files), is_number=True),
    Column("lines", lambda c: str(c.lines), is_number=True, is_spare=True),
    Column("unreadable", lambda c: str(c.bad_lines), is_number=True),
    Column("runs", lambda c: str(c.runs), is_number=True),
    Column("undecided", lambda c: str(c.outcome_unknown), is_number=True),
    Column("calls", lambda c: str(c.calls), is_number=True),
    Column("unanswered", lambda c: str(c.calls_unknown), is_number=True),
    Column("last seen", lambda c: when(c.last_at), piped=lambda c: exact(c.last_at)),
)


def _left_out(found: SkippedView) -> str:
    if found.name == UNDATED:
        facts = count(found.times, "fact")
        return f"without a time of its own: {found.client}, {facts} at the time of the file"
    what = "left out" if found.name.startswith("unreadable ") else "not known to this version"
    return f"{what}: {found.client} {found.name}, {count(found.times, 'time')}"


@click.command("coverage")
@as_json
@click.pass_obj
def coverage(homeostat: Homeostat, *, json_: bool) -> None:
    """Which clients were seen, how well, and which lines could not be read.

    undecided: runs whose outcome no check decided; unanswered: calls whose result is not known.
    """
    found = homeostat.coverage(most=SHOWN_BAD_LINES if to_terminal() and not json_ else -1)
    if json_:
        put_json([found])
        return
    put_table(found.channels, _CHANNELS)
    if not found.channels:
        say("Nothing was read yet: homeostat import")
    for skipped in sorted(found.skipped, key=lambda item: item.name == UNDATED):
        say(plain(_left_out(skipped)))
    for bad in found.bad_lines:
        say(plain(f"unreadable: {bad.path}:{bad.line}: {bad.reason}"))
    unread = sum(channel.bad_lines for channel in found.channels)
    if unread > len(found.bad_lines):
        say(f"and {unread - len(found.bad_lines)} more: homeostat coverage --json")
