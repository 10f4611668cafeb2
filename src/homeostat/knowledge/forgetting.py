"""Delete a run, a project, or a text everywhere it is kept, and count again what is left."""

import sqlite3
from collections.abc import Iterator

import msgspec

from homeostat.knowledge.moments import DAY_NS, HOUR_NS
from homeostat.model.errors import NotFoundError, UsageError

SHORTEST_TEXT = 4


class What(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three is given."""

    run_key: int | None = None
    project: str = ""
    text: str = ""


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    runs: int
    calls: int
    texts: int
    """Kept texts from which the text was cut."""
    signatures: int
    """Signatures that were removed or whose line was cut."""
    unreached: tuple[str, ...]
    """Files of the clients themselves, which homeostat never changes."""


_RUNS_OF_PROJECT = """
SELECT r.run_key FROM runs r JOIN words w ON w.word_id = r.project_word WHERE w.word = :project
"""
_SOURCES = "SELECT DISTINCT source_path FROM runs WHERE run_key = :run_key AND source_path <> ''"
_DELETE_RUN = (
    "DELETE FROM call_texts WHERE run_key = :run_key",
    "DELETE FROM calls WHERE run_key = :run_key",
    "DELETE FROM signature_runs WHERE run_key = :run_key",
    "DELETE FROM messages WHERE run_key = :run_key",
    "DELETE FROM leaks WHERE run_key = :run_key",
    "DELETE FROM events WHERE run_key = :run_key",
    "DELETE FROM runs WHERE run_key = :run_key",
)
_COUNT_CALLS = "SELECT COUNT(*) FROM calls WHERE run_key = :run_key"
_UNUSED_SIGNATURES = """
DELETE FROM signatures WHERE NOT EXISTS (
  SELECT 1 FROM calls c WHERE c.signature_key = signatures.signature_key)
"""
_RECOUNT = (
    "DELETE FROM hourly",
    "DELETE FROM daily",
    "DELETE FROM signature_days",
    """
    INSERT INTO hourly (hour, project_word, client_word, agent_word, tool_word, outcome, nature,
      calls, masked_calls, duration_ms, timed_calls)
    SELECT COALESCE(c.started_at, c.ended_at, 0) / :hour, COALESCE(r.project_word, 0),
      r.client_word, COALESCE(c.agent_word, 0), c.tool_word, c.outcome, c.nature, COUNT(*),
      SUM(c.masked IS NOT NULL), COALESCE(SUM(c.duration_ms), 0), COUNT(c.duration_ms)
    FROM calls c JOIN runs r ON r.run_key = c.run_key
    WHERE c.tool_word IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7
    """,
    """
    INSERT INTO daily (day, project_word, client_word, agent_word, tool_word, outcome, nature,
      calls, masked_calls, duration_ms, timed_calls)
    SELECT hour / 24, project_word, client_word, agent_word, tool_word, outcome, nature,
      SUM(calls), SUM(masked_calls), SUM(duration_ms), SUM(timed_calls)
    FROM hourly GROUP BY 1, 2, 3, 4, 5, 6, 7
    """,
    """
    INSERT INTO signature_days (day, signature_key, nature, failures)
    SELECT COALESCE(started_at, ended_at, 0) / :day, signature_key, nature, COUNT(*)
    FROM calls WHERE signature_key IS NOT NULL AND outcome = 'error' AND tool_word IS NOT NULL
    GROUP BY 1, 2, 3
    """,
)
_CUT = (
    "UPDATE call_texts SET command = replace(command, :text, :mark) WHERE instr(command, :text)",
    "UPDATE call_texts SET args = replace(args, :text, :mark) WHERE instr(args, :text)",
    "UPDATE call_texts SET answer = replace(answer, :text, :mark) WHERE instr(answer, :text)",
    "UPDATE events SET detail = replace(detail, :text, :mark) WHERE instr(detail, :text)",
    (
        "UPDATE bad_lines SET start = replace(start, :text, :mark), "
        "reason = replace(reason, :text, :mark) WHERE instr(start, :text) OR instr(reason, :text)"
    ),
    (
        "UPDATE files SET state = CAST(replace(CAST(state AS TEXT), :text, :mark) AS BLOB) "
        "WHERE instr(CAST(state AS TEXT), :text)"
    ),
)
_CUT_WORDS = (
    "UPDATE OR IGNORE words SET word = replace(word, :text, :mark) WHERE instr(word, :text)"
)
_CUT_SIGNATURES = """
UPDATE signatures SET line = replace(line, :text, :mark), message = replace(message, :lower, :mark),
  key = replace(replace(key, :text, :mark), :lower, :mark),
  identifiers = replace(replace(identifiers, :text, :mark), :lower, :mark)
WHERE instr(line, :text) OR instr(message, :lower) OR instr(key, :lower)
  OR instr(identifiers, :text)
"""
_SOURCES_OF_TEXT = "SELECT path FROM files ORDER BY path"
MARK = "[forgotten]"


def forget(connection: sqlite3.Connection, what: What) -> Forgotten:
    """Delete, then shrink the file, so that nothing stays in free pages or in the log.

    What a client keeps itself is never touched: its files are named in `unreached`, and an
    import of them would bring the data back. Raises `NotFoundError`, `UsageError`.
    """
    connection.execute("PRAGMA secure_delete=1")
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _cut_text(connection, what.text) if what.text else _delete_runs(connection, what)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def _delete_runs(connection: sqlite3.Connection, what: What) -> Forgotten:
    keys = list(_keys(connection, what))
    if not keys:
        raise NotFoundError(
            f'there is no run of project "{what.project}".',
            next_step="See the projects' names: homeostat runs --json",
        )
    calls = 0
    sources: set[str] = set()
    for key in keys:
        run = {"run_key": key}
        sources.update(path for (path,) in connection.execute(_SOURCES, run))
        calls += connection.execute(_COUNT_CALLS, run).fetchone()[0]
        for statement in _DELETE_RUN:
            connection.execute(statement, run)
    for statement in _RECOUNT:
        connection.execute(statement, {"hour": HOUR_NS, "day": DAY_NS})
    removed = connection.execute(_UNUSED_SIGNATURES).rowcount
    return Forgotten(
        runs=len(keys), calls=calls, texts=0, signatures=removed, unreached=tuple(sorted(sources))
    )


def _keys(connection: sqlite3.Connection, what: What) -> Iterator[int]:
    if what.run_key is not None:
        yield what.run_key
        return
    for (key,) in connection.execute(_RUNS_OF_PROJECT, {"project": what.project}):
        yield key


def _cut_text(connection: sqlite3.Connection, text: str) -> Forgotten:
    if len(text) < SHORTEST_TEXT:
        raise UsageError(
            f'"{text}" is too short: it would cut into most texts.',
            next_step=f"Give at least {SHORTEST_TEXT} characters.",
        )
    values = {"text": text, "mark": MARK, "lower": text.lower()}
    texts = sum(connection.execute(statement, values).rowcount for statement in _CUT)
    texts += connection.execute(_CUT_WORDS, values).rowcount
    signatures = connection.execute(_CUT_SIGNATURES, values).rowcount
    files = tuple(path for (path,) in connection.execute(_SOURCES_OF_TEXT)) if texts else ()
    return Forgotten(runs=0, calls=0, texts=texts, signatures=signatures, unreached=files)
