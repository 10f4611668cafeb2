"""Looks into a store, and changes in it that no command makes; on either database."""

import os
from pathlib import Path

from histories import ClaudeSession
from homeostat.knowledge.dialect.sqlite_file import SqliteFile
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.service import Homeostat
from homeostat.model.views import Window

ROUNDS = int(os.environ.get("HOMEOSTAT_FAULT_ROUNDS", "10"))
"""Of faults; many take a part of it."""
_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
"""


def rows(homeostat: Homeostat, query: str) -> list[tuple[object, ...]]:
    with homeostat.reading() as connection:
        return [tuple(row) for row in connection.execute(query).fetchall()]


def change(homeostat: Homeostat, *statements: str) -> None:
    with homeostat.store().writing() as connection, connection.transaction(alone=True):
        for statement in statements:
            connection.execute(statement)


def stored(homeostat: Homeostat) -> bytes:
    """All bytes that are kept: of the files, or, of a server, all values."""
    if isinstance(homeostat.store(), SqliteFile):
        return b"".join(p.read_bytes() for p in homeostat.state.rglob("*") if p.is_file())
    values = (
        value
        for (table,) in rows(homeostat, _TABLES)
        for row in rows(homeostat, f"SELECT * FROM {table}")  # noqa: S608  # names of ours
        for value in row
    )
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


def many_sessions(folder: Path, *, files: int = 12, calls: int = 60, words: int = 200) -> None:
    for number in range(files):
        session = ClaudeSession(f"session-{number}").prompt()
        for index in range(calls):
            name = f"{number}-{index}"
            if index % 5:
                session.call(name, command=f"echo {index}").result(name, "fine " * words)
            else:
                session.failing(name, f"Exit code 1\nfatal: part {index % 3} is broken\n" * 20)
        session.finished().write(folder)


def everything(homeostat: Homeostat) -> object:
    calls = sorted(
        (c.call_id, c.outcome, c.signature or "", c.nature) for c in homeostat.calls(CallFilter())
    )
    runs = sorted((r.run_id, r.calls, r.failed_calls, r.output_tokens) for r in homeostat.runs(
        Window()
    ))  # fmt: skip
    return calls, runs, sorted(map(repr, homeostat.failures(Window())))
