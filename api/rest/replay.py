"""`Idempotency-Key`: a POST that is sent again gets the answer of the first time."""

import hashlib
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from api.idempotency import Asked, KeptAnswer
from api.rest.bodies import raw_body
from api.rest.call import Call
from api.rest.problems import Finding, ProblemRaised, refuse
from api.rest.route import MULTIPART, Route

HEADER = "Idempotency-Key"
DIGEST = "Content-Digest"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[!-~]{1,255}")
_SHA_256 = re.compile(r"(?:^|,)\s*sha-(?:256|512)=:([A-Za-z0-9+/=]{44,88}):")
_KEPT_HEADERS = ("Content-Disposition", "Content-Type", "ETag", "Location")

Answering = Callable[[], Awaitable[web.StreamResponse]]


async def once(call: Call, route: Route, answering: Answering) -> web.StreamResponse:
    """Answer a request; one with a key that was answered already as it was answered.

    What is answered with an error was not done: it is not kept, and may be sent again.

    Raises:
        ProblemRaised: 400, the key is malformed or not taken here.
        IdempotencyKeyReused: the key came with another request.
        RequestInProgress: the same request runs at this moment.
    """
    key = call.request.headers.get(HEADER)
    if key is None or route.method != "POST" or route.permission is None:
        return await answering()
    asked = await _asked(call, route, key)
    keys = call.services.idempotency_keys
    kept = await keys.answered(asked)
    if kept is not None:
        return _replayed(kept)
    async with keys.claimed(asked) as claim:
        response = await answering()
        if isinstance(response, web.Response) and response.status < 400:
            claim.answer = _kept(response)
        return response


async def _asked(call: Call, route: Route, key: str) -> Asked:
    if not route.idempotent:
        raise _refused("idempotency_not_supported", "is not taken by this route")
    if not _KEY.fullmatch(key):
        raise _refused("validation_error", "must be 1 to 255 printable characters without spaces")
    request = call.request
    said = hashlib.blake2b(request.raw_path.encode() + b"\n", digest_size=32)
    streamed = route.upload or (route.form is not None and request.content_type == MULTIPART)
    said.update(_digest(request) if streamed else await raw_body(request))
    return Asked(
        organization_id=call.organization_id,
        person_id=call.principal.person.id,
        operation=f"{route.method} {route.path}",
        key=key,
        fingerprint=said.digest(),
    )


def _digest(request: web.Request) -> bytes:
    """What an upload holds, by the client's own digest of it (RFC 9530): it is not read twice."""
    match = _SHA_256.search(request.headers.get(DIGEST, ""))
    if match is None:
        detail = f"goes with an upload only beside a {DIGEST} of sha-256"
        raise _refused("idempotency_digest_required", detail)
    return match[1].encode()


def _refused(code: str, detail: str) -> ProblemRaised:
    return refuse(400, code, "The key is not taken", [Finding(detail, HEADER, "header")])


def _kept(response: web.Response) -> KeptAnswer:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = response.body if isinstance(response.body, bytes | bytearray) else b""
    return KeptAnswer(response.status, headers, bytes(body))


def _replayed(kept: KeptAnswer) -> web.Response:
    headers = {**kept.headers, REPLAYED: "true"}
    return web.Response(status=kept.status, body=kept.body or None, headers=headers)
