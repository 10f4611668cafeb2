"""Who speaks in logs of several agents, and what for."""

import re

PEOPLE = frozenset({"human", "user"})
_NO_AGENTS = PEOPLE | {"system", "tool", "function", "developer"}
_EXECUTOR = re.compile(r"terminal|executor|interpreter", re.IGNORECASE)
"""Participants that run what others wrote and say what came of it."""


def speaker(name: str | None, role: str) -> str:
    """The name, else the role without what it does: `Orchestrator (thought)` is `Orchestrator`."""
    return name or role.partition(" (")[0]


def is_work(name: str | None, role: str) -> bool:
    """Whether a message is an agent's own work: nobody's question or answer from outside, and
    no plan or order, as `Orchestrator (-> WebSurfer)` gives them."""
    who = speaker(name, role)
    if (not name or role == "tool") and (role in _NO_AGENTS or " (" in role):
        return False
    return not _EXECUTOR.search(who)
