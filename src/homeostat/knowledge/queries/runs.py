"""Runs and calls as surfaces show them."""

import sqlite3
from collections.abc import Iterator

import msgspec

from homeostat.knowledge.moments import moment, nanoseconds
from homeostat.model.errors import NotFoundError
from homeostat.model.event import Channel
from homeostat.model.views import CallView, FileUse, RunView, Share, Window

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
WHERE (:since IS NULL OR r.started_at >= :since) AND (:until IS NULL OR r.started_at < :until)
  AND (:run_key IS NULL OR r.run_key = :run_key)
  AND (:client = '' OR c.word = :client)
  AND (:project = '' OR p.word = :project)
ORDER BY r.started_at DESC, r.run_key DESC
LIMIT :most
"""


def runs(
    connection: sqlite3.Connection,
    window: Window,
    *,
    client: str = "",
    project: str = "",
    run_key: int | None = None,
    most: int = -1,
) -> Iterator[RunView]:
    """Newest first; `most` -1 is all."""
    values = bounds(window) | {
        "client": client, "project": project, "run_key": run_key, "most": most,
    }  # fmt: skip
    names = RunView.__struct_fields__
    for row in connection.execute(_RUNS, values):
        fields = dict(zip(names, row, strict=True))
        for name in ("started_at", "ended_at"):
            fields[name] = moment_or_none(fields[name])
        yield RunView(**fields)


_RUN_KEYS = """
SELECT r.run_key, r.run_id FROM runs r
WHERE r.run_id >= :start AND r.run_id < :beyond ORDER BY r.run_id LIMIT 6
"""


def run_key(connection: sqlite3.Connection, start: str) -> int:
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
GROUP BY w.word ORDER BY w.word
"""


def facts(connection: sqlite3.Connection, key: int) -> tuple[Share, ...]:
    """How often each kind of thing happened in a run, but calls and their answers."""
    rows = connection.execute(_FACTS, {"run_key": key})
    return tuple(Share(name=name, count=count) for name, count in rows)


_FILES = """
SELECT p.word, SUM(CASE WHEN c.role = 'edit' THEN 0 ELSE 1 END) AS reads,
  SUM(CASE WHEN c.role = 'edit' THEN 1 ELSE 0 END) AS changes
FROM calls c JOIN words p ON p.word_id = c.path_word
WHERE c.run_key = :run_key AND c.outcome = 'ok'
GROUP BY p.word ORDER BY changes DESC, reads DESC, p.word
"""


def files(connection: sqlite3.Connection, key: int) -> tuple[FileUse, ...]:
    """The files that a run's successful calls name."""
    rows = connection.execute(_FILES, {"run_key": key})
    return tuple(FileUse(path=path, reads=reads, changes=changes) for path, reads, changes in rows)


_CALLS = """
SELECT c.call_id, r.run_id, cl.word, r.source_path, t.word, c.outcome, k.word, c.nature, c.masked,
  s.error_class, s.signature_id, c.started_at, c.duration_ms, c.channels, a.word, c.exit_code,
  COALESCE(j.word, ''), c.role, COALESCE(p.word, ''),
  CASE WHEN x.command = '' THEN x.args ELSE x.command END, x.answer
FROM calls c
JOIN runs r ON r.run_key = c.run_key
JOIN words cl ON cl.word_id = r.client_word
JOIN words t ON t.word_id = c.tool_word
JOIN call_texts x ON x.run_key = c.run_key AND x.call_id = c.call_id
LEFT JOIN words k ON k.word_id = c.kind_word
LEFT JOIN words a ON a.word_id = c.agent_word
LEFT JOIN words j ON j.word_id = c.rule_word
LEFT JOIN words p ON p.word_id = c.path_word
LEFT JOIN signatures s ON s.signature_key = c.signature_key
WHERE {narrow}
  AND (:since IS NULL OR c.started_at >= :since) AND (:until IS NULL OR c.started_at < :until)
  AND (:client = '' OR cl.word = :client) AND (:tool = '' OR t.word = :tool)
  AND (:outcome = '' OR c.outcome = :outcome) AND (:nature = '' OR c.nature = :nature)
  AND (:masked_only = 0 OR c.masked IS NOT NULL)
ORDER BY {order}
LIMIT :most
"""


def calls(
    connection: sqlite3.Connection, wanted: CallFilter, *, most: int = -1, newest_first: int = 0
) -> Iterator[CallView]:
    """Calls in order of run and start; an answer is whole only where it is a kept sample."""
    narrow = "c.tool_word IS NOT NULL"
    if wanted.run_key is not None:
        narrow = "c.run_key = :run_key AND c.tool_word IS NOT NULL"
    elif wanted.signature_keys:
        keys = ",".join(str(int(key)) for key in wanted.signature_keys)
        narrow = f"c.signature_key IN ({keys}) AND c.tool_word IS NOT NULL"
    order = "c.started_at DESC" if newest_first else "c.run_key, c.started_at, c.call_id"
    values = bounds(wanted.window) | {
        "run_key": wanted.run_key,
        "client": wanted.client,
        "tool": wanted.tool,
        "outcome": wanted.outcome,
        "nature": wanted.nature,
        "masked_only": wanted.masked_only,
        "most": most,
    }
    for row in connection.execute(_CALLS.format(narrow=narrow, order=order), values):
        yield _call(row)


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


def bounds(window: Window) -> dict[str, object]:
    return {
        "since": nanoseconds(window.since) if window.since else None,
        "until": nanoseconds(window.until) if window.until else None,
    }


def moment_or_none(value: object) -> object:
    return moment(value) if isinstance(value, int) else None
