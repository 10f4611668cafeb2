"""From failures to what a person can act on: detect, show one, propose, decline."""

from datetime import datetime, timedelta

from homeostat.knowledge import improvements
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.queries import failures, overview
from homeostat.loop import detecting
from homeostat.loop.service import Homeostat
from homeostat.model.pattern import Detected, Improvement, Pattern, Status
from homeostat.model.views import Window


def detect(
    homeostat: Homeostat,
    window: Window | None = None,
    *,
    min_occurrences: int = 3,
    confidence: float = 0.0,
    propose: bool = True,
) -> Detected:
    """What keeps failing, and what could be done about it; proposals are written down.

    Without a window the last days; where they are empty, the last ones that are not.
    """
    now = homeostat.clock.now()
    with homeostat.writing() if propose else homeostat.reading() as connection:
        found = detecting.detect(
            connection,
            homeostat.groupings(connection),
            window or _latest_days(connection, now, homeostat.settings.dashboard_days),
            now=now,
            min_occurrences=min_occurrences,
            confidence=confidence,
            ignored_tools=homeostat.settings.ignored_tools,
        )
        if propose:
            detecting.persist(connection, found.patterns, now=now)
    return found


def pattern(homeostat: Homeostat, start: str) -> Pattern | None:
    """One signature as `detect` judges it; `None` where it never failed."""
    with homeostat.reading() as connection:
        groupings = homeostat.groupings(connection)
        ref = failures.find(connection, start)
        group = failures.signature(connection, ref, groupings).group
        if not group.failures:
            return None
        return detecting.of_signature(connection, groupings, group, now=homeostat.clock.now())


def propose(homeostat: Homeostat, start: str) -> list[Improvement]:
    """Write down what could be done about one signature."""
    found = pattern(homeostat, start)
    if found is None:
        return []
    with homeostat.writing() as connection:
        return detecting.persist(connection, [found], now=homeostat.clock.now())


def all_improvements(
    homeostat: Homeostat, *, status: Status | None = None, most: int = -1
) -> list[Improvement]:
    """Proposals and what became of them; what changed last comes first."""
    with homeostat.reading() as connection:
        return list(improvements.improvements(connection, status=status, most=most))


def improvement(homeostat: Homeostat, start: str) -> Improvement:
    """One by the beginning of its id (I-...). Raises `NotFoundError`."""
    with homeostat.reading() as connection:
        return improvements.find(connection, start)


def decline(homeostat: Homeostat, start: str) -> Improvement:
    """Not this one: it is not proposed again without new evidence."""
    with homeostat.writing() as connection, connection.transaction(alone=True):
        item = improvements.find(connection, start)
        failed = improvements.failures(connection, item.proposal.signature)
        improvements.decline(connection, item, failures=failed, now=homeostat.clock.now())
        return improvements.find(connection, item.proposal.improvement_id)


def _latest_days(connection: Connection, now: datetime, days: int) -> Window:
    span = timedelta(days=days)
    extent = overview.extent(connection)
    if extent is None or extent[1] >= now - span:
        return Window(since=now - span, until=now)
    last = extent[1] + timedelta(seconds=1)
    return Window(since=last - span, until=last)
