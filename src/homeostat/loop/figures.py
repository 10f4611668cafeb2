"""Metrics of tools, agents, files, sequences and sessions, over what the store knows."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from homeostat.analyze import intervals, metrics, sequences, trends
from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.queries import measures
from homeostat.knowledge.queries.measures import Days
from homeostat.model.health import (
    AgentMetrics,
    Agents,
    Files,
    Sequences,
    SessionFigures,
    Spawns,
    Tools,
    Trend,
)
from homeostat.model.views import Share

SAMPLED_RUNS = 200
"""The latest runs whose calls are looked at: some ten thousand calls in a tenth of a second."""
COUNTED_RUNS = 2000
MOST_TOOLS = 3
MINUTE_MS = 60_000
WEEK = 7
_AGENT = re.compile(r'"subagent_type"\s*:\s*"([^"\\]{1,80})"')


def tools(connection: Connection, days: Days) -> Tools:
    counted: defaultdict[int, list[metrics.Counted]] = defaultdict(list)
    span = days.last - days.first + 1
    for number, _, *rest in measures.tool_periods(connection, days, length=span):
        counted[number].append(metrics.Counted(*rest))
    steps: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for _, number, step, calls in measures.durations(connection, days):
        steps[number][step] += calls
    names = measures.words(connection, set(counted))
    timeouts = measures.timeouts(connection, days)
    by_tool = _trends(connection, days)
    sessions = measures.count_runs(connection, days)
    found = [
        metrics.tool(
            names.get(number, ""), metrics.sums(some), timeouts=timeouts.get(number, 0),
            steps=steps[number], trend=by_tool.get(number, trends.trend([])),
        )
        for number, some in counted.items()
    ]  # fmt: skip
    ranked = sorted(found, key=lambda item: (not item.needs_attention, -item.calls, item.tool))
    return Tools(
        window=days.window,
        sessions=sessions,
        missing=metrics.missing_sessions(sessions),
        tools=tuple(ranked),
    )


def _trends(connection: Connection, days: Days) -> dict[int, Trend]:
    """Of each tool's faults a call, by week."""
    weeks = trends.BASELINE_WEEKS + 1
    long = msgspec.structs.replace(days, first=days.last - weeks * WEEK + 1)
    counted: defaultdict[tuple[int, int], list[metrics.Counted]] = defaultdict(list)
    for number, ago, *rest in measures.tool_periods(connection, long, length=WEEK):
        counted[number, ago].append(metrics.Counted(*rest))
    series: dict[int, list[trends.Week]] = {}
    for number in sorted({number for number, _ in counted}):
        sums = [metrics.sums(counted[number, ago]) for ago in reversed(range(weeks))]
        series[number] = [trends.Week(one.faults, one.known) for one in sums]
    pool = trends.pooled(series.values())
    return {number: trends.trend(some, pool=pool) for number, some in series.items()}


def agents(connection: Connection, days: Days) -> Agents:
    counted: defaultdict[tuple[str, str], list[metrics.Counted]] = defaultdict(list)
    used: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for client, agent, tool, *rest in measures.agents(connection, days):
        item = metrics.Counted(*rest)
        counted[client, agent].append(item)
        used[client, agent][tool] += item.calls
    found: list[AgentMetrics] = []
    for (client, agent), some in counted.items():
        sums = metrics.sums(some)
        found.append(
            AgentMetrics(
                client=client,
                agent=agent,
                calls=sums.calls,
                success=intervals.share(sums.worked, sums.known),
                error=intervals.share(sums.faults, sums.known),
                unknown=sums.unknown,
                tools=_ranked(used[client, agent])[:MOST_TOOLS],
            )
        )
    return Agents(
        window=days.window,
        sessions=measures.count_runs(connection, days),
        agents=tuple(sorted(found, key=lambda item: (-item.calls, item.client, item.agent))),
        spawns=_spawns(connection, days),
    )


def _spawns(connection: Connection, days: Days) -> Spawns:
    runs = measures.latest_runs(connection, days, most=SAMPLED_RUNS)
    keys = [row[0] for row in runs]
    spawned = [
        sequences.Spawned(str(key), agent, at)
        for key, agent, at in measures.spawns(connection, keys)
    ]
    said = {item.run for item in spawned}
    spawned += [
        sequences.Spawned(str(key), found[1], at)
        for key, args, at in measures.tasks(connection, keys)
        if str(key) not in said and (found := _AGENT.search(args))
    ]
    with_agents = len({item.run for item in spawned})
    needed = metrics.LEAST_SESSIONS_FOR_ROUTING
    missing = metrics.missing_sessions(with_agents, needed)
    return Spawns(
        sessions=with_agents,
        missing=missing,
        agents=_ranked(Counter(item.agent for item in spawned)),
        together=() if missing else tuple(sequences.together(spawned)),
        models=_ranked(Counter(row[3] or "unknown" for row in runs)),
    )


def files(connection: Connection, days: Days) -> Files:
    calls, sessions = _calls(connection, days)
    missing = metrics.missing_sessions(sessions)
    return Files(
        sessions=sessions,
        missing=missing,
        files=() if missing else tuple(sequences.hot_files(calls)),
    )


def follow(connection: Connection, days: Days) -> Sequences:
    """Which call follows which, and what goes before a failure."""
    calls, sessions = _calls(connection, days)
    missing = metrics.missing_sessions(sessions)
    return Sequences(
        sessions=sessions,
        missing=missing,
        steps=() if missing else tuple(sequences.steps(calls)),
        precursors=() if missing else tuple(sequences.precursors(calls)),
    )


def _calls(connection: Connection, days: Days) -> tuple[list[sequences.Called], int]:
    """Of the latest runs; how many those are."""
    runs = measures.latest_runs(connection, days, most=SAMPLED_RUNS)
    clients = {row[0]: row[2] for row in runs}
    rows = measures.calls_of(connection, list(clients))
    numbers = {word for _, agent, tool, _, _, path, _ in rows for word in (agent, tool, path)}
    names = measures.words(connection, {number for number in numbers if number})
    found = [
        sequences.Called(
            run=str(key),
            agent=f"{clients[key]} {names.get(agent, 'main')}",
            tool=names[tool],
            is_fault=outcome == "error" and nature != "finding",
            path=names.get(path, ""),
            is_change=role == "edit",
        )
        for key, agent, tool, outcome, nature, path, role in rows
    ]
    return found, len(runs)


def sessions(connection: Connection, days: Days) -> list[SessionFigures]:
    """What a run is like: the middle one, and the one in twenty above it."""
    rows = measures.latest_runs(connection, days, most=COUNTED_RUNS)
    found = (
        metrics.figures("calls", "", [row[4] for row in rows]),
        metrics.figures("faults", "", [row[5] for row in rows]),
        metrics.figures("active", "min", [row[6] / MINUTE_MS for row in rows if row[6]]),
        metrics.figures(
            "calls a minute",
            "",
            [row[4] / (row[6] / MINUTE_MS) for row in rows if (row[6] or 0) >= MINUTE_MS],
        ),
        metrics.figures("output tokens", "", [row[7] for row in rows if row[7]]),
        metrics.figures("calls of subagents", "", [row[8] for row in rows]),
        *_kinds(connection, rows[:SAMPLED_RUNS]),
    )
    return [item for item in found if item]


_KINDS = {
    "searches": re.compile(r"(?i)grep|glob|search|find|list_dir"),
    "calls of MCP servers": re.compile(r"mcp_"),
}


def _kinds(connection: Connection, runs: Sequence[Row]) -> list[SessionFigures | None]:
    """Searches and MCP calls of the latest runs."""
    keys = [row[0] for row in runs]
    rows = measures.calls_of(connection, keys)
    names = measures.words(connection, {row[2] for row in rows})
    found: list[SessionFigures | None] = []
    for name, pattern in _KINDS.items():
        is_kind = {number for number, tool in names.items() if pattern.search(tool)}
        counted = Counter(row[0] for row in rows if row[2] in is_kind)
        found.append(metrics.figures(name, "", [float(counted[key]) for key in keys]))
    return found


def _ranked(counted: Counter[str]) -> tuple[Share, ...]:
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(name=name, count=count) for name, count in ranked)
