"""Attempts on lessons, as stages that begin a pipeline over the progress documents."""

from collections.abc import Mapping
from typing import Any


def stages(match: Mapping[str, Any], *kept: str) -> list[dict[str, Any]]:
    """Stages to {_id, lesson, state} and what is kept: one for each attempt that was not reset.

    `lesson` is the lesson's id, or the course's for what is told of it as a whole.
    """
    keep = dict.fromkeys(kept, 1)
    return [
        {"$match": dict(match)},
        {"$project": {**keep, "lessons": {"$objectToArray": "$state.attempts"}}},
        {"$unwind": "$lessons"},
        {
            "$project": {
                **keep,
                "lesson": "$lessons.k",
                "attempts": {"$objectToArray": "$lessons.v"},
            }
        },
        {"$unwind": "$attempts"},
        {"$match": {"attempts.v.reset": None}},
        {"$project": {**keep, "lesson": 1, "state": "$attempts.v"}},
    ]
