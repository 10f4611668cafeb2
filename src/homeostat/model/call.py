"""One tool call as the judges of `analyze` see it, and what they say of it."""

from collections.abc import Sequence

import msgspec

from homeostat.model.outcome import Nature, Outcome, Role, RunEnd, RunOutcome

MODEL = "@model"
"""Stands where the name of a tool would: what failed is an answer of the model. Such a failure has
a signature, days, runs and costs as a call's has. It is no call of a tool, and never counted as
one."""
RUN = "@run"
"""The same where a run died, and its record does not tell whether of the model."""
NOT_TOOLS = (MODEL, RUN)


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one call did; enough to judge it without a store."""

    tool: str
    outcome: Outcome
    failure_kind: str = ""
    command: str = ""
    """The shell line, empty where the tool is not a shell."""
    args: str = ""
    """The call's arguments as the client wrote them, JSON text; may be cut."""
    exit_code: int | None = None
    text: str = ""
    """What the tool answered, as the model saw it."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a call's failure is, and what a successful call hides."""

    nature: Nature
    """Of a failed call; `NONE` for calls that did not fail."""
    masked: Nature = Nature.NONE
    """Of a call that was marked successful although a step failed: what that step's failure is."""
    role: Role = Role.OTHER
    rule: str = ""
    """The name of the rule that decided, for a person who asks why."""


class RunStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened in a run, in order: a call, or what a person did."""

    kind: str
    """call, prompt, interrupt, final (the agent's last words of a turn)."""
    tool: str = ""
    command: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    failure_kind: str = ""
    nature: Nature = Nature.NONE
    masked: Nature = Nature.NONE
    role: Role = Role.OTHER


class RunJudgement(msgspec.Struct, frozen=True, kw_only=True):
    outcome: RunOutcome
    rule: str


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    steps: Sequence[RunStep]
    ended: RunEnd
    reward: float | None = None
