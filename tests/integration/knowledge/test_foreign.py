"""Somebody else's database: read only, from where the last reading stopped, while it is written."""

import json
import sqlite3
from contextlib import closing

import pytest

from homeostat.knowledge import foreign
from homeostat.model.errors import SourceError
from homeostat.model.ports import Table

EVENTS = Table("events")
STATES = Table("states", order="changed_at")


@pytest.fixture
def owner(tmp_path):
    with closing(sqlite3.connect(tmp_path / "theirs.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("CREATE TABLE states (id TEXT PRIMARY KEY, changed_at INTEGER)")
        connection.execute("INSERT INTO events (text) VALUES ('one'), ('two')")
        yield connection


def read(folder, cursors, *tables):
    rows = foreign.records(folder / "theirs.db", tables or (EVENTS,), cursors)
    return [json.loads(row) for row in rows]


def test_rows_that_follow_on_the_last_ones_are_read(owner, tmp_path):
    cursors = {}

    assert [row["events"]["text"] for row in read(tmp_path, cursors)] == ["one", "two"]
    owner.execute("INSERT INTO events (text) VALUES ('three')")

    assert [row["events"]["text"] for row in read(tmp_path, cursors)] == ["three"]
    assert read(tmp_path, cursors) == []


def test_a_row_that_changed_is_read_again(owner, tmp_path):
    cursors = {}
    owner.execute("INSERT INTO states VALUES ('a', 1), ('b', 2), ('c', NULL)")

    first = [row["states"]["id"] for row in read(tmp_path, cursors, STATES)]
    owner.execute("UPDATE states SET changed_at = 3 WHERE id = 'a'")

    assert first == ["c", "a", "b"]
    assert [row["states"]["id"] for row in read(tmp_path, cursors, STATES)] == ["b", "a"]


def test_rows_are_read_while_their_owner_is_writing(owner, tmp_path):
    owner.execute("BEGIN IMMEDIATE")
    owner.execute("INSERT INTO events (text) VALUES ('not yet')")

    assert len(read(tmp_path, cursors := {})) == 2
    owner.execute("COMMIT")

    assert [row["events"]["text"] for row in read(tmp_path, cursors)] == ["not yet"]


def test_a_database_that_was_made_anew_is_read_from_its_beginning(owner, tmp_path):
    read(tmp_path, cursors := {})
    owner.execute("DELETE FROM events")
    owner.execute("INSERT INTO events (id, text) VALUES (1, 'new')")

    assert [row["events"]["text"] for row in read(tmp_path, cursors)] == ["new"]


def test_a_table_that_is_not_there_is_passed_over(owner, tmp_path):
    assert len(read(tmp_path, {}, Table("nothing"), EVENTS)) == 2


def test_many_rows_come_in_pages_and_each_once(owner, tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "KEYS_AT_ONCE", 3)
    owner.executemany("INSERT INTO states VALUES (?, ?)", [(str(n), n // 4) for n in range(11)])

    found = [row["states"]["id"] for row in read(tmp_path, {}, STATES)]

    assert found == [str(n) for n in range(11)]


def test_nothing_is_ever_written_to_it(owner, tmp_path):
    before = (tmp_path / "theirs.db").read_bytes()

    read(tmp_path, {})
    evil = Table("events", order="(SELECT writefile('x', 'y'))")

    with pytest.raises(SourceError, match="cannot be read"):
        read(tmp_path, {}, evil)
    assert (tmp_path / "theirs.db").read_bytes() == before


def test_nothing_is_left_beside_one_that_nobody_has_open(owner, tmp_path):
    owner.execute("INSERT INTO states VALUES ('a', 1)")
    owner.close()
    before = sorted(tmp_path.iterdir())

    assert foreign.head(tmp_path / "theirs.db")[0] == foreign.MAGIC
    assert len(read(tmp_path, {}, EVENTS, STATES)) == 3
    assert sorted(tmp_path.iterdir()) == before == [tmp_path / "theirs.db"]


def test_one_that_its_owner_opens_while_it_is_read_gives_all_rows(owner, tmp_path):
    owner.execute("INSERT INTO states VALUES ('a', 1)")
    owner.close()
    rows = foreign.records(tmp_path / "theirs.db", (EVENTS, STATES), {})
    first = json.loads(next(rows))

    with closing(sqlite3.connect(tmp_path / "theirs.db", isolation_level=None)) as again:
        again.execute("INSERT INTO events (text) VALUES ('three')")
        rest = [json.loads(row) for row in rows]

    texts = [row["events"]["text"] for row in (first, *rest) if "events" in row]
    assert texts == ["one", "two", "three"]
    assert {"states": {"id": "a", "changed_at": 1}} in rest


def test_a_damaged_database_is_named(owner, tmp_path):
    owner.executemany("INSERT INTO events (text) VALUES (?)", [("x" * 5000,)] * 20)
    owner.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray((tmp_path / "theirs.db").read_bytes())
    data[8192:40000] = b"\xff" * (40000 - 8192)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "theirs.db").write_bytes(bytes(data))

    with pytest.raises(SourceError, match="cannot be read"):
        read(broken, {})
