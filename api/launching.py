"""Launching a lesson: from a person and a lesson to the player's address on the content origin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from msgspec.structs import replace

from api.errors import NotLaunched
from api.services import Services
from api.store import now
from content.courses import courses
from content.courses.courses import Course
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.lessons import access, lessons
from content.lessons.access import Admitted
from content.lessons.lessons import Lesson
from content.people import people
from content.people.people import Person
from content.progress import attempts
from content.progress.attempts import AttemptStanding
from scorm_runtime.launch import Display, Launch
from scorm_runtime.sessions import Attempt

Mode = Literal["normal", "browse", "review"]


@dataclass(frozen=True, slots=True)
class Wish:
    """How to play, the page of ours that the player goes back to, and whether from the start.

    `display` is where, if not where the lesson says.
    """

    mode: Mode
    return_path: str
    new_attempt: bool = False
    display: Display | None = None


@dataclass(frozen=True, slots=True)
class Launched:
    """Where the browser goes, until when that is good, and the attempt that is played."""

    url: str
    expires_at: datetime
    registration: str
    attempt: int
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class Played:
    """The attempt that a launch is for."""

    number: int
    registration: str
    for_credit: bool = True


async def launch(services: Services, person: Person, lesson_id: str, wish: Wish) -> Launched:
    """Let a person play a lesson of a course that they are enrolled in.

    Raises:
        NotFound: no such lesson.
        Refused: not enrolled, expired, or the lesson is locked (content/lessons/access.py).
        NotLaunched: a lesson without a package to play.
        LessonLocked, Conflict: its attempts are over, or the last one is not.
    """
    admitted = await access.admit(services.content, services.progress, person, lesson_id)
    lesson, course = admitted.lesson, admitted.course
    if lesson.package_id is None:
        raise NotLaunched("not_launchable", f"{lesson.title} has no package to play.")
    played = await _played(services, person, admitted, wish)
    described = _launch(services, person, course, lesson, wish, played)
    return _launched(services, lesson, described)


async def review(services: Services, by: Person, attempt: Attempt, return_path: str) -> Launched:
    """Go through an attempt as it was left; to whom it belongs, or somebody who may see it."""
    past = attempt.launch
    lesson = await lessons.get(services.content, by.organization_id, past.lesson_id)
    shown = replace(
        past,
        mode="review",
        reviewer="" if by.id == past.learner_id else by.id,
        return_url=f"{services.settings.public_origin}{return_path}",
        display=lesson.display,
    )
    return _launched(services, lesson, shown)


async def preview(services: Services, by: Person, lesson: Lesson, return_path: str) -> Launched:
    """Let an author look through a package; it is browsed, and nothing is recorded.

    Raises:
        NotFound: no such course.
        NotLaunched: a lesson without a package to play.
    """
    if lesson.package_id is None:
        raise NotLaunched("not_launchable", f"{lesson.title} has no package to play.")
    course = await courses.get(services.content, lesson.organization_id, lesson.course_id)
    registration = str(uuid5(NAMESPACE_URL, f"{lesson.activity_id}#{by.id}"))
    played = Played(1, registration, for_credit=False)
    described = _launch(services, by, course, lesson, Wish("browse", return_path), played)
    return _launched(services, lesson, described)


def _launched(services: Services, lesson: Lesson, described: Launch) -> Launched:
    return Launched(
        url=f"{services.settings.content_origin}{services.runtime.launch(described)}",
        expires_at=now() + timedelta(seconds=services.settings.launch_lifetime),
        registration=described.registration,
        attempt=described.attempt,
        lesson=lesson,
    )


async def _played(services: Services, person: Person, admitted: Admitted, wish: Wish) -> Played:
    """The attempt to play; by the lesson's policy a new one begins."""
    lesson, enrollment = admitted.lesson, admitted.enrollment
    standings = admitted.attempts
    if wish.mode == "browse":
        return Played(1, enrollment.registration)
    if wish.mode == "review":
        shown = attempts.present(standings)
        return Played(shown.number, shown.registration)
    policy = attempts.limited(lesson.attempt_policy, admitted.course.settings.max_attempts)
    last = standings[-1]
    if attempts.begins(policy, standings, asked=wish.new_attempt):
        return await _begun(services, person, lesson, enrollment, standings)
    return Played(
        last.number, last.registration, attempts.for_credit(policy, standings, last.number)
    )


async def _begun(
    services: Services,
    person: Person,
    lesson: Lesson,
    enrollment: Enrollment,
    standings: list[AttemptStanding],
) -> Played:
    await services.runtime.retire(lesson.organization_id, standings[-1].registration, lesson.id)
    begun = await enrollments.begin_attempt(services.content, enrollment, lesson.id, person.id)
    credit = attempts.for_credit(lesson.attempt_policy, standings, begun.number)
    return Played(begun.number, begun.registration, credit)


def _launch(
    services: Services, person: Person, course: Course, lesson: Lesson, wish: Wish, played: Played
) -> Launch:
    mastery = lesson.attempt_policy.mastery_score
    return Launch(
        organization_id=lesson.organization_id,
        registration=played.registration,
        learner_id=person.id,
        learner_name=person.name,
        agent=people.xapi_agent(person),
        package_id=lesson.package_id or "",
        lesson_id=lesson.id,
        activity_id=lesson.activity_id,
        title=lesson.title,
        course_activity_id=course.activity_id,
        course_title=course.title,
        return_url=f"{services.settings.public_origin}{wish.return_path}",
        mode=wish.mode,
        attempt=played.number,
        for_credit=played.for_credit,
        mastery_score="" if mastery is None else f"{mastery:g}",
        display=wish.display or lesson.display,
    )
