"""What changed: from which day on runs fail more or less, and what they ran on since."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from homeostat.analyze import anomalies
from homeostat.analyze import changes as judge
from homeostat.knowledge.dialect.port import Connection, Row
from homeostat.knowledge.groupings import Groupings
from homeostat.knowledge.moments import DAY_NS, moment
from homeostat.knowledge.queries import ledger, measures
from homeostat.knowledge.queries.measures import Days
from homeostat.loop.series import frequent
from homeostat.model.health import Anomaly, ChangePoint, Changes, Missing, Suspect

MOST_SIGNATURES = 12
"""The most frequent ones: each more makes all the others harder to tell from chance."""
BADLY, FAULTY = "runs that ended badly", "runs with a fault"


def changes(connection: Connection, groupings: Groupings, days: Days) -> Changes:
    """Runs of one client are compared with runs of the same client: others fail otherwise."""
    rows = ledger.runs_by_day(connection, days)
    found = ledger.frequent(connection, days, most=MOST_SIGNATURES)
    leaders = {key: groupings.leader(name) for key, name, _ in found}
    met = ledger.failing_by_day(connection, days, list(leaders))
    clients = measures.words(connection, {row[1] for row in rows})
    streams = _streams(rows, met, leaders, clients, {})

    def in_detail(stream: str) -> list[judge.Cell]:
        """What the runs of a stream ran on: asked for once something is told of it."""
        if not detailed:
            rows = ledger.runs(connection, days)
            met = ledger.failing(connection, days, list(leaders))
            names = measures.words(connection, {w for row in rows for w in row[1:5] if w})
            detailed.update(_streams(rows, met, leaders, clients, names))
        return detailed[stream]

    detailed: dict[str, list[judge.Cell]] = {}
    told = judge.changes(streams, in_detail)
    known = judge.known_days(cell for cells in streams.values() for cell in cells)
    needed = judge.LEAST_DAYS
    return Changes(
        window=days.window,
        runs=sum(row[5] for row in rows),
        series=len(streams),
        missing=Missing(what="days with runs", known=known, needed=needed)
        if known < needed
        else None,
        changes=tuple(_point(change, _lines(found, groupings)) for change in told),
    )


def standing_out(connection: Connection, groupings: Groupings, day: int) -> list[Anomaly]:
    """Signatures that fail far more on a day than the four weeks before make likely."""
    series = frequent(connection, groupings, Days(day - anomalies.BASELINE_DAYS, day))
    return anomalies.anomalies(
        {one.name: [anomalies.Day(*known) for known in one.days] for one in series}, today=day
    )


def _streams(
    rows: Sequence[Row],
    met: Sequence[Row],
    leaders: Mapping[int, str],
    clients: Mapping[int, str],
    names: Mapping[int, str],
) -> dict[str, list[judge.Cell]]:
    """How the runs of each client ended, and which of them met each signature."""
    found: defaultdict[str, list[judge.Cell]] = defaultdict(list)
    for row in rows:
        day, client, *_, count, well, badly, faulty = row
        place, name = _ledger(row[1:5], names), clients[client]
        found[f"{name}: {BADLY}"].append(judge.Cell(day, place, well + badly, badly))
        found[f"{name}: {FAULTY}"].append(judge.Cell(day, place, count, faulty))
    counted: defaultdict[str, Counter[tuple[int | None, ...]]] = defaultdict(Counter)
    for row in met:
        counted[leaders[row[0]]][row[1:6]] += row[6]
    for name, failing in counted.items():
        its = {place[1] for place in failing}
        found[name] = [
            # Merged signatures may both be met by one run.
            judge.Cell(row[0], _ledger(row[1:5], names), row[5], min(row[5], failing[row[:5]]))
            for row in rows
            if row[1] in its
        ]
    return found


def _ledger(numbers: Sequence[int | None], names: Mapping[int, str]) -> tuple[str, ...]:
    """In the order of the judge's fields; a version is one of its client."""
    client, version, model, project = (names.get(number or 0, "") for number in numbers)
    return (f"{client} {version}" if version else "", model, project)


def _lines(found: Sequence[Row], groupings: Groupings) -> dict[str, str]:
    lines: dict[str, str] = {}
    for _, name, line in found:
        lines.setdefault(groupings.leader(name), line)
    return lines


def _point(change: judge.Change, lines: Mapping[str, str]) -> ChangePoint:
    return ChangePoint(
        what=lines.get(change.stream, change.stream),
        signature=change.stream if change.stream in lines else "",
        since=moment(change.day * DAY_NS),
        before=change.before,
        after=change.after,
        ratio=change.ratio,
        p_value=change.p_value,
        q_value=change.q_value,
        suspects=tuple(
            Suspect(
                field=suspect.field,
                value=suspect.value,
                first_at=moment(suspect.first_day * DAY_NS),
                with_it=suspect.with_it,
                without=suspect.without,
                gain=suspect.gain,
            )
            for suspect in change.suspects
        ),
    )
