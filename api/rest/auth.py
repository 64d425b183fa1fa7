"""/auth: signing in and out."""

from typing import Literal

from aiohttp import web
from pydantic import Field

from api.addresses import client_address
from api.identity.cookies import clear_session_cookie
from api.identity.sessions import SignedIn
from api.identity.tenants import organization_of
from api.permissions import Permission
from api.rest.bodies import Body
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.route import RouteTable
from api.rest.users import UserAttributes, user_resource

table = RouteTable()


class SignIn(Body):
    """An e-mail address and its password; `organization_id` is an id or a slug, and is needed only
    where both are right in several organizations."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=1024)
    organization_id: str | None = Field(None, max_length=100)


class Refresh(Body):
    """The refresh token of the last answer; it works once."""

    refresh_token: str = Field(max_length=200)


class SessionAttributes(Attributes):
    """The tokens of a session; `expires_in` is the access token's, in seconds."""

    type_name = "session"
    relationship_types = {"user": "user"}

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int
    refresh_token: str


@table.route(
    "POST",
    "/auth/sign-in",
    permission=None,
    status=201,
    errors=("auth_required", "organization_required", "rate_limited"),
    limit="auth",
)
async def sign_in(call: Call, body: SignIn) -> Resource[SessionAttributes]:
    """Sign in with an e-mail address and a password."""
    address = client_address(call.request, call.services.settings.trusted_proxies)
    signed_in = await call.services.sessions.sign_in(
        body.email,
        body.password,
        address,
        await organization_of(call.request, body.organization_id),
        user_agent=call.request.headers.get("User-Agent", ""),
    )
    return _session(signed_in)


@table.route("POST", "/auth/refresh", permission=None, errors=("auth_required",))
async def refresh(call: Call, body: Refresh) -> Resource[SessionAttributes]:
    """Exchange a refresh token for new tokens."""
    return _session(await call.services.sessions.refresh(body.refresh_token))


@table.route("POST", "/auth/exchange", permission=Permission.SESSION, status=201, limit="auth")
async def exchange(call: Call) -> Resource[SessionAttributes]:
    """Begin a session by the token of an identity provider, sent as Bearer."""
    call.in_person()
    address = client_address(call.request, call.services.settings.trusted_proxies)
    user_agent = call.request.headers.get("User-Agent", "")
    sessions = call.services.sessions
    return _session(await sessions.begin(call.principal.person, address, user_agent))


@table.route("POST", "/auth/sign-out", permission=Permission.SESSION, status=204, audited=False)
async def sign_out(call: Call) -> web.Response:
    """End the session; its tokens are refused from now on."""
    await call.services.sessions.end(call.organization_id, call.session())
    response = web.Response(status=204)
    clear_session_cookie(response)
    return response


@table.route("GET", "/auth/me", permission=Permission.SESSION)
async def me(call: Call) -> Resource[UserAttributes]:
    """Tell who is signed in, and what they may do."""
    permissions = sorted(each.value for each in call.principal.permissions)
    return user_resource(call.principal.person, {"permissions": permissions})


def _session(signed_in: SignedIn) -> Resource[SessionAttributes]:
    attributes = SessionAttributes(
        access_token=signed_in.access_token,
        expires_in=signed_in.expires_in,
        refresh_token=signed_in.refresh_token,
    )
    return Resource(signed_in.session_id, attributes, {"user": signed_in.person.id})
