"""/issuers: what a stranger needs to verify an Open Badge: who issued it, by which keys, and what
was taken back since."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from api.awards import issuer_of, key_set
from api.rest.call import Call
from api.rest.route import RouteTable
from content.certificates import badges
from content.certificates.badge_keys import BadgeKey
from content.certificates.badges import Issuer

table = RouteTable(limit="public")

PATH = "/issuers/{issuer_id}"


class IssuerProfile(BaseModel):
    """A Profile of Open Badges 3.0."""

    id: str
    type: list[str]
    name: str
    url: str


class PublicKey(BaseModel):
    """A JSON Web Key (RFC 7517). Its `kid` is its address, as in the header of a badge."""

    kty: str
    use: str
    alg: str
    kid: str
    n: str
    e: str


class PublicKeys(BaseModel):
    """A JSON Web Key Set."""

    keys: list[PublicKey]


class RevokedCredential(BaseModel):
    """A credential that is not valid any more."""

    id: str
    revoked: bool


class RevocationList(BaseModel):
    """A 1EdTechRevocationList."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    issuer: str
    revoked_credential: list[RevokedCredential] = Field(alias="revokedCredential")


@table.route("GET", PATH, permission=None, errors=("organization_not_found",))
async def get_issuer(call: Call, issuer_id: str) -> IssuerProfile:
    """Show who issues badges."""
    issuer = await issuer_of(call.services, issuer_id)
    return IssuerProfile.model_validate(badges.profile(issuer))


@table.route("GET", f"{PATH}/jwks", permission=None, errors=("organization_not_found",))
async def list_issuer_keys(call: Call, issuer_id: str) -> PublicKeys:
    """List the keys that an issuer's badges are verified by."""
    return PublicKeys.model_validate(await key_set(call.services, issuer_id))


@table.route(
    "GET", f"{PATH}/keys/{{badge_key_id}}", permission=None, errors=("badge_key_not_found",)
)
async def get_issuer_key(call: Call, issuer_id: str, badge_key_id: str) -> PublicKey:
    """Show a key that badges are verified by: where the `kid` of a badge leads."""
    key = await call.services.badge_keys.get(issuer_id, badge_key_id)
    return _public(key, await issuer_of(call.services, issuer_id))


@table.route(
    "GET",
    f"{PATH}/revocations",
    permission=None,
    errors=("organization_not_found",),
    media="application/json",
    answers=RevocationList,
)
async def list_revocations(call: Call, issuer_id: str) -> web.Response:
    """List the badges that are not valid any more, without a word on whose they were."""
    issuer = await issuer_of(call.services, issuer_id)
    found: dict[str, Any] = await badges.revocations(call.services.content, issuer_id, issuer)
    return web.json_response(found)


def _public(key: BadgeKey, issuer: Issuer) -> PublicKey:
    return PublicKey.model_validate(key.jwk(issuer.key(key.id)))
