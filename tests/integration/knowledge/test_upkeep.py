"""Forget, back up, check."""

import pytest

from histories import ClaudeSession
from homeostat.knowledge import migrate
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.knowledge.state_folder import DATABASE
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.errors import NotFoundError, StoreError, UsageError
from homeostat.model.views import Window
from stores import change, stored

MISSING = "Exit code 1\nModuleNotFoundError: No module named 'ledgerlib'"


def two_projects(homeostat, folder):
    for name, project in (("one", "/home/dev/ledger"), ("two", "/home/dev/garden")):
        session = ClaudeSession(name).prompt(f"work on {name}")
        session.failing(f"{name}-1", MISSING, command="python app.py")
        for line in session.lines:
            line["cwd"] = project
        homeostat.import_files([session.finished().write(folder)])


def test_a_forgotten_run_is_gone_everywhere_and_the_counts_agree(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    done = homeostat.forget(run="one")

    assert (done.runs, done.calls) == (1, 1)
    assert done.unreached == (str(tmp_path / "one.jsonl"),)
    assert [run.run_id for run in homeostat.runs(Window())] == ["two"]
    assert homeostat.dashboard().totals.calls == 1
    assert homeostat.check() == []
    assert b"work on one" not in stored(homeostat)


def test_a_forgotten_project_takes_all_its_runs_with_it(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    homeostat.forget(project="/home/dev/ledger")

    assert [run.project for run in homeostat.runs(Window())] == ["/home/dev/garden"]
    assert homeostat.check() == []
    with pytest.raises(NotFoundError):
        homeostat.forget(project="/home/dev/ledger")


def test_a_forgotten_text_is_cut_out_everywhere_also_of_signatures(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    done = homeostat.forget(text="ledgerlib")

    assert done.texts >= 2
    assert b"ledgerlib" not in stored(homeostat)
    assert "[forgotten]" in next(iter(homeostat.calls(CallFilter()))).text
    assert homeostat.check() == []


def test_a_text_that_would_cut_into_everything_is_refused(homeostat):
    with pytest.raises(UsageError, match="too short"):
        homeostat.forget(text="a")


def test_a_backup_answers_like_the_original_and_never_overwrites(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    target = tmp_path / "restored" / DATABASE
    target.parent.mkdir()

    size = homeostat.backup(target)

    assert size == target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o600
    assert wired({}, state=target.parent).runs(Window()) == homeostat.runs(Window())
    with pytest.raises(StoreError, match="exists already"):
        homeostat.backup(target)


def test_a_backup_follows_no_link_and_says_where_it_cannot_be_made(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "link"
    link.symlink_to(elsewhere)

    with pytest.raises(StoreError, match="exists already"):
        homeostat.backup(link)
    with pytest.raises(StoreError, match="cannot be made"):
        homeostat.backup(tmp_path / "missing" / "copy.db")

    assert not elsewhere.exists()


def test_the_check_finds_a_word_that_is_not_there(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    change(homeostat, "DELETE FROM words WHERE word = '/home/dev/ledger'")

    assert homeostat.check() == ["1 words are named that are not there"]


def test_the_check_finds_counts_that_do_not_agree(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)
    change(
        homeostat,
        "UPDATE hourly SET calls = calls + 1",
        "UPDATE runs SET calls = calls + 1",
        "UPDATE signature_days SET failures = failures + 1",
    )

    faults = homeostat.check()

    assert len(faults) == 3


def test_the_info_counts_what_is_there(homeostat, tmp_path):
    two_projects(homeostat, tmp_path)

    info = homeostat.database()

    assert (info.runs, info.calls, info.signatures, info.files) == (2, 2, 1, 2)
    assert info.events > 4


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_released_migrations_are_never_edited(kind):
    assert {step.name: step.checksum for step in migrate.known(kind)} == RELEASED[kind]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE tool_days SET calls = calls + 1", "counts by day and tool"),
        ("DELETE FROM tool_durations", "counts by duration"),
        ("UPDATE signature_totals SET lost_ms = lost_ms + 1", "totals of signatures"),
    ],
)
def test_sums_that_are_not_those_of_their_parts_are_told(homeostat, tmp_path, damage, said):
    two_projects(homeostat, tmp_path)

    change(homeostat, damage)

    (fault,) = homeostat.check()
    assert said in fault


def test_both_databases_take_the_same_steps():
    assert RELEASED["sqlite"].keys() == RELEASED["postgres"].keys()


RELEASED = {
    "sqlite": {
        "0001_initial.sql": "a6233206592c29dc767b380e51729c8797fd3127f4a65edc5d701de0f38c389e",
        "0002_retention.sql": "f8c6d408425f871a892bf3f2b4ca82032f67ae9fd5eaabf5a0da1e3cbca778fc",
        "0003_scores.sql": "e716ddece12239189b3ff1aa3eeeabc9c15677dcf670b1a48bf4ca2bd41ee989",
        "0004_improvements.sql": "544897a729531032ef8e3661819d096d694c1f57fa56f8ce992ca54b82120a4d",
        "0005_durations.sql": "c8ba2e78c40fdcd23793430427288859359cbe4beaed388410201588ade4d2fd",
        "0006_trials.sql": "adf4a81dfc3d80673a204e24ea39c22caed6236dfa682531827080fa2b8d9bff",
        "0007_views.sql": "76075bf0126d768b7679bfc569617148ff9a2ae3ff9203e26fb9df1abd696c99",
    },
    "postgres": {
        "0001_initial.sql": "2bdc8004483ceca225ecef3abf2221921e9de3d01e93631aff9ef37fc7cfcdfd",
        "0002_retention.sql": "b6cabdb8155e34264078aa26831e337fae901eec3f8983433cd8291541291701",
        "0003_scores.sql": "6ad35ec20d1196cf121e57902417c5ab3e78b35004a1043fd8e14242a4ac6a29",
        "0004_improvements.sql": "3f5f8f5ae621c664d9fe22cf806a08a1e26671a6f82548d5c7110bf745139b8b",
        "0005_durations.sql": "fa8da704e518b45bc019e86b51f840df6d4fd093f04426af9cf6375442d3a390",
        "0006_trials.sql": "7626314e06d66443c108d8e78a4332f27eaec00d49b4bb7934008f2a3a71ec1e",
        "0007_views.sql": "97c17f08a3d73215871c7f67d2d18e27478a1281aea7b05d7bcd78991e00fd57",
    },
}
