"""Resetting: attempts count no more, stay in the history, and the next ones may begin."""

from collections.abc import Mapping, Sequence

from api.services import Services
from content.courses import courses
from content.courses.courses import Course
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.errors import Conflict, NotFound
from content.identity import now
from content.lessons import lessons
from content.people.people import Person
from content.progress import resets
from content.progress.attempts import AttemptStanding
from content.telling.statements import CourseScene, Scene
from scorm_runtime.sessions import Attempt


async def reset(services: Services, by: Person, attempt_id: str, reason: str = "") -> Attempt:
    """Take an attempt out of what counts; where it was the last, the learner starts afresh.

    Raises:
        NotFound: no such attempt.
        Conflict: it is reset already (already_reset), its lesson is gone (lesson_archived).
    """
    store, organization_id = services.content, by.organization_id
    attempt, enrollment = await found(services, organization_id, attempt_id)
    launch = attempt.launch
    lesson = await lessons.get(store, organization_id, launch.lesson_id)
    course = await courses.get(store, organization_id, lesson.course_id)
    standings = (await services.progress.attempts(enrollment, lesson.id)).get(lesson.id, [])
    standing = _standing(standings, launch.registration)
    await services.runtime.retire(organization_id, launch.registration, lesson.id, forget=True)
    scene = Scene(
        actor=by, course=course, lesson=lesson, registration=launch.registration, at=now()
    )
    said = resets.statement(scene, reason)
    await services.log.record(organization_id, [said], authority=said["actor"])
    if standing is standings[-1]:
        await enrollments.begin_attempt(store, enrollment, lesson.id, by.id)
    return attempt


async def reset_course(
    services: Services, by: Person, course: Course, enrollment: Enrollment, reason: str = ""
) -> None:
    """Take all that the learner did in a course out of what counts.

    Done again, it resets what was begun meanwhile, and what a crash left.
    """
    store, organization_id, moment = services.content, course.organization_id, now()
    standings = await services.progress.attempts(enrollment)
    for lesson in await lessons.of_course(store, organization_id, course.id):
        begun = _begun(standings.get(lesson.id, []))
        for each in begun:
            await services.runtime.retire(organization_id, each, lesson.id, forget=True)
            scene = Scene(actor=by, course=course, lesson=lesson, registration=each, at=moment)
            await services.record(organization_id, [resets.statement(scene, reason)])
        if begun:
            await enrollments.begin_attempt(store, enrollment, lesson.id, by.id)
    begun = _begun(await services.progress.course_attempts(enrollment))
    for each in begun:
        whole = CourseScene(actor=by, course=course, registration=each, at=moment)
        await services.record(organization_id, [resets.course_statement(whole, reason)])
    if begun:
        await enrollments.begin_attempt(store, enrollment, course.id, by.id)


def _begun(standings: Sequence[AttemptStanding]) -> list[str]:
    """The registrations of the attempts that were begun and not reset."""
    return [each.registration for each in standings if each.live and each.started_at is not None]


async def found(
    services: Services, organization_id: str, attempt_id: str
) -> tuple[Attempt, Enrollment]:
    """An attempt that counts, and the enrollment that it belongs to. Raises NotFound."""
    attempt = await services.runtime.history.attempt(organization_id, attempt_id)
    if attempt is None or attempt.launch.mode != "normal":
        raise NotFound("attempt", attempt_id)
    registration = attempt.launch.registration
    enrollment = await enrollments.by_registration(services.content, organization_id, registration)
    if enrollment is None:
        raise NotFound("attempt", attempt_id)
    return attempt, enrollment


def standing_of(
    standings: Mapping[str, Sequence[AttemptStanding]], attempt: Attempt
) -> AttemptStanding:
    """How an attempt stands; one on a lesson that is gone, or a review, never counts."""
    launch = attempt.launch
    known = standings.get(launch.lesson_id, ()) if launch.mode == "normal" else ()
    gone = AttemptStanding(number=attempt.number, registration=launch.registration)
    return next((each for each in known if each.registration == launch.registration), gone)


def _standing(standings: list[AttemptStanding], registration: str) -> AttemptStanding:
    standing = next((each for each in standings if each.registration == registration), None)
    if standing is None:
        raise Conflict("lesson_archived", "The lesson is no longer part of its course.")
    if not standing.live:
        raise Conflict("already_reset", "The attempt is reset already.")
    return standing
