"""/identity-providers: the outside issuers whose tokens are taken."""

from datetime import datetime

from aiohttp import web
from msgspec import convert
from pydantic import ConfigDict

from api.identity.identity_providers import (
    IdentityProvider,
    IdentityProviderChanges,
    IdentityProviderDraft,
)
from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.rest.users import check_reach

table = RouteTable()


class RoleRule(Body):
    """People whose token has this value in `roles_claim` have this role."""

    model_config = ConfigDict(from_attributes=True)

    value: str
    role: str


class IdentityProviderAttributes(Attributes):
    """An issuer. `jwks_url` null means that it is discovered from the issuer."""

    type_name = "identity_provider"

    name: str
    issuer: str
    audience: str
    jwks_url: str | None
    algorithms: tuple[str, ...]
    roles_claim: str | None
    roles: tuple[RoleRule, ...]
    default_roles: tuple[str, ...]
    auto_provision: bool
    trust_email: bool
    subject_prefix: str
    enabled: bool
    sign_in: bool
    created_at: datetime
    updated_at: datetime


class _Settings(Draft):
    jwks_url: str | None = None
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    roles_claim: str | None = None
    roles: tuple[RoleRule, ...] = ()
    default_roles: tuple[str, ...] = ("learner",)
    auto_provision: bool = False
    trust_email: bool = False
    subject_prefix: str = ""
    enabled: bool = True
    sign_in: bool = False


class NewIdentityProvider(_Settings):
    """A new issuer: its `iss`, and the `aud` of tokens that are meant for us."""

    name: str
    issuer: str
    audience: str


class ChangedIdentityProvider(_Settings):
    """What may be changed; what is not given stays."""

    name: str = ""
    issuer: str = ""
    audience: str = ""


class IdentityProviderQuery(PageQuery):
    """Which page."""

    sort: str | None = None


def _resource(provider: IdentityProvider) -> Resource[IdentityProviderAttributes]:
    attributes = IdentityProviderAttributes.model_validate(provider)
    return Resource(provider.id, attributes, version=provider.version)


def _check(call: Call, body: _Settings) -> None:
    """Nobody lets an issuer give more than they may give themselves."""
    check_reach(call, (*body.default_roles, *(rule.role for rule in body.roles)))


@table.route("GET", "/identity-providers", permission=Permission.IDENTITY_PROVIDERS)
async def list_identity_providers(
    call: Call, query: IdentityProviderQuery
) -> ResourcePage[IdentityProviderAttributes]:
    """List the issuers whose tokens are taken."""
    providers, asked = call.services.identity_providers, paging(query, query.sort)
    return page_of(await providers.page(call.organization_id, asked), _resource)


@table.route(
    "POST",
    "/identity-providers",
    permission=Permission.IDENTITY_PROVIDERS,
    status=201,
    errors=("identity_provider_exists",),
)
async def create_identity_provider(
    call: Call, body: NewIdentityProvider
) -> Resource[IdentityProviderAttributes]:
    """Take the tokens of an issuer."""
    _check(call, body)
    draft = convert(body.model_dump(), IdentityProviderDraft)
    return _resource(await call.services.identity_providers.create(call.organization_id, draft))


@table.route(
    "GET",
    "/identity-providers/{provider_id}",
    permission=Permission.IDENTITY_PROVIDERS,
    errors=("identity_provider_not_found",),
)
async def get_identity_provider(
    call: Call, provider_id: str
) -> Resource[IdentityProviderAttributes]:
    """Show an issuer."""
    providers = call.services.identity_providers
    return _resource(await providers.get(call.organization_id, provider_id))


@table.route(
    "PATCH",
    "/identity-providers/{provider_id}",
    permission=Permission.IDENTITY_PROVIDERS,
    errors=("identity_provider_not_found", "identity_provider_exists", "version_mismatch"),
)
async def update_identity_provider(
    call: Call, provider_id: str, body: ChangedIdentityProvider
) -> Resource[IdentityProviderAttributes]:
    """Change what is given of an issuer."""
    _check(call, body)
    changes = convert(body.model_dump(exclude_unset=True), IdentityProviderChanges)
    version = expected_version(call.request)
    providers = call.services.identity_providers
    return _resource(await providers.update(call.organization_id, provider_id, changes, version))


@table.route(
    "DELETE",
    "/identity-providers/{provider_id}",
    permission=Permission.IDENTITY_PROVIDERS,
    status=204,
    errors=("identity_provider_not_found",),
)
async def delete_identity_provider(call: Call, provider_id: str) -> web.Response:
    """Take an issuer's tokens no more, from now on."""
    await call.services.identity_providers.remove(call.organization_id, provider_id)
    return web.Response(status=204)
