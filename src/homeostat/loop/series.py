"""Failures of each frequent signature by day, beside what was done on it."""

from collections import Counter, defaultdict
from typing import NamedTuple

from homeostat.analyze import metrics
from homeostat.knowledge.dialect.port import Connection
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.queries import ledger, measures
from homeostat.knowledge.queries.measures import Days

MOST_SIGNATURES = 100
"""More are too rare to have a course."""


class Series(NamedTuple):
    name: str
    """The signature into which others may be merged."""
    line: str
    days: list[tuple[int, int, int]]
    """Day, failures, calls of all tools with a known outcome."""


def frequent(connection: Connection, groupings: Groupings, days: Days) -> list[Series]:
    """Those that a person ignores are left out."""
    found = ledger.frequent(connection, days, most=MOST_SIGNATURES)
    uses: Counter[int] = Counter()
    for day, outcome, nature, calls, masked in measures.call_days(connection, days):
        uses[day] += metrics.sums([metrics.Counted(outcome, nature, calls, masked)]).known
    counted: defaultdict[str, Counter[int]] = defaultdict(Counter)
    lines: dict[str, str] = {}
    for name, line, day, count in ledger.signature_days(connection, days, [r[0] for r in found]):
        leader = groupings.leader(name)
        counted[leader][day] += count
        lines.setdefault(leader, line)
    ignored = groupings.ignored()
    return [
        Series(name, lines[name], [(day, some[day], uses[day]) for day in sorted(uses)])
        for name, some in counted.items()
        if name not in ignored
    ]
