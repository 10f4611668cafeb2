"""What would have happened: replays of the past, by kind of remedy.

Each answers with a number, its interval, what it rests on and what must hold for it; or with a
bound; or that it cannot be simulated. A replay ranks and rejects; only a trial proves.
"""

import math
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from homeostat.model.simulated import (
    Bounds,
    Checked,
    Failure,
    Figure,
    KeyedCall,
    ShareInterval,
    Simulated,
    Standing,
    TimedCall,
    Tried,
)

LEAST = 20
"""Comparable events below which nothing is said."""
LEAST_FALLBACK = 30
"""Tasks that the other tool or model was given after a failure: they come from several strata."""
LEAST_COVERED = 0.8
"""Part of the failures in strata where the fallback was ever tried; for the rest nothing is
known, and the interval takes both extremes."""
LEAST_DAYS = 14
"""Age of a failure: a new one is still finding its rate, and most of those pass."""
Z = 1.959964
"""Of 95 %."""
_SLOW_QUANTILE = 0.95
UNCHANGED = "an agent that is told something else does something else: use a trial, or the lab"


def cannot(kind: str, why: str = UNCHANGED) -> Simulated:
    """For what changes the agent's behaviour (prompt, rule, skill, lesson, code), or has too little
    to compare with."""
    return Simulated(kind=kind, standing=Standing.CANNOT, what=why)


def too_new(kind: str, *, failing_days: float, recorded_days: float) -> Simulated | None:
    """Where the record is long enough to show that the failure is young."""
    if failing_days >= LEAST_DAYS or recorded_days < LEAST_DAYS:
        return None
    return cannot(kind, f"the failure is {failing_days:.0f} days old, {LEAST_DAYS} are needed")


def timeout(
    calls: Iterable[TimedCall], *, limit_ms: float, new_limit_ms: float, share: ShareInterval
) -> Simulated:
    """Of the calls cut at `limit_ms`, those that would have ended by `new_limit_ms`.

    From calls with a longer limit that were still running at the old one: the share that ended in
    time (Wilson), by Kaplan and Meier (1958) where some were cut between the two. Never from a
    curve fitted to shorter calls: for calls that hang it was wrong by a factor of three.
    """
    kind, known = "timeout", list(calls)
    cut = sum(call.was_cut and call.limit_ms == limit_ms for call in known)
    if not 0 < limit_ms < new_limit_ms:
        return cannot(kind, "the new limit is not above the old one")
    if cut < LEAST:
        return cannot(kind, f"only {cut} calls were cut at that limit, {LEAST} are needed")
    later = [c for c in known if c.limit_ms > limit_ms and c.duration_ms > limit_ms]
    reached = [call for call in later if call.limit_ms >= new_limit_ms]
    if len(reached) < LEAST:
        return Simulated(
            kind=kind,
            standing=Standing.UPPER_BOUND,
            what="timeouts that a longer limit could save",
            value=float(cut),
            low=0.0,
            high=float(cut),
            n=len(reached),
            of=cut,
            assumption=f"only {len(reached)} calls ever ran longer, so how many hang is not known",
        )
    saved = (
        _kaplan_meier(later, new_limit_ms)
        if len(reached) < len(later)
        else _of_share(sum(_ended(call, new_limit_ms) for call in later), len(later), share)
    )
    return Simulated(
        kind=kind,
        standing=Standing.ESTIMATE,
        what="timeouts that a longer limit saves",
        value=cut * saved[0],
        low=cut * saved[1],
        high=cut * saved[2],
        n=len(later),
        of=cut,
        assumption="limits were not chosen by how hard a call was",
    )


def _ended(call: TimedCall, by_ms: float) -> bool:
    return not call.was_cut and call.duration_ms <= by_ms


def _of_share(successes: int, trials: int, share: ShareInterval) -> tuple[float, float, float]:
    low, high = share(successes, trials)
    return successes / trials, low, high


def _kaplan_meier(calls: Sequence[TimedCall], by_ms: float) -> tuple[float, float, float]:
    """Share that ended by then, with Greenwood's variance on the log-log scale."""
    left, running, variance = len(calls), 1.0, 0.0
    for call in sorted(calls, key=lambda c: (c.duration_ms, c.was_cut)):
        if call.duration_ms > by_ms:
            break
        if not call.was_cut:
            running *= 1 - 1 / left
            variance += 1 / (left * (left - 1)) if left > 1 else math.inf
        left -= 1
    if not 0 < running < 1 or not math.isfinite(variance):
        return 1 - running, 0.0, 1.0
    spread = Z * math.sqrt(variance) / abs(math.log(running))
    low, high = (1 - running ** math.exp(sign * spread) for sign in (-1, 1))
    return 1 - running, low, high


def retry(failures: Iterable[Failure], *, share: ShareInterval) -> Simulated:
    """Of the failures, those that one more try would have mended.

    From retries that agents made by themselves, the first one in a run. If what they retried was
    not what passes anyway, only the bounds of Manski (1990) hold: of what nobody retried, none or
    all may pass.
    """
    kind, known = "retry", list(failures)
    tried = [f for f in known if f.was_retried and f.has_worked is not None]
    worked = sum(f.has_worked is True for f in tried)
    if len(known) < LEAST:
        return cannot(kind, f"only {len(known)} failures, {LEAST} are needed")
    low, high = share(worked, len(tried)) if tried else (0.0, 1.0)
    part = len(tried) / len(known)
    bounds = Bounds(len(known) * part * low, len(known) * (part * high + 1 - part))
    if len(tried) < LEAST:
        return Simulated(
            kind=kind, standing=Standing.UPPER_BOUND, what="failures that a retry could mend",
            value=bounds.high, low=bounds.low, high=bounds.high, n=len(tried), of=len(known),
            assumption=f"only {len(tried)} were ever tried again unchanged",
        )  # fmt: skip
    return Simulated(
        kind=kind,
        standing=Standing.ESTIMATE,
        what="failures that a retry mends",
        value=len(known) * worked / len(tried),
        low=len(known) * low,
        high=len(known) * high,
        n=len(tried),
        of=len(known),
        assumption="what agents tried again was no more likely to pass than the rest",
        also=(
            Figure(name="at least, without the assumption", value=bounds.low),
            Figure(name="at most, without the assumption", value=bounds.high),
            Figure(name="calls more", value=float(len(known))),
        ),
    )


def rate_limit(
    arrivals_s: Iterable[float], *, a_second: float, burst: int, share: ShareInterval
) -> Simulated:
    """Calls refused by a bucket of `burst` that fills by `a_second`, and none once they wait."""
    kind, arrivals = "rate-limit", sorted(arrivals_s)
    if len(arrivals) < LEAST:
        return cannot(kind, f"only {len(arrivals)} calls, {LEAST} are needed")
    if not (a_second > 0 and burst >= 1):
        return cannot(kind, "the limit is not known")
    refused = _refused(arrivals, a_second, burst)
    delays = sorted(_delays(arrivals, a_second, burst))
    low, high = share(refused, len(arrivals))
    return Simulated(
        kind=kind,
        standing=Standing.ESTIMATE,
        what="refusals that spacing out avoids",
        value=float(refused),
        low=low * len(arrivals),
        high=high * len(arrivals),
        n=len(arrivals),
        of=refused,
        assumption="the limit is the provider's own, and agents ask as before, which they will not",
        also=(
            Figure(name="seconds waited, 95 % of calls below", value=_quantile(delays)),
            Figure(name="seconds waited, longest", value=delays[-1]),
        ),
    )


def _refused(arrivals: Sequence[float], a_second: float, burst: int) -> int:
    tokens, last, refused = float(burst), arrivals[0], 0
    for at in arrivals:
        tokens, last = min(float(burst), tokens + (at - last) * a_second), at
        if tokens >= 1:
            tokens -= 1
        else:
            refused += 1
    return refused


def _delays(arrivals: Sequence[float], a_second: float, burst: int) -> Iterable[float]:
    """Each call starts when a token is there: `burst` starts before it lie one filling back."""
    starts: deque[float] = deque(maxlen=burst)
    for at in arrivals:
        start = at
        if len(starts) == burst:
            start = max(at, starts[0] + burst / a_second)
        if starts:
            start = max(start, starts[-1])
        starts.append(start)
        yield start - at


def _quantile(values: Sequence[float]) -> float:
    return values[min(len(values) - 1, math.ceil(_SLOW_QUANTILE * len(values)) - 1)]


def fallback(tries: Iterable[Tried]) -> Simulated:
    """Of the failures of A, those that B would have done: from B's tries at what A had failed at.

    By stratum, weighted as A's failures are: B's overall rate is that of easier tasks.
    """
    kind, known = "fallback", list(tries)
    failures = Counter(item.stratum for item in known)
    tried = Counter(item.stratum for item in known if item.has_worked is not None)
    worked = Counter(item.stratum for item in known if item.has_worked)
    if tried.total() < LEAST_FALLBACK:
        return cannot(
            kind, f"only {tried.total()} tasks went on to it, {LEAST_FALLBACK} are needed"
        )
    covered = sum(failures[stratum] for stratum in tried) / len(known)
    if covered < LEAST_COVERED:
        return cannot(kind, f"it was tried where {covered:.0%} of the failures are, too few")
    mean = variance = 0.0
    for stratum, n in sorted(tried.items()):
        weight = failures[stratum] / len(known)
        # Two successes and two failures more in all strata together (Agresti and Coull 1998).
        own = (worked[stratum] + 2 / len(tried)) / (n + 4 / len(tried))
        mean += weight * worked[stratum] / n
        variance += weight * weight * own * (1 - own) / (n + 4 / len(tried))
    half = Z * math.sqrt(variance)
    return Simulated(
        kind=kind,
        standing=Standing.ESTIMATE,
        what="failures that the other one does",
        value=len(known) * mean / covered,
        low=len(known) * max(0.0, mean - half),
        high=len(known) * min(1.0, mean + half + 1 - covered),
        n=tried.total(),
        of=len(known),
        assumption="it was asked by habit or at random, not where it was known to do well",
    )


def arguments(calls: Iterable[Checked]) -> Simulated:
    """Failures that a rule would have stopped before the call, and good calls it would have
    refused. Exact on the record, where the rule is pure and inputs were kept."""
    kind, known = "arguments", list(calls)
    failed = [call for call in known if call.has_failed]
    if len(failed) < LEAST:
        return cannot(kind, f"only {len(failed)} failures with their input, {LEAST} are needed")
    stopped = sum(call.is_refused for call in failed)
    wrongly = sum(call.is_refused and not call.has_failed for call in known)
    return _exact(
        kind, "failures that the rule stops", stopped, n=len(known), of=len(failed),
        assumption="the rule looks at the input only; what the agent does instead is not known",
        also=Figure(name="good calls refused", value=float(wrongly)),
    )  # fmt: skip


def cache(calls: Iterable[KeyedCall], *, ttl_s: float) -> Simulated:
    """Calls that an answer of at most `ttl_s` seconds ago would have saved, and stale answers.

    Exact on the record; for calls that only read.
    """
    kind, known = "cache", sorted(calls, key=lambda call: (call.at_s, call.key))
    if len(known) < LEAST:
        return cannot(kind, f"only {len(known)} calls with their result, {LEAST} are needed")
    kept: dict[str, KeyedCall] = {}
    hits = stale = 0
    for call in known:
        before = kept.get(call.key)
        if before is not None and call.at_s - before.at_s <= ttl_s:
            hits += 1
            stale += before.result != call.result
        else:
            kept[call.key] = call
    return _exact(
        kind, "calls saved", hits, n=len(known), of=len(known),
        assumption="the calls only read, and nothing else renews what they read",
        also=Figure(name="stale answers", value=float(stale)),
    )  # fmt: skip


def _exact(  # one answer's figures
    kind: str, what: str, count: int, *, n: int, of: int, assumption: str, also: Figure
) -> Simulated:
    """Counted on the record: nothing is estimated, so there is no interval around it."""
    return Simulated(
        kind=kind,
        standing=Standing.ESTIMATE,
        what=what,
        value=float(count),
        low=float(count),
        high=float(count),
        n=n,
        of=of,
        assumption=assumption,
        also=(also,),
    )
