"""Calls, put together from what every channel saw of them."""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

import msgspec

from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.model.call import MODEL, NOT_TOOLS
from homeostat.model.event import Event, Kind
from homeostat.model.outcome import Outcome

PENDING_CHARACTERS = 4000
"""Of a call's input while its answer has not been seen: judging needs the whole command line."""
KEPT_CHARACTERS = 300
SAMPLE_CHARACTERS = 16_000


_NAMES = ", ".join(f"'{name}'" for name in NOT_TOOLS)
NOT_TOOL_WORDS = f"SELECT word_id FROM words WHERE word IN ({_NAMES})"  # noqa: S608  # names of ours
OF_TOOL = f"(c.tool_word IS NOT NULL AND c.tool_word NOT IN ({NOT_TOOL_WORDS}))"
"""Condition on a row `c` of calls: a call of a tool that is known, no failure of the model."""
MODEL_SIGNATURES = (
    f"SELECT signature_key FROM signature_tools WHERE tool_word IN ({NOT_TOOL_WORDS})"  # noqa: S608  # as above
)
"""Of failures of the model: no tool shares one, for its name is part of the key."""

CallKey: TypeAlias = tuple[int, str]
"""Of the run, and the call's own id."""


class CallRow(msgspec.Struct, kw_only=True):
    """One call as it stands. Changed while a batch is applied, then written."""

    run_key: int
    call_id: str
    tool: str = ""
    """Empty while only the answer has been seen: such a call is not counted."""
    agent: str = ""
    outcome: str = "unknown"
    kind: str = "no_result"
    exit_code: int | None = None
    nature: str = "none"
    masked: str | None = None
    role: str | None = None
    rule: str = ""
    signature_key: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    duration_ms: int | None = None
    channels: int = 0
    decided_by: int = 0
    answered_by: int = 0
    timed_by: int = 0
    path: str = ""
    command: str = ""
    args: str = ""
    answer: str = ""
    whole: int = 0

    @property
    def is_failed(self) -> bool:
        return self.outcome not in ("ok", "unknown")

    @property
    def at(self) -> int | None:
        return self.started_at if self.started_at is not None else self.ended_at


_COLUMNS = (
    "run_key, call_id, tool, agent, outcome, kind, exit_code, nature, masked, role, rule,"
    " signature_key, started_at, ended_at, duration_ms, channels, decided_by,"
    " answered_by, timed_by, path,"
    " command, args, answer, whole"
)
_LOAD = """
SELECT c.run_key, c.call_id, COALESCE(t.word, ''), COALESCE(a.word, ''), c.outcome,
  COALESCE(k.word, ''), c.exit_code, c.nature, c.masked, c.role, COALESCE(r.word, ''),
  c.signature_key, c.started_at, c.ended_at, c.duration_ms, c.channels, c.decided_by,
  c.answered_by, c.timed_by,
  COALESCE(p.word, ''), x.command, x.args, x.answer, x.whole
FROM %s
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN words t ON t.word_id = c.tool_word
LEFT JOIN words a ON a.word_id = c.agent_word
LEFT JOIN words k ON k.word_id = c.kind_word
LEFT JOIN words r ON r.word_id = c.rule_word
LEFT JOIN words p ON p.word_id = c.path_word
"""
_BY_KEYS = _LOAD % (
    "{wanted} JOIN calls c ON c.run_key = wanted.column1 AND c.call_id = wanted.column2"
)
_BY_RUN = _LOAD % "calls c" + "WHERE c.run_key = ?"
_FIELDS = tuple(name.strip() for name in _COLUMNS.split(","))


def load(connection: Connection, keys: Iterable[CallKey]) -> dict[CallKey, CallRow]:
    """The calls that exist already."""
    rows = connection.matching(_BY_KEYS, ("integer", "text"), list(keys))
    return {(row[0], row[1]): _row(row) for row in rows}


def of_run(connection: Connection, run_key: int) -> list[CallRow]:
    return [_row(row) for row in connection.execute(_BY_RUN, (run_key,))]


def _row(values: tuple[object, ...]) -> CallRow:
    return CallRow(**dict(zip(_FIELDS, values, strict=True)))  # type: ignore[arg-type]  # SQL row


def apply(row: CallRow, event: Event, at: int | None) -> None:
    """Add what one event knows of the call; of each part the most trusted channel decides.

    Channels may come in any order: the row is the same in the end, but for an answer that was
    called ok and cut before a better channel called it a failure.
    """
    seen, row.channels = row.channels, row.channels | event.channel
    if event.kind is Kind.CALL:
        if row.tool and event.channel.bit_length() < seen.bit_length():
            return  # telemetry names neither file nor arguments
        row.tool, row.agent, row.path = event.tool, event.agent, event.path
        row.command = event.command[:PENDING_CHARACTERS]
        row.args = "" if row.command else event.args[:PENDING_CHARACTERS]
        row.started_at = at
    elif event.outcome is not None:
        if event.channel >= row.decided_by:
            row.outcome, row.kind = event.outcome.value, event.failure_kind
            row.exit_code = event.exit_code
            row.decided_by = event.channel
            row.ended_at = at
        if event.text and event.channel >= row.answered_by:
            row.answer, row.answered_by = event.text, event.channel
        if event.duration_ms is not None and event.channel >= row.timed_by:
            row.duration_ms, row.timed_by = event.duration_ms, event.channel
    if not row.timed_by and row.started_at is not None and row.ended_at is not None:
        row.duration_ms = max(0, (row.ended_at - row.started_at) // 1_000_000)


def is_unanswered(event: Event) -> bool:
    """Whether the model failed: for good, or so that the client asked again and told why."""
    return event.kind is Kind.API_ERROR or (event.kind is Kind.RETRY and bool(event.text))


def unanswered(event: Event, run_key: int, at: int | None) -> CallRow:
    """The row of a failure of the model; a status that its text does not tell stands before it."""
    tool = event.tool if event.tool in NOT_TOOLS else MODEL
    text = event.text.strip()
    if event.name.isdecimal() and event.name not in text:
        text = f"HTTP {event.name}: {text}" if text else f"HTTP {event.name}"
    return CallRow(
        run_key=run_key, call_id=f"{tool} {event.id.hex()}", tool=tool, agent=event.agent,
        outcome=Outcome.ERROR.value, kind=event.kind.value, started_at=at, ended_at=at,
        channels=event.channel, decided_by=event.channel, answered_by=event.channel,
        answer=text or event.name or event.kind.value,
    )  # fmt: skip


def trim(row: CallRow) -> None:
    """Cut the texts to what is kept: an answer whole for failures, else its beginning."""
    if not row.tool:  # the call itself is still to come, and will be judged by all of this
        row.answer = row.answer[:SAMPLE_CHARACTERS]
        return
    if row.outcome == Outcome.UNKNOWN and row.kind == "no_result":
        return
    if row.signature_key is None:
        row.answer, row.whole = row.answer[:KEPT_CHARACTERS], 0
    elif len(row.answer) > SAMPLE_CHARACTERS:
        half = SAMPLE_CHARACTERS // 2
        row.answer, row.whole = f"{row.answer[:half]}\n[...]\n{row.answer[-half:]}", 1
    else:
        row.whole = 1
    limit = PENDING_CHARACTERS if row.is_failed else KEPT_CHARACTERS
    row.command, row.args = row.command[:limit], row.args[:KEPT_CHARACTERS]


CALLS = Table(
    "calls",
    ("run_key", "call_id"),
    (
        "run_key", "call_id", "tool_word", "agent_word", "outcome", "kind_word", "exit_code",
        "nature", "masked", "role", "rule_word", "signature_key", "started_at", "ended_at",
        "duration_ms", "channels", "decided_by", "answered_by", "timed_by", "path_word",
    ),
)  # fmt: skip
_PLAIN = Table(
    CALLS.name,
    CALLS.key,
    (
        "run_key", "call_id", "tool_word", "agent_word", "outcome", "exit_code", "nature",
        "started_at", "ended_at", "duration_ms", "channels", "decided_by", "answered_by",
        "timed_by", "path_word",
    ),
)  # fmt: skip
"""All that is known of most calls. To bind a NULL is the dearest value for SQLite's driver (.3 us,
measured 2026-11), and a call has few of the others."""
TEXTS = Table(
    "call_texts", ("run_key", "call_id"),
    ("run_key", "call_id", "command", "args", "answer", "whole"),
)  # fmt: skip


@contextmanager
def saving(
    connection: Connection,
    rows: Mapping[CallKey, CallRow],
    word_ids: Mapping[str, int],
    *,
    stored: Collection[CallKey],
) -> Generator[None]:
    """Write calls, of which some are `stored` already; `word_ids` knows every word in them.

    Within, as in `Connection.putting`.
    """
    known = [row for key, row in rows.items() if key in stored] if stored else []
    new = [row for key, row in rows.items() if key not in stored] if stored else rows.values()
    connection.upsert(CALLS, list(_calls(known, word_ids)))
    connection.upsert(TEXTS, _texts(known))
    full = [row for row in new if not _is_plain(row)]
    plain = [row for row in new if _is_plain(row)]
    with connection.putting([
        (CALLS, list(_calls(full, word_ids))),
        (_PLAIN, list(_plain_calls(plain, word_ids))),
        (TEXTS, _texts(new)),
    ]):  # fmt: skip
        yield


def _is_plain(row: CallRow) -> bool:
    return not (row.kind or row.masked or row.role or row.rule or row.signature_key)


def _plain_calls(rows: Iterable[CallRow], word_ids: Mapping[str, int]) -> Iterator[Row]:
    get = word_ids.get
    for r in rows:
        yield (
            r.run_key, r.call_id, get(r.tool), get(r.agent), r.outcome, r.exit_code, r.nature,
            r.started_at, r.ended_at, r.duration_ms, r.channels, r.decided_by, r.answered_by,
            r.timed_by, get(r.path),
        )  # fmt: skip


def _calls(rows: Iterable[CallRow], word_ids: Mapping[str, int]) -> Iterator[Row]:
    get = word_ids.get
    for r in rows:
        yield (
            r.run_key, r.call_id, get(r.tool), get(r.agent), r.outcome, get(r.kind),
            r.exit_code, r.nature, r.masked, r.role, get(r.rule), r.signature_key,
            r.started_at, r.ended_at, r.duration_ms, r.channels, r.decided_by,
            r.answered_by, r.timed_by, get(r.path),
        )  # fmt: skip


def _texts(rows: Iterable[CallRow]) -> list[Row]:
    return [(r.run_key, r.call_id, r.command, r.args, r.answer, r.whole) for r in rows]
