"""/admin/people/…: one person, what is known of them, and what can be done."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.admin.forms import Form, filled, showing
from api.pages.admin.people import CHANGED, PATH, status_badge, supervised
from api.pages.admin.roles import role_rows
from api.pages.admin.sections import page
from api.pages.asking import Outcome, Problems
from api.pages.desk import Desk, at_desk
from api.pages.wording import Badge, badge, minute, percent
from api.permissions import Permission
from api.rest import enrollments, erasures, sessions, users
from api.rest.documents import Resource
from api.rest.route import Handler
from api.rest.users import UserAttributes
from api.services import Services
from content.courses.courses import Course
from content.people import groupings, supervisors
from content.people.people import Person

table = web.RouteTableDef()

ONE = f"{PATH}/{{user_id}}"
MOST_ENROLLMENTS = 50
ERASING = "The erasure has begun: how far it is can be seen under Erasures."
DONE = {
    "changed": "The changes are kept.",
    "deactivate": "Deactivated: every session has ended, and nobody signs in as this person.",
    "activate": "Active again: this person can sign in.",
    "sign-out": "Every session of this person has ended.",
}
MAILED = "POST /auth/password-reset"
ACTIONS: dict[str, Handler] = {
    "deactivate": users.deactivate_user,
    "activate": users.activate_user,
    "sign-out": sessions.sign_user_out,
}


@dataclass(frozen=True, slots=True)
class EnrollmentRow:
    """A person's enrollment."""

    id: str
    course_id: str
    course: str
    badge: Badge
    progress: str
    enrolled: str


@table.get(ONE)
async def show(request: web.Request) -> web.Response:
    """Show a person with the form to change them."""
    desk = await at_desk(request, Permission.USERS_READ)
    return await _page(desk)


@table.post(ONE)
async def change(request: web.Request) -> web.Response:
    """Change a person; or show the form again with all that is wrong."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    form = filled(CHANGED, await request.post())
    given = await supervised(desk, form.given)
    outcome = await desk.submit(users.update_user, given, form.version)
    if outcome.problems:
        return await _page(desk, form=form.refused(outcome.problems))
    return _back(desk, "changed")


@table.post(ONE + "/{action:deactivate|activate|sign-out}")
async def act(request: web.Request) -> web.Response:
    """Deactivate or activate a person, or end their sessions."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    action = desk.named("action")
    outcome = await desk.submit(ACTIONS[action])
    return await _told(desk, outcome) or _back(desk, action)


@table.post(ONE + "/reset-link")
async def reset_link(request: web.Request) -> web.Response:
    """Make a link to set a password and show it once."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    outcome = await desk.submit(sessions.make_reset_link)
    refused = await _told(desk, outcome)
    return refused or await _page(desk, link=outcome.answer.attributes)


@table.post(ONE + "/reset-mail")
async def reset_mail(request: web.Request) -> web.Response:
    """Mail a person a link to set a password."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    person = await desk.ask(users.get_user)
    email = person.attributes.email
    given = {"email": email, "organization_id": desk.organization_id}
    outcome = await desk.submit(sessions.forgot_password, given)
    if refused := await _told(desk, outcome):
        return refused
    await desk.audit(MAILED, person.id)
    return desk.go(f"{PATH}/{person.id}", f"A link is on its way to {email}. It works once.")


@table.post(ONE + "/erase")
async def erase(request: web.Request) -> web.Response:
    """Erase a person for good, once the administrator has written their address."""
    desk = await at_desk(request, Permission.USERS_ERASE)
    person = await desk.ask(users.get_user)
    written = str((await request.post()).get("confirmation", "")).strip().lower()
    if written != person.attributes.email:
        problems = Problems("Nothing was erased", [("confirmation", "must be their address")])
        return await _page(desk, erasing=problems)
    outcome = await desk.submit(erasures.erase_user)
    return await _told(desk, outcome) or desk.go(PATH, ERASING)


def _back(desk: Desk, done: str) -> web.Response:
    return desk.go(f"{PATH}/{desk.named('user_id')}", DONE[done])


async def _told(desk: Desk, outcome: Outcome) -> web.Response | None:
    """The page with what keeps an action from being done; None where it is done."""
    if not outcome.problems:
        return None
    return await _page(desk, refused=outcome.problems)


async def _page(
    desk: Desk,
    *,
    form: Form | None = None,
    link: Any = None,
    refused: Problems | None = None,
    erasing: Problems | None = None,
) -> web.Response:
    services = desk.services
    person = await desk.ask(users.get_user)
    found = await groupings.occurring(services.content, desk.organization_id)
    supervisor = await _supervisor(services, desk.organization_id, person)
    wrong = refused or erasing or (form.problems if form else None)
    return page(
        desk,
        "person.html",
        422 if wrong else 200,
        person=person,
        badge=status_badge(person.attributes.status),
        added=minute(person.attributes.created_at),
        form=form or showing(CHANGED, _shown(person, supervisor), person.version),
        supervisor=supervisor,
        leads=await supervisors.has_team(desk.store, desk.organization_id, person.id),
        roles=role_rows(desk.principal),
        occurring=found,
        enrollments=await _enrollments(desk, services),
        sessions=await _sessions(services, desk.organization_id, person.id),
        own=person.id == desk.person.id,
        mail=services.password_resets.can_mail,
        link=link,
        refused=refused or Problems(),
        erasing=erasing or Problems(),
        minute=minute,
    )


async def _supervisor(
    services: Services, organization_id: str, person: Resource[UserAttributes]
) -> Person | None:
    above = person.attributes.supervisor_id
    return await services.content.of(Person).find(organization_id, above) if above else None


def _shown(person: Resource[UserAttributes], supervisor: Person | None) -> UserAttributes:
    """What the form shows: the supervisor by address."""
    address = supervisor.email if supervisor else None
    return person.attributes.model_copy(update={"supervisor_id": address})


async def _enrollments(desk: Desk, services: Services) -> list[EnrollmentRow]:
    if not desk.principal.may(Permission.ENROLLMENTS_READ):
        return []
    asked = {"user_id": desk.named("user_id"), "per_page": MOST_ENROLLMENTS}
    found = await desk.ask(enrollments.list_enrollments, query=asked)
    ids = list({each.related["course"] for each in found.items})
    wanted = {"_id": {"$in": ids}}
    courses = await services.content.of(Course).all(desk.organization_id, wanted)
    titles = {each.id: each.title for each in courses}
    return [_row(each, titles) for each in found.items]


def _row(enrollment: Resource[Any], titles: dict[str, str]) -> EnrollmentRow:
    said, course_id = enrollment.attributes, enrollment.related["course"] or ""
    return EnrollmentRow(
        id=enrollment.id,
        course_id=course_id,
        course=titles.get(course_id, course_id),
        badge=badge(said.status),
        progress=f"{percent(said.progress_percent)} %",
        enrolled=minute(said.enrolled_at),
    )


async def _sessions(
    services: Services, organization_id: str, person_id: str
) -> list[dict[str, str]]:
    found = await services.store.sessions_of(organization_id, person_id)
    return [
        {
            "since": minute(each["created_at"]),
            "address": each.get("address", ""),
            "browser": each.get("user_agent", ""),
        }
        for each in found
    ]
