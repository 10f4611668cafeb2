"""What follows from a run's facts (end, outcome, costs), written anew when facts have come."""

import sqlite3
from collections.abc import Callable

from homeostat.model.event import Kind
from homeostat.model.outcome import Nature, Outcome, Role
from homeostat.model.run import RunTimeline, SettledRun, TimelineCall, TimelineFact

_UNSETTLED = "SELECT run_key FROM runs WHERE unsettled = 1 ORDER BY run_key LIMIT :most"
_CALLS = """
SELECT COALESCE(t.word, ''), COALESCE(a.word, ''), COALESCE(p.word, ''), x.command, c.outcome,
  COALESCE(k.word, ''), c.nature, c.masked, c.role, c.signature_key, c.started_at, c.ended_at
FROM calls c
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN words t ON t.word_id = c.tool_word
LEFT JOIN words a ON a.word_id = c.agent_word
LEFT JOIN words k ON k.word_id = c.kind_word
LEFT JOIN words p ON p.word_id = c.path_word
WHERE c.run_key = :run_key AND c.tool_word IS NOT NULL
ORDER BY c.started_at, c.call_id
"""
_FACTS = """
SELECT k.word, e.ts, e.agent_word, e.input_tokens, e.output_tokens, e.cache_read_tokens,
  e.cache_creation_tokens
FROM events e JOIN words k ON k.word_id = e.kind_word
WHERE e.run_key = :run_key AND k.word NOT IN ('tool.call', 'tool.result', 'model.usage')
ORDER BY e.ts, e.seq
"""
_SPENT = """
SELECT ts, input_tokens + output_tokens + cache_creation_tokens, is_subagent
FROM messages WHERE run_key = :run_key ORDER BY ts
"""
_TOTALS = """
SELECT e.ts, e.input_tokens - e.cache_read_tokens + e.output_tokens
FROM events e JOIN words k ON k.word_id = e.kind_word
WHERE e.run_key = :run_key AND k.word = 'model.usage' ORDER BY e.ts, e.seq
"""
_SETTLE = """
UPDATE runs SET ended = :ended, outcome = :outcome, outcome_rule = :outcome_rule,
  active_ms = :active_ms, unsettled = 0
WHERE run_key = :run_key
"""
_CLEAR = "DELETE FROM signature_runs WHERE run_key = :run_key"
_COST = """
INSERT INTO signature_runs (run_key, signature_key, nature, failures, lost_ms, lost_tokens,
  first_at, last_at)
VALUES (:run_key, :signature_key, :nature, :failures, :lost_ms, :lost_tokens, :first_at, :last_at)
"""
AT_ONCE = 200


def settle(connection: sqlite3.Connection, judged: Callable[[RunTimeline], SettledRun]) -> int:
    """Settle every run that has new facts; in short transactions, so that it can be cut off."""
    done = 0
    while keys := [key for (key,) in connection.execute(_UNSETTLED, {"most": AT_ONCE})]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for key in keys:
                _write(connection, key, judged(timeline(connection, key)))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        done += len(keys)
    return done


def timeline(connection: sqlite3.Connection, run_key: int) -> RunTimeline:
    """A run's facts in order of time."""
    run = {"run_key": run_key}
    calls = [
        TimelineCall(
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
        for tool, agent, path, command, outcome, kind, nature, masked, role, signature_key,
        started_at, ended_at in connection.execute(_CALLS, run)
    ]  # fmt: skip
    facts = [
        TimelineFact(kind=Kind(kind), at=at, is_subagent=bool(agent))
        for kind, at, agent, *_ in connection.execute(_FACTS, run)
    ]
    facts += [
        TimelineFact(kind=Kind.USAGE, at=at, is_subagent=bool(subagent), tokens=tokens)
        for at, tokens, subagent in connection.execute(_SPENT, run)
    ]
    facts += _running_totals(connection, run) if not any(f.tokens for f in facts) else []
    facts.sort(key=lambda fact: fact.at or 0)
    return RunTimeline(calls=calls, facts=facts)


def _running_totals(connection: sqlite3.Connection, run: dict[str, int]) -> list[TimelineFact]:
    """Tokens of clients that give totals of the run: the differences."""
    facts: list[TimelineFact] = []
    before = 0
    for at, total in connection.execute(_TOTALS, run):
        if total > before:
            facts.append(
                TimelineFact(kind=Kind.USAGE, at=at, is_subagent=False, tokens=total - before)
            )
            before = total
    return facts


def _write(connection: sqlite3.Connection, run_key: int, settled: SettledRun) -> None:
    run = {"run_key": run_key}
    connection.execute(_SETTLE, run | {
        "ended": settled.ended.value,
        "outcome": settled.outcome.value,
        "outcome_rule": settled.outcome_rule,
        "active_ms": settled.active_ms,
    })  # fmt: skip
    connection.execute(_CLEAR, run)
    connection.executemany(_COST, [
        run | {
            "signature_key": cost.signature_key,
            "nature": cost.nature.value,
            "failures": cost.failures,
            "lost_ms": cost.lost_ms,
            "lost_tokens": cost.lost_tokens,
            "first_at": cost.first_at,
            "last_at": cost.last_at,
        }
        for cost in settled.costs
    ])  # fmt: skip
