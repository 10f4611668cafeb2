"""A database of any older schema is brought up to date, and keeps what it held."""

import pytest

from homeostat.knowledge import migrate
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.errors import StoreError
from homeostat.model.views import Window
from stores import rows

VERSIONS = [step.version for step in migrate.known("sqlite")]
# What a store held when its schema was the first; each later step must bring it along.
FIRST = (
    "INSERT INTO words (word_id, word) VALUES (1, 'test'), (2, 'Bash'), (3, 'exit_code')",
    (
        "INSERT INTO runs (run_key, client_word, run_id, started_at, ended_at, calls, failed_calls,"
        " unsettled) VALUES (1, 1, 'run-1', 1000, 2000, 1, 1, 0)"
    ),
    (
        "INSERT INTO signatures VALUES (1, 'S-AAAA', 'k', 'f', 'k', 'm', '', '', 'r', 'timeout',"
        " 'c', 'it took too long')"
    ),
    (
        "INSERT INTO calls (run_key, call_id, tool_word, outcome, kind_word, nature, signature_key,"
        " started_at, duration_ms, channels, decided_by, answered_by, timed_by)"
        " VALUES (1, 'call-1', 2, 'error', 3, 'fault', 1, 1000, 5, 32, 32, 32, 0)"
    ),
    "INSERT INTO call_texts VALUES (1, 'call-1', 'make', '', 'too long', 1)",
    "INSERT INTO hourly VALUES (0, 0, 1, 0, 2, 'error', 'fault', 1, 0, 0, 0)",
    "INSERT INTO daily VALUES (0, 0, 1, 0, 2, 'error', 'fault', 1, 0, 0, 0)",
    "INSERT INTO signature_days VALUES (0, 1, 'fault', 1)",
    "INSERT INTO signature_runs VALUES (1, 1, 'fault', 1, 5, 0, 1000, 1000)",
)
# The second counts some of it again, and fills that in itself for a store of the first.
SECOND = (
    "INSERT INTO signature_tools VALUES (1, 2, 0, 1)",
    "INSERT INTO signature_totals VALUES (1, 'fault', 1, 1, 5, 0, 1000, 1000)",
)
# So do the fifth, and the seventh, which sums both over projects.
FIFTH = ("INSERT INTO durations VALUES (0, 2, 4, 0, 1)",)
SEVENTH = (
    "INSERT INTO tool_days VALUES (0, 2, 'error', 'fault', 1, 0)",
    "INSERT INTO tool_durations VALUES (0, 2, 4, 1)",
)
LATER = {2: SECOND, 5: FIFTH, 7: SEVENTH}


def at_version(homeostat, monkeypatch, version):
    """A store whose schema is of that version, with something in it."""
    known = migrate.known
    monkeypatch.setattr(migrate, "known", lambda kind: known(kind)[: VERSIONS.index(version) + 1])
    with homeostat.store().writing() as connection, connection.transaction(alone=True):
        later = (row for since, rows_ in LATER.items() if since <= version for row in rows_)
        for statement in (*FIRST, *later):
            connection.execute(statement)
        connection.continue_keys()
    monkeypatch.setattr(migrate, "known", known)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_of_every_older_schema_keeps_what_it_held(homeostat, monkeypatch, version):
    at_version(homeostat, monkeypatch, version)

    (run,) = homeostat.runs(Window())
    (call,) = homeostat.calls(CallFilter())
    (group,) = homeostat.failures(Window())

    assert (run.run_id, call.call_id, group.failures) == ("run-1", "call-1", 1)
    assert homeostat.check() == []
    assert rows(homeostat, "SELECT * FROM tool_durations") == [(0, 2, 4, 1)]
    assert rows(homeostat, "SELECT version FROM migrations ORDER BY 1") == [(v,) for v in VERSIONS]


def test_a_step_that_fails_leaves_the_schema_as_it_was(homeostat, monkeypatch):
    homeostat.runs(Window())
    kind = homeostat.store().kind
    bad = migrate.Migration(
        version=9, name="0009_bad.sql", sql="CREATE TABLE half (a INTEGER); SELECT nonsense(1);"
    )
    steps = (*migrate.known(kind), bad)
    monkeypatch.setattr(migrate, "known", lambda _: steps)

    with pytest.raises(StoreError):
        homeostat.runs(Window())

    monkeypatch.undo()
    assert homeostat.runs(Window()) == []
    with homeostat.reading() as connection:
        assert not has_table(connection, "half")


def has_table(connection: Connection, name: str) -> bool:
    return connection.has_table(name)


def test_two_programs_that_upgrade_at_once_do_it_once(homeostat):
    steps = migrate.known(homeostat.store().kind)
    with homeostat.store().writing() as first, homeostat.store().writing() as second:
        migrate.migrate(first, steps)
        migrate.migrate(second, steps)

    assert rows(homeostat, "SELECT COUNT(*) FROM migrations") == [(len(steps),)]
