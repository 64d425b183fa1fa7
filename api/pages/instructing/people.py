"""/courses/…: who is in a course and how they stand, who asks to come in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form
from api.pages.local_time import last_day_before
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge, number, percent
from api.permissions import Permission
from content.courses import course_stats, courses
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment import cohorts, enrollment_requests, enrollments
from content.enrollment.enrollment_requests import PENDING, RequestFilter
from content.enrollment.enrollments import STATUSES, Enrollment, EnrollmentFilter
from content.people import people as persons
from content.people.people import Person
from content.progress import progress
from content.progress.rollup import Standing

table = web.RouteTableDef()

PEOPLE_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a course."""

    enrollment_id: str
    version: int
    name: str
    email: str
    badge: Badge
    percent: str
    score: str
    last: str
    until: str
    until_day: str
    open: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Somebody who asks to be enrolled."""

    id: str
    name: str
    message: str
    since: str


@table.get("/courses/{course_id}")
async def people_page(request: web.Request) -> web.Response:
    """Show the people of a course."""
    desk = await at_desk(request, Permission.ENROLLMENTS_READ)
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    return await page(desk, course, Form(zone=desk.zone))


async def page(desk: Desk, course: Course, form: Form) -> web.Response:
    """The page, with a form of it that was refused."""
    store, organization_id = desk.store, desk.organization_id
    status, cohort_id = desk.asked("status"), desk.asked("cohort")
    filters = EnrollmentFilter(
        course_id=course.id,
        status=status if status in STATUSES else None,
        cohort_id=cohort_id or None,
    )
    paging = Paging(page=page_asked(desk.request), per_page=PEOPLE_A_PAGE)
    found = await enrollments.find(store, organization_id, filters, paging)
    groups = await cohorts.in_course(store, organization_id, course.id)
    stats = await course_stats.of(store, organization_id, course.id)
    requests, asking = await _requests(desk, course)
    return desk.show(
        "instructing/people.html",
        form.status,
        course=course,
        badge=badge(course.status),
        people=await _rows(desk, found.items),
        pages=pages_of(desk.request, found.page, found.total, PEOPLE_A_PAGE),
        stats=stats,
        statuses=[("", "All"), *((each, each.capitalize()) for each in STATUSES)],
        chosen=status if status in STATUSES else "",
        cohorts=[("", "All"), *((each.id, each.name) for each in groups)],
        cohort=cohort_id,
        requests=requests,
        asking=asking,
        form=replace(form, zone=desk.zone),
    )


async def _requests(desk: Desk, course: Course) -> tuple[list[RequestRow], int]:
    """The first who ask to be enrolled, and how many do in all."""
    filters = RequestFilter(course_id=course.id, status=PENDING)
    paging = Paging(per_page=PEOPLE_A_PAGE, sort="created_at")
    found = await enrollment_requests.find(desk.store, desk.organization_id, filters, paging)
    ids = {each.person_id for each in found.items}
    names = await persons.names(desk.store, desk.organization_id, ids)
    rows = [
        RequestRow(
            each.id,
            names.get(each.person_id, "Somebody who is gone"),
            each.message,
            desk.day(each.created_at),
        )
        for each in found.items
    ]
    return rows, found.total


async def _rows(desk: Desk, found: Sequence[Enrollment]) -> list[PersonRow]:
    store, organization_id = desk.store, desk.organization_id
    ids = [each.person_id for each in found]
    named = await store.of(Person).all(organization_id, {"_id": {"$in": ids}})
    known = {each.id: each for each in named}
    standings = await progress.standings(store, organization_id, [each.id for each in found])
    return [
        _row(desk, each, known[each.person_id], standings.get(each.id, Standing()))
        for each in found
        if each.person_id in known
    ]


def _row(desk: Desk, enrollment: Enrollment, person: Person, standing: Standing) -> PersonRow:
    status = enrollments.status_of(enrollment, standing.completed_at, datetime.now(UTC))
    expires_at = enrollment.expires_at
    until = last_day_before(expires_at, desk.zone) if expires_at else None
    return PersonRow(
        enrollment_id=enrollment.id,
        version=enrollment.version,
        name=person.name,
        email=person.email,
        badge=badge(standing.status if status == "active" else status),
        percent=percent(standing.progress),
        score=number(standing.score),
        last=desk.day(standing.last_activity_at),
        until=f"{until.day} {until:%B %Y}" if until else "",
        until_day=until.isoformat() if until else "",
        open=enrollment.cancelled_at is None,
    )
