"""Failures that rose together are one incident."""

import random

import msgspec

from homeostat.analyze import incidents as judge
from homeostat.analyze.incidents import HOUR_NS, OUTER
from homeostat.model.pattern import FailedRuns


def incidents(found, new=(), said=None, *, runs=200, hours=168):
    return judge.incidents(found, new=new, said=said or {}, runs=runs, hours=hours)


def failed(signature, runs, *, at=0, error_class="type_error"):
    """One failure in each of these runs; run 0 is in hour `at`, run 1 in the next."""
    hours = [at + run for run in runs]
    return FailedRuns(
        signature=signature,
        runs=frozenset(runs),
        failures=len(hours),
        first_at=hours[0] * HOUR_NS,
        last_at=hours[-1] * HOUR_NS + 1,
        hours=dict.fromkeys(hours, 1) if error_class in OUTER else {},
    )


def signatures(found):
    return [item.signatures for item in found]


def test_patterns_of_the_same_runs_are_one_incident_the_earliest_first():
    found = incidents(
        [failed("S-B", range(8), at=1), failed("S-A", range(8)), failed("S-C", range(50, 60))]
    )

    assert signatures(found) == [("S-A", "S-B")]
    assert (found[0].failures, found[0].runs) == (16, 8)
    assert (found[0].began_at, found[0].ended_at) == (0, 8 * HOUR_NS + 1)


def test_a_service_that_broke_shows_at_several_tools_in_the_same_hours():
    def storm(one, other):
        return [
            failed("S-A", range(6), error_class=one),
            failed("S-B", range(6, 12), at=-6, error_class=other),
        ]

    assert signatures(incidents(storm("server_error", "overloaded"))) == [("S-A", "S-B")]
    assert incidents(storm("type_error", "value_error")) == []


def test_what_nobody_saw_before_and_began_within_a_day_is_one():
    both = [
        failed("S-A", range(12), error_class="import_error"),
        failed("S-B", range(40, 52), at=-20, error_class="dependency"),
    ]

    assert signatures(incidents(both, ["S-A", "S-B"])) == [("S-A", "S-B")]
    assert incidents(both, ["S-A"]) == []


def test_where_nobody_knows_when_an_outer_cause_is_known_by_its_words():
    apart = [failed("S-A", range(6)), failed("S-B", range(20, 26)), failed("S-C", range(40, 46))]
    said = {"S-A": "503 unavailable", "S-B": "503 unavailable", "S-C": "no space left"}

    assert signatures(incidents(apart, said=said)) == [("S-A", "S-B")]
    assert incidents(apart) == []


def test_one_pattern_alone_is_no_incident():
    assert incidents([failed("S-A", range(100))]) == []


def test_the_order_of_arrival_says_nothing():
    some = [failed("S-B", range(8), at=1), failed("S-A", range(8)), failed("S-C", range(9))]

    assert incidents(some) == incidents(some[::-1])


def test_what_fails_in_every_second_run_meets_by_chance():
    """Two failures that have nothing to do with one another, in half of all runs each."""
    chance = random.Random(5)
    called = 0
    for _ in range(100):
        found = [
            failed(name, [run for run in range(200) if chance.random() < 0.5])
            for name in ("S-A", "S-B", "S-C")
        ]
        called += bool(incidents(found, runs=200))

    assert called <= 5


def test_services_that_fail_all_day_long_meet_by_chance():
    chance = random.Random(6)
    called = 0
    for _ in range(100):
        found = [
            failed(
                name,
                [hour for hour in range(168) if chance.random() < 0.7],
                at=0,
                error_class="connection",
            )
            for name in ("S-A", "S-B")
        ]
        apart = [
            msgspec.structs.replace(item, runs=frozenset(run + 1000 * n for run in item.runs))
            for n, item in enumerate(found)
        ]
        called += bool(incidents(apart, runs=2000, hours=168))

    assert called <= 5
