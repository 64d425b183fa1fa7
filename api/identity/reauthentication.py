"""Showing once more who one is, right before a signature: by the password, or a fresh sign-in.

Wrong passwords are counted with those of signing in, so that a session left open cannot be used to
guess. Somebody whose identity provider signs them in shows a token that is only minutes old; in a
session of a browser they go to the provider and come back, which has to ask them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt
from aiohttp import web

from api.addresses import client_address
from api.identity.confirmations import FRESH, confirmed_at
from api.identity.identity_providers import IdentityProvider
from api.identity.passwords import verify_password
from api.identity.principal import Principal
from api.services import SERVICES
from api.store import now
from content.compliance.sign_offs import Proof
from content.errors import Refused, RuleBroken
from content.findings import Finding


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody can show on a page who they are: by a password, if they have one, or at a
    provider; `confirmed` where they have just done so.
    """

    password: bool
    providers: Sequence[IdentityProvider]
    confirmed: bool


async def ways(request: web.Request, principal: Principal) -> Ways:
    """How the person can show who they are."""
    services, person = request.app[SERVICES], principal.person
    hashed = await services.sessions.store.password_hash(person.organization_id, person.id)
    return Ways(
        password=hashed is not None,
        providers=await services.identity_providers.offered(person.organization_id),
        confirmed=confirmed_at(request, principal) is not None,
    )


async def prove(request: web.Request, principal: Principal, password: str | None) -> Proof:
    """How the signer has shown who they are, for a request of theirs.

    Raises:
        RuleBroken: the password is not right.
        Refused: reauthentication_required, there is neither a password nor a fresh sign-in.
        TooManyAttempts: too many wrong ones before.
    """
    if password:
        await _check_password(request, principal, password)
        return Proof(method="password", at=now())
    of_session = principal.session_id is not None
    moment = confirmed_at(request, principal) if of_session else _signed_in_at(request)
    if moment is None or now() - moment > FRESH:
        detail = "Send your password, or sign in anew with your identity provider, to sign."
        raise Refused("reauthentication_required", detail)
    return Proof(method="identity_provider", at=moment)


async def _check_password(request: web.Request, principal: Principal, password: str) -> None:
    services, person = request.app[SERVICES], principal.person
    sessions = services.sessions
    address = client_address(request, services.settings.trusted_proxies)
    await sessions.throttle.attempt(person.email, address)
    hashed = await sessions.store.password_hash(person.organization_id, person.id)
    if not await verify_password(hashed, password):
        raise RuleBroken([Finding(where="password", detail="is not right")])
    await sessions.throttle.succeeded(person.email)


def _signed_in_at(request: web.Request) -> datetime | None:
    """When the bearer of an issuer's token signed in there; the token was verified before.

    OpenID Connect tells it as `auth_time`; a token without it does not tell, since it may have
    been renewed without anybody being there.
    """
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    signed_in = claims.get("auth_time")
    if isinstance(signed_in, bool) or not isinstance(signed_in, int | float):
        return None
    return datetime.fromtimestamp(signed_in, UTC)
