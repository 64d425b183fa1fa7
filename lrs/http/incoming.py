"""Statements and their attachments in one request (Communication 1.5.2).

The parts are read as they arrive and none is held whole, save the statements and signatures:
these take room of what all bodies may take.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from pymongo.errors import PyMongoError

from lrs.attachments.declarations import (
    Attachment,
    Hash,
    attachments_of,
    check_part,
    missing,
    new_hash,
    part_finding,
)
from lrs.attachments.multipart import MultipartReader, read_boundary
from lrs.attachments.store import StoredAttachment, Upload
from lrs.errors import BadRequest, Finding, LRSError, TooLarge
from lrs.http.bodies import Room, in_time
from lrs.http.exchange import Exchange
from lrs.statements.intake import NewStatement
from lrs.statements.signatures import check_signature

_JSON = "application/json"


class IncomingParts:
    """The parts of a request: the statements first, then their attachments.

    They may take their time, but not be silent for longer than a whole body may take.
    """

    def __init__(self, exchange: Exchange, room: Room) -> None:
        self._exchange, self._limits, self._room = exchange, exchange.service.limits, room
        request = exchange.request
        if (request.content_length or 0) > self._limits.multipart:
            raise TooLarge(f"The body has more than {self._limits.multipart} bytes.")
        boundary = read_boundary(request.headers["Content-Type"])
        self._reader = MultipartReader(self._next, boundary, self._limits.multipart)
        self._content = exchange.content

    async def _next(self) -> bytes:
        """Return the next bytes of the body, which may have been the content of a form."""
        if self._content is not None:
            content, self._content = self._content, b""
            return content
        async with in_time(self._limits.receive_seconds):
            return await self._exchange.request.content.readany()

    async def statements(self) -> bytes:
        """Return the first part, which holds the statements as JSON.

        Raises:
            BadRequest: there is none, or it is something else.
            TooLarge: it is past the limit of a body.
            TooSlow: it did not arrive in time.
            Overloaded: too much is being received already.
        """
        async with in_time(self._limits.receive_seconds):
            return await self._statements()

    async def _statements(self) -> bytes:
        headers = await self._reader.next_part()
        if headers is None:
            raise BadRequest([_not_json("is missing: the body has no part")])
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != _JSON:
            stated = f', not "{content_type[:60]}"' if content_type else ""
            raise BadRequest([_not_json(f"must be {_JSON}{stated}")])
        body = bytearray()
        while data := await self._reader.read():
            if len(body) + len(data) > self._limits.body:
                raise TooLarge(f"The statements have more than {self._limits.body} bytes.")
            self._room.take(len(data))
            body += data
        return bytes(body)

    @asynccontextmanager
    async def attached(
        self,
        statements: Sequence[Any],
        admitted: Sequence[NewStatement],
        pointers: Sequence[str] | None,
    ) -> AsyncIterator[None]:
        """Read and store the other parts, and tell the admitted statements which they have.

        The statements are written within; where they are refused, the parts are taken back.

        Raises:
            BadRequest: parts and attachments do not fit each other; every finding is told.
            TooLarge: an attachment, or their number, is past its limit.
            TooSlow: nothing came for too long.
            Overloaded: too much is being received already.
        """
        declared = [
            list(attachments_of(statement, f"/{index}" if pointers is None else pointers[index]))
            for index, statement in enumerate(statements)
        ]
        every = [each for group in declared for each in group]
        receipt = _Receipt(self._exchange, every, self._room)
        try:
            await receipt.receive(self._reader)
            for statement, group in zip(statements, declared, strict=True):
                receipt.check_signatures(statement, group)
            await receipt.accept()
        except BaseException:
            await receipt.take_back()
            raise
        for new, group in zip(admitted, declared, strict=True):
            new.attachments = sorted({each.sha2 for each in group} & receipt.received)
        try:
            yield
        except LRSError:
            await receipt.take_back()
            raise


class _Receipt:
    """What a request's parts have brought so far; `received` are the hashes."""

    def __init__(self, exchange: Exchange, declared: Sequence[Attachment], room: Room) -> None:
        self._exchange, self._limits, self._room = exchange, exchange.service.limits, room
        self._store = exchange.service.log.attachments
        self._declared = declared
        self._hashes = {each.sha2 for each in declared}
        self._signatures = {each.sha2 for each in declared if each.is_signature}
        self._tokens: dict[str, bytearray] = {}
        self._there: dict[str, StoredAttachment] = {}
        self._uploads: dict[str, Upload] = {}
        self._findings: list[Finding] = []
        self.received: set[str] = set()

    async def receive(self, reader: MultipartReader) -> None:
        """Read all parts; go on only when parts and attachments fit each other."""
        self._there = await self._store.find(self._exchange.organization_id, self._hashes)
        number = 1
        while (headers := await reader.next_part()) is not None:
            number += 1
            if number > self._limits.attachments + 1:
                raise TooLarge(f"A request may bring {self._limits.attachments} attachments.")
            await self._receive_part(number, headers, reader)
        await reader.drain()
        self._findings += missing(self._declared, self.received)
        if self._findings:
            raise BadRequest(self._findings)

    async def _receive_part(
        self, number: int, headers: dict[str, str], reader: MultipartReader
    ) -> None:
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
        upload = self._begin(sha2)
        size = 0
        while data := await reader.read():
            size += len(data)
            self._check_size(size, token)
            computed.update(data)
            if token is not None:
                self._room.take(len(data))
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

    def _begin(self, sha2: str) -> Upload | None:
        """Return an upload; None where these bytes are there already and are only compared."""
        if sha2 in self._uploads or sha2 in self._there:
            return None
        upload = self._store.upload(self._exchange.organization_id, sha2)
        self._uploads[sha2] = upload
        return upload

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
        await self._store.finish(list(self._uploads.values()))
        there_before = self.received - self._uploads.keys()
        await self._store.use(self._exchange.organization_id, there_before)

    async def take_back(self) -> None:
        """Remove what was uploaded; what cannot be removed now is swept away later."""
        with suppress(PyMongoError):
            for upload in self._uploads.values():
                await self._store.take_back(upload)


def _not_json(detail: str) -> Finding:
    return Finding(
        detail=f"of the first part {detail}",
        where="Content-Type",
        kind="header",
        rule="multipart",
        requirement="XAPI-00134",
    )
