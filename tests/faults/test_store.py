"""The store under attack: killed, full, shared, damaged, from the future."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from histories import ClaudeSession
from homeostat.knowledge import state_folder
from homeostat.knowledge.keys import redaction_key
from homeostat.loop.wiring import homeostat as wired
from homeostat.model.errors import StateFolderError, StoreError
from homeostat.model.views import Window
from stores import ROUNDS, everything, many_sessions

IMPORT = (sys.executable, "-m", "homeostat", "import")


def environment(state: Path) -> dict[str, str]:
    return {**os.environ, "HOMEOSTAT_STATE_DIR": str(state), "HOME": str(state.parent)}


@pytest.mark.parametrize("words", [200, 4_000], ids=["one process", "readers aside"])
def test_an_import_killed_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path, words):
    many_sessions(tmp_path / "histories", words=words)
    whole = wired({}, state=tmp_path / "whole")
    whole.import_files([tmp_path / "histories"])
    moments = random.Random(3)
    began = time.monotonic()
    subprocess.run(
        [*IMPORT, str(tmp_path / "histories")],
        env=environment(tmp_path / "timed"), check=True, capture_output=True,
    )  # fmt: skip
    takes = time.monotonic() - began

    for number in range(ROUNDS // 2):
        state = tmp_path / f"killed-{number % 3}"
        process = subprocess.Popen(
            [*IMPORT, str(tmp_path / "histories")],
            env=environment(state), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(timeout=moments.uniform(0.2, takes))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        survivor = wired({}, state=state)
        survivor.runs(Window())  # where the kill came before the first table
        assert survivor.check() == []
        survivor.import_files([tmp_path / "histories"])
        assert everything(survivor) == everything(whole)
        assert survivor.check() == []
        shutil.rmtree(state)


def test_two_imports_at_once_store_each_fact_once(tmp_path):
    many_sessions(tmp_path / "histories")
    alone = wired({}, state=tmp_path / "alone")
    alone.import_files([tmp_path / "histories"])

    both = [
        subprocess.Popen(
            [*IMPORT, str(tmp_path / "histories")],
            env=environment(tmp_path / "state"), stdout=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]  # fmt: skip
    codes = [process.wait(timeout=120) for process in both]

    assert codes == [0, 0]
    shared = wired({}, state=tmp_path / "state")
    assert everything(shared) == everything(alone)
    assert shared.check() == []


@contextmanager
def a_small_disk(folder: Path, size: str):
    """A file system of its own; skips where this user may not mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("this user may not mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_in_the_middle_takes_back_the_batch_and_goes_on_later(tmp_path):
    many_sessions(tmp_path / "histories", files=20)
    with a_small_disk(tmp_path / "disk", "1m") as disk:
        full = subprocess.run(
            [*IMPORT, str(tmp_path / "histories")],
            env=environment(disk / "state"), capture_output=True, text=True, check=False,
        )  # fmt: skip
        survivor = wired({}, state=disk / "state")
        faults = survivor.check()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        survivor.import_files([tmp_path / "histories"])

        assert full.returncode == 1
        assert "is full" in full.stderr
        assert "Traceback" not in full.stderr
        assert faults == []
        assert len(survivor.runs(Window())) == 20
        assert survivor.check() == []


def test_a_folder_that_holds_other_things_is_not_taken_over(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "letter.txt").write_text("dear")

    with pytest.raises(StateFolderError, match="holds other things") as raised:
        wired({}, state=home).runs(Window())

    assert raised.value.next_step.endswith(f"chmod 700 {home}")
    assert home.stat().st_mode & 0o777 == 0o755


def test_an_empty_folder_and_a_readable_database_are_shut(tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    homeostat = wired({}, state=state)
    many_sessions(tmp_path / "histories", files=1)
    homeostat.import_files([tmp_path / "histories"])
    (state / state_folder.DATABASE).chmod(0o644)

    homeostat.import_files([tmp_path / "histories"])

    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / state_folder.DATABASE).stat().st_mode & 0o777 == 0o600


def test_a_key_that_was_half_made_leaves_no_half_key(tmp_path):
    state = state_folder.folder(tmp_path / "state")
    (state / "key.7.part").write_bytes(b"half")

    assert redaction_key(state) == redaction_key(state)
    assert (state / "key").stat().st_mode & 0o777 == 0o600


def test_who_waits_for_another_homeostat_is_told(tmp_path):
    many_sessions(tmp_path / "histories", files=1)
    state = state_folder.folder(tmp_path / "state")
    with state_folder.write_lock(state):
        waiting = subprocess.Popen(
            [*IMPORT, str(tmp_path / "histories")],
            env=environment(state), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        said = waiting.stderr.readline()

    assert said == f"another homeostat is writing to {state}; waiting for it\n"
    assert waiting.wait(timeout=60) == 0
    waiting.stderr.close()


def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path):
    homeostat = wired({}, state=tmp_path)
    homeostat.runs(Window())
    with closing(sqlite3.connect(tmp_path / state_folder.DATABASE)) as database:
        database.execute("INSERT INTO migrations VALUES (9999, '9999_future.sql', 'x')")
        database.commit()
    before = (tmp_path / state_folder.DATABASE).read_bytes()

    with pytest.raises(StoreError, match="newer than this homeostat"):
        homeostat.runs(Window())
    with pytest.raises(StoreError, match="newer than this homeostat"):
        homeostat.import_files([tmp_path])

    assert (tmp_path / state_folder.DATABASE).read_bytes() == before


def test_a_database_of_another_making_is_refused(tmp_path):
    homeostat = wired({}, state=tmp_path)
    homeostat.runs(Window())
    with closing(sqlite3.connect(tmp_path / state_folder.DATABASE)) as database:
        database.execute("UPDATE migrations SET checksum = 'another'")
        database.commit()

    with pytest.raises(StoreError, match="made by another"):
        homeostat.runs(Window())


@pytest.mark.parametrize("damage", [b"not a database at all", b"", b"\x00" * 8192])
def test_a_damaged_database_is_never_silently_used(tmp_path, damage):
    homeostat = wired({}, state=tmp_path)
    many_sessions(tmp_path / "histories", files=2)
    homeostat.import_files([tmp_path / "histories"])
    path = tmp_path / state_folder.DATABASE
    path.write_bytes(damage + path.read_bytes()[len(damage) :] if damage else b"")

    if damage:
        assert homeostat.check()
        with pytest.raises(StoreError, match=r"damaged|cannot be used"):
            homeostat.runs(Window())
    else:
        assert homeostat.runs(Window()) == []


def test_a_page_of_garbage_inside_is_found_by_the_check(tmp_path):
    homeostat = wired({}, state=tmp_path)
    many_sessions(tmp_path / "histories", files=4)
    homeostat.import_files([tmp_path / "histories"])
    path = tmp_path / state_folder.DATABASE
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 8192 * 8192
    data[middle : middle + 8192] = b"\xa5" * 8192
    path.write_bytes(data)

    assert any("damaged" in fault for fault in homeostat.check())


def test_the_state_folder_and_its_files_are_private(tmp_path):
    os.umask(0o000)
    state = tmp_path / "state"
    homeostat = wired({}, state=state)

    homeostat.import_files([ClaudeSession().failing("t").write(tmp_path)])

    modes = {path.name: path.stat().st_mode & 0o777 for path in state.iterdir()}
    os.umask(0o022)
    assert state.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600}


def test_a_state_folder_that_is_a_file_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "state").write_text("not a folder")

    with pytest.raises(StateFolderError) as refused:
        wired({}, state=tmp_path / "state").runs(Window())

    assert "HOMEOSTAT_STATE_DIR" in refused.value.next_step


def test_a_key_that_was_cut_is_refused_not_replaced(tmp_path):
    (tmp_path / "key").write_bytes(b"short")

    with pytest.raises(StateFolderError, match="5 bytes instead of 32"):
        wired({}, state=tmp_path).redactor()
