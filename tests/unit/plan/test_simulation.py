"""Replays of the past beside truths that were made."""

import math
import random

import pytest
from scipy import stats

from homeostat.analyze.intervals import wilson
from homeostat.model.simulated import Checked, Failure, KeyedCall, Standing, TimedCall, Tried
from homeostat.plan import simulation

ROUNDS = 300


def a_call(duration, limit):
    return TimedCall(min(duration, limit), limit, duration > limit)


def timed(chance, *, limits, share_hung=0.0, calls=400):
    durations = [
        math.inf if chance.random() < share_hung else chance.lognormvariate(4, 1)
        for _ in range(calls)
    ]
    return [a_call(duration, chance.choice(limits)) for duration in durations]


def saved(found):
    return simulation.timeout(found, limit_ms=60, new_limit_ms=180, share=wilson)


@pytest.mark.parametrize("limits", [[60, 180], [60, 100, 180], [60, 600]])
@pytest.mark.parametrize("share_hung", [0.0, 0.4])
def test_the_interval_of_a_longer_limit_covers_the_truth(limits, share_hung):
    chance, law = random.Random(1), stats.lognorm(1, scale=math.exp(4))
    still = 1 - (1 - share_hung) * law.cdf(60)
    truth = (1 - share_hung) * (law.cdf(180) - law.cdf(60)) / still
    covered = 0
    for _ in range(ROUNDS):
        found = saved(timed(chance, limits=limits, share_hung=share_hung))
        assert found.standing is Standing.ESTIMATE
        covered += found.low <= truth * found.of <= found.high

    assert covered >= 0.9 * ROUNDS


def test_without_longer_calls_there_is_a_bound_and_no_estimate():
    found = saved(timed(random.Random(1), limits=[60]))

    assert found.standing is Standing.UPPER_BOUND
    assert (found.value, found.low, found.high) == (found.of, 0, found.of)


def test_when_every_later_call_was_cut_nothing_is_sure():
    cut = [TimedCall(60, 60, was_cut=True)] * 30
    hung = [TimedCall(150, 150, was_cut=True)] * 5 + [TimedCall(180, 180, was_cut=True)] * 25
    found = saved([*cut, *hung])

    assert (found.value, found.low, found.high) == (0, 0, 30)


def test_natural_retries_give_the_share_that_passes():
    chance, covered = random.Random(2), 0
    for _ in range(ROUNDS):
        failures = []
        for _ in range(200):
            was_retried = chance.random() < 0.4
            failures.append(Failure(was_retried, chance.random() < 0.54 if was_retried else None))
        found = simulation.retry(failures, share=wilson)
        covered += found.low <= 0.54 * 200 <= found.high

    assert covered >= 0.9 * ROUNDS


def test_where_agents_choose_what_to_retry_the_bounds_still_hold():
    chance = random.Random(3)
    failures, truth = [], 0
    for _ in range(400):
        passes = chance.random() < 0.54
        truth += passes
        was_retried = chance.random() < (0.7 if passes else 0.3)
        failures.append(Failure(was_retried, passes if was_retried else None))
    found = simulation.retry(failures, share=wilson)
    least, most, more = found.also

    assert found.low > truth
    assert least.value <= truth <= most.value
    assert more.value == 400


def test_too_few_retries_are_a_bound():
    found = simulation.retry([Failure(was_retried=False, has_worked=None)] * 30, share=wilson)

    assert found.standing is Standing.UPPER_BOUND
    assert found.value == 30


def test_a_bucket_refuses_bursts_and_spacing_out_costs_time():
    bursts = [start * 60.0 for start in range(10) for _ in range(20)]
    found = simulation.rate_limit(bursts, a_second=1.0, burst=10, share=wilson)
    slow, longest = found.also

    assert found.value == 100
    assert found.low <= 100 <= found.high
    assert slow.value <= longest.value == 10


def test_calls_that_keep_the_limit_are_neither_refused_nor_delayed():
    found = simulation.rate_limit(map(float, range(50)), a_second=1.0, burst=1, share=wilson)

    assert (found.value, [figure.value for figure in found.also]) == (0, [0, 0])


def test_a_fallback_is_judged_where_the_first_one_failed():
    chance, covered = random.Random(4), 0
    rates = {"easy": 0.95, "hard": 0.4}
    for _ in range(ROUNDS):
        tries = []
        for stratum, failures, asked in (("easy", 40, 0.8), ("hard", 160, 0.3)):
            for _ in range(failures):
                is_asked = chance.random() < asked
                tries.append(Tried(stratum, chance.random() < rates[stratum] if is_asked else None))
        found = simulation.fallback(tries)
        covered += found.low <= 0.95 * 40 + 0.4 * 160 <= found.high

    assert covered >= 0.9 * ROUNDS


def test_a_rule_is_counted_on_the_record():
    calls = [Checked(n % 3 == 0, n < 30) for n in range(90)]
    found = simulation.arguments(calls)

    assert (found.value, found.of, found.also[0].value) == (10, 30, 20)


def test_a_cache_saves_within_its_time_and_tells_what_is_stale():
    calls = [KeyedCall("a", t * 10.0, "old" if t < 15 else "new") for t in range(30)]
    found = simulation.cache(calls, ttl_s=50)

    assert (found.value, found.also[0].value) == (25, 3)


@pytest.mark.parametrize(
    "found",
    [
        simulation.timeout([a_call(9, 5)] * 9, limit_ms=5, new_limit_ms=9, share=wilson),
        simulation.timeout([a_call(9, 5)] * 99, limit_ms=5, new_limit_ms=5, share=wilson),
        simulation.retry([], share=wilson),
        simulation.rate_limit([1.0], a_second=1, burst=1, share=wilson),
        simulation.rate_limit([1.0] * 30, a_second=0, burst=1, share=wilson),
        simulation.fallback([Tried("a", has_worked=True)] * 9),
        simulation.fallback([Tried("a", has_worked=True)] * 40 + [Tried("b", None)] * 40),
        simulation.arguments([]),
        simulation.cache([], ttl_s=1),
        simulation.cannot("prompt"),
        simulation.too_new("retry", failing_days=3, recorded_days=40),
    ],
)
def test_what_cannot_be_replayed_has_a_reason_and_no_number(found):
    assert found.standing is Standing.CANNOT
    assert found.what
    assert found.value is found.low is found.high is None


def test_a_short_record_does_not_tell_how_old_a_failure_is():
    assert simulation.too_new("retry", failing_days=3, recorded_days=9) is None
    assert simulation.too_new("retry", failing_days=15, recorded_days=40) is None
