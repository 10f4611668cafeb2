"""Whether the database is sound."""

from collections.abc import Iterator

from homeostat.knowledge import migrate, trial_sums, words
from homeostat.knowledge.call_rows import OF_TOOL
from homeostat.knowledge.dialect.port import Connection, Database
from homeostat.knowledge.moments import DAY_NS
from homeostat.knowledge.settle import SUMMED, TOTALS
from homeostat.model.errors import StoreError

EARLIEST_DAY = -100_000
"""Before all that there is, and still a number of nanoseconds that fits."""
_COUNTED = f"""
SELECT COUNT(*) FROM runs r WHERE r.detail_from IS NULL AND r.calls <> (
  SELECT COUNT(*) FROM calls c
  WHERE c.run_key = r.run_key AND {OF_TOOL} AND c.agent_word IS NULL)
"""  # noqa: S608  # texts of ours
# From the first whole day on of which all detail is kept.
_HOURLY = f"""
SELECT (SELECT COUNT(*) FROM calls c
    WHERE {OF_TOOL} AND COALESCE(c.started_at, c.ended_at, 0) >= :since),
  (SELECT COALESCE(SUM(calls), 0) FROM hourly WHERE hour >= :day * 24),
  (SELECT COALESCE(SUM(calls), 0) FROM daily WHERE day >= :day)
"""  # noqa: S608  # as above
_TIMED = """
SELECT (SELECT COUNT(*) FROM calls WHERE tool_word IS NOT NULL AND duration_ms IS NOT NULL
    AND outcome IN ('ok', 'error') AND COALESCE(started_at, ended_at, 0) >= :since),
  (SELECT COALESCE(SUM(calls), 0) FROM durations WHERE day >= :day)
"""
_SIGNED = """
SELECT (SELECT COUNT(*) FROM calls WHERE outcome = 'error' AND signature_key IS NOT NULL
    AND tool_word IS NOT NULL AND COALESCE(started_at, ended_at, 0) >= :since),
  (SELECT COALESCE(SUM(failures), 0) FROM signature_days WHERE day >= :day)
"""
_SUMS = (
    (
        f"SELECT {SUMMED} FROM signature_runs GROUP BY signature_key, nature",  # noqa: S608  # names of ours
        f"SELECT {', '.join(TOTALS.columns)} FROM signature_totals",  # noqa: S608  # as above
        "totals of signatures are not the sums of their runs",
    ),
    (
        """
        SELECT day, tool_word, outcome, nature, SUM(calls), SUM(masked_calls) FROM daily
        GROUP BY 1, 2, 3, 4
        """,
        "SELECT day, tool_word, outcome, nature, calls, masked_calls FROM tool_days",
        "counts by day and tool are not the sums of all projects",
    ),
    (
        "SELECT day, tool_word, step, SUM(calls) FROM durations GROUP BY 1, 2, 3",
        "SELECT day, tool_word, step, calls FROM tool_durations",
        "counts by duration are not the sums of all projects",
    ),
)
_DIFFERENT = """
SELECT COUNT(*) FROM (
  SELECT * FROM ({summed} EXCEPT {kept}) AS missing
  UNION ALL SELECT * FROM ({kept} EXCEPT {summed}) AS beyond) AS wrong
"""
_TOOLS = """
SELECT (SELECT COUNT(*) FROM calls WHERE signature_key IS NOT NULL AND tool_word IS NOT NULL),
  (SELECT COALESCE(SUM(failures), 0) FROM signature_tools)
"""
_SINCE = "SELECT detail_from FROM upkeep"


_NAMES = (
    ("events", "run_key", "runs"),
    ("calls", "run_key", "runs"),
    ("messages", "run_key", "runs"),
    ("leaks", "run_key", "runs"),
    ("scores", "run_key", "runs"),
    ("signature_runs", "run_key", "runs"),
    ("given_up_costs", "run_key", "runs"),
    ("calls", "signature_key", "signatures"),
    ("signature_days", "signature_key", "signatures"),
    ("signature_tools", "signature_key", "signatures"),
    ("signature_totals", "signature_key", "signatures"),
    ("signature_runs", "signature_key", "signatures"),
    ("given_up_costs", "signature_key", "signatures"),
    ("trials", "improvement_id", "improvements"),
    ("exposures", "improvement_id", "trials"),
    ("trial_news", "improvement_id", "trials"),
    ("trial_units", "improvement_id", "trials"),
    ("trial_sums", "improvement_id", "trials"),
)
_ORPHANS = """
SELECT COUNT(*) FROM {table} t WHERE t.{column} IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.{column} = t.{column})
"""


def check(database: Database) -> list[str]:
    """What is wrong, in words; empty when nothing is. Changes nothing."""
    try:
        with database.looking() as connection:
            return [] if connection is None else list(_faults(database, connection))
    except StoreError as error:
        return [str(error)]


def _faults(database: Database, connection: Connection) -> Iterator[str]:
    if not migrate.is_current(connection, migrate.known(database.kind)):
        yield "the schema is older than this homeostat; any command brings it up to date"
        return
    yield from database.damage(connection)
    if unknown := words.missing(connection):
        yield f"{unknown} words are named that are not there"
    yield from _orphans(connection)
    yield from _miscounted(connection)
    yield from _missummed(connection)


def _orphans(connection: Connection) -> Iterator[str]:
    """Rows that name a row which is not there; not every database looks after that itself."""
    for table, column, parent in _NAMES:
        query = _ORPHANS.format(table=table, column=column, parent=parent)
        (count,) = connection.execute(query).fetchone()
        if count:
            yield f"{count} rows of {table} name {parent} that are not there"


def _miscounted(connection: Connection) -> Iterator[str]:
    (miscounted,) = connection.execute(_COUNTED).fetchone()
    if miscounted:
        yield f"{miscounted} runs count other calls than they have"
    (since,) = connection.execute(_SINCE).fetchone()
    day = EARLIEST_DAY if since is None else since // DAY_NS + 1
    kept = {"since": day * DAY_NS, "day": day}
    calls, hourly, daily = connection.execute(_HOURLY, kept).fetchone()
    if not calls == hourly == daily:
        yield f"{calls} calls, but {hourly} in the hourly and {daily} in the daily counts"
    timed, counted = connection.execute(_TIMED, kept).fetchone()
    if timed != counted:
        yield f"{timed} calls that were timed, but {counted} in the counts by duration"
    signed, counted = connection.execute(_SIGNED, kept).fetchone()
    if signed != counted:
        yield f"{signed} signed failures, but {counted} in the counts by signature"
    calls, by_tool = connection.execute(_TOOLS).fetchone()
    if calls > by_tool or (since is None and calls != by_tool):
        yield f"{calls} failures with a signature, but {by_tool} in the counts by tool"
    for improvement_id in trial_sums.wrong(connection):
        yield f"the sums of the trial of {improvement_id} are not those of its units"


def _missummed(connection: Connection) -> Iterator[str]:
    for summed, kept, what in _SUMS:
        query = _DIFFERENT.format(summed=summed, kept=kept)
        (wrong,) = connection.execute(query).fetchone()
        if wrong:
            yield f"{wrong} {what}"
