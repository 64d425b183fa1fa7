"""Errors as JSON: every finding, where it is, and which requirement it breaks."""

from typing import Any

import orjson
from aiohttp import web

from lrs.errors import Finding, Overloaded, Refusal

_DATABASE_RETRY_SECONDS = "5"


def refused(refusal: Refusal) -> web.Response:
    """Return the answer to a request that cannot be taken."""
    errors = [_error(refusal, finding) for finding in refusal.findings]
    response = _response(refusal.status, errors)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8", Bearer'
    return response


def overloaded(error: Overloaded) -> web.Response:
    """Return the answer when too much waits to be written."""
    response = problem(503, "overloaded", str(error))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def unanswered() -> web.Response:
    """Return the answer when the database gave none in time; what was sent may be written."""
    detail = (
        "The database did not answer in time, so it is not known whether this was written. "
        "Send it again: statements with the same ids are recorded once."
    )
    response = problem(503, "database_unavailable", detail)
    response.headers["Retry-After"] = _DATABASE_RETRY_SECONDS
    return response


def problem(status: int, code: str, detail: str) -> web.Response:
    """Return an error of one finding, without a place."""
    title = web.Response(status=status).reason
    return _response(
        status, [{"status": str(status), "code": code, "title": title, "detail": detail}]
    )


def _error(refusal: Refusal, finding: Finding) -> dict[str, Any]:
    error: dict[str, Any] = {
        "status": str(refusal.status),
        "code": refusal.code,
        "title": refusal.title,
        "detail": _printable(finding.detail),
        "source": {finding.kind: finding.where},
    }
    meta = {"rule": finding.rule, "requirement": finding.requirement}
    told = {name: value for name, value in meta.items() if value}
    return {**error, "meta": told} if told else error


def _printable(text: str) -> str:
    """Bytes of a header that are no UTF-8 are read as lone surrogates, which no JSON can hold."""
    return text.encode(errors="replace").decode()


def _response(status: int, errors: list[dict[str, Any]]) -> web.Response:
    return web.Response(
        status=status, body=orjson.dumps({"errors": errors}), content_type="application/json"
    )
