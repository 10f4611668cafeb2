"""What surfaces show: one typed answer for the command line, the web and MCP alike."""

from datetime import datetime

import msgspec


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """From `since` (included) to `until` (excluded); `None` is open."""

    since: datetime | None = None
    until: datetime | None = None


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run. Calls and tokens are the main agent's; those of subagents are named so."""

    run_id: str
    client: str
    source_path: str
    project: str
    started_at: datetime | None
    ended_at: datetime | None
    calls: int
    failed_calls: int
    denied_calls: int
    interrupted_calls: int
    unknown_calls: int
    finding_calls: int
    masked_calls: int
    subagent_calls: int
    subagent_failed_calls: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_creation_tokens: int
    subagent_output_tokens: int
    cost_usd: float | None
    active_ms: int | None
    client_version: str
    model: str
    git_branch: str
    ended: str
    outcome: str
    outcome_rule: str
    reward: float | None

    @property
    def faults(self) -> int:
        return self.failed_calls - self.finding_calls


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    call_id: str
    run_id: str
    client: str
    source_path: str
    tool: str
    outcome: str
    failure_kind: str | None
    nature: str
    masked: str | None
    error_class: str | None
    signature: str | None
    started_at: datetime | None
    duration_ms: int | None
    channels: tuple[str, ...]
    agent: str
    exit_code: int | None
    rule: str
    role: str | None
    """check, edit, commit: what the call does for its run's outcome."""
    path: str
    """The file that it read or changed, where its arguments name one."""
    command: str
    """The shell line, else the arguments; the first 300 characters, more of a failed call's."""
    text: str


class FailureGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The failures of one signature (with those merged into it) within a window."""

    signature: str
    error_class: str
    tool: str
    line: str
    nature: str
    failures: int
    runs: int
    lost_ms: int
    """Time at work from each failure until the same thing worked again."""
    lost_tokens: int
    first_at: datetime | None
    last_at: datetime | None
    ignored: bool = False

    @property
    def has_cost(self) -> bool:
        """Whether it is known: without times and tokens nothing can be added up."""
        return bool(self.lost_ms or self.lost_tokens)


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    run_id: str
    call_id: str
    at: datetime | None
    tool: str
    command: str
    text: str
    whole: bool


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of something fall on one name."""

    name: str
    count: int


class FileUse(msgspec.Struct, frozen=True, kw_only=True):
    """How often a run read and changed a file; calls that failed are in neither."""

    path: str
    reads: int
    changes: int


class LeakView(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that an agent printed: type and digest, never itself."""

    type: str
    digest: str
    run_id: str
    call_id: str
    seen_at: datetime | None


class ScoreView(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody else said of a run, or of one step in it."""

    source: str
    name: str
    value: float | None
    label: str
    step: int | None
    """0-based place among the messages; `None` for the whole run."""
    agent: str
    call_id: str
    detail: str


class RunDetail(msgspec.Struct, frozen=True, kw_only=True):
    run: RunView
    files: tuple[FileUse, ...]
    """Most changed first."""
    leaks: tuple[LeakView, ...]
    """The latest secrets that it printed."""
    facts: tuple[Share, ...]
    """How often else something happened: prompts, interrupts, retries, compactions, hooks."""
    agents: tuple[Share, ...]
    """Who said how much, where several agents did; the main one is called main."""
    scores: tuple[ScoreView, ...]
    calls: tuple[CallView, ...]
    unanswered: tuple[CallView, ...]
    """What the model was asked and did not answer."""


class SignatureView(msgspec.Struct, frozen=True, kw_only=True):
    """One signature: what it is, why it is one group, how often, what it cost."""

    group: FailureGroup
    key: str
    family: str
    kind: str
    message: str
    identifiers: tuple[str, ...]
    place: str
    rule: str
    class_rule: str
    merged: tuple[str, ...]
    """Signatures that a person merged into this one."""
    shown_under: str | None
    """The signature that a person merged this one into."""
    tools: tuple[Share, ...]
    agents: tuple[Share, ...]
    projects: tuple[Share, ...]
    versions: tuple[Share, ...]
    latest_runs: int | None
    """Projects and versions are of its so many latest runs; `None`: of all its runs."""
    variants: int
    """Different beginnings of the answers among the samples."""
    samples: tuple[Sample, ...]


class HookTime(msgspec.Struct, frozen=True, kw_only=True):
    event: str
    command: str
    times: int
    total_ms: int
    longest_ms: int


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a window: calls by the hour in which they began; runs, and their tokens, whole
    where they were active in it. `faults` and `findings` are the failed calls."""

    runs: int
    runs_well: int
    runs_badly: int
    runs_unknown: int
    runs_undated: int
    """Runs of files in which something stands at the time of the file, having none of its own."""
    model_errors: int
    """Answers that the model did not give, and what else runs died of; of runs that met it."""
    calls: int
    faults: int
    findings: int
    denied: int
    interrupted: int
    unknown: int
    masked: int
    output_tokens: int
    input_tokens: int


class VersionRate(msgspec.Struct, frozen=True, kw_only=True):
    """Faults of one client version; a version with few calls says little."""

    client: str
    version: str
    first_at: datetime | None
    runs: int
    calls: int
    faults: int


class VersionSuspect(msgspec.Struct, frozen=True, kw_only=True):
    """A version with more faults a call than all others together, beyond chance."""

    version: VersionRate
    other_faults: int
    other_calls: int


class Dashboard(msgspec.Struct, frozen=True, kw_only=True):
    window: Window
    is_latest: bool
    """False when the last days are empty, and the window is all there is instead."""
    totals: Totals
    costliest: tuple[FailureGroup, ...]
    masked: tuple[CallView, ...]
    hooks: tuple[HookTime, ...]
    leaks: tuple[LeakView, ...]
    versions: tuple[VersionRate, ...]
    suspect: VersionSuspect | None
    files: int
    bad_lines: int


class ChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """What one client's channels saw."""

    client: str
    files: int
    lines: int
    bad_lines: int
    runs: int
    calls: int
    calls_unknown: int
    first_at: datetime | None
    last_at: datetime | None
    outcome_unknown: int
    """Runs whose outcome no check decided."""


class BadLineView(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    line: int
    reason: str


class SkippedView(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a client's files that its source does not know or could not read, or facts
    at which the time of their file stands (`UNDATED`)."""

    client: str
    name: str
    times: int
    files: int


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    channels: tuple[ChannelView, ...]
    bad_lines: tuple[BadLineView, ...]
    skipped: tuple[SkippedView, ...]


class TableSize(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    size_bytes: int
    """With its indexes."""


class DatabaseInfo(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    """The file, or the server and its database; never a password."""
    version: str
    schema: int
    size_bytes: int
    tables: tuple[TableSize, ...]
    """The largest first; empty where the database does not tell."""
    bytes_an_event: int | None
    """Of the whole database but the kept texts; `None` while there are no events."""
    runs: int
    calls: int
    events: int
    signatures: int
    whole_samples: int
    files: int
    detail_days: int
    """How long all detail is kept."""
    runs_beyond: int
    """Runs that ended before that, and still have theirs."""
    given_up_until: datetime | None
    """Detail of runs that ended before was given up; `None` where none was."""
    clock_ahead_s: float
    """By how much the server's clock is before this machine's; nothing goes by it."""


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """What keeping only the counts of old runs gave up."""

    before: datetime
    runs: int
    events: int
    calls: int
    freed_bytes: int
    is_complete: bool
    """False while an open reader keeps the old pages on the disk."""
