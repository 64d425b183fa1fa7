"""Statements whose attachments are stored already: an import brings no bytes of its own."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lrs.attachments.declarations import Attachment, attachments_of, missing
from lrs.attachments.store import AttachmentStore, StoredAttachment
from lrs.errors import Finding, InvalidStatements, Overloaded
from lrs.statements.intake import NewStatement
from lrs.statements.signatures import check_signature

MOST_SIGNATURE_BYTES = 2**20

_SWEPT = "was swept away a moment ago, since no statement had it: send its bytes again"


async def attach(
    store: AttachmentStore,
    organization_id: str,
    statement: Mapping[str, Any],
    new: NewStatement,
    version: str,
) -> None:
    """Give an admitted statement those of its attachments whose bytes are stored.

    Raises:
        InvalidStatements: the bytes of one without a fileUrl are not stored, or a signature
            is not the statement's.
    """
    described = list(attachments_of(statement))
    if not described:
        return
    there = await store.find(organization_id, {each.sha2 for each in described})
    findings = [_not_stored(finding, described) for finding in missing(described, there)]
    for each in described:
        if each.is_signature and each.sha2 in there:
            findings += await _check(store, there[each.sha2], each, statement, version)
    if findings:
        raise InvalidStatements(findings)
    try:
        await store.use(organization_id, there)
    except Overloaded as swept:
        raise InvalidStatements([Finding(detail=_SWEPT, rule="attachments")]) from swept
    new.attachments = sorted(there)


def _not_stored(finding: Finding, described: list[Attachment]) -> Finding:
    (attachment,) = (each for each in described if each.pointer == finding.where)
    needed = "is a signature" if attachment.is_signature else "has no fileUrl"
    detail = f"{needed}, and its bytes are not stored here: sha2 {attachment.sha2}"
    return msgspec.structs.replace(finding, detail=detail)


async def _check(
    store: AttachmentStore,
    stored: StoredAttachment,
    attachment: Attachment,
    statement: Mapping[str, Any],
    version: str,
) -> list[Finding]:
    if stored.length > MOST_SIGNATURE_BYTES:
        detail = f"has more than {MOST_SIGNATURE_BYTES} bytes, too many for a signature"
        return [Finding(detail=detail, where=attachment.pointer, rule="signature")]
    token = b"".join([data async for data in store.read(stored)])
    return check_signature(token, attachment, statement, version)
