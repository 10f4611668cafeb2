"""Draws have the means that they are named for, and use one method of chance alone."""

import random
from statistics import mean

import pytest

from homeostat.loop.rehearsal.draws import (
    between,
    log_between,
    normal,
    shuffled,
    skewed,
    times,
)

MANY = 4000


class OnlyRandom:
    """Nothing else is promised to stay the same from one Python to the next."""

    def __init__(self, seed):
        self.random = random.Random(seed).random


@pytest.mark.parametrize(
    ("draw", "wanted"),
    [
        (lambda chance: between(chance, 2, 6), 4.0),
        (normal, 0.0),
        (lambda chance: skewed(chance, 0.5), 1.0),
        (lambda chance: times(chance, 1.4), 1.4),
    ],
)
def test_a_draw_has_its_mean(draw, wanted):
    chance = OnlyRandom(1)

    assert mean(draw(chance) for _ in range(MANY)) == pytest.approx(wanted, abs=0.08)


def test_a_factor_is_as_often_below_the_middle_as_above():
    chance = OnlyRandom(2)

    below = sum(log_between(chance, 1, 9) < 3 for _ in range(MANY))

    assert below / MANY == pytest.approx(0.5, abs=0.03)


def test_every_order_comes_and_nothing_is_lost():
    chance = OnlyRandom(3)

    orders = {tuple(shuffled(chance, "abc")) for _ in range(200)}

    assert len(orders) == 6
    assert {"".join(sorted(order)) for order in orders} == {"abc"}
