"""Ids of events: the same fact has the same id, another fact another."""

import pytest

from homeostat.monitor.identity import event_id


def test_an_id_has_sixteen_bytes_and_is_the_same_in_every_process():
    assert event_id("codex", "prompt", "run-1").hex() == "86c9a0fd2e1a35e290f712c895670141"


@pytest.mark.parametrize(
    "other",
    [("a", "b", "d"), ("a", "b"), ("a", "b", "c", ""), ("ab", "c"), ("a", "bc"), ("A", "b", "c")],
)
def test_another_fact_has_another_id(other):
    assert event_id(*other) != event_id("a", "b", "c")


def test_a_lone_surrogate_in_an_id_is_no_reason_to_fail():
    assert len(event_id("a", "\ud800")) == 16
