"""Failures that rose together are one incident."""

from homeostat.analyze.incidents import HOUR_NS, incidents
from homeostat.model.pattern import FailedRun


def failed(signature, runs, *, at=0, each=1):
    return [FailedRun(signature, n, each, (at + n) * HOUR_NS, (at + n) * HOUR_NS + 1) for n in runs]


def signatures(found):
    return [item.signatures for item in found]


def test_patterns_of_the_same_runs_are_one_incident_the_earliest_first():
    found = incidents(
        [*failed("S-B", range(8), at=1), *failed("S-A", range(8)), *failed("S-C", range(50, 60))],
        {},
    )

    assert signatures(found) == [("S-A", "S-B")]
    assert (found[0].failures, found[0].runs) == (16, 8)


def test_a_service_that_broke_shows_at_several_tools_in_the_same_hours():
    storm = [*failed("S-A", range(6)), *failed("S-B", range(6, 12), at=-6)]

    assert signatures(incidents(storm, {"S-A": "server_error", "S-B": "overloaded"})) == [
        ("S-A", "S-B")
    ]
    assert incidents(storm, {"S-A": "type_error", "S-B": "value_error"}) == []


def test_what_nobody_saw_before_and_began_within_a_day_is_one():
    both = [*failed("S-A", range(12)), *failed("S-B", range(40, 52), at=-20)]
    classes = {"S-A": "import_error", "S-B": "dependency"}

    assert signatures(incidents(both, classes, ["S-A", "S-B"])) == [("S-A", "S-B")]
    assert incidents(both, classes, ["S-A"]) == []


def test_one_pattern_alone_is_no_incident():
    assert incidents(failed("S-A", range(100)), {}) == []


def test_the_order_of_arrival_says_nothing():
    some = [*failed("S-B", range(8), at=1), *failed("S-A", range(8)), *failed("S-C", range(9))]

    assert incidents(some, {}) == incidents(some[::-1], {})
