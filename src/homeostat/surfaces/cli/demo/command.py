"""demo: the main job on a sample or on this machine's histories, then the judge on trial."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec
from msgspec import structs

from homeostat.loop import wiring
from homeostat.loop.service import Homeostat
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.errors import HomeostatError, UsageError
from homeostat.model.rehearsal import Rehearsal
from homeostat.model.views import CallView, Dashboard
from homeostat.surfaces.cli.dashboard import calls_line, group_lines, model_errors_line, runs_line
from homeostat.surfaces.cli.demo import last_act, table_lines
from homeostat.surfaces.cli.demo.last_act import chosen_seed, rehearsal
from homeostat.surfaces.cli.importing import described, progress_bar
from homeostat.surfaces.cli.output import (
    as_json,
    count,
    duration,
    is_interactive,
    put,
    put_json,
    say,
    shortened,
    when,
)

WIDTH = 80


class DemoFailedError(HomeostatError):
    """A part of the demo did not work."""


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    is_sample: bool
    files: int
    dashboard: Dashboard
    last_act: Rehearsal | None = None


@click.command("demo")
@click.option("--sample", is_flag=True, help="Do not ask: show the sample.")
@click.option("--own", is_flag=True, help="Do not ask: read this machine's own histories.")
@click.option("--seed", type=click.IntRange(min=0), help="Of the simulated fleet in the last act.")
@click.option(
    "--trials",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="The last act of N seeds, counted.",
)
@as_json
@click.pass_obj
def demo(
    homeostat: Homeostat,
    *,
    sample: bool,
    own: bool,
    seed: int | None,
    trials: int | None,
    json_: bool,
) -> None:
    """See in under a minute what hurts, and whether a cure can be told from luck.

    First a sample, or your own histories. Then three changes on a simulated fleet: one helps, one
    does nothing, one harms. The truth is locked by a hash before the judge, a process that cannot
    see it, decides. What it gets wrong or cannot decide is shown as that.

    Everything happens in a temporary folder on this machine, without network, and is gone
    afterwards. Exit 1 if any part did not work; a wrong verdict is no such part.

    \b
    homeostat demo --seed 7
    homeostat demo --trials 400 --seed 1    # seeds 1 to 400: minutes
    """
    if sample and own:
        raise UsageError("--sample and --own exclude each other.", next_step="Say one of them.")
    if trials is not None:
        if sample or own:
            raise UsageError(
                "--trials has no sample and no histories.", next_step="Leave the other one out."
            )
        _count(trials, chosen_seed(seed, may_ask=not json_), json_=json_)
        return
    with TemporaryDirectory(prefix="homeostat-demo-") as folder:
        # Not on the server either that keeps what this person imports.
        here = {**homeostat.environment, "HOMEOSTAT_DATABASE_URL": ""}
        trial = wired(here, state=Path(folder) / "state")
        mine = [] if sample else _own(trial, asked=own)
        done = _run(trial, mine)
    if not json_:
        for line in lines(done):
            put(f"sample  {line}" if done.is_sample else line)
    seed = chosen_seed(seed, may_ask=not json_)
    last = rehearsal(homeostat, seed, tell=say if json_ else put)
    if json_:
        put_json([structs.replace(done, last_act=last)])
        return
    for line in last_act.lines(last):
        put(line)


def _count(seeds: int, first_seed: int, *, json_: bool) -> None:
    """The last act of many seeds, in one table."""
    from homeostat.loop.rehearsal import table

    with last_act.seed_bar(seeds) as progress:
        found = table.table(seeds, first_seed, wiring.chance, progress)
    if json_:
        put_json([found])
        return
    for line in table_lines.lines(found):
        put(line)


def _own(trial: Homeostat, *, asked: bool) -> list[Path]:
    """This machine's histories, if the person wants that; nobody there means no."""
    found = trial.histories()
    if not found or not (asked or is_interactive()):
        return []
    if not asked:
        for history in found:
            say(described(history))
        question = "Read them now, here and only here? (no: a sample that comes with homeostat)"
        if not click.confirm(question, default=False, err=True):
            return []
    return [Path(path) for history in found for path in history.paths]


def _run(trial: Homeostat, mine: list[Path]) -> Demo:
    """Import, judge, count, check. Raises `DemoFailedError` for a part that did not work."""
    with _sample() as sample, progress_bar(mine, wanted=bool(mine)) as progress:
        done = trial.import_files(mine or [sample], progress=progress)
    if not done.events or (not mine and done.problems):
        problem = done.problems[0].reason if done.problems else "nothing was read"
        raise DemoFailedError(f"the import failed: {problem}.", next_step="Please report this.")
    if faults := trial.check():
        raise DemoFailedError(f"the store is not sound: {faults[0]}", next_step="Please report.")
    dashboard = trial.dashboard()
    if not dashboard.totals.calls:
        raise DemoFailedError("no call was found.", next_step="Please report this.")
    return Demo(is_sample=not mine, files=done.files, dashboard=dashboard)


@contextmanager
def _sample() -> Generator[Path]:
    with as_file(files("homeostat.surfaces.cli.demo") / "sample") as folder:
        yield Path(os.fspath(folder))


def lines(done: Demo) -> list[str]:
    """Under 25 lines: what hurts, then the next three commands."""
    found, totals = done.dashboard, done.dashboard.totals
    said = [
        f"{count(done.files, 'file')} read: {runs_line(totals)}",
        calls_line(totals),
        *model_errors_line(totals),
    ]
    if found.costliest:
        said += ["", "What costs most, until it worked again:"]
        for group in found.costliest[:2]:
            said += [shortened(line, WIDTH - 8) for line in group_lines(group)]
    said += ["", *_hidden(found.masked, totals.masked)]
    said += _slow(found)
    said += _since(found)
    if found.leaks:
        said.append(
            f"Secrets printed by the agent: {found.leaks[0].type}, taken out before storing"
        )
    said += [
        "",
        "Read your own histories        homeostat import",
        "See what costs most            homeostat errors",
        "See one of them in full        homeostat show S-....",
    ]
    return said


def _hidden(masked: tuple[CallView, ...], total: int) -> list[str]:
    if not total:
        return ["No call was called ok that was not."]
    shown = [f"  {call.tool}: {call.command}" for call in masked[:1]]
    return [f"Called ok, but were not: {count(total, 'call')}", *(shortened(s, 72) for s in shown)]


def _slow(found: Dashboard) -> list[str]:
    if not found.hooks:
        return ["No hook times in these histories."]
    total = sum(hook.total_ms for hook in found.hooks)
    worst = found.hooks[0]
    mean = duration(worst.total_ms // worst.times)
    return [f"Slows: your hooks, {duration(total)} in all; {worst.event} takes {mean} each time"]


def _since(found: Dashboard) -> list[str]:
    """Faults by client version, where more than one was seen."""
    if not found.versions:
        return ["The client's version is not in these histories."]
    parts = [
        f"{v.client} {v.version} since {when(v.first_at)}: {v.faults} of {v.calls}"
        for v in found.versions[-2:]
    ]
    return ["Faults by client version:", *(f"  {part}" for part in parts)]
