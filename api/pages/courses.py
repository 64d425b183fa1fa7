"""/courses/…: a course as its instructor sees it: what is taught, and how its people stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api.pages.rendering import render
from api.pages.viewer import signed_in
from api.pages.wording import Badge, badge, day, number, percent
from api.permissions import Permission
from api.services import SERVICES, Services
from content.courses import courses, modules
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment, EnrollmentFilter
from content.lessons import lessons
from content.lessons.lessons import Lesson
from content.people.people import Person
from content.progress import progress
from content.progress.rollup import Standing

table = web.RouteTableDef()

PEOPLE_A_PAGE = 50
COUNTS = {"best": "the best attempt counts", "latest": "the latest attempt counts"}


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson as its instructor sees it."""

    id: str
    title: str
    kind: str
    attempts: str
    package_id: str | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A module with its lessons."""

    id: str
    title: str
    lessons: list[LessonLine]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a course."""

    enrollment_id: str
    name: str
    email: str
    badge: Badge
    percent: str
    score: str
    last: str


@table.get("/courses/{course_id}")
async def course_page(request: web.Request) -> web.Response:
    """Show a course: its lessons, and how its people stand."""
    principal = await signed_in(request, Permission.ENROLLMENTS_READ)
    services = request.app[SERVICES]
    store, organization_id = services.content, principal.organization_id
    course = await courses.get(store, organization_id, request.match_info["course_id"])
    page = request.query.get("page", "1")
    found = await enrollments.find(
        store,
        organization_id,
        EnrollmentFilter(course_id=course.id),
        Paging(page=int(page) if page.isdecimal() else 0, per_page=PEOPLE_A_PAGE),
    )
    return render(
        request,
        "course.html",
        principal,
        course=course,
        badge=badge(course.status),
        chapters=await _chapters(services, course),
        people=await _rows(services, organization_id, found.items),
        total=found.total,
        page=found.page,
        pages=max(1, -(-found.total // PEOPLE_A_PAGE)),
    )


def attempts_of(lesson: Lesson) -> str:
    """A lesson's policy in a line."""
    policy = lesson.attempt_policy
    limit = "Any number of attempts" if policy.limit is None else f"At most {policy.limit}"
    said = [limit, COUNTS.get(policy.counts, "the first attempt counts")]
    if policy.locked_after_pass:
        said.append("closed once passed")
    if not policy.credit:
        said.append("for practice")
    return ", ".join(said)


async def _chapters(services: Services, course: Course) -> list[Chapter]:
    store, organization_id = services.content, course.organization_id
    chapters = []
    for module in await modules.within(store, organization_id, course.id):
        found = await lessons.within(store, organization_id, module.id)
        chapters.append(Chapter(module.id, module.title, [_line(each) for each in found]))
    return chapters


def _line(lesson: Lesson) -> LessonLine:
    return LessonLine(
        id=lesson.id,
        title=lesson.title,
        kind=lesson.content_type,
        attempts=attempts_of(lesson) if lesson.package_id else "",
        package_id=lesson.package_id,
    )


async def _rows(
    services: Services, organization_id: str, found: Sequence[Enrollment]
) -> list[PersonRow]:
    ids = [each.person_id for each in found]
    named = await services.content.of(Person).all(organization_id, {"_id": {"$in": ids}})
    known = {each.id: each for each in named}
    standings = await progress.standings(
        services.content, organization_id, [each.id for each in found]
    )
    return [
        _row(each, known[each.person_id], standings.get(each.id, Standing()))
        for each in found
        if each.person_id in known
    ]


def _row(enrollment: Enrollment, person: Person, standing: Standing) -> PersonRow:
    return PersonRow(
        enrollment_id=enrollment.id,
        name=person.name,
        email=person.email,
        badge=badge(_status(enrollment, standing)),
        percent=percent(standing.progress),
        score=number(standing.score),
        last=day(standing.last_activity_at),
    )


def _status(enrollment: Enrollment, standing: Standing) -> str:
    status = enrollments.status_of(enrollment, standing.completed_at, datetime.now(UTC))
    return standing.status if status == "active" else status
