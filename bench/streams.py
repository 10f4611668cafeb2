"""Synthetic event streams of realistic shape, the same for the same seed.

A fleet of agents at work: a few runs at once, tools by how often they are used, failures by
signature (few are frequent, most are rare), an agent that tries again after a failure, incidents
in which one failure hits everybody for an hour, subagents, model messages, hooks, a service that
refuses now and then. Nothing in it is measured from anybody's history; the shares are written
down in `Shape`.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import accumulate, islice
from typing import NamedTuple

from homeostat.model.event import Channel, Event, Kind, RunContext, Usage
from homeostat.model.ids import CallId, EventId, RunId, dated
from homeostat.model.outcome import Outcome

START = datetime(2026, 10, 1, tzinfo=UTC)
EVENTS_A_CALL = 2.6
"""Of the shape below: the call, its result, and a share of messages, prompts and hooks."""


class Shape(NamedTuple):
    """What a stream looks like."""

    days: float = 30
    """Over which the events are spread."""
    at_once: int = 8
    calls_a_run: int = 160
    projects: int = 20
    tools: Sequence[str] = (
        "Bash", "Read", "Edit", "Grep", "Glob", "Write", "Task", "WebFetch", "mcp__db__query",
        "mcp__issues__search",
    )  # fmt: skip
    signatures: int = 2000
    failing: float = 0.06
    """Of calls that are not a second attempt."""
    again: float = 0.6
    """Of failures, those after which the agent tries the same again; each time."""
    incidents: int = 6
    """Hours in which one failure takes a third of all calls."""
    subagents: float = 0.15
    """Of calls, those of a subagent."""
    message_every: int = 2
    prompt_every: int = 25
    hook_every: int = 20
    retry_every: int = 250
    """Calls between two requests that the model's service refuses at first."""
    died_every: int = 25
    """Of so many runs one dies of the service."""


_PROBLEMS = (
    "ModuleNotFoundError: No module named '{name}'",
    "fatal: couldn't find remote ref {name}",
    "error: Cannot find module '{name}' or its corresponding type declarations.",
    "Error: connect ECONNREFUSED 127.0.0.1:5432 while reaching {name}",
    "bash: {name}: command not found",
    "KeyError: '{name}'",
    "npm error 404 Not Found - GET /{name}",
    "AttributeError: module '{name}' has no attribute 'load'",
    "{name}: Permission denied",
    'psycopg.errors.UndefinedColumn: column "{name}" does not exist',
)
_REFUSED = (
    "API Error: 529 Overloaded. This is usually temporary.",
    "API Error: 429 This request would exceed your rate limit.",
)
_SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu")


class _Run:
    """One session at work."""

    def __init__(self, number: int, shape: Shape, chance: random.Random) -> None:
        self.id = RunId(f"{number:08x}-0000-4000-8000-{chance.getrandbits(48):012x}")
        self.left = max(4, int(chance.expovariate(1 / shape.calls_a_run)))
        self.client = "claude-code" if chance.random() < 0.8 else "codex"
        self.context = RunContext(
            project=f"/home/dev/project-{_rank(chance, shape.projects)}",
            client_version=f"2.1.{300 + number // 400}",
            model=chance.choice(("opus", "sonnet", "haiku")),
            git_branch=f"work-{number % 50}",
        )
        self.failed: int | None = None
        """The signature that it now tries to get past."""
        self.command = ""


def events(
    count: int, *, seed: int = 1, start: datetime = START, shape: Shape | None = None
) -> Iterator[Event]:
    """About `count` events in order of time, exactly `count` of them."""
    return islice(_endless(count, seed, start, shape or Shape()), count)


def batches(found: Iterator[Event], size: int = 20_000) -> Iterator[list[Event]]:
    """The same in parts, as an import hands them on."""
    while batch := list(islice(found, size)):
        yield batch


def _endless(count: int, seed: int, start: datetime, shape: Shape) -> Iterator[Event]:
    chance = random.Random(seed)
    calls = max(1, int(count / EVENTS_A_CALL))
    step = shape.days * 86_400e6 / calls
    tools = tuple(accumulate(1 / place for place in range(1, len(shape.tools) + 1)))
    incidents = {chance.randrange(calls): chance.randrange(shape.signatures)
                 for _ in range(shape.incidents)}  # fmt: skip
    an_hour, ends, hot = max(1, int(3600e6 / step)), -1, 0
    runs = [_Run(number, shape, chance) for number in range(shape.at_once)]
    opened = shape.at_once
    number, began = 0, start
    for run in runs:
        yield _event(seed, run, f"x{run.id}", Kind.CONTEXT, start, context=run.context)
    while True:
        began = start + timedelta(microseconds=number * step + chance.random() * step)
        slot = chance.randrange(shape.at_once)
        run = runs[slot]
        if run.left <= 0:
            yield _end(seed, run, number, opened, shape, began)
            run = runs[slot] = _Run(opened, shape, chance)
            opened += 1
            yield _event(seed, run, f"x{run.id}", Kind.CONTEXT, began, context=run.context)
        run.left -= 1
        if number in incidents:
            ends, hot = number + an_hour, incidents[number]
        problem = _problem(run, shape, chance, hot if number < ends else None)
        yield from _a_call(seed, run, number, began, shape, chance, tools, problem)
        number += 1


def _end(
    seed: int, run: _Run, number: int, opened: int, shape: Shape, at: datetime
) -> Event:  # fmt: skip
    if opened % shape.died_every:
        return _event(seed, run, f"e{number}", Kind.TURN_END, at)
    return _event(seed, run, f"e{number}", Kind.API_ERROR, at, name="529", text=_REFUSED[0])


def _problem(run: _Run, shape: Shape, chance: random.Random, hot: int | None) -> int | None:
    """The signature with which the next call fails, if it does."""
    if run.failed is not None:
        if chance.random() >= shape.again:
            run.failed = None
        return run.failed
    if hot is not None and chance.random() < 1 / 3:
        run.failed = hot
    elif chance.random() < shape.failing:
        run.failed = _rank(chance, shape.signatures)
    return run.failed


def _rank(chance: random.Random, count: int) -> int:
    """A place in a list whose first entries are by far the most frequent."""
    return min(count - 1, int(count ** chance.random()) - 1)


def _a_call(  # one call is all of this
    seed: int, run: _Run, number: int, began: datetime, shape: Shape, chance: random.Random,
    tools: Sequence[float], problem: int | None,
) -> Iterator[Event]:  # fmt: skip
    agent = "explorer" if chance.random() < shape.subagents else ""
    if number % shape.prompt_every == 0:
        yield _event(seed, run, f"p{number}", Kind.PROMPT, began, text="Now do the next thing.")
    if number % shape.retry_every == shape.retry_every - 1:
        refused = _REFUSED[number // shape.retry_every % 2]
        yield _event(seed, run, f"t{number}", Kind.RETRY, began, agent=agent, text=refused)
    if number % shape.message_every == 0:
        spent = Usage(
            message_id=f"msg-{seed}-{number}", input_tokens=5,
            output_tokens=chance.randrange(20, 900), cache_read_tokens=40_000,
            cache_creation_tokens=chance.randrange(2_000),
        )  # fmt: skip
        yield _event(seed, run, f"u{number}", Kind.USAGE, began, agent=agent, usage=spent)
    if number % shape.hook_every == 0:
        yield _event(seed, run, f"h{number}", Kind.HOOK, began, name="PostToolUse",
                     command="lint.sh", duration_ms=chance.randrange(20, 400))  # fmt: skip
    tool = "Bash" if problem is not None else chance.choices(shape.tools, cum_weights=tools)[0]
    call = CallId(f"toolu_{seed:02x}{number:022d}")
    took = timedelta(milliseconds=chance.expovariate(1 / 900))
    if problem is None or not run.command:
        run.command = f"make target-{chance.randrange(400)}"
    is_shell = tool == "Bash"
    yield _event(
        seed, run, f"c{number}", Kind.CALL, began, agent=agent, tool=tool, call_id=call,
        command=run.command if is_shell else "",
        args="" if is_shell else f'{{"pattern":"thing {number % 997}","limit":50}}',
        path="" if is_shell else f"/home/dev/src/file_{number % 4000}.py",
    )  # fmt: skip
    if chance.random() < 0.002:  # the answer never comes
        return
    yield _event(
        seed, run, f"r{number}", Kind.RESULT, began + took, agent=agent, call_id=call,
        outcome=Outcome.OK if problem is None else Outcome.ERROR,
        failure_kind="" if problem is None else "exit_code",
        exit_code=0 if problem is None else 1,
        text="done, 14 lines changed" if problem is None else said(problem, number % 3),
        duration_ms=int(took.total_seconds() * 1000),
    )  # fmt: skip


def said(problem: int, variant: int = 0) -> str:
    """How a failure reads; the variants are of one signature."""
    name = "".join(_SYLLABLES[int(digit)] for digit in f"{problem // len(_PROBLEMS):04d}")
    line = _PROBLEMS[problem % len(_PROBLEMS)].format(name=name)
    return f"Exit code 1\nstep {variant} of 3 at 10:0{variant}:00\n{line}\n"


def _event(seed: int, run: _Run, key: str, kind: Kind, ts: datetime, **fields: object) -> Event:
    identity = EventId(blake2b(f"{seed}/{key}".encode(), digest_size=16).digest())
    return Event(
        id=dated(identity, ts), kind=kind, channel=Channel.TRANSCRIPT, client=run.client,
        run_id=run.id, ts=ts, **fields,
    )  # fmt: skip
