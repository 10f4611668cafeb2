"""What follows from a run's facts (end, outcome, costs), written anew when facts have come."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from homeostat.knowledge import trial_sums
from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.knowledge.retry import repeated
from homeostat.model.call import NOT_TOOLS
from homeostat.model.event import Kind
from homeostat.model.outcome import Nature, Outcome, Role
from homeostat.model.run import RunTimeline, SettledRun, TimelineCall, TimelineFact

_UNSETTLED = """
SELECT run_key, started_at, ended_at, reward, detail_from FROM runs
WHERE unsettled = 1 ORDER BY run_key LIMIT :most
"""
_IS_DUE = "SELECT 1 FROM runs WHERE unsettled = 1 LIMIT 1"
_CALLS = """
SELECT c.run_key, COALESCE(t.word, ''), COALESCE(a.word, ''), COALESCE(p.word, ''), x.command,
  c.outcome, COALESCE(k.word, ''), c.nature, c.masked, c.role, c.signature_key, c.started_at,
  c.ended_at
FROM calls c
JOIN runs r ON r.run_key = c.run_key
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN words t ON t.word_id = c.tool_word
LEFT JOIN words a ON a.word_id = c.agent_word
LEFT JOIN words k ON k.word_id = c.kind_word
LEFT JOIN words p ON p.word_id = c.path_word
WHERE c.run_key IN ({keys}) AND c.tool_word IS NOT NULL
  AND (r.detail_from IS NULL OR COALESCE(c.started_at, c.ended_at, 0) >= r.detail_from)
ORDER BY c.run_key, c.started_at NULLS FIRST, LENGTH(c.call_id), c.call_id
"""
# The extent of the runs tells in which days' partitions to look.
_EVENTS = """
SELECT e.run_key, k.word, e.ts, COALESCE(a.word, ''),
  e.input_tokens - e.cache_read_tokens + e.output_tokens
FROM events e
JOIN runs r ON r.run_key = e.run_key
JOIN words k ON k.word_id = e.kind_word
LEFT JOIN words a ON a.word_id = e.agent_word
WHERE e.run_key IN ({keys}) AND k.word NOT IN ('tool.call', 'tool.result', 'run.score')
  AND (r.detail_from IS NULL OR e.ts >= r.detail_from)
"""
_WITHIN = " AND (e.ts IS NULL OR (e.ts >= %d AND e.ts <= %d))"
_IN_ORDER = " ORDER BY e.run_key, e.ts NULLS FIRST, e.seq"
_SPENT = """
SELECT run_key, ts, input_tokens + output_tokens + cache_creation_tokens, is_subagent
FROM messages WHERE run_key IN ({keys}) ORDER BY run_key, ts NULLS FIRST, message_id
"""
_SETTLE = """
UPDATE runs SET ended = :ended, outcome = :outcome, outcome_rule = :outcome_rule,
  active_ms = :active_ms + given_up_ms
WHERE run_key = :run_key AND (detail_from IS NULL OR detail_from <= ended_at)
"""
_SETTLED = "UPDATE runs SET unsettled = 0 WHERE run_key = ?"
_CLEAR = "DELETE FROM signature_runs WHERE run_key = ?"
_COLUMNS = (
    "run_key", "signature_key", "nature", "failures", "lost_ms", "lost_tokens", "first_at",
    "last_at",
)  # fmt: skip
COSTS = Table("signature_runs", ("signature_key", "nature", "run_key"), _COLUMNS)
GIVEN_UP = Table(
    "given_up_costs",
    ("run_key", "signature_key", "nature"),
    _COLUMNS,
    added=("failures", "lost_ms", "lost_tokens"),
    largest=("last_at",),
    least=("first_at",),
)
# What was counted of a run before its detail was given up is added to what came since.
_ADD_GIVEN_UP = f"""
INSERT INTO signature_runs ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)} FROM given_up_costs WHERE run_key = ?
ON CONFLICT (signature_key, nature, run_key) DO UPDATE SET
  failures = signature_runs.failures + excluded.failures,
  lost_ms = signature_runs.lost_ms + excluded.lost_ms,
  lost_tokens = signature_runs.lost_tokens + excluded.lost_tokens,
  first_at = COALESCE(excluded.first_at, signature_runs.first_at)
"""  # noqa: S608  # names of ours
_SUMS = ("runs", "failures", "lost_ms", "lost_tokens")
TOTALS = Table(
    "signature_totals",
    ("signature_key", "nature"),
    ("signature_key", "nature", *_SUMS, "first_at", "last_at"),
    added=_SUMS,
    largest=("last_at",),
    least=("first_at",),
)
SUMMED = """
signature_key, nature, COUNT(*), SUM(failures), SUM(lost_ms), SUM(lost_tokens), MIN(first_at),
  MAX(last_at)
"""
_OF_RUNS = f"""
SELECT {SUMMED} FROM signature_runs WHERE run_key IN ({{keys}}) GROUP BY signature_key, nature
"""  # noqa: S608  # names of ours
_EXTENT = """
UPDATE signature_totals SET
  first_at = (SELECT MIN(x.first_at) FROM signature_runs x
    WHERE x.signature_key = signature_totals.signature_key AND x.nature = signature_totals.nature),
  last_at = (SELECT MAX(x.last_at) FROM signature_runs x
    WHERE x.signature_key = signature_totals.signature_key AND x.nature = signature_totals.nature)
WHERE signature_key = ? AND nature = ?
"""
_SWEEP_TOTALS = "DELETE FROM signature_totals WHERE runs = 0"
RECOUNT_TOTALS = (
    "DELETE FROM signature_totals",
    f"""
    INSERT INTO signature_totals ({", ".join(TOTALS.columns)})
    SELECT {SUMMED} FROM signature_runs GROUP BY signature_key, nature
    """,  # noqa: S608  # names of ours
)
_Extent: TypeAlias = tuple[int | None, int | None]
"""First and last moment."""
AT_ONCE = 200


def settle(connection: Connection, judged: Callable[[RunTimeline], SettledRun]) -> int:
    """Settle every run that has new facts; in short transactions, so that it can be cut off.

    A run to which somebody else is writing is left to them.
    """
    done = 0
    if not connection.execute(_IS_DUE).fetchone():
        return done  # most often, and no transaction need be opened for it
    while settled := repeated(lambda: _some(connection, judged)):
        done += settled
    return done


def _some(connection: Connection, judged: Callable[[RunTimeline], SettledRun]) -> int:
    with connection.transaction():
        query = _UNSETTLED + connection.skip_locked
        runs = connection.execute(query, {"most": AT_ONCE}).fetchall()
        settled = {key: judged(line) for key, line in timelines(connection, runs).items()}
        _write(connection, settled)
    return len(runs)


def timelines(connection: Connection, runs: Sequence[Row]) -> Mapping[int, RunTimeline]:
    """The facts of runs (key, start, end, reward, since when in detail), in order of time."""
    keys = [(key,) for key, *_ in runs]
    resumed = {key for key, *_, detail_from in runs if detail_from is not None}
    moments = [at for _, *both, _, _ in runs for at in both if at is not None]
    rewards = {key: reward for key, _, _, reward, _ in runs}
    events = _EVENTS + (_WITHIN % (min(moments), max(moments)) if moments else "") + _IN_ORDER
    calls: defaultdict[int, list[TimelineCall]] = defaultdict(list)
    unanswered: defaultdict[int, list[TimelineCall]] = defaultdict(list)
    facts: defaultdict[int, list[TimelineFact]] = defaultdict(list)
    totals: defaultdict[int, list[tuple[int | None, int]]] = defaultdict(list)
    for key, *values in connection.matching(_CALLS, ("integer",), keys):
        call = _call(values)
        (unanswered if call.tool in NOT_TOOLS else calls)[key].append(call)
    for key, kind, at, agent, total in connection.matching(events, ("integer",), keys):
        if kind == Kind.USAGE:
            totals[key].append((at, total))
        else:
            fact = TimelineFact(kind=Kind(kind), at=at, is_subagent=bool(agent), agent=agent)
            facts[key].append(fact)
    for key, at, tokens, subagent in connection.matching(_SPENT, ("integer",), keys):
        spent = TimelineFact(kind=Kind.USAGE, at=at, is_subagent=bool(subagent), tokens=tokens)
        facts[key].append(spent)
    for (key,) in keys:
        if not any(fact.tokens for fact in facts[key]):
            # Of a run whose beginning was given up the first total is where counting goes on.
            first = totals[key][0][1] if key in resumed and totals[key] else 0
            facts[key] += _running_totals(totals[key], first)
        facts[key].sort(key=lambda fact: fact.at or 0)
    return {
        key: RunTimeline(
            calls=calls[key], unanswered=unanswered[key], facts=facts[key], reward=rewards[key]
        )
        for (key,) in keys
    }


def _call(values: Row | list[Any]) -> TimelineCall:
    (
        tool, agent, path, command, outcome, kind, nature, masked, role, signature_key,
        started_at, ended_at,
    ) = values  # fmt: skip
    return TimelineCall(
        tool=tool,
        agent=agent,
        target=path or command,
        command=command,
        outcome=Outcome(outcome),
        failure_kind=kind,
        nature=Nature(nature),
        masked=Nature(masked or "none"),
        role=Role(role or "other"),
        signature_key=signature_key,
        started_at=started_at,
        ended_at=ended_at,
    )


def _running_totals(
    totals: Iterable[tuple[int | None, int]], before: int
) -> Iterator[TimelineFact]:
    """Tokens of clients that give totals of the run: the differences."""
    for at, total in totals:
        if total > before:
            yield TimelineFact(kind=Kind.USAGE, at=at, is_subagent=False, tokens=total - before)
            before = total


def _write(connection: Connection, settled: Mapping[int, SettledRun]) -> None:
    connection.executemany(_SETTLE, [
        {
            "run_key": key,
            "ended": run.ended.value,
            "outcome": run.outcome.value,
            "outcome_rule": run.outcome_rule,
            "active_ms": run.active_ms,
        }
        for key, run in settled.items()
    ])  # fmt: skip
    keys = [(key,) for key in settled]
    before = list(connection.matching(_OF_RUNS, ("integer",), keys))
    connection.executemany(_SETTLED, keys)
    connection.executemany(_CLEAR, keys)
    connection.insert(COSTS, [
        (
            key, cost.signature_key, cost.nature.value, cost.failures, cost.lost_ms,
            cost.lost_tokens, cost.first_at, cost.last_at,
        )
        for key, run in settled.items()
        for cost in run.costs
    ])  # fmt: skip
    connection.executemany(_ADD_GIVEN_UP, keys)
    _move_totals(connection, before, list(connection.matching(_OF_RUNS, ("integer",), keys)))
    trial_sums.note_runs(connection, keys)


def _move_totals(connection: Connection, before: Sequence[Row], after: Sequence[Row]) -> None:
    """Take out what the runs counted until now, and put in what they count from now on."""
    moved: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * len(_SUMS))
    was = {(key, nature): (first, last) for key, nature, *_, first, last in before}
    now = {(key, nature): (first, last) for key, nature, *_, first, last in after}
    for rows, sign in ((before, -1), (after, 1)):
        for signature_key, nature, *sums, _, _ in rows:
            total = moved[signature_key, nature]
            for index, figure in enumerate(sums):
                total[index] += sign * figure
    ends = was | now
    connection.upsert(TOTALS, [(*key, *total, *ends[key]) for key, total in moved.items()])
    # A run may have held the first or the last failure of all, and hold it no more.
    shrunk = [key for key, end in was.items() if _is_less(now.get(key), end)]
    connection.executemany(_EXTENT, sorted(shrunk))
    if shrunk:
        connection.execute(_SWEEP_TOTALS)


def _is_less(now: "_Extent | None", was: "_Extent") -> bool:
    if now is None:
        return True
    return (now[0] or 0) > (was[0] or 0) or (now[1] or 0) < (was[1] or 0)
