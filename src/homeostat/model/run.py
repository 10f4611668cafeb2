"""One agent session as facts in order, and what follows from them."""

from collections.abc import Sequence

import msgspec

from homeostat.model.event import Kind
from homeostat.model.outcome import Nature, Outcome, Role, RunEnd, RunOutcome


class TimelineCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a run. Moments are nanoseconds, `None` where the history names none."""

    tool: str
    agent: str
    target: str
    """The file, else the command line: two calls with one target try the same thing."""
    command: str
    outcome: Outcome
    failure_kind: str
    nature: Nature
    masked: Nature
    role: Role
    signature_key: int | None
    started_at: int | None
    ended_at: int | None


class TimelineFact(msgspec.Struct, frozen=True, kw_only=True):
    """What else happened: prompts, interrupts, retries, the agent's words, tokens spent."""

    kind: Kind
    at: int | None
    is_subagent: bool
    agent: str = ""
    """Which one, where it is known."""
    tokens: int = 0
    """Of a usage fact: what was newly read or written, without what came from the cache."""


class RunTimeline(msgspec.Struct, frozen=True, kw_only=True):
    calls: Sequence[TimelineCall]
    """Of tools, in order of start."""
    unanswered: Sequence[TimelineCall] = ()
    """What the model was asked and did not answer, and of what else the run died; by time."""
    facts: Sequence[TimelineFact]
    """In order of time."""
    reward: float | None = None
    """What the benchmark that ran it says: 1 is well."""


class SignatureCost(msgspec.Struct, frozen=True, kw_only=True):
    """What the failures of one signature cost in one run, from each failure until recovered."""

    signature_key: int
    nature: Nature
    failures: int
    lost_ms: int
    lost_tokens: int
    first_at: int | None
    last_at: int | None


class SettledRun(msgspec.Struct, frozen=True, kw_only=True):
    ended: RunEnd
    outcome: RunOutcome
    outcome_rule: str
    active_ms: int | None
    """Without the pauses in which the agent waited for the person; `None` without times."""
    costs: tuple[SignatureCost, ...]
