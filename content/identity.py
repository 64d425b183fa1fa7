"""Ids and moments: opaque, sortable by creation, and as precise as the database keeps them."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The present in UTC, in whole milliseconds: what BSON keeps."""
    return milliseconds(datetime.now(UTC))


def milliseconds(moment: datetime) -> datetime:
    """The moment in UTC without the part that BSON would drop."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def from_millisecond(moment: datetime) -> datetime:
    """The first whole millisecond in UTC that is not before the moment: what was not known when
    somebody asked is not known as of then.
    """
    floor = milliseconds(moment)
    return floor if floor == moment else floor + timedelta(milliseconds=1)


def new_id(kind: str) -> str:
    """`course_019aa5…`: 48 bits of milliseconds, then 80 random bits, in hexadecimal."""
    since_epoch = int(datetime.now(UTC).timestamp() * 1000)
    return f"{kind}_{since_epoch:012x}{secrets.token_hex(10)}"


def new_registration() -> str:
    """A registration, as xAPI wants it: a UUID."""
    return str(uuid.uuid4())
