"""dashboard: what fails, what it costs, since when, and what was hidden."""

from textwrap import wrap

import click

from homeostat.loop.measuring import Measures
from homeostat.loop.service import Homeostat
from homeostat.model.health import DashboardWithHealth
from homeostat.model.views import Dashboard, FailureGroup, Totals, VersionSuspect
from homeostat.surfaces.cli import health
from homeostat.surfaces.cli.output import (
    amount,
    as_json,
    count,
    duration,
    period,
    put_json,
    put_lines,
    run_name,
    shortened,
    when,
)

WIDTH = 80


@click.command("dashboard")
@click.option("--detailed", is_flag=True, help="With tools, anomalies and what changed.")
@as_json
@click.pass_obj
def dashboard(homeostat: Homeostat, *, detailed: bool = False, json_: bool = False) -> None:
    """What fails, what it costs, since when, and what was hidden, of the last days."""
    found = Measures(homeostat).dashboard(detailed=detailed)
    if json_:
        put_json([found])
        return
    put_lines(lines(found, days=homeostat.settings.dashboard_days))


def lines(found: DashboardWithHealth, *, days: int) -> list[str]:
    if not (found.totals.calls or found.totals.runs):
        return empty()
    return [
        *_head(found, days=days),
        *([f"  {health.line(found.health)}"] if found.health else []),
        *_costly(found),
        *_hidden(found),
        *_slow(found),
        *_attention(found),
        *_next(found),
    ]


def empty() -> list[str]:
    """An empty store says what it looked for and the one command that fills it."""
    return [
        "Nothing is known yet: no history was read.",
        "",
        "Read the histories on this machine    homeostat import",
        "See it work on a sample first         homeostat demo",
    ]


def _head(found: Dashboard, *, days: int) -> list[str]:
    totals = found.totals
    if found.is_latest:
        days_shown = f"Last {days} days"
    else:
        days_shown = f"{period(found.window)} (nothing newer)"
    said = [days_shown, f"  {runs_line(totals)}", f"  {calls_line(totals)}"]
    said += [f"  {line}" for line in model_errors_line(totals)]
    if totals.runs_undated:
        said.append(
            f"  {count(totals.runs_undated, 'run')} without times of their own: on the day of the "
            "file (coverage)"
        )
    return said


def runs_line(totals: Totals) -> str:
    return (
        f"{count(totals.runs, 'run')}: {totals.runs_well} ended well, "
        f"{totals.runs_badly} did not, {totals.runs_unknown} unknown"
    )


def model_errors_line(totals: Totals) -> list[str]:
    """None where there are none: most people have none."""
    if not totals.model_errors:
        return []
    return [f"{count(totals.model_errors, 'model error')}: no answer came, or a run died"]


def calls_line(totals: Totals) -> str:
    return (
        f"{count(totals.calls, 'call')}: {count(totals.faults, 'fault')}, "
        f"{count(totals.findings, 'finding')} (tests, linters at work), {totals.unknown} unknown"
    )


def _costly(found: Dashboard) -> list[str]:
    if not found.totals.calls and not found.costliest:
        return ["", "No calls were read, so what failed is not known."]
    if not found.costliest:
        return ["", "No faults: nothing failed that should have worked."]
    said = ["", "What costs most (time at work until it worked again, or in vain)"]
    for group in found.costliest:
        said += group_lines(group)
    if found.suspect:
        said += wrap(_suspect(found.suspect), WIDTH, initial_indent="  ", subsequent_indent="    ")
    return said


def group_lines(group: FailureGroup) -> list[str]:
    what = f'{group.tool}: "{group.line}"'
    cost = (
        f"{duration(group.lost_ms)}, {amount(group.lost_tokens)} tokens"
        if group.has_cost
        else "cost not known"
    )
    counted = f"{group.failures} in {count(group.runs, 'run')}, since {when(group.first_at)}"
    return [
        f"  {shortened(what, WIDTH - 2)}",
        f"    {counted:<33} {cost:<24} {group.signature[:6]}",
    ]


def _suspect(found: VersionSuspect) -> str:
    worst = found.version
    return (
        f"most faults a call: {worst.client} {worst.version} since {when(worst.first_at)}, "
        f"{worst.faults} of {worst.calls} (others {found.other_faults} of {found.other_calls})"
    )


def _hidden(found: Dashboard) -> list[str]:
    said: list[str] = []
    if found.totals.masked:
        said += ["", f"Called ok, but were not: {count(found.totals.masked, 'call')}"]
        for call in found.masked[:2]:
            said.append(f"  {shortened(f'{call.tool}: {call.command}', WIDTH - 2)}")
    if found.leaks:
        leak = found.leaks[0]
        said += [
            "",
            (f"Your agent printed a secret: {leak.type} [{leak.digest}], {when(leak.seen_at)}"),
            f"  homeostat run {run_name(leak.run_id)}",
        ]
    return said


def _slow(found: Dashboard) -> list[str]:
    if not found.hooks:
        return []
    hook = found.hooks[0]
    mean = hook.total_ms // hook.times
    return [
        "",
        (
            f"Slowest hook: {hook.event}, {duration(mean)} each time, {count(hook.times, 'time')}, "
            f"{duration(hook.total_ms)} in all"
        ),
        f"  {shortened(hook.command, WIDTH - 2)}",
    ]


def _attention(found: DashboardWithHealth) -> list[str]:
    """In detail: tools that fail often, failures that stand out, what changed."""
    said = [
        f"  {tool.tool}: {tool.success.part} of {tool.success.whole:,} calls worked"
        for tool in found.tools[:5]
    ]
    if said:
        said = ["", "Needs attention (works in less than 80 of 100 calls, beyond noise)", *said]
    if found.anomalies:
        said += ["", "Stands out today"]
    said += [
        f"  {item.name[:6]}  {item.failures} failures, expected {item.expected:.0f}"
        for item in found.anomalies[:5]
    ]
    if found.changes:
        from homeostat.surfaces.cli import changes

        for change in found.changes.changes[:3]:
            said += ["", *changes.point(change)]
    return said


def _next(found: Dashboard) -> list[str]:
    said = [""]
    if found.costliest:
        said.append(f"You could now   homeostat show {found.costliest[0].signature[:6]}")
    said.append("                homeostat calls --masked" if found.totals.masked else "")
    if found.bad_lines:
        said.append(
            f"                homeostat coverage    {count(found.bad_lines, 'unreadable line')}"
        )
    return [line for line in said if line] and said
