"""How figures, moments and foreign text look."""

from datetime import UTC, datetime

import pytest

from homeostat.surfaces.cli.output import (
    amount,
    asked,
    count,
    duration,
    exact,
    plain,
    run_name,
    shortened,
    when,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0 ms"), (999, "999 ms"), (1000, "1 s"), (59_999, "59 s"), (60_000, "1 min"),
        (119 * 60_000, "119 min"), (130 * 60_000, "2 h 10 min"), (49 * 3_600_000, "49 h"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_the_unit_that_fits(ms, said):
    assert duration(ms) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0"), (9_999, "9,999"), (31_000, "31 k"), (2_100_000, "2.1 M")]
)
def test_a_large_amount_is_short(number, said):
    assert amount(number) == said


def test_one_is_singular():
    assert [count(n, "run") for n in (0, 1, 2_000)] == ["0 runs", "1 run", "2,000 runs"]
    assert count(2, "fix", "fixes") == "2 fixes"


def test_a_moment_is_a_day_for_people_and_exact_for_programs():
    assert when(None) == "unknown"
    assert when(NOW).endswith(" Nov 2026")
    assert exact(None) == ""
    assert exact(NOW) == "2026-11-21T12:00:00+00:00"


@pytest.mark.parametrize("evil", ["\x1b[31mred", "a\rb", "\x9b2J", "a\u202eb", "a\x00b", "\ud800"])
def test_foreign_text_cannot_steer_a_terminal(evil):
    shown = plain(evil)

    assert shown.isprintable()
    assert "\x1b" not in shown


def test_a_text_that_is_too_long_says_so():
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcd", 0) == "…"


@pytest.mark.parametrize(
    ("run_id", "name"),
    [
        ("b00b80af-879f-4265-b95b-48db0938673c", "b00b80af"),
        ("gpt-4o-airline:11:1", "gpt-4o-airline:11:1"),
        ("ses_33226c6bffe0aZqWxYtR", "ses_33226c6b"),
        ("odd", "odd"),
    ],
)
def test_a_run_is_named_by_what_it_can_be_asked_for(run_id, name):
    assert run_name(run_id) == name


def test_a_command_is_repeated_as_it_was_given(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/bin/homeostat", "detect", "--since", "2026-11-01 10:00"])

    assert asked() == "homeostat detect --since '2026-11-01 10:00'"
