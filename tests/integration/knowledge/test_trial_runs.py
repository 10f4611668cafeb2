"""What a stored run says to a trial."""

import pytest
from msgspec.structs import replace

from fakes import FixedClock
from homeostat.knowledge.queries import trial_runs
from homeostat.loop.proving import Trials
from homeostat.model.trial import Design, Trial
from trial_events import APPLIED, Drawn, an_improvement, take_in


@pytest.fixture
def trial(homeostat):
    """A homeostat, and a trial that has begun."""
    fleet = replace(homeostat, clock=FixedClock(APPLIED))
    improvement, signature = an_improvement(fleet)
    declared = Trial(signature=signature, tool="Bash", design=Design.CANARY)
    return fleet, Trials(fleet).begin(improvement, declared)


def read(trial, *runs):
    fleet, begun = trial
    for run in runs:
        take_in(fleet, run.events)
    with fleet.reading() as connection:
        return trial_runs.of_units(connection, begun, ["u", "nobody"])


@pytest.mark.parametrize(
    ("calls", "fails", "others", "elsewhere", "is_unclear"),
    [
        (("ok",), False, 0, 0, False),
        (("target", "target", "ok"), True, 0, 0, False),
        (("sibling", "target"), True, 1, 0, False),
        (("elsewhere",), False, 0, 1, False),
        (("finding",), False, 0, 0, False),
        (("denied",), False, 0, 0, False),
        (("hidden",), False, 0, 0, True),
        (("interrupted",), False, 0, 0, True),
        (("unanswered",), False, 0, 0, True),
        (("ok", "orphan"), False, 0, 0, True),
        ((), False, 0, 0, False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_only_what_is_broken_fails_and_what_is_not_known_is_unclear(
    trial, calls, fails, others, elsewhere, is_unclear
):
    found = read(trial, Drawn("u", "test", 1.0, calls))

    ((run,),) = found.values()
    signature = trial[1].trial.signature
    assert (signature in run.failed) == fails
    assert len(set(run.failed) - {signature}) == others
    assert len(run.failed_elsewhere) == elsewhere
    assert run.is_unclear == is_unclear


@pytest.mark.parametrize(("reward", "is_ok"), [(1.0, True), (0.0, False), (None, None)])
def test_how_it_came_out_what_it_cost_and_how_long_calls_took(trial, reward, is_ok):
    found = read(trial, Drawn("u", "test", 5.5, ("ok", "denied"), reward=reward, cost=0.25))

    ((run,),) = found.values()
    assert (run.is_ok, run.cost_usd, run.is_weekend) == (is_ok, 0.25, True)
    assert run.tool_ms == 10 * len("test/u/5.5/0")
    assert (run.unit, run.agent, run.arm) == ("u", "test", None)
    assert 5.5 == run.started < run.ended < 5.6


def test_runs_of_two_clients_with_one_id_are_one_unit(trial):
    found = read(trial, Drawn("u", "test", 1.0, ("ok",)), Drawn("u", "other", 2.0, ("target",)))

    assert sorted(run.agent for run in found["u"]) == ["other", "test"]
    assert found.keys() == {"u"}
