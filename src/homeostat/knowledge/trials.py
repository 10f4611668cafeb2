"""Trials: what was declared before the change, and who is in which arm."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.knowledge import trial_sums
from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.knowledge.moments import moment, nanoseconds
from homeostat.model.exposure import Begun, Exposure
from homeostat.model.trial import Arm, Trial
from homeostat.model.trial_sums import Baseline

TRIALS = Table(
    "trials",
    ("improvement_id",),
    ("improvement_id", "trial", "baseline", "merged", "applied_at", "ended_at"),
)
EXPOSURES = Table(
    "exposures",
    ("improvement_id", "unit"),
    ("improvement_id", "unit", "arm", "share", "exposed_at"),
)
_ALL = f"SELECT {', '.join(TRIALS.columns)} FROM trials WHERE {{narrow}} ORDER BY improvement_id"  # noqa: S608  # names of ours
_RUNNING_SINCE = "SELECT MIN(applied_at) FROM trials WHERE ended_at IS NULL"


def begin(connection: Connection, begun: Begun) -> None:
    """Runs that are known already and ended after it was applied are looked at first."""
    encode = msgspec.json.encode
    connection.insert(TRIALS, [
        (
            begun.improvement_id, encode(begun.trial).decode(), encode(begun.baseline).decode(),
            encode(begun.merged).decode(), nanoseconds(begun.applied_at), None,
        )
    ])  # fmt: skip
    trial_sums.note_since(connection, begun)


def trials(connection: Connection, *, improvement_id: str = "") -> Iterator[Begun]:
    """Those that go on; with an id that one, also where it has ended."""
    narrow = "improvement_id = :improvement_id" if improvement_id else "ended_at IS NULL"
    rows = connection.execute(_ALL.format(narrow=narrow), {"improvement_id": improvement_id})
    return (_begun(row) for row in rows.fetchall())


def running_since(connection: Connection) -> datetime | None:
    """When the oldest trial that goes on was applied."""
    (at,) = connection.execute(_RUNNING_SINCE).fetchone()
    return None if at is None else moment(at)


_END = "UPDATE trials SET ended_at = :now WHERE improvement_id = :id AND ended_at IS NULL"


def end(connection: Connection, improvement_id: str, *, now: datetime) -> None:
    """From now on its sums stand still."""
    connection.execute(_END, {"id": improvement_id, "now": nanoseconds(now)})
    trial_sums.drop_news(connection, improvement_id)


def _begun(row: Row) -> Begun:
    improvement_id, trial, baseline, merged, applied_at, ended_at = row
    return Begun(
        improvement_id=improvement_id,
        trial=msgspec.json.decode(trial, type=Trial),
        applied_at=moment(applied_at),
        ended_at=None if ended_at is None else moment(ended_at),
        baseline=msgspec.json.decode(baseline, type=Baseline),
        merged=msgspec.json.decode(merged, type=dict[str, str]),
    )


_EXPOSED = """
SELECT e.unit, e.arm, e.share, e.exposed_at FROM {wanted}
JOIN exposures e ON e.improvement_id = wanted.column1 AND e.unit = wanted.column2
"""


def expose(connection: Connection, improvement_id: str, found: Iterable[Exposure]) -> None:
    """Write down the arms of units. Of a unit that has one the first word stands."""
    kept = list(found)
    rows = [
        (improvement_id, one.unit, one.arm.value, one.share, nanoseconds(one.at)) for one in kept
    ]
    connection.add_missing(EXPOSURES, rows)
    trial_sums.note(connection, improvement_id, [one.unit for one in kept])


def exposures(
    connection: Connection, improvement_id: str, units: Sequence[str]
) -> dict[str, Exposure]:
    """What was written down of these units."""
    keys = [(improvement_id, unit) for unit in units]
    return {
        unit: Exposure(unit=unit, arm=Arm(arm), share=share, at=moment(at))
        for unit, arm, share, at in connection.matching(_EXPOSED, ("text", "text"), keys)
    }
