"""Statements and their attachments in one message, in and out (Communication 1.5.2)."""

import uuid
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import orjson
from aiohttp import web

from lrs.attachment_store import AttachmentStore, StoredAttachment, Upload
from lrs.attachments import (
    Attachment,
    Hash,
    attachments_of,
    check_part,
    missing,
    new_hash,
    part_finding,
)
from lrs.errors import BadRequest, Finding, TooLarge
from lrs.http.exchange import Exchange
from lrs.intake import NewStatement
from lrs.multipart import MultipartReader, MultipartWriter, OutgoingPart, read_boundary
from lrs.signatures import check_signature
from lrs.statement import StoredStatement

MULTIPART = "multipart/mixed"

_JSON = "application/json"


class IncomingParts:
    """The parts of a request: the statements first, then their attachments."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange, self._limits = exchange, exchange.service.limits
        request = exchange.request
        if (request.content_length or 0) > self._limits.multipart:
            raise TooLarge(f"The body has more than {self._limits.multipart} bytes.")
        boundary = read_boundary(request.headers["Content-Type"])
        self._reader = MultipartReader(request.content.readany, boundary, self._limits.multipart)

    async def statements(self) -> bytes:
        """Return the first part, which holds the statements as JSON.

        Raises:
            BadRequest: there is none, or it is something else.
            TooLarge: it is past the limit of a body.
        """
        headers = await self._reader.next_part()
        if headers is None:
            raise BadRequest([_not_json("is missing: the body has no part")])
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != _JSON:
            stated = f', not "{content_type[:60]}"' if content_type else ""
            raise BadRequest([_not_json(f"must be {_JSON}{stated}")])
        body = bytearray()
        while data := await self._reader.read():
            body += data
            if len(body) > self._limits.body:
                raise TooLarge(f"The statements have more than {self._limits.body} bytes.")
        return bytes(body)

    async def attach(
        self,
        statements: Sequence[Any],
        admitted: Sequence[NewStatement],
        pointers: Sequence[str] | None,
    ) -> None:
        """Read the other parts, store them, and tell the admitted statements which they have.

        Raises:
            BadRequest: parts and attachments do not fit each other; every finding is told.
            TooLarge: an attachment, or their number, is past its limit.
        """
        declared = [
            list(attachments_of(statement, f"/{index}" if pointers is None else pointers[index]))
            for index, statement in enumerate(statements)
        ]
        receipt = _Receipt(self._exchange, [each for group in declared for each in group])
        try:
            while (headers := await self._reader.next_part()) is not None:
                await receipt.receive(headers, self._reader)
            await self._reader.drain()
            receipt.check_complete()
            for statement, group in zip(statements, declared, strict=True):
                receipt.check_signatures(statement, group)
            await receipt.accept()
        except BaseException:
            await receipt.refuse()
            raise
        for new, group in zip(admitted, declared, strict=True):
            new.attachments = sorted({each.sha2 for each in group} & receipt.received)


class _Receipt:
    """What a request's parts have brought so far."""

    def __init__(self, exchange: Exchange, declared: Sequence[Attachment]) -> None:
        self._exchange, self._limits = exchange, exchange.service.limits
        self._store: AttachmentStore = exchange.service.log.attachments
        self._declared = declared
        self._hashes = {each.sha2 for each in declared}
        self._signatures = {each.sha2 for each in declared if each.is_signature}
        self._tokens: dict[str, bytearray] = {}
        self._uploads: dict[str, Upload] = {}
        self._findings: list[Finding] = []
        self._parts = 0
        self.received: set[str] = set()

    async def receive(self, headers: dict[str, str], reader: MultipartReader) -> None:
        """Take the next part; its bytes are stored as they arrive."""
        self._parts += 1
        if self._parts > self._limits.attachments:
            raise TooLarge(f"A request may bring {self._limits.attachments} attachments.")
        number = self._parts + 1
        sha2, findings = check_part(number, headers, self._hashes)
        computed = None if findings else new_hash(sha2)
        if computed is None:
            self._findings += findings
            return
        await self._read(sha2, computed, reader)
        if computed.hexdigest() == sha2:
            self.received.add(sha2)
            return
        detail = f"is not the hash of its bytes, which is {computed.hexdigest()}"
        finding = part_finding(number, "X-Experience-API-Hash", detail, "XAPI-00132")
        self._findings.append(finding)

    async def _read(self, sha2: str, computed: Hash, reader: MultipartReader) -> None:
        token = bytearray() if sha2 in self._signatures else None
        upload = await self._begin(sha2)
        size = 0
        while data := await reader.read():
            size += len(data)
            self._check_size(size, token)
            computed.update(data)
            if token is not None:
                token += data
            if upload is not None:
                await upload.write(data)
        if upload is not None:
            await upload.end()
        if token is not None:
            self._tokens.setdefault(sha2, token)

    def _check_size(self, size: int, token: bytearray | None) -> None:
        if size > self._limits.attachment:
            raise TooLarge(f"An attachment has more than {self._limits.attachment} bytes.")
        if token is not None and size + sum(map(len, self._tokens.values())) > self._limits.body:
            raise TooLarge(f"The signatures have more than {self._limits.body} bytes.")

    async def _begin(self, sha2: str) -> Upload | None:
        """Return an upload; None where these bytes are there already and are only compared."""
        organization_id = self._exchange.organization_id
        if sha2 in self._uploads or await self._store.find(organization_id, [sha2]):
            return None
        upload = self._uploads[sha2] = self._store.upload(organization_id, sha2)
        return upload

    def check_complete(self) -> None:
        """Go on only when parts and attachments fit each other."""
        self._findings += missing(self._declared, self.received)
        if self._findings:
            raise BadRequest(self._findings)

    def check_signatures(self, statement: Any, attachments: Sequence[Attachment]) -> None:
        """Go on only when the signatures of a statement are its own."""
        findings = [
            finding
            for each in attachments
            if each.is_signature
            for finding in check_signature(
                bytes(self._tokens[each.sha2]), each, statement, self._exchange.version.number
            )
        ]
        if findings:
            raise BadRequest(findings)

    async def accept(self) -> None:
        """Let the attachments be found: their statements are written next."""
        for upload in self._uploads.values():
            await self._store.finish(upload)
        there_before = self.received - self._uploads.keys()
        await self._store.use(self._exchange.organization_id, there_before)

    async def refuse(self) -> None:
        """Take back what was uploaded and is not yet to be found."""
        for upload in self._uploads.values():
            await self._store.abandon(upload)


def _not_json(detail: str) -> Finding:
    return Finding(
        detail=f"of the first part {detail}",
        where="Content-Type",
        kind="header",
        rule="multipart",
        requirement="XAPI-00134",
    )


async def multipart(
    exchange: Exchange, body: bytes, statements: Sequence[StoredStatement]
) -> web.Response:
    """Return an answer of some JSON and then each attachment of the statements, once."""
    store = exchange.service.log.attachments
    described = _described(statements)
    found = await store.find(exchange.organization_id, described.keys())
    parts = [OutgoingPart.of_bytes({"Content-Type": _JSON}, body)]
    parts += [
        _part(store, described[sha2], sha2, found[sha2]) for sha2 in described if sha2 in found
    ]
    boundary = uuid.uuid4().hex
    writer = MultipartWriter(parts, boundary)
    return web.Response(
        body=writer,
        headers={
            "Content-Type": f"{MULTIPART}; boundary={boundary}",
            "Content-Length": str(writer.length),
        },
    )


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
