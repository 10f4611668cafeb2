"""Counts kept in step with the calls, so that no view scans history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from homeostat.knowledge.call_rows import CallRow
from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.knowledge.moments import DAY_NS, HOUR_NS
from homeostat.model.call import NOT_TOOLS
from homeostat.model.durations import BOUNDS_MS, step_of

_Counts: TypeAlias = defaultdict[Row, list[int]]
"""The key of a rollup's row -> its counts."""


class RunWords(msgspec.Struct, frozen=True):
    """What a call inherits from its run, as word ids."""

    project: int
    client: int


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where one call is counted."""

    run_key: int
    at_ns: int
    project: int
    client: int
    agent: int
    tool: int
    of_tool: bool
    """False for what the model did not answer."""
    outcome: str
    nature: str
    masked: bool
    duration_ms: int | None
    signature_key: int | None


RUN_COLUMNS = (
    "calls", "failed_calls", "denied_calls", "interrupted_calls", "unknown_calls",
    "finding_calls", "masked_calls", "subagent_calls", "subagent_failed_calls",
)  # fmt: skip
_BY_OUTCOME = {"error": 1, "denied": 2, "interrupted": 3, "unknown": 4}

PLACED = ("project_word", "client_word", "agent_word", "tool_word", "outcome", "nature")
COUNTED = ("calls", "masked_calls", "duration_ms", "timed_calls")
HOURLY = Table("hourly", ("hour", *PLACED), ("hour", *PLACED, *COUNTED), added=COUNTED)
DAILY = Table("daily", ("day", *PLACED), ("day", *PLACED, *COUNTED), added=COUNTED)
_SWEEP_HOURS = "DELETE FROM hourly WHERE calls = 0 AND hour = ?"
_SWEEP_DAYS = (
    "DELETE FROM daily WHERE calls = 0 AND day = ?",
    "DELETE FROM tool_days WHERE calls = 0 AND day = ?",
)
SIGNATURE_DAYS = Table(
    "signature_days",
    ("signature_key", "day", "nature"),
    ("day", "signature_key", "nature", "failures"),
    added=("failures",),
)
_SWEEP_SIGNATURES = (
    "DELETE FROM signature_days WHERE failures = 0 AND signature_key = ?",
    "DELETE FROM signature_tools WHERE failures = 0 AND signature_key = ?",
)
SIGNATURE_TOOLS = Table(
    "signature_tools",
    ("signature_key", "tool_word", "agent_word"),
    ("signature_key", "tool_word", "agent_word", "failures"),
    added=("failures",),
)
DURATIONS = Table(
    "durations",
    ("day", "tool_word", "step", "project_word"),
    ("day", "tool_word", "step", "project_word", "calls"),
    added=("calls",),
)
TOOL_DAYS = Table(
    "tool_days",
    ("day", "tool_word", "outcome", "nature"),
    ("day", "tool_word", "outcome", "nature", "calls", "masked_calls"),
    added=("calls", "masked_calls"),
)
TOOL_DURATIONS = Table(
    "tool_durations",
    ("day", "tool_word", "step"),
    ("day", "tool_word", "step", "calls"),
    added=("calls",),
)
RECOUNT_TOOLS = (
    "DELETE FROM tool_days",
    """
    INSERT INTO tool_days (day, tool_word, outcome, nature, calls, masked_calls)
    SELECT day, tool_word, outcome, nature, SUM(calls), SUM(masked_calls) FROM daily
    GROUP BY 1, 2, 3, 4
    """,
    "DELETE FROM tool_durations",
    """
    INSERT INTO tool_durations (day, tool_word, step, calls)
    SELECT day, tool_word, step, SUM(calls) FROM durations GROUP BY 1, 2, 3
    """,
)
"""After rows of `daily` and `durations` were deleted."""
TIMED = ("ok", "error")
"""Outcomes whose duration is the tool's: the others wait for a person, or for nothing."""
STEP = f"""(SELECT COUNT(*) FROM (VALUES {", ".join(f"({bound})" for bound in BOUNDS_MS)}) AS bounds
  WHERE bounds.column1 <= c.duration_ms)"""  # noqa: S608  # numbers of ours
"""The step of a call in SQL."""
_SWEEP_DURATIONS = (
    "DELETE FROM durations WHERE calls = 0 AND day = ?",
    "DELETE FROM tool_durations WHERE calls = 0 AND day = ?",
)


class Rollups:
    """The changes of one transaction; `write` applies them at its end."""

    def __init__(self) -> None:
        self._counts: _Counts = defaultdict(lambda: [0] * len(COUNTED))
        self._signatures: defaultdict[tuple[int, int, str], int] = defaultdict(int)
        self._tools: defaultdict[tuple[int, int, int], int] = defaultdict(int)
        self._durations: defaultdict[tuple[int, int, int, int], int] = defaultdict(int)
        self._runs: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(RUN_COLUMNS))

    def add(self, place: Place, sign: int) -> None:
        """Count a call (`sign` 1), or take back how it was counted (-1)."""
        if place.signature_key is not None:
            self._tools[place.signature_key, place.tool, place.agent] += sign
            if place.outcome == "error":
                day = place.at_ns // DAY_NS
                self._signatures[day, place.signature_key, place.nature] += sign
        if place.of_tool:
            self._add_call(place, sign)

    def _add_call(self, place: Place, sign: int) -> None:
        counts = self._counts[
            place.at_ns // HOUR_NS, place.project, place.client, place.agent, place.tool,
            place.outcome, place.nature,
        ]  # fmt: skip
        counts[0] += sign
        if place.masked:
            counts[1] += sign
        if place.duration_ms is not None:
            counts[2] += sign * place.duration_ms
            counts[3] += sign
            if place.outcome in TIMED:
                step = step_of(place.duration_ms)
                self._durations[place.at_ns // DAY_NS, place.tool, step, place.project] += sign
        self._add_to_run(place, sign)

    def _add_to_run(self, place: Place, sign: int) -> None:
        run = self._runs[place.run_key]
        bad = place.outcome in ("error", "denied", "interrupted")
        if place.agent:
            run[7] += sign
            run[8] += sign * bad
            return
        run[0] += sign
        if (index := _BY_OUTCOME.get(place.outcome)) is not None:
            run[index] += sign
        run[5] += sign * (place.nature == "finding")
        run[6] += sign * place.masked

    def write(self, connection: Connection) -> None:
        """Of tools the whole fleet has one row a day: last, for others wait until this commits."""
        self._write_signatures(connection)
        self._write_calls(connection)
        self._write_durations(connection)

    def _write_calls(self, connection: Connection) -> None:
        daily: _Counts = defaultdict(lambda: [0] * len(COUNTED))
        for (hour, *placed), counts in self._counts.items():
            _add(daily[(hour // 24, *placed)], counts)
        by_tool: _Counts = defaultdict(lambda: [0, 0])
        for (day, *_, tool, outcome, nature), counts in daily.items():
            _add(by_tool[day, tool, outcome, nature], counts[:2])
        lowered = sorted({hour for (hour, *_), counts in self._counts.items() if counts[0] < 0})
        connection.upsert(HOURLY, _rows(self._counts))
        connection.executemany(_SWEEP_HOURS, [(hour,) for hour in lowered])
        connection.upsert(DAILY, _rows(daily))
        connection.upsert(TOOL_DAYS, _rows(by_tool))
        days = sorted({hour // 24 for hour in lowered})
        for statement in _SWEEP_DAYS:
            connection.executemany(statement, [(day,) for day in days])

    def _write_signatures(self, connection: Connection) -> None:
        connection.upsert(
            SIGNATURE_DAYS, [(*key, count) for key, count in self._signatures.items() if count]
        )
        connection.upsert(
            SIGNATURE_TOOLS, [(*key, count) for key, count in self._tools.items() if count]
        )
        fewer = {key[1] for key, count in self._signatures.items() if count < 0}
        fewer |= {key[0] for key, count in self._tools.items() if count < 0}
        for statement in _SWEEP_SIGNATURES:
            connection.executemany(statement, [(key,) for key in sorted(fewer)])

    def _write_durations(self, connection: Connection) -> None:
        by_tool: defaultdict[Row, int] = defaultdict(int)
        for (day, tool, step, _), count in self._durations.items():
            by_tool[day, tool, step] += count
        for table, counted in ((DURATIONS, self._durations), (TOOL_DURATIONS, by_tool)):
            connection.upsert(table, [(*key, count) for key, count in counted.items() if count])
        shrunk = sorted({key[0] for key, count in self._durations.items() if count < 0})
        for statement in _SWEEP_DURATIONS:
            connection.executemany(statement, [(day,) for day in shrunk])

    def of_runs(self) -> Mapping[int, Sequence[int]]:
        """Run key -> what is added to its `RUN_COLUMNS`."""
        return self._runs


def _add(total: list[int], counts: Sequence[int]) -> None:
    for index, count in enumerate(counts):
        total[index] += count


def _rows(counted: "_Counts") -> list[Row]:
    return [(*key, *counts) for key, counts in counted.items() if any(counts)]


def place_of(row: CallRow, run: RunWords, *, agent: int, tool: int) -> Place:
    """Where a call counts. One without any time counts in the first hour there is."""
    return Place(
        run_key=row.run_key,
        at_ns=row.at or 0,
        project=run.project,
        client=run.client,
        agent=agent,
        tool=tool,
        of_tool=row.tool not in NOT_TOOLS,
        outcome=row.outcome,
        nature=row.nature,
        masked=row.masked is not None,
        duration_ms=row.duration_ms,
        signature_key=row.signature_key,
    )
