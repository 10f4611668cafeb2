"""Runs by day and by what they ran on, and which of them failed how."""

from collections.abc import Sequence

from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.moments import DAY_NS
from homeostat.knowledge.queries.measures import WORKED, Days

LEDGER = ("version_word", "model_word", "project_word")
"""What runs ran on."""
_RUNS = """
SELECT r.ended_at / :day_ns, r.client_word, {ledger}, COUNT(*),
  SUM(CASE WHEN r.outcome = 'well' THEN 1 ELSE 0 END),
  SUM(CASE WHEN r.outcome = 'badly' THEN 1 ELSE 0 END),
  SUM(CASE WHEN r.failed_calls > r.finding_calls THEN 1 ELSE 0 END)
FROM runs r WHERE r.ended_at >= :since AND r.ended_at < :until AND {worked}
GROUP BY 1, 2, 3, 4, 5
"""
_UNNAMED = "NULL, NULL, NULL"
_NAMED = ", ".join(f"r.{column}" for column in LEDGER)


def runs(connection: Connection, days: Days) -> list[Row]:
    """Day, client, what they ran on (3 numbers), runs, well, badly, with a fault."""
    return _runs(connection, days, _NAMED)


def runs_by_day(connection: Connection, days: Days) -> list[Row]:
    """The same, whatever they ran on."""
    return _runs(connection, days, _UNNAMED)


def _runs(connection: Connection, days: Days, ledger: str) -> list[Row]:
    query = _RUNS.format(ledger=ledger, worked=WORKED)
    rows = connection.execute(query, days.values() | {"day_ns": DAY_NS}).fetchall()
    return [(*row[:5], *(int(count) for count in row[5:])) for row in rows]


_FREQUENT = """
SELECT s.signature_key, s.signature_id, s.line FROM (
  SELECT signature_key, SUM(failures) AS failures FROM signature_days
  WHERE day >= :first AND day <= :last AND nature = 'fault' GROUP BY signature_key) AS x
JOIN signatures s ON s.signature_key = x.signature_key
ORDER BY x.failures DESC, s.signature_id LIMIT :most
"""


def frequent(connection: Connection, days: Days, *, most: int) -> list[Row]:
    """Key, id and line of the signatures with the most failures."""
    return connection.execute(_FREQUENT, days.values() | {"most": most}).fetchall()


_FAILING = """
SELECT x.signature_key, r.ended_at / {day_ns}, r.client_word, {ledger}, COUNT(*)
FROM signature_runs x JOIN runs r ON r.run_key = x.run_key
WHERE x.signature_key IN ({{keys}}) AND x.nature = 'fault'
  AND r.ended_at >= {since:d} AND r.ended_at < {until:d} AND {worked}
GROUP BY 1, 2, 3, 4, 5, 6
"""


def failing(connection: Connection, days: Days, keys: Sequence[int]) -> list[Row]:
    """Signature's key, day, client, what they ran on (3 numbers), runs that met it."""
    return _failing(connection, days, keys, _NAMED)


def failing_by_day(connection: Connection, days: Days, keys: Sequence[int]) -> list[Row]:
    """The same, whatever they ran on."""
    return _failing(connection, days, keys, _UNNAMED)


def _failing(connection: Connection, days: Days, keys: Sequence[int], ledger: str) -> list[Row]:
    values = days.values()
    query = _FAILING.format(
        day_ns=DAY_NS,
        since=values["since"],
        until=values["until"],
        ledger=ledger,
        worked=WORKED,
    )
    rows = connection.matching(query, ("integer",), [(key,) for key in keys])
    return [(*row[:6], int(row[6])) for row in rows]


_WEEKLY = """
SELECT s.signature_id, s.line, d.day, SUM(d.failures)
FROM signature_days d JOIN signatures s ON s.signature_key = d.signature_key
WHERE d.day >= {first:d} AND d.day <= {last:d} AND d.nature = 'fault'
  AND d.signature_key IN ({{keys}})
GROUP BY s.signature_id, s.line, d.day
"""


def signature_days(connection: Connection, days: Days, keys: Sequence[int]) -> list[Row]:
    """Signature's id and line, day, failures."""
    query = _WEEKLY.format(first=days.first, last=days.last)
    rows = connection.matching(query, ("integer",), [(key,) for key in keys])
    return [(name, line, day, int(count)) for name, line, day, count in rows]


_HOOKS = """
SELECT COALESCE(n.word, ''), COALESCE(c.word, ''), h.times, h.total, h.runs FROM (
  SELECT name_word, command_word, SUM(runs_of_hook) AS times, SUM(duration_ms) AS total,
    COUNT(DISTINCT run_key) AS runs
  FROM hooks_daily WHERE day >= :first AND day <= :last GROUP BY name_word, command_word) AS h
LEFT JOIN words n ON n.word_id = h.name_word
LEFT JOIN words c ON c.word_id = h.command_word
ORDER BY h.total DESC, 1, 2
"""


def hooks(connection: Connection, days: Days) -> list[Row]:
    """Event, command, times, ms in all, runs; what took longest first."""
    rows = connection.execute(_HOOKS, days.values()).fetchall()
    return [(event, command, *(int(one) for one in rest)) for event, command, *rest in rows]


_TOOLS = """
SELECT t.word, SUM(d.calls), MAX(d.day) FROM tool_days d JOIN words t ON t.word_id = d.tool_word
WHERE d.day >= :first AND d.day <= :last GROUP BY t.word
"""


def tool_uses(connection: Connection, days: Days) -> list[Row]:
    """Tool, calls, last day."""
    rows = connection.execute(_TOOLS, days.values()).fetchall()
    return [(tool, int(count), day) for tool, count, day in rows]
