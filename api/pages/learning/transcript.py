"""/my/transcript: everything one has learnt here, with what proves it, to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.wording import Badge, badge, length, number, percent
from api.permissions import Permission
from content import organizations
from content.certificates import certificates
from content.certificates.certificates import CertificateFilter
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment, EnrollmentFilter
from content.identity import now

table = web.RouteTableDef()

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A course on the transcript; `evidence` are the ids of the statements that prove it."""

    course_id: str
    title: str
    badge: Badge
    score: str
    time: str
    percent: str
    enrolled_at: datetime
    completed_at: datetime | None
    certificate: str
    evidence: Sequence[str]


@table.get("/my/transcript")
async def transcript(request: web.Request) -> web.Response:
    """Show what was completed, the latest first, and what is under way."""
    desk = await at_desk(request, Permission.PROGRESS_READ_OWN)
    numbers = await _certificates(desk)
    entries = [await _entry(desk, each, numbers) for each in await _enrollments(desk)]
    done = [each for each in entries if each.completed_at]
    done.sort(key=lambda each: each.completed_at or each.enrolled_at, reverse=True)
    organization = await organizations.get(desk.store, desk.organization_id)
    return desk.show(
        "learning/transcript.html",
        done=done,
        under_way=[each for each in entries if not each.completed_at],
        organization=organization.name,
        today=now(),
    )


async def _enrollments(desk: Desk) -> list[Enrollment]:
    """Every enrollment of the person, but those that were cancelled."""
    found: list[Enrollment] = []
    own, page = EnrollmentFilter(person_id=desk.person.id), 1
    while True:
        paging = Paging(page=page, per_page=AT_ONCE, sort="-enrolled_at")
        part = await enrollments.find(desk.store, desk.organization_id, own, paging)
        found += [each for each in part.items if each.cancelled_at is None]
        if page * AT_ONCE >= part.total:
            return found
        page += 1


async def _certificates(desk: Desk) -> dict[str, str]:
    """The numbers of the person's valid certificates, by course."""
    own = CertificateFilter(person_id=desk.person.id, status="valid")
    paging = Paging(per_page=AT_ONCE, sort="-issued_at")
    found = await certificates.find(desk.store, desk.organization_id, own, paging)
    return {each.course_id: each.number for each in reversed(found.items) if each.course_id}


async def _entry(desk: Desk, enrollment: Enrollment, numbers: dict[str, str]) -> Entry:
    course = await desk.store.of(Course).get(desk.organization_id, enrollment.course_id)
    outline = await desk.services.progress.outline(course)
    standing = (await desk.services.progress.report_of(enrollment, outline)).standing
    status = enrollments.status_of(enrollment, standing.completed_at, now())
    if status == "completed" and standing.success is not None:
        status = "passed" if standing.success else "failed"
    return Entry(
        course_id=course.id,
        title=course.title,
        badge=badge(standing.status if status == "active" else status),
        score="" if standing.score is None else f"{number(standing.score)} %",
        time=length(standing.seconds),
        percent=percent(standing.progress),
        enrolled_at=enrollment.enrolled_at,
        completed_at=standing.completed_at,
        certificate=numbers.get(course.id, ""),
        evidence=standing.evidence,
    )
