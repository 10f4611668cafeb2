"""The sums of trials, moved by what is new: a verdict reads them and nothing else.

Who changes a run or an exposure notes its unit. A look takes the notes, works out anew what each
of these units counts for, takes out what it counted for until now, and puts that in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.knowledge.moments import nanoseconds
from homeostat.knowledge.words import Words
from homeostat.model.exposure import Begun
from homeostat.model.trial import Arm
from homeostat.model.trial_sums import Cell, Counted, Counts

NEWS = Table(
    "trial_news", ("improvement_id", "unit"), ("improvement_id", "unit", "times"), added=("times",)
)
"""Changed, not only added, where it is there: so who notes and who takes wait for one another."""
UNITS = Table(
    "trial_units",
    ("improvement_id", "unit"),
    ("improvement_id", "unit", "arm", "share", "stratum_word", "block", "days"),
)
_CELL = ("improvement_id", "stream", "day", "share", "stratum_word", "block")
SUMS = Table("trial_sums", _CELL, (*_CELL, "control", "treated"), added=("control", "treated"))
NO_WORD = 0
"""A unit of which no run is known has no stratum."""

_IS_RUNNING = "SELECT 1 FROM trials WHERE ended_at IS NULL LIMIT 1"
_NOTE_RUN = f"""
INSERT INTO trial_news (improvement_id, unit, times)
SELECT t.improvement_id, r.run_id, 1 FROM runs r
JOIN trials t ON t.ended_at IS NULL AND (r.ended_at >= t.applied_at OR EXISTS (
  SELECT 1 FROM exposures e WHERE e.improvement_id = t.improvement_id AND e.unit = r.run_id))
WHERE r.run_key = ? ORDER BY 1 {NEWS.conflict()}
"""  # noqa: S608  # names of ours
_NOTE_SINCE = f"""
INSERT INTO trial_news (improvement_id, unit, times)
SELECT CAST(:id AS TEXT), r.run_id, COUNT(*) FROM runs r WHERE r.ended_at >= :applied_at
GROUP BY r.run_id {NEWS.conflict()}
"""  # noqa: S608  # as above
_DROP_NEWS = "DELETE FROM trial_news WHERE improvement_id = :id"


def note_runs(connection: Connection, keys: Sequence[tuple[int]]) -> None:
    """These runs have changed: trials that go on will look at their units."""
    if connection.execute(_IS_RUNNING).fetchone():
        connection.executemany(_NOTE_RUN, keys)


def note_since(connection: Connection, begun: Begun) -> None:
    """The same of all runs that ended after the change."""
    values = {"id": begun.improvement_id, "applied_at": nanoseconds(begun.applied_at)}
    connection.execute(_NOTE_SINCE, values)


def note(connection: Connection, improvement_id: str, units: Iterable[str]) -> None:
    connection.upsert(NEWS, [(improvement_id, unit, 1) for unit in sorted(set(units))])


def drop_news(connection: Connection, improvement_id: str) -> None:
    connection.execute(_DROP_NEWS, {"id": improvement_id})


_TAKE = """
DELETE FROM trial_news WHERE improvement_id = :id AND unit IN (
  SELECT unit FROM trial_news WHERE improvement_id = :id ORDER BY unit LIMIT :most{lock})
RETURNING unit
"""


_IS_NEW = "SELECT 1 FROM trial_news WHERE improvement_id = :id LIMIT 1"


def has_news(connection: Connection, improvement_id: str) -> bool:
    """Whether some unit has changed since the sums were moved."""
    return connection.execute(_IS_NEW, {"id": improvement_id}).fetchone() is not None


def take(connection: Connection, improvement_id: str, *, most: int) -> list[str]:
    """Units that have changed, at most so many: they are looked at in this transaction."""
    query = _TAKE.format(lock=connection.skip_locked)
    rows = connection.execute(query, {"id": improvement_id, "most": most}).fetchall()
    return [unit for (unit,) in rows]


_COUNTED = """
SELECT u.unit, u.arm, u.share, u.stratum_word, u.block, u.days FROM {wanted}
JOIN trial_units u ON u.improvement_id = wanted.column1 AND u.unit = wanted.column2
"""
_DROP_UNIT = "DELETE FROM trial_units WHERE improvement_id = ? AND unit = ?"
_SWEEP = """
DELETE FROM trial_sums WHERE improvement_id = :id AND control = 0 AND treated = 0
"""


def replace(
    connection: Connection, improvement_id: str, found: Mapping[str, Counted | None]
) -> None:
    """What units count for from now on; `None`: nothing."""
    strata = {unit.stratum for unit in found.values() if unit is not None}
    words = Words(connection)
    words.learn(strata)
    now = {
        name: (
            unit.arm.value, unit.share, words.id_of(unit.stratum) if unit.stratum else NO_WORD,
            unit.block, msgspec.json.encode(unit.days, order="sorted").decode(),
        )
        for name, unit in found.items()
        if unit is not None
    }  # fmt: skip
    keys = [(improvement_id, unit) for unit in sorted(found)]
    rows = connection.matching(_COUNTED, ("text", "text"), keys)
    before: dict[str, Row] = {unit: tuple(counted) for unit, *counted in rows}
    changed = [unit for unit in sorted(found) if before.get(unit) != now.get(unit)]
    _move(connection, improvement_id, (
        *((before[unit], -1) for unit in changed if unit in before),
        *((now[unit], 1) for unit in changed if unit in now),
    ))  # fmt: skip
    connection.upsert(UNITS, [(improvement_id, u, *now[u]) for u in changed if u in now])
    gone = [(improvement_id, unit) for unit in changed if unit not in now]
    connection.executemany(_DROP_UNIT, gone)


def _move(connection: Connection, improvement_id: str, rows: Iterable[tuple[Row, int]]) -> None:
    """Add (1) or take out (-1) what units count for."""
    moved = _summed(improvement_id, rows)
    connection.upsert(SUMS, [(*cell, *counts) for cell, counts in moved.items() if any(counts)])
    if any(count < 0 for counts in moved.values() for count in counts):
        connection.execute(_SWEEP, {"id": improvement_id})


def _summed(improvement_id: str, rows: Iterable[tuple[Row, int]]) -> dict[Row, list[int]]:
    found: defaultdict[Row, list[int]] = defaultdict(lambda: [0, 0])
    for (arm, share, stratum, block, days), sign in rows:
        is_treated = arm == Arm.TREATMENT.value
        for stream, day in msgspec.json.decode(days, type=dict[str, int]).items():
            found[improvement_id, stream, day, share, stratum, block][is_treated] += sign
    return found


_READ = """
SELECT s.stream, s.day, s.share, COALESCE(w.word, ''), s.block, s.control, s.treated
FROM trial_sums s LEFT JOIN words w ON w.word_id = s.stratum_word
WHERE s.improvement_id = :id AND s.day <= :until
"""


def sums(connection: Connection, improvement_id: str, *, until: int) -> dict[str, Counts]:
    """By stream, what was known at the end of the day `until` since the change."""
    found: dict[str, Counts] = {}
    rows = connection.execute(_READ, {"id": improvement_id, "until": until})
    for stream, day, share, stratum, block, control, treated in rows:
        counts = found.setdefault(stream, {})
        counts[Cell(day, share, stratum, block)] = [control, treated]
    return found


_UNIT_OF = """
SELECT r.run_id, (SELECT COUNT(*) FROM runs o WHERE o.run_id = r.run_id) FROM runs r
WHERE r.run_key = :run_key
"""
_TRIALS = "SELECT improvement_id, ended_at FROM trials ORDER BY improvement_id"
_FORGET = (
    "DELETE FROM exposures WHERE improvement_id = :id AND unit = :unit",
    "DELETE FROM trial_news WHERE improvement_id = :id AND unit = :unit",
)


def forget_run(connection: Connection, run_key: int) -> None:
    """Before a run is deleted: its unit counts nowhere any more.

    Where another client has a run of the same id the unit stays, and is looked at again; not in a
    trial that has ended.
    """
    unit, runs = connection.execute(_UNIT_OF, {"run_key": run_key}).fetchone()
    for improvement_id, ended_at in connection.execute(_TRIALS).fetchall():
        if runs > 1 and ended_at is None:
            note(connection, improvement_id, [unit])
            continue
        replace(connection, improvement_id, {unit: None})
        for statement in _FORGET:
            connection.execute(statement, {"id": improvement_id, "unit": unit})


_ALL_UNITS = """
SELECT arm, share, stratum_word, block, days FROM trial_units WHERE improvement_id = :id
"""
_ALL_SUMS = """
SELECT improvement_id, stream, day, share, stratum_word, block, control, treated FROM trial_sums
WHERE improvement_id = :id
"""


def wrong(connection: Connection) -> Iterator[str]:
    """Trials whose sums are not those of their units."""
    for improvement_id, _ in connection.execute(_TRIALS).fetchall():
        own = {"id": improvement_id}
        units = ((row, 1) for row in connection.stream(_ALL_UNITS, own))
        stored = {tuple(row[:6]): list(row[6:]) for row in connection.stream(_ALL_SUMS, own)}
        if dict(_summed(improvement_id, units)) != stored:
            yield improvement_id
