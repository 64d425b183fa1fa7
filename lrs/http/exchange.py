"""One exchange with an xAPI client: version, credential and scope first, errors as JSON last.

There is no middleware here: each is a call more on the way of every statement.
"""

import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping

import msgspec
import structlog
from aiohttp import web
from pymongo.errors import PyMongoError

from lrs.credentials import Credential, Credentials
from lrs.documents import Documents
from lrs.errors import Forbidden, Overloaded, Refusal
from lrs.http.alternate_syntax import is_alternate, unfold
from lrs.http.bodies import Bodies
from lrs.http.cors import Origins, preflight
from lrs.http.limits import HTTPLimits
from lrs.http.parameters import ParameterReader
from lrs.http.problems import overloaded, problem, refused, unanswered
from lrs.http.requirements import Requirements
from lrs.log import StatementLog
from lrs.metadata import Metadata
from lrs.store import is_passing
from lrs.timestamps import format_timestamp
from lrs.versions import LATEST, UNNAMED, VERSION_HEADER, Version, negotiate

CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"

_logger = structlog.get_logger(__name__)


class Service(msgspec.Struct, frozen=True):
    """What the resources are made of."""

    log: StatementLog
    documents: Documents
    metadata: Metadata
    credentials: Credentials
    prefix: str
    limits: HTTPLimits
    bodies: Bodies
    origins: Origins


class Exchange(msgspec.Struct, frozen=True):
    """A request whose version and credential are known.

    `content` is the body where the alternate request syntax has brought it in a form.
    """

    service: Service
    request: web.Request
    version: Version
    credential: Credential
    content: bytes | None = None

    @property
    def organization_id(self) -> str:
        """The organization that the credential belongs to."""
        return self.credential.organization_id

    def require(self, *scopes: str) -> None:
        """Go on only with a credential that has one of these scopes.

        Raises:
            Forbidden: it has none.
        """
        if self.credential.scopes.isdisjoint(scopes):
            missing = " or ".join(scopes)
            raise Forbidden(f'The credential "{self.credential.name}" has no scope {missing}.')

    def parameters(
        self, allowed: Collection[str], requirements: Requirements | None = None
    ) -> ParameterReader:
        """Return a reader of the query, in which only some names may be, each once."""
        return ParameterReader.of_query(
            self.request.query, allowed, self.version.number, requirements
        )

    async def body(self) -> bytes:
        """Return the request's body.

        Raises:
            TooLarge: it is past the limit.
            TooSlow: it did not arrive in time.
            Overloaded: too much is being received already.
        """
        if self.content is not None:
            return self.content
        return await self.service.bodies.read(self.request)


Operation = Callable[[Exchange], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def resource(
    service: Service, path: str, operations: Mapping[str, Operation], *, consistent: bool = False
) -> list[web.RouteDef]:
    """Return a resource's routes; `operations` by method, and HEAD is answered as GET is.

    `consistent` adds Consistent-Through to each answer.
    """
    path = f"{service.prefix}{path}"
    handle = _handler(service, operations, consistent=consistent)
    return [
        web.get(path, handle),
        web.options(path, preflight(service.origins)),
        web.route("*", path, handle),
    ]


def open_resource(service: Service, path: str, get: Handler) -> list[web.RouteDef]:
    """Return the routes of a resource that needs neither a version nor a credential."""
    path = f"{service.prefix}{path}"

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await get(request)
        service.origins.allow(request, response.headers)
        return response

    async def refuse(request: web.Request) -> web.StreamResponse:
        response = _not_allowed(request, {"GET"})
        response.headers[VERSION_HEADER] = LATEST
        service.origins.allow(request, response.headers)
        return response

    return [
        web.get(path, handle),
        web.options(path, preflight(service.origins)),
        web.route("*", path, refuse),
    ]


def _handler(service: Service, operations: Mapping[str, Operation], *, consistent: bool) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        through = service.log.consistent_through if consistent else None
        sent, content = request, None
        spoken = LATEST if VERSION_HEADER in request.headers else UNNAMED
        try:
            if is_alternate(request):
                body = await service.bodies.read(request)
                request, content = unfold(request, body, service.origins)
            operation = operations.get("GET" if request.method == "HEAD" else request.method)
            if operation is None:
                response = _not_allowed(request, operations)
            else:
                version = negotiate(request.headers.get(VERSION_HEADER))
                spoken = version.number
                credential = await service.credentials.authenticate(
                    request.headers.get("Authorization")
                )
                response = await operation(Exchange(service, request, version, credential, content))
        except Exception as error:
            response = await _failed(error)
        if request.method == "HEAD" != sent.method:
            response = _without_body(response)
        response.headers[VERSION_HEADER] = spoken
        if through is not None:
            response.headers[CONSISTENT_THROUGH] = format_timestamp(through)
        service.origins.allow(sent, response.headers)
        return response

    return handle


def _without_body(response: web.Response) -> web.Response:
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return web.Response(status=response.status, headers=headers)


def _not_allowed(request: web.Request, methods: Collection[str]) -> web.Response:
    response = problem(405, "method_not_allowed", f"{request.method} is not for this resource")
    response.headers["Allow"] = ", ".join(sorted({*methods, "HEAD", "OPTIONS"}))
    return response


async def _failed(error: Exception) -> web.Response:
    if isinstance(error, Refusal):
        return refused(error)
    if isinstance(error, Overloaded):
        return overloaded(error)
    if isinstance(error, PyMongoError) and is_passing(error):
        await _logger.awarning("database_did_not_answer", reason=str(error))
        return unanswered()
    if isinstance(error, web.HTTPException):
        return problem(error.status, "bad_request", error.reason)
    if isinstance(error, ConnectionResetError | web.RequestPayloadError):
        return problem(400, "bad_request", "The body ended before it was whole.")
    incident = uuid.uuid4().hex
    await _logger.aerror("request_failed", incident=incident, exc_info=error)
    return problem(500, "internal_error", f"Something broke here. Quote the incident {incident}.")
