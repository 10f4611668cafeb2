"""Events into the store: once each, joined to calls, judged, counted, in one transaction."""

import gc
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

import msgspec

from homeostat.knowledge import call_rows, changes, judging, rollups, runs, samples, scores
from homeostat.knowledge.call_rows import CallKey, CallRow
from homeostat.knowledge.dialect.port import Connection, Part, Row, Table
from homeostat.knowledge.moments import DAY_NS, nanoseconds
from homeostat.knowledge.retry import repeated
from homeostat.knowledge.runs import Seen
from homeostat.knowledge.signatures import Signatures
from homeostat.knowledge.words import Words
from homeostat.model.event import Event, Kind
from homeostat.model.ids import EventId
from homeostat.model.ports import Judges


class FilePosition(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file was read, moved in the same transaction as its events."""

    path: str
    client: str
    size_bytes: int
    modified_at: int
    head_hash: str
    offset_bytes: int
    lines: int
    state: bytes


class BadLine(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    offset_bytes: int
    line: int
    reason: str
    start: str
    """The first characters, redacted."""


class LeakSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that stood in an event: its type and digest, never itself."""

    event: Event
    type: str
    digest: str


class Batch(msgspec.Struct, kw_only=True):
    """What one transaction takes in."""

    source_path: str
    is_anew: bool = False
    """The file is read from its beginning: what was bad in it before is forgotten."""
    events: list[Event] = msgspec.field(default_factory=list)
    leaks: list[LeakSeen] = msgspec.field(default_factory=list)
    bad_lines: list[BadLine] = msgspec.field(default_factory=list)
    skipped: dict[str, int] = msgspec.field(default_factory=dict)
    """What the source did not know: name -> how often."""
    position: FilePosition | None = None


class Ingest:
    """The one way in."""

    def __init__(self, connection: Connection, judges: Judges, kept: samples.Kept) -> None:
        self._connection = connection
        self._judges = judges
        self._kept = kept
        self._whole = 0
        """Answers that were kept whole since pruning was told of them."""
        self._newly_whole = 0
        self._words = Words(connection)
        self._signatures = Signatures(connection)
        self._runs = runs.RunKeys(connection, self._words)
        self._changes = changes.count(connection)

    def write(self, batches: Sequence[Batch], *, now: datetime) -> list[int]:
        """Take in batches, and answer how many events of each were new. All of it, or nothing.

        Tries again by itself where another writer was faster, or the server went away.
        """
        if not batches:
            return []
        self._newly_whole = 0
        with _without_collection():
            once = _once(batches)
            new = repeated(lambda: self._written(batches, once, now), afresh=self._forget)
        self._whole += self._newly_whole
        if self._whole >= samples.SURPLUS:
            grown, self._whole = self._whole, 0
            repeated(lambda: samples.prune(self._connection, self._kept, grown=grown, now=now))
        return new

    def _written(self, batches: Sequence[Batch], once: "_Once", now: datetime) -> list[int]:
        try:
            self._connection.prepare(once.days)
            with self._connection.transaction():
                return self._write(batches, once, now)
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        for cache in (self._words, self._signatures):
            cache.forget()

    def _write(self, batches: Sequence[Batch], once: "_Once", now: datetime) -> list[int]:
        if (count := changes.count(self._connection)) != self._changes:
            self._forget()  # somebody forgot, split or merged meanwhile
            self._changes = count
        touched = self._runs.opened(_paths(batches))
        taken = self._new(touched.seen(once.events.values()))
        self._runs.drop_empty(touched, taken.new)
        if taken.new:
            self._store(taken, touched)
        for batch in batches:
            self._write_leaks(batch.leaks, touched)
            self._write_bad(batch, now)
            if batch.position:
                self._move(batch.position, now)
        return _counts(once, taken.new)

    def _new(self, found: Sequence[Seen]) -> "_Taken":
        """What is not stored yet; worked out while the database looks, as if all were new."""
        usages: list[runs.Usages] = []

        def parts() -> Sequence[Part]:
            usages.append(runs.usages(found))
            return self._event_parts(found)

        ids = [(event.id, run.run_key) for event, _, run in found]
        new = self._connection.new_events(ids, parts)
        if len(new.ids) == len(found):
            return _Taken(found, new.left, usages[0])
        missing = [seen for seen in found if seen[0].id in new.ids]
        return _Taken(missing, self._event_parts(missing), runs.usages(missing))

    def _event_parts(self, found: Sequence[Seen]) -> Sequence[Part]:
        try:
            return self._event_rows(found)
        except KeyError:  # a word that is new: mostly none is
            self._words.learn(_words_of(found))
            return self._event_rows(found)

    def _store(self, taken: "_Taken", touched: runs.Touched) -> None:
        connection, counted, new = self._connection, rollups.Rollups(), taken.new
        self._runs.see(new, touched)
        for run in touched.moved:
            self._move_project(run, touched, counted)
        mine = [seen for seen in new if seen[0].kind in _OF_CALLS]
        rows = call_rows.load(connection, _stored_calls(mine, touched))
        stored = frozenset(rows)
        # A server works on the rows of one step while the next one is worked out here.
        with runs.adding_usage(connection, taken.usages) as spent:
            self._count(rows.values(), touched, counted, -1)
            _join(mine, rows)
            failed = (seen for seen in new if call_rows.is_unanswered(seen[0]))
            unanswered = [call_rows.unanswered(event, run.run_key, at) for event, at, run in failed]
            rows |= {(row.run_key, row.call_id): row for row in unanswered}
        with connection.putting(taken.left[:1]):
            judging.judge(rows.values(), self._judges)
        with connection.putting(taken.left[1:]):
            judging.sign(rows.values(), self._judges, self._signatures)
        word_ids = self._word_ids(rows.values())
        with call_rows.saving(connection, rows, word_ids, stored=stored):
            self._count(rows.values(), touched, counted, 1)
        runs.add_hooks(connection, new, self._words)
        scores.add(connection, new, self._words)
        counted.write(connection)
        self._runs.save(new, touched, counted.of_runs(), spent)
        self._newly_whole = sum(row.whole for row in rows.values())

    def _event_rows(self, new: Iterable[Seen]) -> Sequence[Part]:
        """Raises `KeyError` for a word that is not learned."""
        ids, of_calls, others = self._words.known, list[Row](), list[Row]()
        for event, at, run in new:
            kind, usage, name = event.kind, event.usage, event.name
            start = (
                event.id, at, run.run_key, ids[kind], event.channel,
                ids[event.agent] if event.agent else None, event.duration_ms,
            )  # fmt: skip
            if usage is None and not name and kind in _OF_CALLS:
                of_calls.append(start)
                continue
            for word in _said(event):
                ids[word]  # those that store the context and the hooks will ask for it
            spent = _NO_TOKENS if usage is None else runs.figures(usage)
            text = event.text[: call_rows.KEPT_CHARACTERS] if kind in _TEXT_KEPT else None
            others.append((*start, ids[name[:NAME_CHARACTERS]] if name else None, *spent, text))
        return (EVENTS, others), (_OF_CALLS_ONLY, of_calls)

    def _count(
        self,
        rows: Iterable[CallRow],
        touched: runs.Touched,
        counted: rollups.Rollups,
        sign: int,
    ) -> None:
        for row in rows:
            if row.tool:
                counted.add(self._place(row, touched), sign)

    def _move_project(
        self, before: runs.RunRow, touched: runs.Touched, counted: rollups.Rollups
    ) -> None:
        """Count a run's calls under the project that only now became known."""
        was = msgspec.structs.replace(touched, by_key={before.run_key: before})
        for row in call_rows.of_run(self._connection, before.run_key):
            if row.tool:
                counted.add(self._place(row, was), -1)
                counted.add(self._place(row, touched), 1)

    def _word_ids(self, rows: Iterable[CallRow]) -> dict[str, int]:
        words = {word for r in rows for word in (r.tool, r.agent, r.kind, r.rule, r.path) if word}
        self._words.learn(words)
        return {word: self._words.id_of(word) for word in words}

    def _place(self, row: CallRow, touched: runs.Touched) -> rollups.Place:
        run = touched.by_key[row.run_key]
        return rollups.place_of(
            row,
            rollups.RunWords(run.project_word or 0, run.client_word),
            agent=self._words.id_of(row.agent) if row.agent else 0,
            tool=self._words.id_of(row.tool),
        )

    def _write_leaks(self, leaks: Iterable[LeakSeen], touched: runs.Touched) -> None:
        rows: list[Row] = []
        for leak in leaks:
            event = leak.event
            # A run of which all was known under another name is not there.
            if run := touched.by_name.get((event.client, event.run_id)):
                at = nanoseconds(event.ts) if event.ts else None
                rows.append((run.run_key, leak.type, leak.digest, event.call_id, at, 1))
        self._connection.add_missing(LEAKS, rows)

    def _write_bad(self, batch: Batch, now: datetime) -> None:
        if batch.is_anew:
            for table in ("bad_lines", "skipped"):
                self._connection.execute(_CLEAR % table, {"path": batch.source_path})
        seen_at = nanoseconds(now)
        rows = {
            (bad.path, bad.offset_bytes): (
                bad.path, bad.offset_bytes, bad.line, bad.reason, bad.start, seen_at,
            )
            for bad in batch.bad_lines
        }  # fmt: skip
        self._connection.upsert(BAD_LINES, list(rows.values()))
        self._words.learn(batch.skipped)
        word = self._words.id_of
        skipped = [(batch.source_path, word(name), n) for name, n in batch.skipped.items()]
        self._connection.upsert(SKIPPED, skipped)

    def _move(self, at: FilePosition, now: datetime) -> None:
        row = (
            at.path, self._words.id_of(at.client), at.size_bytes, at.modified_at, at.head_hash,
            at.offset_bytes, at.lines, at.state, nanoseconds(now),
        )  # fmt: skip
        self._connection.upsert(FILES, [row])


NAME_CHARACTERS = 80
_OF_CALLS = frozenset({Kind.CALL, Kind.RESULT})
_NO_TOKENS = (None, None, None, None)
_TEXT_KEPT = frozenset({Kind.PROMPT, Kind.API_ERROR})
_START_COLUMNS = (
    "event_id", "ts", "run_key", "kind_word", "channel", "agent_word", "duration_ms",
)  # fmt: skip
EVENT_COLUMNS = (*_START_COLUMNS, "name_word", *runs.TOKENS, "detail")
EVENTS = Table("events", ("event_id",), EVENT_COLUMNS)
_OF_CALLS_ONLY = Table("events", ("event_id",), _START_COLUMNS)
"""Of what a call and its result have: most events, and six columns that need no NULL. They lie
behind the others of their batch: only the order of the others matters (settle)."""
_CLEAR = "DELETE FROM %s WHERE path = :path"
BAD_LINES = Table(
    "bad_lines", ("path", "offset_bytes"),
    ("path", "offset_bytes", "line", "reason", "start", "seen_at"),
)  # fmt: skip
SKIPPED = Table("skipped", ("path", "name_word"), ("path", "name_word", "times"), added=("times",))
LEAKS = Table(
    "leaks", ("run_key", "type", "digest", "call_id"),
    ("run_key", "type", "digest", "call_id", "seen_at", "times"),
)  # fmt: skip
FILES = Table(
    "files", ("path",),
    (
        "path", "client_word", "size_bytes", "modified_at", "head_hash", "offset_bytes", "lines",
        "state", "read_at",
    ),
)  # fmt: skip


class _Taken(msgspec.Struct, frozen=True):
    """The events that are taken in."""

    new: Sequence[Seen]
    left: Sequence[Part]
    """Their rows that are to be put."""
    usages: runs.Usages


class _Once(msgspec.Struct, frozen=True):
    """Each event once, in order."""

    events: dict[EventId, tuple[Event, int | None]]
    """With its moment."""
    sizes: list[int]
    """How many each batch has that none before it had."""
    days: set[int]


def _once(batches: Iterable[Batch]) -> _Once:
    events: dict[EventId, tuple[Event, int | None]] = {}
    sizes: list[int] = []
    for batch in batches:
        before = len(events)
        for event in batch.events:
            if event.id not in events:
                ts = event.ts
                events[event.id] = event, None if ts is None else nanoseconds(ts)
        sizes.append(len(events) - before)
    days = {at // DAY_NS for _, at in events.values() if at is not None}
    return _Once(events, sizes, days)


def _paths(batches: Iterable[Batch]) -> dict[tuple[str, str], str]:
    """The runs of the batches (client, id), each with the file that names it best."""
    paths: dict[tuple[str, str], str] = {}
    for batch in batches:
        path = batch.source_path
        for name in dict.fromkeys((event.client, event.run_id) for event in batch.events):
            if name not in paths or runs.is_better(path, paths[name]):
                paths[name] = path
    return paths


def _counts(once: _Once, new: Sequence[Seen]) -> list[int]:
    """How many of each batch were taken in; each event is counted for the first batch only."""
    if len(new) == len(once.events):
        return once.sizes
    taken, ids = {event.id for event, _, _ in new}, iter(once.events)
    return [sum(one in taken for one in islice(ids, size)) for size in once.sizes]


def _join(mine: Iterable[Seen], rows: dict[CallKey, CallRow]) -> None:
    """Put calls together from the events."""
    for event, at, run in mine:
        key = run.run_key, event.call_id
        row = rows.get(key)
        if row is None:
            row = rows[key] = CallRow(run_key=run.run_key, call_id=event.call_id)
        call_rows.apply(row, event, at)


def _stored_calls(mine: Iterable[Seen], touched: runs.Touched) -> list[CallKey]:
    """The calls that may be stored already."""
    made = touched.made
    keys = [(run.run_key, event.call_id) for event, _, run in mine if run.run_key not in made]
    return list(dict.fromkeys(keys))


def _words_of(new: Iterable[Seen]) -> set[str]:
    """Every word that storing the events needs, but those that come out of judging."""
    words: set[str] = set()
    for event, *_ in new:
        words |= {event.kind, event.agent, event.tool, event.name[:NAME_CHARACTERS]}
        words.update(_said(event))
    return words


def _said(event: Event) -> Iterable[str]:
    """What is stored of an event as words, elsewhere than in its own row."""
    if event.context is not None:
        return filter(None, msgspec.structs.astuple(event.context))
    if event.kind is Kind.HOOK and event.command:
        return (event.command[: runs.COMMAND_CHARACTERS],)
    if event.score is not None:
        return (event.score.source, event.name)
    return ()


@contextmanager
def _without_collection() -> Generator[None]:
    """A batch makes a million small objects and no cycle."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
