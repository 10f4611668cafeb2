"""db: the database."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from homeostat.loop.service import Homeostat
from homeostat.surfaces.cli.output import as_json, count, is_interactive, put, put_json, say, when

if TYPE_CHECKING:
    from homeostat.knowledge.copying import CopyProgress

SHOWN_TABLES = 5
CLOCKS_DIFFER_S = 60
"""From here on a person is told."""


@click.group("db")
def db() -> None:
    """The database: info, backup, check, vacuum, copy."""


@db.command("info")
@as_json
@click.pass_obj
def info(homeostat: Homeostat, *, json_: bool) -> None:
    """Where it is, how large, what is in it."""
    found = homeostat.database()
    if json_:
        put_json([found])
        return
    put(f"{found.path}  {found.size_bytes / 1e6:.1f} MB, schema {found.schema}")
    put(
        f"{found.runs:,} runs, {found.calls:,} calls, {found.events:,} events, "
        f"{found.signatures:,} signatures, {found.whole_samples:,} whole answers"
    )
    if found.bytes_an_event is not None:
        put(f"{found.bytes_an_event} bytes an event, without kept texts; {found.version}")
    for table in found.tables[:SHOWN_TABLES]:
        put(f"  {table.size_bytes / 1e6:8.1f} MB  {table.name}")
    if abs(found.clock_ahead_s) > CLOCKS_DIFFER_S:
        put(
            f"The server's clock differs by {found.clock_ahead_s:+,.0f} s: homeostat goes by this "
            "machine's. Set the one that is wrong."
        )
    put(f"Detail is kept for {found.detail_days} days (detail-days), what was counted for ever.")
    if found.given_up_until:
        until = when(found.given_up_until)
        put(f"Of runs that ended before {until} only counts and samples are left.")
    if found.runs_beyond:
        put(f"{found.runs_beyond:,} runs are older than that: homeostat db vacuum")


@db.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def backup(homeostat: Homeostat, *, target: Path, json_: bool) -> None:
    """Copy the database to TARGET, also while it is in use. Settings and key are not copied."""
    size = homeostat.backup(target)
    if json_:
        put_json([{"path": str(target), "size_bytes": size}])
        return
    put(f"{target}  {size / 1e6:.1f} MB. The key for redaction is not in it.")


@db.command("vacuum")
@click.option("--days", type=click.IntRange(1), help="Keep all detail of so many days.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def vacuum(homeostat: Homeostat, *, days: int | None, yes: bool, json_: bool) -> None:
    """Give up the detail of old runs, and the space it took. Counts and samples stay.

    Old are runs that ended before the days of the setting detail-days (30). What their calls were
    one by one is gone then; an import of their files does not bring it back. On a terminal it asks.
    """
    if is_interactive() and not yes:
        kept = days or homeostat.settings.detail_days
        click.confirm(
            f"Give up each call of runs that ended {count(kept, 'day')} ago?", abort=True, err=True
        )
    done = homeostat.vacuum(days)
    if json_:
        put_json([done])
        return
    put(
        f"{done.runs:,} runs ended before {when(done.before)}: "
        f"{done.events:,} events and {done.calls:,} calls were given up, their counts stay."
    )
    put(f"{done.freed_bytes / 1e6:.1f} MB are free again.")
    if not done.is_complete:
        say("An open reader still keeps the old pages: give the command again when it is closed.")


@db.command("copy")
@click.argument("target")
@as_json
@click.pass_obj
def copy(homeostat: Homeostat, *, target: str, json_: bool) -> None:
    """Copy the store into TARGET: a server's URL, or a file that is not there yet.

    \b
    From the file to a server, and to go on there:
      homeostat db copy postgresql://user@host/database
      export HOMEOSTAT_DATABASE_URL=postgresql://user@host/database
    And back:
      homeostat db copy ./homeostat.db

    Each row is read again at the target and compared; a copy that is cut off leaves nothing.
    A password is safer in ~/.pgpass than in the URL.
    """
    with copying_progress() as progress:
        done = homeostat.copy(target, progress)
    if json_:
        put_json([done])
        return
    put(f"{done.rows:,} rows of {done.tables} tables copied and compared.")
    put(f"from  {done.source}")
    put(f"to    {done.target}")


@db.command("check")
@as_json
@click.pass_context
def check(context: click.Context, *, json_: bool) -> None:
    """Is it sound, and do the counts agree with the calls? Exit 1 if not."""
    homeostat: Homeostat = context.obj
    faults = homeostat.check()
    if json_:
        put_json([{"fault": fault} for fault in faults])
    elif faults:
        for fault in faults:
            put(fault)
    else:
        put("The database is sound, and its counts agree with its calls.")
    if faults:
        context.exit(1)


@contextmanager
def copying_progress() -> Generator["Callable[[CopyProgress], None]"]:
    """What is being copied, on a terminal; nothing in a pipe."""
    if not is_interactive():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("copying") as status:
        yield lambda at: status.update(f"copying {at.table}: {at.rows:,} rows")
