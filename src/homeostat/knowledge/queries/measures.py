"""What measuring takes, from counts by day and from the calls of some runs."""

from collections.abc import Iterator, Sequence

import msgspec

from homeostat.knowledge.call_rows import OF_TOOL
from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.moments import DAY_NS, moment
from homeostat.knowledge.queries.runs import every
from homeostat.model.errors import NotFoundError
from homeostat.model.views import Window


class Days(msgspec.Struct, frozen=True):
    """UTC days since 1970, both included; of one project, or of all (`None`)."""

    first: int
    last: int
    project: int | None = None

    def values(self) -> dict[str, object]:
        return {
            "first": self.first,
            "last": self.last,
            "since": self.first * DAY_NS,
            "until": (self.last + 1) * DAY_NS,
            "project": self.project,
        }

    @property
    def window(self) -> Window:
        return Window(since=moment(self.first * DAY_NS), until=moment((self.last + 1) * DAY_NS))

    def counted(self, table: str, over_all: str) -> str:
        """The table that knows projects, or the shorter one that does not."""
        return over_all if self.project is None else table

    def narrow(self, *conditions: str, project: str = "project_word") -> str:
        own = [f"{project} = :project"] if self.project is not None else []
        return every([*conditions, *own])


_PROJECTS = """
SELECT w.word_id, w.word FROM words w
WHERE w.word_id IN (SELECT DISTINCT project_word FROM runs WHERE project_word IS NOT NULL)
"""


def project(connection: Connection, name: str) -> Row:
    """Number and path of a project, by its path or the end of it. Raises `NotFoundError`."""
    wanted = name.rstrip("/") or name
    found = [
        (key, path)
        for key, path in connection.execute(_PROJECTS)
        if path == wanted or path.endswith("/" + wanted)
    ]
    exact = [item for item in found if item[1] == wanted] or found
    if not exact:
        raise NotFoundError(
            f'there is no run of project "{name}".',
            next_step="See the projects' names: homeostat runs --json",
        )
    if len(exact) > 1:
        raise NotFoundError(
            f'"{name}" is the end of {len(exact)} projects: '
            + ", ".join(sorted(path for _, path in exact)[:3]),
            next_step="Give the whole path.",
        )
    return tuple(exact[0])


_RUN_DAYS = """
SELECT r.ended_at / :day_ns, r.outcome, COUNT(*),
  SUM(r.output_tokens + r.subagent_output_tokens)
FROM runs r WHERE {narrow} GROUP BY 1, 2
"""


def run_days(connection: Connection, days: Days) -> list[Row]:
    """Day, outcome, runs that ended then, their output tokens."""
    narrow = days.narrow(
        "r.ended_at >= :since", "r.ended_at < :until", project="r.project_word"
    )  # fmt: skip
    values = days.values() | {"day_ns": DAY_NS}
    rows = connection.execute(_RUN_DAYS.format(narrow=narrow), values).fetchall()
    return [(day, outcome, count, int(tokens)) for day, outcome, count, tokens in rows]


_CALL_DAYS = """
SELECT day, outcome, nature, SUM(calls), SUM(masked_calls) FROM {table}
WHERE {narrow} GROUP BY day, outcome, nature
"""


def call_days(connection: Connection, days: Days) -> list[Row]:
    """Day, outcome, nature, calls, and how many of them hid a failure."""
    query = _CALL_DAYS.format(
        table=days.counted("daily", "tool_days"),
        narrow=days.narrow("day >= :first", "day <= :last"),
    )
    return _whole(connection.execute(query, days.values()).fetchall(), 3)


_DURATIONS = """
SELECT day, tool_word, step, calls FROM tool_durations WHERE day >= :first AND day <= :last
"""
_DURATIONS_OF = """
SELECT day, tool_word, step, SUM(calls) FROM durations
WHERE {narrow} GROUP BY day, tool_word, step
"""


def durations(connection: Connection, days: Days) -> list[Row]:
    """Day, tool's number, step, calls."""
    if days.project is None:
        return connection.execute(_DURATIONS, days.values()).fetchall()
    query = _DURATIONS_OF.format(narrow=days.narrow("day >= :first", "day <= :last"))
    return _whole(connection.execute(query, days.values()).fetchall(), 3)


_OF_RUN = f"""
SELECT c.tool_word, c.outcome, c.nature, c.masked, c.duration_ms FROM calls c
WHERE c.run_key = :run_key AND {OF_TOOL}
"""  # noqa: S608  # a text of ours


def calls_of_run(connection: Connection, run_key: int) -> Iterator[Row]:
    """Tool's number, outcome, nature, what it hid, duration."""
    yield from connection.execute(_OF_RUN, {"run_key": run_key})


def _whole(rows: Sequence[Row], first: int) -> list[Row]:
    """Sums as integers: a server gives decimals."""
    return [(*row[:first], *(int(count) for count in row[first:])) for row in rows]


_TOOL_WEEKS = """
SELECT tool_word, (:last - day) / :length, outcome, nature, SUM(calls), SUM(masked_calls)
FROM {table} WHERE {narrow} GROUP BY 1, 2, 3, 4
"""


def tool_periods(connection: Connection, days: Days, *, length: int) -> list[Row]:
    """Tool's number, periods ago (0 is the last), outcome, nature, calls, hidden failures."""
    query = _TOOL_WEEKS.format(
        table=days.counted("daily", "tool_days"),
        narrow=days.narrow("day >= :first", "day <= :last"),
    )
    rows = connection.execute(query, days.values() | {"length": length}).fetchall()
    return _whole(rows, 4)


_TIMEOUTS = """
SELECT s.signature_key, SUM(d.failures)
FROM signatures s JOIN signature_days d ON d.signature_key = s.signature_key
WHERE s.error_class = 'timeout' AND d.day >= :first AND d.day <= :last GROUP BY s.signature_key
"""
_TOOL_OF = """
SELECT tool_word FROM signature_tools WHERE signature_key = :key
GROUP BY tool_word ORDER BY SUM(failures) DESC, tool_word LIMIT 1
"""


def timeouts(connection: Connection, days: Days) -> dict[int, int]:
    """Failures of class timeout by tool's number; a signature counts for its foremost tool."""
    found: dict[int, int] = {}
    for key, count in connection.execute(_TIMEOUTS, days.values()).fetchall():
        if row := connection.execute(_TOOL_OF, {"key": key}).fetchone():
            found[row[0]] = found.get(row[0], 0) + int(count)
    return found


_AGENTS = """
SELECT c.word, COALESCE(a.word, 'main'), t.word, x.outcome, x.nature, x.calls, x.masked
FROM (
  SELECT client_word, agent_word, tool_word, outcome, nature, SUM(calls) AS calls,
    SUM(masked_calls) AS masked
  FROM daily WHERE {narrow} GROUP BY 1, 2, 3, 4, 5) AS x
JOIN words c ON c.word_id = x.client_word
JOIN words t ON t.word_id = x.tool_word
LEFT JOIN words a ON a.word_id = x.agent_word
"""


def agents(connection: Connection, days: Days) -> list[Row]:
    """Client, agent, tool, outcome, nature, calls, hidden failures."""
    query = _AGENTS.format(narrow=days.narrow("day >= :first", "day <= :last"))
    return _whole(connection.execute(query, days.values()).fetchall(), 5)


_LATEST_RUNS = """
SELECT r.run_key, r.run_id, c.word, COALESCE(m.word, ''), r.calls + r.subagent_calls,
  r.failed_calls - r.finding_calls, r.active_ms, r.output_tokens + r.subagent_output_tokens,
  r.subagent_calls
FROM runs r JOIN words c ON c.word_id = r.client_word
LEFT JOIN words m ON m.word_id = r.model_word
WHERE {narrow} ORDER BY r.ended_at DESC NULLS LAST, r.run_id LIMIT :most
"""


def latest_runs(connection: Connection, days: Days, *, most: int) -> list[Row]:
    """Key, id, client, model, calls, faults, active ms, output tokens, subagents' calls."""
    narrow = days.narrow(
        "r.ended_at >= :since", "r.ended_at < :until", "r.calls > 0", project="r.project_word"
    )
    query = _LATEST_RUNS.format(narrow=narrow)
    return connection.execute(query, days.values() | {"most": most}).fetchall()


WORKED = "(r.calls > 0 OR r.outcome <> 'unknown')"
"""Runs that did something, or of which it is known how they came out: not a prompt alone."""
_COUNT_RUNS = "SELECT COUNT(*) FROM runs r WHERE {narrow}"


def count_runs(connection: Connection, days: Days) -> int:
    """Runs that ended within."""
    narrow = days.narrow(
        "r.ended_at >= :since", "r.ended_at < :until", WORKED, project="r.project_word"
    )
    return int(connection.execute(_COUNT_RUNS.format(narrow=narrow), days.values()).fetchone()[0])


_CALLS_OF = f"""
SELECT c.run_key, c.agent_word, c.tool_word, c.outcome, c.nature, c.path_word, c.role FROM calls c
WHERE c.run_key IN ({{keys}}) AND {OF_TOOL}
ORDER BY c.run_key, c.started_at NULLS FIRST, LENGTH(c.call_id), c.call_id
"""  # noqa: S608  # as above


def calls_of(connection: Connection, keys: Sequence[int]) -> list[Row]:
    """Of runs, in order: run's key, agent, tool, outcome, nature, file, role; words as numbers."""
    return list(connection.matching(_CALLS_OF, ("integer",), [(key,) for key in keys]))


_WORDS = "SELECT word_id, word FROM words WHERE word_id IN ({keys})"


def words(connection: Connection, numbers: set[int]) -> dict[int, str]:
    return dict(connection.matching(_WORDS, ("integer",), [(key,) for key in sorted(numbers)]))


_SPAWNS = """
SELECT e.run_key, n.word, e.ts FROM events e
JOIN words k ON k.word_id = e.kind_word
JOIN words n ON n.word_id = e.name_word
WHERE e.run_key IN ({keys}) AND k.word = 'agent.spawn'
"""
_TASKS = """
SELECT c.run_key, x.args, c.started_at FROM calls c
JOIN words t ON t.word_id = c.tool_word
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
WHERE c.run_key IN ({keys}) AND t.word IN ('Task', 'Agent')
"""


def spawns(connection: Connection, keys: Sequence[int]) -> list[Row]:
    """Run's key, agent, moment: what a client said of agents that it started."""
    return list(connection.matching(_SPAWNS, ("integer",), [(key,) for key in keys]))


def tasks(connection: Connection, keys: Sequence[int]) -> list[Row]:
    """Run's key, arguments, moment: calls of the tool that starts agents."""
    return list(connection.matching(_TASKS, ("integer",), [(key,) for key in keys]))


_SPENT_DAYS = """
SELECT r.ended_at / :day_ns, SUM(r.output_tokens + r.subagent_output_tokens), SUM(r.cost_usd)
FROM runs r WHERE r.ended_at >= :since AND r.ended_at < :until GROUP BY 1
"""


def spent_days(connection: Connection, days: Days) -> list[Row]:
    """Day, output tokens of runs that ended then, their cost where any says it."""
    rows = connection.execute(_SPENT_DAYS, days.values() | {"day_ns": DAY_NS}).fetchall()
    return [(day, int(tokens), cost) for day, tokens, cost in rows]


_LIMITED = """
SELECT COALESCE(SUM(d.failures), 0)
FROM signatures s JOIN signature_days d ON d.signature_key = s.signature_key
WHERE s.error_class IN ('rate_limit', 'quota', 'overloaded')
  AND d.day >= :first AND d.day <= :last
"""


def limited(connection: Connection, days: Days) -> int:
    """Failures because somebody's limit was reached."""
    return int(connection.execute(_LIMITED, days.values()).fetchone()[0])


_EVER = "SELECT COALESCE(SUM(calls), 0) FROM tool_days"


def calls_ever(connection: Connection) -> int:
    return int(connection.execute(_EVER).fetchone()[0])
