"""Requests to one other record store: POST statements (Communication 2.1.2)."""

from collections.abc import Sequence

import aiohttp

from lrs.attachments.attached import with_attachments
from lrs.attachments.multipart import MultipartWriter
from lrs.attachments.store import AttachmentStore
from lrs.forwarding.target import Answer, Target
from lrs.statements.document import to_statement
from lrs.store import Document

TIMEOUT_SECONDS = 30.0
SLOWEST_BYTES_A_SECOND = 2**17
REASON_LENGTH = 500


class Delivery:
    """Delivers statements to a target, with the attachments that came with them."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        attachments: AttachmentStore,
        target: Target,
        secret: str,
    ) -> None:
        self._client, self._attachments, self._target = client, attachments, target
        self._authorization = aiohttp.encode_basic_auth(target.key, secret)

    async def lengths(self, documents: Sequence[Document]) -> dict[str, int]:
        """Return how many bytes the attachments have that go along, by hash."""
        hashes = {sha2 for each in documents for sha2 in each.get("attachments", ())}
        found = await self._attachments.find(self._target.organization_id, hashes)
        return {sha2: each.length for sha2, each in found.items()}

    async def send(self, documents: Sequence[Document]) -> Answer:
        """POST statements; whatever goes wrong on the way is an answer without a status.

        A redirection is not followed: the secret is for the endpoint alone. What is long may
        take longer.
        """
        body = await self._body(documents)
        media_type, length = _description(body)
        seconds = TIMEOUT_SECONDS + length / SLOWEST_BYTES_A_SECOND
        headers = {
            "Authorization": self._authorization,
            "Content-Type": media_type,
            "Content-Length": str(length),
            "X-Experience-API-Version": self._target.xapi_version,
        }
        try:
            async with self._client.post(
                f"{self._target.endpoint}/statements",
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                return await _answer(response)
        except TimeoutError:
            return Answer(status=None, reason=f"no answer within {seconds:.0f} s")
        except (aiohttp.ClientError, OSError) as error:
            return Answer(status=None, reason=str(error) or type(error).__name__)

    async def _body(self, documents: Sequence[Document]) -> bytes | MultipartWriter:
        body = b"[%b]" % b",".join(bytes(each["raw"]) for each in documents)
        bringing = [to_statement(each) for each in documents if each.get("attachments")]
        if not bringing:
            return body
        organization_id = self._target.organization_id
        return await with_attachments(self._attachments, organization_id, body, bringing)


def _description(body: bytes | MultipartWriter) -> tuple[str, int]:
    if isinstance(body, bytes):
        return "application/json", len(body)
    return body.content_type, body.length


async def _answer(response: aiohttp.ClientResponse) -> Answer:
    said = await response.content.read(4 * REASON_LENGTH)
    return Answer(
        status=response.status,
        reason=said.decode(errors="replace")[:REASON_LENGTH] or str(response.reason),
        retry_after=_seconds(response.headers.get("Retry-After")),
    )


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdecimal() else None
