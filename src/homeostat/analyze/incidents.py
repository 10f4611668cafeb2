"""Failures that rose together are one incident: one thing broke, and many calls show it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import msgspec

from homeostat.analyze.distributions import beta_cdf
from homeostat.model.pattern import FailedRuns
from homeostat.model.signature import ErrorClass

COMMON_RUNS = 5
"""Two patterns hang together if so many runs have both,"""
OVERLAP = 0.5
"""and at least this share of the rarer one's runs."""
HOUR_NS = 3_600_000_000_000
TOGETHER = 0.6
"""Of the failures of two patterns with one outer cause, the share that falls into common hours."""
BY_CHANCE = 0.05
"""That any pair of all hangs together so by chance alone."""
BEGAN_WITHIN_NS = 24 * HOUR_NS
OFTEN = 10
"""Two such patterns that nobody saw before are one incident if each came so often, and they began
within a day of one another."""
OUTER = frozenset(
    {
        ErrorClass.SERVER_ERROR, ErrorClass.OVERLOADED, ErrorClass.RATE_LIMIT, ErrorClass.QUOTA,
        ErrorClass.CONNECTION, ErrorClass.TLS, ErrorClass.AUTH, ErrorClass.TIMEOUT,
        ErrorClass.SERVER_CRASHED, ErrorClass.DISK_FULL, ErrorClass.DEPENDENCY,
        ErrorClass.IMPORT_ERROR, ErrorClass.COMMAND_NOT_FOUND, ErrorClass.CONFIG_MISSING,
    }
)  # fmt: skip
"""Classes whose cause lies outside the call: several tools may meet it at once."""
MOST_COMPARED = 100
"""Patterns, the most frequent ones: each is compared with each."""


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns of one incident, the earliest first."""

    signatures: tuple[str, ...]
    failures: int
    runs: int
    began_at: int
    ended_at: int


def incidents(
    failed: Sequence[FailedRuns],
    *,
    new: Collection[str],
    said: Mapping[str, str],
    runs: int,
    hours: int,
) -> list[Together]:
    """Groups of at least two patterns, those with the most runs first.

    `runs` and `hours` are all in which they could have met, whether anything failed or not: what
    fails in every second run meets by chance. The `hours` of a pattern are only looked at where
    its class is of `OUTER`: leave them out of others. `new` are patterns never seen before. `said`
    are the words of such patterns of `OUTER` of which it is not known when they were. The order of
    `failed` does not matter.
    """
    ranked = sorted(failed, key=lambda item: (-len(item.runs), item.signature))[:MOST_COMPARED]
    group = {item.signature: item.signature for item in ranked}

    def root(name: str) -> str:
        while group[name] != name:
            group[name] = group[group[name]]
            name = group[name]
        return name

    often = sum(len(item.runs) >= COMMON_RUNS for item in ranked)
    chance = _Chance(runs=runs, hours=hours, pairs=max(1, often * (often - 1) // 2))
    begun = {item.signature: _beginning(item) for item in ranked if item.signature in new}
    for one, other in combinations(ranked, 2):
        if root(one.signature) != root(other.signature) and (
            _share_runs(one.runs, other.runs, chance)
            or _share_hours(one, other, chance)
            or _began_together(begun.get(one.signature), begun.get(other.signature))
            or said.get(one.signature, one.signature) == said.get(other.signature)
        ):
            first, second = sorted((root(one.signature), root(other.signature)))
            group[second] = first
    members: defaultdict[str, list[FailedRuns]] = defaultdict(list)
    for item in ranked:
        members[root(item.signature)].append(item)
    found = [_together(items) for items in members.values() if len(items) > 1]
    return sorted(found, key=lambda item: (-item.runs, -item.failures, item.signatures))


class _Chance(NamedTuple):
    """What could have met, and how many pairs are compared."""

    runs: int
    hours: int
    pairs: int


def _share_runs(one: frozenset[int], other: frozenset[int], chance: _Chance) -> bool:
    less, more = sorted((len(one), len(other)))
    if less < COMMON_RUNS:
        return False
    common = len(one & other)
    if common < COMMON_RUNS or common < OVERLAP * less:
        return False
    return _is_beyond(common, less, more / max(chance.runs, 1), chance.pairs)


def _share_hours(one: FailedRuns, other: FailedRuns, chance: _Chance) -> bool:
    if not one.hours or not other.hours or min(one.failures, other.failures) < COMMON_RUNS:
        return False
    common = one.hours.keys() & other.hours.keys()
    if any(
        sum(map(item.hours.__getitem__, common)) < TOGETHER * item.failures for item in (one, other)
    ):
        return False
    less, more = sorted((len(one.hours), len(other.hours)))
    return _is_beyond(len(common), less, more / max(chance.hours, 1), chance.pairs)


def _is_beyond(common: int, of: int, share: float, pairs: int) -> bool:
    """Whether so many `of` the rarer ones meet the other, which stands in that `share` of all.

    Binomial upper tail, times the pairs (Bonferroni).
    """
    if common <= share * of:
        return False  # no more than is to be expected; most pairs end here
    return beta_cdf(share, common, of - common + 1) * pairs < BY_CHANCE


def _beginning(item: FailedRuns) -> int | None:
    """The hour in which a pattern that came often began; `None` for a rare one."""
    return min(item.hours) * HOUR_NS if item.hours and item.failures >= OFTEN else None


def _began_together(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= BEGAN_WITHIN_NS


def _together(items: Sequence[FailedRuns]) -> Together:
    ordered = sorted(items, key=lambda item: (item.first_at, item.signature))
    return Together(
        signatures=tuple(item.signature for item in ordered),
        failures=sum(item.failures for item in items),
        runs=len(frozenset[int]().union(*(item.runs for item in items))),
        began_at=ordered[0].first_at,
        ended_at=max(item.last_at for item in items),
    )
