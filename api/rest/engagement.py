"""What the nouns of engagement with a lesson have in common: who may go into it."""

from api.permissions import Permission
from api.rest.call import Call
from api.rest.visibility import visible_course
from content.courses import courses
from content.errors import NotFound
from content.lessons import access, lessons
from content.lessons.lessons import Lesson

SHUT = ("enrollment_expired", "enrollment_required", "lesson_locked", "prerequisite_not_met")
ENTRY = ("lesson_not_found", *SHUT)


async def visible_lesson(call: Call, lesson_id: str) -> Lesson:
    """The lesson, if the person may know of its course. Raises NotFound."""
    lesson = await lessons.get(call.services.content, call.organization_id, lesson_id)
    if lesson.archived_at is not None:
        raise NotFound("lesson", lesson_id)
    await visible_course(call, lesson.course_id)
    return lesson


async def open_lesson(call: Call, lesson_id: str) -> Lesson:
    """The lesson, for whom its rules let in now, and for who teaches.

    Raises:
        NotFound: it is not there, or not for this person.
        Refused: not enrolled, or locked.
    """
    lesson = await visible_lesson(call, lesson_id)
    if not call.principal.may(Permission.COURSES_READ_ALL):
        await check_open(call, lesson)
    return lesson


async def check_open(call: Call, lesson: Lesson) -> None:
    """Go on only where nothing closes the lesson to the person. Raises Refused."""
    services, person = call.services, call.principal.person
    course = await courses.get(services.content, call.organization_id, lesson.course_id)
    found = await access.to_course(services.content, services.progress, person, course)
    access.check(found.locked.get(lesson.id, ()))
