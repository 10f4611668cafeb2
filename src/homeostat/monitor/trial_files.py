"""Files of a trial: what was declared of a change, and the runs and calls around it.

Lines may come in any order; fields that nobody knows are passed over.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from homeostat.model.errors import SourceError
from homeostat.model.trial import USUAL_EFFECT, Arm, Design, Rigour, Trial, TrialRun

_DAY_S = 86_400
_PERCENT = re.compile(r"([+-]?)\s*(\d{1,3}(?:\.\d+)?)\s*%")
_SHOWN_PROBLEMS = 5
_SATURDAY = 5


class _Target(msgspec.Struct):
    signature: str
    tool: str


class _Trigger(msgspec.Struct):
    window_from: datetime


class _RollOut(msgspec.Struct):
    design: Design
    fraction: float | None = None
    block_hours: float | None = None
    unit: str = "run"


class _Change(msgspec.Struct):
    applied_at: datetime
    target: _Target
    rollout: _RollOut
    change_id: str = ""
    trigger: _Trigger | None = None
    expected: str | float | None = None
    looks: tuple[int, ...] = (7, 14, 21)


class _Call(msgspec.Struct, tag_field="type", tag="tool_call"):
    run_id: str
    tool: str = ""
    ok: bool | None = None
    duration_ms: float | None = None
    signature: str | None = None


class _Run(msgspec.Struct, tag_field="type", tag="run"):
    run_id: str
    started_at: datetime
    ended_at: datetime
    agent: str = ""
    ok: bool | None = None
    cost_usd: float | None = None
    tool_calls: int | None = None
    session: str | None = None
    change_id: str | None = None
    arm: str | None = None
    fraction: float | None = None


class Declared(NamedTuple):
    trial: Trial
    applied_at: datetime
    change_id: str
    is_by_session: bool


class Recorded(NamedTuple):
    runs: list[TrialRun]
    last_day: float
    """Days since the change of the latest run's end; 0 without runs after it."""
    problems: tuple[str, ...]
    """Lines that could not be read, the first few."""
    bad_lines: int


class _Calls:
    """Of one run, until its own line has come."""

    __slots__ = ("elsewhere", "failed", "is_unclear", "ms", "seen")

    def __init__(self) -> None:
        self.seen = 0
        self.failed: set[str] = set()
        self.elsewhere: set[str] = set()
        self.is_unclear = False
        self.ms: list[float] = []


def declared(data: bytes, name: str, *, rigour: Rigour = Rigour.BALANCED) -> Declared:
    """What a change's file says. Raises `SourceError` for one that declares no trial."""
    try:
        change = msgspec.json.decode(data, type=_Change)
        applied_at = _aware(change.applied_at)
        trigger = change.trigger and (_aware(change.trigger.window_from) - applied_at)
        trial = Trial(
            signature=change.target.signature,
            tool=change.target.tool,
            design=change.rollout.design,
            share=0.5 if change.rollout.fraction is None else change.rollout.fraction,
            block_hours=change.rollout.block_hours or 0.0,
            trigger_from=trigger.total_seconds() / _DAY_S if trigger else None,
            expected=_expected(change.expected),
            looks=change.looks,
            rigour=rigour,
        )
    except (msgspec.MsgspecError, ValueError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{name} declares no trial: {error}.",
            next_step="It needs applied_at, target {signature, tool} and rollout {design}.",
        ) from error
    return Declared(trial, applied_at, change.change_id, change.rollout.unit == "session")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def _expected(said: str | float | None) -> float:
    """`-0.4`, or words with a percentage: "-40 % of this failure"."""
    if said is None:
        return USUAL_EFFECT
    if isinstance(said, str):
        found = _PERCENT.search(said)
        if found is None:
            return _expected(None)
        said = float(f"{found[1] or '-'}{found[2]}") / 100
    if not -1 <= said < 0:
        raise ValueError(f"an expected effect of {said:g} is no fall")
    return said


def recorded(lines: Iterable[bytes], name: str, of: Declared) -> Recorded:
    """The runs of a trial with what their calls say. A line that cannot be read is named."""
    decoder = msgspec.json.Decoder(_Call | _Run)
    calls: defaultdict[str, _Calls] = defaultdict(_Calls)
    runs: dict[str, _Run] = {}
    problems: list[str] = []
    bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            bad += 1
            if len(problems) < _SHOWN_PROBLEMS:
                problems.append(f"{name}:{number}: {error}")
            continue
        if isinstance(record, _Run):
            runs[record.run_id] = record
        else:
            _take(calls[record.run_id], record, of.trial)
    found = [_trial_run(run, calls.get(run_id) or _Calls(), of) for run_id, run in runs.items()]
    last = max((run.ended for run in found), default=0.0)
    return Recorded(found, max(0.0, last), tuple(problems), bad)


def _take(calls: _Calls, call: _Call, trial: Trial) -> None:
    calls.seen += 1
    is_of_tool = call.tool == trial.tool or call.signature == trial.signature
    if is_of_tool and call.duration_ms is not None:
        calls.ms.append(call.duration_ms)
    if call.ok is None:
        calls.is_unclear |= is_of_tool
    elif not call.ok:
        if call.signature:
            (calls.failed if is_of_tool else calls.elsewhere).add(call.signature)
        else:
            # A failure without a name may be the target as well.
            calls.is_unclear |= is_of_tool


def _trial_run(run: _Run, calls: _Calls, of: Declared) -> TrialRun:
    started = _days(run.started_at, of)
    is_ours = run.change_id in {None, of.change_id} and started >= 0
    lost = run.tool_calls is not None and run.tool_calls > calls.seen
    return TrialRun(
        unit=(run.session or run.run_id) if of.is_by_session else run.run_id,
        agent=run.agent,
        started=started,
        ended=max(started, _days(run.ended_at, of)),
        arm=Arm(run.arm) if is_ours and run.arm in set(Arm) else None,
        share=run.fraction if run.fraction is not None and 0 < run.fraction < 1 else None,
        is_weekend=run.started_at.weekday() >= _SATURDAY,
        is_ok=run.ok,
        failed=tuple(sorted(calls.failed)),
        failed_elsewhere=tuple(sorted(calls.elsewhere)),
        is_unclear=calls.is_unclear or lost,
        tool_ms=sum(calls.ms) / len(calls.ms) if calls.ms else None,
        cost_usd=run.cost_usd,
    )


def _days(moment: datetime, of: Declared) -> float:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=of.applied_at.tzinfo)
    return (moment - of.applied_at).total_seconds() / _DAY_S


def read_change(path: Path, *, rigour: Rigour) -> Declared:
    return declared(path.read_bytes(), str(path), rigour=rigour)


def read_runs(path: Path, of: Declared) -> Recorded:
    with path.open("rb") as lines:
        return recorded(lines, str(path), of)
