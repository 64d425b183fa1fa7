"""What the nouns of engagement with a lesson have in common: who may begin something in it."""

from api.permissions import Permission
from api.rest.call import Call
from api.rest.visibility import visible_course
from content import lessons, participation
from content.errors import NotFound
from content.lessons import Lesson

ENTRY = ("enrollment_expired", "enrollment_required", "lesson_not_found")


async def visible_lesson(call: Call, lesson_id: str) -> Lesson:
    """The lesson, if the person may know of its course. Raises NotFound."""
    lesson = await lessons.get(call.services.content, call.organization_id, lesson_id)
    if lesson.archived_at is not None:
        raise NotFound("lesson", lesson_id)
    await visible_course(call, lesson.course_id)
    return lesson


async def entered_lesson(call: Call, lesson_id: str) -> Lesson:
    """The lesson, for who is enrolled in its course now, or teaches. Raises NotFound, Refused."""
    lesson = await visible_lesson(call, lesson_id)
    if not call.principal.may(Permission.COURSES_READ_ALL):
        own = call.principal.person.id
        await participation.require(
            call.services.content, call.organization_id, lesson.course_id, own
        )
    return lesson
