"""Figures of tools, agents and sessions, each with its sample and its interval."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from homeostat.analyze.intervals import share
from homeostat.model.durations import BOUNDS_MS
from homeostat.model.health import Missing, SessionFigures, ToolMetrics, Trend

LEAST_SESSIONS = 10
LEAST_SESSIONS_FOR_ROUTING = 20
ATTENTION = 0.8
"""A success rate below it needs attention; older systems drew the line there."""
LEAST_KNOWN = 5
"""Calls with a known outcome from which on a tool can need attention: one failure is no habit."""
LEAST_TIMED = 5
"""Timed calls from which on a percentile is told."""
MEDIAN, NEARLY_ALL = 0.5, 0.95


class Counted(NamedTuple):
    """Calls of one outcome; `masked` of them hid a failure."""

    outcome: str
    nature: str
    calls: int
    masked: int


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Calls by what became of them."""

    worked: int = 0
    """Successes that hid nothing, and findings: tests and linters that did their work."""
    faults: int = 0
    findings: int = 0
    denied: int = 0
    interrupted: int = 0
    unknown: int = 0
    masked: int = 0
    calls: int = 0

    @property
    def known(self) -> int:
        return self.worked + self.faults


def sums(counted: Iterable[Counted]) -> Sums:
    of: Counter[str] = Counter()
    for item in counted:
        of["calls"] += item.calls
        if item.outcome == "ok":
            of["worked"] += item.calls - item.masked
            of["masked"] += item.masked
        elif item.outcome == "error" and item.nature == "finding":
            of["worked"] += item.calls
            of["findings"] += item.calls
        elif item.outcome == "error":
            of["faults"] += item.calls
        else:
            of[item.outcome] += item.calls
    return Sums(**of)


def effectiveness(found: Sums) -> float | None:
    """Success rate x log2(max(calls, 2)); `None` where no outcome is known."""
    if not found.known:
        return None
    return found.worked / found.known * math.log2(max(found.calls, 2))


def tool(
    name: str, found: Sums, *, timeouts: int, steps: Mapping[int, int], trend: Trend
) -> ToolMetrics:
    success = share(found.worked, found.known)
    return ToolMetrics(
        tool=name,
        calls=found.calls,
        success=success,
        error=share(found.faults, found.known),
        timeout=share(min(timeouts, found.known), found.known),
        findings=found.findings,
        denied=found.denied,
        interrupted=found.interrupted,
        unknown=found.unknown,
        masked=found.masked,
        timed=sum(steps.values()),
        p50_ms=percentile(steps, MEDIAN),
        p95_ms=percentile(steps, NEARLY_ALL),
        effectiveness=effectiveness(found),
        needs_attention=found.known >= LEAST_KNOWN and success.high < ATTENTION,
        trend=trend,
    )


def percentile(steps: Mapping[int, int], part: float) -> float | None:
    """Of durations counted by step: within a fifth. `None` for fewer than five."""
    total = sum(steps.values())
    if total < LEAST_TIMED:
        return None
    wanted, passed = part * total, 0
    for step, count in sorted(steps.items()):
        if passed + count >= wanted:
            low = BOUNDS_MS[step - 1] if step else 0.5
            high = BOUNDS_MS[step] if step < len(BOUNDS_MS) else low
            return float(low * (high / low) ** ((wanted - passed) / count))
        passed += count
    return None


def figures(name: str, unit: str, values: Sequence[float]) -> SessionFigures | None:
    """The middle and the one in twenty above it; `None` where nothing is known."""
    if not values:
        return None
    ranked = sorted(values)
    return SessionFigures(
        name=name,
        unit=unit,
        runs=len(ranked),
        p50=_at(ranked, MEDIAN),
        p95=_at(ranked, NEARLY_ALL),
    )


def _at(ranked: Sequence[float], part: float) -> float:
    """Linear between neighbours (Hyndman and Fan 1996, type 7)."""
    place = part * (len(ranked) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (place - below) * (ranked[above] - ranked[below])


def missing_sessions(known: int, needed: int = LEAST_SESSIONS) -> Missing | None:
    return None if known >= needed else Missing(what="sessions", known=known, needed=needed)
