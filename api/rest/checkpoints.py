"""/audit: the signed chain over the statements and the audit log, receipts of it, and audits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from api import audits
from api.permissions import Permission
from api.rest.bodies import Body, CursorQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, CursorPage, Resource
from api.rest.jobs import JobAttributes, accept
from api.rest.route import RouteTable
from content.errors import Conflict, NotFound
from lrs.ledger import receipts
from lrs.ledger.links import Amendment, Batch, Content, Key, SignedLink
from lrs.timestamps import as_datetime

table = RouteTable()

HASH = "3c1f" * 16
LONGEST_NUMBER = 16
Kind = Literal["checkpoint", "amendment", "key"]
KIND: Mapping[type[Content], Kind] = {Batch: "checkpoint", Amendment: "amendment", Key: "key"}


class CheckpointAttributes(Attributes):
    """A link of the chain; its id is its number. `previous` is the `hash` of the one before.

    A checkpoint covers the `count` entries of a `log` that were recorded after `after`, up to
    `through`; their Merkle root is `root`, and so far `total` are covered. An amendment tells of
    `count` entries that were erased or changed for a `reason`. A key is that which signs all links
    after it. `signed_by` is the id of the key that signed this one.
    """

    type_name = "checkpoint"

    number: int
    kind: Kind
    made_at: datetime
    hash: str
    previous: str
    signed_by: str
    log: str | None = None
    after: datetime | None = None
    through: datetime | None = None
    count: int | None = None
    total: int | None = None
    root: str | None = None
    reason: str | None = None


class CheckpointQuery(CursorQuery):
    """Which links."""

    kind: Kind | None = None


class ReceiptShown(Body):
    """What an auditor keeps: the last link of the chain with its signature. `link` and
    `signature` are base64, `hash` and `public_key` hexadecimal."""

    format: Literal["lyceum-receipt-1"]
    organization: str = Field(max_length=100)
    number: int = Field(ge=1, le=2**53)
    at: datetime
    hash: str = Field(max_length=64, examples=[HASH])
    link: str = Field(max_length=100_000)
    signature: str = Field(max_length=100)
    public_key: str = Field(max_length=64, examples=[HASH])


class VerificationDraft(Body):
    """What is to be verified: `quick` is the chain alone, without comparing what readers are
    shown. With a receipt that was kept it is told as well whether the chain was taken back."""

    quick: bool = False
    receipt: ReceiptShown | None = None


class PublicKeyShown(BaseModel):
    """An Ed25519 key, hexadecimal; `retired_at` null while it signs."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    public: str
    made_at: datetime
    retired_at: datetime | None


class PublicKeys(BaseModel):
    """The keys that have signed an organization's chain, the first one first."""

    organization_id: str
    keys: list[PublicKeyShown]


class OrganizationQuery(Query):
    """Whose keys, where the server has several organizations."""

    organization_id: str | None = Field(None, max_length=100)


@table.route("GET", "/audit/checkpoints", permission=Permission.AUDIT_READ)
async def list_checkpoints(call: Call, query: CheckpointQuery) -> CursorPage[CheckpointAttributes]:
    """List the links of the signed chain, the latest first."""
    after = query.after or ""
    before = int(after) if after.isdecimal() and len(after) < LONGEST_NUMBER else None
    found = await call.services.ledger.store.latest(
        call.organization_id, before, query.per_page + 1, _kept(query.kind)
    )
    items = [resource(each) for each in found[: query.per_page]]
    more = len(found) > query.per_page
    return CursorPage(items, items[-1].id if more else None, query.per_page)


@table.route(
    "GET",
    "/audit/checkpoints/{number}",
    permission=Permission.AUDIT_READ,
    errors=("checkpoint_not_found",),
)
async def get_checkpoint(call: Call, number: str) -> Resource[CheckpointAttributes]:
    """Show one link of the signed chain."""
    known = number.isdecimal() and len(number) < LONGEST_NUMBER
    store = call.services.ledger.store
    found = await store.link(call.organization_id, int(number)) if known else None
    if found is None:
        raise NotFound("checkpoint", number)
    return resource(found)


@table.route(
    "GET", "/audit/receipt", permission=Permission.AUDIT_READ, errors=("nothing_recorded",)
)
async def get_receipt(call: Call) -> ReceiptShown:
    """Give a receipt of the chain as it is now, to be kept elsewhere."""
    found = await receipts.latest(call.services.ledger, call.organization_id)
    if found is None:
        raise Conflict("nothing_recorded", "No checkpoint has been made yet.")
    return ReceiptShown.model_validate(msgspec.structs.asdict(found))


@table.route("POST", "/audit/verifications", permission=Permission.AUDIT_READ, status=202)
async def verify(call: Call, body: VerificationDraft) -> Resource[JobAttributes]:
    """Check that nothing was altered since it was recorded, as a job.

    What is wrong are the job's errors.
    """
    given: dict[str, object] = {"quick": body.quick}
    if body.receipt is not None:
        receipt = receipts.Receipt(**body.receipt.model_dump())
        audits.check(receipt, call.organization_id)
        given["receipt"] = msgspec.to_builtins(receipt)
    return await accept(call, audits.WORK, given)


@table.route("GET", "/audit/keys", permission=None, limit="public")
async def list_keys(call: Call, query: OrganizationQuery) -> PublicKeys:
    """List the public keys that sign the chain, for whoever checks a receipt or a package."""
    ours = query.organization_id or call.services.sessions.organization_id
    keys = await call.services.ledger.keys.every(ours)
    shown = [PublicKeyShown.model_validate(each) for each in keys]
    return PublicKeys(organization_id=ours, keys=shown)


def _kept(kind: Kind | None) -> str | None:
    """A kind as the chain calls it."""
    return "batch" if kind == "checkpoint" else kind


def resource(signed: SignedLink) -> Resource[CheckpointAttributes]:
    """A link as a resource."""
    link, content = signed.link, signed.link.content
    shown = CheckpointAttributes(
        number=link.number,
        kind=KIND[type(content)],
        made_at=link.at,
        hash=signed.hash,
        previous=link.previous,
        signed_by=link.key,
    )
    return Resource(str(link.number), shown.model_copy(update=_said(content)))


def _said(content: Content) -> dict[str, Any]:
    match content:
        case Batch():
            after, through = (as_datetime(each) for each in (content.after, content.through))
            said = msgspec.structs.asdict(content)
            return {**said, "after": after, "through": through}
        case Amendment():
            count = len(content.entries)
            return {"log": content.log, "reason": content.reason, "count": count}
        case Key():
            return {}
