"""Runs and calls as surfaces show them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from homeostat.knowledge.call_rows import OF_TOOL
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.moments import moment, nanoseconds
from homeostat.model.call import NOT_TOOLS
from homeostat.model.errors import NotFoundError
from homeostat.model.event import Channel
from homeostat.model.views import CallView, FileUse, RunView, ScoreView, Share, Window

WHOLE_RUN = -1
"""The step of a score that is about none in particular."""
_CHANNEL_NAMES = {channel: str(channel.name).lower().replace("_", "-") for channel in Channel}


class CallFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls; an empty text or `None` does not narrow."""

    window: Window = Window()
    run_key: int | None = None
    client: str = ""
    tool: str = ""
    outcome: str = ""
    nature: str = ""
    masked_only: int = 0
    unanswered_only: bool = False
    """Instead of calls of tools: what the model did not answer, or the run died of."""
    signature_keys: tuple[int, ...] = ()


_RUNS = """
SELECT r.run_id, c.word, r.source_path, COALESCE(p.word, ''), r.started_at, r.ended_at, r.calls,
  r.failed_calls, r.denied_calls, r.interrupted_calls, r.unknown_calls, r.finding_calls,
  r.masked_calls, r.subagent_calls, r.subagent_failed_calls, r.input_tokens, r.output_tokens,
  r.cache_read_tokens, r.cache_creation_tokens, r.subagent_output_tokens, r.cost_usd, r.active_ms,
  COALESCE(v.word, ''), COALESCE(m.word, ''), COALESCE(b.word, ''), r.ended, r.outcome,
  r.outcome_rule, r.reward
FROM runs r
JOIN words c ON c.word_id = r.client_word
LEFT JOIN words p ON p.word_id = r.project_word
LEFT JOIN words v ON v.word_id = r.version_word
LEFT JOIN words m ON m.word_id = r.model_word
LEFT JOIN words b ON b.word_id = r.branch_word
WHERE {narrow}
ORDER BY r.started_at DESC NULLS LAST, r.run_key DESC
"""


def runs(
    connection: Connection,
    window: Window,
    *,
    client: str = "",
    project: str = "",
    run_key: int | None = None,
    most: int = -1,
) -> Iterator[RunView]:
    """Runs that were active within the window, newest first; `most` -1 is all."""
    values = bounds(window) | {
        "client": client, "project": project, "run_key": run_key, "most": most,
    }  # fmt: skip
    narrow = active(window, "r")
    narrow += ["r.run_key = :run_key"] if run_key is not None else []
    narrow += ["c.word = :client"] if client else []
    narrow += ["p.word = :project"] if project else []
    query = _RUNS.format(narrow=every(narrow)) + limit(most)
    names = RunView.__struct_fields__
    for row in connection.stream(query, values):
        fields = dict(zip(names, row, strict=True))
        for name in ("started_at", "ended_at"):
            fields[name] = moment_or_none(fields[name])
        yield RunView(**fields)


_RUN_KEYS = """
SELECT r.run_key, r.run_id FROM runs r
WHERE r.run_id >= :start AND r.run_id < :beyond ORDER BY r.run_id LIMIT 6
"""


def run_key(connection: Connection, start: str) -> int:
    """The run whose id begins with `start`. Raises `NotFoundError` for none and for several."""
    values = {"start": start, "beyond": start + "\U0010ffff"}
    found = connection.execute(_RUN_KEYS, values).fetchall()
    exact = [key for key, run_id in found if run_id == start]
    if len(exact) == 1:
        return int(exact[0])
    if not start or not found:
        raise NotFoundError(
            f'there is no run "{start}".', next_step="See what there is: homeostat runs"
        )
    if len(found) > 1:
        names = ", ".join(f"{run_id[:12]}.." for _, run_id in found[:3])
        count = len(found) if len(found) < 6 else "several"  # noqa: PLR2004  # the LIMIT above
        raise NotFoundError(
            f'cannot read run "{start}": {count} runs begin with it ({names}).',
            next_step="Give one more character, or: homeostat runs",
        )
    return int(found[0][0])


_FACTS = """
SELECT w.word, COUNT(*) FROM events e JOIN words w ON w.word_id = e.kind_word
WHERE e.run_key = :run_key AND w.word NOT IN ('tool.call', 'tool.result', 'model.usage')
  AND (e.ts IS NULL OR (e.ts >= :first AND e.ts <= :last))
GROUP BY w.word ORDER BY w.word
"""
_EXTENT = "SELECT COALESCE(started_at, 0), COALESCE(ended_at, 0) FROM runs WHERE run_key = :run_key"


def facts(connection: Connection, key: int) -> tuple[Share, ...]:
    """How often each kind of thing happened in a run, but calls and their answers."""
    # Its extent tells in which days' partitions to look.
    first, last = connection.execute(_EXTENT, {"run_key": key}).fetchone()
    rows = connection.execute(_FACTS, {"run_key": key, "first": first, "last": last})
    return tuple(Share(name=name, count=count) for name, count in rows)


_SAID = """
SELECT COALESCE(a.word, 'main'), COUNT(*) FROM events e JOIN words w ON w.word_id = e.kind_word
LEFT JOIN words a ON a.word_id = e.agent_word
WHERE e.run_key = :run_key AND w.word = 'agent.said'
  AND (e.ts IS NULL OR (e.ts >= :first AND e.ts <= :last))
GROUP BY 1 ORDER BY 2 DESC, 1
"""


def agents(connection: Connection, key: int) -> tuple[Share, ...]:
    """Who said how much in a run."""
    first, last = connection.execute(_EXTENT, {"run_key": key}).fetchone()
    rows = connection.execute(_SAID, {"run_key": key, "first": first, "last": last})
    return tuple(Share(name=name, count=count) for name, count in rows)


_SCORES = """
SELECT b.word, n.word, s.value, s.label, s.step, COALESCE(a.word, ''), s.call_id, s.detail
FROM scores s
JOIN words b ON b.word_id = s.source_word
JOIN words n ON n.word_id = s.name_word
LEFT JOIN words a ON a.word_id = s.agent_word
WHERE s.run_key = :run_key ORDER BY s.step, b.word, n.word, 6, s.call_id
"""


def scores(connection: Connection, key: int) -> Iterator[ScoreView]:
    """Those of the whole run first."""
    for row in connection.execute(_SCORES, {"run_key": key}):
        fields = dict(zip(ScoreView.__struct_fields__, row, strict=True))
        fields["step"] = None if fields["step"] == WHOLE_RUN else fields["step"]
        yield ScoreView(**fields)


_FILES = """
SELECT p.word, SUM(CASE WHEN c.role = 'edit' THEN 0 ELSE 1 END) AS reads,
  SUM(CASE WHEN c.role = 'edit' THEN 1 ELSE 0 END) AS changes
FROM calls c JOIN words p ON p.word_id = c.path_word
WHERE c.run_key = :run_key AND c.outcome = 'ok'
GROUP BY p.word ORDER BY changes DESC, reads DESC, p.word
"""


def files(connection: Connection, key: int) -> tuple[FileUse, ...]:
    """The files that a run's successful calls name."""
    rows = connection.execute(_FILES, {"run_key": key})
    return tuple(FileUse(path=path, reads=reads, changes=changes) for path, reads, changes in rows)


# What is only shown is looked up row by row: a planner weighs every order of ten joins, 8 ms long.
_CALLS = """
SELECT c.call_id, r.run_id, cl.word, r.source_path, t.word, c.outcome,
  (SELECT word FROM words WHERE word_id = c.kind_word), c.nature, c.masked,
  s.error_class, s.signature_id, c.started_at, c.duration_ms, c.channels,
  (SELECT word FROM words WHERE word_id = c.agent_word), c.exit_code,
  COALESCE((SELECT word FROM words WHERE word_id = c.rule_word), ''), c.role,
  COALESCE((SELECT word FROM words WHERE word_id = c.path_word), ''),
  CASE WHEN x.command = '' THEN x.args ELSE x.command END, x.answer
FROM calls c
JOIN runs r ON r.run_key = c.run_key
JOIN words cl ON cl.word_id = r.client_word
JOIN words t ON t.word_id = c.tool_word
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN signatures s ON s.signature_key = c.signature_key
WHERE {narrow}
"""
# Of a format without times all calls of a run begin at once: `#2` comes before `#10`.
_IN_ORDER = "ORDER BY c.run_key, c.started_at NULLS FIRST, LENGTH(c.call_id), c.call_id"
_NEWEST_FIRST = "ORDER BY c.started_at DESC NULLS LAST, c.run_key, c.call_id"
_LATEST_RUNS = """
SELECT r.run_key, r.ended_at FROM runs r JOIN words cl ON cl.word_id = r.client_word
WHERE {narrow} ORDER BY r.ended_at DESC NULLS LAST, r.run_key
"""
_LATEST_CALLS = """
SELECT c.started_at, c.call_id FROM calls c JOIN words t ON t.word_id = c.tool_word
WHERE {narrow} ORDER BY c.started_at DESC NULLS LAST, c.call_id LIMIT :most
"""


def calls(
    connection: Connection, wanted: CallFilter, *, most: int = -1, newest_first: int = 0
) -> Iterator[CallView]:
    """Calls in order of run and start; an answer is whole only where it is a kept sample."""
    values = _values(wanted) | {"most": most}
    narrow = _narrow(wanted)
    narrow += active(wanted.window, "r")
    narrow += ["cl.word = :client"] if wanted.client else []
    is_narrow = wanted.masked_only or wanted.run_key is not None or wanted.signature_keys
    if newest_first and most > 0 and not is_narrow:
        yield from _newest(connection, wanted, most)
        return
    order = _NEWEST_FIRST if newest_first else _IN_ORDER
    query = _CALLS.format(narrow=every(narrow)) + order + limit(most)
    for row in connection.stream(query, values):
        yield _call(row)


def _narrow(wanted: CallFilter) -> list[str]:
    """Conditions on a call: of a tool, unless failures of the model are asked for."""
    is_any = wanted.signature_keys or wanted.tool in NOT_TOOLS or wanted.unanswered_only
    narrow = ["c.tool_word IS NOT NULL" if is_any else OF_TOOL]
    narrow += within(wanted.window, first="c.started_at")
    if wanted.run_key is not None:
        narrow.append("c.run_key = :run_key")
    if wanted.signature_keys:
        keys = ",".join(str(int(key)) for key in wanted.signature_keys)
        narrow.append(f"c.signature_key IN ({keys})")
    narrow += [f"NOT {OF_TOOL}"] if wanted.unanswered_only else []
    narrow += ["t.word = :tool"] if wanted.tool else []
    narrow += ["c.outcome = :outcome"] if wanted.outcome else []
    narrow += ["c.nature = :nature"] if wanted.nature else []
    narrow += ["c.masked IS NOT NULL"] if wanted.masked_only else []
    return narrow


def _values(wanted: CallFilter) -> dict[str, object]:
    return bounds(wanted.window) | {
        "run_key": wanted.run_key,
        "client": wanted.client,
        "tool": wanted.tool,
        "outcome": wanted.outcome,
        "nature": wanted.nature,
    }


class _Place(NamedTuple):
    """In the order of `_NEWEST_FIRST`."""

    before: int
    run_key: int
    call_id: str


def _newest(connection: Connection, wanted: CallFilter, most: int) -> Iterator[CallView]:
    """Through the runs that ended last: an index of all calls by time would cost a tenth."""
    values = _values(wanted) | {"most": most}
    narrow = active(wanted.window, "r")
    narrow += ["cl.word = :client"] if wanted.client else []
    in_run = every(["c.run_key = :run_key", *_narrow(wanted)])
    found: list[_Place] = []
    latest = connection.stream(_LATEST_RUNS.format(narrow=every(narrow)), values)
    for key, ended_at in latest:
        if len(found) == most and -(ended_at or 0) > found[-1].before:
            break
        rows = connection.execute(_LATEST_CALLS.format(narrow=in_run), values | {"run_key": key})
        found += [_Place(-(at or 0), key, call_id) for at, call_id in rows]
        found = sorted(found)[:most]
    one = _CALLS.format(narrow="c.run_key = :run_key AND c.call_id = :call_id")
    for place in found:
        key = {"run_key": place.run_key, "call_id": place.call_id}
        yield _call(connection.execute(one, key).fetchone())


def _call(row: tuple[object, ...]) -> CallView:
    fields = dict(zip(CallView.__struct_fields__, row, strict=True))
    fields["started_at"] = moment_or_none(fields["started_at"])
    fields["channels"] = channel_names(fields["channels"])
    fields["agent"] = fields["agent"] or "main"
    if fields["outcome"] == "ok":
        fields["failure_kind"] = None
    return CallView(**fields)  # type: ignore[arg-type]  # SQL row


def channel_names(channels: object) -> tuple[str, ...]:
    return tuple(name for channel, name in _CHANNEL_NAMES.items() if channel & int(str(channels)))


def within(window: Window, *, first: str, last: str = "") -> list[str]:
    """Conditions: what lasted from the column `first` to the column `last` touches the window.

    None for an open end, so that an index serves, and so that what has no time is left in.
    """
    found = [f"{last or first} >= :since"] if window.since else []
    return found + ([f"{first} < :until"] if window.until else [])


def active(window: Window, runs: str) -> list[str]:
    """Conditions: runs that were active within the window, also those that began before it."""
    return within(window, first=f"{runs}.started_at", last=f"{runs}.ended_at")


def every(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions) or "1 = 1"


def limit(most: int) -> str:
    return " LIMIT :most" if most >= 0 else ""


def bounds(window: Window) -> dict[str, object]:
    return {
        "since": nanoseconds(window.since) if window.since else None,
        "until": nanoseconds(window.until) if window.until else None,
    }


def moment_or_none(value: object) -> datetime | None:
    return moment(value) if isinstance(value, int) else None
