"""/admin/people: who is here, found by name, role, department and status; somebody new."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.admin.forms import Form, Input, filled, without
from api.pages.admin.roles import TITLES, role_rows
from api.pages.admin.sections import page
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge
from api.permissions import Permission
from api.rest import users
from api.rest.documents import Resource
from api.rest.users import UserAttributes
from content.people import groupings, people

table = web.RouteTableDef()

PATH = "/admin/people"
PER_PAGE = 50
ADDED = "Added. Hand over a link to set a password, unless you gave one."
STATUSES = {"active": "Active", "inactive": "Deactivated"}
FILTERS = ("search", "role", "status", "department", "location", "group", "supervisor_id")

INPUTS = (
    Input("name", "Name", required=True, empty=""),
    Input(
        "email",
        "E-mail address",
        "email",
        required=True,
        empty="",
        hint="They sign in with it, and statements may name them by it.",
    ),
    Input("roles", "Roles", "choices"),
    Input("department", "Department"),
    Input("location", "Location"),
    Input("groups", "Groups", "lines", hint="One on each line.", empty=()),
    Input("hired_on", "Hired on", "day"),
    Input(
        "supervisor_id",
        "Supervisor",
        "email",
        hint="Their e-mail address. They sign for this person, and see what is required of them.",
    ),
    Input("external_id", "External id", hint="What an identity provider or the HR system uses."),
    Input("locale", "Language", hint="A language tag, such as en or pt-BR."),
    Input("time_zone", "Time zone", hint="Such as Europe/Berlin."),
    Input(
        "password",
        "Password",
        "password",
        hint="Leave it empty, and hand over a link to set one instead.",
        autocomplete="new-password",
    ),
)
CHANGED = without(("password",), INPUTS)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list."""

    id: str
    name: str
    email: str
    roles: str
    department: str
    badge: Badge


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the people whom the filters leave."""
    desk = await at_desk(request, Permission.USERS_READ)
    chosen = {name: request.query.get(name, "").strip() for name in FILTERS}
    number = page_asked(request)
    asked = {**chosen, "page": number, "per_page": PER_PAGE, "sort": "name"}
    found = await desk.ask(users.list_users, query=asked)
    occurring = await groupings.occurring(desk.store, desk.organization_id)
    return page(
        desk,
        "people.html",
        people=[_row(each) for each in found.items],
        chosen=chosen,
        filtered=any(chosen.values()),
        narrowed=any(chosen[each] for each in FILTERS[1:-1]),
        occurring=occurring,
        roles=TITLES,
        statuses=STATUSES,
        pages=pages_of(request, page_asked(request), found.total, PER_PAGE),
    )


@table.get(f"{PATH}/new")
async def new(request: web.Request) -> web.Response:
    """Show the form for somebody new."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    return await _form(desk, Form(INPUTS, {"roles": ["learner"]}))


@table.post(f"{PATH}/new")
async def create(request: web.Request) -> web.Response:
    """Add somebody, and show them."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    form = filled(INPUTS, await request.post())
    given = await supervised(desk, form.given)
    outcome = await desk.submit(users.create_user, given)
    if outcome.problems:
        return await _form(desk, form.refused(outcome.problems), 422)
    return desk.go(f"{PATH}/{outcome.answer.id}", ADDED)


@table.get("/admin/groups")
async def groups(request: web.Request) -> web.Response:
    """Show the departments, locations and groups that occur, each leading to its people."""
    desk = await at_desk(request, Permission.USERS_READ)
    occurring = await groupings.occurring(desk.store, desk.organization_id)
    kinds = (
        ("Departments", "department", occurring.departments),
        ("Locations", "location", occurring.locations),
        ("Groups", "group", occurring.groups),
    )
    return page(desk, "groups.html", kinds=kinds, most=groupings.MOST)


async def supervised(desk: Desk, given: dict[str, Any]) -> dict[str, Any]:
    """What a form says, the supervisor by id; who is not known is left for the route to refuse."""
    if not (written := given.get("supervisor_id")):
        return given
    found = await people.by_email(desk.store, desk.organization_id, written)
    return {**given, "supervisor_id": found.id if found else written}


async def _form(desk: Desk, form: Form, status: int = 200) -> web.Response:
    values: dict[str, Any] = {"form": form, "roles": role_rows(desk.principal)}
    occurring = await groupings.occurring(desk.store, desk.organization_id)
    return page(desk, "person_new.html", status, occurring=occurring, **values)


def _row(person: Resource[UserAttributes]) -> PersonRow:
    said = person.attributes
    return PersonRow(
        id=person.id,
        name=said.name,
        email=said.email,
        roles=", ".join(TITLES.get(each, each) for each in said.roles),
        department=said.department or "",
        badge=status_badge(said.status),
    )


def status_badge(status: str) -> Badge:
    """Whether somebody may sign in."""
    return Badge("valid" if status == "active" else "inactive", STATUSES[status])
