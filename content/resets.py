"""Resets: an attempt on a lesson is taken out of what counts, and stays in the history.

A reset is a statement of the person who reset it, about the lesson, under the attempt's
registration. So it is in the log like everything else, and voiding it takes it back.
"""

import uuid
from typing import Any, Final

from content import people
from content.courses import Course
from content.fold import RESET
from content.identity import now
from content.lessons import Lesson
from content.people import Person

TYPES: Final = "http://adlnet.gov/expapi/activities/"


def statement(
    by: Person, course: Course, lesson: Lesson, registration: str, reason: str
) -> dict[str, Any]:
    """The statement that resets an attempt; the reason, where there is one, is its response."""
    made: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "actor": people.xapi_agent(by),
        "verb": {"id": RESET, "display": {"en": "reset"}},
        "object": _activity(lesson.activity_id, lesson.title, "lesson"),
        "context": {
            "registration": registration,
            "contextActivities": {
                "parent": [_activity(course.activity_id, course.title, "course")]
            },
        },
        "timestamp": now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return {**made, "result": {"response": reason}} if reason else made


def _activity(identifier: str, title: str, kind: str) -> dict[str, Any]:
    definition = {"name": {"und": title}, "type": f"{TYPES}{kind}"}
    return {"objectType": "Activity", "id": identifier, "definition": definition}
