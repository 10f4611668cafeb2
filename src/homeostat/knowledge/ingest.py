"""Events into the store: once each, joined to calls, judged, counted, in one transaction."""

import gc
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias

import msgspec

from homeostat.knowledge import call_rows, changes, rollups, runs, samples, scores
from homeostat.knowledge.call_rows import CallKey, CallRow
from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.knowledge.moments import DAY_NS, nanoseconds
from homeostat.knowledge.retry import repeated
from homeostat.knowledge.runs import Seen
from homeostat.knowledge.signatures import Signatures
from homeostat.knowledge.words import Words
from homeostat.model.call import CallFacts
from homeostat.model.event import Event, Kind
from homeostat.model.ids import EventId
from homeostat.model.outcome import Nature, Outcome, Role
from homeostat.model.ports import Judges
from homeostat.model.signature import Signature


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
        """Answers that were kept whole since the last look at how many there are."""
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
            days = {at // DAY_NS for _, at in once.values() if at is not None}
            new = repeated(lambda: self._written(batches, once, days, now), afresh=self._forget)
        self._whole += self._newly_whole
        if self._whole >= samples.SURPLUS:
            repeated(lambda: samples.prune(self._connection, self._kept, now=now))
            self._whole = 0
        return new

    def _written(
        self, batches: Sequence[Batch], once: "_Once", days: Iterable[int], now: datetime
    ) -> list[int]:
        try:
            self._connection.prepare(days)
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
        new, events = self._new(touched.seen(once.values()))
        self._runs.drop_empty(touched, new)
        if new:
            self._store(new, events, touched)
        for batch in batches:
            self._write_leaks(batch.leaks, touched)
            self._write_bad(batch, now)
            if batch.position:
                self._move(batch.position, now)
        taken = {seen.event.id for seen in new}
        return [_taken(batch, taken) for batch in batches]

    def _new(self, found: Sequence[Seen]) -> tuple[Sequence[Seen], Sequence[Row]]:
        """What is not stored yet, and its rows: made while the database looks, as if all were."""
        rows: list[Row] = []

        def prepare() -> None:
            self._words.learn(_words_of(found))
            rows.extend(self._event_rows(found))

        ids = [(seen.event.id, seen.run.run_key) for seen in found]
        new = self._connection.new_events(ids, prepare)
        if len(new) == len(found):
            return found, rows
        missing = [seen for seen in found if seen.event.id in new]
        return missing, list(self._event_rows(missing))

    def _store(self, new: Sequence[Seen], events: Sequence[Row], touched: runs.Touched) -> None:
        connection, counted = self._connection, rollups.Rollups()
        self._runs.see(new, touched)
        for run in touched.moved:
            self._move_project(run, touched, counted)
        mine = [seen for seen in new if seen.event.kind in _OF_CALLS]
        rows = call_rows.load(connection, _stored_calls(mine, touched))
        stored = set(rows)
        with connection.putting_events(EVENT_COLUMNS, events):
            self._join(mine, rows, touched, counted)
        word_ids = self._word_ids(rows.values())
        call_rows.save(connection, rows.values(), word_ids, stored=stored)
        spent = runs.add_usage(connection, new)
        runs.add_hooks(connection, new, self._words)
        scores.add(connection, new, self._words)
        counted.write(connection)
        self._runs.save(new, touched, counted.of_runs(), spent)
        self._newly_whole = sum(row.whole for row in rows.values())

    def _event_rows(self, new: Iterable[Seen]) -> Iterator[Row]:
        word, word_or_none = self._words.id_of, self._words.id_or_none
        for event, at, run in new:
            kind, usage = event.kind, event.usage
            spent = _NO_TOKENS if usage is None else runs.figures(usage)
            text = event.text[: call_rows.KEPT_CHARACTERS] if kind in _TEXT_KEPT else None
            yield (
                event.id, at, run.run_key, word(kind), event.channel, word_or_none(event.agent),
                word_or_none(event.name[:NAME_CHARACTERS]), event.duration_ms, *spent, text,
            )  # fmt: skip

    def _join(
        self,
        mine: Iterable[Seen],
        rows: dict[CallKey, CallRow],
        touched: runs.Touched,
        counted: rollups.Rollups,
    ) -> None:
        """Put calls together from the events, judge what changed, and count the difference."""
        for row in rows.values():
            if row.tool:
                counted.add(self._place(row, touched), -1)
        for event, at, run in mine:
            key = CallKey(run.run_key, event.call_id)
            if key not in rows:
                rows[key] = CallRow(run_key=key.run_key, call_id=key.call_id)
            call_rows.apply(rows[key], event, at)
        self._judge_all(rows.values())
        for row in rows.values():
            call_rows.trim(row)
            if row.tool:
                counted.add(self._place(row, touched), 1)

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

    def _judge_all(self, rows: Iterable[CallRow]) -> None:
        """Judge calls, then sign those that failed: all new signatures are added at once."""
        signed: list[tuple[CallRow, Signature]] = []
        for row in rows:
            self._judge(row)
            if row.tool and row.is_failed:
                signed.append((row, self._judges.sign(row.tool, row.answer)))
        self._signatures.learn(signature for _, signature in signed)
        for row, signature in signed:
            row.signature_key = self._signatures.key_of(signature, row.answer)

    def _judge(self, row: CallRow) -> None:
        row.nature, row.masked, row.role, row.rule = "none", None, None, ""
        row.signature_key = None
        if not row.tool or row.outcome == "unknown":
            return
        judgement = self._judges.judge(
            CallFacts(
                tool=row.tool,
                outcome=_OUTCOMES[row.outcome],
                failure_kind=row.kind,
                command=row.command,
                args=row.args,
                exit_code=row.exit_code,
                text=row.answer,
            )
        )
        row.nature = judgement.nature.value
        row.masked = None if judgement.masked is Nature.NONE else judgement.masked.value
        row.role = None if judgement.role is Role.OTHER else judgement.role.value
        row.rule = judgement.rule

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
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_OF_CALLS = frozenset({Kind.CALL, Kind.RESULT})
_NO_TOKENS = (None, None, None, None)
_TEXT_KEPT = frozenset({Kind.PROMPT, Kind.API_ERROR})
EVENT_COLUMNS = (
    "event_id", "ts", "run_key", "kind_word", "channel", "agent_word", "name_word", "duration_ms",
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "detail",
)  # fmt: skip
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


_Once: TypeAlias = dict[EventId, tuple[Event, int | None]]
"""Each event once, with its moment."""


def _once(batches: Iterable[Batch]) -> _Once:
    once: _Once = {}
    for batch in batches:
        for event in batch.events:
            if event.id not in once:
                once[event.id] = event, nanoseconds(event.ts) if event.ts else None
    return once


def _paths(batches: Iterable[Batch]) -> dict[tuple[str, str], str]:
    """The runs of the batches (client, id), each with the file that names it best."""
    paths: dict[tuple[str, str], str] = {}
    for batch in batches:
        path = batch.source_path
        for name in dict.fromkeys((event.client, event.run_id) for event in batch.events):
            if name not in paths or runs.is_better(path, paths[name]):
                paths[name] = path
    return paths


def _taken(batch: Batch, taken: set[EventId]) -> int:
    """How many of a batch's events were taken in; each is counted for the first batch only."""
    mine = {event.id for event in batch.events} & taken
    taken -= mine
    return len(mine)


def _stored_calls(mine: Iterable[Seen], touched: runs.Touched) -> list[CallKey]:
    """The calls that may be stored already."""
    made = touched.made
    keys = (
        CallKey(run.run_key, event.call_id) for event, _, run in mine if run.run_key not in made
    )
    return list(dict.fromkeys(keys))


def _words_of(new: Iterable[Seen]) -> set[str]:
    """Every word that storing the events needs, but those that come out of judging."""
    words: set[str] = set()
    for names in {(s.event.kind, s.event.agent, s.event.tool, s.event.name) for s in new}:
        words |= {*names, names[-1][:NAME_CHARACTERS]}
    for event, *_ in new:
        if event.context is not None:
            words |= set(msgspec.structs.astuple(event.context))
        if event.kind is Kind.HOOK:
            words.add(event.command[: runs.COMMAND_CHARACTERS])
        if event.score is not None:
            words |= {event.score.source, event.name}
    return words


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
