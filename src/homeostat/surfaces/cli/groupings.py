"""merge, split, ignore: the person's word on what is one failure."""

import click

from homeostat.loop.service import Homeostat
from homeostat.model.errors import UsageError
from homeostat.surfaces.cli.options import moment
from homeostat.surfaces.cli.output import as_json, count, put, put_json

_undo = click.option("--undo", "undo", type=int, metavar="NUMBER", help="Take back what you said.")


def _undone(homeostat: Homeostat, number: int, *, json_: bool) -> None:
    found = homeostat.undo_grouping(number)
    if json_:
        put_json([found])
    else:
        put(f"Taken back: {found.said}.")


@click.command("merge")
@click.argument("signature", required=False)
@click.argument("into", required=False)
@_undo
@as_json
@click.pass_obj
def merge(
    homeostat: Homeostat, *, signature: str, into: str, undo: int | None, json_: bool
) -> None:
    """Show SIGNATURE under INTO, from now on and in history."""
    if undo is not None:
        _undone(homeostat, undo, json_=json_)
        return
    if not signature or not into:
        raise UsageError("merge needs two signatures.", next_step="homeostat merge S-.... S-....")
    done = homeostat.merge(signature, into)
    if json_:
        put_json([done])
        return
    put(f"{done.signature_id} is now shown under {done.into_id}, its history as well.")
    put(f"undo: homeostat {done.undo}")


@click.command("split")
@click.argument("signature", required=False)
@click.option("--text", "needle", default="", help="What only one of the two has in its answer.")
@_undo
@as_json
@click.pass_obj
def split(
    homeostat: Homeostat, *, signature: str, needle: str, undo: int | None, json_: bool
) -> None:
    """Make two of SIGNATURE: failures whose answer holds a text become one of their own.

    \b
    homeostat split S-7KQ2 --text "certificate has expired"
    """
    if undo is not None:
        _undone(homeostat, undo, json_=json_)
        return
    if not signature or not needle:
        raise UsageError(
            "split needs a signature and a text.", next_step='homeostat split S-.... --text "..."'
        )
    done = homeostat.split(signature, needle)
    if json_:
        put_json([done])
        return
    put(f"{count(done.moved, 'failure')} moved to {done.grouping.into_id}, {done.stayed} stayed.")
    if done.unseen:
        put(f"Of those that stayed, {done.unseen} have only the beginning of their answer left.")
    put(f"undo: homeostat {done.grouping.undo}")


@click.command("ignore")
@click.argument("signature", required=False)
@click.option(
    "--until", default=None, metavar="TIME", help="For 7d, or until a date; then shown again."
)
@_undo
@as_json
@click.pass_obj
def ignore(
    homeostat: Homeostat, *, signature: str, until: str | None, undo: int | None, json_: bool
) -> None:
    """Leave SIGNATURE out of the ranking; its failures are still counted."""
    if undo is not None:
        _undone(homeostat, undo, json_=json_)
        return
    if not signature:
        raise UsageError("ignore needs a signature.", next_step="homeostat ignore S-....")
    now = homeostat.clock.now()
    end = moment(until, now=now, ahead=True) if until else None
    if end and end <= now:
        raise UsageError(f"{until} is over.", next_step="Say a day to come: --until 2027-01-31")
    done = homeostat.ignore(signature, end)
    if json_:
        put_json([done])
        return
    period = f" until {until}" if until else ""
    put(f"{done.signature_id} is left out of errors and dashboard{period}.")
    put(f"undo: homeostat {done.undo}")
