"""What goes with a failure: found where it is there, and not where it is not."""

import random

from scipy.stats import contingency

from homeostat.analyze.correlation import RunFeatures, associations


def runs(chance, number, *, odds=1.0, features=40, by_agent=False):
    """Runs of two agents; feature f0 makes failing more likely, all others say nothing."""
    found = []
    for index in range(number):
        agent = f"agent{index % 2}"
        share = 0.6 if by_agent and agent == "agent1" else 0.3
        has = frozenset(f"f{n}" for n in range(features) if chance.random() < share)
        base = 0.5 if by_agent and agent == "agent1" else 0.2
        likely = base / (1 - base) * (odds if "f0" in has else 1.0)
        found.append(RunFeatures(agent, chance.random() < likely / (1 + likely), has))
    return found


def test_of_what_is_told_at_most_one_in_twenty_is_false():
    chance = random.Random(1)
    claims = [associations(runs(chance, 300)) for _ in range(200)]

    assert sum(bool(claim) for claim in claims) <= 0.05 * 200


def test_agents_that_fail_more_and_do_other_things_make_no_association():
    chance = random.Random(2)
    claims = [associations(runs(chance, 400, by_agent=True)) for _ in range(100)]

    assert sum(bool(claim) for claim in claims) <= 0.05 * 100 + 3


def test_a_true_association_is_found_first_with_its_odds_ratio():
    chance = random.Random(3)
    found = [associations(runs(chance, 800, odds=5.0)) for _ in range(20)]

    assert sum(bool(claims) and claims[0].feature == "f0" for claims in found) >= 19
    covered = sum(claims[0].low <= 5 <= claims[0].high for claims in found if claims)
    assert covered >= 17


def test_the_odds_ratio_of_one_stratum_is_the_plain_one():
    table = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 40
    found = associations(
        [RunFeatures("a", failed, frozenset({"x"} if has else ())) for failed, has in table]
    )

    (claim,) = found
    plain = contingency.odds_ratio([[20, 5], [10, 40]], kind="sample").statistic
    assert abs(claim.odds_ratio - plain) < 1e-9


def test_the_order_of_the_runs_says_nothing():
    chance = random.Random(4)
    some = runs(chance, 500, odds=6.0)
    shuffled = some[:]
    chance.shuffle(shuffled)

    assert associations(some) == associations(shuffled)


def test_a_feature_that_all_runs_have_says_nothing():
    every = [RunFeatures("a", index % 2 == 0, frozenset({"x"})) for index in range(100)]

    assert associations(every) == []


def test_a_feature_that_only_failing_runs_have_gets_a_finite_ratio():
    found = associations(
        [
            RunFeatures("a", index < 20, frozenset({"x"} if index < 20 else ()))
            for index in range(60)
        ]
    )

    assert found[0].odds_ratio < 1e5
