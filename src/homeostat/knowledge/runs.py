"""Runs: found or made, their context, extent and tokens."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import TypeAlias

import msgspec

from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.knowledge.moments import DAY_NS, HOUR_NS
from homeostat.knowledge.rollups import RUN_COLUMNS
from homeostat.knowledge.words import Words
from homeostat.model.event import Event, Kind, RunContext, Usage

_COLUMNS = (
    "run_key", "client_word", "run_id", "source_path", "project_word", "version_word",
    "model_word", "branch_word", "project_at", "version_at", "model_at", "branch_at",
    "started_at", "ended_at", "cost_usd", "detail_from",
)  # fmt: skip
_FIND = (
    f"SELECT {', '.join(_COLUMNS)} FROM {{wanted}}"  # noqa: S608  # names of ours
    " JOIN runs ON client_word = wanted.column1 AND run_id = wanted.column2"
    " ORDER BY client_word, run_id"
)
_KEY_TYPES = ("integer", "text")
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens")
_NO_CALLS, _NO_TOKENS = (0,) * len(RUN_COLUMNS), (0,) * (2 * len(TOKENS))
RUNS = Table("runs", ("client_word", "run_id"), ("client_word", "run_id", "source_path"))
_DROP_EMPTY = "DELETE FROM runs WHERE run_key = ?"
_ADDED = (*RUN_COLUMNS, *TOKENS, *(f"subagent_{name}" for name in TOKENS))
_SAVE = f"""
UPDATE runs SET source_path = :source_path, project_word = :project_word,
  version_word = :version_word, model_word = :model_word, branch_word = :branch_word,
  project_at = :project_at, version_at = :version_at, model_at = :model_at,
  branch_at = :branch_at,
  started_at = :started_at, ended_at = :ended_at, cost_usd = :cost_usd, unsettled = 1,
  {", ".join(f"{name} = {name} + :{name}" for name in _ADDED)}
WHERE run_key = :run_key
"""  # noqa: S608  # names of ours


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
    detail_from: int | None = None
    """What came before was given up: it is known already."""


class Touched(msgspec.Struct):
    """The runs of one batch; no other writer touches them meanwhile."""

    by_name: dict[tuple[str, str], RunRow]
    by_key: dict[int, RunRow]
    made: set[int]
    """Keys of runs that this batch made: nothing of them is stored yet."""
    moved: list[RunRow]
    """Runs that may have calls under another project, as they were."""

    def move(self, row: RunRow) -> None:
        if all(moved.run_key != row.run_key for moved in self.moved):
            self.moved.append(msgspec.structs.replace(row))

    def seen(self, events: Iterable[tuple[Event, int | None]]) -> list["Seen"]:
        """The events and moments with their runs, but for those of a time that was given up."""
        runs = self.by_name
        found = [(event, at, runs[event.client, event.run_id]) for event, at in events]
        if all(run.detail_from is None for run in runs.values()):
            return found
        return [seen for seen in found if not _is_given_up(seen)]


Seen: TypeAlias = tuple[Event, int | None, RunRow]
"""An event, its moment, its run: worked out once. Bare tuples, for there are many."""


def _is_given_up(seen: Seen) -> bool:
    _, at, run = seen
    return run.detail_from is not None and (at is None or at < run.detail_from)


class RunKeys:
    """Finds or makes run rows for one writing connection."""

    def __init__(self, connection: Connection, words: Words) -> None:
        self._connection = connection
        self._words = words

    def opened(self, paths: Mapping[tuple[str, str], str]) -> Touched:
        """The runs (client, id) of these files, found or made; nobody else writes to them."""
        self._words.learn(client for client, _ in paths)
        names = {(self._words.id_of(client), run_id): (client, run_id) for client, run_id in paths}
        found, made = self._found_or_made(names, paths)
        touched = Touched(by_name={}, by_key={}, made=made, moved=[])
        for row in found:
            known = names[row.client_word, row.run_id]
            touched.by_name[known] = touched.by_key[row.run_key] = _placed(row, paths[known])
        return touched

    def _found_or_made(
        self, names: Mapping[tuple[int, str], tuple[str, str]], paths: Mapping[tuple[str, str], str]
    ) -> tuple[list[RunRow], set[int]]:
        wanted = sorted(names)
        there = {(row[1], row[2]) for row in self._connection.matching(_FIND, _KEY_TYPES, wanted)}
        missing = [name for name in wanted if name not in there]
        added = self._connection.add_missing(
            RUNS, [(*name, paths[names[name]]) for name in missing]
        )
        query = _FIND + self._connection.for_update
        found = [RunRow(*row) for row in self._connection.matching(query, _KEY_TYPES, wanted)]
        ours = set(missing) if added == len(missing) else set[tuple[int, str]]()
        return found, {row.run_key for row in found if (row.client_word, row.run_id) in ours}

    def drop_empty(self, touched: Touched, new: Iterable[Seen]) -> None:
        """Take back the runs that were made for nothing: all of their events were known."""
        for key in touched.made - {run.run_key for _, _, run in new}:
            self._connection.execute(_DROP_EMPTY, (key,))
            row = touched.by_key.pop(key)
            touched.by_name = {n: r for n, r in touched.by_name.items() if r is not row}

    def see(self, new: Iterable[Seen], touched: Touched) -> None:
        """Take in when the runs were active, what they ran on, what they cost."""
        for event, at, row in new:
            if at is not None and event.kind is not Kind.SCORE:  # said of it later, elsewhere
                if row.started_at is None or at < row.started_at:
                    row.started_at = at
                if row.ended_at is None or at > row.ended_at:
                    row.ended_at = at
            if event.context is not None:
                self._set_context(row, event.context, at, touched)
            if event.cost_usd is not None:
                row.cost_usd = max(event.cost_usd, row.cost_usd or 0.0)

    def save(
        self,
        new: Iterable[Seen],
        touched: Touched,
        counted: Mapping[int, Sequence[int]],
        spent: Mapping[int, Sequence[int]],
    ) -> None:
        """Write the runs to which something was added: calls `counted`, tokens `spent`."""
        rows: list[Mapping[str, object]] = []
        for key in sorted({run.run_key for _, _, run in new}):
            added = (*counted.get(key, _NO_CALLS), *spent.get(key, _NO_TOKENS))
            row = msgspec.structs.asdict(touched.by_key[key])
            rows.append(row | dict(zip(_ADDED, added, strict=True)))
        self._connection.executemany(_SAVE, rows)

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


def _placed(row: RunRow, path: str) -> RunRow:
    if is_better(path, row.source_path):
        row.source_path = path
    return row


def is_better(path: str, known: str) -> bool:
    """The main transcript names a run better than the file of one of its subagents."""
    return "/subagents/" in known and bool(path) and "/subagents/" not in path


def _precedes(at: int | None, known_at: int | None, *, known: int | None) -> bool:
    return known is None or (at is not None and (known_at is None or at < known_at))


def _follows(at: int | None, known_at: int | None) -> bool:
    return known_at is None or (at is not None and at >= known_at)


_KNOWN_MESSAGES = """
SELECT message_id, input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens
FROM messages WHERE message_id IN ({keys}) ORDER BY message_id
"""
MESSAGES = Table(
    "messages", ("message_id",), ("message_id", "run_key", "is_subagent", "ts", *TOKENS)
)
_CHANGE_MESSAGE = f"UPDATE messages SET ts = ?, {' = ?, '.join(TOKENS)} = ? WHERE message_id = ?"  # noqa: S608  # names of ours
_RAISE_TOKENS = (
    "UPDATE runs SET "  # noqa: S608  # names of ours
    + ", ".join(f"{c} = CASE WHEN {c} < :{c} THEN :{c} ELSE {c} END" for c in TOKENS)
    + " WHERE run_key = :run_key"
)


class Usages(msgspec.Struct, frozen=True):
    """What was spent: once a message, with the figures of its latest state; or a run's total."""

    best: dict[bytes, "_Spent"]
    over_midnight: dict[bytes, bytes]
    """The other key that a message may have, for those near a midnight."""
    totals: list[dict[str, int]]


def usages(new: Iterable[Seen]) -> Usages:
    best: dict[bytes, _Spent] = {}
    over_midnight: dict[bytes, bytes] = {}
    totals: list[dict[str, int]] = []
    for event, at, run in new:
        if (usage := event.usage) is None:
            continue
        spent = figures(usage)
        if not usage.message_id:
            totals.append(dict(zip(TOKENS, spent, strict=True)) | {"run_key": run.run_key})
            continue
        key, *others = _message_keys(event, usage, at)
        for other in others:
            if other in best:
                key = other
            else:
                over_midnight[key] = other
        known = best.get(key)
        if known is None or _is_newer(spent, known[-1]):
            best[key] = run.run_key, 1 if event.agent else 0, at, spent
    return Usages(best, over_midnight, totals)


@contextmanager
def adding_usage(connection: Connection, found: Usages) -> Generator[Mapping[int, Sequence[int]]]:
    """Gives what each run spent: the main agent's `TOKENS`, then the subagents'. Within, as in
    `Connection.putting`.
    """
    connection.executemany(_RAISE_TOKENS, found.totals)
    known = _known_messages(connection, sorted({*found.best, *found.over_midnight.values()}))
    messages = _messages(known, found)
    connection.executemany(_CHANGE_MESSAGE, messages.grown)
    with connection.putting([(MESSAGES, messages.new)]):
        yield messages.gained


_Figures: TypeAlias = tuple[int, int, int, int]
"""In the order of `TOKENS`."""
_Spent: TypeAlias = tuple[int, int, int | None, _Figures]
"""By a message: the run's key, whether a subagent's, when, how much."""


class _Messages(msgspec.Struct, frozen=True):
    """Rows of messages, and what their runs gained by them."""

    new: list[Row]
    grown: list[Row]
    gained: Mapping[int, Sequence[int]]


def _messages(known: Mapping[bytes, _Figures], found: Usages) -> _Messages:
    new: list[Row] = []
    grown: list[Row] = []
    gained: defaultdict[int, list[int]] = defaultdict(lambda: [0] * (2 * len(TOKENS)))
    for key in sorted(found.best):
        run_key, is_subagent, at, now = found.best[key]
        before, stored = known.get(key), key
        if before is None and (other := found.over_midnight.get(key)):
            before, stored = known.get(other), other
        if before is None:
            before = _NOTHING_SPENT
            new.append((key, run_key, is_subagent, at, *now))
        elif _is_newer(now, before):
            grown.append((at, *now, stored))
        else:
            continue
        total, first = gained[run_key], is_subagent * len(TOKENS)
        total[first] += now[0] - before[0]
        total[first + 1] += now[1] - before[1]
        total[first + 2] += now[2] - before[2]
        total[first + 3] += now[3] - before[3]
    return _Messages(new, grown, gained)


_NOTHING_SPENT = (0, 0, 0, 0)


def _known_messages(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, _Figures]:
    rows = connection.matching(
        _KNOWN_MESSAGES + connection.for_update, ("bytes",), [(key,) for key in keys]
    )
    return {key: (one, two, three, four) for key, one, two, three, four in rows}


def figures(usage: Usage) -> tuple[int, int, int, int]:
    """In the order of `TOKENS`."""
    return (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_creation_tokens,
    )


def _is_newer(figures: _Figures, before: _Figures) -> bool:
    """A message's output grows while it is written: the largest figure is the last one."""
    return figures[1] >= before[1]


NEAR_MIDNIGHT_NS = HOUR_NS
"""Lines of one message lie within this. Of 3,081 real ones the longest took 92 seconds."""


def _message_keys(event: Event, usage: Usage, at: int | None) -> list[bytes]:
    """The key of a message; near a midnight also the one that its other lines may have.

    A key begins with its day, as an event's id does: in no order at all each batch touches a page
    of the table for each message, and writing slows down with the number of them.
    """
    part = "sub" if event.agent else "main"
    text = f"{event.client}\x1f{usage.message_id}\x1f{part}"
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=14).digest()
    if at is None:
        return [b"\0\0" + digest]
    day, since = divmod(at, DAY_NS)
    days = [day]
    if since < NEAR_MIDNIGHT_NS:
        days.append(day - 1)
    elif since >= DAY_NS - NEAR_MIDNIGHT_NS:
        days.append(day + 1)
    return [min(max(one, 0), _LAST_DAY).to_bytes(2, "big") + digest for one in days]


_LAST_DAY = 0xFFFF


HOOKS = Table(
    "hooks_daily",
    ("day", "run_key", "client_word", "name_word", "command_word"),
    (
        "day", "run_key", "client_word", "name_word", "command_word",
        "runs_of_hook", "duration_ms", "longest_ms",
    ),
    added=("runs_of_hook", "duration_ms"),
    largest=("longest_ms",),
)  # fmt: skip
COMMAND_CHARACTERS = 200
NO_WORD = 0
"""A client may not tell which command a hook ran."""


def add_hooks(connection: Connection, new: Iterable[Seen], words: Words) -> None:
    """How long the person's own hooks took, by day and run."""
    took: defaultdict[Row, list[int]] = defaultdict(list)
    for event, at, run in new:
        if event.kind is not Kind.HOOK or event.duration_ms is None:
            continue
        key = (
            (at or 0) // DAY_NS,
            run.run_key,
            words.id_of(event.client),
            words.id_of(event.name) if event.name else NO_WORD,
            words.id_of(event.command[:COMMAND_CHARACTERS]) if event.command else NO_WORD,
        )
        took[key].append(event.duration_ms)
    connection.upsert(HOOKS, [(*key, len(ms), sum(ms), max(ms)) for key, ms in took.items()])
