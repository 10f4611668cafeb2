"""Failures by signature: ranked by what they cost, and one of them in full."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import moment
from homeostat.knowledge.queries.runs import bounds, every, limit, moment_or_none, within
from homeostat.model.errors import NotFoundError
from homeostat.model.views import FailureGroup, Sample, Share, SignatureView, Window

SHOWN_SAMPLES = 5
SHOWN_SHARES = 6

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
_TOOL = """
SELECT t.word, SUM(x.failures) FROM signature_tools x JOIN words t ON t.word_id = x.tool_word
WHERE x.signature_key = :signature_key GROUP BY t.word ORDER BY 2 DESC, 1 LIMIT 1
"""
_TOOLS = """
SELECT x.signature_key, t.word, x.failures
FROM (
  SELECT signature_key, tool_word, SUM(failures) AS failures FROM signature_tools
  GROUP BY signature_key, tool_word) AS x
JOIN words t ON t.word_id = x.tool_word ORDER BY x.failures, t.word DESC
"""
MANY_GROUPS = 500
"""From here on one look at all counts by tool is faster than one a group."""
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
    ranked = _ranked(connection, window, groupings, nature)
    ignored = groupings.ignored()
    tools = _tools(connection) if len(ranked) > MANY_GROUPS else {}
    return [
        _shown(part, tools.get(part.signature_key) or _tool(connection, part), ignored)
        for part in ranked
    ]


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
        shown = (
            _shown(part, _tool(connection, part), ignored)
            for part in ranked
            if part.signature_id not in ignored
        )
        found = tuple(islice((g for g in shown if g.tool not in ignored_tools), most))
        if len(found) == most or len(ranked) != enough:
            break
    return found


def _ranked(
    connection: Connection,
    window: Window,
    groupings: Groupings,
    nature: str,
    *,
    most: int = -1,
) -> list[_Part]:
    """The groups, of which the first `most` are right; a merge needs all to be known."""
    narrow = every(["nature = :nature", *within(window, first="first_at", last="last_at")])
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


def _tool(connection: Connection, part: _Part) -> str:
    """The tool that failed most often; of a merged group, within its largest part."""
    row = connection.execute(_TOOL, {"signature_key": part.signature_key}).fetchone()
    return str(row[0]) if row else ""


def _tools(connection: Connection) -> dict[int, str]:
    """The same for all signatures: the last row of each is its most frequent tool."""
    return {key: tool for key, tool, _ in connection.execute(_TOOLS)}


_FIND = """
SELECT signature_key, signature_id FROM signatures
WHERE signature_id >= :start AND signature_id < :beyond ORDER BY signature_id LIMIT 6
"""


class SignatureRef(msgspec.Struct, frozen=True):
    signature_key: int
    signature_id: str


def find(connection: Connection, start: str) -> SignatureRef:
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
SELECT key, family, kind, message, identifiers, place, rule, class_rule, error_class,
  line
FROM signatures WHERE signature_key = :signature_key
"""
SHARED_RUNS = 300
"""Of the latest ones it is told what they ran on: a signature may be in a hundred thousand."""
_SHARED_SINCE = """
SELECT last_at FROM signature_runs WHERE signature_key = :key AND last_at IS NOT NULL
ORDER BY last_at DESC LIMIT 1 OFFSET :most
"""
# What a run ran on counts for each of its failures.
_RAN_ON = """
SELECT COALESCE(p.word, 'unknown'), COALESCE(v.word, 'unknown'), f.failures
FROM (
  SELECT r.project_word AS project, r.version_word AS version, SUM(x.failures) AS failures
  FROM signature_runs x JOIN runs r ON r.run_key = x.run_key
  WHERE x.signature_key = :key AND {narrow} GROUP BY r.project_word, r.version_word) AS f
LEFT JOIN words p ON p.word_id = f.project
LEFT JOIN words v ON v.word_id = f.version
"""
_FAILED_BY = """
SELECT t.word, COALESCE(a.word, 'main'), x.failures
FROM signature_tools x
JOIN words t ON t.word_id = x.tool_word
LEFT JOIN words a ON a.word_id = x.agent_word
WHERE x.signature_key IN ({keys})
"""
_SAMPLES = """
SELECT c.started_at, c.call_id, r.run_id, COALESCE(t.word, ''),
  CASE WHEN x.command = '' THEN x.args ELSE x.command END, x.answer, x.whole
FROM (
  SELECT run_key, call_id, started_at, tool_word FROM calls
  WHERE signature_key = :signature_key AND tool_word IS NOT NULL
  ORDER BY started_at DESC NULLS LAST, call_id LIMIT :most) AS c
JOIN runs r ON r.run_key = c.run_key
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN words t ON t.word_id = c.tool_word
"""
READ_SAMPLES = 20
_KEYS = "SELECT signature_key FROM signatures WHERE signature_id = :id"


def keys_of(connection: Connection, ref: SignatureRef, groupings: Groupings) -> tuple[int, ...]:
    """The signature's row and those of what was merged into it."""
    found = [ref.signature_key]
    for name in groupings.members(ref.signature_id):
        row = connection.execute(_KEYS, {"id": name}).fetchone()
        if row:
            found.append(int(row[0]))
    return tuple(found)


def signature(connection: Connection, ref: SignatureRef, groupings: Groupings) -> SignatureView:
    """One signature in full, with what was merged into it."""
    row = connection.execute(_DETAIL, {"signature_key": ref.signature_key}).fetchone()
    every_key = keys_of(connection, ref, groupings)
    keys = ",".join(str(key) for key in every_key)
    samples = _samples(connection, every_key)
    tools, agents = _counted(connection.execute(_FAILED_BY.format(keys=keys)))
    ran_on = _ran_on(connection, every_key)
    leader = groupings.leader(ref.signature_id)
    return SignatureView(
        group=_whole_group(connection, ref, every_key, groupings, error_class=row[8], line=row[9]),
        key=row[0],
        family=row[1],
        kind=row[2],
        message=row[3],
        identifiers=tuple(part for part in row[4].split("\x1f") if part),
        place=row[5],
        rule=row[6],
        class_rule=row[7],
        merged=groupings.members(ref.signature_id),
        shown_under=leader if leader != ref.signature_id else None,
        tools=tools,
        agents=agents,
        projects=ran_on.projects,
        versions=ran_on.versions,
        latest_runs=ran_on.latest_runs,
        variants=len(Counter(sample.text[:200] for sample in samples)),
        samples=tuple(samples[:SHOWN_SAMPLES]),
    )


def _whole_group(
    connection: Connection,
    ref: SignatureRef,
    keys: Iterable[int],
    groupings: Groupings,
    *,
    error_class: str,
    line: str,
) -> FailureGroup:
    """Faults and findings of a signature together, over all time."""
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
    return _shown(whole, _tool(connection, whole), groupings.ignored())


def _samples(connection: Connection, keys: Iterable[int]) -> list[Sample]:
    """The newest calls; of each signature by itself, for so an index tells them."""
    rows = [
        row
        for key in keys
        for row in connection.execute(_SAMPLES, {"signature_key": key, "most": READ_SAMPLES})
    ]
    rows.sort(key=lambda row: (-(row[0] or 0), row[1]))
    return [
        Sample(
            run_id=run, call_id=call, at=moment(at) if at else None, tool=tool, command=command,
            text=text, whole=bool(whole),
        )
        for at, call, run, tool, command, text, whole in rows[:READ_SAMPLES]
    ]  # fmt: skip


class _RanOn(NamedTuple):
    projects: tuple[Share, ...]
    versions: tuple[Share, ...]
    latest_runs: int | None


def _ran_on(connection: Connection, keys: Iterable[int]) -> _RanOn:
    """What the runs ran on; where a signature is in very many, about as many as are looked at."""
    rows: list[Row] = []
    latest_runs = None
    for key in keys:
        values = {"key": key, "most": SHARED_RUNS - 1}
        since = connection.execute(_SHARED_SINCE, values).fetchone()
        narrow = "1 = 1"
        if since:
            latest_runs, narrow = SHARED_RUNS, "x.last_at >= :since"
            values["since"] = since[0]
        rows += connection.execute(_RAN_ON.format(narrow=narrow), values)
    projects, versions = _counted(rows)
    return _RanOn(projects, versions, latest_runs)


def _counted(rows: Iterable[Row]) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    """Of rows of two names and a count: each name's share, the largest first."""
    counted = (Counter[str](), Counter[str]())
    for *names, failures in rows:
        for name, counter in zip(names, counted, strict=True):
            counter[name] += failures
    return _first(counted[0]), _first(counted[1])


def _first(counted: Mapping[str, int]) -> tuple[Share, ...]:
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(name=name, count=count) for name, count in ranked[:SHOWN_SHARES])
