"""Files that are followed: which of them changed since they were last looked at."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from homeostat.loop.finding import files_below
from homeostat.loop.place import extent
from homeostat.model.files import Problem


class Followed:
    """Looks at sizes and times only: a round in which nothing happened opens no file."""

    def __init__(self, places: Callable[[], Iterable[Path]], patterns: Sequence[str]) -> None:
        self._places = places
        self._patterns = patterns
        self._known: dict[Path, tuple[int, int]] = {}

    def changed(self) -> list[Path]:
        """Files that are new or changed since this was last asked; at first all of them."""
        found: list[Path] = []
        nowhere: list[Problem] = []
        for place in self._places():
            for path in files_below(place, nowhere, self._patterns):
                try:
                    now = extent(path)
                except OSError:
                    continue  # gone meanwhile
                if self._known.get(path) != now:
                    self._known[path] = now
                    found.append(path)
        return found
