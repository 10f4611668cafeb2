"""One signature in full: what it is, where it was, samples."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import moment
from homeostat.knowledge.queries import failures
from homeostat.knowledge.queries.failures import SignatureRef
from homeostat.model.errors import NotFoundError
from homeostat.model.views import Sample, Share, SignatureView

SHOWN_SAMPLES = 5
SHOWN_SHARES = 6
_FIND = """
SELECT signature_key, signature_id FROM signatures
WHERE signature_id >= :start AND signature_id < :beyond ORDER BY signature_id LIMIT 6
"""


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
SELECT x.run_key, COALESCE(p.word, 'unknown'), COALESCE(v.word, 'unknown'), x.failures
FROM signature_runs x
JOIN runs r ON r.run_key = x.run_key
LEFT JOIN words p ON p.word_id = r.project_word
LEFT JOIN words v ON v.word_id = r.version_word
WHERE x.signature_key = :key
"""
_LATELY = _RAN_ON + " AND x.last_at >= :since"
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
        group=failures.of_signature(
            connection, ref, every_key, groupings, error_class=row[8], line=row[9]
        ),
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


def _ran_on(connection: Connection, keys: Sequence[int]) -> _RanOn:
    """What the runs ran on; where a signature is in very many, the latest ones."""
    limits = [
        row[0]
        for key in keys
        for row in connection.execute(_SHARED_SINCE, {"key": key, "most": SHARED_RUNS - 1})
    ]
    # The latest of these moments: from it on there are as many runs, and none is left out.
    query, since = (_LATELY, {"since": max(limits)}) if limits else (_RAN_ON, {})
    rows = [row for key in keys for row in connection.execute(query, {"key": key, **since})]
    projects, versions = _counted(row[1:] for row in rows)
    return _RanOn(projects, versions, len({row[0] for row in rows}) if limits else None)


def _counted(rows: Iterable[Row]) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    """Of rows of two names and a count: each name's share, the largest first."""
    counted = (Counter[str](), Counter[str]())
    for *names, times in rows:
        for name, counter in zip(names, counted, strict=True):
            counter[name] += times
    return _first(counted[0]), _first(counted[1])


def _first(counted: Mapping[str, int]) -> tuple[Share, ...]:
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(name=name, count=count) for name, count in ranked[:SHOWN_SHARES])
