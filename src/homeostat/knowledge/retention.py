"""Detail is kept for some days, what was counted for ever."""

from datetime import datetime, timedelta

from homeostat.knowledge import changes, samples, trials, words
from homeostat.knowledge.call_rows import OF_TOOL
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.moments import moment, nanoseconds
from homeostat.knowledge.settle import GIVEN_UP
from homeostat.model.views import GivenUp

AT_ONCE = 1_000
"""Runs of one transaction: others write in between."""
_OLD = """
SELECT run_key FROM runs
WHERE ended_at < :horizon AND unsettled = 0 AND (detail_from IS NULL OR detail_from <= ended_at)
ORDER BY run_key LIMIT :most
"""
_COUNT_OLD = """
SELECT COUNT(*) FROM runs
WHERE ended_at < :horizon AND (detail_from IS NULL OR detail_from <= ended_at)
"""
_COLUMNS = ", ".join(GIVEN_UP.columns)
_GIVE_UP = (
    # Settling added what had been given up before: this replaces it.
    "DELETE FROM given_up_costs WHERE run_key = ?",
    f"""
    INSERT INTO given_up_costs ({_COLUMNS}) SELECT {_COLUMNS} FROM signature_runs WHERE run_key = ?
    """,  # noqa: S608  # names of ours
    "DELETE FROM messages WHERE run_key = ?",
    """
    UPDATE runs SET detail_from = ended_at + 1, given_up_ms = COALESCE(active_ms, 0)
    WHERE run_key = ?
    """,
)
# Samples stay: they are what a signature is shown by. Those that pruning cut go as well.
# IS TRUE: a server that joined these runs itself would do so last, one by one for each call, for it
# cannot know how many calls have lost their text (hours at ten million events).
_GIVEN_UP = "(run_key IN (SELECT run_key FROM runs WHERE detail_from > ended_at)) IS TRUE"
_DROP = (
    f"DELETE FROM call_texts WHERE whole = 0 AND {_GIVEN_UP}",  # noqa: S608  # text of ours
    f"""
    DELETE FROM calls WHERE {_GIVEN_UP} AND NOT EXISTS (
      SELECT 1 FROM call_texts x WHERE x.run_key = calls.run_key AND x.call_id = calls.call_id)
    """,  # noqa: S608  # as above
)
_HORIZON = """
UPDATE upkeep SET detail_from = :horizon WHERE detail_from IS NULL OR detail_from < :horizon
"""
_LAST = "SELECT detail_from FROM upkeep"
_COUNTS = f"SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM calls c WHERE {OF_TOOL})"  # noqa: S608  # as above


def old_runs(connection: Connection, *, days: int, now: datetime) -> int:
    """How many runs ended so long ago that their detail would be given up."""
    horizon = nanoseconds(_before(connection, days=days, now=now))
    return int(connection.execute(_COUNT_OLD, {"horizon": horizon}).fetchone()[0])


def _before(connection: Connection, *, days: int, now: datetime) -> datetime:
    """A trial that goes on needs the detail of what ended since it began: what a run counts for
    there is worked out anew when the run is resumed."""
    begun = trials.running_since(connection)
    before = now - timedelta(days=days)
    return before if begun is None else min(before, begun)


def given_up_until(connection: Connection) -> datetime | None:
    """Detail of runs that ended before was given up; `None` where none ever was."""
    (at,) = connection.execute(_LAST).fetchone()
    return None if at is None else moment(at)


def give_up(connection: Connection, kept: samples.Kept, *, days: int, now: datetime) -> GivenUp:
    """Drop events, calls, messages of runs that ended more than `days` ago; keep their counts.

    The samples of each signature stay, and what a trial that goes on may still need. A run that is
    resumed later goes on being counted. The runs must be settled: what follows from their detail
    is kept in its place.
    """
    samples.prune_all(connection, kept, now=now)
    before = _before(connection, days=days, now=now)
    horizon = {"horizon": nanoseconds(before)}
    events, calls = connection.execute(_COUNTS).fetchone()
    runs = 0
    while given_up := _some(connection, horizon):
        runs += given_up
    with connection.transaction(alone=True):
        for statement in _DROP:
            connection.execute(statement)
        connection.drop_events()
        words.drop_unused(connection)
        if runs:
            connection.execute(_HORIZON, horizon)
        changes.note(connection)
    events_left, calls_left = connection.execute(_COUNTS).fetchone()
    return GivenUp(
        before=before,
        runs=runs,
        events=events - events_left,
        calls=calls - calls_left,
        freed_bytes=0,
        is_complete=connection.shrink(),
    )


def _some(connection: Connection, horizon: dict[str, int]) -> int:
    with connection.transaction(alone=True):
        old = connection.execute(_OLD, horizon | {"most": AT_ONCE}).fetchall()
        for statement in _GIVE_UP:
            connection.executemany(statement, old)
    return len(old)
