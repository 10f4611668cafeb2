"""blame: which agent led a failed run astray, and at which step."""

from pathlib import Path

import click

from homeostat.loop import blame as judging
from homeostat.loop.blame import Blamed
from homeostat.model.files import Problem
from homeostat.surfaces.cli.output import Column, as_json, ending, put_json_lines, put_table, say

_PATH = click.Path(exists=True, path_type=Path)
_BLAMED: tuple[Column[Blamed], ...] = (
    Column("agent", lambda b: b.agent, most=32),
    Column("step", lambda b: str(b.step), is_number=True),
    Column("run", lambda b: ending(b.file, 40), piped=lambda b: b.file),
)
GUESS = (
    "Guesses: of 122 runs that people labelled the agent is right in 56 %, the step in 29 %,"
    " within three steps in 53 %."
)


@click.command("blame")
@click.argument("paths", type=_PATH, nargs=-1, required=True)
@as_json
@click.pass_context
def blame(context: click.Context, *, paths: tuple[Path, ...], json_: bool) -> None:
    """Guess which agent made the decisive mistake of a failed run, and at which step.

    Reads conversations of several agents (Who&When, Magentic-One, tau-bench), files or folders.
    The rule: the last work before the first sign of failure. It is a guess: right for the agent
    in 56 of 100 runs that people labelled, for the step in 29.

    \b
    homeostat blame run.json
    homeostat blame runs --json
    """
    problems: list[Problem] = []
    found = judging.blamed(paths, problems)
    if json_:
        put_json_lines(found)
    elif guesses := list(found):
        put_table(guesses, _BLAMED)
        say(GUESS)
    elif not problems:
        say("No failed conversation of several agents was found there, so nobody is blamed.")
    for problem in problems:
        say(f"left out: {problem.path}: {problem.reason}")
    if problems:
        context.exit(1)
