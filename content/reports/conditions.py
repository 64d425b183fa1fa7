"""From a report's filters to what MongoDB matches by. Pure.

MongoDB compares values of one type: what is absent is neither less nor more than anything.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from content.reports.definitions import Filter, Scope
from content.reports.fields import Field
from content.reports.soundness import moment_of

Condition = dict[str, Any]

COMPARED: Final[Mapping[str, str]] = {
    "equals": "$eq",
    "is": "$eq",
    "not_equals": "$ne",
    "less": "$lt",
    "at_most": "$lte",
    "more": "$gt",
    "at_least": "$gte",
    "before": "$lt",
    "after": "$gte",
}


class Asked(Struct, frozen=True, kw_only=True):
    """Whose rows are asked for, when, in which time zone, and which of them."""

    organization_id: str
    scope: Scope
    moment: datetime
    zone: str = "UTC"
    skip: int = 0
    limit: int


def condition(field: Field, each: Filter, asked: Asked) -> Condition:
    """What MongoDB is to match a field's value with."""
    empty = [None, ""] if field.kind == "text" else [None]
    match each.operator:
        case "is_empty":
            return {"$in": empty}
        case "is_not_empty":
            return {"$nin": empty}
        case "contains":
            return {"$regex": re.escape(each.value), "$options": "i"}
        case "starts_with":
            return {"$regex": f"^{re.escape(each.value)}"}
        case "one_of":
            return {"$in": list(each.value)}
    return _of_date(each, asked) if field.kind == "date" else _plain(each)


def _plain(each: Filter) -> Condition:
    if each.operator == "between":
        low, high = each.value
        return {"$gte": low, "$lte": high}
    return {COMPARED[each.operator]: each.value}


def _of_date(each: Filter, asked: Asked) -> Condition:
    now = asked.moment
    match each.operator:
        case "in_last_days":
            return {"$gt": now - timedelta(days=each.value), "$lte": now}
        case "in_next_days":
            return {"$gt": now, "$lte": now + timedelta(days=each.value)}
        case "between":
            low, high = each.value
            return {"$gte": _moment(low, asked), "$lt": _end(high, asked)}
    return {COMPARED[each.operator]: _moment(each.value, asked)}


def _moment(value: Any, asked: Asked) -> datetime:
    """A moment, or the beginning of a day in the time zone, in UTC."""
    found = moment_of(value)
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    if not isinstance(found, date):
        raise ValueError(value)
    return datetime.combine(found, time(), ZoneInfo(asked.zone)).astimezone(UTC)


def _end(value: Any, asked: Asked) -> datetime:
    """What comes after a moment, or after a day."""
    found = moment_of(value)
    if isinstance(found, datetime) or found is None:
        return _moment(value, asked)
    return _moment((found + timedelta(days=1)).isoformat(), asked)
