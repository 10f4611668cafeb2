"""Which files may be histories: below a folder, and where the clients keep theirs."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from homeostat.loop.guarded import names_of
from homeostat.model.files import PACKED, Problem, unpacked
from homeostat.model.ports import Source

BESIDE = "*.meta.json"
"""Small files that belong to another one."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The histories of one client that were found on this machine."""

    client: str
    place: str
    """The folder, as a person would write it."""
    paths: tuple[str, ...]
    size_bytes: int


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """What can be read: a source that comes with homeostat, a plug-in, or one of the settings."""

    name: str
    names: tuple[str, ...]
    """How its files may be called."""
    homes: tuple[str, ...]


def formats(found: Mapping[str, Source]) -> list[Format]:
    return [
        Format(name=name, names=tuple(names_of(source)), homes=tuple(source.homes))
        for name, source in sorted(found.items())
    ]


def names(found: Iterable[Source]) -> tuple[str, ...]:
    """How files of these sources may be called."""
    return tuple(dict.fromkeys(name for source in found for name in names_of(source)))


def histories(
    found: Iterable[Source], home: Path, environment: Mapping[str, str]
) -> Iterator[History]:
    """What the clients keep on this machine; a variable that moves a folder is obeyed."""
    for source in found:
        moved = [home for home in source.homes if home.startswith("$")]
        kept = [home for home in source.homes if home not in moved]
        places = [_base(pattern, home, environment) for pattern in moved]
        if not any(base for base, _ in places):
            places = [_base(pattern, home, environment) for pattern in kept]
        there = [(base, below) for base, below in places if base and base.is_dir()]
        paths = sorted({path for base, below in there for path in _matching(base, below)})
        if paths:
            yield History(
                client=source.client,
                place=os.path.commonpath([path.parent for path in paths]),
                paths=tuple(map(str, paths)),
                size_bytes=sum(path.stat().st_size for path in paths),
            )


def _matching(base: Path, below: str) -> set[Path]:
    patterns = (below, *(below + ending for ending in PACKED))
    return {path for pattern in patterns for path in base.glob(pattern) if path.is_file()}


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


def file_name(path: Path) -> str:
    """The path as a terminal can have it; bytes that are no UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def files_below(
    place: Path, problems: list[Problem], patterns: Sequence[str] = Source.names
) -> Iterator[Path]:
    """The files below a folder that fit a pattern, in a stable order; a file is itself.

    Folders that cannot be opened are added to `problems`.
    """
    if not place.is_dir():
        yield place
        return

    def refused(error: OSError) -> None:
        where = file_name(Path(error.filename or place))
        problems.append(Problem(path=where, line=None, reason=error.strerror or str(error)))

    for folder, folders, found in os.walk(place, onerror=refused):
        folders.sort()
        for path in (Path(folder) / name for name in sorted(found) if _fits(name, patterns)):
            if path.is_file() or path.is_symlink():
                yield path


def _fits(name: str, patterns: Sequence[str]) -> bool:
    name = unpacked(name)
    return any(fnmatchcase(name, pattern) for pattern in patterns) and not fnmatchcase(name, BESIDE)
