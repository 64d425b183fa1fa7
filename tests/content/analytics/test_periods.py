"""Streaks, trends and days of a period."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.analytics.periods import Period, longest_streak, period_of, streak, trend

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "expected"),
    [((), 0), ((10,), 1), ((9,), 1), ((8,), 0), ((7, 8, 9, 10), 4), ((7, 9, 10), 2), ((8, 9), 2)],
)
def test_a_streak_goes_up_to_today_or_yesterday(days: tuple[int, ...], expected: int) -> None:
    assert streak(days, 10) == expected


@given(st.sets(st.integers(1, 60)))
def test_the_longest_streak_is_the_longest_of_all_runs(days: set[int]) -> None:
    runs = [streak({each for each in days if each <= end}, end) for end in range(1, 61)]
    assert longest_streak(days) == max(runs, default=0)


def test_a_trend_is_told_only_where_there_was_something_before() -> None:
    assert (trend(3, 2), trend(0, 4), trend(5, 0)) == (50.0, -100.0, None)


def test_the_days_of_a_period_are_all_its_days_and_today() -> None:
    days = period_of("7d", NOW).days(None)
    assert (days[0], days[-1], len(days)) == (date(2026, 2, 22), date(2026, 3, 1), 8)


def test_all_time_has_the_days_of_the_last_year_at_the_most() -> None:
    whole = period_of("all", NOW)
    assert whole.days(None) == []
    assert len(whole.days(datetime(2020, 1, 1, tzinfo=UTC))) == 366
    assert whole.days(datetime(2026, 2, 28, tzinfo=UTC)) == [date(2026, 2, 28), date(2026, 3, 1)]


def test_the_period_before_is_as_long() -> None:
    period = period_of("30d", NOW)
    assert period.earlier is not None
    assert period.since is not None
    assert period.earlier.until == period.since
    assert period.earlier.since == Period(since=None, until=NOW).until - (NOW - period.since) * 2
