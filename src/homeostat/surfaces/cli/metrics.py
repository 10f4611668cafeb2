"""metrics: figures of tools, agents, files, sequences and sessions, with sample and interval."""

from collections.abc import Callable, Iterable

import click

from homeostat.loop.measuring import Measures
from homeostat.loop.service import Homeostat
from homeostat.model.health import (
    AgentMetrics,
    Direction,
    HotFile,
    Missing,
    Precursor,
    SessionFigures,
    Step,
    ToolMetrics,
    Weight,
)
from homeostat.model.pattern import Rate
from homeostat.model.views import Share
from homeostat.surfaces.cli.options import window
from homeostat.surfaces.cli.output import (
    Column,
    as_json,
    duration,
    ending,
    put,
    put_json,
    put_table,
    say,
    shortened,
    to_terminal,
    width,
)


@click.group("metrics")
def metrics() -> None:
    """Figures of tools, agents, files, sequences and sessions, each with its sample."""


def since(command: Callable[..., None]) -> Callable[..., None]:
    """Adds `--since`."""
    return click.option(
        "--since", default=None, metavar="TIME", help="Since: 7d (ago), or a date; else 30 days."
    )(command)


_TRENDS = {Direction.IMPROVING: "fewer", Direction.DEGRADING: "more", Direction.STABLE: "same"}


def share(rate: Rate) -> str:
    """`96 % (94-97)`; what is not known is no number."""
    if not rate.whole:
        return "unknown"
    low, high = 100 * rate.low, 100 * rate.high
    return f"{100 * rate.part / rate.whole:.0f} % ({low:.0f}-{high:.0f})"


def _exact(rate: Rate) -> str:
    return f"{rate.part}/{rate.whole}"


def _trend(item: ToolMetrics) -> str:
    trend = item.trend
    if trend.direction is None:
        missing = trend.missing
        if missing and missing.what == "weeks of use":
            return "not in use"
        return f"{missing.known} of {missing.needed} {missing.what}" if missing else "unknown"
    return _TRENDS[trend.direction]


def _ms(value: float | None) -> str:
    return "-" if value is None else duration(round(value))


_TOOLS: tuple[Column[ToolMetrics], ...] = (
    Column("tool", lambda t: t.tool, most=18),
    Column("calls", lambda t: str(t.calls), is_number=True),
    Column("worked", lambda t: f"{share(t.success)}{' !' if t.needs_attention else ''}", most=16,
           piped=lambda t: _exact(t.success)),
    Column("timeout", lambda t: share(t.timeout), is_spare=True,
           piped=lambda t: _exact(t.timeout)),
    Column("p50", lambda t: _ms(t.p50_ms), is_number=True),
    Column("p95", lambda t: _ms(t.p95_ms), is_number=True),
    Column("effect", lambda t: "-" if t.effectiveness is None else f"{t.effectiveness:.1f}",
           is_number=True),
    Column("trend", _trend),
)  # fmt: skip


@metrics.command("tools")
@since
@as_json
@click.pass_obj
def tools(homeostat: Homeostat, *, since: str | None, json_: bool) -> None:
    """How reliable and how fast each tool is; what needs attention comes first."""
    found = Measures(homeostat).tools(window(homeostat, since, None))
    if json_:
        put_json([found])
        return
    put_table(found.tools, _TOOLS)
    _collecting(found.missing, "a ranking of tools")
    if any(tool.needs_attention for tool in found.tools):
        say("! needs attention: works in less than 80 of 100 calls, beyond noise.")
    if to_terminal():
        say("worked: of the calls with a known outcome; effect: that share x log2(calls).")


_AGENTS: tuple[Column[AgentMetrics], ...] = (
    Column("client", lambda a: a.client),
    Column("agent", lambda a: a.agent),
    Column("calls", lambda a: str(a.calls), is_number=True),
    Column("worked", lambda a: share(a.success), piped=lambda a: _exact(a.success)),
    Column("unknown", lambda a: str(a.unknown), is_number=True),
    Column("tools", lambda a: _named(a.tools)),
)


def _named(shares: Iterable[Share]) -> str:
    return ", ".join(f"{share.name} {share.count}" for share in shares)


@metrics.command("agents")
@since
@as_json
@click.pass_obj
def agents(homeostat: Homeostat, *, since: str | None, json_: bool) -> None:
    """What each agent calls and how it works out; which agents are started together."""
    found = Measures(homeostat).agents(window(homeostat, since, None))
    if json_:
        put_json([found])
        return
    put_table(found.agents, _AGENTS)
    spawns = found.spawns
    if not to_terminal():
        return
    put("")
    put(shortened(f"models    {_named(spawns.models) or 'unknown'}", width()))
    put(shortened(f"started   {_named(spawns.agents[:8]) or 'none that is known'}", width()))
    _collecting(spawns.missing, "agents together", "with agents")
    for pair in spawns.together[:5]:
        put(f"together  {pair.one} + {pair.other}: {pair.runs} runs, {100 * pair.share:.0f} %")


_FILES: tuple[Column[HotFile], ...] = (
    Column("runs", lambda f: str(f.runs), is_number=True),
    Column("reads", lambda f: str(f.reads), is_number=True),
    Column("changes", lambda f: str(f.changes), is_number=True),
    Column("failures", lambda f: str(f.failures), is_number=True),
    Column("file", lambda f: ending(f.path, 48), piped=lambda f: f.path),
)


@metrics.command("files")
@since
@as_json
@click.pass_obj
def files(homeostat: Homeostat, *, since: str | None, json_: bool) -> None:
    """Files that many runs work on, of the latest 200 runs."""
    found = Measures(homeostat).files(window(homeostat, since, None))
    if json_:
        put_json([found])
        return
    if found.files:
        put_table(found.files, _FILES)
    elif not found.missing:
        say("No call of the latest 200 runs in this time names a file.")
    _collecting(found.missing, "hot files")


_STEPS: tuple[Column[Step], ...] = (
    Column("call", lambda s: s.first, most=22),
    Column("then", lambda s: s.then, most=22),
    Column("times", lambda s: str(s.times), is_number=True),
    Column("of 100", lambda s: f"{100 * s.share:.0f}", is_number=True),
    Column("then failed", lambda s: share(s.failed), piped=lambda s: _exact(s.failed)),
)


@metrics.command("sequences")
@since
@as_json
@click.pass_obj
def sequences(homeostat: Homeostat, *, since: str | None, json_: bool) -> None:
    """Which call follows which, and what goes before a failure, of the latest 200 runs."""
    found = Measures(homeostat).sequences(window(homeostat, since, None))
    if json_:
        put_json([found])
        return
    if found.steps:
        put_table(found.steps, _STEPS)
    elif not found.missing:
        say("No run of the latest 200 in this time has two calls.")
    _collecting(found.missing, "sequences")
    if to_terminal():
        for item in found.precursors[:10]:
            put(_precursor(item))


def _precursor(item: Precursor) -> str:
    named = f"a failing {item.tool} goes with {item.before} before it"
    counted = (
        f": {item.failing} of {item.of_failing} runs, {item.working} of {item.of_working} others"
    )
    return shortened(named, width() - len(counted)) + counted


_SESSIONS: tuple[Column[SessionFigures], ...] = (
    Column("a run's", lambda f: f"{f.name}{', ' + f.unit if f.unit else ''}"),
    Column("middle", lambda f: f"{f.p50:,.1f}", is_number=True),
    Column("1 in 20 above", lambda f: f"{f.p95:,.1f}", is_number=True),
    Column("of runs", lambda f: str(f.runs)),
)


@metrics.command("sessions")
@since
@as_json
@click.pass_obj
def sessions(homeostat: Homeostat, *, since: str | None, json_: bool) -> None:
    """What a run is like: calls, faults, minutes at work, tokens."""
    found = Measures(homeostat).sessions(window(homeostat, since, None))
    if json_:
        put_json(found)
        return
    put_table(found, _SESSIONS)
    if not found:
        say("No run in this time. What was read: homeostat coverage")


_WEIGHT: tuple[Column[Weight], ...] = (
    Column("kind", lambda w: w.kind),
    Column("used", lambda w: f"{w.used:,}", is_number=True, piped=lambda w: str(w.used)),
    Column("a run", lambda w: _ms(w.ms_a_run), is_number=True),
    Column("in all", lambda w: _ms(w.total_ms), is_number=True),
    Column("tokens", lambda w: "unknown" if w.tokens_a_run is None else f"{w.tokens_a_run:.0f}"),
    Column("name", lambda w: w.name),
)


@metrics.command("weight")
@since
@as_json
@click.pass_obj
def weight(homeostat: Homeostat, *, since: str | None, json_: bool) -> None:
    """What hooks cost each run, and which MCP servers are hardly used.

    Servers that were loaded and never called, and the tokens that descriptions of tools take, are
    written down by no client.
    """
    found = Measures(homeostat).weight(window(homeostat, since, None))
    if json_:
        put_json(found)
        return
    put_table(found, _WEIGHT)
    if not found:
        say("No hook and no MCP server was seen in this time.")


def _collecting(missing: Missing | None, what: str, more: str = "") -> None:
    if missing:
        kind = f"{missing.what} {more}".rstrip()
        say(f"{what}: collecting data ({missing.known} of {missing.needed} {kind})")
