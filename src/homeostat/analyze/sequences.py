"""Which call follows which, what goes before a failure, who is started with whom, hot files.

From the calls of some runs, in order. Of a failure that goes with the call before it nothing says
that it is caused by it; it is told by run and within clients and agents (see correlation.py).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, groupby, pairwise
from typing import NamedTuple

from homeostat.analyze.correlation import FALSE_SHARE, RunFeatures, associations
from homeostat.analyze.intervals import share
from homeostat.model.health import HotFile, Precursor, Step, Together

LEAST_TIMES = 5
"""A step that was taken less often is no habit."""
MOST_STEPS = 20
MOST_FILES = 20
LEAST_FAILING_RUNS = 5
TOGETHER_NS = 10 * 60 * 1_000_000_000
"""Agents that are started within ten minutes work on the same thing; older systems said so too."""
LEAST_RUNS_TOGETHER = 3


class Called(NamedTuple):
    """One call, in the order of its run."""

    run: str
    agent: str
    """Client and agent."""
    tool: str
    is_fault: bool
    path: str
    is_change: bool


class Spawned(NamedTuple):
    run: str
    agent: str
    at: int | None
    """Nanoseconds."""


def steps(calls: Sequence[Called]) -> list[Step]:
    """The most frequent first. `calls` are in order within each run."""
    pairs: Counter[tuple[str, str]] = Counter()
    failed: Counter[tuple[str, str]] = Counter()
    leaving: Counter[str] = Counter()
    for one, then in _following(calls):
        pairs[one.tool, then.tool] += 1
        failed[one.tool, then.tool] += then.is_fault
        leaving[one.tool] += 1
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [
        Step(
            first=first, then=then, times=times, share=times / leaving[first],
            failed=share(failed[first, then], times),
        )
        for (first, then), times in ranked[:MOST_STEPS]
        if times >= LEAST_TIMES
    ]  # fmt: skip


def precursors(calls: Sequence[Called]) -> list[Precursor]:
    """Which call just before goes with a tool's failing, beyond chance and over all tools."""
    by_tool: defaultdict[str, dict[tuple[str, str], _Run]] = defaultdict(dict)
    for one, then in _following(calls):
        run = by_tool[then.tool].setdefault((then.run, then.agent), _Run(set(), []))
        if not run.failed:
            run.before.add(one.tool)
        if then.is_fault:
            run.failed.append(1)
    tried = {
        tool: runs
        for tool, runs in by_tool.items()
        if sum(bool(run.failed) for run in runs.values()) >= LEAST_FAILING_RUNS
    }
    found: list[Precursor] = []
    for tool, runs in sorted(tried.items()):
        features = [
            RunFeatures(agent, bool(run.failed), frozenset(run.before))
            for (_, agent), run in runs.items()
        ]
        found += _told(tool, features, len(tried))
    return sorted(found, key=lambda item: (item.q_value, item.tool, item.before))


class _Run(NamedTuple):
    before: set[str]
    """What came just before the tool's calls, up to the first that failed."""
    failed: list[int]


def _told(tool: str, features: Sequence[RunFeatures], tools: int) -> Iterable[Precursor]:
    failing = sum(run.failed for run in features)
    for item in associations(features):
        # Each tool is a family of its own: their number is made up for.
        q_value = min(1.0, item.q_value * tools)
        if q_value > FALSE_SHARE:
            continue
        having = [run for run in features if item.feature in run.features]
        with_both = sum(run.failed for run in having)
        yield Precursor(
            tool=tool,
            before=item.feature,
            failing=with_both,
            of_failing=failing,
            working=len(having) - with_both,
            of_working=len(features) - failing,
            odds_ratio=item.odds_ratio,
            low=item.low,
            high=item.high,
            q_value=q_value,
        )


def _following(calls: Sequence[Called]) -> Iterable[tuple[Called, Called]]:
    """Neighbours of the same run and agent."""
    ranked = sorted(calls, key=lambda call: (call.run, call.agent))  # stable: order is kept
    for _, some in groupby(ranked, key=lambda call: (call.run, call.agent)):
        yield from pairwise(some)


def hot_files(calls: Iterable[Called]) -> list[HotFile]:
    """Files that the most runs touch; within as many runs those that are changed most."""
    runs: defaultdict[str, set[str]] = defaultdict(set)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for call in calls:
        if call.path:
            runs[call.path].add(call.run)
            what = "failures" if call.is_fault else "changes" if call.is_change else "reads"
            counts[call.path][what] += 1
    ranked = sorted(
        counts, key=lambda path: (-len(runs[path]), -counts[path]["changes"], path)
    )  # fmt: skip
    return [
        HotFile(
            path=path, runs=len(runs[path]), reads=counts[path]["reads"],
            changes=counts[path]["changes"], failures=counts[path]["failures"],
        )
        for path in ranked[:MOST_FILES]
        if len(runs[path]) > 1
    ]  # fmt: skip


def together(spawned: Iterable[Spawned]) -> list[Together]:
    """Pairs of agents that runs start within ten minutes of each other."""
    by_run: defaultdict[str, list[Spawned]] = defaultdict(list)
    for item in spawned:
        by_run[item.run].append(item)
    each: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for items in by_run.values():
        each.update({item.agent for item in items})
        both.update(_pairs(items))
    ranked = sorted(both.items(), key=lambda item: (-item[1], item[0]))
    return [
        Together(one=one, other=other, runs=runs, share=runs / min(each[one], each[other]))
        for (one, other), runs in ranked
        if runs >= LEAST_RUNS_TOGETHER
    ]


def _pairs(items: Sequence[Spawned]) -> set[tuple[str, str]]:
    moments: defaultdict[str, list[int]] = defaultdict(list)
    for item in items:
        if item.at is not None:
            moments[item.agent].append(item.at)
    return {
        (one, other)
        for one, other in combinations(sorted(moments), 2)
        if _gap(moments, one, other) <= TOGETHER_NS
    }


def _gap(moments: Mapping[str, Sequence[int]], one: str, other: str) -> int:
    return min(abs(a - b) for a in moments[one] for b in moments[other])
