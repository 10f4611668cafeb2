"""Random event streams: calls that channels tell of in any order, messages, contexts, and more."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from homeostat.model.event import Channel, Event, Kind, RunContext, Usage
from homeostat.model.ids import CallId, EventId, RunId
from homeostat.model.outcome import Outcome

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = START + timedelta(days=1)
TEXTS = ["boom", "No module named 'x'", "", "noise\n" * 900 + "No module named 'x'"]
"""The long one only where no second channel can turn an answer that was cut into a failure."""


@st.composite
def a_call(draw: st.DrawFn, number: int) -> list[Event]:
    """The call and what one or two channels say of its end."""
    run = RunId(f"run-{draw(st.integers(1, 2))}")
    call_id = CallId(f"call-{number}")
    started = START + timedelta(seconds=draw(st.integers(0, 5000)))
    frame = {"client": "test", "run_id": run, "call_id": call_id}
    made = [
        Event(id=EventId(b"c%015d" % number), kind=Kind.CALL, channel=Channel.TRANSCRIPT,
              ts=started, tool=draw(st.sampled_from(["Bash", "Read"])), command="make", **frame)
    ]  # fmt: skip
    channels = draw(
        st.lists(
            st.sampled_from([Channel.TRANSCRIPT, Channel.EXECUTION_LOG]), max_size=2, unique=True
        )
    )
    for channel in channels:
        outcome = draw(st.sampled_from([Outcome.OK, Outcome.ERROR, Outcome.DENIED]))
        failed = outcome is not Outcome.OK
        made.append(
            Event(id=EventId(b"r%02d%013d" % (channel, number)), kind=Kind.RESULT, channel=channel,
                  ts=started + timedelta(seconds=1), outcome=outcome,
                  failure_kind="exit_code" if failed else "",
                  text=draw(st.sampled_from(TEXTS if len(channels) == 1 else TEXTS[:3])),
                  **frame)
        )  # fmt: skip
    return made


@st.composite
def a_message(draw: st.DrawFn, number: int) -> list[Event]:
    """One model message, seen with growing figures."""
    states = draw(st.integers(1, 3))
    return [
        Event(id=EventId(b"u%02d%013d" % (state, number)), kind=Kind.USAGE, client="test",
              channel=Channel.TRANSCRIPT, run_id=RunId("run-1"), ts=START,
              usage=Usage(message_id=f"m{number}", input_tokens=5, output_tokens=10 * (state + 1)))
        for state in range(states)
    ]  # fmt: skip


@st.composite
def a_context(draw: st.DrawFn, number: int) -> Event:
    """What a run ran on, as one line of it says; no two lines have one time."""
    said = RunContext(
        project=draw(st.sampled_from(["", "/ledger", "/garden"])),
        client_version=draw(st.sampled_from(["", "1", "2"])),
        model=draw(st.sampled_from(["", "opus"])),
    )
    return Event(id=EventId(b"x%015d" % number), kind=Kind.CONTEXT, client="test", context=said,
                 channel=Channel.TRANSCRIPT, run_id=RunId(f"run-{draw(st.integers(1, 2))}"),
                 ts=START + timedelta(minutes=number))  # fmt: skip


@st.composite
def a_fact(draw: st.DrawFn, number: int) -> Event:
    """Something else that happened, perhaps at a time that nobody knows."""
    kinds = [
        Kind.PROMPT, Kind.HOOK, Kind.INTERRUPT, Kind.TURN_END, Kind.COST, Kind.API_ERROR, Kind.SAID,
        Kind.RETRY,
    ]  # fmt: skip
    kind = draw(st.sampled_from(kinds))
    at = draw(st.one_of(st.none(), st.integers(-90, 90)))
    client, run = draw(st.sampled_from([("test", "run-1"), ("test", "run-3"), ("other", "far")]))
    return Event(
        id=EventId(b"f%015d" % number), kind=kind, client=client,
        channel=Channel.TRANSCRIPT, run_id=RunId(run),
        ts=None if at is None else START + timedelta(days=at),
        agent=draw(st.sampled_from(["", "helper"])),
        text=draw(st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=40)),
        name="Stop", command="lint.sh",
        duration_ms=draw(st.one_of(st.none(), st.integers(0, 2**40))),
        cost_usd=draw(st.sampled_from([None, 0.25, 1.5])),
    )  # fmt: skip


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[Event], list[list[Event]]]:
    """Events as they happened, and the same in another order, in batches, some twice."""
    events: list[Event] = []
    for number in range(draw(st.integers(1, 6))):
        events += draw(a_call(number))
    for number in range(draw(st.integers(0, 3))):
        events += draw(a_message(number))
    events += [draw(a_context(number)) for number in range(draw(st.integers(0, 4)))]
    events += [draw(a_fact(number)) for number in range(draw(st.integers(0, 4)))]
    again = draw(st.lists(st.sampled_from(events), max_size=4))
    shuffled = draw(st.permutations(events + again))
    cuts = sorted(draw(st.sets(st.integers(0, len(shuffled)), max_size=3)))
    edges = [0, *cuts, len(shuffled)]
    batches = [shuffled[a:b] for a, b in pairwise(edges)]
    return events, batches
