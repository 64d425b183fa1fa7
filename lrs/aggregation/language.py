"""What an aggregate query may say: its fields, stages, operators and accumulators, as data."""

from datetime import datetime

from lrs.timestamps import as_datetime, parse_timestamp

STRING, NUMBER, BOOLEAN, DATE = "string", "number", "boolean", "date"

FIELDS = {
    "id": STRING,
    "actor": STRING,
    "verb": STRING,
    "activity": STRING,
    "registration": STRING,
    "target": STRING,
    "authority": STRING,
    "stored": DATE,
    "timestamp": DATE,
    "result.success": BOOLEAN,
    "result.completion": BOOLEAN,
    "result.duration": NUMBER,
    "result.progress": NUMBER,
    "result.score.scaled": NUMBER,
    "result.score.raw": NUMBER,
    "result.score.min": NUMBER,
    "result.score.max": NUMBER,
}

STAGES = (
    "$match",
    "$group",
    "$project",
    "$sort",
    "$skip",
    "$limit",
    "$count",
    "$unwind",
)

CONDITIONS = ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$not")
JUNCTIONS = ("$and", "$or", "$nor")

ACCUMULATORS = (
    "$sum",
    "$avg",
    "$min",
    "$max",
    "$first",
    "$last",
    "$addToSet",
    "$push",
    "$stdDevPop",
    "$stdDevSamp",
)

EXPRESSIONS = frozenset(
    {
        *("$abs", "$add", "$ceil", "$divide", "$floor", "$mod", "$multiply", "$round"),
        *("$subtract", "$trunc"),
        *("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$cmp"),
        *("$and", "$or", "$not", "$cond", "$ifNull", "$switch"),
        *("$year", "$month", "$dayOfMonth", "$dayOfWeek", "$dayOfYear", "$hour", "$minute"),
        *("$isoWeek", "$isoWeekYear", "$dateTrunc", "$dateToString", "$dateDiff"),
        *("$toLower", "$toUpper", "$substrCP", "$strLenCP"),
        *("$size", "$in", "$arrayElemAt", "$min", "$max", "$avg", "$sum"),
    }
)

ARGUMENTS = {
    "$cond": frozenset({"if", "then", "else"}),
    "$switch": frozenset({"branches", "default"}),
    "$dateTrunc": frozenset({"date", "unit", "binSize", "timezone", "startOfWeek"}),
    "$dateToString": frozenset({"date", "format", "timezone", "onNull"}),
    "$dateDiff": frozenset({"startDate", "endDate", "unit", "timezone", "startOfWeek"}),
    **{
        name: frozenset({"date", "timezone"})
        for name in (
            *("$year", "$month", "$dayOfMonth", "$dayOfWeek", "$dayOfYear", "$hour", "$minute"),
            *("$isoWeek", "$isoWeekYear"),
        )
    },
}
"""The operators that take named arguments."""

BRANCH = frozenset({"case", "then"})

MOST_STAGES = 20
MOST_NODES = 2_000
MOST_DEPTH = 16
MOST_SORT_KEYS = 8
LARGEST_SKIP = 1_000_000


def read_moment(text: str) -> datetime:
    """Return what `{"$date": text}` means. Raises ValueError for no moment."""
    return as_datetime(parse_timestamp(text))
