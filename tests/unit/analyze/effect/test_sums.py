"""Streams, weights and blind days: what counts where."""

import math

import pytest

from homeostat.analyze.effect.arms import has_lasted, ratio_if_moved
from homeostat.analyze.effect.blindness import ArmUnits, blind_days
from homeostat.analyze.effect.evidence import Sums
from homeostat.analyze.effect.judging import baseline
from homeostat.analyze.effect.paired_blocks import PairedBlocks
from homeostat.analyze.effect.random_units import RandomUnits
from homeostat.analyze.effect.tally import (
    BAD,
    BAD_WITH_TARGET,
    COSTLY,
    OTHER,
    POOL,
    SIBLING,
    SLOW,
    TARGET,
    UNCLEAR,
    UNITS,
    limits,
    marks,
    tally,
)
from homeostat.analyze.effect.weights import of_unseen, steps, weights
from homeostat.model.trial import Arm
from homeostat.model.trial_sums import Before, Limits
from trials import SIBLING as NAME
from trials import TARGET as SIGNATURE
from trials import a_run, a_trial

NONE = Limits(None, None)


@pytest.mark.parametrize(
    ("run", "streams"),
    [
        ({}, set()),
        ({"failed": (SIGNATURE,)}, {TARGET, UNCLEAR}),
        ({"failed": (SIGNATURE,), "is_ok": False}, {TARGET, UNCLEAR, BAD, BAD_WITH_TARGET}),
        ({"failed": (NAME,)}, {OTHER, SIBLING + NAME}),
        ({"is_unclear": True}, {UNCLEAR, OTHER}),
        ({"is_ok": False}, {BAD}),
        ({"is_ok": None}, set()),
        ({"tool_ms": 101.0, "cost_usd": 0.9}, {SLOW}),
        ({"tool_ms": 99.0, "cost_usd": 1.1}, {COSTLY}),
    ],
)
def test_a_run_says_yes_in_its_streams(run, streams):
    assert marks(a_run(**run), a_trial(), Limits(100.0, 1.0)) == streams


def test_slow_and_costly_are_above_the_upper_fifth_before_the_change():
    before = [
        a_run(unit=str(n), started=-5.0, arm=None, tool_ms=float(n), cost_usd=n / 100)
        for n in range(101)
    ]

    assert limits(before) == (80.0, 0.8)
    assert limits(before[:10]) == (None, None)


def test_a_unit_counts_once_on_the_day_of_its_first_yes():
    runs = [
        a_run(started=1.5, failed=(NAME,)),
        a_run(started=2.5, failed=(SIGNATURE,)),
        a_run(started=3.5, failed=(SIGNATURE, NAME)),
    ]
    found = tally(runs, a_trial(), NONE)

    def known(stream):
        return {cell.day: tuple(counts) for cell, counts in found.counts[stream].items()}

    assert known(UNITS) == known(SIBLING + NAME) == known(POOL) == {2: (0, 1)}
    assert known(TARGET) == known(UNCLEAR) == {3: (0, 1)}


def test_a_unit_in_both_arms_counts_nowhere():
    runs = [a_run(), a_run(arm=Arm.CONTROL, started=2.0), a_run(started=3.0)]
    found = tally(runs, a_trial(), NONE)

    assert (found.counts[UNITS], found.crossing) == ({}, 1)


def test_a_stratum_in_which_the_target_is_most_of_what_fails_weighs_more():
    found = weights({"a": Before(60, 0), "b": Before(30, 30), "c": Before(0, 60)}, steps=20)

    assert found["a"] > found["b"] > found["c"] >= 1
    assert of_unseen({}, steps=20) == round(20 * math.log(0.55) / math.log(0.109))


def test_many_units_all_weigh_the_same():
    assert [steps(units) for units in (10, 4_999, 5_000)] == [20, 20, 1]


def test_the_time_before_is_counted_by_stratum_and_sibling():
    runs = [
        a_run(unit="1", started=-2.0, arm=None, failed=(SIGNATURE,)),
        a_run(unit="2", started=-3.0, arm=None, failed=(NAME,)),
        a_run(unit="3", started=-30.0, arm=None, failed=(NAME,)),
        a_run(unit="4", started=-4.0, arm=None, is_weekend=True),
    ]
    found = baseline(runs, a_trial())

    assert found.before[SIBLING + NAME] == found.before[POOL] == {"main weekday": Before(1, 1)}
    assert found.units_a_day == {True: 1 / (4 * 2 / 7), False: 2 / (4 * 5 / 7)}


def test_had_a_sibling_taken_all_that_fell_it_would_have_risen_by_so_much():
    target = Sums(0.5, 4, 40)  # 8 with it, 72 without, were all treated or none

    assert ratio_if_moved(target, Sums(0.5, 50, 96)) == pytest.approx(2.0)
    assert ratio_if_moved(target, Sums(0.5, 0, 0)) is None
    assert ratio_if_moved(Sums(0.5, 0, 0), Sums(0.5, 60, 84)) is None


@pytest.mark.parametrize(("with_it", "without", "moved"), [(32, 32, False), (60, 30, True)])
@pytest.mark.parametrize("block_hours", [0.0, 6.0])
def test_an_even_sibling_fits_as_before_and_an_uneven_one_fits_moved(
    with_it, without, moved, block_hours
):
    def units(name, failed, arm, count):
        block = 0 if arm is Arm.TREATMENT else 1
        return [
            a_run(unit=f"{name}{arm}{n}", started=(n % 16) / 2 + block / 4 + 0.1, arm=arm,
                  failed=failed)
            for n in range(count)
        ]  # fmt: skip

    runs = [
        *units("t", (SIGNATURE,), Arm.TREATMENT, 4), *units("t", (SIGNATURE,), Arm.CONTROL, 36),
        *units("s", (NAME,), Arm.TREATMENT, with_it), *units("s", (NAME,), Arm.CONTROL, without),
        *units("u", (), Arm.TREATMENT, 160), *units("u", (), Arm.CONTROL, 160),
    ]  # fmt: skip
    counts = tally(runs, a_trial(block_hours=block_hours), NONE)
    arms = (
        PairedBlocks(counts, block_hours=block_hours)
        if block_hours
        else RandomUnits(counts, {}, horizon=21)
    )

    assert arms.fits_moved(SIBLING + NAME, 21) is moved
    assert arms.fits_moved(POOL, 21) is moved


def test_a_week_without_failures_does_not_show_that_it_lasts():
    assert not has_lasted(Sums(0.5, 0, 0))
    assert has_lasted(Sums(0.5, 1, 9))
    assert not has_lasted(Sums(0.5, 5, 9))


def test_what_was_known_on_a_day_and_what_came_after_another():
    runs = [
        a_run(unit="1", started=0.5, share=0.1), a_run(unit="2", started=2.5),
        a_run(unit="3", started=2.5, arm=Arm.CONTROL), a_run(unit="4", started=4.5),
    ]  # fmt: skip
    found = RandomUnits(tally(runs, a_trial(), NONE), {}, horizon=21)

    assert found.sums(UNITS, 3) == (Sums(0.1, 1, 1), Sums(0.5, 1, 2))
    assert found.sums(UNITS, 99, since=1) == (Sums(0.5, 2, 3),)
    assert found.sums(UNITS, 4, since=3) == found.sums(UNITS, 0) == found.sums(UNITS, -4) == ()


def test_a_stream_that_nobody_has_seen_is_empty():
    found = RandomUnits(tally([a_run()], a_trial(), NONE), {}, horizon=21)

    assert found.seen(SLOW, 21).total == 0
    assert found.interval(21) is None or found.interval(21).low == 0


@pytest.mark.parametrize(
    ("treated", "control", "blind"),
    [(40, 40, ()), (14, 40, (1,)), (40, 14, (1,)), (0, 0, (1,)), (0, 40, (1,))],
)
def test_a_day_is_blind_below_half_of_what_was_to_expect(treated, control, blind):
    units = ArmUnits({1: control}, {1: treated}, frozenset())

    assert blind_days(units, {True: 80, False: 80}, today=1, parts=(0.5, 0.5)) == blind


def test_few_units_are_no_blindness():
    units = ArmUnits({1: 2}, {1: 2}, frozenset())

    assert blind_days(units, {True: 9, False: 9}, today=1, parts=(0.5, 0.5)) == ()
