"""What makes a day's failures many or few although nobody changed anything."""

import math

from homeostat.loop.rehearsal.draws import between, normal
from homeostat.model.ports import Chance

MEMORY = 0.6
"""Of a day's deviation in the next."""
OWN, SHARED = 0.25, 0.12
"""Standard deviation of the logarithm, of one failure's days and of all failures' together."""
DRIFT = 0.04
"""A day, of the level itself; it does not come back."""
BURSTS = 0.012
"""A day and failure: something breaks elsewhere."""
STRONGEST, WEAKEST = 6.0, 2.0
SHORT = 0.75
"""Of the bursts; they last 1 to 4 days. The others last 10 to 30: somebody has to repair it."""


class Weather:
    """Levels of failures from day to day; 1 is as usual."""

    def __init__(self, failures: int, chance: Chance) -> None:
        self._chance = chance
        self._shared = SHARED * normal(chance)
        self._own = [OWN * normal(chance) for _ in range(failures)]
        self._level = [0.0] * failures
        self._burst = [1.0] * failures
        self._days_left = [0.0] * failures

    def next(self) -> tuple[float, ...]:
        """The levels of the next day."""
        self._shared = self._swung(self._shared, SHARED)
        for index, own in enumerate(self._own):
            self._own[index] = self._swung(own, OWN)
            self._level[index] += DRIFT * normal(self._chance)
            self._break(index)
        return tuple(
            math.exp(self._shared + own + level) * burst
            for own, level, burst in zip(self._own, self._level, self._burst, strict=True)
        )

    def _swung(self, before: float, spread: float) -> float:
        new = math.sqrt(1 - MEMORY * MEMORY) * spread
        return MEMORY * before + new * normal(self._chance)

    def _break(self, index: int) -> None:
        chance = self._chance
        self._days_left[index] -= 1
        if self._days_left[index] > 0:
            return
        self._burst[index] = 1.0
        if chance.random() < BURSTS:
            self._burst[index] = between(chance, WEAKEST, STRONGEST)
            is_short = chance.random() < SHORT
            self._days_left[index] = between(chance, 1, 4) if is_short else between(chance, 10, 30)
