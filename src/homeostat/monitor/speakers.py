"""Who speaks in logs of several agents."""

PEOPLE = frozenset({"human", "user"})


def speaker(name: str | None, role: str) -> str:
    """The name, else the role without what it does: `Orchestrator (thought)` is `Orchestrator`."""
    return name or role.partition(" (")[0]
