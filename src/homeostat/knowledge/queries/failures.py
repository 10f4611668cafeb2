"""Failures by signature: ranked by what they cost, and one of them in full."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import msgspec

from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import nanoseconds
from homeostat.knowledge.queries.runs import bounds, every, limit, moment_or_none, within
from homeostat.model.views import FailureGroup, Window

_TOTALS = """
SELECT s.signature_id, x.nature, x.failures, x.runs, x.lost_ms, x.lost_tokens, x.first_at,
  x.last_at, x.signature_key, s.error_class, s.line
FROM signature_totals x JOIN signatures s ON s.signature_key = x.signature_key
WHERE {narrow}
"""
_GROUPS = """
SELECT s.signature_id, CAST(:nature AS TEXT), x.failures, x.runs, x.lost_ms, x.lost_tokens,
  x.first_at, x.last_at, x.signature_key, s.error_class, s.line
FROM (
  SELECT signature_key, SUM(failures) AS failures, COUNT(*) AS runs,
    SUM(lost_ms) AS lost_ms, SUM(lost_tokens) AS lost_tokens, MIN(first_at) AS first_at,
    MAX(last_at) AS last_at
  FROM signature_runs WHERE {narrow} GROUP BY signature_key) AS x
JOIN signatures s ON s.signature_key = x.signature_key
"""
_COUNT_RUNS = """
SELECT COUNT(DISTINCT run_key) FROM signature_runs WHERE signature_key IN ({keys}) AND {narrow}
"""
_RANKED = " ORDER BY x.lost_ms DESC, x.lost_tokens DESC, x.failures DESC, s.signature_id"
_KEYS = "SELECT signature_key FROM signatures WHERE signature_id IN ({keys})"
_TOOLS = """
SELECT x.signature_key, t.word, x.failures
FROM (
  SELECT signature_key, tool_word, SUM(failures) AS failures FROM signature_tools
  WHERE signature_key IN ({keys}) GROUP BY signature_key, tool_word) AS x
JOIN words t ON t.word_id = x.tool_word
"""
_EVER = """
SELECT MIN(x.first_at) FROM signature_totals x
JOIN signatures s ON s.signature_key = x.signature_key
WHERE s.signature_id IN ({keys}) AND x.nature = 'fault'
"""
SPARE = 50
"""More than are shown, for some may be of an ignored tool."""


class _Part(NamedTuple):
    """A row of `_GROUPS`: cheap, for there may be tens of thousands."""

    signature_id: str
    nature: str
    failures: int
    runs: int
    lost_ms: int
    lost_tokens: int
    first_at: int | None
    last_at: int | None
    signature_key: int
    error_class: str
    line: str


class SignatureRef(msgspec.Struct, frozen=True):
    signature_key: int
    signature_id: str


def groups(
    connection: Connection,
    window: Window,
    groupings: Groupings,
    *,
    nature: str = "fault",
) -> list[FailureGroup]:
    """Failures by signature, merges applied; most time lost first.

    A run counts whole when its failures of the signature touch the window.
    """
    return _all_shown(connection, _ranked(connection, window, groupings, nature), groupings)


def ended(
    connection: Connection,
    groupings: Groupings,
    *,
    since: datetime,
    until: datetime,
    is_latest: bool,
) -> list[FailureGroup]:
    """The `groups` of a window that did not come again after it.

    Where nothing in the store is newer than the moment that is asked about (`is_latest`), the
    totals of all time tell which these are, without a look at all their runs.
    """
    window = Window(since=since, until=until)
    first, beyond = nanoseconds(since), nanoseconds(until)

    def has_ended(part: _Part) -> bool:
        return part.last_at is not None and first <= part.last_at < beyond

    keys = None
    if is_latest:
        told = _ranked(connection, Window(), groupings, "fault")
        keys = _keys(connection, [part.signature_id for part in told if has_ended(part)], groupings)
    ranked = _ranked(connection, window, groupings, "fault", keys=keys)
    return _all_shown(connection, [part for part in ranked if has_ended(part)], groupings)


def _keys(connection: Connection, leaders: Iterable[str], groupings: Groupings) -> list[int]:
    """Of the rows of these signatures and of what was merged into them."""
    names = [(name,) for leader in leaders for name in (leader, *groupings.members(leader))]
    return [key for (key,) in connection.matching(_KEYS, ("text",), names)]


def _all_shown(
    connection: Connection, parts: Sequence[_Part], groupings: Groupings
) -> list[FailureGroup]:
    ignored = groupings.ignored()
    tools = _tools(connection, parts)
    return [_shown(part, tools.get(part.signature_key, ""), ignored) for part in parts]


def costliest(
    connection: Connection,
    window: Window,
    groupings: Groupings,
    *,
    ignored_tools: Collection[str],
    most: int,
) -> tuple[FailureGroup, ...]:
    """The first faults of `groups`, without those that a person ignores."""
    ignored = groupings.ignored()
    enough = most + len(ignored) + SPARE
    for limited in (enough, -1):
        ranked = _ranked(connection, window, groupings, "fault", most=limited)
        kept = [part for part in ranked if part.signature_id not in ignored]
        tools = _tools(connection, kept)
        shown = (_shown(part, tools.get(part.signature_key, ""), ignored) for part in kept)
        found = tuple(islice((g for g in shown if g.tool not in ignored_tools), most))
        if len(found) == most or len(ranked) != enough:
            break
    return tuple(_since_ever(connection, groupings, group) for group in found)


def _since_ever(connection: Connection, groupings: Groupings, group: FailureGroup) -> FailureGroup:
    """With the first failure of all, also where it was before the window."""
    names = [(name,) for name in (group.signature, *groupings.members(group.signature))]
    firsts = [at for (at,) in connection.matching(_EVER, ("text",), names) if at is not None]
    return msgspec.structs.replace(group, first_at=moment_or_none(min(firsts, default=None)))


def of_signature(
    connection: Connection,
    ref: SignatureRef,
    keys: Iterable[int],
    groupings: Groupings,
    *,
    error_class: str,
    line: str,
) -> FailureGroup:
    """Faults and findings of one signature together, over all time; of the rows `keys`."""
    query = _TOTALS.format(narrow="x.signature_key = :signature_key")
    parts = [
        _Part._make(row)
        for key in keys
        for row in connection.execute(query, {"signature_key": key})
    ]
    parts.sort(key=lambda part: (-part.failures, part.nature, part.signature_id))
    empty = _Part(
        ref.signature_id, "none", 0, 0, 0, 0, None, None, ref.signature_key, error_class, line
    )
    runs = _runs(connection, parts, "1 = 1", {}) if len(parts) > 1 else sum(p.runs for p in parts)
    whole = _joined(ref.signature_id, parts or [empty], runs)
    whole = whole._replace(signature_key=ref.signature_key)
    tools = _tools(connection, [whole])
    return _shown(whole, tools.get(whole.signature_key, ""), groupings.ignored())


def _ranked(
    connection: Connection,
    window: Window,
    groupings: Groupings,
    nature: str,
    *,
    most: int = -1,
    keys: Collection[int] | None = None,
) -> list[_Part]:
    """The groups, of which the first `most` are right; a merge needs all to be known.

    With `keys` only those of these rows.
    """
    conditions = ["nature = :nature", *within(window, first="first_at", last="last_at")]
    if keys is not None:
        conditions.append(f"signature_key IN ({','.join(map(str, keys)) or 'NULL'})")
    narrow = every(conditions)
    values = bounds(window) | {"nature": nature, "most": most}
    merged = groupings.merged
    is_open = window.since is None and window.until is None
    groups = (
        _TOTALS.format(narrow="x.nature = :nature") if is_open else _GROUPS.format(narrow=narrow)
    )
    query = groups + _RANKED + ("" if merged else limit(most))
    found: list[_Part] = []
    by_leader: dict[str, list[_Part]] = {}
    for part in map(_Part._make, connection.execute(query, values)):
        if part.signature_id in merged:
            by_leader.setdefault(groupings.leader(part.signature_id), []).append(part)
        else:
            found.append(part)
    if by_leader:
        found += [
            _joined(leader, parts, _runs(connection, parts, narrow, values))
            for leader, parts in by_leader.items()
        ]
        found.sort(key=lambda p: (-p.lost_ms, -p.lost_tokens, -p.failures, p.signature_id))
    return found


def _runs(
    connection: Connection,
    parts: Iterable[_Part],
    narrow: str,
    values: Mapping[str, object],
) -> int:
    """Runs in which any of the signatures failed: one run may have had several."""
    keys = ",".join(str(part.signature_key) for part in parts)
    query = _COUNT_RUNS.format(keys=keys, narrow=narrow)
    return int(connection.execute(query, values).fetchone()[0])


def _joined(leader: str, parts: Sequence[_Part], runs: int) -> _Part:
    most = max(parts, key=lambda part: part.failures)
    own = next((part for part in parts if part.signature_id == leader), most)
    return own._replace(
        signature_id=leader,
        failures=sum(part.failures for part in parts),
        runs=runs,
        lost_ms=sum(part.lost_ms for part in parts),
        lost_tokens=sum(part.lost_tokens for part in parts),
        first_at=min((part.first_at for part in parts if part.first_at), default=None),
        last_at=max((part.last_at for part in parts if part.last_at), default=None),
        signature_key=most.signature_key,
    )


def _shown(part: _Part, tool: str, ignored: Collection[str]) -> FailureGroup:
    return FailureGroup(
        signature=part.signature_id,
        error_class=part.error_class,
        tool=tool,
        line=part.line,
        nature=part.nature,
        failures=part.failures,
        runs=part.runs,
        lost_ms=part.lost_ms,
        lost_tokens=part.lost_tokens,
        first_at=moment_or_none(part.first_at),
        last_at=moment_or_none(part.last_at),
        ignored=part.signature_id in ignored,
    )


def _tools(connection: Connection, parts: Iterable[_Part]) -> dict[int, str]:
    """Of each part the tool that failed most often; of a merged group, within its largest part."""
    keys = [(part.signature_key,) for part in parts]
    rows = connection.matching(_TOOLS, ("integer",), keys)
    best: dict[int, tuple[int, str]] = {}
    for key, tool, failures in rows:
        best[key] = min(best.get(key, (0, "")), (-int(failures), tool))
    return {key: tool for key, (_, tool) in best.items()}
