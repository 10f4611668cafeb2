"""How a run ended, how it came out, how long it worked, and what its failures cost."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

from homeostat.analyze.run_outcome import run_outcome
from homeostat.analyze.unanswered import Key, Span, unanswered
from homeostat.model.call import RunFacts, RunStep
from homeostat.model.event import Kind
from homeostat.model.outcome import Nature, Outcome, RunEnd
from homeostat.model.run import (
    RunTimeline,
    SettledRun,
    SignatureCost,
    TimelineCall,
)

PAUSE_NS = 5 * 60 * 1_000_000_000
"""A longer gap in which no call was running is a pause: somebody was waited for."""
LONGEST_LOSS_NS = 30 * 60 * 1_000_000_000
"""A failure that was never repaired costs at most this: later work was about something else."""
_MS = 1_000_000
_ENDS = {
    Kind.TURN_END: RunEnd.COMPLETED,
    Kind.SAID: RunEnd.COMPLETED,
    Kind.INTERRUPT: RunEnd.INTERRUPTED,
    Kind.API_ERROR: RunEnd.API_FAILURE,
    Kind.LIMIT: RunEnd.LIMIT,
    Kind.PROMPT: RunEnd.UNKNOWN,
}


def settled(timeline: RunTimeline) -> SettledRun:
    """What follows from a run's facts so far. Later facts may change all of it."""
    ended = ending(timeline)
    judged = run_outcome(RunFacts(steps=_steps(timeline), ended=ended, reward=timeline.reward))
    clock = _Clock(timeline)
    return SettledRun(
        ended=ended,
        outcome=judged.outcome,
        outcome_rule=judged.rule,
        active_ms=clock.total_ms,
        costs=costs(timeline, clock),
    )


def ending(timeline: RunTimeline) -> RunEnd:
    """From the last fact of the main agent: its words, an interrupt, an API failure, a limit.

    A run whose last call has no answer, or whose last fact is a prompt, ended unknown: killed,
    or still working.
    """
    last: RunEnd = RunEnd.UNKNOWN
    at = -1
    for fact in timeline.facts:
        if not fact.is_subagent and fact.kind in _ENDS and (fact.at or 0) >= at:
            # The agent's words just before it was cut off do not make the run complete.
            last, at = _ENDS[fact.kind], fact.at or 0
    for call in timeline.calls:
        unanswered = call.outcome is Outcome.UNKNOWN and call.failure_kind == "no_result"
        begun = call.started_at or 0
        if not call.agent and begun > at:
            if call.outcome is Outcome.DENIED or call.outcome is Outcome.INTERRUPTED:
                return RunEnd.INTERRUPTED
            if unanswered or (call.ended_at or 0) > at:
                last, at = RunEnd.UNKNOWN, begun
    return last


def _steps(timeline: RunTimeline) -> tuple[RunStep, ...]:
    """Calls and what people did, merged in order of time; the main agent's only."""
    names = {Kind.PROMPT: "prompt", Kind.INTERRUPT: "interrupt", Kind.SAID: "final"}
    placed = [
        (fact.at or 0, 0, RunStep(kind=names[fact.kind]))
        for fact in timeline.facts
        if fact.kind in names and not fact.is_subagent
    ]
    placed += [(call.started_at or 0, 1, _step(call)) for call in timeline.calls]
    placed.sort(key=lambda item: item[:2])
    return tuple(step for _, _, step in placed)


def _step(call: TimelineCall) -> RunStep:
    return RunStep(
        kind="call",
        tool=call.tool,
        command=call.command,
        outcome=call.outcome,
        failure_kind=call.failure_kind,
        nature=call.nature,
        masked=call.masked,
        role=call.role,
    )


class _Clock:
    """Time at work and tokens spent up to a moment: both only ever grow."""

    def __init__(self, timeline: RunTimeline) -> None:
        busy = [
            (c.started_at, c.ended_at)
            for c in timeline.calls
            if c.started_at is not None and c.ended_at is not None
        ]
        times = {fact.at for fact in timeline.facts if fact.at is not None}
        times.update(moment for span in busy for moment in span)
        self._times = sorted(times)
        waits = _long_gaps_at_work(self._times, busy)
        steps = (
            0 if later - earlier > PAUSE_NS and index not in waits else later - earlier
            for index, (earlier, later) in enumerate(
                zip(self._times, self._times[1:], strict=False)
            )
        )
        self._worked = list(accumulate(steps, initial=0))
        spent = sorted((f.at, f.tokens) for f in timeline.facts if f.at is not None)
        self._spent_at = [at for at, _ in spent]
        self._spent = list(accumulate((tokens for _, tokens in spent), initial=0))

    @property
    def total_ms(self) -> int | None:
        """`None` where fewer than two moments are known: nothing lies between them."""
        return self._worked[-1] // _MS if len(self._times) > 1 else None

    def worked_ns(self, start: int, end: int) -> int:
        first = min(bisect_left(self._times, start), len(self._worked) - 1)
        last = max(bisect_right(self._times, end) - 1, 0)
        return max(0, self._worked[last] - self._worked[first])

    def tokens(self, start: int, end: int) -> int:
        first, last = bisect_left(self._spent_at, start), bisect_right(self._spent_at, end)
        return self._spent[last] - self._spent[first]


def _long_gaps_at_work(times: Sequence[int], busy: Iterable[tuple[int, int]]) -> set[int]:
    """Long gaps that a running call explains: a ten-minute build is work, not a pause."""
    found: set[int] = set()
    for start, end in busy:
        if end - start > PAUSE_NS:
            first = bisect_left(times, start)
            found.update(range(first, bisect_left(times, end)))
    return found


def costs(timeline: RunTimeline, clock: _Clock | None = None) -> tuple[SignatureCost, ...]:
    """Minutes and tokens from each failure until the same thing worked, by signature.

    Windows of one signature that overlap count once. The same thing: the same tool and target,
    else the next success of the tool. Without either an agent's failures count from the first of
    them to the end of the last: what it tried in between was in vain.
    """
    clock = clock or _Clock(timeline)
    spans: defaultdict[Key, list[Span]] = defaultdict(list)
    in_vain: defaultdict[tuple[Key, str], list[Span]] = defaultdict(list)
    failed: defaultdict[Key, list[int | None]] = defaultdict(list)
    recovery = _Recovery(timeline.calls)
    for index, call in enumerate(timeline.calls):
        if call.signature_key is None or call.outcome is not Outcome.ERROR:
            continue
        key = (call.signature_key, call.nature)
        failed[key].append(call.started_at)
        if call.started_at is None:
            continue
        if (end := recovery.after(index)) is not None:
            spans[key].append(Span(call.started_at, end, end))
        else:
            end = max(call.ended_at or 0, call.started_at)
            in_vain[key, call.agent].append(Span(call.started_at, end, end))
    for (key, _), tries in in_vain.items():
        last = max(span.end for span in tries)
        spans[key] += [Span(span.start, last, last) for span in tries]
    for key, at, span in unanswered(timeline):
        failed[key].append(at)
        spans[key] += span
    return tuple(_cost(key, failed[key], spans[key], clock) for key in sorted(failed))


def _cost(
    key: Key, failed: Sequence[int | None], spans: Sequence[Span], clock: _Clock
) -> SignatureCost:
    lost_ns = tokens = 0
    for span in _union(spans):
        lost_ns += min(LONGEST_LOSS_NS, clock.worked_ns(span.start, span.end))
        tokens += clock.tokens(span.start, span.spent_until)
    times = [at for at in failed if at is not None]
    return SignatureCost(
        signature_key=key[0],
        nature=key[1],
        failures=len(failed),
        lost_ms=lost_ns // _MS,
        lost_tokens=tokens,
        first_at=min(times, default=None),
        last_at=max(times, default=None),
    )


def _union(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if joined and span.start <= joined[-1].end:
            last = joined[-1]
            until = max(last.spent_until, span.spent_until)
            joined[-1] = Span(last.start, max(last.end, span.end), until)
        else:
            joined.append(span)
    return joined


class _Recovery:
    """When a failing thing worked again: successes by target and by tool, in order."""

    def __init__(self, calls: Sequence[TimelineCall]) -> None:
        self._calls = calls
        self._same: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._tool: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for index, call in enumerate(calls):
            if call.outcome is Outcome.OK and call.masked is Nature.NONE:
                self._tool[call.agent, call.tool].append(index)
                self._same[call.agent, call.tool, call.target].append(index)

    def after(self, index: int) -> int | None:
        """The end of the first success after call `index`."""
        call = self._calls[index]
        for successes in (
            self._same.get((call.agent, call.tool, call.target), []),
            self._tool.get((call.agent, call.tool), []),
        ):
            following = bisect_right(successes, index)
            if following < len(successes):
                found = self._calls[successes[following]]
                return max(found.ended_at or found.started_at or 0, call.started_at or 0)
        return None
