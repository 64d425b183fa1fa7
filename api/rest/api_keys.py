"""/api-keys: the keys of programs; /my/tokens: a person's own."""

from datetime import datetime

from aiohttp import web
from pydantic import AwareDatetime

from api.identity.api_keys import ApiKey, ApiKeyDraft
from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.store import now

table = RouteTable()


class ApiKeyAttributes(Attributes):
    """A key. `prefix` is how it begins; `status` is active, expired or revoked.

    `last_used_at` is right to about a minute.
    """

    type_name = "api_key"
    relationship_types = {"user": "user", "created_by": "user"}

    name: str
    prefix: str
    scopes: tuple[str, ...]
    status: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedKeyAttributes(ApiKeyAttributes):
    """The same with the key, which is shown this once."""

    key: str


class NewApiKey(Draft):
    """A new key: for all that you may do now and without an end, unless said otherwise.

    `scopes` are permissions, as `/auth/me` lists yours.
    """

    name: str
    scopes: tuple[str, ...] | None = None
    expires_at: AwareDatetime | None = None


class ApiKeyChanges(Draft):
    """What may be changed."""

    name: str


class ApiKeyQuery(PageQuery):
    """Which page of the keys."""

    sort: str | None = None


def _resource(key: ApiKey) -> Resource[ApiKeyAttributes]:
    attributes = ApiKeyAttributes.model_validate(_attributes(key))
    return Resource(key.id, attributes, _related(key), version=key.version)


def _attributes(key: ApiKey) -> dict[str, object]:
    told = {name: getattr(key, name, None) for name in ApiKeyAttributes.model_fields}
    return {**told, "status": key.status(now())}


def _related(key: ApiKey) -> dict[str, str | None]:
    return {"user": key.person_id, "created_by": key.created_by}


async def _create(call: Call, body: NewApiKey, owner: str | None) -> Resource[IssuedKeyAttributes]:
    call.in_person()
    draft = ApiKeyDraft(name=body.name, scopes=body.scopes, expires_at=body.expires_at)
    key, token = await call.services.api_keys.create(call.principal, draft, owner=owner)
    attributes = IssuedKeyAttributes.model_validate({**_attributes(key), "key": token})
    return Resource(key.id, attributes, _related(key), version=key.version)


async def _page(
    call: Call, query: ApiKeyQuery, owner: str | None
) -> ResourcePage[ApiKeyAttributes]:
    keys, asked = call.services.api_keys, paging(query, query.sort)
    return page_of(await keys.page(call.organization_id, owner, asked), _resource)


@table.route("POST", "/api-keys", permission=Permission.API_KEYS, status=201)
async def create_api_key(call: Call, body: NewApiKey) -> Resource[IssuedKeyAttributes]:
    """Make a key for a program; it is in this answer and never again."""
    return await _create(call, body, None)


@table.route("GET", "/api-keys", permission=Permission.API_KEYS)
async def list_api_keys(call: Call, query: ApiKeyQuery) -> ResourcePage[ApiKeyAttributes]:
    """List the keys of programs, the ended ones too."""
    return await _page(call, query, None)


@table.route(
    "GET", "/api-keys/{key_id}", permission=Permission.API_KEYS, errors=("api_key_not_found",)
)
async def get_api_key(call: Call, key_id: str) -> Resource[ApiKeyAttributes]:
    """Show a program's key, without the key itself."""
    return _resource(await call.services.api_keys.get(call.organization_id, None, key_id))


@table.route(
    "PATCH",
    "/api-keys/{key_id}",
    permission=Permission.API_KEYS,
    errors=("api_key_not_found", "version_mismatch"),
)
async def rename_api_key(
    call: Call, key_id: str, body: ApiKeyChanges
) -> Resource[ApiKeyAttributes]:
    """Give a program's key another name."""
    keys = call.services.api_keys
    key = await keys.get(call.organization_id, None, key_id)
    return _resource(await keys.rename(key, body.name, expected_version(call.request)))


@table.route(
    "POST",
    "/api-keys/{key_id}/revoke",
    permission=Permission.API_KEYS,
    errors=("api_key_not_found",),
)
async def revoke_api_key(call: Call, key_id: str) -> Resource[ApiKeyAttributes]:
    """End a program's key for good, at once; it stays in the list."""
    keys = call.services.api_keys
    return _resource(await keys.revoke(await keys.get(call.organization_id, None, key_id)))


@table.route(
    "DELETE",
    "/api-keys/{key_id}",
    permission=Permission.API_KEYS,
    status=204,
    errors=("api_key_not_found",),
)
async def delete_api_key(call: Call, key_id: str) -> web.Response:
    """End a program's key and take it off the list."""
    keys = call.services.api_keys
    await keys.remove(await keys.get(call.organization_id, None, key_id))
    return web.Response(status=204)


@table.route("POST", "/my/tokens", permission=Permission.SESSION, status=201)
async def create_token(call: Call, body: NewApiKey) -> Resource[IssuedKeyAttributes]:
    """Make a token that acts for you; it is in this answer and never again."""
    return await _create(call, body, call.principal.person.id)


@table.route("GET", "/my/tokens", permission=Permission.SESSION)
async def list_tokens(call: Call, query: ApiKeyQuery) -> ResourcePage[ApiKeyAttributes]:
    """List your tokens, the ended ones too."""
    return await _page(call, query, call.principal.person.id)


@table.route(
    "POST",
    "/my/tokens/{key_id}/revoke",
    permission=Permission.SESSION,
    errors=("api_key_not_found",),
)
async def revoke_token(call: Call, key_id: str) -> Resource[ApiKeyAttributes]:
    """End one of your tokens for good, at once; it stays in the list."""
    keys, person_id = call.services.api_keys, call.principal.person.id
    return _resource(await keys.revoke(await keys.get(call.organization_id, person_id, key_id)))


@table.route(
    "DELETE",
    "/my/tokens/{key_id}",
    permission=Permission.SESSION,
    status=204,
    errors=("api_key_not_found",),
)
async def delete_token(call: Call, key_id: str) -> web.Response:
    """End one of your tokens and take it off the list."""
    keys, person_id = call.services.api_keys, call.principal.person.id
    await keys.remove(await keys.get(call.organization_id, person_id, key_id))
    return web.Response(status=204)
