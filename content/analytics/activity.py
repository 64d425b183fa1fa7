"""When people learn: statements about a course and its lessons, by weekday and hour. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

MOST: Final = 200_000
"""Of more statements, so many are counted: the latest that were stored."""
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Grid = tuple[tuple[int, ...], ...]


def pipeline(
    activity_ids: Sequence[str], since: datetime | None, zone: str
) -> list[dict[str, Any]]:
    """An aggregate query over statements (lrs.aggregation) for `grid`."""
    condition: dict[str, Any] = {"activity": {"$in": list(activity_ids)}}
    if since is not None:
        condition["stored"] = {"$gt": {"$date": since.isoformat().replace("+00:00", "Z")}}
    local = {"date": "$timestamp", "timezone": zone}
    return [
        {"$match": condition},
        {"$sort": {"stored": -1}},
        {"$limit": MOST},
        {
            "$group": {
                "_id": {"weekday": {"$dayOfWeek": local}, "hour": {"$hour": local}},
                "count": {"$sum": 1},
            }
        },
    ]


def grid(rows: Iterable[Mapping[str, Any]]) -> Grid:
    """Seven weekdays from Monday, each with 24 counts, of what the query found."""
    counts = [[0] * 24 for _ in WEEKDAYS]
    for row in rows:
        place = row["_id"]
        counts[(place["weekday"] + 5) % 7][place["hour"]] = row["count"]
    return tuple(tuple(each) for each in counts)
