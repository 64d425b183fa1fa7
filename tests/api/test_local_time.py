"""Moments by a clock that is put on and back: each is written so that it is read again."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from api.pages.local_time import end_of_day, last_day_before, moment_of, written_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2027-01-31T12:00", "2027-01-31T11:00Z"),
        ("2027-07-31T12:00", "2027-07-31T10:00Z"),
        ("2027-07-31T12:00-05:00", "2027-07-31T17:00Z"),
        ("2027-03-28T02:30", "2027-03-28T01:30Z"),  # left out: as far behind 02:00 as 03:30 is
        ("2027-10-31T02:30", "2027-10-31T00:30Z"),  # comes twice: the first
        ("2027-10-31T02:30+01:00", "2027-10-31T01:30Z"),
    ],
)
def test_a_moment_is_read_by_the_clock_of_who_writes_it(written: str, moment: str) -> None:
    assert moment_of(written, BERLIN) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("written", ["", "soon", "2027-02-30T12:00", "0001-01-01T00:00"])
def test_what_is_no_moment_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment_of(written, BERLIN)


def test_every_moment_is_written_so_that_it_is_read_again() -> None:
    zones = [ZoneInfo(each) for each in ("Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu")]
    random, began = Random(4), datetime(2026, 1, 1, tzinfo=UTC)
    changes = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 4, 4, 12, tzinfo=UTC))
    moments = [began + timedelta(minutes=random.randrange(1_000_000)) for _ in range(300)]
    moments += [each + timedelta(minutes=15 * n) for each in changes for n in range(30)]
    for zone in (UTC, *zones):
        for moment in (*moments, began.replace(second=7), began.replace(microsecond=9000)):
            assert moment_of(written_of(moment, zone), zone) == moment
    assert written_of(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), BERLIN) == "2026-10-25T02:30"
    assert written_of(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), BERLIN) == "2026-10-25T02:30+01:00"


def test_a_last_day_ends_where_it_is_lived() -> None:
    end = end_of_day("2027-03-28", BERLIN)
    assert end is not None
    assert end == datetime(2027, 3, 28, 22, tzinfo=UTC)
    assert last_day_before(end, BERLIN) == date(2027, 3, 28)
    assert end_of_day("", BERLIN) is None
    for wrong in ("tomorrow", "9999-12-31"):
        with pytest.raises(ValueError, match=r"."):
            end_of_day(wrong, BERLIN)
