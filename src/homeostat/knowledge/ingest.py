"""Events into the store: once each, joined to calls, judged, counted, in one transaction."""

import gc
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec

from homeostat.knowledge import call_rows, groupings, rollups, runs, samples
from homeostat.knowledge.call_rows import CallKey, CallRow
from homeostat.knowledge.moments import nanoseconds
from homeostat.knowledge.signatures import Signatures
from homeostat.knowledge.words import Words
from homeostat.model.call import CallFacts
from homeostat.model.event import Event, Kind
from homeostat.model.ids import EventId
from homeostat.model.outcome import Nature, Outcome, Role
from homeostat.model.ports import Judges

KNOWN_CHUNK = 900
TOGETHER_EVENTS = 5_000
"""Of small files, what one transaction holds: each commit waits for the disk."""


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
    position: FilePosition | None = None


class Ingest:
    """The one way in. Its connection is the writer's; the caller holds the write lock."""

    def __init__(self, connection: sqlite3.Connection, judges: Judges, kept: samples.Kept) -> None:
        self._connection = connection
        self._judges = judges
        self._kept = kept
        self._shares = False
        self._uncommitted = 0
        self._whole = 0
        """Answers that were kept whole since the last look at how many there are."""
        self._words = Words(connection)
        self._signatures = Signatures(connection, groupings.splits(connection))
        self._runs = runs.RunKeys(connection, self._words)

    @contextmanager
    def together(self) -> Generator[None]:
        """Batches written within may share a transaction; at the end all are committed."""
        self._shares = True
        try:
            yield
        finally:
            self._shares = False
            self._commit()

    def write(self, batch: Batch, *, now: datetime) -> int:
        """Take in a batch and answer how many of its events were new. All of it, or nothing."""
        with self._transaction(len(batch.events)):
            events = self._new(batch.events)
            if events:
                self._store(events, batch.source_path, now)
            self._write_leaks(batch.leaks)
            if batch.is_anew:
                self._connection.execute(_CLEAR_BAD, {"path": batch.source_path})
            self._connection.executemany(_PUT_BAD, _bad_rows(batch.bad_lines, now))
            if batch.position:
                self._move(batch.position, now)
        return len(events)

    @contextmanager
    def _transaction(self, events: int) -> Generator[None]:
        collecting = gc.isenabled()
        gc.disable()  # a batch makes a million small objects and no cycle
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._uncommitted += events
            if not self._shares or self._uncommitted >= TOGETHER_EVENTS:
                self._commit()
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            for cache in (self._words, self._signatures, self._runs):
                cache.forget()
            raise
        finally:
            if collecting:
                gc.enable()

    def _commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")
        self._uncommitted = 0

    def _new(self, events: Sequence[Event]) -> list[Event]:
        """The events that are not stored yet, once each."""
        once: dict[EventId, Event] = {}
        for event in events:
            once.setdefault(event.id, event)
        ids = list(once)
        for start in range(0, len(ids), KNOWN_CHUNK):
            chunk = ids[start : start + KNOWN_CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"SELECT event_id FROM events WHERE event_id IN ({marks})"  # noqa: S608  # question marks
            for (known,) in self._connection.execute(query, chunk):
                del once[known]
        return list(once.values())

    def _store(self, events: list[Event], source_path: str, now: datetime) -> None:
        counted = rollups.Rollups()
        touched = self._runs.touch(events, source_path)
        self._connection.executemany(_PUT_EVENT, self._event_rows(events, touched))
        runs.add_usage(self._connection, events, touched)
        runs.add_hooks(self._connection, events, touched, self._words)
        self._join(events, touched, counted, now)
        counted.write(self._connection)
        self._runs.save(touched)

    def _event_rows(
        self, events: Iterable[Event], touched: runs.Touched
    ) -> Iterator[tuple[object, ...]]:
        words = self._words
        for event in events:
            usage = event.usage
            yield (
                event.id,
                nanoseconds(event.ts) if event.ts else None,
                touched.key_of(event),
                words.id_of(event.kind),
                event.channel,
                words.id_or_none(event.agent),
                words.id_or_none(event.name[:80]),
                event.duration_ms,
                usage.input_tokens if usage else None,
                usage.output_tokens if usage else None,
                usage.cache_read_tokens if usage else None,
                usage.cache_creation_tokens if usage else None,
                event.text[: call_rows.KEPT_CHARACTERS] if event.kind in _TEXT_KEPT else None,
            )

    def _join(
        self, events: list[Event], touched: runs.Touched, counted: rollups.Rollups, now: datetime
    ) -> None:
        """Put calls together from the events, judge what changed, and count the difference."""
        for run in touched.moved:
            self._move_project(run, touched, counted)
        mine = [e for e in events if e.kind is Kind.CALL or e.kind is Kind.RESULT]
        keys = [CallKey(touched.key_of(e), e.call_id) for e in mine]
        stored = (key for key in dict.fromkeys(keys) if key.run_key not in touched.made)
        rows = call_rows.load(self._connection, stored)
        for row in rows.values():
            if row.tool:
                counted.add(self._place(row, touched), -1)
        for key, event in zip(keys, mine, strict=True):
            if key not in rows:
                rows[key] = CallRow(run_key=key.run_key, call_id=key.call_id)
            call_rows.apply(rows[key], event, nanoseconds(event.ts) if event.ts else None)
        for row in rows.values():
            self._judge(row)
            call_rows.trim(row)
            if row.tool:
                counted.add(self._place(row, touched), 1)
        self._save(rows.values())
        self._prune(sum(row.whole for row in rows.values()), now)

    def _prune(self, whole: int, now: datetime) -> None:
        self._whole += whole
        if self._whole >= samples.SURPLUS:
            samples.prune(self._connection, self._kept, now=now)
            self._whole = 0

    def _move_project(
        self, before: runs.RunRow, touched: runs.Touched, counted: rollups.Rollups
    ) -> None:
        """Count a run's calls under the project that only now became known."""
        was = msgspec.structs.replace(touched, by_key={before.run_key: before})
        for row in call_rows.of_run(self._connection, before.run_key):
            if row.tool:
                counted.add(self._place(row, was), -1)
                counted.add(self._place(row, touched), 1)

    def _save(self, rows: Iterable[CallRow]) -> None:
        kept = list(rows)
        used = {
            word for r in kept for word in (r.tool, r.agent, r.kind, r.rule, r.path) if word
        }  # fmt: skip
        call_rows.save(self._connection, kept, {word: self._words.id_of(word) for word in used})

    def _judge(self, row: CallRow) -> None:
        row.nature, row.masked, row.role, row.rule = "none", None, None, ""
        row.signature_key = None
        if not row.tool or row.outcome == "unknown":
            return
        judgement = self._judges.judge(
            CallFacts(
                tool=row.tool,
                outcome=Outcome(row.outcome),
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
        if row.is_failed:
            signature = self._judges.sign(row.tool, row.answer)
            row.signature_key = self._signatures.key_of(signature, row.answer)

    def _place(self, row: CallRow, touched: runs.Touched) -> rollups.Place:
        run = touched.by_key[row.run_key]
        return rollups.place_of(
            row,
            rollups.RunWords(run.project_word or 0, run.client_word),
            agent=self._words.id_of(row.agent) if row.agent else 0,
            tool=self._words.id_of(row.tool),
        )

    def _write_leaks(self, leaks: Iterable[LeakSeen]) -> None:
        rows: list[tuple[object, ...]] = []
        for leak in leaks:
            event = leak.event
            key = self._runs.key_of(event.client, event.run_id)
            at = nanoseconds(event.ts) if event.ts else None
            rows.append((key, leak.type, leak.digest, event.call_id, at))
        self._connection.executemany(_PUT_LEAK, rows)

    def _move(self, position: FilePosition, now: datetime) -> None:
        values = msgspec.structs.asdict(position) | {
            "client_word": self._words.id_of(position.client),
            "read_at": nanoseconds(now),
        }
        self._connection.execute(_PUT_FILE, values)


_TEXT_KEPT = frozenset({Kind.PROMPT, Kind.API_ERROR})
_PUT_EVENT = """
INSERT INTO events (event_id, ts, run_key, kind_word, channel, agent_word, name_word, duration_ms,
  input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens, detail)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
"""
_CLEAR_BAD = "DELETE FROM bad_lines WHERE path = :path"
_PUT_BAD = """
INSERT INTO bad_lines (path, offset_bytes, line, reason, start, seen_at) VALUES (?,?,?,?,?,?)
ON CONFLICT (path, offset_bytes) DO UPDATE SET reason = excluded.reason, line = excluded.line
"""
_PUT_LEAK = """
INSERT INTO leaks (run_key, type, digest, call_id, seen_at, times) VALUES (?,?,?,?,?,1)
ON CONFLICT (run_key, type, digest, call_id) DO NOTHING
"""
_PUT_FILE = """
INSERT INTO files (path, client_word, size_bytes, modified_at, head_hash, offset_bytes, lines,
  state, read_at)
VALUES (:path, :client_word, :size_bytes, :modified_at, :head_hash, :offset_bytes, :lines,
  :state, :read_at)
ON CONFLICT (path) DO UPDATE SET client_word = excluded.client_word,
  size_bytes = excluded.size_bytes, modified_at = excluded.modified_at,
  head_hash = excluded.head_hash, offset_bytes = excluded.offset_bytes, lines = excluded.lines,
  state = excluded.state, read_at = excluded.read_at
"""


def _bad_rows(lines: Iterable[BadLine], now: datetime) -> Iterator[tuple[object, ...]]:
    for bad in lines:
        yield bad.path, bad.offset_bytes, bad.line, bad.reason, bad.start, nanoseconds(now)
