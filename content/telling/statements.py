"""The statements that the learning management records itself: who did what in which lesson.

Pure. The id of a statement is derived from what it tells of, so that telling twice is telling once.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from content.courses.courses import Course
from content.lessons.lessons import Lesson
from content.people import people
from content.people.people import Person

Statement = dict[str, Any]

ADL: Final = "http://adlnet.gov/expapi/verbs/"
TYPES: Final = "http://adlnet.gov/expapi/activities/"
VIDEO_TYPE: Final = "https://w3id.org/xapi/video/activity-type/video"
PROGRESS: Final = "https://w3id.org/xapi/cmi5/result/extensions/progress"
_TOLD: Final = uuid.UUID("6f1c1d0e-4b1f-5f0a-9a57-1c7f5d1f6a10")


class CourseScene(Struct, frozen=True, kw_only=True):
    """Where something happened: whose doing, in which course, under which registration, when;
    `instructor` is who judged it.
    """

    actor: Person
    course: Course
    registration: str
    at: datetime
    instructor: Person | None = None


class Scene(CourseScene, frozen=True, kw_only=True):
    """The same, in a lesson of the course."""

    lesson: Lesson


def statement_id(*told: str) -> str:
    """The id of the statement that tells of this: the same names, the same id."""
    return str(uuid.uuid5(_TOLD, "/".join(told)))


def activity(identifier: str, title: str, kind: str) -> Statement:
    """An activity of ADL's type `kind`: course, lesson, assessment…"""
    definition = {"name": {"und": title}, "type": f"{TYPES}{kind}"}
    return {"objectType": "Activity", "id": identifier, "definition": definition}


def course_activity(course: Course) -> Statement:
    """The course as an activity."""
    return activity(course.activity_id, course.title, "course")


def lesson_activity(lesson: Lesson) -> Statement:
    """The lesson as an activity; one of video is a video, as the xAPI Video Profile wants it."""
    made = activity(lesson.activity_id, lesson.title, "lesson")
    if lesson.content_type == "video":
        made["definition"]["type"] = VIDEO_TYPE
    return made


def about_lesson(scene: Scene, verb: str, told: str, result: Statement | None = None) -> Statement:
    """What somebody did to a lesson; `verb` is an IRI, `told` names what is told of."""
    return about(scene, verb, told, lesson_activity(scene.lesson), result)


def about_part(
    scene: Scene, verb: str, told: str, part: Statement, result: Statement | None = None
) -> Statement:
    """What somebody did to a part of a lesson, such as a question; its id is below the lesson's."""
    return about(scene, verb, told, part, result, parents=[lesson_activity(scene.lesson)])


def about(
    scene: CourseScene,
    verb: str,
    told: str,
    target: Statement,
    result: Statement | None = None,
    parents: Sequence[Statement] = (),
) -> Statement:
    """A statement of this scene about an activity; without parents it is a part of the course."""
    course = course_activity(scene.course)
    context: Statement = {
        "registration": scene.registration,
        "contextActivities": {"parent": list(parents) or [course], "grouping": [course]},
    }
    if scene.instructor is not None:
        context["instructor"] = people.xapi_agent(scene.instructor)
    made: Statement = {
        "id": statement_id(scene.registration, verb, target["id"], told),
        "actor": people.xapi_agent(scene.actor),
        "verb": verb_of(verb),
        "object": target,
        "context": context,
        "timestamp": timestamp(scene.at),
    }
    return {**made, "result": result} if result else made


def verb_of(iri: str) -> Statement:
    """A verb whose display is the last part of its IRI."""
    return {"id": iri, "display": {"en": iri.rpartition("/")[2]}}


def timestamp(moment: datetime) -> str:
    """A moment in UTC as statements write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
