"""Improvements on trial in the store, on both databases."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from conftest import made_homeostat
from fakes import FixedClock
from homeostat.knowledge import trial_sums, trials
from homeostat.loop import proving
from homeostat.loop.improving import Improvements
from homeostat.loop.proving import Trials
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.errors import NotFoundError, UsageError
from homeostat.model.trial import Arm, Design, Trial
from homeostat.model.verdict import Ruling
from stores import change, rows
from trial_events import APPLIED, SIBLING, Drawn, an_improvement, moment, take_in

PROGRAM = str(Path(sys.executable).with_name("homeostat"))


@pytest.fixture
def fleet(homeostat):
    """A homeostat whose clock stands at the change, and can be set."""
    return replace(homeostat, clock=FixedClock(APPLIED))


def begun(homeostat, **changes):
    """An improvement on trial: its id."""
    improvement, signature = an_improvement(homeostat)
    known = {"signature": signature, "tool": "Bash", "design": Design.CANARY}
    Trials(homeostat).begin(improvement, Trial(**(known | changes)))
    return improvement


def at(homeostat, days):
    homeostat.clock.moment = moment(days)


def lived(homeostat, improvement, *, days=21, a_day=30, works=True):
    """So many days: without the change a third of the runs fail, with it none, if it works."""
    for day in range(days):
        units = {f"u{day}.{n}": moment(day + n / 100) for n in range(a_day)}
        found = Trials(homeostat).expose(improvement, units)
        events = []
        for n, (unit, record) in enumerate(found.items()):
            fails = n % 3 == 0 and not (works and record.arm is Arm.TREATMENT)
            run = Drawn(unit, "test", day + n / 100, ("target",) if fails else ("ok",))
            events += run.events
        take_in(homeostat, events)
        at(homeostat, day + 1)


def running(homeostat):
    with homeostat.reading() as connection:
        return list(trials.trials(connection))


def run(folder, *arguments):
    return subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True, check=False,
        env={"HOME": str(folder), "HOMEOSTAT_STATE_DIR": str(folder / "state"), "NO_COLOR": "1",
             "COLUMNS": "80"},
    )  # fmt: skip


def test_a_change_that_works_is_verified_on_a_planned_day_and_stays_so(fleet):
    improvement = begun(fleet)
    lived(fleet, improvement, days=14)

    found = Trials(fleet).verdict(improvement)

    assert found.verdict.ruling is Ruling.VERIFIED
    assert found.verdict.decided_on in {7, 14}
    assert found.change_id == improvement
    assert Trials(fleet).verdicts() == [found]
    assert fleet.check() == []


def test_a_look_costs_what_is_new_and_a_second_look_nothing(fleet):
    improvement = begun(fleet)
    lived(fleet, improvement, days=3)

    (trial,) = running(fleet)
    with fleet.writing() as connection:
        assert proving.move(connection, trial) == 90
        assert proving.move(connection, trial) == 0
    take_in(fleet, Drawn("u1.4", "test", 2.5, ("target",)).events)
    with fleet.writing() as connection:
        assert proving.move(connection, trial) == 1


def test_the_first_word_on_a_unit_stands(fleet):
    improvement = begun(fleet)
    units = {f"u{number}": moment(1.0) for number in range(40)}

    first = Trials(fleet).expose(improvement, units, share=0.1)
    again = Trials(fleet).expose(improvement, dict.fromkeys(units, moment(2.0)), share=0.9)

    assert first == again
    assert {record.arm for record in first.values()} == set(Arm)


def test_writers_at_once_all_get_the_same_word(fleet):
    improvement = begun(fleet)
    units = {f"u{number}": moment(1.0) for number in range(50)}

    def said(share):
        return Trials(fleet).expose(improvement, units, share=share)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(said, [0.1, 0.9, 0.3, 0.7]))

    assert all(answer == found[0] for answer in found)
    assert len({record.share for record in found[0].values()}) == 1


def test_nothing_is_lost_between_those_who_write_runs_and_those_who_look(fleet):
    improvement = begun(fleet)
    units = [f"u{number}" for number in range(60)]
    Trials(fleet).expose(improvement, dict.fromkeys(units, moment(1.0)))
    at(fleet, 4)

    def grow(unit):
        for day, call in ((1.0, "ok"), (2.0, "target")):
            take_in(fleet, Drawn(unit, "test", day, (call,)).events)

    def look(_):
        return Trials(fleet).verdict(improvement)

    with ThreadPoolExecutor(4) as pool:
        looks = pool.map(look, range(40))
        list(pool.map(grow, units))
        list(looks)
    found = look(None)

    (trial,) = running(fleet)
    with fleet.writing() as connection, connection.transaction():
        trial_sums.note_since(connection, trial)
    assert look(None) == found
    assert found.verdict.seen == 60
    assert fleet.check() == []


def test_a_note_that_is_being_made_is_left_to_the_next_look(postgres, tmp_path):
    with postgres.fresh() as url:
        fleet = made_homeostat(tmp_path, {"HOMEOSTAT_DATABASE_URL": url})
        fleet = replace(fleet, clock=FixedClock(APPLIED))
        improvement = begun(fleet)
        take_in(fleet, Drawn("u", "test", 1.0, ("ok",)).events)
        ((key,),) = rows(fleet, "SELECT run_key FROM runs WHERE run_id = 'u'")

        with fleet.writing() as one, fleet.writing() as other:
            with one.transaction():
                trial_sums.note_runs(one, [(key,)])
                with other.transaction():
                    assert trial_sums.take(other, improvement, most=9) == []
            with other.transaction():
                assert trial_sums.take(other, improvement, most=9) == ["u"]


def test_an_arm_that_is_told_after_the_run_was_seen_is_counted_then(fleet):
    improvement = begun(fleet)
    take_in(fleet, Drawn("u1", "test", 1.0, ("target",)).events)
    at(fleet, 2)

    before = Trials(fleet).verdict(improvement)
    Trials(fleet).expose(improvement, {"u1": moment(1.0), "u2": moment(1.0)})
    after = Trials(fleet).verdict(improvement)

    assert before.spots.unrecorded == 1
    assert before.verdict.ruling is Ruling.NO_DATA
    assert after.spots.unrecorded == 0
    assert after.verdict.days[1].treated + after.verdict.days[1].control == 1
    assert after.spots.unseen_treated + after.spots.unseen_control == 1


@pytest.mark.parametrize("is_told_first", [True, False])
def test_a_unit_that_had_ended_before_the_change_is_late_whichever_is_known_first(
    fleet, is_told_first
):
    improvement = begun(fleet)
    steps = [
        lambda: Trials(fleet).expose(improvement, {"u": moment(0.5)}),
        lambda: take_in(fleet, Drawn("u", "test", -1.0, ("ok",)).events),
    ]
    at(fleet, 2)

    for step in steps if is_told_first else reversed(steps):
        step()
        found = Trials(fleet).verdict(improvement).spots

    assert found.late == 1
    assert found.unseen_treated + found.unseen_control == 0


def test_what_cannot_be_told_apart_is_not_begun(fleet):
    improvement, signature = an_improvement(fleet)
    other, sibling = an_improvement(fleet, SIBLING)
    trial = Trial(signature=signature, tool="Bash", design=Design.CANARY)

    with pytest.raises(UsageError, match="is against"):
        Trials(fleet).begin(other, trial)
    Trials(fleet).begin(improvement, trial)
    with pytest.raises(UsageError, match="has had its trial"):
        Trials(fleet).begin(improvement, trial)
    with pytest.raises(UsageError, match="cannot be told apart"):
        Trials(fleet).begin(other, replace(trial, signature=sibling))
    Improvements(fleet).decline(other)
    with pytest.raises(UsageError, match="declined"):
        Trials(fleet).begin(other, replace(trial, signature=sibling, tool="Read"))
    with pytest.raises(NotFoundError):
        Trials(fleet).begin("I-0000", trial)


def test_units_of_no_trial_before_it_and_after_it_are_refused(fleet):
    improvement, _ = an_improvement(fleet)
    with pytest.raises(UsageError, match="not on trial"):
        Trials(fleet).expose(improvement, {"u": moment(1)})
    with pytest.raises(UsageError, match="not on trial"):
        Trials(fleet).verdict(improvement)
    begun(fleet)
    with pytest.raises(UsageError, match="began before"):
        Trials(fleet).expose(improvement, {"u": moment(-1)})
    with pytest.raises(UsageError, match="has no zone"):
        Trials(fleet).expose(improvement, {"u": moment(1).replace(tzinfo=None)})
    with pytest.raises(UsageError, match="nothing to compare"):
        Trials(fleet).expose(improvement, {"u": moment(1)}, share=1.0)
    Trials(fleet).end(improvement)
    with pytest.raises(UsageError, match="has ended"):
        Trials(fleet).expose(improvement, {"u": moment(1)})


def test_after_its_end_a_trial_stands_still_but_for_what_is_forgotten(fleet):
    improvement = begun(fleet)
    lived(fleet, improvement, days=8)

    ended = Trials(fleet).end(improvement)
    at(fleet, 30)
    take_in(fleet, Drawn("u2.1", "test", 7.5, ("target",)).events)
    assert Trials(fleet).verdict(improvement) == ended
    assert Trials(fleet).end(improvement) == ended
    assert Trials(fleet).verdicts() == []

    fleet.forget(run="u2.1")
    left = Trials(fleet).verdict(improvement).verdict.days[2]
    assert left.treated + left.control == 29
    assert fleet.check() == []
    assert running(fleet) == []


def test_vacuum_takes_nothing_that_a_running_trial_may_need(fleet):
    take_in(fleet, Drawn("old", "test", -10.0, ("ok",)).events)
    improvement = begun(fleet)
    lived(fleet, improvement, days=3)
    at(fleet, 50)
    held = fleet.vacuum(days=1)

    take_in(fleet, Drawn("u1.1", "test", 1.5, ("target",)).events)
    assert held.before == APPLIED
    assert held.runs == 2
    assert fleet.database().runs_beyond == 0
    assert Trials(fleet).verdict(improvement).verdict.seen > 0
    assert fleet.check() == []

    ended = Trials(fleet).end(improvement)
    assert fleet.vacuum(days=1).runs == 90
    assert Trials(fleet).verdict(improvement) == ended
    assert fleet.check() == []


def test_a_forgotten_run_takes_its_arm_with_it(fleet):
    improvement = begun(fleet)
    lived(fleet, improvement, days=1)

    fleet.forget(run="u0.3")

    for table in ("exposures", "trial_units", "trial_news"):
        assert (0,) in rows(fleet, f"SELECT COUNT(*) FROM {table} WHERE unit = 'u0.3'")  # noqa: S608
    day = Trials(fleet).verdict(improvement).verdict.days[0]
    assert day.treated + day.control == 29
    take_in(fleet, Drawn("u0.3", "test", 0.5, ("ok",)).events)
    assert Trials(fleet).verdict(improvement).spots.unrecorded == 1


def test_a_forgotten_text_is_cut_out_of_a_trial_and_it_goes_on(fleet):
    improvement = begun(fleet)
    lived(fleet, improvement, days=2)

    fleet.forget(text="Bash")
    found = Trials(fleet).verdict(improvement)

    assert found.trial.tool == "[forgotten]"
    assert sum(day.treated + day.control for day in found.verdict.days) == 60
    assert fleet.check() == []


@pytest.mark.parametrize("text", ["signature", "canary", "weekday", "before", "null", "lesson"])
def test_a_text_that_is_also_a_word_of_ours_takes_no_trial_with_it(fleet, text):
    improvement = begun(fleet)
    lived(fleet, improvement, days=2)
    before = Trials(fleet).verdict(improvement)

    fleet.forget(text=text)

    assert Trials(fleet).verdict(improvement) == before
    assert improvement in {item.proposal.improvement_id for item in Improvements(fleet).all()}
    assert fleet.check() == []


def test_a_trial_goes_with_its_store(fleet, postgres, tmp_path):
    improvement = begun(fleet)
    lived(fleet, improvement, days=4)
    take_in(fleet, Drawn("news", "test", 1.5, ("target",)).events)
    with postgres.fresh() as url:
        fleet.copy(url)
        there = made_homeostat(tmp_path / "there", {"HOMEOSTAT_DATABASE_URL": url})
        there = replace(there, clock=fleet.clock)

        assert Trials(there).verdict(improvement) == Trials(fleet).verdict(improvement)
        assert there.check() == []


def test_a_backup_knows_who_was_in_which_arm(fleet, tmp_path):
    improvement = begun(fleet)
    lived(fleet, improvement, days=2)
    (tmp_path / "back").mkdir()

    fleet.backup(tmp_path / "back" / "homeostat.db")

    back = replace(wired({}, state=tmp_path / "back"), clock=fleet.clock)
    assert Trials(back).verdict(improvement) == Trials(fleet).verdict(improvement)


def test_a_check_finds_sums_that_are_not_those_of_the_units(fleet):
    improvement = begun(fleet)
    lived(fleet, improvement, days=1)
    Trials(fleet).verdict(improvement)

    change(fleet, "UPDATE trial_sums SET treated = treated + 1 WHERE stream = 'units'")

    assert fleet.check() == [f"the sums of the trial of {improvement} are not those of its units"]


def test_what_was_merged_before_counts_for_the_target_and_what_is_merged_later_does_not(fleet):
    improvement, signature = an_improvement(fleet)
    _, sibling = an_improvement(fleet, SIBLING)
    fleet.merge(sibling, signature)
    Trials(fleet).begin(improvement, Trial(signature=signature, tool="Bash", design=Design.CANARY))
    Trials(fleet).expose(improvement, {"u": moment(1.0)})
    take_in(fleet, Drawn("u", "test", 1.0, ("sibling",)).events)
    at(fleet, 2)

    assert Trials(fleet).verdict(improvement).verdict.seen == 1
    fleet.undo_grouping(1)
    assert Trials(fleet).verdict(improvement).verdict.seen == 1


def test_a_change_for_all_is_compared_with_failures_that_it_cannot_touch(fleet):
    before = [
        Drawn(f"b{n}", "test", -28 + n / 4, ("target", "elsewhere") if n % 2 else ("ok",))
        for n in range(100)
    ]
    for drawn in before:
        take_in(fleet, drawn.events)
    improvement = begun(fleet, design=Design.FULL, trigger_from=-3.0)
    for n in range(60):
        take_in(fleet, Drawn(f"a{n}", "test", n / 4, ("ok",)).events)
    at(fleet, 15)

    found = Trials(fleet).verdict(improvement)

    assert found.verdict.ruling is Ruling.INCONCLUSIVE
    assert sum(day.treated for day in found.verdict.days) == 60
    assert found.spots.unrecorded == 0
    assert "too little" in found.verdict.reasons[0]


def test_people_and_scripts_see_how_a_trial_stands(in_a_file, tmp_path):
    nothing = run(tmp_path, "verify")
    fleet = replace(in_a_file, clock=FixedClock(APPLIED))
    improvement = begun(fleet)
    lived(fleet, improvement, days=9)
    take_in(fleet, Drawn("nobody-knows", "test", 1.5, ("target",)).events)

    shown = run(tmp_path, "verify")
    one = run(tmp_path, "verify", improvement[:4])
    said = json.loads(run(tmp_path, "verify", improvement, "--json").stdout)
    missing = run(tmp_path, "verify", "I-ZZZZ")

    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "Nothing is on trial" in nothing.stderr
    assert shown.returncode == one.returncode == 0
    assert shown.stdout == one.stdout
    assert improvement in shown.stdout
    assert "Not seen" in shown.stdout
    assert "1 unit ran, and nobody wrote down whether with it" in " ".join(shown.stdout.split())
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert said["schema"] == 1
    (row,) = said["rows"]
    assert row["change_id"] == improvement
    assert row["blind_spots"]["unrecorded"] == 1
    assert missing.returncode != 0
    assert "error: " in missing.stderr
