"""A made-up fleet of agents: what it is made of, and what each of its days is like.

Every number was chosen before a verdict on it was seen; docs/verification.md has them with their
reasons. Nothing here knows of the judge.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from homeostat.loop.rehearsal.draws import between, log_between, skewed, times
from homeostat.loop.rehearsal.weather import Weather
from homeostat.model.ports import Chance
from homeostat.model.trial import Arm

AGENTS = ("coder", "tester", "reviewer", "researcher")


class Tool(NamedTuple):
    name: str
    calls_a_run: float
    ms: float
    failures: tuple[str, ...]


TOOLS = (
    Tool("shell", 1.4, 900.0,
         ("command not found", "no such file", "permission denied", "module not found")),
    Tool("edit", 1.1, 60.0, ("text not found", "file changed since read", "match is not unique")),
    Tool("fetch", 0.8, 1400.0,
         ("timed out", "connection refused", "rate limited", "certificate expired")),
    Tool("query", 0.6, 250.0, ("no such column", "syntax error", "lock timeout")),
    Tool("search", 0.6, 180.0, ("index out of date", "too many results", "bad pattern")),
)  # fmt: skip
WEEKEND = 0.45
"""Of the runs of a working day."""
RETRIES = 0.6
"""After a failure the agent tries the same again so often; half of the time it fails again."""
FAILS_AGAIN = 0.5
UNKNOWN = 0.003
"""Of calls: nobody can say how they ended."""
LOST = 0.002
"""Of runs: one of their calls is missing from the record."""
RUN_FAILS, FAILURE_KILLS = 0.06, 0.3
"""Runs that fail whatever their calls did, and with a failed call."""
_SATURDAY, _WEEK = 5, 7


class Failure(NamedTuple):
    name: str
    tool: int
    by_agent: tuple[float, ...]
    """Expected a run of each agent, on a day like any other."""


class Fleet(NamedTuple):
    runs_a_day: float
    agents: tuple[float, ...]
    """The part of the runs of each, added up."""
    failures: tuple[Failure, ...]


class Call(NamedTuple):
    tool: str
    is_ok: bool | None
    failure: str
    ms: float


class Run(NamedTuple):
    """Times are days since the fleet's first."""

    number: int
    agent: str
    started: float
    ended: float
    arm: Arm | None
    is_ok: bool
    cost_usd: float
    calls_made: int
    """Also one that is missing from the record."""
    calls: tuple[Call, ...]
    failed: frozenset[int]
    """Failures that happened in it, by their place in the fleet."""


class Given(NamedTuple):
    """A change that a random half of the runs gets from `since` on."""

    since: float
    ratios: tuple[tuple[int, float], ...]
    """Of failures: how many there are with the change for each one without it."""


def fleet(chance: Chance) -> Fleet:
    parts = [between(chance, 1, 3) for _ in AGENTS]
    failures = [
        Failure(name, index, _by_agent(chance))
        for index, tool in enumerate(TOOLS)
        for name in tool.failures
    ]
    return Fleet(
        runs_a_day=between(chance, 110, 170),
        agents=tuple(sum(parts[: end + 1]) / sum(parts) for end in range(len(parts))),
        failures=tuple(failures),
    )


def _by_agent(chance: Chance) -> tuple[float, ...]:
    rate = log_between(chance, 0.006, 0.04)
    return tuple(rate * skewed(chance, 0.5) for _ in AGENTS)


class Days:
    """The days of a fleet, one after the other; what was drawn for one stays in the next."""

    def __init__(self, made: Fleet, chance: Chance) -> None:
        self._made = made
        self._chance = chance
        self._weather = Weather(len(made.failures), chance)
        self._runs = 0
        self.day = 0

    def next(self, given: Given | None = None) -> list[Run]:
        """The runs of the next day, in the order of their beginning."""
        chance = self._chance
        part = WEEKEND if self.day % _WEEK >= _SATURDAY else 1.0
        wanted = round(self._made.runs_a_day * part * skewed(chance, 0.1))
        # Few at night: the mean of two uniforms has its peak at noon.
        begun = sorted(self.day + (chance.random() + chance.random()) / 2 for _ in range(wanted))
        levels = self._weather.next()
        runs = [self._run(started, levels, given) for started in begun]
        self.day += 1
        return runs

    def _run(self, started: float, levels: tuple[float, ...], given: Given | None) -> Run:
        chance = self._chance
        luck = chance.random()
        agent = next(at for at, until in enumerate(self._made.agents) if luck <= until)
        arm = None
        factors = levels
        if given is not None and started >= given.since:
            arm = Arm.TREATMENT if chance.random() < 0.5 else Arm.CONTROL  # noqa: PLR2004  # a coin
            factors = _with(levels, given) if arm is Arm.TREATMENT else levels
        failed = self._failed(agent, factors, frailty=skewed(chance, 0.5))
        calls = tuple(self._calls(failed))
        has_lost = chance.random() < LOST
        kills = FAILURE_KILLS if failed else 0.0
        self._runs += 1
        return Run(
            number=self._runs,
            agent=AGENTS[agent],
            started=started,
            ended=started + 0.01 * skewed(chance, 0.6),
            arm=arm,
            is_ok=chance.random() >= RUN_FAILS + kills,
            cost_usd=0.05 * (1 + len(calls)) * skewed(chance, 0.5),
            calls_made=len(calls),
            calls=calls[1:] if has_lost else calls,
            failed=frozenset(failed),
        )

    def _failed(self, agent: int, factors: tuple[float, ...], *, frailty: float) -> list[int]:
        draw = self._chance.random
        return [
            index
            for index, failure in enumerate(self._made.failures)
            if draw() < failure.by_agent[agent] * factors[index] * frailty
        ]

    def _calls(self, failed: Iterable[int]) -> Iterator[Call]:
        chance = self._chance
        of_tool: dict[int, list[str]] = {}
        for index in failed:
            failure = self._made.failures[index]
            of_tool.setdefault(failure.tool, []).append(failure.name)
        for index, tool in enumerate(TOOLS):
            for name in of_tool.get(index, ()):
                yield from self._tried(tool, name)
            for _ in range(times(chance, tool.calls_a_run)):
                yield self._call(tool, "")

    def _tried(self, tool: Tool, name: str) -> Iterator[Call]:
        """A failure, and what the agent does then: it goes on, or tries until it works."""
        yield self._call(tool, name)
        while self._chance.random() < RETRIES:
            fails = self._chance.random() < FAILS_AGAIN
            yield self._call(tool, name if fails else "")
            if not fails:
                return

    def _call(self, tool: Tool, failure: str) -> Call:
        is_known = self._chance.random() >= UNKNOWN
        ms = round(tool.ms * skewed(self._chance, 0.6), 1)
        return Call(tool.name, not failure if is_known else None, failure if is_known else "", ms)


def _with(levels: tuple[float, ...], given: Given) -> tuple[float, ...]:
    found = list(levels)
    for index, ratio in given.ratios:
        found[index] *= ratio
    return tuple(found)
