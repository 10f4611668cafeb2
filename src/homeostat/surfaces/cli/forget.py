"""forget: delete everywhere."""

import shlex

import click

from homeostat.knowledge.forgetting import Forgotten
from homeostat.loop.service import Homeostat
from homeostat.model.errors import UsageError
from homeostat.surfaces.cli.output import as_json, count, is_interactive, put, put_json, say


@click.command("forget")
@click.option("--run", "run_id", default="", help="This run (beginning of its id).")
@click.option("--project", default="", help="All runs of this project folder.")
@click.option("--text", default="", help="This text, wherever it is kept.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def forget(
    homeostat: Homeostat, *, run_id: str, project: str, text: str, yes: bool, json_: bool
) -> None:
    """Delete a run, a project or a text everywhere homeostat keeps it. Cannot be undone.

    \b
    homeostat forget --project /home/me/secret-project
    homeostat forget --text "Jane Doe" --yes
    """
    if sum(map(bool, (run_id, project, text))) != 1:
        raise UsageError(
            "forget needs exactly one of --run, --project, --text.",
            next_step="See the runs: homeostat runs",
        )
    if not yes:
        _ask()
    done = homeostat.forget(run=run_id, project=project, text=text)
    if json_:
        put_json([done])
        return
    _tell(done, text=text)
    if not done.is_complete:
        given = {"--run": run_id, "--project": project, "--text": text}
        _tell_open([part for pair in given.items() if pair[1] for part in pair])


def _ask() -> None:
    if not is_interactive():
        raise UsageError("forget asks first, and nobody is there.", next_step="Add --yes.")
    click.confirm("This cannot be undone. Delete?", abort=True, err=True)


def _tell(done: Forgotten, *, text: str) -> None:
    if text:
        put(f"Cut from {count(done.texts, 'place')} and {count(done.signatures, 'signature')}.")
    else:
        put(f"Deleted {count(done.runs, 'run')} with {count(done.calls, 'call')}.")
    if done.within_ids:
        say(f"Kept: {count(done.within_ids, 'id')} of runs and calls that hold the text.")
    if done.unreached:
        again = "new lines of them would bring it back" if text else "an import reads them again"
        say(f"Not reached, because they belong to the clients ({again}):")
        for path in done.unreached[:10]:
            say(f"  {path}")
        if len(done.unreached) > 10:  # noqa: PLR2004  # as many as shown above
            say(f"  and {len(done.unreached) - 10} more")


def _tell_open(again: list[str]) -> None:
    say("Another program reads the database and keeps the old pages until it closes. Then repeat:")
    say(f"  {shlex.join(['homeostat', 'forget', '--yes', *again])}")
