"""Units assigned at random, each by itself: the share test."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from homeostat.analyze.effect import evidence, looks, weights
from homeostat.analyze.effect.arms import merged, ratio_if_moved
from homeostat.analyze.effect.evidence import HARM, RatioInterval, Sums
from homeostat.analyze.effect.looks import Batch, Spending, Taken
from homeostat.analyze.effect.tally import POOL, SIBLING, UNCLEAR, UNITS, Tally
from homeostat.model.trial_sums import Before, Cell, Counts

_UNEVEN = (0.8, 1.25)
"""Rate ratios of all units that would tell of an assignment that is not as declared."""
BROKEN = 1000.0
"""E-value from which on it is not: a fair one gets there once in a thousand trials, at most."""


class RandomUnits:
    """What the sums of a canary say. Shares may differ: each unit is judged at its own."""

    def __init__(
        self, tally: Tally, before: Mapping[str, Mapping[str, Before]], *, horizon: int
    ) -> None:
        self._tally = tally
        self._before = before
        self._horizon = horizon
        self._until = {name: _by_day(counts) for name, counts in tally.counts.items()}

    def sums(self, stream: str, day: int, *, since: int = 0) -> tuple[Sums, ...]:
        """By share, of what came after `since` up to the end of `day`."""
        until = self._until.get(stream, _NEVER)
        last = len(until) - 1
        found, before = (until[max(0, min(at, last))] for at in (day, since))
        if not before:
            return found
        known = {share: (treated, total) for share, treated, total in before}
        added = (
            Sums(share, treated - known.get(share, _NONE)[0], total - known.get(share, _NONE)[1])
            for share, treated, total in found
        )
        return tuple(sums for sums in added if sums.total)

    def seen(self, stream: str, day: int) -> Sums:
        return merged(self.sums(stream, day))

    def log_harm(self, stream: str, day: int) -> float:
        return evidence.log_e(self.sums(stream, day), HARM)

    def log_likelihood(self, stream: str, ratio: float, *, since: int, day: int) -> float:
        return evidence.log_likelihood(self.sums(stream, day, since=since), ratio)

    def taken(
        self, stream: str, days: Sequence[int], *, horizon: int, spending: Spending
    ) -> tuple[Taken, ...]:
        weigh = self._weights(stream)
        counts = self._tally.counts.get(stream, {})
        edges = (0, *days)
        plan = [
            (day / horizon, _batches(counts, weigh, since=since, day=day))
            for since, day in zip(edges, days, strict=False)
        ]
        return looks.taken(plan, spending)

    def fits_moved(self, sibling: str, day: int) -> bool:
        target, both = self.seen(UNCLEAR, day), self.seen(sibling, day)
        own = Sums(target.share, both.treated - target.treated, both.total - target.total)
        ratio = ratio_if_moved(target, own)
        return ratio is not None and evidence.log_likelihood([own], ratio) > 0

    def interval(self, day: int) -> RatioInterval | None:
        sums = self.sums(UNCLEAR, day)
        return evidence.interval(sums) if sums else None

    def has_broken(self, day: int) -> str:
        """Of all units, of each agent's, and of the days one by one.

        Three bets with a third of the stake each, so that together they are one.
        """
        cells = [
            (cell, Sums(cell.share, treated, control + treated))
            for cell, (control, treated) in self._tally.counts[UNITS].items()
            if cell.day <= day
        ]
        agents: dict[str, list[Sums]] = {}
        days: dict[int, list[Sums]] = {}
        for cell, sums in cells:
            agents.setdefault(cell.stratum, []).append(sums)
            days.setdefault(cell.day, []).append(sums)
        bets = [
            (1 / 3, evidence.log_e([sums for _, sums in cells], _UNEVEN)),
            *((1 / 3 / len(agents), evidence.log_e(own, _UNEVEN)) for own in agents.values()),
            (1 / 3, sum(evidence.log_e(own, _UNEVEN) for own in days.values())),
        ]
        treated, total = merged([sums for _, sums in cells])[1:]
        if evidence.log_mixed(bets) < evidence.log_of(BROKEN):
            return ""
        return f"{treated} of {total} units had the change: not the random part that was declared"

    def _weights(self, stream: str) -> "_Weights":
        if not (stream == POOL or stream.startswith(SIBLING)):
            return _Weights({}, 1)
        before = self._before.get(stream, {})
        units = sum(counts.target + counts.siblings for counts in before.values())
        steps = weights.steps(units * self._horizon / weights.BASELINE_DAYS)
        return _Weights(
            weights.weights(before, steps=steps), weights.of_unseen(before, steps=steps)
        )


class _Weights(NamedTuple):
    known: Mapping[str, int]
    unseen: int


def _batches(counts: Counts, weigh: _Weights, *, since: int, day: int) -> list[Batch]:
    return [
        Batch(_weight(cell, weigh), cell.share, treated, control + treated)
        for cell, (control, treated) in counts.items()
        if since < cell.day <= day
    ]


def _weight(cell: Cell, weigh: _Weights) -> int:
    return weigh.known.get(cell.stratum, weigh.unseen)


def _by_day(counts: Counts) -> Sequence[tuple[Sums, ...]]:
    """What was known at the end of each day, by share: a verdict asks for most of the days."""
    days: dict[int, list[Sums]] = {}
    for cell, (control, treated) in counts.items():
        days.setdefault(cell.day, []).append(Sums(cell.share, treated, control + treated))
    found = list(_NEVER)
    known: dict[float, tuple[int, int]] = {}
    for day in range(1, max(days, default=0) + 1):
        for share, treated, total in days.get(day, ()):
            before = known.get(share, _NONE)
            known[share] = before[0] + treated, before[1] + total
        found.append(tuple(Sums(share, *known[share]) for share in sorted(known)))
    return found


_NONE = (0, 0)
_NEVER: Sequence[tuple[Sums, ...]] = ((),)
