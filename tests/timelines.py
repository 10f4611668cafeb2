"""Timelines for tests: a run's calls and facts, with times in seconds."""

from homeostat.model.call import MODEL
from homeostat.model.event import Kind
from homeostat.model.outcome import Nature, Outcome, Role
from homeostat.model.run import RunTimeline, TimelineCall, TimelineFact

SECOND = 1_000_000_000


def call(started: float | None, ended: float | None = None, **known: object) -> TimelineCall:
    """A call that worked, unless `known` says otherwise; without `ended` it took a second."""
    if ended is None and started is not None:
        ended = started + 1
    values = {
        "tool": "Bash", "agent": "", "target": "make", "command": "make", "outcome": Outcome.OK,
        "failure_kind": "", "nature": Nature.NONE, "masked": Nature.NONE, "role": Role.OTHER,
        "signature_key": None,
    }  # fmt: skip
    return TimelineCall(
        **{
            **values,
            "started_at": None if started is None else int(started * SECOND),
            "ended_at": None if ended is None else int(ended * SECOND),
            **known,
        }
    )


def failure(started: float | None, ended: float | None = None, **known: object) -> TimelineCall:
    """A call that failed with a fault of signature 1."""
    failed = {"outcome": Outcome.ERROR, "nature": Nature.FAULT, "signature_key": 1}
    return call(started, ended, **{**failed, **known})


def unanswered(started: float, **known: object) -> TimelineCall:
    values = {"outcome": Outcome.UNKNOWN, "failure_kind": "no_result", "ended_at": None}
    return call(started, **{**values, **known})


def fact(kind: Kind, at: float | None, *, subagent: bool = False, tokens: int = 0) -> TimelineFact:
    moment = None if at is None else int(at * SECOND)
    return TimelineFact(kind=kind, at=moment, is_subagent=subagent, tokens=tokens)


def model_error(at: float | None, **known: object) -> TimelineCall:
    """An answer that the model did not give, of signature 1."""
    return failure(at, at, tool=MODEL, **known)


def timeline(*parts: TimelineCall | TimelineFact) -> RunTimeline:
    calls = [part for part in parts if isinstance(part, TimelineCall)]
    failed = [call for call in calls if call.tool == MODEL]
    facts = [part for part in parts if isinstance(part, TimelineFact)]
    facts += [
        TimelineFact(kind=Kind.API_ERROR, at=call.started_at, is_subagent=bool(call.agent))
        for call in failed
    ]
    return RunTimeline(
        calls=[call for call in calls if call.tool != MODEL],
        unanswered=failed,
        facts=sorted(facts, key=lambda fact: fact.at or 0),
    )
