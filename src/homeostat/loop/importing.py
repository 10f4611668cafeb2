"""Import of histories: which there are, and all of them into the store."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from homeostat.analyze.nature import judge
from homeostat.analyze.redact import Redactor
from homeostat.analyze.runs import settled
from homeostat.analyze.signature import sign
from homeostat.knowledge import connect, settle
from homeostat.knowledge.dialect import Connection
from homeostat.knowledge.ingest import Ingest
from homeostat.knowledge.keys import redaction_key
from homeostat.knowledge.queries.files import known_file
from homeostat.knowledge.samples import Kept
from homeostat.loop.intake import FileReport, FileState, Intake, Problem, files_below
from homeostat.loop.registry import Registry
from homeostat.model.errors import UsageError
from homeostat.model.ports import Clock, Judges, Source
from homeostat.model.settings import Settings
from homeostat.model.signature import Signature

REGISTRY = "registry.json"
CACHED_CHARACTERS = 2000
"""Bounds the memory of the cache: 2048 texts of at most this length."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The histories of one client that were found on this machine."""

    client: str
    place: str
    """The folder, as a person would write it."""
    paths: tuple[str, ...]
    size_bytes: int


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did. Something was left out where there are problems."""

    files: int
    unchanged: int
    foreign: tuple[str, ...]
    """Readable files of no known format, found in a folder."""
    lines: int
    events: int
    runs: int
    problems: tuple[Problem, ...]


class Progress(msgspec.Struct, frozen=True):
    """Told about each file: bytes read so far of its size."""

    path: str
    read_bytes: int
    size_bytes: int


def judges() -> Judges:
    """The pure functions of `analyze`, for ingestion."""
    return Judges(judge=judge, sign=_signed, settle=settled)


@lru_cache(maxsize=2048)
def _signed_once(tool: str, text: str, args: str) -> Signature:
    return sign(tool, text, args=args)


def _signed(tool: str, text: str, args: str) -> Signature:
    """An agent that tries again fails again with the same words: those are signed once."""
    if len(text) + len(args) > CACHED_CHARACTERS:
        return sign(tool, text, args=args)
    return _signed_once(tool, text, args)


def sources(state: Path) -> Mapping[str, Source]:
    return Registry(connect.folder(state) / REGISTRY).sources()


def histories(
    found: Iterable[Source], home: Path, environment: Mapping[str, str]
) -> Iterator[History]:
    """What the clients keep on this machine; a variable that moves a folder is obeyed."""
    for source in found:
        for pattern in source.homes:
            base, below = _base(pattern, home, environment)
            if base is None or not base.is_dir():
                continue
            paths = sorted(path for path in base.glob(below) if path.is_file())
            if paths:
                yield History(
                    client=source.client,
                    place=str(base),
                    paths=tuple(map(str, paths)),
                    size_bytes=sum(path.stat().st_size for path in paths),
                )
                break


def _base(pattern: str, home: Path, environment: Mapping[str, str]) -> tuple[Path | None, str]:
    """The fixed folders of a pattern, and the rest of it."""
    start, _, rest = pattern.partition("/")
    if start.startswith("$"):
        named = environment.get(start[1:])
        base = Path(named).expanduser() if named else None
    else:
        base, rest = home, pattern
    while base is not None and "*" not in rest.partition("/")[0] and "/" in rest:
        part, _, rest = rest.partition("/")
        base /= part
    return base, rest


def import_files(
    state: Path,
    clock: Clock,
    paths: Sequence[Path],
    settings: Settings,
    *,
    client: str | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Imported:
    """Take in files, and what lies below folders. Safe to repeat and to cut off at any moment."""
    found = sources(state)
    if client is not None and client not in found:
        raise UsageError(
            f'there is no format "{client}".', next_step=f"Formats: {', '.join(found)}, auto."
        )
    with connect.writing(connect.folder(state)) as connection:
        kept = Kept(samples=settings.samples_per_signature, days=settings.samples_whole_days)
        ingest = Ingest(connection, judges(), kept)
        intake = Intake(ingest, found, Redactor(redaction_key(state)), clock)
        problems: list[Problem] = []
        found_files = (path for place in paths for path in files_below(place, problems))
        with ingest.together():
            reports = list(_each(connection, intake, found_files, client=client, progress=progress))
        settle.settle(connection, settled)
        (runs,) = connection.execute(_RUNS).fetchone()
    return _summed(reports, int(runs), paths, problems)


_RUNS = "SELECT COUNT(*) FROM runs"


def _each(
    connection: Connection,
    intake: Intake,
    paths: Iterable[Path],
    *,
    client: str | None,
    progress: Callable[[Progress], None],
) -> Iterator[FileReport]:
    for path in paths:
        size = path.stat().st_size if path.exists() else 0

        def told(done: int, path: Path = path, size: int = size) -> None:
            progress(Progress(str(path), done, size))

        progress(Progress(str(path), 0, size))
        known = known_file(connection, str(path.absolute()))
        yield intake.read(path.absolute(), known, client=client, progress=told)
        progress(Progress(str(path), size, size))


def _summed(
    reports: Sequence[FileReport], runs: int, asked: Sequence[Path], refused: Sequence[Problem]
) -> Imported:
    """A file of no known format is a problem only where a person named it."""
    named = {str(path.absolute()) for path in asked}
    foreign = [r.path for r in reports if r.state is FileState.FOREIGN]
    problems = [*refused, *(problem for report in reports for problem in report.problems)]
    problems += [
        Problem(path=path, line=None, reason="of no known format")
        for path in foreign
        if path in named
    ]
    return Imported(
        files=len(reports) - len(foreign),
        unchanged=sum(r.state is FileState.UNCHANGED for r in reports),
        foreign=tuple(path for path in foreign if path not in named),
        lines=sum(r.lines for r in reports),
        events=sum(r.events for r in reports),
        runs=runs,
        problems=tuple(problems),
    )
