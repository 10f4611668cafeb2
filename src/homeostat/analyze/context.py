"""The context of calls: what a call was, and what came before it, as comparable features."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple
from zlib import crc32

import msgspec

from homeostat.analyze.correlation import Association, RunFeatures, associations
from homeostat.analyze.intervals import newcombe
from homeostat.model.pattern import ContextCall, Factor, Recovery

LEAST_FAILING = 5
"""Failing calls, below which a context is no context."""
_SUBCOMMANDS = frozenset(
    {
        "git", "npm", "npx", "pnpm", "yarn", "cargo", "go", "docker", "kubectl", "uv", "pip",
        "poetry", "make", "gh",
    }
)  # fmt: skip
_ASSIGNED = re.compile(r"^(?:\w+=\S*\s+)+")
_SPLIT = re.compile(r"\s*(?:&&|\|\||;|\|)\s*")
_arguments = msgspec.json.Decoder(dict[str, object]).decode


class Context(NamedTuple):
    """What sets the failing calls of a pattern apart."""

    score: float | None
    """0 to 1: by how much more of them than of the working calls have the feature that sets them
    apart most, at least (lower end of the 95 % interval); `None` with too few calls."""
    factors: tuple[Factor, ...]


class FeaturedCall:
    """A call, and what can be said of it: worked out when it is asked for, of most never."""

    def __init__(self, call: ContextCall, before: ContextCall | None) -> None:
        self.call = call
        self._before = before

    @cached_property
    def features(self) -> frozenset[str]:
        return features(self.call, self._before)


def featured(calls: Iterable[ContextCall]) -> list[FeaturedCall]:
    """Calls with what can be said of them; those of one run must come in order of time."""
    before: dict[tuple[str, str], ContextCall] = {}
    found: list[FeaturedCall] = []
    for call in calls:
        key = (call.run, call.stratum)
        found.append(FeaturedCall(call, before.get(key)))
        before[key] = call
    return found


def features(call: ContextCall, before: ContextCall | None) -> frozenset[str]:
    """What can be said of one call, each in words that a person can read after a number."""
    found = {f"ran `{program}`" for program in programs(call.command)[:1]}
    if "." in call.path.rpartition("/")[2]:
        found.add(f"on a .{call.path.rpartition('.')[2][:12]} file")
    found |= {f"gave `{name}`" for name in _names(call.args)}
    if before is not None:
        done = (programs(before.command) or (before.tool,))[-1]
        how = "failed" if before.outcome == "error" else "came"
        found.add(f"came right after {done}" if how == "came" else f"came after a failed {done}")
    found |= {f"with version {call.version}"} if call.version else set()
    found |= {f"with model {call.model}"} if call.model else set()
    found |= {f"in {call.project}"} if call.project else set()
    return frozenset(found)


@lru_cache(maxsize=4096)
def programs(command: str) -> tuple[str, ...]:
    """The programs of a shell line, with the subcommand where that says more than the name."""
    found: list[str] = []
    for step in _SPLIT.split(command[:2000]):
        words = _ASSIGNED.sub("", step.strip()).split()
        if not words:
            continue
        name = words[0].rpartition("/")[2][:40]
        if name in _SUBCOMMANDS and len(words) > 1 and words[1][:1].isalpha():
            name = f"{name} {words[1][:30]}"
        if name and name != "cd":
            found.append(name)
    return tuple(found)


def context(calls: Iterable[FeaturedCall], signature: str, tool: str) -> Context:
    """Of one pattern: its failing calls against the successful ones of the same tool."""
    failing: list[FeaturedCall] = []
    working: list[FeaturedCall] = []
    for item in calls:
        if item.call.signature == signature:
            failing.append(item)
        elif item.call.tool == tool and item.call.outcome == "ok":
            working.append(item)
    if len(failing) < LEAST_FAILING or not working:
        return Context(None, ())
    told = associations(_by_run(failing, working))
    return Context(
        score=max(0.0, _distinctness(failing, working)),
        factors=tuple(_factor(item, failing, working) for item in told),
    )


def recoveries(calls: Iterable[FeaturedCall], signature: str, tool: str) -> tuple[Recovery, ...]:
    """What was done between a failure and the next success of the same thing, by how often."""
    ways: Counter[str] = Counter()
    waiting: dict[tuple[str, str], tuple[ContextCall, list[ContextCall]]] = {}
    healed = 0
    for item in calls:
        call = item.call
        key = (call.run, call.stratum)
        if call.signature == signature:
            waiting[key] = call, []
        elif key in waiting:
            failed, between = waiting[key]
            if call.tool == tool and call.outcome == "ok" and _is_same(failed, call):
                healed += 1
                ways[_way(failed, between, call)] += 1
                del waiting[key]
            else:
                between.append(call)
    ranked = sorted(ways.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Recovery(what=what, times=times, of=healed) for what, times in ranked[:3])


def _is_same(failed: ContextCall, call: ContextCall) -> bool:
    """A shell runs many things: the program that failed must work again."""
    return programs(failed.command)[:1] == programs(call.command)[:1]


def _way(failed: ContextCall, between: Sequence[ContextCall], success: ContextCall) -> str:
    worked = [call for call in between if call.outcome == "ok"]
    if not worked:
        said = programs(success.command)
        is_same = (failed.command, failed.args) == (success.command, success.args)
        how = "the same once more" if is_same else "again, otherwise"
        return f"`{said[0]}` {how}" if said else f"{success.tool} {how}"
    last = worked[-1]
    said = programs(last.command)
    return f"`{said[0]}` first" if said else f"{last.tool} first"


@lru_cache(maxsize=4096)
def _names(args: str) -> frozenset[str]:
    """The arguments' names: of a shell call there is always the command."""
    try:
        given = _arguments(args)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return frozenset()
    return frozenset(name[:40] for name in given if name not in ("command", "cmd", "description"))


def _distinctness(
    failing: Sequence[FeaturedCall],
    working: Sequence[FeaturedCall],
) -> float:
    """Similarity of whole contexts does not tell: most features are common to all calls of a tool.

    A pattern whose calls all ran one program that no working call ran has a Jaccard distance of
    .57 in real histories, one without any difference .5.
    """
    here = Counter(feature for item in failing for feature in item.features)
    there = Counter(feature for item in working for feature in item.features)
    return max(
        (
            newcombe((here[name], len(failing)), (there[name], len(working))).low
            for name in sorted(here)
        ),
        default=0.0,
    )


def _by_run(
    failing: Sequence[FeaturedCall],
    working: Sequence[FeaturedCall],
) -> list[RunFeatures]:
    """One call a run and stratum speaks for it: the first that failed, else any that worked.

    The one of those that worked is drawn by the run's id: taking all of them would compare what a
    single call had with what a whole run had.
    """
    first: dict[tuple[str, str], frozenset[str]] = {}
    for item in failing:
        first.setdefault((item.call.run, item.call.stratum), item.features)
    passed: dict[tuple[str, str], list[FeaturedCall]] = {}
    for item in working:
        if (key := (item.call.run, item.call.stratum)) not in first:
            passed.setdefault(key, []).append(item)
    rows = [RunFeatures(key[1], failed=True, features=found) for key, found in first.items()]
    for (run, stratum), found in passed.items():
        drawn = found[crc32(run.encode()) % len(found)]
        rows.append(RunFeatures(stratum, failed=False, features=drawn.features))
    return rows


def _factor(
    item: Association,
    failing: Sequence[FeaturedCall],
    working: Sequence[FeaturedCall],
) -> Factor:
    return Factor(
        name=item.feature,
        failing=sum(item.feature in one.features for one in failing),
        of_failing=len(failing),
        working=sum(item.feature in one.features for one in working),
        of_working=len(working),
        odds_ratio=item.odds_ratio,
        low=item.low,
        high=item.high,
        q_value=item.q_value,
    )
