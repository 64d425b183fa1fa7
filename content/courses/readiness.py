"""Readiness: what a course still lacks before people should find it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from content.assignments.assignment import Assignment
from content.courses import modules
from content.courses.courses import Course
from content.courses.modules import Module
from content.lessons import lessons
from content.lessons.lesson_content import Scorm, Text
from content.lessons.lessons import Lesson
from content.quizzes.quizzes import Quiz
from content.store import Store

NAMED_BY_ADDRESS = ("video", "document", "embed", "xapi", "cmi5")


class Lack(Struct, frozen=True, kw_only=True):
    """One thing that is missing, and the module or lesson that it is missing from."""

    detail: str
    module_id: str | None = None
    lesson_id: str | None = None


class Furnished(Struct, frozen=True, kw_only=True):
    """What the lessons of a course have beside their own content: how many questions by the lesson
    of the quiz, and which lessons have an assignment."""

    questions: Mapping[str, int] = {}
    assigned: frozenset[str] = frozenset()


async def lacking(store: Store, course: Course) -> list[Lack]:
    """What a course lacks, in the order of its lessons."""
    organization_id = course.organization_id
    chapters = await modules.within(store, organization_id, course.id)
    found = await lessons.of_course(store, organization_id, course.id)
    query = {"course_id": course.id, "archived_at": None}
    quizzes = await store.of(Quiz).all(organization_id, query)
    assignments = await store.of(Assignment).all(organization_id, query)
    furnished = Furnished(
        questions={each.lesson_id: each.question_count for each in quizzes if each.lesson_id},
        assigned=frozenset(each.lesson_id for each in assignments),
    )
    return lacks(chapters, found, furnished)


def lacks(chapters: Sequence[Module], found: Sequence[Lesson], furnished: Furnished) -> list[Lack]:
    """The same of plain data."""
    if not chapters:
        return [Lack(detail="The course has no module yet.")]
    filled = {each.module_id for each in found}
    empty = [
        Lack(detail=f"The module “{each.title}” has no lesson yet.", module_id=each.id)
        for each in chapters
        if each.id not in filled
    ]
    unfinished = [
        Lack(detail=f"The lesson “{each.title}” {missing}.", lesson_id=each.id)
        for each in found
        if (missing := _missing(each, furnished))
    ]
    return [*empty, *unfinished]


def _missing(lesson: Lesson, furnished: Furnished) -> str:
    kind, content = lesson.content_type, lesson.content
    if kind == "quiz":
        return "" if furnished.questions.get(lesson.id) else "has no questions yet"
    if kind == "assignment":
        return "" if lesson.id in furnished.assigned else "does not say yet what is to be done"
    if kind == "text":
        return "" if isinstance(content, Text) and content.html.strip() else "has no text yet"
    if kind == "scorm":
        played = isinstance(content, Scorm) and content.package_id
        return "" if played or lesson.package_id else "has no package yet"
    if kind in NAMED_BY_ADDRESS and content is None:
        return "does not say yet where its content is"
    return ""
