"""The whole at a glance, from rollups."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from homeostat.knowledge.moments import DAY_NS, moment
from homeostat.knowledge.queries.runs import bounds, moment_or_none
from homeostat.model.views import (
    BadLineView,
    ChannelView,
    DatabaseInfo,
    HookTime,
    LeakView,
    Totals,
    VersionRate,
    Window,
)

_CALLS = """
SELECT h.outcome, h.nature, SUM(h.calls), SUM(h.masked_calls)
FROM hourly h
WHERE (:since IS NULL OR h.hour >= :since / 3600000000000)
  AND (:until IS NULL OR h.hour <= :until / 3600000000000)
GROUP BY h.outcome, h.nature
"""
_RUNS = """
SELECT outcome, COUNT(*), SUM(input_tokens), SUM(output_tokens) FROM runs
WHERE (:since IS NULL OR started_at >= :since) AND (:until IS NULL OR started_at < :until)
GROUP BY outcome
"""


def totals(connection: sqlite3.Connection, window: Window) -> Totals:
    """Counts of a window; calls to the hour, the subagents' included."""
    values = bounds(window)
    calls: dict[tuple[str, str], int] = {}
    masked = 0
    for outcome, nature, count, hidden in connection.execute(_CALLS, values):
        calls[outcome, nature] = count
        masked += hidden
    runs = {row[0]: row[1:] for row in connection.execute(_RUNS, values)}

    def of(outcome: str) -> int:
        return sum(count for (name, _), count in calls.items() if name == outcome)

    return Totals(
        runs=sum(row[0] for row in runs.values()),
        runs_well=runs.get("well", (0,))[0],
        runs_badly=runs.get("badly", (0,))[0],
        runs_unknown=runs.get("unknown", (0,))[0],
        calls=sum(calls.values()),
        faults=calls.get(("error", "fault"), 0),
        findings=calls.get(("error", "finding"), 0),
        denied=of("denied"),
        interrupted=of("interrupted"),
        unknown=of("unknown"),
        masked=masked,
        input_tokens=sum(row[1] for row in runs.values()),
        output_tokens=sum(row[2] for row in runs.values()),
    )


_LATEST = "SELECT MIN(started_at), MAX(ended_at) FROM runs"


def extent(connection: sqlite3.Connection) -> tuple[datetime, datetime] | None:
    """The first and last moment of all runs; `None` for an empty store."""
    first, last = connection.execute(_LATEST).fetchone()
    return (moment(first), moment(last)) if first is not None and last is not None else None


_HOOKS = """
SELECT n.word, c.word, SUM(h.runs_of_hook), SUM(h.duration_ms), MAX(h.longest_ms)
FROM hooks_daily h
JOIN words n ON n.word_id = h.name_word
JOIN words c ON c.word_id = h.command_word
WHERE (:since IS NULL OR h.day >= :since / :day) AND (:until IS NULL OR h.day <= :until / :day)
GROUP BY n.word, c.word ORDER BY 4 DESC, 1, 2 LIMIT :most
"""


def hooks(connection: sqlite3.Connection, window: Window, *, most: int) -> tuple[HookTime, ...]:
    """The person's hooks by the time that they took."""
    values = bounds(window) | {"day": DAY_NS, "most": most}
    return tuple(
        HookTime(event=event, command=command, times=times, total_ms=total, longest_ms=longest)
        for event, command, times, total, longest in connection.execute(_HOOKS, values)
    )


_LEAKS = """
SELECT l.type, l.digest, r.run_id, l.call_id, l.seen_at
FROM leaks l JOIN runs r ON r.run_key = l.run_key
WHERE (:since IS NULL OR l.seen_at >= :since) AND (:until IS NULL OR l.seen_at < :until)
ORDER BY l.seen_at DESC, l.type, l.digest LIMIT :most
"""


def leaks(connection: sqlite3.Connection, window: Window, *, most: int) -> tuple[LeakView, ...]:
    values = bounds(window) | {"most": most}
    return tuple(
        LeakView(type=kind, digest=digest, run_id=run, call_id=call, seen_at=moment_or_none(at))  # type: ignore[arg-type]
        for kind, digest, run, call, at in connection.execute(_LEAKS, values)
    )


_VERSIONS = """
SELECT c.word, v.word, MIN(r.started_at), COUNT(*), SUM(r.calls),
  SUM(r.failed_calls - r.finding_calls)
FROM runs r
JOIN words c ON c.word_id = r.client_word
JOIN words v ON v.word_id = r.version_word
WHERE (:since IS NULL OR r.started_at >= :since) AND (:until IS NULL OR r.started_at < :until)
GROUP BY c.word, v.word ORDER BY 3
"""


def versions(connection: sqlite3.Connection, window: Window) -> tuple[VersionRate, ...]:
    """Runs, calls and faults by client version, oldest first."""
    return tuple(
        VersionRate(
            client=client, version=version, first_at=moment_or_none(first), runs=runs,  # type: ignore[arg-type]
            calls=calls, faults=faults,
        )
        for client, version, first, runs, calls, faults in connection.execute(
            _VERSIONS, bounds(window)
        )
    )  # fmt: skip


_FILES = """
SELECT w.word, COUNT(*), SUM(f.lines),
  (SELECT COUNT(*) FROM bad_lines b JOIN files g ON g.path = b.path
   WHERE g.client_word = f.client_word)
FROM files f JOIN words w ON w.word_id = f.client_word GROUP BY f.client_word
"""
_BY_CLIENT = """
SELECT w.word, COUNT(*), SUM(r.calls + r.subagent_calls), SUM(r.unknown_calls), MIN(r.started_at),
  MAX(r.ended_at), SUM(r.outcome = 'unknown')
FROM runs r JOIN words w ON w.word_id = r.client_word GROUP BY r.client_word ORDER BY w.word
"""
_BAD = "SELECT path, line, reason FROM bad_lines ORDER BY seen_at DESC, path, line LIMIT :most"


def channels(connection: sqlite3.Connection) -> Iterator[ChannelView]:
    files = {row[0]: row[1:] for row in connection.execute(_FILES)}
    for client, runs, calls, unknown, first, last, undecided in connection.execute(_BY_CLIENT):
        read, lines, bad = files.get(client, (0, 0, 0))
        yield ChannelView(
            client=client, files=read, lines=lines, bad_lines=bad, runs=runs, calls=calls,
            calls_unknown=unknown, first_at=moment_or_none(first), last_at=moment_or_none(last),  # type: ignore[arg-type]
            outcome_unknown=undecided,
        )  # fmt: skip


def bad_lines(connection: sqlite3.Connection, *, most: int) -> tuple[BadLineView, ...]:
    rows = connection.execute(_BAD, {"most": most})
    return tuple(BadLineView(path=path, line=line, reason=reason) for path, line, reason in rows)


def counts(connection: sqlite3.Connection) -> tuple[int, int]:
    """Files read, lines that could not be."""
    (files,) = connection.execute("SELECT COUNT(*) FROM files").fetchone()
    (bad,) = connection.execute("SELECT COUNT(*) FROM bad_lines").fetchone()
    return int(files), int(bad)


_TABLES = ("runs", "calls", "events", "signatures", "files")
_WHOLE = "SELECT COUNT(*), COALESCE(SUM(length(command) + length(args) + length(answer)), 0)"


def database(connection: sqlite3.Connection, path: Path, *, schema: int) -> DatabaseInfo:
    """Sizes and counts."""
    rows = {
        table: int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608
        for table in _TABLES
    }
    (version,) = connection.execute("SELECT sqlite_version()").fetchone()
    (whole,) = connection.execute("SELECT COUNT(*) FROM call_texts WHERE whole = 1").fetchone()
    _, texts = connection.execute(_WHOLE + " FROM call_texts").fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    size = pages * page_size
    return DatabaseInfo(
        path=str(path),
        size_bytes=size,
        schema=schema,
        sqlite=version,
        whole_samples=whole,
        bytes_an_event=(size - texts) // rows["events"] if rows["events"] else None,
        **rows,
    )
