"""Learning: where a person is in a course, and where they go next. Pure."""

from collections.abc import Mapping

from content.courses.outline import Outline
from content.lessons.access import CourseAccess
from content.lessons.locks import Locked
from content.progress.rollup import IN_PROGRESS, LessonProgress


def current(standings: Mapping[str, LessonProgress]) -> LessonProgress | None:
    """The lesson that was worked on last and is not completed."""
    begun = [
        (each.last_activity_at, each)
        for each in standings.values()
        if each.status == IN_PROGRESS and each.last_activity_at is not None
    ]
    return max(begun, key=lambda each: each[0])[1] if begun else None


def coming(access: CourseAccess) -> str | None:
    """The id of the lesson to go on with: the current one, else the first that is open."""
    present = current(access.standings)
    if present is not None and present.lesson_id not in access.locked:
        return present.lesson_id
    return _open(access.outline, access.standings, access.locked)


def beside(outline: Outline, lesson_id: str) -> tuple[str | None, str | None]:
    """The ids of the lessons before and after one, in the course's order."""
    order = [None, *(each.id for each in outline.lessons()), None]
    if lesson_id not in order:
        return None, None
    place = order.index(lesson_id)
    return order[place - 1], order[place + 1]


def _open(outline: Outline, standings: Mapping[str, LessonProgress], locked: Locked) -> str | None:
    for lesson in outline.lessons():
        standing = standings.get(lesson.id)
        completed = standing is not None and standing.completed_at is not None
        if lesson.id not in locked and not completed:
            return lesson.id
    return None
