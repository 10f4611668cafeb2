"""What homeostat did itself, for whoever looks later: JSON Lines in the state folder.

Never an input: nothing below the state folder is imported. Ids, counts and kinds alone enter it: no
text, no name and no path, so that there is nothing in it to forget.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import get_args

import msgspec

from homeostat.knowledge.state_folder import LOG
from homeostat.model.ports import Clock
from homeostat.model.settings import LogLevel

OLDER = f"{LOG}.1"
MOST_BYTES = 5_000_000
"""Then a new file is begun; the one before it is kept."""
_LEVELS = get_args(LogLevel)


class OwnLog(msgspec.Struct, frozen=True, kw_only=True):
    """One line an event, with what is known of it. A log that cannot be written stops nothing."""

    state: Path
    level: LogLevel
    clock: Clock

    def failed(self, event: str, **facts: object) -> None:
        self._write("error", event, facts)

    def changed(self, event: str, **facts: object) -> None:
        """Every change that somebody asked for."""
        self._write("warning", event, facts)

    def left_out(self, event: str, **facts: object) -> None:
        self._write("warning", event, facts)

    def done(self, event: str, **facts: object) -> None:
        """Work that changes nothing of what a person said."""
        self._write("info", event, facts)

    def asked(self, event: str, **facts: object) -> None:
        self._write("debug", event, facts)

    def _write(self, level: LogLevel, event: str, facts: dict[str, object]) -> None:
        if _LEVELS.index(level) > _LEVELS.index(self.level):
            return
        line = {"at": self.clock.now(), "level": level, "event": event, "pid": os.getpid()} | facts
        try:
            place = self._opened(self.state / LOG)
            try:
                os.write(place, msgspec.json.encode(line) + b"\n")  # whole: others may write too
            finally:
                os.close(place)
        except OSError:
            return

    def _opened(self, path: Path) -> int:
        """For its owner alone; through no link."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        place = os.open(path, flags, 0o600)
        if os.fstat(place).st_size <= MOST_BYTES:
            return place
        try:
            # One of those who find it full moves it: the next would put the new one in its place.
            fcntl.flock(place, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(path.lstat(), os.fstat(place)):
                    path.replace(self.state / OLDER)
        finally:
            os.close(place)
        return os.open(path, flags, 0o600)
