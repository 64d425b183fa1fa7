"""/users: the people of an organization, their roles and passwords."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from aiohttp import web
from pydantic import AwareDatetime, Field

from api.identity.password_rules import LONGEST, SHORTEST, check_password
from api.permissions import ROLES, Permission
from api.rest.bodies import Body, Draft, PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from content.people import people
from content.people.people import Person, PersonChanges, PersonDraft, PersonFilter

table = RouteTable()

_FILTERS = set(PersonFilter.__struct_fields__)

Password = Field(min_length=SHORTEST, max_length=LONGEST)


class UserAttributes(Attributes):
    """A person. `account` names them in statements, as `{homePage, name}`.

    `external_id` is what an identity provider calls them; `supervisor_id` is who answers for them.
    """

    type_name = "user"

    name: str
    email: str
    roles: tuple[str, ...]
    status: str
    home_page: str
    department: str | None
    location: str | None
    groups: tuple[str, ...]
    hired_on: date | None
    locale: str | None
    time_zone: str | None
    external_id: str | None
    supervisor_id: str | None
    photo_url: str | None
    created_at: datetime
    updated_at: datetime


class UserProperties(Draft):
    """What is known of a person besides name, address and roles."""

    department: str | None = None
    location: str | None = None
    groups: tuple[str, ...] = ()
    hired_on: date | None = None
    locale: str | None = None
    time_zone: str | None = None
    external_id: str | None = None
    supervisor_id: str | None = None
    photo_url: str | None = None


class UserReplacement(UserProperties):
    """A person as a whole."""

    name: str
    email: str
    roles: tuple[str, ...] = ("learner",)
    status: str = "active"


class UserDraft(UserProperties):
    """A new person; without a password they can't sign in by one yet."""

    name: str
    email: str
    roles: tuple[str, ...] = ("learner",)
    password: str | None = Field(None, min_length=SHORTEST, max_length=LONGEST)


class UserChanges(UserProperties):
    """What may be changed; what is not given stays, what is null is emptied."""

    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    status: str = ""


class UserQuery(PageQuery):
    """Which people. `search` is the beginnings of words of the name or the e-mail address; the
    first moment of a range counts, the last does not."""

    role: str | None = None
    status: str | None = None
    email: str | None = None
    external_id: str | None = None
    supervisor_id: str | None = None
    department: str | None = None
    location: str | None = None
    group: str | None = None
    search: str | None = Field(None, max_length=200)
    created_since: AwareDatetime | None = None
    created_until: AwareDatetime | None = None
    updated_since: AwareDatetime | None = None
    updated_until: AwareDatetime | None = None
    sort: str | None = None


class NewPassword(Body):
    """A password to be set."""

    password: str = Password


class RoleAssignment(Body):
    """A role to be added."""

    role: str


class RoleQuery(Query):
    """The role to be removed."""

    role: str


def user_resource(
    person: Person, meta: Mapping[str, Any] | None = None
) -> Resource[UserAttributes]:
    """The person as a resource."""
    attributes = UserAttributes.model_validate(person)
    return Resource(person.id, attributes, version=person.version, meta=meta or {})


def check_reach(call: Call, roles: tuple[str, ...]) -> None:
    """Nobody gives or changes what is above them: a key that may change people is no
    administrator by that.

    Raises:
        ProblemRaised: 403, some role allows what the caller may not do.
    """
    held = call.principal.permissions
    above = [role for role in roles if not ROLES.get(role, frozenset()) <= held]
    if above:
        finding = Finding(f"This needs all the permissions of {', '.join(above)}.")
        meta = {"held_roles": list(call.principal.person.roles), "required_roles": above}
        raise refuse(403, "forbidden", "You may not do this", [finding], meta=meta)


async def reached(call: Call, user_id: str) -> Person:
    """The person, when the caller may change them."""
    person = await people.get(call.services.content, call.organization_id, user_id)
    check_reach(call, person.roles)
    return person


def _read(call: Call, person: Person) -> int:
    """The version that a change of what was read builds on: If-Match's, else the present one."""
    expected = expected_version(call.request)
    return person.version if expected is None else expected


async def _change(
    call: Call, person: Person, changes: PersonChanges, version: int | None = None
) -> Resource[UserAttributes]:
    """Change the person; who is inactive has no sessions."""
    services = call.services
    changed = await people.update(
        services.content, call.organization_id, person.id, changes, version
    )
    if changed.status != "active":
        await services.sessions.end_all(changed)
    return user_resource(changed)


@table.route("GET", "/users", permission=Permission.USERS_READ)
async def list_users(call: Call, query: UserQuery) -> ResourcePage[UserAttributes]:
    """List people by words, role, status, group or time, and sort them."""
    filters = PersonFilter(**query.model_dump(include=_FILTERS))
    services = call.services
    found = await people.find(
        services.content, call.organization_id, filters, paging(query, query.sort)
    )
    return page_of(found, user_resource)


@table.route(
    "POST",
    "/users",
    permission=Permission.USERS_WRITE,
    status=201,
    errors=("email_taken", "external_id_taken"),
)
async def create_user(call: Call, body: UserDraft) -> Resource[UserAttributes]:
    """Add a person, with a password to sign in by."""
    check_reach(call, body.roles)
    if body.password is not None:
        check_password(body.password, body.name, body.email)
    draft = PersonDraft(**body.model_dump(exclude={"password"}))
    person = await people.create(call.services.content, call.organization_id, draft)
    if body.password is not None:
        await call.services.sessions.set_password(person, body.password)
    return user_resource(person)


@table.route("GET", "/users/{user_id}", permission=Permission.SESSION, errors=("user_not_found",))
async def get_user(call: Call, user_id: str) -> Resource[UserAttributes]:
    """Show a person: oneself, or anybody with the permission users.read."""
    call.own_or(Permission.USERS_READ, user_id)
    return user_resource(await people.get(call.services.content, call.organization_id, user_id))


_CHANGE_ERRORS = (
    "user_not_found",
    "email_taken",
    "external_id_taken",
    "last_administrator",
    "version_mismatch",
)


@table.route("PATCH", "/users/{user_id}", permission=Permission.USERS_WRITE, errors=_CHANGE_ERRORS)
async def update_user(call: Call, user_id: str, body: UserChanges) -> Resource[UserAttributes]:
    """Change what is given of a person."""
    check_reach(call, body.roles)
    changes = PersonChanges(**body.model_dump(exclude_unset=True))
    person = await reached(call, user_id)
    return await _change(call, person, changes, expected_version(call.request))


@table.route("PUT", "/users/{user_id}", permission=Permission.USERS_WRITE, errors=_CHANGE_ERRORS)
async def replace_user(call: Call, user_id: str, body: UserReplacement) -> Resource[UserAttributes]:
    """Replace all that is known of a person; what is not given is emptied."""
    check_reach(call, body.roles)
    person = await reached(call, user_id)
    changes = PersonChanges(**body.model_dump())
    return await _change(call, person, changes, expected_version(call.request))


@table.route(
    "POST",
    "/users/{user_id}/roles",
    permission=Permission.USERS_WRITE,
    errors=("user_not_found", "version_mismatch"),
)
async def assign_role(call: Call, user_id: str, body: RoleAssignment) -> Resource[UserAttributes]:
    """Add a role to a person's roles."""
    check_reach(call, (body.role,))
    person = await reached(call, user_id)
    roles = dict.fromkeys((*person.roles, body.role))
    return await _change(call, person, PersonChanges(roles=tuple(roles)), _read(call, person))


@table.route(
    "DELETE",
    "/users/{user_id}/roles",
    permission=Permission.USERS_WRITE,
    errors=("user_not_found", "last_administrator", "version_mismatch"),
)
async def remove_role(call: Call, user_id: str, query: RoleQuery) -> Resource[UserAttributes]:
    """Take a role from a person's roles."""
    person = await reached(call, user_id)
    roles = tuple(each for each in person.roles if each != query.role)
    return await _change(call, person, PersonChanges(roles=roles), _read(call, person))


@table.route(
    "POST",
    "/users/{user_id}/deactivate",
    permission=Permission.USERS_WRITE,
    errors=("user_not_found", "last_administrator"),
)
async def deactivate_user(call: Call, user_id: str) -> Resource[UserAttributes]:
    """Shut a person out: every session ends, and nobody signs in as them."""
    return await _change(call, await reached(call, user_id), PersonChanges(status="inactive"))


@table.route(
    "POST",
    "/users/{user_id}/activate",
    permission=Permission.USERS_WRITE,
    errors=("user_not_found",),
)
async def activate_user(call: Call, user_id: str) -> Resource[UserAttributes]:
    """Let a person in again."""
    return await _change(call, await reached(call, user_id), PersonChanges(status="active"))


@table.route(
    "POST",
    "/users/{user_id}/password",
    permission=Permission.USERS_WRITE,
    status=204,
    errors=("user_not_found",),
)
async def set_password(call: Call, user_id: str, body: NewPassword) -> web.Response:
    """Set a person's password; every session of theirs ends."""
    await call.services.password_resets.set(await reached(call, user_id), body.password)
    return web.Response(status=204)
