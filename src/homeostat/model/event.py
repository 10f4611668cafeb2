"""One fact as one channel saw it. Append-only: a later, better event corrects the call."""

from datetime import datetime
from enum import IntEnum, StrEnum

import msgspec

from homeostat.model.ids import CallId, EventId, RunId
from homeostat.model.outcome import Outcome


class Kind(StrEnum):
    """What happened. Names are stored; none is ever renamed."""

    CALL = "tool.call"
    RESULT = "tool.result"
    USAGE = "model.usage"
    PROMPT = "prompt"
    SAID = "agent.said"
    TURN_END = "turn.end"
    INTERRUPT = "interrupt"
    RETRY = "model.retry"
    API_ERROR = "model.error"
    """The model did not answer; with the tool `call.RUN` where a run died, nobody says of what."""
    COMPACTION = "compaction"
    LIMIT = "limit"
    HOOK = "hook"
    IMAGE = "image"
    CONTEXT = "run.context"
    COST = "run.cost"
    SCORE = "run.score"
    SPAWN = "agent.spawn"
    LOGGED = "log.error"


class Channel(IntEnum):
    """Which way a fact came: bits, so that a call keeps the set of those that saw it.

    A larger one is trusted more.
    """

    TELEMETRY = 1
    SUCCESS_HOOK = 2
    FAILURE_HOOK = 4
    BATCH_HOOK = 8
    PROGRESS = 16
    TRANSCRIPT = 32
    EXECUTION_LOG = 64
    """The client's own record of what the process did, beside what it told the model."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one model message, as its client counts.

    Codex's `input_tokens` include what came from the cache, Claude Code's do not.
    """

    message_id: str
    """Empty for clients that give running totals of the whole run instead."""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_creation_tokens: int = 0


class RunContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a run ran on and where; an empty text says nothing about the field."""

    project: str = ""
    client_version: str = ""
    model: str = ""
    git_branch: str = ""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody else said of a run, or of one step in it: a reward, an evaluation, a label.

    The event's `name` is what was scored, `agent` and `call_id` whom or what it is about, `text`
    why.
    """

    source: str
    """Who said so: a benchmark, a scorer, a person's annotations."""
    value: float | None = None
    label: str = ""
    step: int | None = None
    """0-based place among the messages of the run; `None` for the whole run."""
    decides: bool = False
    """Whether it says how the run came out: 1 is well, all below is not."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One fact. Texts are as the channel gave them until `loop` has redacted and cut them."""

    id: EventId
    kind: Kind
    channel: Channel
    client: str
    run_id: RunId
    ts: datetime | None = None
    """Aware UTC; `None` where the channel names no time."""
    agent: str = ""
    """Empty for the main agent, else the subagent's type or id."""
    tool: str = ""
    call_id: CallId = CallId("")
    outcome: Outcome | None = None
    failure_kind: str = ""
    exit_code: int | None = None
    command: str = ""
    """The shell line, where the tool is a shell."""
    args: str = ""
    """The call's arguments, JSON text."""
    path: str = ""
    """The file that the call reads or changes, where its arguments name one."""
    text: str = ""
    name: str = ""
    """What of its kind: a hook's event, a limit's name, an API error's status, what was scored,
    the type of an agent that was spawned."""
    duration_ms: int | None = None
    cost_usd: float | None = None
    usage: Usage | None = None
    context: RunContext | None = None
    score: Score | None = None
