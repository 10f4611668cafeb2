"""Failures by signature: ranked by what they cost, and one of them in full."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import moment
from homeostat.knowledge.queries.runs import bounds, moment_or_none
from homeostat.model.errors import NotFoundError
from homeostat.model.views import FailureGroup, Sample, Share, SignatureView, Window

SHOWN_SAMPLES = 5

_GROUPS = """
SELECT s.signature_id, s.error_class, s.line, x.nature, SUM(x.failures), COUNT(*),
  SUM(x.lost_ms), SUM(x.lost_tokens), MIN(x.first_at), MAX(x.last_at), s.signature_key
FROM signature_runs x JOIN signatures s ON s.signature_key = x.signature_key
WHERE (:since IS NULL OR x.last_at >= :since) AND (:until IS NULL OR x.first_at < :until)
  AND (:nature = '' OR x.nature = :nature)
  AND (:signature_key IS NULL OR x.signature_key = :signature_key)
GROUP BY s.signature_key, x.nature
"""
_TOOL = """
SELECT t.word, COUNT(*) FROM calls c JOIN words t ON t.word_id = c.tool_word
WHERE c.signature_key = :signature_key GROUP BY t.word ORDER BY 2 DESC, 1 LIMIT 1
"""


class _Part(msgspec.Struct, frozen=True):
    signature_key: int
    group: FailureGroup


def groups(
    connection: sqlite3.Connection,
    window: Window,
    groupings: Groupings,
    *,
    nature: str = "fault",
) -> list[FailureGroup]:
    """Failures by signature, merges applied; most time lost first.

    A run counts whole when its failures of the signature touch the window.
    """
    values = bounds(window) | {"nature": nature, "signature_key": None}
    ignored = groupings.ignored()
    by_leader: dict[tuple[str, str], list[_Part]] = {}
    for row in connection.execute(_GROUPS, values):
        part = _Part(row[10], _group(row))
        leader = groupings.leader(part.group.signature)
        by_leader.setdefault((leader, part.group.nature), []).append(part)
    found = [
        msgspec.structs.replace(
            _joined(leader, parts), ignored=leader in ignored,
            tool=_tool(connection, max(parts, key=lambda p: p.group.failures).signature_key),
        )
        for (leader, _), parts in by_leader.items()
    ]  # fmt: skip
    return sorted(found, key=lambda g: (-g.lost_ms, -g.lost_tokens, -g.failures, g.signature))


def _group(row: Sequence[object]) -> FailureGroup:
    fields = dict(zip(_GROUP_FIELDS, row, strict=False))
    fields["first_at"] = moment_or_none(fields["first_at"])
    fields["last_at"] = moment_or_none(fields["last_at"])
    return FailureGroup(tool="", **fields)  # type: ignore[arg-type]  # SQL row


_GROUP_FIELDS = (
    "signature", "error_class", "line", "nature", "failures", "runs", "lost_ms", "lost_tokens",
    "first_at", "last_at",
)  # fmt: skip


def _joined(leader: str, parts: Sequence[_Part]) -> FailureGroup:
    found = [part.group for part in parts]
    own = next((g for g in found if g.signature == leader), max(found, key=lambda g: g.failures))
    return msgspec.structs.replace(
        own,
        signature=leader,
        failures=sum(g.failures for g in found),
        runs=sum(g.runs for g in found),
        lost_ms=sum(g.lost_ms for g in found),
        lost_tokens=sum(g.lost_tokens for g in found),
        first_at=min((g.first_at for g in found if g.first_at), default=None),
        last_at=max((g.last_at for g in found if g.last_at), default=None),
    )


def _tool(connection: sqlite3.Connection, signature_key: int) -> str:
    row = connection.execute(_TOOL, {"signature_key": signature_key}).fetchone()
    return str(row[0]) if row else ""


_FIND = """
SELECT signature_key, signature_id FROM signatures
WHERE signature_id >= :start AND signature_id < :beyond ORDER BY signature_id LIMIT 6
"""


class SignatureRef(msgspec.Struct, frozen=True):
    signature_key: int
    signature_id: str


def find(connection: sqlite3.Connection, start: str) -> SignatureRef:
    """The signature whose id begins with `start` (capitals do not matter).

    Raises `NotFoundError` for none and for several.
    """
    start = start.upper() if start.upper().startswith("S-") else f"S-{start.upper()}"
    values = {"start": start, "beyond": start + "\U0010ffff"}
    found = [SignatureRef(*row) for row in connection.execute(_FIND, values)]
    exact = [ref for ref in found if ref.signature_id == start]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if not found:
        raise NotFoundError(
            f'there is no signature "{start}".', next_step="See what there is: homeostat errors"
        )
    names = ", ".join(ref.signature_id for ref in found[:3])
    raise NotFoundError(
        f'"{start}" is the beginning of several signatures ({names}).',
        next_step="Give one more character.",
    )


_DETAIL = """
SELECT key, family, kind, message, identifiers, place, rule, class_rule, error_class, line
FROM signatures WHERE signature_key = :signature_key
"""
_SHARES = """
SELECT COALESCE(w.word, '{missing}'), COUNT(*) FROM calls c
JOIN runs r ON r.run_key = c.run_key
LEFT JOIN words w ON w.word_id = {column}
WHERE c.signature_key IN ({keys}) AND c.tool_word IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 6
"""
_SAMPLES = """
SELECT r.run_id, c.call_id, c.started_at, COALESCE(t.word, ''),
  CASE WHEN x.command = '' THEN x.args ELSE x.command END, x.answer, x.whole
FROM calls c
JOIN runs r ON r.run_key = c.run_key
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN words t ON t.word_id = c.tool_word
WHERE c.signature_key IN ({keys}) AND c.tool_word IS NOT NULL
ORDER BY c.started_at DESC, c.call_id LIMIT :most
"""
_KEYS = "SELECT signature_key FROM signatures WHERE signature_id = :id"


def keys_of(
    connection: sqlite3.Connection, ref: SignatureRef, groupings: Groupings
) -> tuple[int, ...]:
    """The signature's row and those of what was merged into it."""
    found = [ref.signature_key]
    for name in groupings.members(ref.signature_id):
        row = connection.execute(_KEYS, {"id": name}).fetchone()
        if row:
            found.append(int(row[0]))
    return tuple(found)


def signature(
    connection: sqlite3.Connection, ref: SignatureRef, groupings: Groupings
) -> SignatureView:
    """One signature in full, with what was merged into it."""
    row = connection.execute(_DETAIL, {"signature_key": ref.signature_key}).fetchone()
    every = keys_of(connection, ref, groupings)
    keys = ",".join(str(key) for key in every)
    samples = [
        Sample(
            run_id=run, call_id=call, at=moment(at) if at else None, tool=tool, command=command,
            text=text, whole=bool(whole),
        )
        for run, call, at, tool, command, text, whole in connection.execute(
            _SAMPLES.format(keys=keys), {"most": 20}
        )
    ]  # fmt: skip
    return SignatureView(
        group=_whole_group(connection, ref, every, groupings, error_class=row[8], line=row[9]),
        key=row[0],
        family=row[1],
        kind=row[2],
        message=row[3],
        identifiers=tuple(part for part in row[4].split("\x1f") if part),
        place=row[5],
        rule=row[6],
        class_rule=row[7],
        merged=groupings.members(ref.signature_id),
        tools=_shares(connection, keys, "c.tool_word", "?"),
        agents=_shares(connection, keys, "c.agent_word", "main"),
        projects=_shares(connection, keys, "r.project_word", "unknown"),
        versions=_shares(connection, keys, "r.version_word", "unknown"),
        variants=len(Counter(sample.text[:200] for sample in samples)),
        samples=tuple(samples[:SHOWN_SAMPLES]),
    )


def _whole_group(
    connection: sqlite3.Connection,
    ref: SignatureRef,
    keys: Iterable[int],
    groupings: Groupings,
    *,
    error_class: str,
    line: str,
) -> FailureGroup:
    """Faults and findings of a signature together, over all time."""
    parts: list[_Part] = []
    for key in keys:
        values = {"since": None, "until": None, "nature": "", "signature_key": key}
        parts += [_Part(key, _group(row)) for row in connection.execute(_GROUPS, values)]
    if not parts:
        empty = FailureGroup(
            signature=ref.signature_id, error_class=error_class, tool="", line=line, nature="none",
            failures=0, runs=0, lost_ms=0, lost_tokens=0, first_at=None, last_at=None,
        )  # fmt: skip
        parts = [_Part(ref.signature_key, empty)]
    joined = _joined(ref.signature_id, parts)
    return msgspec.structs.replace(
        joined,
        tool=_tool(connection, ref.signature_key),
        ignored=ref.signature_id in groupings.ignored(),
    )


def _shares(
    connection: sqlite3.Connection, keys: str, column: str, missing: str
) -> tuple[Share, ...]:
    query = _SHARES.format(keys=keys, column=column, missing=missing)
    return tuple(Share(name=name, count=count) for name, count in connection.execute(query))
