"""/xapi/credentials: the keys and secrets of xAPI clients."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, ListQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_within
from api.rest.route import RouteTable
from lrs.credentials import CredentialRecord, IssuedCredential
from lrs.credentials.scopes import ALL

table = RouteTable()

LONGEST_OVERLAP = timedelta(days=90)


class CredentialAttributes(Attributes):
    """An xAPI client: Basic authentication with `key` and its secret, or a Bearer token.

    `status` is active, expired or revoked. `secret` and `token` are there only in the answer
    that makes them; nobody can show them again. `last_used_at` is right to about a minute.
    """

    type_name = "xapi_credential"

    name: str
    key: str
    scopes: tuple[str, ...]
    authority: dict[str, Any]
    status: str
    created_at: datetime
    rotated_at: datetime
    overlap_ends_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedAttributes(CredentialAttributes):
    """The same with what is shown once."""

    secret: str
    token: str


class NewCredential(Draft):
    """A new credential: for everything, without an end, under an account of its own unless said
    otherwise. `authority` is the Agent that its statements are recorded under."""

    name: str
    scopes: tuple[str, ...] = (ALL,)
    authority: dict[str, Any] | None = None
    expires_at: AwareDatetime | None = None


class Rotation(Body):
    """How many seconds the present secret still works beside the new one."""

    overlap_seconds: int = Field(0, ge=0, le=int(LONGEST_OVERLAP.total_seconds()))


def credential_resource(record: CredentialRecord) -> Resource[CredentialAttributes]:
    """The credential as a resource."""
    return Resource(record.id, CredentialAttributes(**_attributes(record)), version=record.version)


def issued_resource(
    record: CredentialRecord, issued: IssuedCredential
) -> Resource[IssuedAttributes]:
    """The credential with its new secret."""
    attributes = IssuedAttributes(**_attributes(record), secret=issued.secret, token=issued.token)
    return Resource(record.id, attributes, version=record.version)


def _attributes(record: CredentialRecord) -> dict[str, Any]:
    told = {name: getattr(record, name, None) for name in CredentialAttributes.model_fields}
    return {**told, "status": record.status(datetime.now(UTC))}


@table.route("GET", "/xapi/credentials", permission=Permission.XAPI_CREDENTIALS)
async def list_credentials(call: Call, query: ListQuery) -> ResourcePage[CredentialAttributes]:
    """List the credentials of xAPI clients, the ended ones too."""
    found = await call.services.credentials.all(call.organization_id)
    return page_within(query, found, credential_resource)


@table.route("POST", "/xapi/credentials", permission=Permission.XAPI_CREDENTIALS, status=201)
async def create_credential(call: Call, body: NewCredential) -> Resource[IssuedAttributes]:
    """Make a credential; its secret is in this answer and never again."""
    credentials = call.services.credentials
    issued = await credentials.create(
        call.organization_id,
        body.name,
        scopes=body.scopes,
        authority=body.authority,
        expires_at=body.expires_at,
    )
    return issued_resource(await credentials.get(call.organization_id, issued.id), issued)


@table.route(
    "GET",
    "/xapi/credentials/{credential_id}",
    permission=Permission.XAPI_CREDENTIALS,
    errors=("not_found",),
)
async def get_credential(call: Call, credential_id: str) -> Resource[CredentialAttributes]:
    """Show a credential, without its secret."""
    found = await call.services.credentials.get(call.organization_id, credential_id)
    return credential_resource(found)


@table.route(
    "POST",
    "/xapi/credentials/{credential_id}/rotate",
    permission=Permission.XAPI_CREDENTIALS,
    errors=("not_found",),
)
async def rotate_credential(
    call: Call, credential_id: str, body: Rotation
) -> Resource[IssuedAttributes]:
    """Give a credential a new secret, which is in this answer and never again."""
    credentials = call.services.credentials
    overlap = timedelta(seconds=body.overlap_seconds)
    issued = await credentials.rotate(call.organization_id, credential_id, overlap=overlap)
    return issued_resource(await credentials.get(call.organization_id, credential_id), issued)


@table.route(
    "POST",
    "/xapi/credentials/{credential_id}/revoke",
    permission=Permission.XAPI_CREDENTIALS,
    errors=("not_found",),
)
async def revoke_credential(call: Call, credential_id: str) -> Resource[CredentialAttributes]:
    """End a credential for good: at once on this server, within seconds on others."""
    revoked = await call.services.credentials.revoke(call.organization_id, credential_id)
    return credential_resource(revoked)
