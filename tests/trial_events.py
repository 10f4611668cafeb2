"""Runs around a trial as events, and what they must count for, told without the store's own way."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from msgspec.structs import replace

from homeostat.analyze.runs import settled
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.knowledge.samples import Kept
from homeostat.knowledge.settle import settle
from homeostat.loop.importing import judges
from homeostat.loop.improving import Improvements
from homeostat.loop.service import Homeostat
from homeostat.model.event import Channel, Event, Kind, RunContext, Score
from homeostat.model.exposure import Exposure
from homeostat.model.ids import CallId, EventId, RunId
from homeostat.model.outcome import Outcome
from homeostat.model.trial import TrialRun
from homeostat.model.views import CallView, RunView, Window

APPLIED = datetime(2026, 11, 2, tzinfo=UTC)
TARGET = "ModuleNotFoundError: No module named 'ledgerlib'"
SIBLING = "PermissionError: [Errno 13] Permission denied: '/etc/x'"
_TEXTS = {
    "target": TARGET,
    "sibling": SIBLING,
    "nameless": "",
    "finding": "FAILED tests/test_a.py::test_b\n==== 1 failed, 3 passed in 0.1s ====",
    "hidden": f"Traceback (most recent call last):\n{TARGET}",
}
_COMMANDS = {"finding": "pytest tests", "hidden": "python app.py || true"}
_OUTCOMES = {
    "ok": Outcome.OK, "hidden": Outcome.OK, "denied": Outcome.DENIED,
    "interrupted": Outcome.INTERRUPTED,
}  # fmt: skip
CALLS = (*_TEXTS, "ok", "denied", "interrupted", "unanswered", "orphan", "elsewhere")
"""What a call may be; an orphan is an answer whose call is missing."""


class Drawn(NamedTuple):
    """One run. Moments are days since the change."""

    run_id: str
    client: str
    at: float
    calls: tuple[str, ...]
    project: str = "/ledger"
    reward: float | None = None
    cost: float | None = None

    @property
    def events(self) -> list[Event]:
        frame = {
            "client": self.client, "run_id": RunId(self.run_id), "channel": Channel.TRANSCRIPT,
        }  # fmt: skip
        name = f"{self.client}/{self.run_id}/{self.at}"
        found = [
            Event(id=_id(f"{name} context"), kind=Kind.CONTEXT, ts=moment(self.at),
                  context=RunContext(project=self.project), **frame)
        ]  # fmt: skip
        for number, call in enumerate(self.calls):
            found += _call(f"{name}/{number}", call, self.at + number / 100, frame)
        last = moment(self.at + len(self.calls) / 100)
        if self.reward is not None:
            score = Score(source="bench", value=self.reward, decides=True)
            found.append(Event(id=_id(f"{name} score"), kind=Kind.SCORE, ts=last, name="reward",
                               score=score, **frame))  # fmt: skip
        if self.cost is not None:
            found.append(Event(id=_id(f"{name} cost"), kind=Kind.COST, ts=last,
                               cost_usd=self.cost, **frame))  # fmt: skip
        return found


def moment(days: float) -> datetime:
    return APPLIED + timedelta(seconds=round(days * 86_400))


def _id(name: str) -> EventId:
    return EventId(blake2b(name.encode(), digest_size=16).digest())


def _call(name: str, call: str, at: float, frame: dict[str, object]) -> list[Event]:
    tool = "Read" if call == "elsewhere" else "Bash"
    own = {"call_id": CallId(name), **frame}
    found: list[Event] = []
    if call != "orphan":
        found.append(Event(id=_id(f"{name} call"), kind=Kind.CALL, ts=moment(at), tool=tool,
                           command=_COMMANDS.get(call, "python app.py"), **own))  # fmt: skip
    if call != "unanswered":
        outcome = Outcome.OK if call == "orphan" else _OUTCOMES.get(call, Outcome.ERROR)
        text = "File does not exist." if call == "elsewhere" else _TEXTS.get(call, "fine")
        found.append(Event(id=_id(f"{name} result"), kind=Kind.RESULT, ts=moment(at + 0.001),
                           outcome=outcome, text=text, failure_kind="exit_code",
                           duration_ms=len(name) * 10, **own))  # fmt: skip
    return found


def take_in(homeostat: Homeostat, events: list[Event], *, is_settled: bool = True) -> None:
    with homeostat.store().writing() as connection:
        batch = Batch(source_path="/histories/a.jsonl", events=events)
        Ingest(connection, judges(), Kept(samples=2, days=60)).write(
            [batch], now=homeostat.clock.now()
        )
        if is_settled:
            settle(connection, settled)


def an_improvement(homeostat: Homeostat, text: str = TARGET) -> tuple[str, str]:
    """Its id, and its signature: something fails, and what could be done is written down."""
    wanted = judges().sign("Bash", text).id
    take_in(homeostat, Drawn("first", "test", -40.0, ("target", "sibling")).events)
    found = Improvements(homeostat).propose(wanted)
    return found[0].proposal.improvement_id, wanted


def views(homeostat: Homeostat) -> list[tuple[RunView, list[CallView]]]:
    """All runs with their calls, as people see them."""
    calls: defaultdict[tuple[str, str], list[CallView]] = defaultdict(list)
    for call in homeostat.calls(CallFilter()):
        calls[call.client, call.run_id].append(call)
    return [(run, calls[run.client, run.run_id]) for run in homeostat.runs(Window())]


def as_trial_run(
    run: RunView, calls: list[CallView], signature: str, *, is_missing: bool
) -> TrialRun:
    """A run for the judge, from what people see of it."""
    broken = [c for c in calls if c.outcome == "error" and c.nature != "finding"]
    of_tool = [c for c in calls if c.tool == "Bash" or c.signature == signature]
    timed = [c.duration_ms for c in of_tool if c.outcome in {"ok", "error"} and c.duration_ms]
    assert run.started_at is not None
    assert run.ended_at is not None
    return TrialRun(
        unit=run.run_id,
        agent=run.client,
        started=(run.started_at - APPLIED) / timedelta(days=1),
        ended=(run.ended_at - APPLIED) / timedelta(days=1),
        is_weekend=run.started_at.weekday() >= 5,
        is_ok={"well": True, "badly": False}.get(run.outcome),
        failed=tuple(sorted({c.signature for c in broken if c in of_tool and c.signature})),
        failed_elsewhere=tuple(
            sorted({c.signature for c in broken if c not in of_tool and c.signature})
        ),
        is_unclear=is_missing
        or any(c.outcome in {"unknown", "interrupted"} or c.masked == "fault" for c in of_tool)
        or any(c in of_tool and not c.signature for c in broken),
        tool_ms=sum(timed) / len(timed) if timed else None,
        cost_usd=run.cost_usd,
    )


def with_arms(runs: list[TrialRun], records: dict[str, Exposure]) -> list[TrialRun]:
    """Those that count in an arm: recorded, and not more than a minute after they had begun."""
    began = {run.unit: min(r.started for r in runs if r.unit == run.unit) for run in runs}
    found: list[TrialRun] = []
    for run in runs:
        record = records.get(run.unit)
        if record is None:
            continue
        at = (record.at - APPLIED) / timedelta(days=1)
        if began[run.unit] < at - 1 / 1440:
            continue
        found.append(replace(
            run, arm=record.arm, share=record.share, started=at, ended=max(at, run.ended)
        ))  # fmt: skip
    return found
