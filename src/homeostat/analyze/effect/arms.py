"""What every randomised design answers, whichever coin decided."""

from collections.abc import Sequence
from typing import Protocol

from homeostat.analyze.effect.evidence import RatioInterval, Sums
from homeostat.analyze.effect.looks import Spending, Taken

LASTING = 0.7
"""Rate ratio that the last week must not exceed, so that a cure that has ended is not told."""


class Arms(Protocol):
    """The two arms of a trial, as known after each day since the change."""

    def seen(self, stream: str, day: int) -> Sums:
        """Units with a yes up to the end of a day, with the share to expect of the treated."""
        ...

    def log_harm(self, stream: str, day: int) -> float:
        """Logarithm of the e-value against "no more with the change than without"."""
        ...

    def log_likelihood(self, stream: str, ratio: float, *, since: int, day: int) -> float:
        """Of a rate ratio over that of no effect, from what came after `since` up to `day`."""
        ...

    def taken(
        self, stream: str, days: Sequence[int], *, horizon: int, spending: Spending
    ) -> tuple[Taken, ...]:
        """The planned looks up to now at one stream; weighted, where it is one with siblings."""
        ...

    def fits_moved(self, sibling: str, day: int) -> bool:
        """Whether a sibling's numbers fit "it took all that fell" better than "as before".

        A rule, no guarantee: it halves the false claims of the gate (docs/verification.md).
        """
        ...

    def interval(self, day: int) -> RatioInterval | None:
        """Of the rate ratio of the target or unknown; `None` where none can be given."""
        ...

    def has_broken(self, day: int) -> str:
        """Why the assignment was not the one that was declared; empty where nothing shows."""
        ...


def merged(sums: Sequence[Sums]) -> Sums:
    """As one, with the mean share: for what is told, and for rules without a guarantee."""
    treated, total = sum(s.treated for s in sums), sum(s.total for s in sums)
    share = sum(s.share * s.total for s in sums) / total if total else 0.5
    return Sums(share, treated, total)


def ratio_if_moved(target: Sums, sibling: Sums) -> float | None:
    """Rate ratio of a sibling, had it taken all that fell; `None` where nothing was seen.

    `sibling` counts the units with that name and without the target.
    """
    p = target.share
    if not (0 < p < 1 and target.total and sibling.total):
        return None
    fell = max(0.0, (target.total - target.treated) / (1 - p) - target.treated / p)
    return 1 + fell / max(sibling.total - fell * p, 1.0)


def has_lasted(last_week: Sums) -> bool:
    """Whether the share of the last seven days alone is that of fewer failures."""
    p, treated, total = last_week
    return total > 0 and treated <= total * LASTING * p / (LASTING * p + 1 - p)
