"""/cohorts: people who learn together: who is in one, and what they are enrolled in."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.asking import Outcome
from api.pages.desk import SAVED, Desk, at_desk
from api.pages.forms import Form, written
from api.pages.local_time import end_of_day
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge
from api.permissions import Permission
from api.rest import cohorts
from api.rest.bulk_enrollment import BulkAnswer
from api.rest.cohorts import ChangedCohort, CohortAttributes, NewCohort
from api.rest.documents import Resource
from content.courses.course_search import CourseFilter
from content.courses.courses import Course, find
from content.documents import Paging
from content.enrollment import cohorts as stored
from content.findings import Finding
from content.people.people import Person

table = web.RouteTableDef()

LIST = "/cohorts"
ONE = "/cohorts/{cohort_id}"
PER_PAGE = 50
COURSES_OFFERED = 100
ARCHIVED = "The cohort is gone. Its people stay enrolled."
BEGUN = "It has begun, and goes on when you leave this page."


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort of the list."""

    id: str
    name: str
    badge: Badge
    people: int
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody in a cohort."""

    id: str
    name: str
    email: str
    joined: str


@table.get(LIST)
async def overview(request: web.Request) -> web.Response:
    """Show the cohorts, and the form of a new one."""
    desk = await at_desk(request, Permission.ENROLLMENTS_READ)
    return await _list(desk, Form(zone=desk.zone))


@table.post(LIST)
async def create(request: web.Request) -> web.Response:
    """Make a cohort."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    sent = await written(desk, NewCohort)
    if sent.body is None:
        return await _list(desk, sent.form)
    outcome = await desk.submit(cohorts.create_cohort, sent.body.model_dump())
    if outcome.problems:
        return await _list(desk, sent.form.refused(outcome.problems))
    return desk.go(f"{LIST}/{outcome.answer.id}", "The cohort is there. Take people in.")


@table.get(ONE)
async def show(request: web.Request) -> web.Response:
    """Show who is in a cohort."""
    return await page(await at_desk(request, Permission.ENROLLMENTS_READ))


@table.post(ONE)
async def change(request: web.Request) -> web.Response:
    """Change what a cohort is called and how long it runs."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    sent = await written(desk, ChangedCohort, about="cohort")
    if sent.body is None:
        return await page(desk, changes=sent.form)
    fields = sent.body.model_dump(exclude_unset=True)
    outcome = await desk.submit(cohorts.update_cohort, fields, sent.version)
    if outcome.problems:
        return await page(desk, changes=sent.form.refused(outcome.problems))
    return desk.go(request.path, SAVED)


@table.post(ONE + "/archive")
async def archive(request: web.Request) -> web.Response:
    """Take a cohort out of use."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    await desk.ask(cohorts.archive_cohort)
    return desk.go(LIST, ARCHIVED)


@table.post(ONE + "/members/{user_id}/remove")
async def remove(request: web.Request) -> web.Response:
    """Take somebody out of a cohort."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    await desk.ask(cohorts.remove_member)
    told = "Taken out of the cohort. Enrollments stay."
    return desk.go(f"{LIST}/{desk.named('cohort_id')}", told)


@table.post(ONE + "/enrol")
async def enrol(request: web.Request) -> web.Response:
    """Enrol everybody of a cohort in a course; very many are enrolled by a job."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    form = Form(
        {name: str(value) for name, value in (await request.post()).items()},
        about="enrol",
        zone=desk.zone,
    )
    try:
        given = {"course_id": form.value("course_id"), "expires_at": _until(form)}
    except ValueError:
        finding = Finding(where="last_day", detail="must be a day such as 2027-01-31")
        return await page(desk, enrolling=form.wrong([finding]))
    if not given["course_id"]:
        finding = Finding(where="course_id", detail="must be chosen")
        return await page(desk, enrolling=form.wrong([finding]))
    ticked = {name: form.ticked(name) for name in ("send_notification", "ignore_prerequisites")}
    handler = cohorts.enroll_cohort
    outcome = await desk.submit(handler, {**given, **ticked})
    if outcome.problems:
        return await page(desk, enrolling=form.refused(outcome.problems, expires_at="last_day"))
    return _enrolled(desk, outcome)


async def page(
    desk: Desk, *, changes: Form | None = None, enrolling: Form | None = None
) -> web.Response:
    """A cohort's page, with a form of it that was refused."""
    cohort = await desk.ask(cohorts.get_cohort)
    number = page_asked(desk.request)
    asked = {"page": number, "per_page": PER_PAGE}
    members = await desk.ask(cohorts.list_members, query=asked)
    known = cohort.attributes.model_dump()
    refused = changes or enrolling
    return desk.show(
        "instructing/cohort.html",
        refused.status if refused else 200,
        cohort=cohort,
        badge=badge(cohort.attributes.status),
        runs=_runs(desk, cohort.attributes),
        members=await _members(desk, members.items),
        pages=pages_of(desk.request, number, members.total, PER_PAGE),
        changes=changes or Form(known, about="cohort", zone=desk.zone),
        enrolling=enrolling or Form(about="enrol", zone=desk.zone),
        refused=refused or Form(),
        courses=await _courses(desk),
    )


def _until(form: Form) -> str | None:
    until = end_of_day(form.value("last_day"), form.zone)
    return until.isoformat() if until else None


def _enrolled(desk: Desk, outcome: Outcome) -> web.Response:
    answer = outcome.answer
    if not isinstance(answer, BulkAnswer):
        return desk.go(f"/admin/jobs/{answer.id}", BEGUN)
    said, cohort_id = answer.data, desk.named("cohort_id")
    told = f"{said.enrolled_count:,} {'is' if said.enrolled_count == 1 else 'are'} enrolled"
    if said.refused_count:
        hindered = {each.outcome for each in said.results} - {"enrolled"}
        why = ", ".join(sorted(each.replace("_", " ") for each in hindered))
        told = f"{told}, {said.refused_count:,} not: {why}"
    return desk.go(f"/courses/{said.course_id}?cohort={cohort_id}", f"{told}.")


def _runs(desk: Desk, cohort: CohortAttributes) -> str:
    """From when until when a cohort runs, in words."""
    told = (("from", cohort.starts_at), ("until", cohort.ends_at))
    return " ".join(f"{word} {desk.minute(moment)}" for word, moment in told if moment)


async def _list(desk: Desk, form: Form) -> web.Response:
    number = page_asked(desk.request)
    asked = {"page": number, "per_page": PER_PAGE, "sort": "name"}
    found = await desk.ask(cohorts.list_cohorts, query=asked)
    ids = [each.id for each in found.items]
    sizes = await stored.sizes(desk.store, desk.organization_id, ids)
    return desk.show(
        "instructing/cohorts.html",
        form.status,
        cohorts=[_row(desk, each, sizes.get(each.id, 0)) for each in found.items],
        pages=pages_of(desk.request, number, found.total, PER_PAGE),
        form=form,
    )


def _row(desk: Desk, cohort: Resource[Any], people: int) -> CohortRow:
    said = cohort.attributes
    return CohortRow(
        cohort.id,
        said.name,
        badge(said.status),
        people,
        desk.day(said.starts_at),
        desk.day(said.ends_at),
    )


async def _members(desk: Desk, found: Any) -> list[MemberRow]:
    ids = [each.related["user"] for each in found]
    named = await desk.store.of(Person).all(desk.organization_id, {"_id": {"$in": ids}})
    known = {each.id: each for each in named}
    return [
        MemberRow(person.id, person.name, person.email, desk.day(each.attributes.joined_at))
        for each in found
        if (person := known.get(each.related["user"]))
    ]


async def _courses(desk: Desk) -> list[Course]:
    """The courses that can be chosen, by title."""
    paging = Paging(per_page=COURSES_OFFERED, sort="title")
    found = await find(desk.store, desk.organization_id, CourseFilter(), paging)
    return [each for each in found.items if each.status != "archived"]
