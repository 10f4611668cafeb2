"""From which day on something fails more or less, and what the runs ran on that changed with it.

A stream is a yes or no of each run (it ended badly, it met this failure). The day is the split of
the stream that tells two rates apart best; days differ by more than chance and resemble their
neighbours, so their own spread and its likeness from day to day are the measure. A suspect is
something that more runs ran on after the day than before, and that tells failing runs apart nearly
as well as the day does. It goes with the change; nothing here shows that it caused it.

bench/changes.py measures how often a planted change is found and named, and how often something is
named where nothing changed.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from homeostat.analyze.distributions import benjamini_hochberg, t_upper_tail
from homeostat.analyze.intervals import share
from homeostat.model.pattern import Rate

LEAST_DAYS = 10
LEAST_SIDE = 4
"""Days with runs on either side: a change of one day is a day that stands out, not a change."""
LEAST_FAILING = 5
LEAST_RATIO = 1.5
FALSE_SHARE = 0.05
MOST_ALIKE = 0.6
"""Likeness of neighbouring days that is believed; more cannot be told from a change."""
DRIFT = 0.1
"""Part of its rate by which a failure wanders by itself from month to month, however many runs."""
SHIFT = 0.3
"""By how much the share of runs with a suspect must rise."""
LEAST_GAIN = 0.7
"""How well a suspect must tell failing runs apart, beside the day alone."""
AROUND = 3
"""Days by which a suspect that is new may have come before or after."""
MOST_SUSPECTS = 3
FIELDS = ("client version", "model", "project")


class Cell(NamedTuple):
    """Runs of one day that ran on the same things."""

    day: int
    ledger: tuple[str, ...]
    """One value for each of `FIELDS`; empty where it is not known."""
    runs: int
    failing: int


class Named(NamedTuple):
    """A suspect."""

    field: str
    value: str
    first_day: int
    with_it: Rate
    without: Rate
    gain: float


class Change(NamedTuple):
    stream: str
    day: int
    """The first day after."""
    before: Rate
    after: Rate
    ratio: float
    p_value: float
    q_value: float
    suspects: tuple[Named, ...]


class _Split(NamedTuple):
    day: int
    p_value: float


class _Side(NamedTuple):
    failing: int
    runs: int

    @property
    def rate(self) -> float:
        """Never 0 or 1: half a run more of each."""
        return (self.failing + 0.5) / (self.runs + 1)


def changes(
    streams: Mapping[str, Sequence[Cell]],
    in_detail: Callable[[str], Sequence[Cell]] | None = None,
) -> list[Change]:
    """Told of all streams together, the surest first; the order of cells does not matter.

    Cells of `streams` may leave out what the runs ran on: that is asked of `in_detail`, for those
    streams alone that changed.
    """
    found: list[tuple[str, _Split]] = []
    for name, cells in sorted(streams.items()):
        if split := _best(_by_day(cells)):
            found.append((name, split))
    q_values = benjamini_hochberg([split.p_value for _, split in found])
    cells_of = in_detail or streams.__getitem__
    told = [
        _change(name, cells_of(name), split, q)
        for (name, split), q in zip(found, q_values, strict=True)
        if q <= FALSE_SHARE
    ]
    large = [change for change in told if _is_large(change)]
    return sorted(large, key=lambda change: (change.p_value, change.stream))


def known_days(cells: Iterable[Cell]) -> int:
    return len({cell.day for cell in cells if cell.runs})


def _by_day(cells: Iterable[Cell]) -> list[tuple[int, _Side]]:
    runs: Counter[int] = Counter()
    failing: Counter[int] = Counter()
    for cell in cells:
        runs[cell.day] += cell.runs
        failing[cell.day] += cell.failing
    return [(day, _Side(failing[day], runs[day])) for day in sorted(runs) if runs[day]]


def _best(days: Sequence[tuple[int, _Side]]) -> _Split | None:
    """The split that tells two rates apart best, with what its being the best of all costs."""
    if len(days) < LEAST_DAYS:
        return None
    sides = [side for _, side in days]
    whole = _together(sides)
    if not 0 < whole.failing < whole.runs:
        return None
    places = range(LEAST_SIDE, len(days) - LEAST_SIDE + 1)
    place = max(places, key=lambda place: _told_apart(sides, place))
    return _Split(days[place][0], min(1.0, _tail(sides, place) * len(places)))


def _told_apart(sides: Sequence[_Side], place: int) -> float:
    """How much likelier two rates are, split here, than one."""
    return _likelihood(_together(sides[:place])) + _likelihood(_together(sides[place:]))


def _tail(sides: Sequence[_Side], place: int) -> float:
    """Two-sided tail of the difference of two rates, by the spread of the days around them."""
    before, after = _together(sides[:place]), _together(sides[place:])
    left = [_residual(side, before.rate) for side in sides[:place]]
    left += [_residual(side, after.rate) for side in sides[place:]]
    freedom = len(sides) - 2
    squares = math.fsum(one * one for one in left)
    alike = math.fsum(one * other for one, other in pairwise(left))
    likeness = min(MOST_ALIKE, max(0.0, alike / squares)) if squares else 0.0
    inflated = (1 + likeness) / (1 - likeness)
    spread = max(1.0, squares / freedom) * inflated
    rate = _together(sides).rate
    together = spread * rate * (1 - rate) * (1 / before.runs + 1 / after.runs)
    # Each side by its own days as well: one very bad day does not make the days after it bad.
    apart = inflated * (_noise(sides[:place], before) + _noise(sides[place:], after))
    variance = max(together, apart) + (DRIFT * rate) ** 2
    difference = after.failing / after.runs - before.failing / before.runs
    return 2 * t_upper_tail(abs(difference) / math.sqrt(variance), freedom)


def _noise(sides: Sequence[_Side], whole: _Side) -> float:
    """Variance of the rate of some days, from how they differ (Cochran 1977, 2.45)."""
    rate = whole.failing / whole.runs
    squares = math.fsum((side.failing - side.runs * rate) ** 2 for side in sides)
    return squares * len(sides) / (len(sides) - 1) / whole.runs**2


def _residual(side: _Side, rate: float) -> float:
    return (side.failing - side.runs * rate) / math.sqrt(side.runs * rate * (1 - rate))


def _together(sides: Iterable[_Side]) -> _Side:
    some = list(sides)
    return _Side(sum(side.failing for side in some), sum(side.runs for side in some))


def _change(name: str, cells: Sequence[Cell], split: _Split, q_value: float) -> Change:
    before = _together(_Side(c.failing, c.runs) for c in cells if c.day < split.day)
    after = _together(_Side(c.failing, c.runs) for c in cells if c.day >= split.day)
    return Change(
        stream=name,
        day=split.day,
        before=share(before.failing, before.runs),
        after=share(after.failing, after.runs),
        ratio=after.rate / before.rate,
        p_value=split.p_value,
        q_value=q_value,
        suspects=_suspects(cells, split.day),
    )


def _is_large(change: Change) -> bool:
    failing = max(change.before.part, change.after.part)
    return failing >= LEAST_FAILING and max(change.ratio, 1 / change.ratio) >= LEAST_RATIO


def _suspects(cells: Sequence[Cell], day: int) -> tuple[Named, ...]:
    by_time = _gain(cells, {cell for cell in cells if cell.day >= day})
    found: list[tuple[int, Named]] = []
    for place, field in enumerate(FIELDS):
        for value in _risen(cells, place, day):
            having = {cell for cell in cells if cell.ledger[place] == value}
            gain = _gain(cells, having) / by_time if by_time > 0 else 0.0
            if gain >= LEAST_GAIN and _same_way(cells, having, day):
                found.append((place, _named(cells, having, field, value, gain)))
    # Of two that tell equally well (both came that day) the one of the earlier field is first.
    ranked = sorted(found, key=lambda item: (-round(item[1].gain, 2), item[0], item[1].value))
    return tuple(named for _, named in ranked[:MOST_SUSPECTS])


def _risen(cells: Sequence[Cell], place: int, day: int) -> list[str]:
    """Values that more runs ran on after the day, and that, where new, came about then."""
    runs: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    first: dict[str, int] = {}
    whole = [0, 0]
    for cell in cells:
        is_after = int(cell.day >= day)
        whole[is_after] += cell.runs
        if value := cell.ledger[place]:
            runs[value][is_after] += cell.runs
            first[value] = min(cell.day, first.get(value, cell.day))
    began = min(cell.day for cell in cells)
    return sorted(
        value
        for value, (before, after) in runs.items()
        if after / whole[1] - before / whole[0] >= SHIFT
        and (first[value] <= began + AROUND or abs(first[value] - day) <= AROUND)
    )


def _gain(cells: Sequence[Cell], chosen: set[Cell]) -> float:
    """Log-likelihood that two rates, of the chosen and the other runs, have over one."""
    inside = _together(_Side(c.failing, c.runs) for c in cells if c in chosen)
    outside = _together(_Side(c.failing, c.runs) for c in cells if c not in chosen)
    return _likelihood(inside) + _likelihood(outside) - _likelihood(_together([inside, outside]))


def _likelihood(side: _Side) -> float:
    worked = side.runs - side.failing
    return sum(
        count * math.log(count / side.runs) for count in (side.failing, worked) if count
    )  # fmt: skip


def _same_way(cells: Sequence[Cell], having: set[Cell], day: int) -> bool:
    """Whether runs with it differ from the others as runs after the day from those before."""
    inside = _together(_Side(c.failing, c.runs) for c in cells if c in having)
    outside = _together(_Side(c.failing, c.runs) for c in cells if c not in having)
    before = _together(_Side(c.failing, c.runs) for c in cells if c.day < day)
    after = _together(_Side(c.failing, c.runs) for c in cells if c.day >= day)
    return (inside.rate > outside.rate) == (after.rate > before.rate)


def _named(
    cells: Sequence[Cell], having: set[Cell], field: str, value: str, gain: float
) -> Named:  # fmt: skip
    inside = _together(_Side(c.failing, c.runs) for c in cells if c in having)
    outside = _together(_Side(c.failing, c.runs) for c in cells if c not in having)
    return Named(
        field=field,
        value=value,
        first_day=min(cell.day for cell in having),
        with_it=share(inside.failing, inside.runs),
        without=share(outside.failing, outside.runs),
        gain=gain,
    )
