"""Work that is tried again after another writer was faster, or the server went away."""

import time
from collections.abc import Callable
from typing import TypeVar

from homeostat.knowledge.dialect.port import LostError, RacedError

_T = TypeVar("_T")
RACES = 10
PAUSES_S = (0.2, 0.5, 1, 2, 4, 8, 15)
"""Between attempts to reach a server that went away: half a minute, as long as a restart takes."""


def repeated(work: Callable[[], _T], *, afresh: Callable[[], None] = lambda: None) -> _T:
    """`work` until it is done; it must be a whole transaction, and safe to give twice.

    `afresh` is called before each new attempt, to forget what the one before knew. Raises
    `RacedError` or `LostError` when patience ends.
    """
    races = losses = 0
    while True:
        try:
            return work()
        except RacedError:
            races += 1
            if races >= RACES:
                raise
        except LostError as error:
            if losses >= len(PAUSES_S):
                raise
            if not losses:
                import logging  # noqa: PLC0415  # it hardly ever does

                logging.getLogger(__name__).warning(
                    "the database went away (%s); trying again", error
                )
            time.sleep(PAUSES_S[losses])
            losses += 1
        afresh()
