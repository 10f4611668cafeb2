"""Options that several commands share."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click

from homeostat.loop.service import Homeostat
from homeostat.model.errors import UsageError
from homeostat.model.views import Window

_SPAN = re.compile(r"-?(\d{1,6})\s*([mhdw])")
_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What a store can tell from one another; nothing was recorded outside."""
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, *, now: datetime, ahead: bool = False) -> datetime:
    """`7d`, `24h` (ago, or with `ahead` from now on), `2026-11-01T10:00`. Raises `UsageError`."""
    try:
        if found := _SPAN.fullmatch(text.strip()):
            span = timedelta(**{_UNITS[found[2]]: int(found[1])})
            said = now + span if ahead else now - span
        else:
            said = datetime.fromisoformat(text.strip())
    except OverflowError:
        return _FIRST
    except ValueError:
        raise UsageError(
            f'"{text}" is no time.', next_step="Say 7d, 24h, or 2026-11-01 (your time zone)."
        ) from None
    if not _FIRST.year < said.year < _LAST.year:
        return _FIRST if said.year <= _FIRST.year else _LAST
    return said if said.tzinfo else said.astimezone()


def windowed(command: Callable[..., None]) -> Callable[..., None]:
    """Adds `--since` and `--until`."""
    command = click.option(
        "--until", "until", default=None, help="Until: 24h (ago), or a date.", metavar="TIME"
    )(command)
    return click.option(
        "--since", "since", default=None, help="Since: 7d (ago), or a date.", metavar="TIME"
    )(command)


def window(homeostat: Homeostat, since: str | None, until: str | None) -> Window:
    now = homeostat.clock.now()
    first = moment(since, now=now) if since else None
    last = moment(until, now=now) if until else None
    if first and first > now:
        raise UsageError(
            f'"--since {since}" is still to come.', next_step="Say 7d, 24h, or a day that was."
        )
    if first and last and first >= last:
        raise UsageError(
            f'"--since {since}" is not before "--until {until}".', next_step="Swap them?"
        )
    return Window(since=first, until=last)
