"""Times as formats write them."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from homeostat.monitor.moments import from_ms, local, parsed, utc


@pytest.mark.parametrize("text", [None, "", "2026-02-30 10:00:00", "yesterday", "99999-01-01"])
def test_what_is_no_time_is_none(text: str | None):
    assert parsed(text) is None


def test_a_time_without_a_zone_is_taken_for_utc_and_one_with_a_zone_is_kept():
    there = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))

    assert utc(parsed("2026-05-01T12:00:00")) == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert utc(there) is there
    assert utc(None) is None


def test_local_is_this_machines_clock_whatever_zone_stands_beside_it(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        found = local(parsed("2026-07-01T12:00:00.250000Z"))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert found == datetime(2026, 7, 1, 10, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize("ms", [None, 0, -5, 1e300, float("nan")])
def test_milliseconds_that_are_no_time_are_none(ms: float | None):
    assert from_ms(ms) is None
