"""Its own log: what changed and what went wrong, and never what an agent said."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec
import pytest

from histories import ClaudeSession
from homeostat.loop.own_log import MOST_BYTES
from homeostat.loop.settings import load
from homeostat.model.views import Window
from programs import run

HIDDEN = "the hidden name of the ship"


@pytest.fixture
def used(in_a_file, tmp_path):
    session = ClaudeSession("one").prompt()
    session.failing("a", f"Exit code 1\nfatal: no such wharf\nfor {HIDDEN}")
    session.failing("b", "Exit code 1\nfatal: no such wharf\nfor the other")
    session.failing("c", "Exit code 1\nerror: the crane is stuck").finished().write(tmp_path / "in")
    in_a_file.import_files([tmp_path / "in"])
    return in_a_file


def lines(homeostat):
    text = (homeostat.state / "homeostat.log").read_text()
    return [json.loads(line) for line in text.splitlines()]


def logging(homeostat, level, tmp_path):
    loaded = load(tmp_path / "none", {"HOMEOSTAT_LOG": level}, directory=None)
    return msgspec.structs.replace(homeostat, loaded=loaded)


def test_each_change_is_one_line_for_its_owner_alone(used):
    first, second = (group.signature for group in used.failures(Window()))
    done = used.merge(first, second)
    used.undo_grouping(done.grouping_id)

    merged, undone = lines(used)

    assert (merged["event"], merged["level"], merged["signature"]) == ("merge", "warning", first)
    assert (undone["event"], undone["grouping"]) == ("grouping undone", done.grouping_id)
    assert stat.S_IMODE((used.state / "homeostat.log").stat().st_mode) == 0o600


def test_what_an_agent_said_and_what_is_forgotten_stands_nowhere_in_it(used):
    signature = next(g.signature for g in used.failures(Window()) if g.failures == 2)
    used.split(signature, HIDDEN)
    used.forget(text=HIDDEN)

    assert [line["event"] for line in lines(used)] == ["split", "forgotten"]
    assert HIDDEN not in (used.state / "homeostat.log").read_text()


def test_what_an_import_leaves_out_is_counted(used, tmp_path):
    (tmp_path / "in" / "torn.jsonl").write_bytes(b'{"type":"user"}\n{"type":\n' * 40)
    done = used.import_files([tmp_path / "in" / "torn.jsonl"], client="claude-code")

    (told,) = lines(used)

    assert (told["event"], told["problems"]) == ("left out", len(done.problems))
    assert "torn" not in (used.state / "homeostat.log").read_text()


@pytest.mark.parametrize(
    ("level", "events"), [("error", []), ("warning", ["merge"]), ("info", ["imported", "merge"])]
)
def test_the_level_says_how_much_is_told(used, tmp_path, level, events):
    homeostat = logging(used, level, tmp_path)
    homeostat.import_files([tmp_path / "in"])
    first, second = (group.signature for group in homeostat.failures(Window()))
    homeostat.merge(first, second)

    there = (used.state / "homeostat.log").exists()

    assert [line["event"] for line in lines(used)] == events if there else events == []


def test_a_long_log_is_begun_anew_and_the_older_one_kept(used):
    (used.state / "homeostat.log").write_bytes(b"x" * (MOST_BYTES + 1))
    first, _ = (group.signature for group in used.failures(Window()))
    used.ignore(first, None)

    assert [line["event"] for line in lines(used)] == ["ignore"]
    assert (used.state / "homeostat.log.1").stat().st_size == MOST_BYTES + 1


def test_of_many_who_find_it_full_at_once_one_begins_a_new_one(used):
    writers = 8
    for _ in range(10):
        (used.state / "homeostat.log").write_bytes(b"x" * (MOST_BYTES + 1))
        ready = Barrier(writers)

        def tell(_, ready=ready):
            ready.wait()
            used.log.changed("something")

        with ThreadPoolExecutor(writers) as pool:
            list(pool.map(tell, range(writers)))

        assert [line["event"] for line in lines(used)] == ["something"] * writers
        assert (used.state / "homeostat.log.1").stat().st_size == MOST_BYTES + 1


def test_a_log_that_cannot_be_written_stops_nothing(used, tmp_path):
    (used.state / "homeostat.log").symlink_to(tmp_path / "elsewhere")
    first, _ = (group.signature for group in used.failures(Window()))

    assert used.ignore(first, None).signature_id == first
    assert not (tmp_path / "elsewhere").exists()


def test_a_command_that_failed_is_told_and_at_debug_each_that_was_asked(tmp_path):
    state = tmp_path / "state"
    place = {"HOMEOSTAT_STATE_DIR": str(state), "HOMEOSTAT_LOG": "debug"}
    run(tmp_path, "import", str(tmp_path), **place)
    run(tmp_path, "show", "S-QQQQ", **place)
    (state / "homeostat.db").write_bytes(b"no database at all" * 100)
    run(tmp_path, "dashboard", **place)

    told = [json.loads(line) for line in (state / "homeostat.log").read_text().splitlines()]

    assert [(line["event"], line.get("command")) for line in told] == [
        ("imported", None),
        ("asked", "import"),
        ("failed", "dashboard"),
    ]
