"""What was proposed from runs that are forgotten."""

from datetime import timedelta

from fakes import NOW
from histories import ClaudeSession
from homeostat.loop.improving import Improvements
from homeostat.model.pattern import Status
from homeostat.model.views import Window

WHOLE = Window(since=NOW - timedelta(days=30), until=NOW)
BROKEN = "Exit code 1\nModuleNotFoundError: No module named 'yaml'"


def detected(homeostat, folder):
    for number in range(6):
        session = ClaudeSession(f"s{number}").prompt()
        session.failing(f"f{number}", BROKEN, command="python secret_plan.py")
        homeostat.import_files([session.write(folder)])
    (pattern,) = Improvements(homeostat).detect(WHOLE).patterns
    return pattern


def test_with_its_runs_a_proposal_goes(homeostat, tmp_path):
    detected(homeostat, tmp_path)
    assert Improvements(homeostat).all()

    homeostat.forget(project="/home/dev/ledger")

    assert Improvements(homeostat).all() == []
    assert homeostat.check() == []


def test_what_was_declined_stays_declined_and_tells_no_longer_why(homeostat, tmp_path):
    pattern = detected(homeostat, tmp_path)
    name = pattern.proposals[0].improvement_id
    assert "6 failures" in Improvements(homeostat).decline(name).proposal.evidence

    homeostat.forget(run="s0")

    (left,) = Improvements(homeostat).all()
    assert (left.proposal.improvement_id, left.status) == (name, Status.DECLINED)
    assert left.proposal.evidence == ""


def test_what_was_merged_from_forgotten_runs_is_no_evidence_any_more(homeostat, tmp_path):
    stays = detected(homeostat, tmp_path)
    for number in range(6):
        session = (
            ClaudeSession(f"o{number}").prompt().failing(f"o{number}", "Exit code 3\nfatal: x")
        )
        for line in session.lines:
            line["cwd"] = "/home/dev/hidden"
        homeostat.import_files([session.write(tmp_path / "o")])
    (other,) = [g for g in homeostat.failures(Window()) if g.signature != stays.group.signature]
    homeostat.merge(other.signature, into=stays.group.signature)
    Improvements(homeostat).detect(WHOLE)
    assert any("12 failures" in i.proposal.evidence for i in Improvements(homeostat).all())

    homeostat.forget(project="/home/dev/hidden")

    assert Improvements(homeostat).all() == []


def test_a_declined_one_whose_failure_is_gone_goes_with_it(homeostat, tmp_path):
    pattern = detected(homeostat, tmp_path)
    Improvements(homeostat).decline(pattern.proposals[0].improvement_id)

    homeostat.forget(project="/home/dev/ledger")

    assert Improvements(homeostat).all() == []
