"""/users: the people of an organization."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import Field

from api.identity.passwords import LONGEST, SHORTEST
from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content import people
from content.people import Person, PersonChanges, PersonDraft, PersonFilter

table = RouteTable()

Password = Field(min_length=SHORTEST, max_length=LONGEST)


class UserAttributes(Attributes):
    """A person. `account` names them in statements, as `{homePage, name}`."""

    type_name = "user"

    name: str
    email: str
    roles: tuple[str, ...]
    status: str
    home_page: str
    created_at: datetime
    updated_at: datetime


class UserDraft(Draft):
    """A new person; without a password they can't sign in yet."""

    name: str
    email: str
    roles: tuple[str, ...] = ("learner",)
    password: str | None = Field(None, min_length=SHORTEST, max_length=LONGEST)


class UserChanges(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    status: str = ""


class UserQuery(PageQuery):
    """Which people."""

    role: str | None = None
    status: str | None = None
    email: str | None = None
    sort: str | None = None


class NewPassword(Body):
    """A password to be set."""

    password: str = Password


def user_resource(
    person: Person, meta: Mapping[str, Any] | None = None
) -> Resource[UserAttributes]:
    """The person as a resource."""
    attributes = UserAttributes.model_validate(person)
    return Resource(person.id, attributes, version=person.version, meta=meta or {})


@table.route("GET", "/users", permission=Permission.USERS_READ)
async def list_users(call: Call, query: UserQuery) -> ResourcePage[UserAttributes]:
    """List people by role, status or e-mail address."""
    filters = PersonFilter(role=query.role, status=query.status, email=query.email)
    services = call.services
    found = await people.find(
        services.content, call.organization_id, filters, paging(query, query.sort)
    )
    return page_of(found, user_resource)


@table.route(
    "POST", "/users", permission=Permission.USERS_WRITE, status=201, errors=("email_taken",)
)
async def create_user(call: Call, body: UserDraft) -> Resource[UserAttributes]:
    """Add a person, with a password to sign in by."""
    draft = PersonDraft(name=body.name, email=body.email, roles=body.roles)
    person = await people.create(call.services.content, call.organization_id, draft)
    if body.password is not None:
        await call.services.sessions.set_password(person, body.password)
    return user_resource(person)


@table.route("GET", "/users/{user_id}", permission=Permission.SESSION, errors=("user_not_found",))
async def get_user(call: Call, user_id: str) -> Resource[UserAttributes]:
    """Show a person: oneself, or anybody with the permission users.read."""
    call.own_or(Permission.USERS_READ, user_id)
    return user_resource(await people.get(call.services.content, call.organization_id, user_id))


@table.route(
    "PATCH",
    "/users/{user_id}",
    permission=Permission.USERS_WRITE,
    errors=("user_not_found", "email_taken", "version_mismatch"),
)
async def update_user(call: Call, user_id: str, body: UserChanges) -> Resource[UserAttributes]:
    """Change a person's name, e-mail address, roles or status."""
    changes = PersonChanges(**body.model_dump(exclude_unset=True))
    person = await people.update(
        call.services.content,
        call.organization_id,
        user_id,
        changes,
        expected_version(call.request),
    )
    return user_resource(person)


@table.route(
    "POST",
    "/users/{user_id}/password",
    permission=Permission.USERS_WRITE,
    status=204,
    errors=("user_not_found",),
)
async def set_password(call: Call, user_id: str, body: NewPassword) -> web.Response:
    """Set a person's password; every session of theirs ends."""
    person = await people.get(call.services.content, call.organization_id, user_id)
    await call.services.sessions.set_password(person, body.password)
    return web.Response(status=204)
