"""Moments as people write them: by a clock in their own time zone, which now and then is put on or
back. A time that no clock shows, in the hour that is left out, is as far behind the change; of one
that comes twice the first is meant, unless an offset is written with it.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def moment_of(written: str, zone: tzinfo) -> datetime:
    """The moment in UTC of `2027-01-31T12:00`, with or without an offset.

    Raises:
        ValueError: that is no moment.
    """
    moment = datetime.fromisoformat(written)
    return _universal(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def written_of(moment: datetime, zone: tzinfo) -> str:
    """A moment as a field of local time has it; read again it is the same moment.

    Seconds are told where there are any, the offset where this local time comes twice and the
    second one is meant.
    """
    local = moment.astimezone(zone)
    exact = "milliseconds" if local.microsecond else "seconds" if local.second else "minutes"
    text = local.replace(tzinfo=None).isoformat(timespec=exact)
    return text if moment_of(text, zone) == moment else local.isoformat(timespec=exact)


def end_of_day(written: str, zone: tzinfo) -> datetime | None:
    """The end of a day such as `2027-01-31`, None for no day. Raises ValueError."""
    if not written:
        return None
    try:
        following = date.fromisoformat(written) + timedelta(days=1)
        return _universal(datetime.combine(following, time(), zone))
    except OverflowError as error:
        raise ValueError(written) from error


def last_day_before(moment: datetime, zone: tzinfo) -> date:
    """The day that a moment ends, or lies in."""
    return (moment - timedelta(microseconds=1)).astimezone(zone).date()


def _universal(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(moment)) from error
