"""Runs: found or made, their context, extent and tokens."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec

from homeostat.knowledge.moments import DAY_NS, nanoseconds
from homeostat.knowledge.words import Words
from homeostat.model.event import Event, Kind, RunContext, Usage

_COLUMNS = (
    "run_key", "client_word", "run_id", "source_path", "project_word", "version_word",
    "model_word", "branch_word", "project_at", "version_at", "model_at", "branch_at",
    "started_at", "ended_at", "cost_usd",
)  # fmt: skip
_FIND = (
    f"SELECT {', '.join(_COLUMNS)} FROM runs"  # noqa: S608  # names of ours
    " WHERE client_word = :client_word AND run_id = :run_id"
)
_ADD = """
INSERT INTO runs (client_word, run_id, source_path) VALUES (:client_word, :run_id, :source_path)
RETURNING run_key
"""
_SAVE = """
UPDATE runs SET source_path = :source_path, project_word = :project_word,
  version_word = :version_word, model_word = :model_word, branch_word = :branch_word,
  project_at = :project_at, version_at = :version_at, model_at = :model_at,
  branch_at = :branch_at,
  started_at = :started_at, ended_at = :ended_at, cost_usd = :cost_usd, unsettled = 1
WHERE run_key = :run_key
"""


class RunRow(msgspec.Struct):
    run_key: int
    client_word: int
    run_id: str
    source_path: str
    project_word: int | None = None
    version_word: int | None = None
    model_word: int | None = None
    branch_word: int | None = None
    project_at: int | None = None
    version_at: int | None = None
    model_at: int | None = None
    branch_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    cost_usd: float | None = None
    is_new: bool = False
    """Made by this batch."""

    def see(self, at: int) -> None:
        if self.started_at is None or at < self.started_at:
            self.started_at = at
        if self.ended_at is None or at > self.ended_at:
            self.ended_at = at


class Touched(msgspec.Struct):
    """The runs of one batch."""

    by_name: dict[tuple[str, str], RunRow]
    by_key: dict[int, RunRow]
    made: set[int]
    """Keys of runs that this batch made: nothing of them is stored yet."""
    moved: list[RunRow]
    """Runs that may have calls under another project, as they were."""

    def move(self, row: RunRow) -> None:
        if all(moved.run_key != row.run_key for moved in self.moved):
            self.moved.append(msgspec.structs.replace(row))

    def key_of(self, event: Event) -> int:
        return self.by_name[event.client, event.run_id].run_key


class RunKeys:
    """Finds or makes run rows for one writing connection."""

    def __init__(self, connection: sqlite3.Connection, words: Words) -> None:
        self._connection = connection
        self._words = words

    def forget(self) -> None:
        """Nothing is kept between batches."""

    def key_of(self, client: str, run_id: str) -> int:
        return self._found(client, run_id, "").run_key

    def touch(self, events: Iterable[Event], source_path: str) -> Touched:
        touched = Touched(by_name={}, by_key={}, made=set(), moved=[])
        for event in events:
            name = (event.client, event.run_id)
            row = touched.by_name.get(name)
            if row is None:
                row = self._found(event.client, event.run_id, source_path)
                if row.is_new:
                    touched.made.add(row.run_key)
                touched.by_name[name] = touched.by_key[row.run_key] = row
            if event.ts is not None:
                row.see(nanoseconds(event.ts))
            if event.context is not None:
                at = nanoseconds(event.ts) if event.ts else None
                self._set_context(row, event.context, at, touched)
            if event.cost_usd is not None:
                row.cost_usd = max(event.cost_usd, row.cost_usd or 0.0)
        return touched

    def save(self, touched: Touched) -> None:
        self._connection.executemany(
            _SAVE, [msgspec.structs.asdict(row) for row in touched.by_key.values()]
        )

    def _found(self, client: str, run_id: str, source_path: str) -> RunRow:
        word = self._words.id_of(client)
        values = {"client_word": word, "run_id": run_id}
        found = self._connection.execute(_FIND, values).fetchone()
        if found is None:
            added = self._connection.execute(_ADD, values | {"source_path": source_path})
            return RunRow(int(added.fetchone()[0]), word, run_id, source_path, is_new=True)
        row = RunRow(*found)
        # The main transcript names a run better than the file of one of its subagents.
        if "/subagents/" in row.source_path and source_path and "/subagents/" not in source_path:
            row.source_path = source_path
        return row

    def _set_context(
        self, row: RunRow, context: RunContext, at: int | None, touched: Touched
    ) -> None:
        """The same whatever comes first: the project that was said first, all else said last."""
        words = self._words
        if context.project and _precedes(at, row.project_at, known=row.project_word):
            word = words.id_of(context.project)
            if word != row.project_word and row.run_key not in touched.made:
                touched.move(row)
            row.project_word, row.project_at = word, at
        if context.client_version and _follows(at, row.version_at):
            row.version_word, row.version_at = words.id_of(context.client_version), at
        if context.model and _follows(at, row.model_at):
            row.model_word, row.model_at = words.id_of(context.model), at
        if context.git_branch and _follows(at, row.branch_at):
            row.branch_word, row.branch_at = words.id_of(context.git_branch), at


def _precedes(at: int | None, known_at: int | None, *, known: int | None) -> bool:
    return known is None or (at is not None and (known_at is None or at < known_at))


def _follows(at: int | None, known_at: int | None) -> bool:
    return known_at is None or (at is not None and at >= known_at)


_KNOWN_MESSAGES = """
SELECT message_id, input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens
FROM messages WHERE message_id IN ({marks})
"""
KNOWN_CHUNK = 900
_PUT_MESSAGE = """
INSERT INTO messages (message_id, run_key, is_subagent, ts, input_tokens, output_tokens,
  cache_read_tokens, cache_creation_tokens)
VALUES (?,?,?,?,?,?,?,?)
ON CONFLICT (message_id) DO UPDATE SET input_tokens = excluded.input_tokens,
  output_tokens = excluded.output_tokens, cache_read_tokens = excluded.cache_read_tokens,
  ts = excluded.ts,
  cache_creation_tokens = excluded.cache_creation_tokens
"""
_ADD_TOKENS = """
UPDATE runs SET {p}input_tokens = {p}input_tokens + ?, {p}output_tokens = {p}output_tokens + ?,
  {p}cache_read_tokens = {p}cache_read_tokens + ?,
  {p}cache_creation_tokens = {p}cache_creation_tokens + ?
WHERE run_key = ?
"""
_RAISE_TOKENS = """
UPDATE runs SET input_tokens = MAX(input_tokens, ?), output_tokens = MAX(output_tokens, ?),
  cache_read_tokens = MAX(cache_read_tokens, ?),
  cache_creation_tokens = MAX(cache_creation_tokens, ?)
WHERE run_key = ?
"""


def add_usage(connection: sqlite3.Connection, events: Sequence[Event], touched: Touched) -> None:
    """Tokens: once a message, with the figures of its latest state; or a run's running total."""
    best: dict[bytes, Event] = {}
    totals: list[tuple[int, ...]] = []
    for event in events:
        if (usage := event.usage) is None:
            continue
        if not usage.message_id:
            totals.append((*_figures(usage), touched.key_of(event)))
            continue
        key = _message_key(event, usage)
        known = best.get(key)
        if known is None or _is_newer(_figures_of(event), _figures_of(known)):
            best[key] = event
    connection.executemany(_RAISE_TOKENS, totals)
    _put_messages(connection, best, touched)


def _put_messages(
    connection: sqlite3.Connection, best: Mapping[bytes, Event], touched: Touched
) -> None:
    known = _known_messages(connection, list(best))
    rows: list[tuple[object, ...]] = []
    gained: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * 4)
    for key, event in best.items():
        figures, before = _figures_of(event), known.get(key, (0, 0, 0, 0))
        if key in known and not _is_newer(figures, before):
            continue
        run_key, part = touched.key_of(event), "subagent_" if event.agent else ""
        ts = nanoseconds(event.ts) if event.ts else None
        rows.append((key, run_key, int(bool(event.agent)), ts, *figures))
        total = gained[part, run_key]
        for index, (new, old) in enumerate(zip(figures, before, strict=True)):
            total[index] += new - old
    connection.executemany(_PUT_MESSAGE, rows)
    for (part, run_key), total in gained.items():
        connection.execute(_ADD_TOKENS.format(p=part), (*total, run_key))


def _known_messages(
    connection: sqlite3.Connection, keys: Sequence[bytes]
) -> dict[bytes, tuple[int, int, int, int]]:
    known: dict[bytes, tuple[int, int, int, int]] = {}
    for start in range(0, len(keys), KNOWN_CHUNK):
        chunk = keys[start : start + KNOWN_CHUNK]
        query = _KNOWN_MESSAGES.format(marks=",".join("?" * len(chunk)))
        for key, *figures in connection.execute(query, chunk):
            known[key] = tuple(figures)
    return known


def _figures_of(event: Event) -> tuple[int, int, int, int]:
    return _figures(event.usage) if event.usage else (0, 0, 0, 0)


def _figures(usage: Usage) -> tuple[int, int, int, int]:
    return (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_creation_tokens,
    )


def _is_newer(figures: Sequence[int], before: Sequence[int]) -> bool:
    """A message's output grows while it is written: the largest figure is the last one."""
    return figures[1] >= before[1]


def _message_key(event: Event, usage: Usage) -> bytes:
    part = "sub" if event.agent else "main"
    text = f"{event.client}\x1f{usage.message_id}\x1f{part}"
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


_PUT_HOOK = """
INSERT INTO hooks_daily (day, run_key, client_word, name_word, command_word, runs_of_hook,
  duration_ms, longest_ms)
VALUES (?,?,?,?,?,1,?,?)
ON CONFLICT (day, run_key, client_word, name_word, command_word) DO UPDATE SET
  runs_of_hook = runs_of_hook + 1, duration_ms = duration_ms + excluded.duration_ms,
  longest_ms = MAX(longest_ms, excluded.longest_ms)
"""


def add_hooks(
    connection: sqlite3.Connection, events: Iterable[Event], touched: Touched, words: Words
) -> None:
    """How long the person's own hooks took, by day and run."""
    connection.executemany(
        _PUT_HOOK,
        [
            (
                nanoseconds(event.ts) // DAY_NS if event.ts else 0,
                touched.key_of(event),
                words.id_of(event.client),
                words.id_of(event.name),
                words.id_of(event.command[:200]),
                event.duration_ms,
                event.duration_ms,
            )
            for event in events
            if event.kind is Kind.HOOK and event.duration_ms is not None
        ],
    )
