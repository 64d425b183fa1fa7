"""/courses/…/enrol-many: many people are enrolled at once, and each who is not is told why."""

from typing import Any

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form
from api.pages.instructing import named_people
from api.pages.instructing.named_people import MOST_TOLD, Named
from api.pages.local_time import end_of_day
from api.pages.wording import badge
from api.permissions import Permission
from api.rest import course_enrollments
from api.rest.bulk_enrollment import BulkAnswer
from content.courses import courses
from content.enrollment.admission import (
    ALREADY_ENROLLED,
    ENROLLED,
    LIMIT_REACHED,
    PREREQUISITE_NOT_MET,
)
from content.enrollment.bulk_enrollment import USER_NOT_FOUND
from content.findings import Finding

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/enrol-many"
BEGUN = "It has begun, and goes on when you leave this page."
FIELDS = {"user_ids": "addresses", "expires_at": "last_day"}
WHY = {
    ALREADY_ENROLLED: "is in the course already",
    LIMIT_REACHED: "finds no free place",
    PREREQUISITE_NOT_MET: "has not completed what must come before",
    USER_NOT_FOUND: "is gone",
}


@table.get(ADDRESS)
async def form_page(request: web.Request) -> web.Response:
    """Show the form."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    return await _page(desk, Form(zone=desk.zone))


@table.post(ADDRESS)
async def enrol_many(request: web.Request) -> web.Response:
    """Enrol whom the form names, and tell of each who is not; very many are enrolled by a job."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    found = await named_people.named(desk)
    form = found.form
    try:
        expires_at = end_of_day(form.value("last_day"), desk.zone)
    except ValueError:
        form = form.wrong([Finding(where="last_day", detail="must be a day such as 2027-01-31")])
    if form.findings:
        return await _page(desk, form)
    if not found.people:
        return await _page(desk, form, enrolled=0, refused=found.refused)
    given = {
        "user_ids": list(found.people),
        "expires_at": expires_at,
        "send_notification": form.ticked("send_notification"),
        "ignore_prerequisites": form.ticked("ignore_prerequisites"),
    }
    handler = course_enrollments.enroll_many_in_course
    outcome = await desk.submit(handler, given)
    if outcome.problems:
        return await _page(desk, form.refused(outcome.problems, **FIELDS))
    return await _told(desk, found, outcome.answer)


async def _told(desk: Desk, found: Named, answer: Any) -> web.Response:
    """What came of it: told at once, or by a job's page."""
    if not isinstance(answer, BulkAnswer):
        job = f"/admin/jobs/{answer.id}"
        if not found.refused:
            return desk.go(job, BEGUN)
        return await _page(desk, found.form, job=job, refused=found.refused)
    results = answer.data.results
    hindered = [
        (each.user_id, WHY.get(each.outcome, each.outcome))
        for each in results
        if each.outcome != ENROLLED
    ]
    if not hindered and not found.refused:
        count = answer.data.enrolled_count
        told = f"{count:,} {'person is' if count == 1 else 'people are'} enrolled."
        return desk.go(f"/courses/{answer.data.course_id}", told)
    refused = await named_people.refusals(desk, found, hindered)
    return await _page(desk, found.form, enrolled=answer.data.enrolled_count, refused=refused)


async def _page(
    desk: Desk,
    form: Form,
    *,
    enrolled: int | None = None,
    job: str = "",
    refused: Any = (),
) -> web.Response:
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    nobody = enrolled == 0 or bool(form.findings)
    return desk.show(
        "instructing/bulk_enrolling.html",
        422 if nobody else 200,
        course=course,
        badge=badge(course.status),
        form=form,
        choices=await named_people.choices(desk),
        most=named_people.MOST,
        enrolled=enrolled,
        job=job,
        refused=refused[:MOST_TOLD],
        refused_total=len(refused),
    )
