"""/my/sessions: where one is signed in; /auth/password…: passwords changed and forgotten."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.addresses import client_address
from api.identity.cookies import clear_session_cookie
from api.identity.password_rules import LONGEST, SHORTEST
from api.identity.tenants import organization_of
from api.permissions import Permission
from api.rest.bodies import Body, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_within
from api.rest.route import RouteTable
from api.rest.users import reached
from api.store import Fields
from content.errors import NotFound

table = RouteTable()


class OpenSessionAttributes(Attributes):
    """Where somebody is signed in; `current` is the session that asks."""

    type_name = "open_session"

    created_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    current: bool


class PasswordChange(Body):
    """The present password and the next."""

    current_password: str = Field(max_length=1024)
    password: str = Field(min_length=SHORTEST, max_length=LONGEST)


class ForgottenPassword(Body):
    """Whose password is forgotten; the organization's id or slug, where only one is meant."""

    email: str = Field(max_length=254)
    organization_id: str | None = Field(None, max_length=100)


class PasswordReset(Body):
    """The token of a reset link, and the next password."""

    token: str = Field(max_length=200)
    password: str = Field(min_length=SHORTEST, max_length=LONGEST)


class ResetLinkAttributes(Attributes):
    """A link that sets a password, once, until `expires_at`."""

    type_name = "reset_link"
    relationship_types = {"user": "user"}

    url: str
    expires_at: datetime


@table.route("GET", "/my/sessions", permission=Permission.SESSION)
async def list_sessions(call: Call, query: PageQuery) -> ResourcePage[OpenSessionAttributes]:
    """List where you are signed in, the latest first."""
    current = call.principal.session_id

    def show(session: Fields) -> Resource[OpenSessionAttributes]:
        known = {"address": "", "user_agent": "", **session, "current": session["_id"] == current}
        return Resource(session["_id"], OpenSessionAttributes.model_validate(known))

    found = await call.services.store.sessions_of(call.organization_id, call.principal.person.id)
    return page_within(query, found, show)


@table.route(
    "DELETE",
    "/my/sessions/{session_id}",
    permission=Permission.SESSION,
    status=204,
    errors=("session_not_found",),
)
async def end_session(call: Call, session_id: str) -> web.Response:
    """End one of your sessions; its tokens are refused from now on."""
    call.in_person()
    store, person_id = call.services.store, call.principal.person.id
    open_ids = {each["_id"] for each in await store.sessions_of(call.organization_id, person_id)}
    if session_id not in open_ids:
        raise NotFound("session", session_id)
    await call.services.sessions.end(call.organization_id, session_id)
    return web.Response(status=204)


@table.route("DELETE", "/my/sessions", permission=Permission.SESSION, status=204)
async def sign_out_everywhere(call: Call) -> web.Response:
    """End all your sessions, this one too."""
    call.in_person()
    await call.services.sessions.end_all(call.principal.person)
    response = web.Response(status=204)
    clear_session_cookie(response)
    return response


@table.route(
    "POST",
    "/users/{user_id}/sign-out",
    permission=Permission.USERS_WRITE,
    status=204,
    errors=("user_not_found",),
)
async def sign_user_out(call: Call, user_id: str) -> web.Response:
    """End every session of a person."""
    await call.services.sessions.end_all(await reached(call, user_id))
    return web.Response(status=204)


@table.route(
    "POST",
    "/auth/password",
    permission=Permission.SESSION,
    status=204,
    errors=("rate_limited",),
    limit="auth",
)
async def change_password(call: Call, body: PasswordChange) -> web.Response:
    """Change your password; every session of yours ends, this one too."""
    call.in_person()
    address = client_address(call.request, call.services.settings.trusted_proxies)
    resets, person = call.services.password_resets, call.principal.person
    await resets.change(person, body.current_password, body.password, address)
    return web.Response(status=204)


@table.route(
    "POST",
    "/auth/password-reset",
    permission=None,
    status=202,
    errors=("mail_unavailable",),
    limit="auth",
)
async def forgot_password(call: Call, body: ForgottenPassword) -> web.Response:
    """Have a link to set a new password sent, if the address is known; nobody is told whether."""
    services = call.services
    organization_id = await organization_of(call.request, body.organization_id)
    await services.password_resets.forgotten(organization_id, body.email)
    return web.Response(status=202)


@table.route("PUT", "/auth/password-reset", permission=None, status=204, limit="auth")
async def reset_password(call: Call, body: PasswordReset) -> web.Response:
    """Set a new password by the token of a reset link, which works once."""
    await call.services.password_resets.redeem(body.token, body.password)
    return web.Response(status=204)


@table.route(
    "POST",
    "/users/{user_id}/reset-link",
    permission=Permission.USERS_WRITE,
    status=201,
    errors=("user_not_found",),
)
async def make_reset_link(call: Call, user_id: str) -> Resource[ResetLinkAttributes]:
    """Make a link by which a person sets a new password, to be handed over; it works once."""
    person = await reached(call, user_id)
    link = await call.services.password_resets.link(person)
    attributes = ResetLinkAttributes(url=link.url, expires_at=link.expires_at)
    return Resource(person.id, attributes, {"user": person.id})
