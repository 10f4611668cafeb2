"""The whole at a glance, from rollups."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from homeostat.knowledge.call_rows import MODEL_SIGNATURES
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.moments import DAY_NS, HOUR_NS, moment, nanoseconds
from homeostat.knowledge.queries.runs import active, bounds, every, limit, moment_or_none, within
from homeostat.model.files import UNDATED
from homeostat.model.views import (
    BadLineView,
    ChannelView,
    HookTime,
    LeakView,
    SkippedView,
    Totals,
    VersionRate,
    Window,
)

# Whole days from the counts by day, and the hours before and after them.
_CALLS = """
SELECT outcome, nature, SUM(calls), SUM(masked_calls) FROM (
  SELECT outcome, nature, calls, masked_calls FROM tool_days
  WHERE day >= :first_day AND day < :beyond_day
  UNION ALL
  SELECT outcome, nature, calls, masked_calls FROM hourly
  WHERE hour >= :first_hour AND hour < :morning
  UNION ALL
  SELECT outcome, nature, calls, masked_calls FROM hourly
  WHERE hour >= :evening AND hour < :beyond_hour) AS counted
GROUP BY outcome, nature
"""
_RUNS = """
SELECT c.word, v.word, x.outcome, x.runs, x.input_tokens, x.output_tokens, x.first_at, x.calls,
  x.faults
FROM (
  SELECT r.client_word, r.version_word, r.outcome, COUNT(*) AS runs,
    SUM(r.input_tokens) AS input_tokens, SUM(r.output_tokens) AS output_tokens,
    MIN(r.started_at) AS first_at, SUM(r.calls) AS calls,
    SUM(r.failed_calls - r.finding_calls) AS faults
  FROM runs r WHERE {active} GROUP BY r.client_word, r.version_word, r.outcome) AS x
JOIN words c ON c.word_id = x.client_word
LEFT JOIN words v ON v.word_id = x.version_word
"""
_UNDATED = """
SELECT COUNT(*) FROM runs r
JOIN words n ON n.word = :undated
JOIN skipped s ON s.path = r.source_path AND s.name_word = n.word_id
WHERE {active} AND EXISTS (SELECT 1 FROM words WHERE word = :undated)
"""
"""Mostly there are none: then no run is looked at."""
_MODEL_ERRORS = f"""
SELECT COALESCE(SUM(x.failures), 0) FROM signature_runs x
WHERE x.signature_key IN ({MODEL_SIGNATURES}) AND {{touching}}
"""  # noqa: S608  # a text of ours
_FOREVER_HOURS = 24 * 1_000_000


def _periods(window: Window) -> dict[str, int]:
    """The hours that a window touches: `first_hour` to `morning`, whole days, from `evening` on."""
    first = nanoseconds(window.since) // HOUR_NS if window.since else -_FOREVER_HOURS
    beyond = -(-nanoseconds(window.until) // HOUR_NS) if window.until else _FOREVER_HOURS
    first_day, beyond_day = -(-first // 24), beyond // 24
    if first_day >= beyond_day:
        first_day = beyond_day = 0
        morning = evening = beyond
    else:
        morning, evening = first_day * 24, beyond_day * 24
    return {
        "first_hour": first, "morning": morning, "first_day": first_day,
        "beyond_day": beyond_day, "evening": evening, "beyond_hour": beyond,
    }  # fmt: skip


_HOURS = """
SELECT COUNT(DISTINCT r.ended_at / :hour_ns) FROM runs r
WHERE r.ended_at >= :since AND r.ended_at < :until
"""


def active_hours(connection: Connection, window: Window) -> int:
    """Hours of a window with an end in which runs ended: about those in which agents worked."""
    values = {"since": 0, "hour_ns": HOUR_NS} | {
        name: at for name, at in bounds(window).items() if at is not None
    }
    return int(connection.execute(_HOURS, values).fetchone()[0])


class ActiveRuns(NamedTuple):
    """Runs that were active in a window, of one client version and with one outcome."""

    client: str
    version: str | None
    outcome: str
    runs: int
    input_tokens: int
    output_tokens: int
    first_at: int | None
    calls: int
    faults: int


def active_runs(connection: Connection, window: Window) -> list[ActiveRuns]:
    query = _RUNS.format(active=every(active(window, "r")))
    return list(map(ActiveRuns._make, connection.execute(query, bounds(window))))


def totals(connection: Connection, window: Window, runs: Sequence[ActiveRuns]) -> Totals:
    """Calls of the hours that a window touches, the subagents' too; its `active_runs`, whole."""
    calls: dict[tuple[str, str], int] = {}
    masked = 0
    for outcome, nature, count, hidden in connection.execute(_CALLS, _periods(window)):
        calls[outcome, nature] = count
        masked += hidden
    query = _UNDATED.format(active=every(active(window, "r")))
    (undated,) = connection.execute(query, {**bounds(window), "undated": UNDATED}).fetchone()
    query = _MODEL_ERRORS.format(
        touching=every(within(window, first="x.first_at", last="x.last_at"))
    )
    (model_errors,) = connection.execute(query, bounds(window)).fetchone()
    ended: Counter[str] = Counter()
    for item in runs:
        ended[item.outcome] += item.runs

    def of(outcome: str) -> int:
        return sum(count for (name, _), count in calls.items() if name == outcome)

    return Totals(
        runs=ended.total(),
        runs_well=ended["well"],
        runs_badly=ended["badly"],
        runs_unknown=ended["unknown"],
        runs_undated=undated,
        model_errors=int(model_errors),
        calls=sum(calls.values()),
        faults=calls.get(("error", "fault"), 0),
        findings=calls.get(("error", "finding"), 0),
        denied=of("denied"),
        interrupted=of("interrupted"),
        unknown=of("unknown"),
        masked=masked,
        input_tokens=sum(item.input_tokens for item in runs),
        output_tokens=sum(item.output_tokens for item in runs),
    )


_LATEST = """
SELECT (SELECT MIN(started_at) FROM runs), (SELECT MAX(ended_at) FROM runs)
"""


def extent(connection: Connection) -> tuple[datetime, datetime] | None:
    """The first and last moment of all runs; `None` for an empty store."""
    first, last = connection.execute(_LATEST).fetchone()
    return (moment(first), moment(last)) if first is not None and last is not None else None


_HOOKS = """
SELECT COALESCE(n.word, ''), COALESCE(c.word, ''), h.times, h.total_ms, h.longest_ms FROM (
  SELECT name_word, command_word, SUM(runs_of_hook) AS times, SUM(duration_ms) AS total_ms,
    MAX(longest_ms) AS longest_ms
  FROM hooks_daily WHERE day >= :first_day AND day < :beyond_day
  GROUP BY name_word, command_word) AS h
LEFT JOIN words n ON n.word_id = h.name_word
LEFT JOIN words c ON c.word_id = h.command_word
ORDER BY 4 DESC, 1, 2 LIMIT :most
"""


def hooks(connection: Connection, window: Window, *, most: int) -> tuple[HookTime, ...]:
    """The person's hooks by the time that they took, on all UTC days that the window touches."""
    values = {
        "first_day": nanoseconds(window.since) // DAY_NS if window.since else -_FOREVER_HOURS,
        "beyond_day": -(-nanoseconds(window.until) // DAY_NS) if window.until else _FOREVER_HOURS,
        "most": most,
    }
    return tuple(
        HookTime(event=event, command=command, times=times, total_ms=total, longest_ms=longest)
        for event, command, times, total, longest in connection.execute(_HOOKS, values)
    )


_LEAKS = """
SELECT l.type, l.digest, r.run_id, l.call_id, l.seen_at
FROM leaks l JOIN runs r ON r.run_key = l.run_key
WHERE {narrow}
ORDER BY l.seen_at DESC NULLS LAST, l.type, l.digest, r.run_id, l.call_id LIMIT :most
"""


def leaks(connection: Connection, window: Window, *, most: int) -> tuple[LeakView, ...]:
    query = _LEAKS.format(narrow=every(within(window, first="l.seen_at")))
    return _leaks(connection, query, bounds(window) | {"most": most})


def leaks_of_run(connection: Connection, key: int, *, most: int) -> tuple[LeakView, ...]:
    query = _LEAKS.format(narrow="l.run_key = :run_key")
    return _leaks(connection, query, {"run_key": key, "most": most})


def _leaks(
    connection: Connection, query: str, values: Mapping[str, object]
) -> tuple[LeakView, ...]:
    return tuple(
        LeakView(type=kind, digest=digest, run_id=run, call_id=call, seen_at=moment_or_none(at))
        for kind, digest, run, call, at in connection.execute(query, values)
    )


def versions(runs: Iterable[ActiveRuns]) -> tuple[VersionRate, ...]:
    """Of the `active_runs` of a window, by client version, oldest first."""
    found: defaultdict[tuple[str, str], list[ActiveRuns]] = defaultdict(list)
    for item in runs:
        if item.version is not None:
            found[item.client, item.version].append(item)
    return tuple(sorted((_version(*key, items) for key, items in found.items()), key=_by_beginning))


def _version(client: str, version: str, runs: Sequence[ActiveRuns]) -> VersionRate:
    begun = [item.first_at for item in runs if item.first_at is not None]
    return VersionRate(
        client=client,
        version=version,
        first_at=moment_or_none(min(begun, default=None)),
        runs=sum(item.runs for item in runs),
        calls=sum(item.calls for item in runs),
        faults=sum(item.faults for item in runs),
    )


def _by_beginning(item: VersionRate) -> tuple[float, str, str]:
    """What has no time comes first."""
    began = item.first_at.timestamp() if item.first_at else -math.inf
    return began, item.client, item.version


_FILES = """
SELECT w.word, COUNT(*), SUM(f.lines),
  (SELECT COUNT(*) FROM bad_lines b JOIN files g ON g.path = b.path
   WHERE g.client_word = f.client_word)
FROM files f JOIN words w ON w.word_id = f.client_word GROUP BY f.client_word, w.word
"""
_BY_CLIENT = """
SELECT w.word, COUNT(*), SUM(r.calls + r.subagent_calls), SUM(r.unknown_calls), MIN(r.started_at),
  MAX(r.ended_at), SUM(CASE WHEN r.outcome = 'unknown' THEN 1 ELSE 0 END)
FROM runs r JOIN words w ON w.word_id = r.client_word GROUP BY r.client_word, w.word ORDER BY w.word
"""
_SKIPPED = """
SELECT w.word, n.word, SUM(s.times), COUNT(*)
FROM skipped s
JOIN files f ON f.path = s.path
JOIN words w ON w.word_id = f.client_word
JOIN words n ON n.word_id = s.name_word
GROUP BY w.word, n.word ORDER BY 1, 3 DESC, 2
"""


def skipped(connection: Connection) -> Iterator[SkippedView]:
    """What sources do not know: a client of a newer version, most often."""
    for client, name, times, files in connection.execute(_SKIPPED):
        yield SkippedView(client=client, name=name, times=int(times), files=files)


_BAD = "SELECT path, line, reason FROM bad_lines ORDER BY seen_at DESC, path, line"


def channels(connection: Connection) -> Iterator[ChannelView]:
    files = {row[0]: row[1:] for row in connection.execute(_FILES)}
    for client, runs, calls, unknown, first, last, undecided in connection.execute(_BY_CLIENT):
        read, lines, bad = files.get(client, (0, 0, 0))
        yield ChannelView(
            client=client, files=read, lines=lines, bad_lines=bad, runs=runs, calls=calls,
            calls_unknown=unknown, first_at=moment_or_none(first), last_at=moment_or_none(last),
            outcome_unknown=undecided,
        )  # fmt: skip


def bad_lines(connection: Connection, *, most: int) -> tuple[BadLineView, ...]:
    rows = connection.execute(_BAD + limit(most), {"most": most})
    return tuple(BadLineView(path=path, line=line, reason=reason) for path, line, reason in rows)


_BAD_SINCE = "SELECT COUNT(*) FROM bad_lines WHERE seen_at >= :since"


def bad_lines_since(connection: Connection, since: datetime) -> int:
    """How many lines could not be read that came since then."""
    (bad,) = connection.execute(_BAD_SINCE, {"since": nanoseconds(since)}).fetchone()
    return int(bad)


def counts(connection: Connection) -> tuple[int, int]:
    """Files read, lines that could not be."""
    (files,) = connection.execute("SELECT COUNT(*) FROM files").fetchone()
    (bad,) = connection.execute("SELECT COUNT(*) FROM bad_lines").fetchone()
    return int(files), int(bad)
