"""One exchange with an xAPI client: version, credential and scope first, errors as JSON last.

There is no middleware here: each is a call more on the way of every statement.
"""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from aiohttp import web

from lrs.credentials import Credential, Credentials
from lrs.errors import BadRequest, Finding, Forbidden, Overloaded, Refusal, TooLarge
from lrs.http.limits import HTTPLimits
from lrs.http.problems import overloaded, problem, refused
from lrs.log import StatementLog
from lrs.timestamps import format_timestamp
from lrs.versions import LATEST, VERSION_HEADER, Version, negotiate

CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"

_logger = structlog.get_logger(__name__)


class Service(msgspec.Struct, frozen=True):
    """What the resources are made of."""

    log: StatementLog
    credentials: Credentials
    prefix: str
    limits: HTTPLimits


class Exchange(msgspec.Struct, frozen=True):
    """A request whose version and credential are known."""

    service: Service
    request: web.Request
    version: Version
    credential: Credential

    @property
    def organization_id(self) -> str:
        """The organization that the credential belongs to."""
        return self.credential.organization_id

    def require(self, scope: str) -> None:
        """Go on only with a credential that has this scope.

        Raises:
            Forbidden: it has not.
        """
        if scope not in self.credential.scopes:
            raise Forbidden(f'The credential "{self.credential.name}" has no scope {scope}.')

    async def body(self) -> bytes:
        """Return the request's body.

        Raises:
            TooLarge: it is past the limit.
        """
        limit = self.service.limits.body
        if (self.request.content_length or 0) > limit:
            raise TooLarge(f"The body has more than {limit} bytes.")
        chunks, size = [], 0
        while chunk := await self.request.content.readany():
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The body has more than {limit} bytes.")
            chunks.append(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


Operation = Callable[[Exchange], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def handler(service: Service, operation: Operation, *, consistent: bool = False) -> Handler:
    """Return the aiohttp handler of an operation; `consistent` adds Consistent-Through."""

    async def handle(request: web.Request) -> web.StreamResponse:
        through = service.log.consistent_through if consistent else None
        spoken = LATEST
        try:
            version = negotiate(request.headers.get(VERSION_HEADER))
            spoken = version.number
            credential = await service.credentials.authenticate(
                request.headers.get("Authorization")
            )
            response = await operation(Exchange(service, request, version, credential))
        except Exception as error:
            response = await _failed(error)
        response.headers[VERSION_HEADER] = spoken
        if through is not None:
            response.headers[CONSISTENT_THROUGH] = format_timestamp(through)
        return response

    return handle


def not_allowed(allowed: str) -> Handler:
    """Return the handler of the methods that a resource does not have."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = problem(405, "method_not_allowed", f"{request.method} is not for this resource")
        response.headers[VERSION_HEADER] = LATEST
        response.headers["Allow"] = allowed
        return response

    return handle


async def _failed(error: Exception) -> web.Response:
    if isinstance(error, Refusal):
        return refused(error)
    if isinstance(error, Overloaded):
        return overloaded(error)
    if isinstance(error, web.HTTPException):
        return problem(error.status, "bad_request", error.reason)
    incident = uuid.uuid4().hex
    await _logger.aerror("request_failed", incident=incident, exc_info=error)
    return problem(500, "internal_error", f"Something broke here. Quote the incident {incident}.")


def single_parameters(request: web.Request, allowed: frozenset[str]) -> dict[str, str]:
    """Return the query's parameters.

    Raises:
        BadRequest: one is unknown, wrong in case, or there twice; all of them are told.
    """
    query: Any = request.query
    if not query:
        return {}
    findings = [
        Finding(
            detail=_unknown(name, allowed),
            where=name,
            kind="parameter",
            rule="parameters",
            requirement="XAPI-00324",
        )
        for name in query
        if name not in allowed
    ]
    findings += [
        Finding(detail="is there twice", where=name, kind="parameter", rule="parameters")
        for name in allowed
        if len(query.getall(name, ())) > 1
    ]
    if findings:
        raise BadRequest(findings)
    return dict(query)


def _unknown(name: str, allowed: frozenset[str]) -> str:
    for meant in allowed:
        if meant.lower() == name.lower():
            return f'is not a parameter here; did you mean "{meant}"?'
    return "is not a parameter here"
