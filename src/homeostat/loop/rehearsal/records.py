"""The two files of a story that a judge gets: nothing in them tells what the change truly does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from homeostat.loop.rehearsal.fleet import Call, Run
from homeostat.loop.rehearsal.story import Story
from homeostat.model.trial import Design

FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
HOPED_FOR = -0.6
"""Declared of every change alike."""


class _Call(msgspec.Struct, frozen=True, tag_field="type", tag="tool_call"):
    run_id: str
    tool: str
    ok: bool | None
    duration_ms: float
    signature: str | None


class _Run(msgspec.Struct, frozen=True, tag_field="type", tag="run", omit_defaults=True):
    run_id: str
    started_at: datetime
    ended_at: datetime
    agent: str
    ok: bool
    cost_usd: float
    tool_calls: int
    change_id: str | None = None
    arm: str | None = None


class Files(NamedTuple):
    """As they are written."""

    case: bytes
    """JSON Lines."""
    change: bytes


def files(story: Story, change_id: str) -> Files:
    encode = msgspec.json.Encoder().encode
    lines = [encode(line) for run in story.runs for line in _lines(run, change_id)]
    return Files(b"\n".join([*lines, b""]), encode(_change(story, change_id)))


def _lines(run: Run, change_id: str) -> Iterator[_Call | _Run]:
    run_id = f"run-{run.number}"
    for call in run.calls:
        yield _Call(run_id, call.tool, call.is_ok, call.ms, _name(call))
    yield _Run(
        run_id, _at(run.started), _at(run.ended), run.agent, run.is_ok, round(run.cost_usd, 4),
        run.calls_made, change_id if run.arm else None, run.arm.value if run.arm else None,
    )  # fmt: skip


def _name(call: Call) -> str | None:
    return call.failure or None


def _change(story: Story, change_id: str) -> dict[str, object]:
    return {
        "change_id": change_id,
        "applied_at": _at(story.applied),
        "target": {"signature": story.target.name, "tool": story.tool},
        "trigger": {"window_from": _at(story.trigger_from)},
        "rollout": {"design": Design.CANARY, "fraction": 0.5, "unit": "run"},
        "expected": HOPED_FOR,
    }


def _at(days: float) -> datetime:
    return FIRST_DAY + timedelta(seconds=round(days * 86_400))
