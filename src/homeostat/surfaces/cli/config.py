"""config and path: settings and folders."""

import click

from homeostat.loop.service import Homeostat
from homeostat.model.settings import Origin
from homeostat.surfaces.cli.output import Column, as_json, put, put_json, put_table

PLACES = ("config", "state", "database", "log")


@click.group("config")
def config() -> None:
    """Settings and where each value comes from."""


@config.command("show")
@click.option("--origin", is_flag=True, help="Also where each value comes from.")
@as_json
@click.pass_obj
def show(homeostat: Homeostat, *, origin: bool, json_: bool) -> None:
    """All settings as they hold now."""
    if json_:
        put_json(homeostat.loaded.origins)
        return
    columns: list[Column[Origin]] = [
        Column("setting", lambda s: s.name),
        Column("value", lambda s: s.value or "(none)"),
    ]
    if origin:
        columns.append(Column("from", lambda s: s.origin))
    put_table(homeostat.loaded.origins, columns)


@click.command("path")
@click.argument("what", type=click.Choice(PLACES), required=False)
@as_json
@click.pass_obj
def path(homeostat: Homeostat, *, what: str | None, json_: bool) -> None:
    """Where homeostat keeps its files: config, state, database, its own log."""
    places = homeostat.places()
    if json_:
        put_json([{"name": name, "path": places[name]} for name in PLACES if what in (None, name)])
    elif what:
        put(places[what])
    else:
        shown: list[Column[str]] = [Column("what", str), Column("path", lambda name: places[name])]
        put_table(PLACES, shown)
