"""The edge of the REST API: the one table from exceptions to what the client reads."""

from collections.abc import Callable, Container
from dataclasses import replace
from typing import Any

import msgspec
import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler
from pymongo.errors import ConnectionFailure, ExecutionTimeout, WaitQueueTimeoutError

from api import errors as api
from api.request_ids import request_id
from api.rest.bodies import POINTER_PREFIX
from api.rest.codes import status_of
from api.rest.dispatch import ROUTE
from api.rest.negotiation import named
from api.rest.problems import Finding, Problem, ProblemRaised, problem_response
from api.rest.replay import HEADER
from content import errors as content
from content import findings as content_findings
from lrs import errors as lrs

log = structlog.get_logger("lyceum.rest")

Describe = Callable[[Any, web.Request], Problem]

_BUSY = {"Retry-After": "2"}


@web.middleware
async def problems_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with an error document where the handler raises."""
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        answer = _http(error, request)
    except Exception as error:
        problem = problem_of(error, request)
        if problem is None:
            log.exception("request failed", method=request.method, path=request.path)
            problem = _internal()
        answer = problem_response(problem)
    return named(request, answer)


def problem_of(error: Exception, request: web.Request) -> Problem | None:
    """What an exception means to the client; None for one that nobody foresaw."""
    for kind, describe in TABLE:
        if isinstance(error, kind):
            return describe(error, request)
    return None


def _http(error: web.HTTPException, request: web.Request) -> web.StreamResponse:
    if error.status < 400:
        raise error
    if isinstance(error, web.HTTPMethodNotAllowed):
        allow = {"Allow": ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))}
        if request.method == "OPTIONS":
            return web.Response(status=204, headers=allow)
        detail = f"{request.path} takes {allow['Allow']}."
        return _plain(405, "method_not_allowed", "The method is not taken", detail, allow)
    if error.status == 404:
        return _plain(404, "not_found", "Nothing is there", f"There is no {request.path}.")
    if error.status == 413:
        return _plain(413, "too_large", "The body is too large", error.text or error.reason)
    return _plain(error.status, "bad_request", error.reason, error.text or error.reason)


def _plain(
    status: int, code: str, title: str, detail: str, headers: dict[str, str] | None = None
) -> web.Response:
    return problem_response(Problem(status, code, title, [Finding(detail)], {}, headers or {}))


def _malformed(error: HttpProcessingError, _: web.Request) -> Problem:
    """What aiohttp finds in a part of a body, such as a header that is none."""
    finding = Finding(f"The body is malformed: {error.message}")
    return Problem(400, "validation_error", "The body is malformed", [finding])


def _internal() -> Problem:
    quoted = request_id()
    finding = Finding(f"Something went wrong on the server's side. Quote {quoted} to its operator.")
    return Problem(500, "internal_error", "The server failed", [finding], {"id": quoted})


def _rule_broken(error: content.RuleBroken, request: web.Request) -> Problem:
    route = request.get(ROUTE)
    parameters = route.query.model_fields if route and route.query else {}
    prefix = request.get(POINTER_PREFIX, "")
    findings = [_placed(each, parameters, prefix) for each in error.findings]
    only_parameters = all(each.place == "parameter" for each in findings)
    title = "A query parameter is not right" if only_parameters else "The body breaks a rule"
    return Problem(400 if only_parameters else 422, "validation_error", title, findings)


def _placed(found: content_findings.Finding, parameters: Container[str], prefix: str) -> Finding:
    """A finding of content's, where the client wrote it: content's people are the API's users."""
    where = found.where.replace("person_id", "user_id")
    if where in parameters:
        return Finding(found.detail, where, "parameter", found.code)
    return Finding(found.detail, f"{prefix}/{where}", "pointer", found.code)


def _conflict(error: content.Conflict, request: web.Request) -> Problem:
    """What does not go, at its place where the body has one."""
    route = request.get(ROUTE)
    given = route.body.model_fields if route and route.body else {}
    where = f"{request.get(POINTER_PREFIX, '')}/{error.where}" if error.where in given else ""
    title = "This does not go with what is there"
    return Problem(status_of(error.code), error.code, title, [Finding(error.detail, where)])


def _lrs_refusal(error: lrs.Refusal, request: web.Request) -> Problem:
    prefix = request.get(POINTER_PREFIX, "")
    findings = [
        Finding(each.detail, f"{prefix}{each.where}" if each.where else "")
        if each.kind == "pointer"
        else Finding(each.detail, each.where, each.kind)
        for each in error.findings
    ]
    return Problem(error.status, error.code, error.title, findings)


def _package_refused(error: content.PackageRefused, request: web.Request) -> Problem:
    """One error for each finding of the report that is an error; the whole report in meta."""
    errors = [each for each in error.report if each.severity == "error"]
    findings = [Finding(f"{each.message} {each.advice}".strip(), "/file") for each in errors]
    findings = [replace(one, code=each.code) for one, each in zip(findings, errors, strict=True)]
    too_large = isinstance(error, content.PackageTooLarge)
    title = "The package is too large" if too_large else "The package cannot be taken"
    meta = {"report": [msgspec.to_builtins(each) for each in error.report]}
    return Problem(status_of(error.code), error.code, title, findings, document_meta=meta)


def _file_refused(error: content.FileRefused, _: web.Request) -> Problem:
    too_large = isinstance(error, content.FileTooLarge)
    title = "The file is too large" if too_large else "The file cannot be taken"
    return Problem(status_of(error.code), error.code, title, [Finding(str(error), "/file")])


def _told(status: int, code: str, title: str, headers: dict[str, str] | None = None) -> Describe:
    """A problem whose detail is the exception's own message."""
    return lambda error, _: Problem(status, code, title, [Finding(str(error))], {}, headers or {})


def _busy(error: Exception, request: web.Request) -> Problem:
    log.warning("the database did not answer", error=str(error), path=request.path)
    finding = Finding("The database does not answer at the moment; try again.")
    return Problem(503, "unavailable", "The server is not ready", [finding], {}, _BUSY)


def _wait(error: api.TooManyAttempts | api.RateLimited, _: web.Request) -> Problem:
    headers = {"Retry-After": str(error.retry_after)}
    return Problem(429, "rate_limited", "Too many requests", [Finding(str(error))], {}, headers)


def _organization_required(error: api.OrganizationRequired, _: web.Request) -> Problem:
    meta = {"organization_ids": list(error.organization_ids)}
    finding = Finding(str(error), "/organization_id")
    return Problem(409, "organization_required", "Name the organization", [finding], meta)


def _overloaded(error: lrs.Overloaded, _: web.Request) -> Problem:
    headers = {"Retry-After": str(error.retry_after)}
    return Problem(503, "overloaded", "The server is busy", [Finding(str(error))], {}, headers)


def _in_progress(error: api.RequestInProgress, _: web.Request) -> Problem:
    headers = {"Retry-After": str(error.retry_after)}
    title = "The request is being done"
    return Problem(409, error.code, title, [Finding(str(error), HEADER, "header")], {}, headers)


def _key_reused(error: api.IdempotencyKeyReused, _: web.Request) -> Problem:
    title = "The key is taken"
    return Problem(422, error.code, title, [Finding(str(error), HEADER, "header")])


def _of_code(title: str) -> Describe:
    """A problem whose code is the exception's, and whose status is the code's."""
    return lambda error, _: Problem(status_of(error.code), error.code, title, [Finding(str(error))])


TABLE: tuple[tuple[type[Exception], Describe], ...] = (
    (ProblemRaised, lambda error, _: error.problem),
    (HttpProcessingError, _malformed),
    (content.NotFound, _of_code("Nothing is there")),
    (content.Conflict, _conflict),
    (content.LessonLocked, _of_code("The lesson cannot be played")),
    (content.Refused, _of_code("Not as things stand")),
    (content.VersionMismatch, _of_code("It was changed meanwhile")),
    (content.RuleBroken, _rule_broken),
    (content.FileRefused, _file_refused),
    (content.PackageRefused, _package_refused),
    (content.PrintingBusy, _told(503, "printing_busy", "The server is busy", _BUSY)),
    (content.PrintingFailed, _of_code("The document cannot be printed")),
    (content.PrintingUnavailable, _of_code("This server prints nothing")),
    (lrs.PreconditionFailed, _told(412, "version_mismatch", "It was changed meanwhile")),
    (lrs.Refusal, _lrs_refusal),
    (lrs.Overloaded, _overloaded),
    (
        api.InvalidToken,
        _told(401, "auth_required", "The token is not good", {"WWW-Authenticate": "Bearer"}),
    ),
    (api.IssuerUnavailable, _told(503, "unavailable", "The token can't be checked", _BUSY)),
    (api.WrongPassword, _told(401, "auth_required", "Not signed in")),
    (api.OrganizationRequired, _organization_required),
    (api.TooManyAttempts, _wait),
    (api.NotLaunched, _of_code("The lesson cannot be played")),
    (api.RateLimited, _wait),
    (api.IdempotencyKeyReused, _key_reused),
    (api.RequestInProgress, _in_progress),
    (api.NoMailer, _told(503, "mail_unavailable", "No mail can be sent")),
    (ConnectionFailure, _busy),
    (ExecutionTimeout, _busy),
    (WaitQueueTimeoutError, _busy),
)
