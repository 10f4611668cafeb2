"""What holds of every verdict, whatever the trial."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeostat.analyze.effect.judging import judge
from homeostat.model.trial import Arm, Design
from homeostat.model.verdict import Ruling
from trials import SIBLING, TARGET, a_run, a_trial

TIMES = st.floats(-27, 20.9)


@st.composite
def a_recorded_run(draw):
    started = draw(TIMES)
    return a_run(
        unit=draw(st.sampled_from([f"u{number}" for number in range(40)])),
        agent=draw(st.sampled_from(["main", "tester"])),
        started=started,
        ended=started + draw(st.floats(0, 2)),
        arm=draw(st.sampled_from([*Arm, None])),
        is_weekend=draw(st.booleans()),
        is_ok=draw(st.sampled_from([True, False, None])),
        failed=tuple(sorted(draw(st.sets(st.sampled_from([TARGET, SIBLING, "new:fetch"]))))),
        failed_elsewhere=tuple(sorted(draw(st.sets(st.sampled_from("abcdef"))))),
        is_unclear=draw(st.booleans()),
        tool_ms=draw(st.none() | st.floats(0, 1e5)),
        share=draw(st.sampled_from([None, None, 0.1])),
    )


RUNS = st.lists(a_recorded_run(), max_size=60)
TRIALS = st.sampled_from(
    [
        a_trial(),
        a_trial(share=0.2, looks=(3, 9)),
        a_trial(design=Design.SWITCHBACK, block_hours=6.0),
        a_trial(design=Design.FULL),
    ]
)
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(RUNS, TRIALS, st.integers(0, 21), st.randoms(use_true_random=False))
def test_the_order_in_which_runs_arrive_changes_nothing(runs, trial, today, random):
    shuffled = random.sample(runs, len(runs))

    assert judge(runs, trial, today=today) == judge(shuffled, trial, today=today)


@slowly
@given(RUNS, TRIALS, st.integers(0, 21))
def test_a_verdict_never_says_more_than_it_may(runs, trial, today):
    found = judge(runs, trial, today=today)

    assert found.reasons
    assert found.decided_on is None or 0 <= found.decided_on <= today
    assert all(look.day <= today for look in found.looks)
    if trial.design is Design.FULL:
        assert not {Ruling.VERIFIED, Ruling.WORSE} & set(found.ever)
    if found.ruling is Ruling.NO_DATA:
        assert found.effect is found.effect_now is None
    for effect in (found.effect, found.effect_now):
        if effect is not None:
            assert -1 <= effect.low <= effect.estimate
            assert effect.high is None or effect.estimate <= effect.high
