"""Whose mistake decided a failed run: the last work before the first sign of failure."""

import pytest

from homeostat.analyze.attribution import READ_CHARACTERS, blame
from homeostat.model.conversation import Blame, Spoken


def work(agent, text="I did it."):
    return Spoken(agent=agent, text=text, is_actor=True)


def other(text="Do it.", agent="human"):
    return Spoken(agent=agent, text=text, is_actor=False)


TASK = other("Find out how far it is.")


def test_the_last_work_before_the_first_sign_is_blamed():
    run = [TASK, work("a"), work("b"), other("exitcode: 1"), work("c"), other("exitcode: 1")]

    assert blame(run) == Blame(agent="b", step=2)


def test_who_reports_a_failure_did_not_make_it():
    run = [TASK, work("a"), work("b", "The page was not found."), work("c")]

    assert blame(run) == Blame(agent="a", step=1)


def test_a_sign_before_any_work_blames_nobody():
    run = [TASK, other("There was an error before."), work("a"), work("b"), other("Traceback ...")]

    assert blame(run) == Blame(agent="b", step=3)


def test_without_a_sign_the_first_work_is_blamed():
    assert blame([TASK, other(), work("a"), work("b")]) == Blame(agent="a", step=2)


def test_the_task_is_nobodys_mistake_whoever_states_it():
    assert blame([work("a", "Your task"), work("b")]) == Blame(agent="b", step=1)


@pytest.mark.parametrize("run", [[], [TASK], [work("a")], [TASK, other(), other()]])
def test_where_no_agent_did_anything_none_is_blamed(run):
    assert blame(run) is None


@pytest.mark.parametrize(
    "said",
    [
        "exitcode: 1 (execution failed)", "Traceback (most recent call last)", "KeyError: 'x'",
        "an error occurred", "It failed.", "I was unable to open it", "I could not open it",
        "No results", "404 Not found",
    ],
)  # fmt: skip
def test_signs_of_failure(said):
    assert blame([TASK, work("a"), work("b"), other(said)]) == Blame(agent="b", step=2)


@pytest.mark.parametrize(
    "said", ["exitcode: 0 (execution succeeded)", "Done.", "The terrors of the deep", ""]
)
def test_no_signs_of_failure(said):
    assert blame([TASK, work("a"), work("b"), other(said)]) == Blame(agent="a", step=1)


def test_words_far_behind_in_a_long_page_are_no_signs():
    page = "x" * READ_CHARACTERS + " error"

    assert blame([TASK, work("a"), work("b"), other(page)]) == Blame(agent="a", step=1)
