"""Times and durations as numbers."""

import pytest

from lrs.timestamps import (
    as_datetime,
    as_microseconds,
    format_timestamp,
    in_utc,
    parse_duration,
    parse_timestamp,
)
from lrs.writing.clock import Clock


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000000Z"),
        ("2026-11-21T10:00:00.123456789+01:00", "2026-11-21T09:00:00.123456Z"),
        ("2026-11-21T10:00:00,5-0530", "2026-11-21T15:30:00.500000Z"),
        ("20261121T100000Z", "2026-11-21T10:00:00.000000Z"),
        ("2026-11-21T10:00:00", "2026-11-21T10:00:00.000000Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000000Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"),
    ],
)
def test_timestamps_are_read_to_the_microsecond(text: str, utc: str) -> None:
    moment = parse_timestamp(text)
    assert format_timestamp(moment) == utc
    assert as_microseconds(as_datetime(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_days_outside_the_calendar_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"year|day|Invalid"):
        parse_timestamp(text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"),
        ("2026-01-01T00:30:00.123456789+01:00", "2025-12-31T23:30:00.123456789Z"),
        ("2026-11-21T10:00:00-05:30", "2026-11-21T15:30:00Z"),
        ("0099-01-01T00:00:00.5+00:00", "0099-01-01T00:00:00.5Z"),
    ],
)
def test_times_are_moved_to_utc_with_their_fraction_as_it_was(text: str, utc: str) -> None:
    assert in_utc(text) == utc
    assert parse_timestamp(text) == parse_timestamp(utc)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT1H30M", 5400), ("P1DT0.5S", 86400.5), ("P2W", 1209600), ("PT0S", 0), ("PT1,5M", 90)],
)
def test_durations_are_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


def test_the_clock_only_grows_when_the_systems_clock_is_set_back() -> None:
    times = iter([1_000, 1_000, 500, 400, 5_000])
    clock = Clock(slot=3, slots=8, read=lambda: next(times))
    stamps = [clock.stamp() for _ in range(5)]
    assert stamps == sorted(set(stamps))
    assert {stamp % 8 for stamp in stamps} == {3}


def test_a_time_that_was_passed_by_is_never_given() -> None:
    clock = Clock(read=lambda: 1_000)
    passed = clock.pass_by()
    assert clock.stamp() > passed
