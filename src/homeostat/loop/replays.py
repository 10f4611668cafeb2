"""Replays of recorded calls: what a remedy would have done."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from homeostat.analyze.intervals import wilson
from homeostat.model.errors import UsageError
from homeostat.model.simulated import Simulated
from homeostat.monitor import call_files
from homeostat.monitor.call_files import ReplayCall
from homeostat.plan import simulation


class Method(StrEnum):
    TIMEOUT = "timeout"
    RETRY = "retry"
    RATE_LIMIT = "rate-limit"
    FALLBACK = "fallback"
    ARGUMENTS = "arguments"
    CACHE = "cache"
    PROMPT = "prompt"
    RULE = "rule"
    SKILL = "skill"
    LESSON = "lesson"
    CODE = "code"


_DAY_S = 86_400
_CHANGES_THE_AGENT = {Method.PROMPT, Method.RULE, Method.SKILL, Method.LESSON, Method.CODE}


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be replayed, with what it needs to know."""

    method: Method
    tool: str = ""
    signature: str = ""
    from_ms: float = 0.0
    to_ms: float = 0.0
    a_minute: float = 0.0
    burst: int = 1
    other: str = ""
    refuse: str = ""
    ttl_s: float = 0.0


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    answer: Simulated
    bad_lines: int


def replay(lines: Iterable[bytes], remedy: Remedy) -> Replay:
    """Raises `UsageError` where the remedy is not said in full."""
    if remedy.method in _CHANGES_THE_AGENT:
        return Replay(answer=simulation.cannot(remedy.method.value), bad_lines=0)
    _complete(remedy)
    tool = "" if remedy.method is Method.FALLBACK else remedy.tool
    found, bad = call_files.calls(lines, tool=tool)
    answer = _too_new(found, remedy) or _answer(found, remedy)
    return Replay(answer=answer, bad_lines=bad)


_NEEDS = {
    Method.TIMEOUT: ("from_ms", "to_ms"),
    Method.RATE_LIMIT: ("a_minute",),
    Method.FALLBACK: ("tool", "other"),
    Method.ARGUMENTS: ("refuse",),
    Method.CACHE: ("ttl_s",),
}


def _complete(remedy: Remedy) -> None:
    missing = [name for name in _NEEDS.get(remedy.method, ()) if not getattr(remedy, name)]
    if missing:
        options = " and ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise UsageError(
            f"A replay of {remedy.method.value} needs {options}.",
            next_step="homeostat simulate --help shows an example of each.",
        )


def _too_new(found: list[ReplayCall], remedy: Remedy) -> Simulated | None:
    """Of a failure that has not been there for long, in a record that goes further back."""
    if remedy.method in {Method.RATE_LIMIT, Method.CACHE}:
        return None
    times = [(call.at_s, call.has_worked) for call in found]
    moments = [at for at, _ in times if at is not None]
    failed = [at for at, has_worked in times if at is not None and has_worked is False]
    if not failed:
        return None
    return simulation.too_new(
        remedy.method.value,
        failing_days=(max(moments) - min(failed)) / _DAY_S,
        recorded_days=(max(moments) - min(moments)) / _DAY_S,
    )


def _answer(found: list[ReplayCall], remedy: Remedy) -> Simulated:
    if remedy.method is Method.TIMEOUT:
        return simulation.timeout(
            call_files.timed(found, limit_ms=remedy.from_ms),
            limit_ms=remedy.from_ms,
            new_limit_ms=remedy.to_ms,
            share=wilson,
        )
    if remedy.method is Method.RETRY:
        failures = call_files.failures(found, signature=remedy.signature)
        return simulation.retry(failures, share=wilson)
    if remedy.method is Method.RATE_LIMIT:
        return simulation.rate_limit(
            call_files.arrivals(found),
            a_second=remedy.a_minute / 60,
            burst=remedy.burst,
            share=wilson,
        )
    if remedy.method is Method.FALLBACK:
        return simulation.fallback(call_files.tried(found, first=remedy.tool, other=remedy.other))
    if remedy.method is Method.CACHE:
        return simulation.cache(call_files.keyed(found), ttl_s=remedy.ttl_s)
    return simulation.arguments(call_files.checked(found, _refuses(remedy.refuse)))


def _refuses(pattern: str) -> Callable[[str], bool]:
    try:
        rule = re.compile(pattern)
    except re.error as error:
        raise UsageError(
            f'"{pattern}" is no regular expression: {error}.',
            next_step="It is looked for in the input's JSON.",
        ) from None
    return lambda text: rule.search(text) is not None
