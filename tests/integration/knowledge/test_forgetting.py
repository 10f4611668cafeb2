"""What is forgotten leaves no byte behind, and what is left still agrees with itself."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from histories import ClaudeSession
from homeostat.knowledge import forgetting, kept_values, migrate
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.knowledge.state_folder import DATABASE
from homeostat.knowledge.words import COLUMNS
from homeostat.model.errors import NotFoundError
from homeostat.model.views import Window
from homeostat.surfaces.cli.commands import run as command
from stores import change, rows, stored

NAME = "zebracorp"
PROJECT = f"/home/dev/{NAME}"
MISSING = "Exit code 1\nModuleNotFoundError: No module named 'yaml'"


def a_session(homeostat, folder, name="one", project=PROJECT, word=NAME, day=0):
    """A session that names `word` wherever a transcript can."""
    session = ClaudeSession(name).prompt(f"fix {word}")
    session.failing(f"{name}-1", f"{MISSING}\nat {word}", command=f"python {word}.py")
    session.failing(f"{name}-2", f"Exit code 1\nfatal: {word} is broken", command="make")
    session.call(f"{name}-3", "Read", file_path=f"{project}/{word}.py").result(f"{name}-3")
    hooked(session, f"{project}/.hooks/check.sh")
    session.finished()
    for line in session.lines:
        line |= {"cwd": project, "gitBranch": f"feature/{word}"}
    path = session.write(folder / re.sub(r"\W", "-", project))
    path.write_bytes(path.read_bytes() + f'{{"broken {word}\n'.encode())
    homeostat.import_files([path])
    return path


def hooked(session, command, name="PreToolUse", took=40):
    item = {"type": "hook_success", "hookName": name, "command": command, "durationMs": took}
    return session.line("attachment", attachment=item)


@pytest.mark.parametrize("what", [{"project": PROJECT}, {"run": "one"}, {"text": NAME}])
def test_no_byte_of_a_forgotten_name_stays(homeostat, tmp_path, what):
    a_session(homeostat, tmp_path / "histories")
    a_session(homeostat, tmp_path / "histories", "two", "/home/dev/garden", "garden")
    assert NAME.encode() in stored(homeostat)

    homeostat.forget(**what)

    assert NAME.encode() not in stored(homeostat)
    assert homeostat.check() == []
    assert b"garden" in stored(homeostat)


def test_a_forgotten_run_takes_its_files_and_bad_lines_with_it(homeostat, tmp_path):
    path = a_session(homeostat, tmp_path)
    other = a_session(homeostat, tmp_path, "two", "/home/dev/garden", "garden")

    done = homeostat.forget(run="one")

    assert done.unreached == (str(path),)
    assert rows(homeostat, "SELECT path FROM files") == [(str(other),)]
    assert rows(homeostat, "SELECT path FROM bad_lines") == [(str(other),)]


def test_a_subagents_file_goes_with_its_run(homeostat, tmp_path):
    path = a_session(homeostat, tmp_path)
    below = path.with_suffix("") / "subagents" / "agent-a1.jsonl"
    below.parent.mkdir(parents=True)
    part = ClaudeSession("one").failing("sub-1", MISSING)
    for line in part.lines:
        line |= {"isSidechain": True, "agentId": "a1", "uuid": f"sub-{line['uuid']}"}
    below.write_bytes(part.data())
    homeostat.import_files([below])

    done = homeostat.forget(run="one")

    assert done.unreached == (str(path), str(below))
    assert rows(homeostat, "SELECT path FROM files") == []


def test_an_import_of_a_forgotten_file_brings_the_run_back_whole(homeostat, tmp_path):
    path = a_session(homeostat, tmp_path)
    before = list(homeostat.calls(CallFilter()))
    homeostat.forget(run="one")

    homeostat.import_files([path])

    assert list(homeostat.calls(CallFilter())) == before
    assert homeostat.check() == []


def test_hook_times_of_a_forgotten_run_are_taken_off(homeostat, tmp_path):
    for name in ("one", "two"):
        session = ClaudeSession(name).prompt()
        hooked(session, "lint.sh", took=100 if name == "one" else 40)
        hooked(session, f"{name}.sh", "Stop")
        homeostat.import_files([session.finished().write(tmp_path)])

    homeostat.forget(run="one")

    hooks = homeostat.dashboard().hooks
    assert [(h.event, h.command, h.times, h.total_ms, h.longest_ms) for h in hooks] == [
        ("PreToolUse", "lint.sh", 1, 40, 40),
        ("Stop", "two.sh", 1, 40, 40),
    ]
    assert b"one.sh" not in stored(homeostat)


def test_a_second_text_is_cut_from_a_word_that_then_equals_the_first(homeostat, tmp_path):
    for name in ("alpha", "beta7"):
        session = ClaudeSession(name).prompt().failing(f"{name}-1", MISSING).finished()
        for line in session.lines:
            line["cwd"] = f"/srv/{name}/x"
        homeostat.import_files([session.write(tmp_path)])

    homeostat.forget(text="/srv/alpha")
    homeostat.forget(text="/srv/beta7")

    assert b"/srv/beta7" not in stored(homeostat)
    assert len({run.project for run in homeostat.runs(Window())}) == 2


@pytest.mark.parametrize("text", ['said "quoted"', "naïve café", "back\\slash", "two\nlines"])
def test_a_text_is_found_as_json_writes_it(homeostat, tmp_path, text):
    session = ClaudeSession("one").prompt()
    session.failing("one-1", f"Exit code 1\n{text}", tool="Write", content=text, note=[text])
    homeostat.import_files([session.finished().write(tmp_path)])

    homeostat.forget(text=text)

    escaped = [json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], text]
    assert not [form for form in escaped if form.encode() in stored(homeostat)]
    assert homeostat.check() == []


def test_every_text_column_is_searched_or_known_to_hold_no_text_of_the_world():
    ours = {
        "signatures.signature_id", "groupings.signature_id", "groupings.into_id", "groupings.verb",
        "calls.outcome", "calls.nature", "calls.masked", "calls.role", "hourly.outcome",
        "hourly.nature", "daily.outcome", "daily.nature", "signature_days.nature",
        "tool_days.outcome", "tool_days.nature",
        "signature_runs.nature", "given_up_costs.nature", "signature_totals.nature", "runs.ended",
        "runs.outcome",
        "files.head_hash", "leaks.digest",
        "leaks.type", "call_texts.call_id", "leaks.call_id", "scores.call_id",
        "improvements.improvement_id", "improvements.signature_id", "improvements.kind",
        "improvements.status",
        "trials.improvement_id", "trials.merged", "exposures.improvement_id", "exposures.arm",
        "trial_news.improvement_id", "trial_news.unit", "trial_units.improvement_id",
        "trial_units.unit", "trial_units.arm", "trial_units.days", "trial_sums.improvement_id",
        "trial_sums.stream",
        "words.word",  # of its own: the mark is numbered
    }  # fmt: skip
    cut = (*forgetting.TEXTS, ("signatures", forgetting.SIGNATURE_TEXTS))
    searched = {f"{table}.{column}" for table, columns in cut for column in columns}
    searched |= {"files.path", "bad_lines.path", "skipped.path"}
    searched |= {f"{place.table}.{place.column}" for place in kept_values.PLACES}
    searched |= {f"{table}.{column}" for table, column in forgetting.IDS}
    texts, words = set(), set()
    with closing(sqlite3.connect(":memory:")) as database:
        for step in migrate.known("sqlite"):
            database.executescript(step.sql)
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})"):
                if kind == "TEXT":
                    texts.add(f"{table}.{name}")
                if name.endswith("_word"):
                    words.add((table, name))

    assert texts - ours == searched
    assert words == {(table, name) for table, names in COLUMNS for name in names}


def test_a_text_within_an_id_is_told_and_stays(homeostat, tmp_path):
    session = ClaudeSession("run-of-jane").prompt().failing("call-of-jane", MISSING)
    homeostat.import_files([session.finished().write(tmp_path)])

    done = homeostat.forget(text="of-jane")

    assert done.within_ids == 2
    assert homeostat.runs(Window())[0].run_id == "run-of-jane"


def test_a_needle_and_a_source_path_are_cut_too(homeostat, tmp_path):
    session = ClaudeSession("one").prompt()
    for number, tail in enumerate(("client Jane", "client Joe")):
        session.failing(f"one-{number}", f"{MISSING}\nhint: {tail}")
    homeostat.import_files([session.finished().write(tmp_path / "Jane")])
    (group,) = homeostat.failures(Window())
    homeostat.split(group.signature, "client Jane")

    homeostat.forget(text="Jane")

    assert b"Jane" not in stored(homeostat)
    assert homeostat.check() == []


def test_a_run_is_forgotten_while_another_is_not_settled(homeostat, tmp_path):
    a_session(homeostat, tmp_path)
    a_session(homeostat, tmp_path, "two", "/home/dev/garden", "garden")
    # As an import leaves it that was killed before it settled.
    change(
        homeostat,
        "UPDATE runs SET unsettled = 1",
        "UPDATE calls SET signature_key = NULL, outcome = 'ok', nature = 'none'",
        "DELETE FROM signature_days",
        "DELETE FROM signature_tools",
    )

    homeostat.forget(run="one")

    assert rows(homeostat, "SELECT * FROM signature_runs") == []
    assert rows(homeostat, "SELECT * FROM signatures") == []


def test_a_split_is_taken_back_after_its_runs_were_forgotten(homeostat, tmp_path):
    for name, tail in (("one", "alpha"), ("two", "beta")):
        session = ClaudeSession(name).prompt().failing(f"{name}-1", f"{MISSING}\nproxy {tail}")
        homeostat.import_files([session.finished().write(tmp_path)])
    (group,) = homeostat.failures(Window())
    done = homeostat.split(group.signature, "proxy alpha")
    homeostat.forget(run="one")

    homeostat.undo_grouping(done.grouping.grouping_id)

    assert [group.failures for group in homeostat.failures(Window())] == [1]
    assert homeostat.check() == []


def test_a_split_whose_signatures_are_gone_is_taken_back(homeostat, tmp_path):
    session = ClaudeSession("one").prompt()
    for number, tail in enumerate(("proxy alpha", "proxy beta")):
        session.failing(f"one-{number}", f"{MISSING}\n{tail}")
    homeostat.import_files([session.finished().write(tmp_path)])
    (group,) = homeostat.failures(Window())
    done = homeostat.split(group.signature, "proxy alpha")
    homeostat.forget(run="one")
    change(homeostat, "DELETE FROM signatures")

    homeostat.undo_grouping(done.grouping.grouping_id)

    assert homeostat.failures(Window()) == []


@pytest.mark.parametrize("what", [{"project": PROJECT}, {"run": "one"}])
def test_a_reader_that_keeps_old_pages_is_told(in_a_file, tmp_path, monkeypatch, what):
    monkeypatch.setattr("homeostat.knowledge.dialect.sqlite.BUSY_MS", 50)
    a_session(in_a_file, tmp_path)
    with closing(sqlite3.connect(in_a_file.state / DATABASE)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM calls").fetchone()

        done = in_a_file.forget(**what)
        kept = NAME.encode() in stored(in_a_file)
    with closing(sqlite3.connect(in_a_file.state / DATABASE)) as idle:
        idle.execute("SELECT COUNT(*) FROM calls").fetchone()
        with pytest.raises(NotFoundError):
            in_a_file.forget(**what)

        assert (done.is_complete, kept) == (False, True)
        assert NAME.encode() not in stored(in_a_file)


def test_the_command_says_what_to_repeat_while_a_reader_is_open(
    in_a_file, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("homeostat.knowledge.dialect.sqlite.BUSY_MS", 50)
    monkeypatch.setenv("HOMEOSTAT_STATE_DIR", str(in_a_file.state))
    a_session(in_a_file, tmp_path)
    with closing(sqlite3.connect(in_a_file.state / DATABASE)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM calls").fetchone()

        command(["forget", "--project", PROJECT, "--yes"])

    assert f"homeostat forget --yes --project {PROJECT}" in capsys.readouterr().err


def test_of_a_text_just_the_files_that_hold_it_are_named(homeostat, tmp_path):
    for name in ("one", "two"):
        session = ClaudeSession(name).prompt(f"call Mrs {name.title()}kamp")
        homeostat.import_files([session.failing(f"{name}-1").write(tmp_path)])

    first = homeostat.forget(text="Onekamp")
    second = homeostat.forget(text="Twokamp")

    assert first.unreached == (str(tmp_path / "one.jsonl"),)
    assert second.unreached == (str(tmp_path / "two.jsonl"),)
