"""Runs as a trial sees them: what failed in each, whether all is known, how slow, how dear."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.moments import DAY_NS, moment, nanoseconds
from homeostat.model.exposure import Begun
from homeostat.model.outcome import Nature, Outcome, RunOutcome
from homeostat.model.trial import Trial, TrialRun

AT_ONCE = 2_000
"""Runs whose calls are in memory."""
_IS_OK = {RunOutcome.WELL: True, RunOutcome.BADLY: False}
_TIMED = (Outcome.OK, Outcome.ERROR)
_NOT_KNOWN = (Outcome.UNKNOWN, Outcome.INTERRUPTED)
_SATURDAY = 5
_RUNS = """
SELECT r.run_key, r.run_id, w.word, r.started_at, r.ended_at, r.outcome, r.cost_usd
FROM runs r JOIN words w ON w.word_id = r.client_word
WHERE {narrow} AND r.started_at IS NOT NULL ORDER BY r.run_id, r.run_key
"""
_OF_UNITS = _RUNS.format(narrow="r.run_id IN ({keys})")
# Of a run whose detail was given up it is not known what failed.
_BETWEEN = _RUNS.format(
    narrow="r.ended_at >= :since AND r.ended_at < :until AND r.detail_from IS NULL"
)
_CALLS = """
SELECT c.run_key, t.word, s.signature_id, c.outcome, c.nature, c.masked, COUNT(c.duration_ms),
  COALESCE(SUM(c.duration_ms), 0)
FROM calls c
LEFT JOIN words t ON t.word_id = c.tool_word
LEFT JOIN signatures s ON s.signature_key = c.signature_key
WHERE c.run_key IN ({keys})
GROUP BY c.run_key, t.word, s.signature_id, c.outcome, c.nature, c.masked
"""


def of_units(
    connection: Connection, begun: Begun, units: Sequence[str]
) -> dict[str, list[TrialRun]]:
    """The runs of units, without an arm; of a unit that none is known of there is no entry."""
    rows = list(connection.matching(_OF_UNITS, ("text",), [(unit,) for unit in sorted(units)]))
    found: dict[str, list[TrialRun]] = {}
    for run in _read(connection, begun.trial, begun.merged, begun.applied_at, rows):
        found.setdefault(run.unit, []).append(run)
    return found


def before(
    connection: Connection,
    trial: Trial,
    merged: Mapping[str, str],
    applied_at: datetime,
    *,
    days: float,
) -> list[TrialRun]:
    """Those that ended in the `days` before the change."""
    values = {
        "since": nanoseconds(applied_at - timedelta(days=days)),
        "until": nanoseconds(applied_at),
    }
    rows = connection.execute(_BETWEEN, values).fetchall()
    return _read(connection, trial, merged, applied_at, rows)


class _Calls:
    """Of one run."""

    __slots__ = ("elsewhere", "failed", "is_unclear", "ms", "timed")

    def __init__(self) -> None:
        self.failed: set[str] = set()
        self.elsewhere: set[str] = set()
        self.is_unclear = False
        self.timed = 0
        self.ms = 0


def _read(
    connection: Connection,
    trial: Trial,
    merged: Mapping[str, str],
    applied_at: datetime,
    rows: Sequence[Row],
) -> list[TrialRun]:
    applied = nanoseconds(applied_at)
    found: list[TrialRun] = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        calls = {row[0]: _Calls() for row in some}
        for key, *call in connection.matching(_CALLS, ("integer",), [(row[0],) for row in some]):
            _take(calls[key], call, trial, merged)
        found += [_trial_run(row, calls[row[0]], applied) for row in some]
    return found


def _take(calls: _Calls, call: list[Any], trial: Trial, merged: Mapping[str, str]) -> None:
    """Only what is broken is a failure: a check that found something did its job.

    Not known is also what was interrupted, what hid a failure (`make || true`), what failed
    without a name, and an answer whose call is missing: each may have been the target.
    """
    tool, signature, said, nature, masked, timed, ms = call
    outcome = Outcome(said)
    name = merged.get(signature, signature) if signature else ""
    is_of_tool = tool in (trial.tool, None) or name == trial.signature
    if is_of_tool and outcome in _TIMED:
        calls.timed += timed
        calls.ms += ms
    if outcome is Outcome.ERROR and nature != Nature.FINDING:
        if name:
            (calls.failed if is_of_tool else calls.elsewhere).add(name)
        else:
            calls.is_unclear |= is_of_tool
    elif tool is None or outcome in _NOT_KNOWN or masked == Nature.FAULT:
        calls.is_unclear |= is_of_tool


def _trial_run(row: Row, calls: _Calls, applied: int) -> TrialRun:
    _, run_id, client, started_at, ended_at, outcome, cost_usd = row
    return TrialRun(
        unit=run_id,
        agent=client,
        started=(started_at - applied) / DAY_NS,
        ended=(ended_at - applied) / DAY_NS,
        is_weekend=moment(started_at).weekday() >= _SATURDAY,
        is_ok=_IS_OK.get(RunOutcome(outcome)),
        failed=tuple(sorted(calls.failed)),
        failed_elsewhere=tuple(sorted(calls.elsewhere)),
        is_unclear=calls.is_unclear,
        tool_ms=calls.ms / calls.timed if calls.timed else None,
        cost_usd=cost_usd,
    )
