"""Who gets the change, and which units can be counted."""

from hashlib import blake2b

import pytest

from homeostat.analyze.effect.exposure import Assigned, assigned, exposed, known
from homeostat.analyze.effect.tally import TARGET, UNITS, summed
from homeostat.model.exposure import BlindSpots
from homeostat.model.trial import Arm, Design
from homeostat.model.trial_sums import Limits
from trials import TARGET as SIGNATURE
from trials import a_run, a_trial

NONE = Limits(None, None)
UNIT_IDS = [f"session-{number}" for number in range(10_000)]


def treated(change_id, share, trial=None):
    return {
        unit
        for unit in UNIT_IDS
        if assigned(change_id, unit, trial or a_trial(), at=1.0, share=share).arm is Arm.TREATMENT
    }


def test_the_arm_is_the_hash_of_change_and_session_as_anybody_can_work_it_out():
    digest = blake2b(b"I-ABsession-1", digest_size=8).digest()
    chance = int.from_bytes(digest, "big") / 2**64

    for share in (chance - 0.001, chance + 0.001):
        found = assigned("I-AB", "session-1", a_trial(), at=3.0, share=share)
        assert (found.arm is Arm.TREATMENT) == (chance < share)
        assert (found.share, found.at) == (share, 3.0)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_the_arms_are_as_large_as_declared_and_changes_do_not_follow_one_another(share):
    one, other = treated("I-ONE", share), treated("I-OTHER", share)

    assert abs(len(one) / 10_000 - share) < 0.02
    assert abs(len(one & other) / 10_000 - share**2) < 0.02


def test_a_larger_share_takes_the_change_from_nobody():
    assert treated("I-ONE", 0.1) <= treated("I-ONE", 0.5)


def test_a_switchback_gives_one_block_of_each_pair_to_everybody_by_a_coin():
    trial = a_trial(design=Design.SWITCHBACK, block_hours=6.0)

    blocks = [
        {assigned("I-ONE", unit, trial, at=(b + 0.5) / 4, share=0.9).arm for unit in UNIT_IDS[:5]}
        for b in range(400)
    ]
    pairs = list(zip(blocks[::2], blocks[1::2], strict=True))
    assert all(len(block) == 1 for block in blocks)
    assert all(first != second for first, second in pairs)
    assert 60 < sum(first == {Arm.TREATMENT} for first, _ in pairs) < 140


def test_a_change_for_all_goes_to_all():
    assert len(treated("I-ONE", 0.1, a_trial(design=Design.FULL))) == len(UNIT_IDS)


RECORD = Assigned(Arm.TREATMENT, 0.3, 2.0)
NOW = {"started": 2.0, "ended": 2.5, "arm": None, "failed": (SIGNATURE,)}
"""Of a run that fails."""


@pytest.mark.parametrize(
    ("runs", "record", "counted"),
    [
        ([NOW], RECORD, {UNITS: 3, TARGET: 3}),
        ([NOW | {"started": 2.0 - 30 / 86_400}], RECORD, {UNITS: 3, TARGET: 3}),
        ([NOW | {"started": 1.9}], RECORD, {"recorded late": 3}),
        ([NOW | {"started": -0.5}], RECORD, {"recorded late": 3}),
        ([NOW], None, {"no record of an arm": 3}),
        ([NOW | {"started": -0.5}], None, None),
        ([], RECORD, {"no run": 3}),
        ([], None, None),
    ],
    ids=["known", "clock", "late", "before", "no record", "before, no record", "no run", "nothing"],
)
def test_a_unit_counts_in_an_arm_only_where_that_was_written_down_in_time(runs, record, counted):
    found = exposed([a_run(**run) for run in runs], record, a_trial(), NONE)

    days = None if found is None else {k: v for k, v in found.days.items() if k in (counted or {})}
    assert days == counted
    if record and counted and UNITS in counted:
        assert (found.arm, found.share) == (Arm.TREATMENT, 0.3)


def test_a_unit_is_of_the_block_in_which_its_arm_was_written_down():
    trial = a_trial(design=Design.SWITCHBACK, block_hours=12.0)
    runs = [a_run(**NOW, agent=name) for name in ("one", "other")]
    late = a_run(**(NOW | {"started": 2.9, "ended": 3.9}))

    found = exposed([*runs, late], RECORD, trial, NONE)

    assert found is not None
    assert found.block == 4


def test_of_a_change_for_all_no_record_is_needed():
    found = exposed([a_run(**NOW)], None, a_trial(design=Design.FULL), NONE)

    assert found is not None
    assert found.arm is Arm.TREATMENT
    assert found.days[TARGET] == 3


def test_blind_spots_are_counted_and_judged_by_nobody():
    units = [
        exposed([a_run(**NOW)], None, a_trial(), NONE),
        exposed([], RECORD, a_trial(), NONE),
        exposed([], RECORD._replace(arm=Arm.CONTROL), a_trial(), NONE),
        exposed([a_run(**NOW)], RECORD._replace(at=2.4), a_trial(), NONE),
        exposed([a_run(**NOW)], RECORD, a_trial(), NONE),
    ]

    tally, spots = known(summed(unit for unit in units if unit))

    assert spots == BlindSpots(unrecorded=1, late=1, unseen_treated=1, unseen_control=1)
    assert sum(map(sum, tally.counts[UNITS].values())) == 1
    assert not {"no run", "recorded late", "no record of an arm"} & tally.counts.keys()
