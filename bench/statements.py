"""Statements as clients send them, about 1.1 kB each, from a seeded source."""

import random
import uuid
from typing import Any

import orjson

VERBS = [
    f"http://adlnet.gov/expapi/verbs/{name}"
    for name in ("initialized", "answered", "progressed", "completed", "passed", "terminated")
]
LEARNERS, ACTIVITIES, REGISTRATIONS = 5_000, 500, 20_000


class Source:
    """An endless supply of different statements; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def statement(self) -> dict[str, Any]:
        """Return a statement with actor, verb, activity, context and result."""
        pick = self._random
        verb, activity = pick.choice(VERBS), pick.randrange(ACTIVITIES)
        return {
            "id": str(uuid.UUID(int=pick.getrandbits(128), version=4)),
            "actor": learner(pick.randrange(LEARNERS)),
            "verb": {"id": verb, "display": {"en-US": verb.rpartition("/")[2]}},
            "object": {
                "objectType": "Activity",
                "id": activity_id(activity),
                "definition": {
                    "name": {"en-US": f"Lesson {activity} of the safety course"},
                    "description": {"en-US": "How to lift, carry and set down without harm."},
                    "type": "http://adlnet.gov/expapi/activities/lesson",
                },
            },
            "result": {
                "score": {"scaled": pick.randrange(101) / 100, "raw": 80, "min": 0, "max": 100},
                "success": True,
                "completion": True,
                "duration": f"PT{pick.randrange(60)}M{pick.randrange(60)}S",
            },
            "context": {
                "registration": registration(pick.randrange(REGISTRATIONS)),
                "contextActivities": {
                    "parent": [{"objectType": "Activity", "id": "https://example.com/courses/7"}],
                    "category": [{"objectType": "Activity", "id": "https://w3id.org/xapi/scorm"}],
                },
                "platform": "Example LMS 5.2",
                "language": "en-US",
            },
            "timestamp": "2026-11-21T10:15:30.123Z",
        }

    def body(self, count: int = 1) -> bytes:
        """Return a request body: one statement, or an array of `count`."""
        if count == 1:
            return orjson.dumps(self.statement())
        return orjson.dumps([self.statement() for _ in range(count)])


def learner(number: int) -> dict[str, Any]:
    """Return the agent of a learner."""
    account = {"homePage": "https://lms.example.com", "name": f"learner-{number:05d}"}
    return {"objectType": "Agent", "name": f"Learner {number}", "account": account}


def activity_id(number: int) -> str:
    """Return the id of an activity."""
    return f"https://lms.example.com/activities/lessons/{number:04d}"


def registration(number: int) -> str:
    """Return the id of a registration."""
    return str(uuid.UUID(int=number + (1 << 100), version=4))
