"""db: the database."""

from pathlib import Path

import click

from homeostat.loop.service import Homeostat
from homeostat.surfaces.cli.output import as_json, put, put_json


@click.group("db")
def db() -> None:
    """The database: info, backup, check."""


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
