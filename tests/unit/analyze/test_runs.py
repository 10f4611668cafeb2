"""How a run ended, how long it worked, and what its failures cost."""

import pytest

from homeostat.analyze.runs import costs, ending, settled
from homeostat.model.event import Kind
from homeostat.model.outcome import Nature, Outcome, Role, RunEnd, RunOutcome
from timelines import call, fact, failure, model_error, timeline, unanswered


@pytest.mark.parametrize(
    ("kind", "ended"),
    [
        (Kind.TURN_END, RunEnd.COMPLETED),
        (Kind.SAID, RunEnd.COMPLETED),
        (Kind.INTERRUPT, RunEnd.INTERRUPTED),
        (Kind.API_ERROR, RunEnd.API_FAILURE),
        (Kind.LIMIT, RunEnd.LIMIT),
        (Kind.PROMPT, RunEnd.UNKNOWN),
    ],
)
def test_the_last_fact_says_how_a_run_ended(kind, ended):
    assert ending(timeline(fact(Kind.SAID, 1), call(2), fact(kind, 5))) is ended


def test_a_run_without_facts_ended_unknown():
    assert ending(timeline()) is RunEnd.UNKNOWN


def test_what_a_subagent_says_does_not_end_the_run():
    said = timeline(fact(Kind.PROMPT, 1), fact(Kind.SAID, 2, subagent=True))

    assert ending(said) is RunEnd.UNKNOWN


def test_a_last_call_without_an_answer_leaves_the_end_unknown():
    assert ending(timeline(fact(Kind.SAID, 1), unanswered(2))) is RunEnd.UNKNOWN


def test_work_after_the_last_words_leaves_the_end_unknown():
    assert ending(timeline(fact(Kind.SAID, 1), call(2))) is RunEnd.UNKNOWN


def test_a_subagents_open_call_does_not_change_the_end():
    said = timeline(fact(Kind.SAID, 1), unanswered(2, agent="tester"))

    assert ending(said) is RunEnd.COMPLETED


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.INTERRUPTED])
def test_a_run_whose_last_call_a_person_stopped_was_interrupted(outcome):
    assert ending(timeline(fact(Kind.SAID, 1), call(2, outcome=outcome))) is RunEnd.INTERRUPTED


def test_the_time_of_waiting_for_a_person_is_not_work():
    run = settled(
        timeline(
            fact(Kind.PROMPT, 0), call(10, 20), fact(Kind.SAID, 30),
            fact(Kind.PROMPT, 3630), fact(Kind.SAID, 3640),
        )
    )  # fmt: skip

    assert run.active_ms == 40_000


def test_a_long_call_is_work_and_no_pause():
    assert settled(timeline(fact(Kind.PROMPT, 0), call(10, 1210))).active_ms == 1_210_000


def test_without_times_the_time_at_work_is_unknown():
    assert settled(timeline(call(None), fact(Kind.SAID, None))).active_ms is None


def test_a_failure_costs_until_the_same_thing_works():
    (cost,) = costs(
        timeline(
            failure(10), call(20, 21, target="ls"), call(30, 31),
            fact(Kind.USAGE, 5, tokens=1000), fact(Kind.USAGE, 15, tokens=200),
            fact(Kind.USAGE, 25, tokens=30), fact(Kind.USAGE, 40, tokens=4000),
        )
    )  # fmt: skip

    assert (cost.failures, cost.lost_ms, cost.lost_tokens) == (1, 21_000, 230)


def test_where_the_same_target_never_works_the_tools_next_success_counts():
    (cost,) = costs(timeline(failure(10), call(20, target="ls")))

    assert cost.lost_ms == 11_000


def test_a_failure_that_is_never_repaired_costs_its_own_time():
    (cost,) = costs(timeline(failure(10, 14), call(50, tool="Read")))

    assert cost.lost_ms == 4_000


def test_tries_in_vain_cost_from_the_first_to_the_end_of_the_last():
    (cost,) = costs(timeline(failure(10, 14), call(50, tool="Read"), failure(80, 84)))

    assert (cost.failures, cost.lost_ms) == (2, 74_000)


def test_tries_in_vain_of_two_agents_are_paid_each():
    (cost,) = costs(timeline(failure(10, 14), failure(200, 204, agent="tester")))

    assert cost.lost_ms == 8_000


def test_what_another_agent_does_repairs_nothing():
    (cost,) = costs(timeline(failure(10), call(20, agent="tester")))

    assert cost.lost_ms == 1_000


def test_a_success_that_hides_a_failure_repairs_nothing():
    (cost,) = costs(timeline(failure(10), call(20, masked=Nature.FAULT), call(60)))

    assert cost.lost_ms == 51_000


def test_failures_of_one_kind_at_the_same_time_are_paid_once():
    (cost,) = costs(timeline(failure(10), failure(12), call(30)))

    assert (cost.failures, cost.lost_ms) == (2, 21_000)


def test_failures_far_apart_are_paid_each():
    (cost,) = costs(timeline(failure(10), call(20), failure(100), call(110)))

    assert cost.lost_ms == 22_000


def test_a_failure_costs_at_most_half_an_hour():
    (cost,) = costs(timeline(failure(0), *(call(60 * n, target="ls") for n in range(1, 60)),
                             call(60 * 60)))  # fmt: skip

    assert cost.lost_ms == 30 * 60 * 1000


def test_a_failure_without_a_time_is_counted_and_costs_nothing_known():
    (cost,) = costs(timeline(failure(None)))

    assert (cost.failures, cost.lost_ms, cost.first_at, cost.last_at) == (1, 0, None, None)


def test_findings_and_faults_of_one_signature_are_told_apart():
    found = costs(timeline(failure(1), failure(5, nature=Nature.FINDING)))

    assert {cost.nature for cost in found} == {Nature.FAULT, Nature.FINDING}


def test_what_a_person_denied_costs_nothing():
    assert costs(timeline(failure(1, outcome=Outcome.DENIED))) == ()


def test_the_steps_of_a_run_decide_its_outcome_in_order_of_time():
    edit = call(10, tool="Edit", role=Role.EDIT)
    green = call(20, role=Role.CHECK)
    later = call(30, tool="Edit", role=Role.EDIT)

    assert settled(timeline(edit, green, fact(Kind.SAID, 40))).outcome is RunOutcome.WELL
    assert settled(timeline(edit, green, later)).outcome is RunOutcome.UNKNOWN


def lost(*parts):
    (cost,) = costs(timeline(*parts))
    return cost.failures, cost.lost_ms


def test_a_model_error_that_the_agent_got_over_by_itself_costs_until_then():
    assert lost(fact(Kind.PROMPT, 0), call(10), model_error(20), call(50)) == (1, 30_000)
    assert lost(fact(Kind.PROMPT, 0), model_error(20), fact(Kind.SAID, 25)) == (1, 5_000)


def test_a_model_error_that_ended_the_run_costs_what_was_waited_since_the_last_sign():
    parts = (
        fact(Kind.PROMPT, 0), call(10), fact(Kind.SAID, 20), fact(Kind.PROMPT, 60), call(70),
        model_error(100), model_error(101),
    )  # fmt: skip

    assert lost(*parts) == (2, 30_000)
    assert lost(*parts, fact(Kind.PROMPT, 160), fact(Kind.SAID, 170)) == (2, 30_000)


def test_a_subagent_that_goes_on_says_nothing_of_the_main_agents_model():
    asked, went_on = fact(Kind.PROMPT, 0), call(30, agent="tester")

    assert lost(asked, model_error(20), went_on) == (1, 20_000)
    assert lost(asked, model_error(20, agent="tester"), went_on) == (1, 10_000)


def test_a_model_error_without_a_time_is_counted_and_costs_nothing():
    assert lost(fact(Kind.PROMPT, None), model_error(None)) == (1, 0)


def test_a_run_that_a_model_error_ended_did_not_come_out_well():
    alone = timeline(fact(Kind.PROMPT, 0), model_error(20))

    assert settled(alone).ended is RunEnd.API_FAILURE
    assert settled(alone).outcome is RunOutcome.BADLY


def test_failures_of_the_model_in_a_row_are_priced_once_each():
    """Two kinds, then the end: what was waited before them is the last one's."""
    found = costs(
        timeline(
            fact(Kind.PROMPT, 0), call(10), model_error(20), model_error(30, signature_key=2),
            model_error(40, signature_key=3),
        )
    )  # fmt: skip

    assert {cost.signature_key: cost.lost_ms for cost in found} == {1: 10_000, 2: 10_000, 3: 9_000}


def test_what_is_typed_while_the_client_tries_again_does_not_end_the_try():
    tried = model_error(100, failure_kind="model.retry")

    assert lost(fact(Kind.PROMPT, 0), tried, fact(Kind.PROMPT, 101), fact(Kind.SAID, 105)) == (
        1,
        5_000,
    )


def test_the_answer_that_came_at_last_is_no_loss():
    (cost,) = costs(
        timeline(
            fact(Kind.PROMPT, 0), model_error(10, failure_kind="model.retry"),
            fact(Kind.USAGE, 12, tokens=500), fact(Kind.SAID, 12),
        )
    )  # fmt: skip

    assert (cost.lost_ms, cost.lost_tokens) == (2_000, 0)


def test_a_person_who_stops_the_tries_did_not_get_over_them():
    tried = model_error(100, failure_kind="model.retry")
    stopped = fact(Kind.INTERRUPT, 110)
    again = (fact(Kind.PROMPT, 200), fact(Kind.SAID, 205))

    assert lost(fact(Kind.PROMPT, 0), call(10), tried, stopped, *again) == (1, 89_000)


def test_another_subagent_that_goes_on_is_no_sign_of_this_ones_model():
    asked, other = fact(Kind.PROMPT, 0), call(25, agent="other")

    assert lost(asked, call(5, agent="tester"), model_error(20, agent="tester"), other) == (
        1,
        14_000,
    )
