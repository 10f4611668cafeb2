"""Failures that rose together are one incident: one thing broke, and many calls show it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import msgspec

from homeostat.model.pattern import FailedRun
from homeostat.model.signature import ErrorClass

COMMON_RUNS = 5
"""Two patterns hang together if so many runs have both,"""
OVERLAP = 0.5
"""and at least this share of the rarer one's runs."""
HOUR_NS = 3_600_000_000_000
TOGETHER = 0.6
"""Of the failures of two patterns with one outer cause, the share that falls into common hours."""
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
    failed: Sequence[FailedRun], classes: Mapping[str, str], new: Collection[str] = ()
) -> list[Together]:
    """Groups of at least two patterns, those with the most runs first.

    `classes` gives each pattern's error class; `new` are those never seen before. The order of
    `failed` does not matter.
    """
    by_signature: defaultdict[str, list[FailedRun]] = defaultdict(list)
    for item in failed:
        by_signature[item.signature].append(item)
    ranked = sorted(by_signature, key=lambda name: (-len(by_signature[name]), name))
    kept = ranked[:MOST_COMPARED]
    group = {name: name for name in kept}

    def root(name: str) -> str:
        while group[name] != name:
            group[name] = group[group[name]]
            name = group[name]
        return name

    runs = {name: {item.run for item in by_signature[name]} for name in kept}
    hours = {name: _hours(by_signature[name]) for name in kept if classes.get(name) in OUTER}
    begun = {name: _beginning(hours[name]) for name in hours if name in new}
    for one, other in combinations(kept, 2):
        if (
            _share_runs(runs[one], runs[other])
            or _share_hours(hours.get(one), hours.get(other))
            or _began_together(begun.get(one), begun.get(other))
        ):
            first, second = sorted((root(one), root(other)))
            group[second] = first
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name in kept:
        members[root(name)].append(name)
    found = [
        _together({name: by_signature[name] for name in names}, [runs[name] for name in names])
        for names in members.values()
        if len(names) > 1
    ]
    return sorted(found, key=lambda item: (-item.runs, -item.failures, item.signatures))


def _share_runs(one: set[int], other: set[int]) -> bool:
    common = len(one & other)
    return common >= COMMON_RUNS and common >= OVERLAP * min(len(one), len(other))


class _Hours(NamedTuple):
    """When a pattern failed."""

    counts: Mapping[int, int]
    total: int


def _share_hours(one: _Hours | None, other: _Hours | None) -> bool:
    if not one or not other or min(one.total, other.total) < COMMON_RUNS:
        return False
    common = one.counts.keys() & other.counts.keys()
    return all(
        sum(map(hours.counts.__getitem__, common)) >= TOGETHER * hours.total
        for hours in (one, other)
    )


def _beginning(hours: _Hours) -> int | None:
    """When a pattern that came often began; `None` for a rare one."""
    return min(hours.counts) * HOUR_NS if hours.total >= OFTEN else None


def _began_together(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= BEGAN_WITHIN_NS


def _hours(items: Sequence[FailedRun]) -> _Hours:
    counts: Counter[int] = Counter()
    for item in items:
        counts[item.first_at // HOUR_NS] += item.failures
    return _Hours(counts, counts.total())


def _together(failed: Mapping[str, Sequence[FailedRun]], runs: Iterable[set[int]]) -> Together:
    first = {name: min(item.first_at for item in items) for name, items in failed.items()}
    return Together(
        signatures=tuple(sorted(first, key=lambda name: (first[name], name))),
        failures=sum(item.failures for items in failed.values() for item in items),
        runs=len(set[int]().union(*runs)),
        began_at=min(first.values()),
        ended_at=max(item.last_at for items in failed.values() for item in items),
    )
