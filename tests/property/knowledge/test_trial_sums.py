"""Whatever comes in whatever order, cut into whatever looks: the same sums as from scratch."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conftest import made_homeostat
from databases import Server
from fakes import FixedClock
from homeostat.analyze.effect.judging import judge
from homeostat.loop.proving import Trials
from homeostat.loop.service import Homeostat
from homeostat.model.trial import Design, Trial, TrialRun
from homeostat.model.views import Window
from trial_events import (
    APPLIED,
    CALLS,
    Drawn,
    an_improvement,
    as_trial_run,
    moment,
    take_in,
    views,
    with_arms,
)

TODAY = 12
CLIENTS = ("test", "other")
DESIGNS = [
    {"design": Design.CANARY, "looks": (3, 7, 12)},
    {"design": Design.CANARY, "share": 0.2, "looks": (3, 7, 12)},
    {"design": Design.SWITCHBACK, "block_hours": 12.0, "looks": (3, 7, 12)},
    {"design": Design.FULL, "trigger_from": -1.0, "looks": (3, 7, 12)},
]


@st.composite
def a_run(draw: st.DrawFn, number: int, *, first: float, last: float) -> Drawn:
    return Drawn(
        run_id=f"u{number % 5}" if first >= 0 else f"b{number}",
        client=draw(st.sampled_from(CLIENTS)),
        at=draw(st.floats(first, last, width=16)),
        calls=tuple(draw(st.lists(st.sampled_from(CALLS), max_size=3))),
        project=draw(st.sampled_from(["/ledger", "/garden"])),
        reward=draw(st.sampled_from([None, 0.0, 1.0])),
        cost=draw(st.sampled_from([None, 0.5])),
    )


@st.composite
def histories(draw: st.DrawFn) -> dict[str, object]:
    """Runs before, then what arrives after the change, in pieces, with looks in between."""
    before = [draw(a_run(n, first=-25, last=-1)) for n in range(draw(st.integers(0, 5)))]
    after = [draw(a_run(n, first=0, last=11)) for n in range(draw(st.integers(1, 10)))]
    arrivals: list[object] = [event for run in after for event in run.events]
    began = {run.run_id: min(r.at for r in after if r.run_id == run.run_id) for run in after}
    for unit, at in began.items():
        said = draw(st.sampled_from([None, 0.0, 0.0, 0.0, 0.0, 0.5]))
        if said is not None:
            arrivals.append((unit, at + said))
    arrivals += draw(st.lists(st.just(("nobody", 1.0)), max_size=1))
    mixed = draw(st.permutations(arrivals))
    cuts = sorted(draw(st.sets(st.integers(0, len(mixed)), max_size=4)))
    return {
        "trial": draw(st.sampled_from(DESIGNS)),
        "before": before,
        "pieces": [mixed[a:b] for a, b in pairwise([0, *cuts, len(mixed)])],
        "looks": draw(st.lists(st.integers(0, TODAY), min_size=5, max_size=5)),
        "is_settled": draw(st.booleans()),
        "forget": draw(st.sampled_from(["", "", "/ledger", "/garden"])),
        "orphans": {(run.client, run.run_id) for run in after + before if "orphan" in run.calls},
    }


def lived_through(homeostat: Homeostat, drawn: dict[str, object]) -> object:
    """What the store says in the end, beside what the judge says of the runs themselves."""
    clock = homeostat.clock
    assert isinstance(clock, FixedClock)
    improvement, signature = an_improvement(homeostat)
    for run in drawn["before"]:
        take_in(homeostat, run.events)
    before = trial_runs(homeostat, signature, drawn["orphans"])
    trial = Trial(signature=signature, tool="Bash", **drawn["trial"])
    begun = Trials(homeostat).begin(improvement, trial)
    records = {}
    for piece, look in zip(drawn["pieces"], drawn["looks"], strict=False):
        events = [item for item in piece if not isinstance(item, tuple)]
        units = {unit: moment(at) for unit, at in (i for i in piece if isinstance(i, tuple))}
        if events:
            take_in(homeostat, events, is_settled=drawn["is_settled"])
        records |= Trials(homeostat).expose(improvement, units)
        clock.moment = moment(look + 0.5)
        Trials(homeostat).verdict(improvement)
    gone = set()
    if drawn["forget"] and any(run.project == drawn["forget"] for run in homeostat.runs(Window())):
        homeostat.forget(project=drawn["forget"])
        left = {run.run_id for run in homeostat.runs(Window())}
        gone = records.keys() - left - {"nobody"}
    clock.moment = moment(TODAY)
    found = Trials(homeostat).verdict(improvement)
    assert homeostat.check() == []

    runs = trial_runs(homeostat, signature, drawn["orphans"])
    after = [run for run in runs if run.unit.startswith("u")]
    kept = {unit: record for unit, record in records.items() if unit not in gone}
    counted = after if trial.design is Design.FULL else with_arms(after, kept)
    known = [run for run in before if -29 <= run.started < 0]
    assert found.verdict == judge([*known, *counted], trial, today=TODAY)
    if trial.design is not Design.FULL:
        seen = {run.unit for run in after}
        late = seen & kept.keys() - {run.unit for run in counted}
        assert found.spots.unrecorded == len(seen - kept.keys())
        assert found.spots.late == len(late)
        unseen = found.spots.unseen_treated + found.spots.unseen_control
        assert unseen == len(kept.keys() - seen)
    return begun.baseline, found


def trial_runs(homeostat: Homeostat, signature: str, orphans) -> list[TrialRun]:
    return [
        as_trial_run(run, calls, signature, is_missing=(run.client, run.run_id) in orphans)
        for run, calls in views(homeostat)
    ]


@given(histories())
@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_the_sums_of_a_trial_are_those_from_scratch_on_both_databases(postgres: Server, drawn):
    with TemporaryDirectory() as folder, postgres.fresh() as url:
        both = [
            replace(made_homeostat(Path(folder) / name, said), clock=FixedClock(APPLIED))
            for name, said in (("a", {}), ("b", {"HOMEOSTAT_DATABASE_URL": url}))
        ]
        first, second = (lived_through(homeostat, drawn) for homeostat in both)

    assert first == second
