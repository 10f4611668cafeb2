"""A simulated fleet, whatever the seed: what it looks like, and that nothing in it tells."""

import json

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from homeostat.loop.rehearsal import records
from homeostat.loop.rehearsal.blind import staged
from homeostat.loop.rehearsal.fleet import fleet
from homeostat.loop.rehearsal.story import AFTER, HISTORY, told, truth_of
from homeostat.loop.wiring import chance
from homeostat.model.rehearsal import Kind
from homeostat.model.trial import Arm

# A fleet is 0.2 s of work: few examples, no limit of time, no search for a smaller seed.
few = settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.generate))
seeds = st.integers(0, 10**9)
TELLING = (b"helps", b"nothing", b"harms", b"seed", b"truth", b"scenario")
kinds = st.sampled_from(Kind)


def a_story(seed, kind):
    made = fleet(chance(f"{seed} fleet"))
    return told(made, truth_of(kind, chance(f"{seed} {kind}")), chance(f"{seed} days"))


@few
@given(seeds)
def test_the_same_seed_is_the_same_fleet_and_has_each_kind_once(seed):
    one, two = (tuple(staged(seed, chance)) for _ in range(2))

    assert [s.given.files for s in one] == [s.given.files for s in two]
    assert [s.truth for s in one] == [s.truth for s in two]
    assert {s.truth.kind for s in one} == set(Kind)


@few
@given(seeds, kinds)
def test_four_weeks_are_known_before_the_change_and_three_after(seed, kind):
    story = a_story(seed, kind)

    days = [run.started - story.applied for run in story.runs]
    assert days == sorted(days)
    assert -HISTORY <= days[0] < 1 - HISTORY
    assert AFTER - 0.25 < max(run.ended - story.applied for run in story.runs) < AFTER + 1
    assert story.trigger_from < story.applied - 3


@few
@given(seeds, kinds)
def test_half_of_the_runs_have_the_change_and_none_before_it(seed, kind):
    story = a_story(seed, kind)

    arms = [run.arm for run in story.runs if run.started >= story.applied]
    assert all(run.arm is None for run in story.runs if run.started < story.applied)
    assert None not in arms
    assert 0.42 < arms.count(Arm.TREATMENT) / len(arms) < 0.58


@few
@given(seeds)
def test_until_the_change_works_no_kind_can_be_told_from_another(seed):
    stories = [a_story(seed, kind) for kind in Kind]

    files = [records.files(story, "change-1") for story in stories]
    before = [[run for run in story.runs if run.started < story.applied] for story in stories]
    assert files[0].change == files[1].change == files[2].change
    assert before[0] == before[1] == before[2]


@few
@given(seeds)
def test_the_files_have_no_field_and_no_word_of_the_truth(seed):
    allowed = {
        "type", "run_id", "tool", "ok", "duration_ms", "signature", "started_at", "ended_at",
        "agent", "cost_usd", "tool_calls", "change_id", "arm",
    }  # fmt: skip
    for stage in staged(seed, chance):
        lines = [json.loads(line) for line in stage.given.files.case.splitlines()]
        text = stage.given.files.case + stage.given.files.change
        assert set().union(*lines) <= allowed
        assert [word for word in TELLING if word in text] == []
        assert set(json.loads(stage.given.files.change)) == {
            "change_id", "applied_at", "target", "trigger", "rollout", "expected",
        }  # fmt: skip
