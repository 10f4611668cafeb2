"""How well things go: scores, trends, what stands out, what changed, what is coming."""

from datetime import datetime
from enum import StrEnum

import msgspec

from homeostat.model.pattern import Rate
from homeostat.model.views import Dashboard, Share, Window


class Direction(StrEnum):
    """Told only where the difference is beyond noise and large enough to matter."""

    IMPROVING = "improving"
    STABLE = "stable"
    DEGRADING = "degrading"


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Collecting data: how much of what is there, of how much that it takes."""

    what: str
    known: int
    needed: int


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """One series, its last period beside those before."""

    direction: Direction | None
    """`None` while too little is known; `missing` says of what."""
    ratio: float | None = None
    """Of the failures a use now to those before; 1 is the same."""
    low: float | None = None
    high: float | None = None
    """95 % interval of the ratio."""
    missing: Missing | None = None


class Anomaly(msgspec.Struct, frozen=True, kw_only=True):
    """A day with more failures than the weeks before make likely."""

    name: str
    failures: int
    expected: float
    p_value: float
    q_value: float
    """The share of false ones among all series that are called so on that day, at most."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a health score."""

    name: str
    weight: float
    """Of those parts that are known; 0 where this one is not."""
    score: float | None
    """0 to 100; `None` where it is not known, and `missing` says why."""
    sample: int
    detail: str
    missing: str = ""


class ScoreTrend(msgspec.Struct, frozen=True, kw_only=True):
    """The score of the last days beside that of those before."""

    direction: Direction | None
    before: float | None = None
    difference: float | None = None
    half_width: float | None = None
    """Of the 95 % interval of the difference."""
    missing: Missing | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How healthy a run, a project or everything is."""

    of: str
    """all, `project ...` or `run ...`."""
    window: Window
    score: int | None
    """0 to 100; `None` where no part is known: no data is not health."""
    parts: tuple[Part, ...]
    trend: ScoreTrend | None
    """`None` for one run."""
    is_latest: bool = True
    """False when the last days are empty, and the window is the last one that is not."""


class ToolMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """One tool within a window."""

    tool: str
    calls: int
    success: Rate
    """Calls that worked, of those with a known outcome; findings are work, not faults."""
    error: Rate
    timeout: Rate
    findings: int
    denied: int
    interrupted: int
    unknown: int
    masked: int
    """Called ok, but hid a failure; counted as neither."""
    timed: int
    p50_ms: float | None
    p95_ms: float | None
    effectiveness: float | None
    """Success rate x log2(max(calls, 2))."""
    needs_attention: bool
    """The success rate is below 80 %, beyond noise."""
    trend: Trend


class AgentMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """One agent of one client within a window."""

    client: str
    agent: str
    calls: int
    success: Rate
    error: Rate
    unknown: int
    tools: tuple[Share, ...]
    """The tools it used most."""


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Two agents that were started within ten minutes of each other in a run."""

    one: str
    other: str
    runs: int
    share: float
    """Of the runs with the rarer one."""


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    window: Window
    sessions: int
    missing: Missing | None
    """Sessions, where there are too few to rank tools by."""
    tools: tuple[ToolMetrics, ...]
    """Those that need attention first, then the most used."""


class Spawns(msgspec.Struct, frozen=True, kw_only=True):
    """Which agents are started, and with whom."""

    sessions: int
    missing: Missing | None
    agents: tuple[Share, ...]
    together: tuple[Together, ...]
    models: tuple[Share, ...]
    """Runs by the main agent's model."""


class HotFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that many runs work on."""

    path: str
    runs: int
    reads: int
    changes: int
    failures: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One call after another, in the same run and by the same agent."""

    first: str
    then: str
    times: int
    share: float
    """Of all calls that follow `first`."""
    failed: Rate


class Precursor(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with a failure of a tool: the call just before it. Not what causes it."""

    tool: str
    before: str
    failing: int
    of_failing: int
    working: int
    of_working: int
    odds_ratio: float
    low: float
    high: float
    q_value: float


class Agents(msgspec.Struct, frozen=True, kw_only=True):
    window: Window
    sessions: int
    agents: tuple[AgentMetrics, ...]
    spawns: Spawns


class Sequences(msgspec.Struct, frozen=True, kw_only=True):
    sessions: int
    missing: Missing | None
    steps: tuple[Step, ...]
    precursors: tuple[Precursor, ...]


class Files(msgspec.Struct, frozen=True, kw_only=True):
    sessions: int
    missing: Missing | None
    files: tuple[HotFile, ...]


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """What runs ran on since about then: it goes with the change, nothing shows a cause."""

    field: str
    """client version, model, project, branch, client."""
    value: str
    first_at: datetime
    with_it: Rate
    without: Rate
    gain: float
    """How much better it tells failing runs apart than the date alone: 1 is as well."""


class ChangePoint(msgspec.Struct, frozen=True, kw_only=True):
    """A day from which on something failed more, or less, than before."""

    what: str
    signature: str
    """Of a signature's failures, else empty."""
    since: datetime
    before: Rate
    after: Rate
    ratio: float
    p_value: float
    q_value: float
    suspects: tuple[Suspect, ...]
    """The likeliest first; empty where nothing that is known changed with it."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    window: Window
    runs: int
    series: int
    """How many were looked at."""
    missing: Missing | None
    changes: tuple[ChangePoint, ...]


class Accelerating(msgspec.Struct, frozen=True, kw_only=True):
    """A signature whose failures grow week by week."""

    signature: str
    line: str
    tool: str
    failures: int
    """In the last 28 days."""
    a_week: float
    """Factor by which they grow in a week."""
    low: float
    high: float
    next_week: float
    next_low: float
    next_high: float


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that runs out at this pace."""

    name: str
    used: float
    limit: float | None
    """`None` where nobody says what it is."""
    unit: str
    a_day: float | None
    days: float | None
    """Until it is reached, at this pace; `None` where that is not known."""
    soonest: float | None
    latest: float | None
    """80 % interval; `latest` is `None` where it may never be reached."""
    missing: Missing | None = None


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """How well the same forecast would have told the last week from what came before it."""

    series: int
    within: int
    """Of them inside their 80 % interval."""
    median_error: float | None
    """Of the forecast, relative."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    window: Window
    missing: Missing | None
    accelerating: tuple[Accelerating, ...]
    limits: tuple[Limit, ...]
    backtest: Backtest


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What something that is loaded costs, and whether it is used."""

    kind: str
    """hook, MCP server."""
    name: str
    runs: int
    used: int
    """Times it ran, or was called."""
    ms_a_run: float | None
    total_ms: int | None
    tokens_a_run: float | None
    """`None`: no client writes down what its tools' descriptions take."""


class SessionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The middle run of a window, and the one in twenty above it."""

    name: str
    unit: str
    runs: int
    """Of which this is known."""
    p50: float
    p95: float


class DashboardWithHealth(Dashboard, frozen=True, kw_only=True):
    """The dashboard, and how well it goes."""

    health: Health | None
    """`None` for an empty store."""
    tools: tuple[ToolMetrics, ...] = ()
    """In detail: those that need attention first."""
    anomalies: tuple[Anomaly, ...] = ()
    """In detail: signatures that stand out today."""
    changes: Changes | None = None
    """In detail."""
