"""What it cost that the model did not answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from homeostat.model.event import Kind
from homeostat.model.outcome import Nature
from homeostat.model.run import RunTimeline, TimelineCall

Key: TypeAlias = tuple[int, Nature]
"""A signature, and which of its failures."""


class Span(NamedTuple):
    """A part of a run, in nanoseconds, that a failure cost."""

    start: int
    end: int
    spent_until: int
    """What was spent until then was in vain: an answer that came at last was not."""


class _Moment(NamedTuple):
    at: int
    order: int
    """What is told of at one moment: the prompt, then the failure, then the answer."""
    failure: TimelineCall | None = None
    until: int = 0
    """The end of a call: from then on it is the model that is waited for."""


_PROMPT, _FAILURE, _ANSWER, _STOP = range(4)


Priced: TypeAlias = tuple[Key, int | None, tuple[Span, ...]]
"""A failure: what it is, when it was, what it cost."""


def unanswered(timeline: RunTimeline) -> Iterator[Priced]:
    """Failures in a row cost each until the next, the last one until the model answered again.

    Where it did not by itself, the last one costs what was waited before the row as well, since
    the model's last sign or the prompt: the work before that may be worth what it was.
    """
    by_agent: defaultdict[str, list[_Moment]] = defaultdict(list)
    for call in timeline.unanswered:
        if call.started_at is None:
            yield _key(call), None, ()
        else:
            by_agent[call.agent].append(_Moment(call.started_at, _FAILURE, call))
    for agent, failures in by_agent.items():
        moments = sorted(
            (*failures, *_answers(timeline, agent), *_prompts(timeline, agent)),
            key=lambda moment: moment[:2],
        )
        yield from _priced(moments)


def _priced(moments: Iterable[_Moment]) -> Iterator[Priced]:
    row: list[TimelineCall] = []
    before: int | None = None
    for moment in moments:
        if moment.failure:
            row.append(moment.failure)
            continue
        if moment.order == _PROMPT and row and row[-1].failure_kind == Kind.RETRY:
            continue  # somebody types while the client is still trying
        yield from _row(row, before, moment.at if moment.order == _ANSWER else None)
        row.clear()
        before = max(moment.at, moment.until)
    yield from _row(row, before, None)


def _row(row: Sequence[TimelineCall], before: int | None, again: int | None) -> Iterator[Priced]:
    """Failures without an answer between them, of which the last was got over `again`, or never."""
    starts = [failure.started_at or 0 for failure in row]
    for failure, start, end in zip(row, starts, (*starts[1:], again), strict=False):
        if end is not None:
            spans: tuple[Span, ...] = (Span(start, end, end - 1),)
        elif before is not None:
            spans = (Span(min(before, starts[0]), starts[0], before),)
        else:
            spans = ()
        yield _key(failure), start, spans


def _key(call: TimelineCall) -> Key:
    return call.signature_key or 0, call.nature


def _answers(timeline: RunTimeline, agent: str) -> Iterator[_Moment]:
    """Signs of the model: the agent's words, and calls, for which the model asked."""
    for fact in timeline.facts:
        if fact.kind is Kind.SAID and fact.agent == agent and fact.at is not None:
            yield _Moment(fact.at, _ANSWER)
    for call in timeline.calls:
        if call.agent == agent and call.started_at is not None:
            yield _Moment(call.started_at, _ANSWER, until=call.ended_at or 0)


def _prompts(timeline: RunTimeline, agent: str) -> Iterator[_Moment]:
    """What a person did. Nobody tells when a subagent was asked."""
    orders = {Kind.PROMPT: _PROMPT, Kind.INTERRUPT: _STOP}
    for fact in timeline.facts:
        is_of_person = fact.kind in orders and not fact.is_subagent and not agent
        if is_of_person and fact.at is not None:
            yield _Moment(fact.at, orders[fact.kind])
