"""/courses/…/enrollments and /enrollments/…: people are let in, kept longer, and taken out."""

from collections.abc import Awaitable
from typing import Any

from aiohttp import web

from api import resetting
from api.pages.desk import Desk, at_desk
from api.pages.forms import Form, carried_out
from api.pages.instructing.people import page
from api.pages.local_time import end_of_day
from api.permissions import Permission
from content.courses import courses
from content.enrollment import enrollment_requests, enrollments, expiry
from content.enrollment.enrollment_requests import LONGEST_MESSAGE, Decision
from content.enrollment.enrollments import EnrollmentDraft
from content.errors import Refused
from content.findings import Finding
from content.people import people

table = web.RouteTableDef()

LONGEST_REASON = 500


@table.post("/courses/{course_id}/enrollments")
async def enrol(request: web.Request) -> web.Response:
    """Enrol the person of an e-mail address."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    sent = {name: str(value).strip() for name, value in (await request.post()).items()}
    form = Form(sent, zone=desk.zone)
    person = await people.by_email(desk.store, desk.organization_id, sent.get("email", ""))
    if person is None:
        finding = Finding(where="email", detail="belongs to nobody here: add the person first")
        return await page(desk, course, form.wrong([finding]))
    try:
        draft = EnrollmentDraft(
            person_id=person.id,
            course_id=course.id,
            expires_at=end_of_day(sent.get("last_day", ""), desk.zone),
        )
    except ValueError:
        finding = Finding(where="last_day", detail="must be a day such as 2027-01-31")
        return await page(desk, course, form.wrong([finding]))
    if refused := await _refused(form, _enrol(desk, draft)):
        return await page(desk, course, refused)
    return desk.go(f"/courses/{course.id}", f"{person.name} is enrolled.")


@table.post("/enrollments/{enrollment_id}/extend")
async def extend(request: web.Request) -> web.Response:
    """Let an enrollment last until the end of another day, or for ever."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    enrollment = await enrollments.get(
        desk.store, desk.organization_id, desk.named("enrollment_id")
    )
    sent = {name: str(value).strip() for name, value in (await request.post()).items()}
    form = Form(sent, about=enrollment.id, zone=desk.zone)
    try:
        until = end_of_day(sent.get("last_day", ""), desk.zone)
    except ValueError:
        return await _back(desk, enrollment.course_id, form, "must be a day such as 2027-01-31")
    extended = expiry.extend(desk.store, desk.organization_id, enrollment.id, until)
    if refused := await _refused(form, extended):
        course = await courses.get(desk.store, desk.organization_id, enrollment.course_id)
        return await page(desk, course, refused)
    await desk.audit("PATCH /enrollments/{enrollment_id}", enrollment.id)
    return desk.go(f"/courses/{enrollment.course_id}", "The enrollment lasts as you said.")


@table.post("/enrollments/{enrollment_id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Take somebody out of a course."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    enrollment_id = desk.named("enrollment_id")
    enrollment = await enrollments.get(desk.store, desk.organization_id, enrollment_id)
    cancelled = enrollments.cancel(desk.store, desk.organization_id, enrollment_id)
    if refused := await _refused(Form(), cancelled):
        course = await courses.get(desk.store, desk.organization_id, enrollment.course_id)
        return await page(desk, course, refused)
    await desk.audit("DELETE /enrollments/{enrollment_id}", enrollment_id)
    told = "The enrollment is cancelled. What was learnt stays."
    return desk.go(f"/courses/{enrollment.course_id}", told)


@table.post("/enrollments/{enrollment_id}/reset")
async def reset(request: web.Request) -> web.Response:
    """Let somebody begin a course anew; what they did stays in the history."""
    desk = await at_desk(request, Permission.PROGRESS_RESET)
    store, organization_id = desk.store, desk.organization_id
    enrollment = await enrollments.get(store, organization_id, desk.named("enrollment_id"))
    course = await courses.get(store, organization_id, enrollment.course_id)
    reason = str((await request.post()).get("reason", "")).strip()[:LONGEST_REASON]
    await resetting.reset_course(desk.services, desk.person, course, enrollment, reason)
    await desk.audit(
        "POST /progress/{course_id}/users/{user_id}/reset", course.id, enrollment.person_id
    )
    told = "The course is reset: it begins anew, and what was done stays in the history."
    return desk.go(f"/courses/{course.id}", told)


@table.post("/enrollment-requests/{request_id}/{decision:approve|reject}")
async def decide(request: web.Request) -> web.Response:
    """Let somebody in who asked, or say why not."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    store, organization_id, request_id = desk.store, desk.organization_id, desk.named("request_id")
    asked = await enrollment_requests.get(store, organization_id, request_id)
    course = await courses.get(store, organization_id, asked.course_id)
    reason = str((await request.post()).get("reason", "")).strip()[:LONGEST_MESSAGE]
    approved = desk.named("decision") == "approve"
    form = Form({"reason": reason}, about=request_id)
    if not approved and not reason:
        finding = Finding(where="reason", detail="must say why not")
        return await page(desk, course, form.wrong([finding]))
    made = _approve(desk, request_id) if approved else _reject(desk, request_id, reason)
    if refused := await _refused(form, made):
        return await page(desk, course, refused)
    await desk.audit(
        f"POST /enrollment-requests/{{request_id}}/{desk.named('decision')}", request_id
    )
    return desk.go(f"/courses/{course.id}", "Enrolled." if approved else "The request is rejected.")


async def _enrol(desk: Desk, draft: EnrollmentDraft) -> None:
    made = await enrollments.enroll(desk.store, desk.organization_id, draft)
    await desk.services.outbox.tell(made)
    await desk.audit("POST /enrollments", made.id)


async def _approve(desk: Desk, request_id: str) -> None:
    decision = Decision(by=desk.person.id)
    _, made = await enrollment_requests.approve(
        desk.store, desk.organization_id, request_id, decision
    )
    await desk.services.outbox.tell(made)


async def _reject(desk: Desk, request_id: str, reason: str) -> None:
    decision = Decision(by=desk.person.id, reason=reason)
    await enrollment_requests.reject(desk.store, desk.organization_id, request_id, decision)


async def _refused(form: Form, action: Awaitable[Any]) -> Form | None:
    """The form with why it was not done, prerequisites that are not met among it."""
    try:
        return await carried_out(form, action)
    except Refused as error:
        return form.wrong([Finding(where="email", detail=str(error), code=error.code)])


async def _back(desk: Desk, course_id: str, form: Form, detail: str) -> web.Response:
    course = await courses.get(desk.store, desk.organization_id, course_id)
    return await page(desk, course, form.wrong([Finding(where="last_day", detail=detail)]))
