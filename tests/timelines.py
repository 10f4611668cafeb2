"""Timelines for tests: a run's calls and facts, with times in seconds."""

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


def timeline(*parts: TimelineCall | TimelineFact) -> RunTimeline:
    return RunTimeline(
        calls=[part for part in parts if isinstance(part, TimelineCall)],
        facts=[part for part in parts if isinstance(part, TimelineFact)],
    )
