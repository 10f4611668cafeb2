"""Who is to blame in runs that failed: the rule of `analyze` on files of conversations."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from homeostat.analyze.attribution import blame
from homeostat.loop.finding import file_name, files_below
from homeostat.model.errors import SourceError
from homeostat.model.files import Problem
from homeostat.model.ports import UnreadableLineError
from homeostat.monitor.conversations import conversations

NAMES = ("*.json",)


class Blamed(msgspec.Struct, frozen=True, kw_only=True):
    file: str
    """With `#<task>` behind it where a file holds several runs."""
    agent: str
    step: int
    """0-based place among the messages of the run."""


def blamed(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Blamed]:
    """A guess for each run that is not known to have come out well.

    Files that hold no conversation are passed over; what cannot be read is added to `problems`.
    """
    for place in paths:
        for path in files_below(place, problems, NAMES):
            name = file_name(path)
            try:
                yield from _in_file(path, name)
            except (SourceError, UnreadableLineError) as error:
                problems.append(Problem(path=name, line=None, reason=str(error)))
            except OSError as error:
                reason = error.strerror or str(error)
                problems.append(Problem(path=name, line=None, reason=reason))


def _in_file(path: Path, name: str) -> Iterator[Blamed]:
    for run in conversations(path):
        if found := blame(run.messages):
            file = f"{name}#{run.name}" if run.name else name
            yield Blamed(file=file, agent=found.agent, step=found.step)
