"""Switchback: the coin test beside scipy and full enumeration of its coins."""

import math
from itertools import product

import pytest
from scipy import stats

from homeostat.analyze.effect.evidence import HELP
from homeostat.analyze.effect.paired_blocks import SIZES, Pair, interval, log_e

BLOCKS = [((5, 20), (1, 30)), ((0, 9), (2, 11)), ((8, 12), (8, 12)), ((0, 5), (0, 4))]
"""Failing and all units of the two blocks of each pair."""


def a_pair(treated, control):
    return Pair(1, treated[0], control[0], treated[1], control[1], is_change_first=True)


def test_the_expected_stake_over_all_coins_stays_one():
    stakes = []
    for coins in product((0, 1), repeat=len(BLOCKS)):
        sides = [
            blocks[::side] for blocks, side in zip(BLOCKS, (2 * c - 1 for c in coins), strict=True)
        ]
        stakes.append(math.exp(log_e([a_pair(*pair) for pair in sides], HELP)))

    assert sum(stakes) / len(stakes) == pytest.approx(1.0)


def test_the_bet_is_on_scipys_beta_binomial():
    treated, control = BLOCKS[0]
    x, n_t, n_c = treated[0] + control[0], treated[1], control[1]

    def law(k, mean, size):
        return stats.betabinom.pmf(k, x, size * mean, size * (1 - mean))

    stakes = []
    for r, size in product(HELP, SIZES):
        ours = law(treated[0], n_t * r / (n_t * r + n_c), size)
        other = law(treated[0], n_t / (n_t + n_c * r), size)
        stakes.append(2 * ours / (ours + other))

    assert log_e([a_pair(treated, control)], HELP) == pytest.approx(math.log(sum(stakes) / 16))


def test_pairs_without_a_failure_or_without_an_arm_say_nothing():
    assert log_e([a_pair((0, 5), (0, 4)), a_pair((3, 5), (0, 0))], HELP) == 0


def test_an_interval_needs_pairs_and_failures():
    assert interval([a_pair((5, 20), (9, 20))] * 5) is None
    assert interval([a_pair((0, 20), (9, 20))] * 9) is None
    assert interval([]) is None


def test_the_interval_is_three_standard_errors_of_the_log_ratio_wide():
    pairs = [a_pair((x, 30), (2 * x + 1, 40)) for x in range(1, 9)]
    found = interval(pairs)

    assert found is not None
    assert found.low < found.estimate < found.high
    assert found.estimate == pytest.approx((36 / 240) / (80 / 320))
    assert found.high / found.estimate == pytest.approx(found.estimate / found.low)
