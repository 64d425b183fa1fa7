"""Statements and their attachments in one body (Communication 1.5.2)."""

import uuid
from collections.abc import AsyncIterator, Sequence
from functools import partial

import orjson

from lrs.attachments.declarations import attachments_of
from lrs.attachments.multipart import MultipartWriter, OutgoingPart
from lrs.attachments.store import AttachmentStore, StoredAttachment
from lrs.statement import StoredStatement

_JSON = "application/json"


async def with_attachments(
    store: AttachmentStore,
    organization_id: str,
    body: bytes,
    statements: Sequence[StoredStatement],
) -> MultipartWriter:
    """Return some JSON and then, once, each attachment that came with the statements."""
    described = _described(statements)
    found = await store.find(organization_id, described.keys())
    parts = [OutgoingPart.of_bytes({"Content-Type": _JSON}, body)]
    parts += [
        _part(store, described[sha2], sha2, found[sha2]) for sha2 in described if sha2 in found
    ]
    return MultipartWriter(parts, uuid.uuid4().hex)


def _part(
    store: AttachmentStore, content_type: str, sha2: str, attachment: StoredAttachment
) -> OutgoingPart:
    headers = {
        "Content-Type": content_type,
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha2,
    }
    data: partial[AsyncIterator[bytes]] = partial(store.read, attachment)
    return OutgoingPart(headers, attachment.length, data)


def _described(statements: Sequence[StoredStatement]) -> dict[str, str]:
    """Return the content type of each attachment that came with the statements, by hash."""
    return {
        each.sha2: each.content_type
        for statement in statements
        if statement.attachments
        for each in attachments_of(orjson.loads(statement.raw))
        if each.sha2 in statement.attachments
    }
