"""Verdicts on small trials: what is said, when, and what is never said."""

import random

import pytest
from msgspec import structs

from homeostat.analyze.effect.judging import baseline, judge, verdict
from homeostat.analyze.effect.tally import limits, tally
from homeostat.model.trial import Arm, Design, Rigour
from homeostat.model.verdict import Ruling
from trials import SIBLING, TARGET, a_run, a_trial, simulated

SWITCHBACK = {"design": Design.SWITCHBACK, "block_hours": 6.0}


def judged(runs, *, today=21, **changes):
    return judge(runs, a_trial(**changes), today=today)


def test_a_strong_cure_is_verified_on_a_planned_look():
    found = judged(simulated(1, effect=0.1))

    assert found.ruling is Ruling.VERIFIED
    assert found.decided_on in {7, 14, 21}
    assert found.effect is not None
    assert found.effect.low <= -0.9 <= found.effect.high
    assert any("not moved elsewhere" in reason for reason in found.reasons)


@pytest.mark.parametrize(("treated", "ruling"), [(2, Ruling.DOWN), (1, Ruling.VERIFIED)])
def test_a_proof_asks_for_a_clearer_fall_than_down_does(treated, ruling):
    """Of 11 failing units 2 treated ones or fewer come by chance in 3.3 %, 1 or none in 0.6 %."""
    arms = {Arm.TREATMENT: treated, Arm.CONTROL: 11 - treated}
    runs = [
        a_run(
            unit=f"{arm}-{number}", arm=arm, started=number / 20,
            failed=(TARGET,) if number < failing else (),
        )
        for arm, failing in arms.items()
        for number in range(100)
    ]  # fmt: skip

    found = judged(runs, today=7, looks=(7,))

    assert found.ruling is ruling
    assert found.looks[0].is_firm is (ruling is Ruling.VERIFIED)
    if ruling is Ruling.DOWN:
        assert "for a proof the fall itself must be a little clearer" in found.reasons


def test_the_same_with_blocks_in_time():
    found = judged(simulated(1, design=Design.SWITCHBACK, effect=0.1, rate=0.08), **SWITCHBACK)

    assert found.ruling is Ruling.VERIFIED
    assert found.effect is not None
    assert found.effect.high < 0


def test_between_looks_nothing_new_is_said():
    runs = simulated(1, effect=0.1)
    said = [judged(runs, today=day).ruling for day in (6, 13, 20)]

    assert said == [
        Ruling.INCONCLUSIVE,
        judged(runs, today=7).ruling,
        judged(runs, today=14).ruling,
    ]


def test_a_move_to_a_name_is_told_with_its_numbers():
    found = next(
        v
        for seed in range(20)
        if (v := judged(simulated(seed, effect=0.1, moved=1.0))).ruling is Ruling.DOWN
    )

    assert any("moved elsewhere is not excluded" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("harm", "stream"),
    [({"effect": 0.5, "sibling": 5.0}, "other"), ({"slower": 6.0}, "slow")],
)
def test_harm_to_others_is_found_on_any_day_and_beats_a_cure(harm, stream):
    found = judged(simulated(3, **harm))

    assert found.ruling is Ruling.WORSE
    assert found.decided_on is not None
    assert found.pause
    assert stream in found.reasons[0]


def test_more_failures_with_the_change_are_worse():
    runs = simulated(3)
    more = [
        structs.replace(run, failed=(TARGET,))
        if run.arm is Arm.TREATMENT and index % 6 == 0
        else run
        for index, run in enumerate(runs)
    ]

    assert judged(more).ruling is Ruling.WORSE
    assert Ruling.WORSE in judged(more).ever


def test_a_cure_that_ends_is_taken_back():
    runs = simulated(2, effect=0.02, rate=0.15, until=8)
    first = judged(runs, today=7)
    last = judged(runs)

    assert first.ruling is Ruling.VERIFIED
    assert last.ruling is Ruling.INCONCLUSIVE
    assert Ruling.VERIFIED in last.ever
    assert any("no longer" in reason for reason in last.reasons)


def test_what_was_only_down_is_taken_back_as_well():
    runs = simulated(0, effect=0.02, rate=0.15, until=8)

    assert judged(runs, today=7).ruling is Ruling.DOWN
    assert judged(runs).ruling is Ruling.INCONCLUSIVE
    assert judged(runs).reasons[0].startswith("down on day 7; since day")


def test_no_effect_needs_an_interval_that_says_so():
    found = judged(simulated(0, rate=0.9, runs_a_day=250))

    assert found.ruling is Ruling.NO_EFFECT
    assert found.effect is not None
    assert found.effect.low >= -0.1


def test_a_change_for_all_is_never_verified():
    found = judged(simulated(1, design=Design.FULL, effect=0.05, rate=0.08), design=Design.FULL)

    assert found.ruling is Ruling.IMPROVED_UNPROVEN
    assert found.effect is None
    assert any("no cause is shown" in reason for reason in found.reasons)


def test_a_rise_after_a_change_for_all_is_a_precaution_and_no_proof():
    runs = simulated(1, design=Design.FULL, rate=0.08)
    more = [
        structs.replace(run, failed=(TARGET,)) if run.arm and index % 3 == 0 else run
        for index, run in enumerate(runs)
    ]
    found = judged(more, design=Design.FULL)

    assert found.ruling is Ruling.INCONCLUSIVE
    assert found.pause


def test_while_it_runs_it_says_how_many_of_how_many_and_how_long():
    found = judged(simulated(4, effect=0.7), today=10)

    assert found.ruling is Ruling.INCONCLUSIVE
    assert found.needed == 179
    assert 0 < found.seen < found.needed
    assert found.days_to_go is not None
    assert found.days_to_go >= 4
    assert found.next_look == 14


def test_the_order_of_runs_changes_nothing():
    runs = simulated(6, effect=0.3, days=10)
    for design in ({}, SWITCHBACK, {"design": Design.FULL}):
        shuffled = random.Random(0).sample(runs, len(runs))
        assert judged(runs, today=10, **design) == judged(shuffled, today=10, **design)


def test_what_came_later_changes_nothing():
    runs = simulated(6, effect=0.3)

    assert judged(runs, today=9) == judged([r for r in runs if r.ended < 9], today=9)


def test_from_sums_it_is_the_same_verdict():
    runs, trial = simulated(6, effect=0.3), a_trial()

    sums = tally(runs, trial, limits(runs))
    assert verdict(sums, baseline(runs, trial), trial, today=21) == judge(runs, trial, today=21)


def test_a_share_that_changes_on_the_way_is_no_harm():
    runs = [
        *(run for run in simulated(7, effect=0.1, share=0.1) if run.started < 5),
        *(run for run in simulated(8, effect=0.1, share=0.5) if run.started >= 5),
    ]
    known = [
        structs.replace(run, share=0.1 if run.started < 5 else 0.5, unit=f"{run.unit}{run.started}")
        for run in runs
    ]
    found = judged(known)

    assert found.ruling is Ruling.VERIFIED
    assert judged(runs).ruling is Ruling.NO_DATA


@pytest.mark.parametrize("rigour", Rigour)
def test_both_rigours_verify_a_cure_that_is_plain(rigour):
    assert judged(simulated(9, effect=0.0, rate=0.1), rigour=rigour).ruling is Ruling.VERIFIED


def test_sessions_count_once():
    runs = [
        structs.replace(run, unit=f"{run.unit.split('.')[0]}.{int(run.unit.split('.')[1]) // 4}")
        for run in simulated(1)
    ]
    of_session = {}
    known = [
        structs.replace(run, arm=of_session.setdefault(run.unit, run.arm) if run.arm else None)
        for run in runs
    ]
    found = judged(known)

    assert found.ruling is not Ruling.NO_DATA
    assert found.seen <= 21 * 20


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([], "no run since the change"),
        ([a_run(arm=None)], "no run since the change"),
        ([a_run(unit=str(n)) for n in range(9)], "no run without"),
        ([a_run(unit=str(n), arm=Arm.CONTROL) for n in range(9)], "no run with"),
        ([a_run(unit=str(n), arm=arm) for n in range(9) for arm in Arm], "no run since"),
        (
            [
                a_run(unit=str(n), arm=Arm.CONTROL if n % 5 == 0 else Arm.TREATMENT)
                for n in range(400)
            ],
            "not the random part",
        ),
        (
            [
                a_run(unit=str(n), started=n / 20, arm=Arm.CONTROL if n < 200 else Arm.TREATMENT)
                for n in range(400)
            ],
            "not the random part",
        ),
        (
            [
                *(a_run(unit=str(n), arm=arm) for n in range(9) for arm in Arm),
                *(a_run(unit=f"x{n}", arm=tuple(Arm)[n % 2]) for n in range(20)),
            ],
            "both with and without",
        ),
    ],
)
def test_what_cannot_be_judged_is_no_data_and_no_number(runs, reason):
    found = judged(runs)

    assert found.ruling is Ruling.NO_DATA
    assert found.effect is None
    assert found.effect_now is None
    assert reason in found.reasons[0]


def test_blocks_that_mostly_had_both_arms_are_no_switchback():
    runs = [a_run(unit=str(n), started=n / 40, arm=tuple(Arm)[n % 2]) for n in range(840)]

    assert judged(runs, **SWITCHBACK).ruling is Ruling.NO_DATA


@pytest.mark.parametrize("order", ["always first", "by turns"])
def test_blocks_in_a_regular_order_are_no_coin(order):
    def arm(block):
        is_first = block % 2 == 0
        turned = order == "by turns" and block // 2 % 2
        return Arm.TREATMENT if is_first is not bool(turned) else Arm.CONTROL

    runs = [a_run(unit=str(n), started=n / 40, arm=arm(n // 10)) for n in range(840)]
    found = judged(runs, **SWITCHBACK)

    assert found.ruling is Ruling.NO_DATA
    assert "no coin" in found.reasons[0]


def test_a_change_for_all_without_a_trigger_has_no_honest_before():
    found = judged(simulated(1, design=Design.FULL), design=Design.FULL, trigger_from=None)

    assert found.ruling is Ruling.NO_DATA
    assert "what made somebody act" in found.reasons[0]


def test_a_change_for_all_with_nothing_before_or_after_is_no_data():
    runs = simulated(1, design=Design.FULL)

    for part in ([r for r in runs if r.started < 0], [r for r in runs if r.started >= 0], []):
        assert judged(part, design=Design.FULL).ruling is Ruling.NO_DATA


def test_days_without_data_are_named_and_prove_nothing():
    runs = [run for run in simulated(1, effect=0.1) if not 3 <= run.started < 6]

    assert judged(runs).blind_days == (4, 5, 6)


def test_an_arm_that_is_half_silent_is_named():
    runs = [
        run
        for index, run in enumerate(simulated(1))
        if not (run.arm is Arm.TREATMENT and 9 <= run.started < 10 and index % 5)
    ]

    assert judged(runs).blind_days == (10,)


def test_a_day_before_the_change_is_refused():
    with pytest.raises(ValueError, match="after the change"):
        judged([], today=-1)


@pytest.mark.parametrize(
    "wrong",
    [{"share": 0.0}, {"share": 1.0}, {"looks": ()}, {"looks": (7, 7)}, {"looks": (0, 7)},
     {"design": Design.SWITCHBACK}],
)  # fmt: skip
def test_a_trial_that_was_not_declared_in_full_is_refused(wrong):
    with pytest.raises(ValueError, match="trial"):
        a_trial(**wrong)


def test_an_overlap_within_a_block_costs_that_pair():
    runs = simulated(1, design=Design.SWITCHBACK)
    mixed = [structs.replace(r, arm=Arm.CONTROL) if r.started < 0.1 and r.arm else r for r in runs]

    assert judged(mixed, **SWITCHBACK).ruling is not Ruling.NO_DATA
    assert SIBLING not in judged(mixed, **SWITCHBACK).reasons[0]
