"""Ids and moments: opaque, sortable by creation, and as precise as the database keeps them."""

import secrets
import uuid
from datetime import UTC, datetime


def now() -> datetime:
    """The present in UTC, in whole milliseconds: what BSON keeps."""
    return milliseconds(datetime.now(UTC))


def milliseconds(moment: datetime) -> datetime:
    """The moment in UTC without the part that BSON would drop."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id(kind: str) -> str:
    """`course_019aa5…`: 48 bits of milliseconds, then 80 random bits, in hexadecimal."""
    since_epoch = int(datetime.now(UTC).timestamp() * 1000)
    return f"{kind}_{since_epoch:012x}{secrets.token_hex(10)}"


def new_registration() -> str:
    """A registration, as xAPI wants it: a UUID."""
    return str(uuid.uuid4())
