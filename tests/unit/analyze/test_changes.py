"""What changed: planted changes are found and named, quiet ones are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.analyze.changes import Cell, changes, known_days

START = 20_000
OLD, NEW = ("tool 1.0", "large", "ledger"), ("tool 1.1", "large", "ledger")


def days(count, rate, ledger=OLD, *, first=START, runs=40, failing=None):
    return [
        Cell(first + n, ledger, runs, round(rate * runs) if failing is None else failing[n])
        for n in range(count)
    ]


def test_a_version_since_which_a_failure_is_frequent_is_named_with_both_rates():
    cells = [*days(20, 0.05), *days(12, 0.4, NEW, first=START + 20)]

    (found,) = changes({"timeouts": cells})

    assert (found.day, found.before.part, found.after.part) == (START + 20, 40, 192)
    (suspect,) = found.suspects
    assert (suspect.field, suspect.value, suspect.first_day) == (
        "client version", "tool 1.1", START + 20,
    )  # fmt: skip
    assert (suspect.with_it.part, suspect.without.part) == (192, 40)


def test_a_change_with_which_nothing_known_changed_has_no_suspect():
    (found,) = changes({"timeouts": [*days(20, 0.05), *days(12, 0.4, first=START + 20)]})

    assert found.suspects == ()


def test_a_failure_that_went_away_is_told_too():
    (found,) = changes({"timeouts": [*days(20, 0.4), *days(12, 0.05, NEW, first=START + 20)]})

    assert found.ratio < 1
    assert [suspect.value for suspect in found.suspects] == ["tool 1.1"]


def test_what_came_long_before_the_change_is_no_suspect():
    cells = [
        *days(4, 0.05), *days(16, 0.05, NEW, first=START + 4),
        *days(12, 0.4, NEW, first=START + 20),
    ]  # fmt: skip

    (found,) = changes({"timeouts": cells})

    assert found.suspects == ()


def test_an_unknown_version_is_never_a_suspect():
    unknown = ("", "", "ledger")
    cells = [*days(20, 0.05), *days(12, 0.4, unknown, first=START + 20)]

    (found,) = changes({"timeouts": cells})

    assert found.suspects == ()


@pytest.mark.parametrize(
    "cells",
    [
        [], days(1, 1.0), days(9, 0.2), days(40, 0.0), days(40, 1.0), days(40, 0.1),
        [*days(39, 0.05), *days(1, 0.9, NEW, first=START + 39)], days(20, 0.1, runs=0),
    ],
    ids=["none", "one", "few", "never", "always", "steady", "one bad day", "no runs"],
)  # fmt: skip
def test_where_nothing_changed_or_too_little_is_known_nothing_is_told(cells):
    assert changes({"timeouts": cells}) == []


def test_days_with_runs_are_counted():
    assert known_days([*days(5, 0.1), *days(3, 0.1, runs=0, first=START + 50)]) == 5


def test_a_clock_that_jumped_far_ahead_does_not_make_a_change():
    cells = [*days(30, 0.1), *days(1, 0.1, first=START + 90_000)]

    assert changes({"timeouts": cells}) == []


def a_fleet(chance, *, factor):
    """Six failures for six weeks; versions come every week; the last makes one more frequent."""
    switch = START + 21 + chance.randint(-6, 6)
    streams = {}
    for number in range(6):
        rate, level, cells = chance.uniform(0.03, 0.15), 0.0, []
        for day in range(START, START + 42):
            level = 0.5 * level + chance.gauss(0, 0.2)
            version = "2.0" if day >= switch else f"1.{(day - START) // 7}"
            more = factor if number == 0 and day >= switch else 1.0
            odds = min(0.9, rate * more * 2.7 ** min(level, 1.5))
            runs = chance.randint(80, 120) if day % 7 < 5 else 40
            failing = sum(chance.random() < odds for _ in range(runs))
            cells.append(Cell(day, (f"tool {version}", "large", "ledger"), runs, failing))
        streams[str(number)] = cells
    return streams


def test_a_planted_version_change_is_named_first_and_nothing_is_on_quiet_fleets():
    chance = random.Random(4)
    planted = [changes(a_fleet(chance, factor=3)) for _ in range(20)]
    quiet = [changes(a_fleet(chance, factor=1)) for _ in range(40)]

    named = [
        any(c.stream == "0" and c.suspects and c.suspects[0].value == "tool 2.0" for c in found)
        for found in planted
    ]
    assert sum(named) >= 18
    assert sum(any(c.suspects for c in found) for found in quiet) <= 2


LEDGERS = st.tuples(*[st.sampled_from(["", "a", "b"])] * 3)
CELLS = st.lists(
    st.builds(
        lambda day, ledger, runs, failing: Cell(day, ledger, runs, min(runs, failing)),
        st.integers(0, 30), LEDGERS, st.integers(0, 30), st.integers(0, 30),
    ),
    max_size=60,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=2), CELLS, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(streams, chance):
    mixed = {name: chance.sample(cells, k=len(cells)) for name, cells in streams.items()}
    names = chance.sample(list(mixed), k=len(mixed))

    assert changes(streams) == changes({name: mixed[name] for name in names})
