"""Launching a lesson: from a person and a lesson to the player's address on the content origin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from api.errors import NotLaunched
from api.services import Services
from api.store import now
from content import courses, enrollments, lessons, people
from content.courses import Course
from content.enrollments import Enrollment
from content.errors import NotFound
from content.lessons import Lesson
from content.people import Person
from scorm_runtime.launch import Launch

Mode = Literal["normal", "browse", "review"]


@dataclass(frozen=True, slots=True)
class Launched:
    """Where the browser goes, until when that is good, and the registration that is played."""

    url: str
    expires_at: datetime
    registration: str
    lesson: Lesson


async def launch(
    services: Services, person: Person, lesson_id: str, mode: Mode, return_path: str
) -> Launched:
    """Let a person play a lesson of a course that they are enrolled in; `return_path` is the
    page of ours that the player goes back to.

    Raises:
        NotFound: no such lesson.
        NotLaunched: not enrolled, expired, or a lesson without a package to play.
    """
    store, organization_id = services.content, person.organization_id
    lesson = await lessons.get(store, organization_id, lesson_id)
    if lesson.archived_at is not None:
        raise NotFound("lesson", lesson_id)
    course = await courses.get(store, organization_id, lesson.course_id)
    enrollment = await enrollments.current(store, organization_id, person.id, course.id)
    origin = services.settings.public_origin
    described = _launch(person, course, lesson, enrollment, mode, f"{origin}{return_path}")
    path = services.runtime.launch(described)
    return Launched(
        url=f"{services.settings.content_origin}{path}",
        expires_at=now() + timedelta(seconds=services.settings.launch_lifetime),
        registration=described.registration,
        lesson=lesson,
    )


def _launch(
    person: Person,
    course: Course,
    lesson: Lesson,
    enrollment: Enrollment | None,
    mode: Mode,
    return_url: str,
) -> Launch:
    if enrollment is None:
        raise NotLaunched("enrollment_required", f"Enrol in {course.title} first.")
    if enrollment.expires_at is not None and enrollment.expires_at <= now():
        raise NotLaunched("enrollment_expired", f"The enrollment in {course.title} has expired.")
    if lesson.package_id is None:
        raise NotLaunched("not_launchable", f"{lesson.title} has no package to play.")
    return Launch(
        organization_id=lesson.organization_id,
        registration=enrollment.registration,
        learner_id=person.id,
        learner_name=person.name,
        agent=people.xapi_agent(person),
        package_id=lesson.package_id,
        lesson_id=lesson.id,
        activity_id=lesson.activity_id,
        title=lesson.title,
        course_activity_id=course.activity_id,
        course_title=course.title,
        return_url=return_url,
        mode=mode,
    )
