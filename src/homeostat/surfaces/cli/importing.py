"""import: the agents' histories into the store."""

import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import click

from homeostat.loop.finding import Format, History, files_below
from homeostat.loop.importing import Imported, Progress
from homeostat.loop.intake import UNFINISHED
from homeostat.loop.service import Homeostat
from homeostat.model.errors import UsageError
from homeostat.surfaces.cli.output import (
    Column,
    as_json,
    count,
    is_interactive,
    plain,
    put,
    put_json,
    put_json_lines,
    put_table,
    say,
)

SHOWN_PROBLEMS = 20


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--format",
    "client",
    default="auto",
    metavar="NAME",
    show_default=True,
    help="A format by name (homeostat import --formats), or auto: found from the content.",
)
@click.option("--yes", is_flag=True, help="Read what is found on this machine without asking.")
@click.option("--formats", is_flag=True, help="Only list the formats and where each is found.")
@click.option("--follow", is_flag=True, help="Go on reading what is written, until Ctrl-C.")
@click.option(
    "--every",
    default=2.0,
    metavar="SECONDS",
    show_default=True,
    type=click.FloatRange(0.05, 3600),
    help="How often --follow looks for something new.",
)
@click.option("--no-progress", is_flag=True, help="No progress bar.")
@as_json
@click.pass_context
def import_(
    context: click.Context,
    *,
    paths: tuple[str, ...],
    client: str,
    yes: bool,
    formats: bool,
    follow: bool,
    every: float,
    no_progress: bool,
    json_: bool,
) -> None:
    """Read histories from PATHS (files, folders, also .gz, .zst), or find them on this machine.

    Safe to repeat: each fact is stored once, and only what is new is read. Secrets are taken out
    before anything is stored. Exit 1 when something was left out.

    \b
    homeostat import
    homeostat import ~/.claude/projects ~/.codex/sessions
    homeostat import --follow --yes
    homeostat import old-session.jsonl.gz --format claude-code
    """
    homeostat: Homeostat = context.obj
    if formats:
        _list(homeostat, json_=json_)
        return
    if "" in paths:
        raise UsageError("a path is empty.", next_step="Name a file or a folder.")
    chosen = [Path(path) for path in paths] or _found(homeostat, yes=yes)
    if not chosen:
        say("Nothing was read.")
        return
    if missing := [str(path) for path in chosen if not path.exists()]:
        raise UsageError(
            f"{missing[0]} does not exist.", next_step="Name a file or a folder that does."
        )
    named = None if client == "auto" else client
    if follow:
        _follow(homeostat, [Path(path) for path in paths], client=named, every=every, json_=json_)
        return
    names = [name for known in homeostat.formats() for name in known.names]
    with progress_bar(chosen, names, wanted=not no_progress) as progress:
        done = homeostat.import_files(chosen, client=named, progress=progress)
    if json_:
        put_json([done])
    else:
        _tell(done)
    if done.problems:
        context.exit(1)


_FORMATS: tuple[Column[Format], ...] = (
    Column("format", lambda f: f.name),
    Column("files", lambda f: " ".join(f.names)),
    Column("found by itself in", lambda f: " ".join(f.homes) or "-"),
)


def _list(homeostat: Homeostat, *, json_: bool) -> None:
    found = homeostat.formats()
    if json_:
        put_json(found)
    else:
        put_table(found, _FORMATS)


def _found(homeostat: Homeostat, *, yes: bool) -> list[Path]:
    """What is on this machine, after asking. Raises `UsageError` where nobody can be asked."""
    histories = homeostat.histories()
    if not histories:
        raise UsageError(
            "no histories of a known client were found on this machine.",
            next_step="Name them: homeostat import PATH...   or see a sample: homeostat demo",
        )
    for history in histories:
        say(described(history))
    if not yes:
        if not is_interactive():
            raise UsageError(
                "import asks before it reads your histories, and nobody is there.",
                next_step="Add --yes, or name the paths.",
            )
        if not click.confirm("Read them? They stay on this machine.", err=True, default=True):
            return []
    return [Path(path) for history in histories for path in history.paths]


def described(history: History) -> str:
    size = f"{history.size_bytes / 1e6:.1f} MB"
    return f"Found {history.client}: {count(len(history.paths), 'file')}, {size} in {history.place}"


def _follow(
    homeostat: Homeostat, paths: list[Path], *, client: str | None, every: float, json_: bool
) -> None:
    """What is new, round by round, until somebody interrupts; nothing is lost by that."""
    followed = homeostat.following(paths)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell told us to ignore them
        signal.signal(number, signal.default_int_handler)
    say("Following; Ctrl-C ends it.")
    try:
        while True:
            if changed := followed.changed():
                done = homeostat.import_files(changed, client=client)
                if json_:
                    put_json_lines([done])
                elif done.events or done.problems:
                    _tell_round(done)
                sys.stdout.flush()
            sleep(every)
    except KeyboardInterrupt:
        say("Ended. The next import goes on from here.")


def _tell_round(done: Imported) -> None:
    if done.events:
        put(f"{count(done.events, 'new event')}; {count(done.runs, 'run')} known.")
    for problem in done.problems:
        if problem.reason == UNFINISHED:
            continue  # somebody is writing it: the next round reads it
        where = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
        say(plain(f"left out: {where}: {problem.reason}"))


def _tell(done: Imported) -> None:
    new = f"{count(done.events, 'new event')} from {count(done.lines, 'line')}"
    files = f"{count(done.files, 'file')} ({done.unchanged} unchanged)"
    put(f"{files}: {new}. {count(done.runs, 'run')} known.")
    if done.foreign:
        foreign = count(len(done.foreign), "file")
        say(plain(f"Not a known history: {foreign} ({done.foreign[0]} ...)"))
    if not (done.files or done.foreign or done.problems):
        say("No files were found there that could be histories.")
    shown = SHOWN_PROBLEMS if sys.stderr.isatty() else len(done.problems)
    for problem in done.problems[:shown]:
        where = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
        say(plain(f"left out: {where}: {problem.reason}"))
    if len(done.problems) > shown:
        say(f"and {len(done.problems) - shown} more; all of them: the same command with --json")
    if done.runs:
        say("See what fails: homeostat dashboard")


@contextmanager
def progress_bar(
    paths: list[Path], names: Sequence[str] = ("*",), *, wanted: bool
) -> Generator[Callable[[Progress], None]]:
    """A progress bar on a terminal; nothing in a pipe. `names`: of the files below folders."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console  # only for people who watch
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    total = sum(_size(path, names) for path in paths)
    # Without a thread of its own: the import may start a process, and that likes none.
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("reading", total=total)
        before: dict[str, int] = {}

        def told(step: Progress) -> None:
            # Offsets in a packed file are of its unpacked bytes; never go past its size.
            done = min(step.read_bytes, step.size_bytes)
            bar.advance(task, max(0, done - before.get(step.path, 0)))
            before[step.path] = max(done, before.get(step.path, 0))
            bar.refresh()

        yield told


def _size(place: Path, names: Sequence[str]) -> int:
    return sum(path.stat().st_size for path in files_below(place, [], names) if path.is_file())
