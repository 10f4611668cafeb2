"""Extensions, found by entry point; what was found is kept, because looking costs 50 ms."""

import sys
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import cast

import msgspec

from homeostat.model.ports import Source

SOURCES = "homeostat.sources"


class _Cache(msgspec.Struct):
    stamp: str
    entries: dict[str, dict[str, str]]


class Registry:
    """The extensions of this installation."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self.broken: dict[str, str] = {}
        """What could not be loaded, and why, after it was asked for."""

    def sources(self) -> Mapping[str, Source]:
        """Name -> source, of those that can be loaded."""
        loaded: dict[str, Source] = {}
        for name, value in sorted(self._entries(SOURCES).items()):
            try:
                loaded[name] = _source(_loaded(value))
            except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's code
                self.broken[name] = f"the extension {name} ({value}) cannot be loaded: {error!r}"
        return loaded

    def _entries(self, group: str) -> dict[str, str]:
        stamp = _stamp()
        try:
            cache = msgspec.json.decode(self._cache.read_bytes(), type=_Cache)
        except (OSError, msgspec.MsgspecError):
            cache = _Cache("", {})
        if cache.stamp != stamp or group not in cache.entries:
            entries = cache.entries if cache.stamp == stamp else {}
            cache = _Cache(stamp, entries | {group: _looked_up(group)})
            self._keep(cache)
        return cache.entries[group]

    def _keep(self, cache: _Cache) -> None:
        part = self._cache.with_suffix(".part")
        try:
            part.touch(mode=0o600)
            part.write_bytes(msgspec.json.encode(cache))
            part.replace(self._cache)
        except OSError:
            return  # slower next time, nothing else


def _looked_up(group: str) -> dict[str, str]:
    from importlib.metadata import entry_points  # noqa: PLC0415  # what the cache is there to avoid

    return {entry.name: entry.value for entry in entry_points(group=group)}


def _stamp() -> str:
    """Changes whenever something was installed or removed on the import path."""
    parts = [sys.prefix]
    for place in sys.path:
        try:
            parts.append(f"{place}:{Path(place).stat().st_mtime_ns}")
        except OSError:
            continue
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _source(found: object) -> Source:
    """Raises `TypeError` for what is no source."""
    homes = getattr(found, "homes", None)
    if not isinstance(getattr(found, "client", None), str) or isinstance(homes, str):
        raise TypeError("it is no source: client must be a text, homes a sequence of texts")
    if not all(isinstance(home, str) for home in cast("Iterable[object]", homes)):
        raise TypeError("it is no source: homes must be texts")
    for method in ("recognises", "reader"):
        if not callable(getattr(found, method, None)):
            raise TypeError(f"it is no source: it has no method {method}")
    return cast("Source", found)


def _loaded(value: str) -> object:
    module, _, attribute = value.partition(":")
    return getattr(import_module(module), attribute)
