"""Switchback: pairs of blocks in time, and a coin that says which one of a pair has the change.

Only the coin is random. Whatever the two blocks of a pair would have had, the coin gives it to the
change or to its absence with the same chance, so what failures do over time does not matter.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from homeostat.analyze.distributions import log_beta
from homeostat.analyze.effect import evidence, looks
from homeostat.analyze.effect.arms import merged, ratio_if_moved
from homeostat.analyze.effect.evidence import HARM, RatioInterval, Sums
from homeostat.analyze.effect.looks import Batch, Spending, Taken
from homeostat.analyze.effect.random_units import BROKEN
from homeostat.analyze.effect.tally import UNCLEAR, UNITS, Tally
from homeostat.model.trial_sums import Counts

SIZES = (4.0, 15.0, 60.0, 1000.0)
"""Of the beta-binomial, how alike two blocks of a pair may be: from bursts to nearly Poisson."""
SCORED_RATIO = 0.5
"""Rate ratio that the score of a pair is the evidence for; any would be exact."""
_SCORE_STEPS = 10
"""Of a score, for each unit of log likelihood: sums are whole numbers."""
_STRETCH = math.sqrt((1 + 1 / 8) * math.log(9 / 0.05**2))
"""3.03 standard errors: a normal-mixture confidence sequence (Robbins 1970), so that the interval
holds at any number of looks."""
_FEWEST_PAIRS, _FEWEST_FAILING = 6, 3
MOST_OVERLAPPING = 0.5
"""Part of the pairs that may have both arms in one block, and count nowhere."""
_ALWAYS_ONE_WAY = (0.1, 10.0)


class Pair(NamedTuple):
    known_on: int
    failing_treated: int
    failing_control: int
    treated: int
    control: int
    is_change_first: bool


class PairedBlocks:
    """What the sums of a switchback say, pair by pair."""

    def __init__(self, tally: Tally, *, block_hours: float) -> None:
        self._block_days = block_hours / 24
        units = _by_pair(tally.counts[UNITS], self._block_days)
        self._pairs = {
            stream: _pairs(units, _by_pair(counts, self._block_days), self._block_days)
            for stream, counts in tally.counts.items()
        }
        self._overlapping = sum(_arms_overlap(blocks) for blocks in units.values())

    def pairs(self, stream: str, day: int, *, since: int = 0) -> list[Pair]:
        """Those that were finished after `since` up to the end of `day`."""
        return [pair for pair in self._pairs.get(stream, ()) if since < pair.known_on <= day]

    def seen(self, stream: str, day: int) -> Sums:
        return _merged(self.pairs(stream, day))

    def log_harm(self, stream: str, day: int) -> float:
        return log_e(self.pairs(stream, day), HARM)

    def log_likelihood(self, stream: str, ratio: float, *, since: int, day: int) -> float:
        return _log_likelihood(self.pairs(stream, day, since=since), ratio)

    def taken(
        self, stream: str, days: Sequence[int], *, horizon: int, spending: Spending
    ) -> tuple[Taken, ...]:
        """The sum of scores of the pairs in which the change had the worse block."""
        plan = [
            (day / horizon, [_scored(pair) for pair in self.pairs(stream, day, since=since)])
            for since, day in zip((0, *days), days, strict=False)
        ]
        return looks.taken(plan, spending)

    def fits_moved(self, sibling: str, day: int) -> bool:
        target, both = self.pairs(UNCLEAR, day), self.pairs(sibling, day)
        own = [_without(one, other) for one, other in zip(both, target, strict=True)]
        ratio = ratio_if_moved(_merged(target), _merged(own))
        return ratio is not None and _log_likelihood(own, ratio) > 0

    def interval(self, day: int) -> RatioInterval | None:
        return interval(self.pairs(UNCLEAR, day))

    def has_broken(self, day: int) -> str:
        """A coin that shows one side only or turns regularly, or blocks with both arms."""
        if self._overlapping > MOST_OVERLAPPING * (self._overlapping + len(self._pairs[UNITS])):
            return f"{self._overlapping} pairs of blocks had the change and not within one block"
        pairs = [pair for pair in self.pairs(UNITS, day) if pair.treated and pair.control]
        firsts = [pair.is_change_first for pair in pairs]
        turns = [one is not other for one, other in pairwise(firsts)]
        bets = [
            (0.5, evidence.log_e([Sums(0.5, sum(toss), len(toss))], _ALWAYS_ONE_WAY))
            for toss in (firsts, turns)
        ]
        if evidence.log_mixed(bets) < evidence.log_of(BROKEN):
            return ""
        return f"the change had the first block in {sum(firsts)} of {len(firsts)} pairs: no coin"


def log_e(pairs: Iterable[Pair], ratios: Sequence[float]) -> float:
    """Logarithm of the e-value of the coins, spread over ratios and over likenesses of blocks."""
    kept = [pair for pair in pairs if pair.failing_treated + pair.failing_control]
    return evidence.log_mean_exp(
        [sum(_log_e_pair(pair, ratio, size) for pair in kept) for ratio in ratios for size in SIZES]
    )


@lru_cache(maxsize=50_000)
def _log_e_pair(pair: Pair, ratio: float, size: float) -> float:
    """2 L / (L + L'): how much better the coin that fell fits than the other side would."""
    other = _log_law(_turned(pair), ratio, size) - _log_law(pair, ratio, size)
    return math.log(2) - (
        other + math.log1p(math.exp(-other)) if other > 0 else math.log1p(math.exp(other))
    )


def _log_likelihood(pairs: Iterable[Pair], ratio: float) -> float:
    """With blocks as different as bursts make them: as Poisson they would tell too much."""
    return sum(_log_law(pair, ratio, SIZES[1]) - _log_law(pair, 1.0, SIZES[1]) for pair in pairs)


def _without(both: Pair, target: Pair) -> Pair:
    """A sibling's own units, of those with it or the target."""
    return both._replace(
        failing_treated=both.failing_treated - target.failing_treated,
        failing_control=both.failing_control - target.failing_control,
    )


def _turned(pair: Pair) -> Pair:
    """The same two blocks, had the coin shown its other side."""
    return pair._replace(
        failing_treated=pair.failing_control, failing_control=pair.failing_treated,
        treated=pair.control, control=pair.treated,
    )  # fmt: skip


def _log_law(pair: Pair, ratio: float, size: float) -> float:
    """Of the failing units of the treated block among both (beta-binomial), but for a constant."""
    if not (pair.treated and pair.control):
        return 0.0
    mean = pair.treated * ratio / (pair.treated * ratio + pair.control)
    a, b = size * mean, size * (1 - mean)
    return log_beta(pair.failing_treated + a, pair.failing_control + b) - log_beta(a, b)


@lru_cache(maxsize=50_000)
def _scored(pair: Pair) -> Batch:
    """A pair as one toss: its weight is what the toss can tell."""
    if not pair.failing_treated + pair.failing_control:
        return Batch(0, 0.5, 0, 0)
    fell, turned = (
        evidence.log_mean_exp([_log_law(side, SCORED_RATIO, size) for size in SIZES])
        for side in (pair, _turned(pair))
    )
    weight = round(_SCORE_STEPS * abs(fell - turned))
    return Batch(weight, 0.5, int(fell < turned), int(weight > 0))


def interval(pairs: Sequence[Pair]) -> RatioInterval | None:
    """Of the rate ratio, by linearisation over pairs; `None` below 6 pairs or 3 failures."""
    m = len(pairs)
    x_t, x_c = (sum(column) for column in list(zip(*pairs, strict=True))[1:3]) if m else (0, 0)
    if m < _FEWEST_PAIRS or min(x_t, x_c) < _FEWEST_FAILING:
        return None
    rate_t = x_t / sum(pair.treated for pair in pairs)
    rate_c = x_c / sum(pair.control for pair in pairs)
    squares = sum(
        (
            (pair.failing_treated - rate_t * pair.treated) / x_t
            - (pair.failing_control - rate_c * pair.control) / x_c
        ) ** 2
        for pair in pairs
    )  # fmt: skip
    half = _STRETCH * math.sqrt(m / (m - 1) * squares)
    ratio = rate_t / rate_c
    return RatioInterval(ratio, ratio * math.exp(-half), ratio * math.exp(half))


_Blocks = dict[int, dict[int, list[list[int]]]]
"""By pair, by block: (day, control, treated) of each cell."""


def _by_pair(counts: Counts, block_days: float) -> _Blocks:
    found: _Blocks = {}
    for cell, (control, treated) in counts.items():
        pair = cell.block // 2
        # A pair is judged once, with what was known when it ended: later news would come to the
        # first block more often than to the second.
        if cell.day <= _known_on(pair, block_days):
            blocks = found.setdefault(pair, {})
            blocks.setdefault(cell.block % 2, []).append([control, treated])
    return found


def _known_on(pair: int, block_days: float) -> int:
    return math.ceil((pair + 1) * 2 * block_days - 1e-9)


def _arms_overlap(blocks: Mapping[int, list[list[int]]]) -> bool:
    """Whether one block had both arms, or both blocks the same one."""
    arms = [(any(c for c, _ in cells), any(t for _, t in cells)) for cells in blocks.values()]
    return any(c and t for c, t in arms) or len(set(arms)) < len(arms)


def _pairs(units: _Blocks, failing: _Blocks, block_days: float) -> tuple[Pair, ...]:
    found: list[Pair] = []
    for number, blocks in sorted(units.items()):
        if _arms_overlap(blocks):
            continue
        control, treated = _total(blocks)
        failing_control, failing_treated = _total(failing.get(number, {}))
        found.append(
            Pair(
                known_on=_known_on(number, block_days),
                failing_treated=failing_treated,
                failing_control=failing_control,
                treated=treated,
                control=control,
                is_change_first=any(treated for _, treated in blocks.get(0, [])),
            )
        )
    return tuple(found)


def _total(blocks: Mapping[int, list[list[int]]]) -> tuple[int, int]:
    cells = [cell for of_block in blocks.values() for cell in of_block]
    return sum(control for control, _ in cells), sum(treated for _, treated in cells)


def _merged(pairs: Iterable[Pair]) -> Sums:
    """As one, with the part of the units as the share to expect."""
    return merged(
        [
            Sums(
                pair.treated / (pair.treated + pair.control),
                pair.failing_treated,
                pair.failing_treated + pair.failing_control,
            )
            for pair in pairs
        ]
    )
