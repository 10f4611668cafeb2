"""Failures that recur, what is known of them, and what could be done about them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from homeostat.model.views import FailureGroup, Share, Window


class State(StrEnum):
    """How a pattern goes on. Each is a fact of counts, none a promise."""

    NEW = "new"
    """Its first failure ever is within the window."""
    ONGOING = "ongoing"
    ESCALATING = "escalating"
    """More than before, beyond noise."""
    REGRESSED = "regressed"
    """It was gone for two weeks, while its tool was in use, and is back."""
    RESOLVED = "resolved"
    """Gone for two weeks in which, at its rate before, it should have been seen."""
    UNDATED = "undated"
    """Its runs have no times of their own: how it goes on is not known."""


class DayCounts(msgspec.Struct, frozen=True):
    """Of one UTC day (days since 1970)."""

    day: int
    failures: int
    """Of the pattern."""
    successes: int
    """Of its tool."""


class PatternFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What judging one pattern takes."""

    group: FailureGroup
    """Within the window."""
    days: tuple[DayCounts, ...]
    """Days on which its tool was used, oldest first; `HISTORY_DAYS` at most."""
    first_day: int
    """Of its first failure ever."""
    undated: Mapping[int, int]
    """Day -> those of its failures that stand there because their file was last written then."""
    tool_family: str
    """shell, edit, read, ..."""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A share with its sample and its 95 % interval (Wilson)."""

    part: int
    whole: int
    low: float
    high: float


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """Something that sets failing calls apart from the successful ones of the same tool."""

    name: str
    """What: a command, an argument, the call before, a version."""
    failing: int
    of_failing: int
    working: int
    of_working: int
    odds_ratio: float
    """Mantel-Haenszel, over agents, by run."""
    low: float
    high: float
    q_value: float
    """The share of false ones among all that are called so, at most."""

    @property
    def said(self) -> str:
        return (
            f"{self.failing} of {self.of_failing} {self.name}; "
            f"of those that worked {self.working} of {self.of_working}"
        )


class ContextCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a run, as far as its context goes."""

    run: str
    stratum: str
    """Client and agent."""
    tool: str
    outcome: str
    signature: str
    """Of a failed call: its own, or the one that a person merged it into."""
    command: str
    args: str
    path: str
    version: str
    model: str
    project: str


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent did before the same thing worked again, without anybody's help."""

    what: str
    times: int
    of: int
    """Failures after which it worked again in the same run."""

    @property
    def said(self) -> str:
        return f"{self.what}, {self.times} of {self.of} times"


class Risk(StrEnum):
    LOW = "low"
    """Undone by one command, and nothing else notices."""
    MEDIUM = "medium"
    HIGH = "high"
    """It changes code, or what cannot be taken back by itself."""


class RollOut(StrEnum):
    """How a change can be given to some and not to others, so that it can be proven."""

    SESSION = "session"
    """By session, at random: the best proof."""
    SWITCHBACK = "switchback"
    """On and off for everybody, in blocks of hours at random."""
    FULL = "full"
    """For all at once: whether it helped can then never be told from luck."""


class Status(StrEnum):
    """Of an improvement."""

    PROPOSED = "proposed"
    DECLINED = "declined"


class Provable(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a change could be told from luck here, and by when."""

    effect: float
    """Relative change of the failures that is to be proven, -0.8 is four of five fewer."""
    needed: int | None
    """Failing runs, with and without the change together, for four chances in five; `None` above
    4,000."""
    a_day: float
    """Failing runs a day at present."""
    days: float | None
    """Until then; `None` where nothing fails at present."""
    within_limit: bool
    """Whether that is at most 28 days."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One fitting remedy for one pattern: a value; nothing is changed by it."""

    improvement_id: str
    signature: str
    kind: str
    """The remedy's name in the catalogue."""
    title: str
    reason: str
    evidence: str
    expected: str
    """From the remedy's own history; `unknown` without one."""
    risk: Risk
    roll_out: RollOut
    provable: Provable


class Improvement(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that was written down, and what became of it."""

    proposal: Proposal
    status: Status
    created_at: datetime
    changed_at: datetime
    declined_failures: int = 0
    """How often the pattern had failed when it was declined."""


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A failure that recurs."""

    group: FailureGroup
    family: str
    """`<error_type>:<tool>`."""
    tool_family: str
    state: State
    escalated: bool
    """More than 5 failures within 7 days."""
    last_week: int
    undated: int
    """Failures whose runs have no times of their own: nothing of when is known from them."""
    rate: Rate
    """Failures of the pattern among them and the successes of its tool. Each call of any tool is a
    success of the model, which asked for it."""
    failing_runs_a_day: float
    """At present."""
    confidence: float
    """How sure it is that it comes again in as much time, 0 to 1."""
    correlation_score: float | None
    """How distinct the context of its calls is, 0 to 1; `None` while that is not known."""
    ended_runs: int = 0
    """Of a failure of the model: runs of which it was the end."""
    factors: tuple[Factor, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    """Without those that a person declined."""
    known: tuple[str, ...] = ()
    """Ids of the proposals that are written down."""


class FailedRuns(msgspec.Struct, frozen=True, kw_only=True):
    """The runs in which a pattern failed within a window; times in nanoseconds."""

    signature: str
    runs: frozenset[int]
    """The keys of their rows."""
    failures: int
    first_at: int
    last_at: int
    hours: Mapping[int, int]
    """Hour since 1970 -> failures, each where its run's first was; empty where nobody asks."""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """Failures that rose together: one thing broke, and many calls show it."""

    title: str
    began_at: datetime
    ended_at: datetime
    failures: int
    runs: int
    signatures: tuple[str, ...]
    """The earliest first."""
    tools: tuple[Share, ...]
    is_dated: bool
    """False where no run of it has times of its own: they stand on the day of their file."""


class Unnamed(msgspec.Struct, frozen=True, kw_only=True):
    """Failures of no known class that say much the same: one group, perhaps, or a new rule."""

    words: tuple[str, ...]
    signatures: tuple[str, ...]
    failures: int


class Detected(msgspec.Struct, frozen=True, kw_only=True):
    """What `detect` found, and why no more."""

    window: Window
    runs: int
    calls: int
    faults: int
    """Of the calls."""
    model_errors: int
    """Of all runs, ignored ones too, as `faults` are."""
    kinds: int
    """Different signatures among both."""
    min_occurrences: int
    too_few: int
    """Kinds below `min_occurrences`."""
    below_confidence: int
    """Kinds of which it is not sure enough that they come again."""
    known_since: datetime | None
    """Where nothing was found: the first moment of all that is known, if that is earlier."""
    declined: int
    """Proposals that a person declined: they are not told again."""
    beyond: int
    """Kinds that cost less than those that were judged."""
    incidents: tuple[Incident, ...]
    patterns: tuple[Pattern, ...]
    unnamed: tuple[Unnamed, ...]
    resolved: tuple[FailureGroup, ...]
