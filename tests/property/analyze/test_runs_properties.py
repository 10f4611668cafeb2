"""What a run's failures cost, for any run."""

from hypothesis import given
from hypothesis import strategies as st

from homeostat.analyze.runs import settled
from homeostat.model.event import Kind
from homeostat.model.outcome import Nature, Outcome
from timelines import call, fact, timeline

times = st.none() | st.integers(0, 100_000)


@st.composite
def a_call(draw):
    failed = draw(st.booleans())
    started, took = draw(times), draw(st.integers(0, 5_000))
    return call(
        started,
        None if started is None else started + took,
        tool=draw(st.sampled_from(["Bash", "Read"])),
        target=draw(st.sampled_from(["make", "ls"])),
        agent=draw(st.sampled_from(["", "tester"])),
        outcome=draw(st.sampled_from(list(Outcome))) if failed else Outcome.OK,
        nature=Nature.FAULT if failed else Nature.NONE,
        signature_key=draw(st.integers(1, 3)) if failed else None,
    )


facts = st.builds(fact, st.sampled_from(list(Kind)), times, subagent=st.booleans(),
                  tokens=st.integers(0, 10_000))  # fmt: skip
timelines = st.builds(
    lambda calls, facts: timeline(
        *sorted(calls, key=lambda c: c.started_at or 0), *sorted(facts, key=lambda f: f.at or 0)
    ),
    st.lists(a_call(), max_size=12),
    st.lists(facts, max_size=12),
)


@given(timelines)
def test_a_signature_never_costs_more_than_the_run(run):
    found = settled(run)

    spent = sum(fact.tokens for fact in run.facts)
    for cost in found.costs:
        assert 0 <= cost.lost_ms <= (found.active_ms or 0)
        assert 0 <= cost.lost_tokens <= spent


@given(timelines)
def test_every_failure_with_a_signature_is_counted_once(run):
    failed = [c for c in run.calls if c.signature_key and c.outcome is Outcome.ERROR]

    assert sum(cost.failures for cost in settled(run).costs) == len(failed)


@given(timelines)
def test_the_same_facts_give_the_same_answer(run):
    assert settled(run) == settled(run)
