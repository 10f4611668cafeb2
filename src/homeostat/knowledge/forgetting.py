"""Delete a run, a project, or a text everywhere it is kept, and count again what is left."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from homeostat.knowledge import changes, groupings, improvements, kept_values, trial_sums, words
from homeostat.knowledge.call_rows import OF_TOOL
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.moments import DAY_NS, HOUR_NS, moment
from homeostat.knowledge.queries.runs import run_key
from homeostat.knowledge.rollups import (
    COUNTED,
    DAILY,
    DURATIONS,
    HOURLY,
    PLACED,
    RECOUNT_TOOLS,
    SIGNATURE_DAYS,
    SIGNATURE_TOOLS,
    STEP,
    TIMED,
)
from homeostat.knowledge.settle import RECOUNT_TOTALS
from homeostat.model.errors import NotFoundError, UsageError
from homeostat.model.files import unpacked

SHORTEST_TEXT = 4


class What(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three is given."""

    run: str = ""
    """The beginning of its id."""
    project: str = ""
    text: str = ""


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    runs: int
    calls: int
    texts: int
    """Kept texts from which the text was cut."""
    signatures: int
    """Signatures that were removed or whose texts were cut."""
    unreached: tuple[str, ...]
    """Files of the clients themselves, which homeostat never changes."""
    within_ids: int = 0
    """Ids of runs and calls that hold the text: they join facts, and stay as they are."""
    is_complete: bool = True
    """False while an open reader keeps the old pages on the disk."""


_RUNS_OF_PROJECT = """
SELECT r.run_key FROM runs r JOIN words w ON w.word_id = r.project_word WHERE w.word = :project
"""
_RUN = "SELECT run_id, source_path FROM runs WHERE run_key = :run_key"
_SIGNED = """
SELECT signature_key FROM calls WHERE run_key = :run_key AND signature_key IS NOT NULL
UNION SELECT signature_key FROM signature_runs WHERE run_key = :run_key
"""
_DELETE_RUN = (
    "DELETE FROM call_texts WHERE run_key = :run_key",
    "DELETE FROM calls WHERE run_key = :run_key",
    "DELETE FROM signature_runs WHERE run_key = :run_key",
    "DELETE FROM given_up_costs WHERE run_key = :run_key",
    "DELETE FROM messages WHERE run_key = :run_key",
    "DELETE FROM leaks WHERE run_key = :run_key",
    "DELETE FROM scores WHERE run_key = :run_key",
    "DELETE FROM hooks_daily WHERE run_key = :run_key",
)
# What is left of a project whose detail was given up: counts under its name.
_DELETE_PROJECT = tuple(
    f"DELETE FROM {table} WHERE project_word IN (SELECT word_id FROM words WHERE word = :project)"  # noqa: S608  # names of ours
    for table in ("hourly", "daily", "durations")
)
_IDS = "SELECT signature_id FROM signatures WHERE signature_key IN ({keys}) ORDER BY signature_id"
_DELETE_RUN_ROW = "DELETE FROM runs WHERE run_key = :run_key"
_COUNT_CALLS = f"SELECT COUNT(*) FROM calls c WHERE c.run_key = :run_key AND {OF_TOOL}"  # noqa: S608  # as above
# Of runs that are to be settled anew these rows are of yesterday and may name what is gone.
_OUTDATED_COSTS = """
DELETE FROM signature_runs
WHERE run_key IN (SELECT run_key FROM runs WHERE unsettled = 1 AND detail_from IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM calls c WHERE c.run_key = signature_runs.run_key
      AND c.signature_key = signature_runs.signature_key)
"""
_UNUSED_SIGNATURES = """
DELETE FROM signatures
WHERE NOT EXISTS (SELECT 1 FROM calls c WHERE c.signature_key = signatures.signature_key)
  AND NOT EXISTS (SELECT 1 FROM signature_runs x WHERE x.signature_key = signatures.signature_key)
  AND NOT EXISTS (SELECT 1 FROM given_up_costs x WHERE x.signature_key = signatures.signature_key)
  AND NOT EXISTS (SELECT 1 FROM signature_tools t WHERE t.signature_key = signatures.signature_key)
  AND NOT EXISTS (SELECT 1 FROM signature_days d WHERE d.signature_key = signatures.signature_key)
  AND NOT EXISTS (SELECT 1 FROM groupings g WHERE g.undone_at IS NULL
    AND (g.signature_id = signatures.signature_id OR g.into_id = signatures.signature_id))
"""
# The line is a quotation, of a forgotten run perhaps; the message is what all of them share.
_UNQUOTE = """
UPDATE signatures SET line = message WHERE signature_key = :signature_key AND NOT EXISTS (
  SELECT 1 FROM calls c
  JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
  WHERE c.signature_key = :signature_key AND instr(x.answer, signatures.line) > 0)
"""
# Calls are taken out of the counts as they were put in; what was given up stays counted.
_PERIOD = f"""
INSERT INTO {{table}} ({{period}}, {", ".join(PLACED)}, {", ".join(COUNTED)})
SELECT COALESCE(c.started_at, c.ended_at, 0) / :ns, COALESCE(r.project_word, 0),
  r.client_word, COALESCE(c.agent_word, 0), c.tool_word, c.outcome, c.nature, -COUNT(*),
  -COUNT(c.masked), -COALESCE(SUM(c.duration_ms), 0), -COUNT(c.duration_ms)
FROM calls c JOIN runs r ON r.run_key = c.run_key
WHERE c.run_key = :run_key AND {OF_TOOL}
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608  # names of ours
_UNCOUNT = (
    (f"{_PERIOD.format(table='hourly', period='hour')} {HOURLY.conflict()}", HOUR_NS),
    (f"{_PERIOD.format(table='daily', period='day')} {DAILY.conflict()}", DAY_NS),
    (
        f"""
        INSERT INTO signature_days (day, signature_key, nature, failures)
        SELECT COALESCE(started_at, ended_at, 0) / :ns, signature_key, nature, -COUNT(*)
        FROM calls WHERE run_key = :run_key AND signature_key IS NOT NULL AND outcome = 'error'
          AND tool_word IS NOT NULL
        GROUP BY 1, 2, 3 {SIGNATURE_DAYS.conflict()}
        """,  # noqa: S608  # names of ours
        DAY_NS,
    ),
    (
        f"""
        INSERT INTO signature_tools (signature_key, tool_word, agent_word, failures)
        SELECT signature_key, tool_word, COALESCE(agent_word, 0), -COUNT(*) FROM calls
        WHERE run_key = :run_key AND signature_key IS NOT NULL AND tool_word IS NOT NULL
        GROUP BY 1, 2, 3 {SIGNATURE_TOOLS.conflict()}
        """,  # noqa: S608  # names of ours
        DAY_NS,
    ),
    (
        f"""
        INSERT INTO durations (day, tool_word, step, project_word, calls)
        SELECT COALESCE(c.started_at, c.ended_at, 0) / :ns, c.tool_word, {STEP},
          COALESCE(r.project_word, 0), -COUNT(*)
        FROM calls c JOIN runs r ON r.run_key = c.run_key
        WHERE c.run_key = :run_key AND c.tool_word IS NOT NULL AND c.duration_ms IS NOT NULL
          AND c.outcome IN {TIMED}
        GROUP BY 1, 2, 3, 4 {DURATIONS.conflict()}
        """,  # noqa: S608  # names of ours
        DAY_NS,
    ),
)
_SWEEP = (
    "DELETE FROM hourly WHERE calls = 0",
    "DELETE FROM daily WHERE calls = 0",
    "DELETE FROM signature_days WHERE failures = 0",
    "DELETE FROM signature_tools WHERE failures = 0",
    "DELETE FROM durations WHERE calls = 0",
)


def forget(connection: Connection, what: What) -> Forgotten:
    """Delete, then shrink the file, so that nothing stays in free pages or in the log.

    What a client keeps itself is never touched: its files are named in `unreached`, and an
    import of them brings the data back. Raises `NotFoundError`, `UsageError`.
    """
    connection.overwrite_deleted()
    try:
        with connection.transaction(alone=True):
            done = _cut_text(connection, what.text) if what.text else _delete_runs(connection, what)
            words.drop_unused(connection)
            changes.note(connection)
    except NotFoundError:
        connection.shrink_log()  # where a reader was in the way the last time
        raise
    return msgspec.structs.replace(done, is_complete=connection.shrink(purge=True))


def _delete_runs(connection: Connection, what: What) -> Forgotten:
    keys = list(_keys(connection, what))
    if not keys:
        raise NotFoundError(
            f'there is no run of project "{what.project}".',
            next_step="See the projects' names: homeostat runs --json",
        )
    calls = 0
    names: dict[str, str] = {}
    signed: set[int] = set()
    for key in keys:
        run = {"run_key": key}
        names.update(connection.execute(_RUN, run))
        signed.update(number for (number,) in connection.execute(_SIGNED, run))
        calls += connection.execute(_COUNT_CALLS, run).fetchone()[0]
        _delete_run(connection, key)
    if what.project:
        for statement in _DELETE_PROJECT:
            connection.execute(statement, {"project": what.project})
    files = _delete_files(connection, names, what.project)
    for statement in _SWEEP:
        connection.execute(statement)
    connection.execute(_OUTDATED_COSTS)
    for statement in (*RECOUNT_TOOLS, *RECOUNT_TOTALS):
        connection.execute(statement)
    of = [name for (name,) in connection.matching(_IDS, ("integer",), [(key,) for key in signed])]
    leader = groupings.load(connection, now=moment(0)).leader
    improvements.forget_evidence(connection, {*of, *map(leader, of)})
    removed = connection.execute(_UNUSED_SIGNATURES).rowcount
    connection.executemany(_UNQUOTE, [{"signature_key": key} for key in sorted(signed)])
    return Forgotten(
        runs=len(keys),
        calls=calls,
        texts=0,
        signatures=removed,
        unreached=files,
    )


def _delete_run(connection: Connection, key: int) -> None:
    run = {"run_key": key}
    trial_sums.forget_run(connection, key)
    for statement, period in _UNCOUNT:
        connection.execute(statement, run | {"ns": period})
    for statement in _DELETE_RUN:
        connection.execute(statement, run)
    connection.delete_events(key)
    connection.execute(_DELETE_RUN_ROW, run)


def _keys(connection: Connection, what: What) -> Iterator[int]:
    if what.run:
        yield run_key(connection, what.run)
        return
    for (key,) in connection.execute(_RUNS_OF_PROJECT, {"project": what.project}):
        yield key


_FILES = """
SELECT path, state FROM files UNION ALL SELECT path, '' FROM bad_lines
UNION ALL SELECT path, '' FROM skipped ORDER BY path
"""
_DELETE_FILES = (
    "DELETE FROM files WHERE path = :path",
    "DELETE FROM bad_lines WHERE path = :path",
    "DELETE FROM skipped WHERE path = :path",
)


def _delete_files(connection: Connection, runs: dict[str, str], project: str) -> tuple[str, ...]:
    """Forget that the files of these runs (id, main file) were read; answers their paths.

    A file that also holds another run is read anew by the next import, and changes nothing there.
    """
    sources = {path for path in runs.values() if path}
    folders = tuple(_folder(path) for path in sources)
    ids = [json.dumps(name).encode() for name in runs]
    found = set(sources)
    # The folder that Claude Code gives to a project.
    named = f"/{re.sub('[^A-Za-z0-9]', '-', project)}/"
    for path, state in connection.execute(_FILES):
        held = bytes(state, "utf-8") if isinstance(state, str) else bytes(state)
        of_run = path.startswith(folders) or any(name in held for name in ids)
        if of_run or (project and (named in path or project.encode() in held)):
            found.add(path)
    for statement in _DELETE_FILES:
        connection.executemany(statement, [{"path": path} for path in found])
    return tuple(sorted(found))


def _folder(path: str) -> str:
    """Where a client keeps what belongs to a run's main file: beside it, without the suffix."""
    main, found, _ = path.partition("/subagents/")
    return f"{main}/" if found else f"{unpacked(path).removesuffix('.jsonl')}/"


TEXTS = (
    ("call_texts", ("command", "args", "answer")),
    ("events", ("detail",)),
    ("scores", ("label", "detail")),
    ("bad_lines", ("reason", "start")),
    ("runs", ("source_path", "outcome_rule")),
    ("groupings", ("needle",)),
)
SIGNATURE_TEXTS = (
    "key", "family", "kind", "message", "identifiers", "place", "rule", "error_class",
    "class_rule", "line",
)  # fmt: skip
IDS = (("runs", "run_id"), ("calls", "call_id"), ("exposures", "unit"))
MARK = "[forgotten]"
_ALL_FILES = "SELECT path FROM files UNION SELECT source_path FROM runs ORDER BY path"
_HOLDING = "SELECT word_id, word FROM words WHERE instr(word, :form) > 0"
_IS_WORD = "SELECT 1 FROM words WHERE word = :word"
_SET_WORD = "UPDATE words SET word = :word WHERE word_id = :word_id"


def _cut_text(connection: Connection, text: str) -> Forgotten:
    if len(text) < SHORTEST_TEXT:
        raise UsageError(
            f'"{text}" is too short: it would cut into most texts.',
            next_step=f"Give at least {SHORTEST_TEXT} characters.",
        )
    forms = forms_of(text)
    files = tuple(path for (path,) in connection.execute(_ALL_FILES))
    texts = sum(_cut(connection, table, columns, forms) for table, columns in TEXTS)
    texts += sum(_cut_values(connection, place, forms) for place in kept_values.PLACES)
    texts += _cut_words(connection, forms) + _drop_files(connection, forms)
    folded = tuple(dict.fromkeys((*forms, *(form.lower() for form in forms))))
    signatures = _cut(connection, "signatures", SIGNATURE_TEXTS, folded)
    return Forgotten(
        runs=0,
        calls=0,
        texts=texts,
        signatures=signatures,
        unreached=files,
        within_ids=sum(_count(connection, *place, forms) for place in IDS),
    )


def forms_of(text: str) -> tuple[str, ...]:
    """The text, and as it stands within JSON, and within JSON that stands within JSON."""
    found = [text]
    for before in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        found += [json.dumps(before)[1:-1], json.dumps(before, ensure_ascii=False)[1:-1]]
    return tuple(sorted(set(found), key=lambda form: (-len(form), form)))


def _cut(connection: Connection, table: str, columns: Iterable[str], forms: Sequence[str]) -> int:
    """How many rows were cut."""
    changes: list[str] = []
    for column in columns:
        cut = column
        for number in range(len(forms)):
            cut = f"replace({cut}, :form{number}, :mark)"
        changes.append(f"{column} = {cut}")
    held = " OR ".join(_holds(column, forms) for column in columns)
    query = f"UPDATE {table} SET {', '.join(changes)} WHERE {held}"  # noqa: S608  # names of ours
    return connection.execute(query, _values(forms) | {"mark": MARK}).rowcount


def _cut_values(connection: Connection, place: kept_values.Place, forms: Sequence[str]) -> int:
    def cut(text: str) -> str:
        for form in forms:
            text = text.replace(form, MARK)
        return text

    return kept_values.cut_out(connection, place, cut)


def _count(connection: Connection, table: str, column: str, forms: Sequence[str]) -> int:
    query = f"SELECT COUNT(*) FROM {table} WHERE {_holds(column, forms)}"  # noqa: S608  # names of ours
    return int(connection.execute(query, _values(forms)).fetchone()[0])


def _holds(column: str, forms: Sequence[str]) -> str:
    return " OR ".join(f"instr({column}, :form{number}) > 0" for number in range(len(forms)))


def _values(forms: Sequence[str]) -> dict[str, str]:
    return {f"form{number}": form for number, form in enumerate(forms)}


def _cut_words(connection: Connection, forms: Iterable[str]) -> int:
    """Words stay different from one another: where two would be the same the mark is numbered."""
    cut = 0
    for form in forms:
        for word_id, word in connection.execute(_HOLDING, {"form": form}).fetchall():
            number, bare = 1, word.replace(form, MARK)
            while connection.execute(_IS_WORD, {"word": bare}).fetchone():
                number += 1
                bare = word.replace(form, f"[forgotten {number}]")
            connection.execute(_SET_WORD, {"word": bare, "word_id": word_id})
            cut += 1
    return cut


def _drop_files(connection: Connection, forms: Iterable[str]) -> int:
    """A path that was cut would name no file: the next import reads such a file anew."""
    held = {
        path
        for path, state in connection.execute(_FILES)
        for form in forms
        if form in path or form.encode() in (state if isinstance(state, bytes) else b"")
    }
    for statement in _DELETE_FILES:
        connection.executemany(statement, [{"path": path} for path in held])
    return len(held)
