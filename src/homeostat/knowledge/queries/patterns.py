"""What judging patterns takes: counts by day, the tools' successes, the calls of some runs."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from homeostat.knowledge.call_rows import MODEL_SIGNATURES, NOT_TOOL_WORDS, OF_TOOL
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import DAY_NS, HOUR_NS, nanoseconds
from homeostat.knowledge.queries.measures import words
from homeostat.model.call import MODEL, RUN
from homeostat.model.event import Kind
from homeostat.model.files import UNDATED
from homeostat.model.outcome import Nature
from homeostat.model.pattern import ContextCall, DayCounts, FailedRuns, PatternFacts
from homeostat.model.views import FailureGroup, Window

_BY_DAY = """
SELECT s.signature_id, d.day, SUM(d.failures)
FROM signatures s JOIN signature_days d ON d.signature_key = s.signature_key
WHERE s.signature_id IN ({{keys}}) AND d.day >= {first:d} AND d.day <= {last:d}
  AND d.nature IN ({natures})
GROUP BY s.signature_id, d.day
"""
_FIRST = """
SELECT s.signature_id, s.family, MIN(d.day)
FROM signatures s JOIN signature_days d ON d.signature_key = s.signature_key
WHERE s.signature_id IN ({keys}) GROUP BY s.signature_id, s.family
"""
_SUCCESSES = """
SELECT t.word, d.day, SUM(CASE WHEN d.outcome = 'ok' THEN d.calls ELSE 0 END), SUM(d.calls)
FROM tool_days d JOIN words t ON t.word_id = d.tool_word
WHERE d.day >= :first AND d.day <= :last GROUP BY t.word, d.day
"""


def facts(
    connection: Connection,
    groups: Sequence[FailureGroup],
    groupings: Groupings,
    *,
    first_day: int,
    last_day: int,
    natures: Sequence[Nature] = (Nature.FAULT,),
) -> list[PatternFacts]:
    """Counts by day of each group, with the successes of its tool."""
    leader = {
        name: group.signature
        for group in groups
        for name in (group.signature, *groupings.members(group.signature))
    }
    keys = [(name,) for name in leader]
    failures: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    wanted = ", ".join(f"'{nature.value}'" for nature in natures)
    by_day = _BY_DAY.format(first=first_day, last=last_day, natures=wanted)
    for name, day, count in connection.matching(by_day, ("text",), keys):
        failures[leader[name]][day] += count
    first: dict[str, int] = {}
    families: dict[str, str] = {}
    for name, family, day in connection.matching(_FIRST, ("text",), keys):
        first[leader[name]] = min(day, first.get(leader[name], day))
        families[name] = family
    undated = undated_failures(connection, [group.signature for group in groups], groupings)
    successes: defaultdict[str, dict[int, int]] = defaultdict(dict)
    worked = connection.execute(_SUCCESSES, {"first": first_day, "last": last_day})
    for tool, day, count, calls in worked:
        successes[tool][day] = int(count)
        # Each call of a tool, also one that failed, is an answer of the model.
        successes[MODEL][day] = successes[MODEL].get(day, 0) + int(calls)
    if any(group.tool == RUN for group in groups):
        successes[RUN] = _completed(connection, first_day, last_day)
    return [
        PatternFacts(
            group=group,
            days=_days(failures[group.signature], successes[group.tool]),
            first_day=first.get(group.signature, last_day),
            undated=undated.get(group.signature, {}),
            tool_family=families.get(group.signature, ""),
        )
        for group in groups
    ]


_COMPLETED = """
SELECT r.ended_at / :day_ns, COUNT(*) FROM runs r
WHERE r.ended_at >= :since AND r.ended_at < :until AND r.ended <> 'api_failure' GROUP BY 1
"""


def _completed(connection: Connection, first_day: int, last_day: int) -> dict[int, int]:
    """Runs by day that did not die."""
    values = {"since": first_day * DAY_NS, "until": (last_day + 1) * DAY_NS, "day_ns": DAY_NS}
    return {int(day): int(count) for day, count in connection.execute(_COMPLETED, values)}


def _days(failures: Mapping[int, int], successes: Mapping[int, int]) -> tuple[DayCounts, ...]:
    return tuple(
        DayCounts(day, int(failures.get(day, 0)), successes.get(day, 0))
        for day in sorted(failures.keys() | successes.keys())
    )


_UNDATED_WORD = "SELECT word_id FROM words WHERE word = :undated"
# All facts of a run without times stand at one moment: that of its file.
_UNDATED = """
SELECT x.signature_key, r.ended_at / {day:d}, SUM(x.failures)
FROM skipped s
JOIN runs r ON r.source_path = s.path
JOIN signature_runs x ON x.run_key = r.run_key
WHERE s.name_word = {word:d} AND r.started_at = r.ended_at AND x.signature_key IN ({{keys}})
GROUP BY 1, 2
"""


def undated_failures(
    connection: Connection, signatures: Sequence[str], groupings: Groupings
) -> dict[str, Counter[int]]:
    """Of each pattern that has any: day of the file -> failures in runs without times."""
    word = connection.execute(_UNDATED_WORD, {"undated": UNDATED}).fetchone()
    if word is None:
        return {}
    of_key = _leaders(connection, signatures, groupings)
    query = _UNDATED.format(day=DAY_NS, word=word[0])
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for key, day, count in connection.matching(query, ("integer",), [(key,) for key in of_key]):
        found[of_key[key]][day] += int(count)
    return dict(found)


_RUN = """
  r.run_key, r.run_id, r.calls + r.subagent_calls, r.client_word, r.version_word, r.model_word,
  r.project_word"""
# All that failed at the same moment as the last of them are read: which these are must not depend
# on the order in which they came. Asked for by itself, the planner knows how few that leaves.
_FAILED_SINCE = """
SELECT last_at FROM signature_runs WHERE signature_key = :key AND last_at >= :since
ORDER BY last_at DESC LIMIT 1 OFFSET 2 * :most
"""
"""A run may have two rows: one of faults, one of findings."""
_FAILED_RUNS = """
SELECT x.last_at, {run} FROM signature_runs x JOIN runs r ON r.run_key = x.run_key
WHERE x.signature_key = :key AND x.last_at >= :since
"""
_LATEST_RUNS = """
SELECT {run} FROM runs r WHERE r.ended_at >= :since AND r.calls > 0
ORDER BY r.ended_at DESC NULLS LAST, r.run_id LIMIT :most
"""
_CALLS = f"""
SELECT c.agent_word, c.tool_word, c.outcome, COALESCE(s.signature_id, ''), x.command, x.args,
  c.path_word
FROM calls c
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN signatures s ON s.signature_key = c.signature_key
WHERE c.run_key = :run_key AND {OF_TOOL}
ORDER BY c.started_at NULLS FIRST, c.call_id
"""  # noqa: S608  # a text of ours


_ENDED = f"""
SELECT c.run_key, c.signature_key, c.started_at FROM calls c
JOIN runs r ON r.run_key = c.run_key AND r.ended = 'api_failure'
JOIN words k ON k.word_id = c.kind_word AND k.word = '{Kind.API_ERROR.value}'
WHERE c.tool_word IN ({NOT_TOOL_WORDS}) AND c.signature_key IN ({MODEL_SIGNATURES})
  AND c.agent_word IS NULL AND c.started_at >= :since
ORDER BY c.started_at, c.call_id
"""  # noqa: S608  # names of ours


def ended_runs(
    connection: Connection, signatures: Sequence[str], groupings: Groupings, window: Window
) -> dict[str, int]:
    """Of failures of the model: of how many runs they are the last one, and the run's end.

    Within a window, and while the detail of a run is kept.
    """
    of_key, within = _leaders(connection, signatures, groupings), _bounds(window)
    rows = connection.execute(_ENDED, {"since": within["since"]})
    last = {run: (key, at) for run, key, at in rows}
    return Counter(
        of_key[key] for key, at in last.values() if key in of_key and at < within["until"]
    )


LEAST_RUNS = 5


class _Run(NamedTuple):
    """Names are numbers of words."""

    key: int
    run_id: str
    calls: int
    client: int
    version: int | None
    model: int | None
    project: int | None


def surroundings(
    connection: Connection,
    signatures: Sequence[str],
    groupings: Groupings,
    *,
    since: int,
    most: int,
    calls: int,
) -> list[ContextCall]:
    """The calls of the latest runs that failed in each of these ways, and of the latest at all.

    Of each at most `most` runs, and, beyond the first `LEAST_RUNS`, only as many as have so many
    `calls` together; the calls of one run in order of time.
    """
    limits: dict[str, object] = {"since": since, "most": most}
    latest = map(_Run._make, connection.execute(_LATEST_RUNS.format(run=_RUN), limits))
    found = _affordable(latest, calls)
    of_key = _leaders(connection, signatures, groupings)
    for signature in signatures:
        keys = [key for key, leader in of_key.items() if leader == signature]
        found += _affordable(_failed_last(connection, keys, limits)[:most], calls)
    runs = {run.key: run for run in found}
    # Run by run: for many at once a server reads whole tables (a second at four million events).
    # Words are looked up afterwards: planning ten joins takes longer than reading a run.
    rows = [
        (run, *row)
        for run in sorted(runs.values(), key=lambda run: run.run_id)
        for row in connection.execute(_CALLS, {"run_key": run.key})
    ]
    numbers = {number for run in runs.values() for number in run[3:]}
    for _run, agent, tool, _outcome, _of, _command, _args, path in rows:
        numbers |= {agent, tool, path}
    name = {None: ""} | words(connection, {number for number in numbers if number is not None})
    return [
        ContextCall(
            run=run.run_id, stratum=f"{name[run.client]} {name[agent]}".rstrip(),
            tool=name[tool], outcome=outcome, signature=groupings.leader(of) if of else "",
            command=command, args=args, path=name[path], version=name[run.version],
            model=name[run.model], project=name[run.project],
        )
        for run, agent, tool, outcome, of, command, args, path in rows
    ]  # fmt: skip


def _failed_last(
    connection: Connection, keys: Iterable[int], limits: Mapping[str, object]
) -> list[_Run]:
    """The runs that failed in one of these ways, by their last such failure, latest first."""
    last_at: dict[_Run, int] = {}
    for key in keys:
        values = {**limits, "key": key}
        if since := connection.execute(_FAILED_SINCE, values).fetchone():
            values["since"] = since[0]
        for at, *row in connection.execute(_FAILED_RUNS.format(run=_RUN), values):
            run = _Run._make(row)
            last_at[run] = max(at, last_at.get(run, at))
    return sorted(last_at, key=lambda run: (-last_at[run], run.run_id))


def _affordable(runs: Iterable[_Run], calls: int) -> list[_Run]:
    found: list[_Run] = []
    for run in runs:
        calls -= run.calls
        if calls < 0 and len(found) >= LEAST_RUNS:
            break
        found.append(run)
    return found


_FAILED = """
SELECT x.signature_key, x.run_key FROM signature_runs x
WHERE x.signature_key IN ({{keys}}) AND x.nature = 'fault'
  AND x.last_at >= {since:d} AND x.first_at < {until:d}
"""
_FAILED_HOURS = """
SELECT x.signature_key, x.first_at / {hour:d}, SUM(x.failures) FROM signature_runs x
WHERE x.signature_key IN ({{keys}}) AND x.nature = 'fault'
  AND x.last_at >= {since:d} AND x.first_at < {until:d}
GROUP BY 1, 2
"""
_KEYS = "SELECT signature_id, signature_key FROM signatures WHERE signature_id IN ({keys})"


def failed_runs(
    connection: Connection,
    groups: Iterable[FailureGroup],
    groupings: Groupings,
    window: Window,
    *,
    by_hour: Collection[str],
) -> list[FailedRuns]:
    """The runs in which these faults were within a window with an end; of some by the hour."""
    dated = [group for group in groups if group.first_at and group.last_at]
    names = [group.signature for group in dated]
    bounds = {**_bounds(window), "hour": HOUR_NS}
    of_key = _leaders(connection, names, groupings)
    runs: defaultdict[str, set[int]] = defaultdict(set)
    query = _FAILED.format(**bounds)
    for key, run in connection.matching(query, ("integer",), [(key,) for key in of_key]):
        runs[of_key[key]].add(run)
    hours: defaultdict[str, Counter[int]] = defaultdict(Counter)
    asked = [(key,) for key, name in of_key.items() if name in by_hour]
    query = _FAILED_HOURS.format(**bounds)
    for key, hour, count in connection.matching(query, ("integer",), asked):
        hours[of_key[key]][hour] += int(count)
    return [
        FailedRuns(
            signature=group.signature, runs=frozenset(runs[group.signature]),
            failures=group.failures, first_at=nanoseconds(group.first_at),
            last_at=nanoseconds(group.last_at), hours=hours[group.signature],
        )
        for group in dated
        if group.first_at and group.last_at
    ]  # fmt: skip


_SAID = (
    "SELECT signature_id, kind, message, identifiers FROM signatures WHERE signature_id IN ({keys})"
)


def said(connection: Connection, signatures: Iterable[str]) -> dict[str, str]:
    """Of each signature what it says, whatever the tool: two tools may say the same."""
    rows = connection.matching(_SAID, ("text",), [(name,) for name in signatures])
    return {name: "|".join(parts) for name, *parts in rows}


def _bounds(window: Window) -> dict[str, int]:
    """To be written into a query: an open end is far away."""
    return {
        "since": nanoseconds(window.since) if window.since else 0,
        "until": nanoseconds(window.until) if window.until else DAY_NS**2,
    }


def _leaders(
    connection: Connection, signatures: Sequence[str], groupings: Groupings
) -> dict[int, str]:
    """Number of each signature's row, and of those merged into it -> the signature."""
    leader = {
        name: signature
        for signature in signatures
        for name in (signature, *groupings.members(signature))
    }
    rows = connection.matching(_KEYS, ("text",), [(name,) for name in leader])
    return {key: leader[name] for name, key in rows}
