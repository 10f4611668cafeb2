"""How often the judge errs: on a small generator of our own, and on cases of another one."""

from collections import Counter

import pytest
from scipy import stats

from homeostat.analyze.effect.judging import judge
from homeostat.model.trial import Design
from homeostat.model.verdict import Ruling
from trials import a_trial, simulated

SEEDS = 40
SWITCHBACK = {"design": Design.SWITCHBACK, "block_hours": 6.0}
NULLS = {
    "no effect": {},
    "unknown instead": {"effect": 0.2, "unclear": 1.0},
    "another name instead": {"effect": 0.2, "moved": 1.0},
}


def said(*, seeds=SEEDS, trial=None, **world) -> Counter[Ruling]:
    """Every ruling ever given, by trials."""
    found: Counter[Ruling] = Counter()
    trial = trial or {}
    design = trial.get("design", Design.CANARY)
    for seed in range(seeds):
        runs = simulated(seed, design=design, **world)
        found.update(set(judge(runs, a_trial(**trial), today=21).ever))
    return found


def is_within(count: int, *, rate: float, seeds: int = SEEDS) -> bool:
    """Whether so many are no proof (1 in 1000) that the rate is above."""
    return stats.binomtest(count, seeds, rate, alternative="greater").pvalue > 0.001


@pytest.mark.parametrize("trial", [{}, SWITCHBACK], ids=["canary", "switchback"])
@pytest.mark.parametrize("world", NULLS.values(), ids=NULLS)
def test_what_is_no_cure_is_rarely_verified(world, trial):
    found = said(trial=trial, **world)

    assert is_within(found[Ruling.VERIFIED], rate=0.05)
    if not world:
        assert is_within(found[Ruling.WORSE], rate=0.05)


def test_without_a_second_arm_nothing_is_ever_verified_or_worse():
    found = said(seeds=20, trial={"design": Design.FULL}, effect=0.1)

    assert found[Ruling.VERIFIED] == found[Ruling.WORSE] == 0
    assert found[Ruling.IMPROVED_UNPROVEN] > 0


@pytest.mark.parametrize("trial", [{}, SWITCHBACK], ids=["canary", "switchback"])
def test_what_cures_is_mostly_found(trial):
    found = said(seeds=20, trial=trial, effect=0.1)

    assert found[Ruling.DOWN] >= 18
    assert found[Ruling.VERIFIED] >= 12
