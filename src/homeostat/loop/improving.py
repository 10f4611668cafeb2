"""From failures to what a person can act on: detect, show one, propose, decline."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from homeostat.knowledge import improvements
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.queries import overview, signatures
from homeostat.loop import detecting
from homeostat.loop.service import Homeostat
from homeostat.model.pattern import Detected, Improvement, Pattern, Status
from homeostat.model.views import SignatureView, Window
from homeostat.plan import proposals


class Improvements(msgspec.Struct, frozen=True):
    """What a surface may ask for about one installation."""

    homeostat: Homeostat

    def detect(
        self,
        window: Window | None = None,
        *,
        min_occurrences: int = 3,
        confidence: float = 0.75,
        propose: bool = True,
    ) -> Detected:
        """What keeps failing, and what could be done about it; proposals are written down.

        Without a window the last days; where they are empty, the last ones that are not.
        """
        now = self.homeostat.clock.now()
        with self.homeostat.writing() if propose else self.homeostat.reading() as connection:
            found = detecting.detect(
                connection,
                self.homeostat.groupings(connection),
                window or _latest_days(connection, now, self.homeostat.settings.dashboard_days),
                now=now,
                min_occurrences=min_occurrences,
                confidence=confidence,
                ignored_tools=self.homeostat.settings.ignored_tools,
            )
            if propose:
                detecting.persist(connection, found.patterns, now=now)
            known = _known(connection, found.patterns)
        patterns = tuple(_told(pattern, known) for pattern in found.patterns)
        fewer = sum(len(pattern.proposals) for pattern in found.patterns)
        fewer -= sum(len(pattern.proposals) for pattern in patterns)
        return msgspec.structs.replace(found, patterns=patterns, declined=fewer)

    def signature(self, start: str) -> tuple[SignatureView, Pattern | None]:
        """One signature, and the pattern as `detect` judges it: `None` where it never failed."""
        with self.homeostat.reading() as connection:
            view, found = self._judged(connection, start)
            return view, found and _told(found, _known(connection, [found]))

    def propose(self, start: str) -> list[Improvement]:
        """Write down what could be done about one signature."""
        with self.homeostat.reading() as connection:
            _, found = self._judged(connection, start)
        if found is None:
            return []
        with self.homeostat.writing() as connection:
            return detecting.persist(connection, [found], now=self.homeostat.clock.now())

    def _judged(self, connection: Connection, start: str) -> tuple[SignatureView, Pattern | None]:
        groupings = self.homeostat.groupings(connection)
        view = signatures.signature(connection, signatures.find(connection, start), groupings)
        if not view.group.failures:
            return view, None
        now = self.homeostat.clock.now()
        return view, detecting.of_signature(connection, groupings, view.group, now=now)

    def all(self, *, status: Status | None = None, most: int = -1) -> list[Improvement]:
        """Proposals and what became of them; what changed last comes first."""
        with self.homeostat.reading() as connection:
            return list(improvements.improvements(connection, status=status, most=most))

    def improvement(self, start: str) -> Improvement:
        """One by the beginning of its id (I-...). Raises `NotFoundError`."""
        with self.homeostat.reading() as connection:
            return improvements.find(connection, start)

    def decline(self, start: str) -> Improvement:
        """Not this one: it is not proposed again without new evidence."""
        with self.homeostat.writing() as connection, connection.transaction(alone=True):
            item = improvements.find(connection, start)
            failed = improvements.failures(connection, item.proposal.signature)
            improvements.decline(connection, item, failures=failed, now=self.homeostat.clock.now())
            declined = improvements.find(connection, item.proposal.improvement_id)
        self.homeostat.log.changed("declined", improvement=declined.proposal.improvement_id)
        return declined


def _known(connection: Connection, patterns: Iterable[Pattern]) -> dict[str, Status]:
    """Of their proposals that are written down."""
    ids = [item.improvement_id for pattern in patterns for item in pattern.proposals]
    return {
        item.proposal.improvement_id: _standing(connection, item)
        for item in improvements.of_ids(connection, ids)
    }


def _standing(connection: Connection, item: Improvement) -> Status:
    """A declined one with new evidence is proposed again as soon as somebody writes."""
    if item.status is not Status.DECLINED:
        return item.status
    failed = improvements.failures(connection, item.proposal.signature)
    return Status.PROPOSED if proposals.is_reopened(item, failures=failed) else item.status


def _told(pattern: Pattern, known: Mapping[str, Status]) -> Pattern:
    """The pattern without the proposals that were declined."""
    kept = tuple(
        item for item in pattern.proposals if known.get(item.improvement_id) is not Status.DECLINED
    )
    written = tuple(item.improvement_id for item in kept if item.improvement_id in known)
    return msgspec.structs.replace(pattern, proposals=kept, known=written)


def _latest_days(connection: Connection, now: datetime, days: int) -> Window:
    """Whole days, so that counts by the day and by the hour are of the same time."""
    span = timedelta(days=days)
    extent = overview.extent(connection)
    if extent is None or extent[1] >= now - span:
        return Window(since=_day_of(now - span), until=now)
    last = extent[1] + timedelta(seconds=1)
    return Window(since=_day_of(last - span), until=last)


def _day_of(at: datetime) -> datetime:
    """Its beginning, by UTC: so days are counted."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
