"""What `include=` can bring: each type of resource by its ids, as far as the person may see it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from api.permissions import Permission
from api.rest.call import Call
from api.rest.categories import CategoryAttributes, category_resource
from api.rest.course_resource import CourseAttributes, course_resource
from api.rest.documents import Resource
from api.rest.enrollments import EnrollmentAttributes, enrollment_resource, standings_of
from api.rest.including import includable
from api.rest.lessons import LessonAttributes, lesson_seen
from api.rest.modules import ModuleAttributes, extent_of, module_resource
from api.rest.question_categories import (
    QuestionCategoryAttributes,
    question_category_resource,
)
from api.rest.quizzes import QuizAttributes, quiz_summary
from api.rest.requirement_bodies import RequirementAttributes, requirement_resource
from api.rest.scorm import PackageAttributes, package_resource
from api.rest.users import UserAttributes, user_resource
from api.rest.visibility import may_see
from content.compliance.requirements import Requirement
from content.courses import extent
from content.courses.categories import Category
from content.courses.courses import Course
from content.courses.modules import Module
from content.documents import Document
from content.enrollment.enrollments import Enrollment
from content.lessons.lessons import Lesson
from content.packages import Package
from content.people.people import Person
from content.quizzes.bank.categories import QuestionCategory
from content.quizzes.quizzes import Quiz

D = TypeVar("D", bound=Document)
Found = list[Resource[Any]]


async def _all(call: Call, shape: type[D], ids: Sequence[str]) -> list[D]:
    documents = call.services.content.of(shape)
    return await documents.all(call.organization_id, {"_id": {"$in": list(ids)}})


async def _seen(call: Call, ids: Sequence[str]) -> dict[str, Course]:
    """Those of the courses that the person may know of, by their ids."""
    found = await _all(call, Course, ids)
    return {course.id: course for course in found if await may_see(call, course)}


@includable(CourseAttributes)
async def _courses(call: Call, ids: Sequence[str]) -> Found:
    seen = await _seen(call, ids)
    counts = await extent.enrolled(call.services.content, call.organization_id, list(seen))
    return [course_resource(each, counts.get(each.id, 0)) for each in seen.values()]


@includable(ModuleAttributes)
async def _modules(call: Call, ids: Sequence[str]) -> Found:
    found = await _all(call, Module, ids)
    seen = await _seen(call, [module.course_id for module in found])
    counts = await extent_of(call, found)
    return [module_resource(module, counts) for module in found if module.course_id in seen]


@includable(LessonAttributes)
async def _lessons(call: Call, ids: Sequence[str]) -> Found:
    found = await _all(call, Lesson, ids)
    seen = await _seen(call, [lesson.course_id for lesson in found])
    return [lesson_seen(call, lesson) for lesson in found if lesson.course_id in seen]


@includable(EnrollmentAttributes)
async def _enrollments(call: Call, ids: Sequence[str]) -> Found:
    found = await _all(call, Enrollment, ids)
    everybody, own = call.principal.may(Permission.ENROLLMENTS_READ), call.principal.person.id
    seen = [each for each in found if everybody or each.person_id == own]
    standings = await standings_of(call, seen)
    return [enrollment_resource(each, standings[each.id]) for each in seen]


@includable(UserAttributes)
async def _users(call: Call, ids: Sequence[str]) -> Found:
    everybody, own = call.principal.may(Permission.USERS_READ), call.principal.person.id
    seen = [each for each in ids if everybody or each == own]
    return [user_resource(person) for person in await _all(call, Person, seen)]


@includable(QuizAttributes)
async def _quizzes(call: Call, ids: Sequence[str]) -> Found:
    return [quiz_summary(quiz) for quiz in await _all(call, Quiz, ids)]


def _open_to(
    permission: Permission, shape: type[D], show: Callable[[D], Resource[Any]]
) -> Callable[[Call, Sequence[str]], Awaitable[Found]]:
    """Fetches what everybody with the permission may see."""

    async def load(call: Call, ids: Sequence[str]) -> Found:
        if not call.principal.may(permission):
            return []
        return [show(each) for each in await _all(call, shape, ids)]

    return load


includable(CategoryAttributes)(_open_to(Permission.COURSES_READ, Category, category_resource))
includable(PackageAttributes)(_open_to(Permission.COURSES_WRITE, Package, package_resource))
includable(QuestionCategoryAttributes)(
    _open_to(Permission.QUIZZES_READ, QuestionCategory, question_category_resource)
)
includable(RequirementAttributes)(
    _open_to(Permission.COMPLIANCE_READ, Requirement, requirement_resource)
)
