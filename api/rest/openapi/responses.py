"""What an operation may answer: its document, and every error by its code."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from api.rest import codes
from api.rest.documents import Attributes
from api.rest.openapi import schemas as envelopes
from api.rest.openapi.examples import Examples
from api.rest.openapi.parameters import is_document, takes_key
from api.rest.openapi.schemas import PREFIX, Schema, Schemas
from api.rest.problems import MEDIA_TYPE
from api.rest.route import Route

Response = dict[str, Any]

EVERYWHERE = ("rate_limited", "internal_error", "unavailable", "overloaded")
JSON = "application/json"

HEADERS: Mapping[str, dict[str, Any]] = {
    "ETag": {
        "description": "The version of the resource, for `If-Match` and `If-None-Match`.",
        "schema": {"type": "string"},
        "example": '"3-5d41402abc4b2a76"',
    },
    "Idempotency-Replayed": {
        "description": "There when the answer is that of the first time with the same key.",
        "schema": {"const": "true"},
        "example": "true",
    },
    "Location": {
        "description": "Where what was made or begun can be fetched.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/v1/courses/course_019aa5c3f1d27b0e4c5a9d8e7f60a1b2",
    },
    "Retry-After": {
        "description": "After how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "schema": {"type": "string"},
        "example": "Bearer",
    },
    "X-RateLimit-Limit": {
        "description": "How many requests of this class there may be in the present window.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 100,
    },
    "X-RateLimit-Remaining": {
        "description": "How many of them are left.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 99,
    },
    "X-RateLimit-Reset": {
        "description": "When the window ends, in seconds since 1970.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 1795253400,
    },
}
RATE_LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def example_components(routes: list[Route]) -> dict[str, Any]:
    """One example of each error, by its code and status."""
    known = {each for route in routes for each in codes_of(route)} | set(EVERYWHERE)
    return {
        _example_name(code, status): {"summary": code, "value": _error_example(code, status)}
        for code in sorted(known)
        for status in codes.statuses_of(code)
    }


def responses_of(
    route: Route, schemas: Schemas, examples: Examples, headers: Sequence[str]
) -> dict[str, Any]:
    """Every answer of a route by its status; `headers` come with the one that says it is done."""
    cached = route.method == "GET" and is_document(route)
    replayed = ("Idempotency-Replayed",) if takes_key(route) else ()
    tag = ("ETag",) if cached else ()
    sent = dict.fromkeys((*headers, *tag, *replayed, *RATE_LIMITS))
    found = {str(route.status): _success(route, schemas, examples, tuple(sent))}
    if route.later is not None:
        begun = replace(route, status=202, answers=route.later)
        found["202"] = _success(begun, schemas, examples, (*sent, "Location"))
    if cached:
        found["304"] = {"description": "What is known is still right.", "headers": _headers("ETag")}
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for code, status in _errors(route):
        by_status[status].append(code)
    for status, its_codes in sorted(by_status.items()):
        found[str(status)] = _error_response(status, its_codes, _error_headers(status))
    return found


def codes_of(route: Route) -> Iterator[str]:
    """The codes of a route: its own and those that follow from what it is."""
    yield from route.errors
    yield from EVERYWHERE
    yield "not_acceptable"
    yield "validation_error"
    if route.permission is not None:
        yield from ("auth_required", "forbidden")
    if takes_key(route):
        yield from ("idempotency_in_progress", "idempotency_key_reused")
        if route.upload:
            yield "idempotency_digest_required"
    if route.parameters:
        yield "not_found"
    if route.body is not None or route.upload:
        yield from ("too_large", "unsupported_media_type")


def _errors(route: Route) -> Iterator[tuple[str, int]]:
    for code in dict.fromkeys(codes_of(route)):
        if code == "validation_error":
            yield code, 400
            if route.body is not None or route.upload or code in route.errors:
                yield code, 422
            continue
        for status in codes.statuses_of(code):
            yield code, status


def _success(
    route: Route, schemas: Schemas, examples: Examples, headers: tuple[str, ...]
) -> Response:
    answered = {
        "description": HTTPStatus(route.status).phrase,
        "headers": _headers(*headers),
    }
    if route.status == HTTPStatus.NO_CONTENT:
        return answered
    others = {media: {"schema": _of_media(media)} for media in route.other_media}
    return {**answered, "content": {route.media: _content(route, schemas, examples), **others}}


def _content(route: Route, schemas: Schemas, examples: Examples) -> dict[str, Any]:
    if route.answers is None:
        return {"schema": _of_media(route.media)}
    schema = _document(route, route.answers, schemas)
    return {"schema": schema, "example": examples.of(schema)}


def _of_media(media: str) -> Schema:
    """What is said of an answer that no model describes."""
    if media in (JSON, MEDIA_TYPE):
        return {}
    return {"type": "string"}


def _document(route: Route, model: type[BaseModel], schemas: Schemas) -> Schema:
    if not issubclass(model, Attributes):
        return schemas.ref(model, "serialization")
    resource = schemas.resource(model)
    if not route.many:
        return envelopes.one(resource)
    return envelopes.many(resource, endless=route.endless)


def _error_response(status: int, its_codes: list[str], headers: tuple[str, ...]) -> Response:
    told = [f"`{code}`: {codes.when(code)}" for code in its_codes]
    examples = {
        code: {"$ref": f"#/components/examples/{_example_name(code, status)}"} for code in its_codes
    }
    response: Response = {
        "description": "\n\n".join(told),
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{PREFIX}Errors"}, "examples": examples}},
    }
    return {**response, "headers": _headers(*headers)} if headers else response


def _error_headers(status: int) -> tuple[str, ...]:
    if status == HTTPStatus.UNAUTHORIZED:
        return ("WWW-Authenticate",)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ("Retry-After", *RATE_LIMITS)
    busy = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CONFLICT)
    return ("Retry-After",) if status in busy else ()


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _example_name(code: str, status: int) -> str:
    return code if len(codes.statuses_of(code)) == 1 else f"{code}_{status}"


def _error_example(code: str, status: int) -> dict[str, Any]:
    error = {
        "status": str(status),
        "code": code,
        "title": HTTPStatus(status).phrase,
        "detail": codes.when(code),
    }
    return {"errors": [error]}
