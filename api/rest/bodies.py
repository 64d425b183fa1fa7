"""Request bodies and query parameters: checked, with every finding at its place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.rest.negotiation import check_json
from api.rest.problems import Finding, Place, ProblemRaised, refuse
from api.rest.shape import is_of_shape
from api.services import SERVICES

LARGEST_PAGE = 100
MOST_PAGES = 1_000_000


class Body(BaseModel):
    """A JSON body. A `Draft` takes the JSON:API envelope as well as plain attributes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True
    )


class Draft(Body):
    """The attributes of a resource to be made or changed."""


class Query(BaseModel):
    """The query parameters of a route."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PageQuery(Query):
    """Which page of a list: `page` from 1, `per_page` at most 100. Or `offset` and `limit`: how
    many items to leave out, and how many to give; they take the place of the others. With a
    `page` alone, `limit` is its size.
    """

    page: int = Field(1, ge=1, le=MOST_PAGES)
    per_page: int = Field(20, ge=1, le=LARGEST_PAGE)
    limit: int | None = Field(default=None, ge=1, le=LARGEST_PAGE)
    offset: int | None = Field(default=None, ge=0, le=MOST_PAGES)

    @property
    def start(self) -> int:
        """How many items come before the page."""
        return (self.page - 1) * self.per_page if self.offset is None else self.offset

    @model_validator(mode="before")
    @classmethod
    def _paged(cls, given: Any) -> Any:
        """Limit and offset as the page that they begin in; what is wrong is found by its field."""
        if not isinstance(given, dict) or not {"limit", "offset"} & given.keys():
            return given
        size, start = _count(given.get("limit", 20)), _count(given.get("offset", 0))
        if size is None or start is None or not 1 <= size <= LARGEST_PAGE:
            return given
        if "page" in given and "offset" not in given:
            return {**given, "per_page": size}
        return {**given, "per_page": size, "page": start // size + 1}


class ListQuery(PageQuery):
    """A page of a list that can be sorted by its attributes, `-` before one for descending."""

    sort: str | None = None


class CursorQuery(Query):
    """Which part of a list that grows without bound: what comes after `page[after]`, which is
    told by `links.next` of the part before it.
    """

    after: str | None = Field(None, alias="page[after]", max_length=500)
    per_page: int = Field(20, ge=1, le=LARGEST_PAGE)


def _count(written: Any) -> int | None:
    return int(written) if re.fullmatch(r"[0-9]{1,7}", str(written)) else None


M = TypeVar("M", bound=BaseModel)

RAW = web.RequestKey("raw_body", bytes)
POINTER_PREFIX = web.RequestKey("pointer_prefix", str)


async def read_body(request: web.Request, model: type[M]) -> M:
    """Read and check a JSON body.

    Raises:
        ProblemRaised: 415 another media type, 413 too large, 400 not JSON, 422 rules broken.
    """
    check_json(request)
    content = _parse(await raw_body(request))
    prefix = ""
    if issubclass(model, Draft) and isinstance(content, dict) and "data" in content:
        content, prefix = _attributes(content), "/data/attributes"
    request[POINTER_PREFIX] = prefix
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise invalid(error, content, prefix) from None


def read_query(request: web.Request, model: type[M]) -> M:
    """Check the query parameters.

    Raises:
        ProblemRaised: 400, a parameter is unknown, given twice or malformed.
    """
    given = request.query
    doubled = sorted({name for name in given if len(given.getall(name)) > 1})
    findings = [Finding("must be given once", name, "parameter") for name in doubled]
    declared = model.model_fields
    own = {
        name: value for name, value in given.items() if name in declared or not is_of_shape(name)
    }
    try:
        checked = model.model_validate(own)
    except ValidationError as error:
        findings += [_finding(each, "", "parameter") for each in error.errors()]
    if findings:
        raise refuse(400, "validation_error", "A query parameter is not right", findings)
    return checked


async def raw_body(request: web.Request) -> bytes:
    """The body as it came, read once. Raises ProblemRaised: 413, it is too large."""
    if RAW not in request:
        request[RAW] = await _read(request)
    return request[RAW]


async def _read(request: web.Request) -> bytes:
    limit = request.app[SERVICES].settings.max_body
    chunks = bytearray()
    async for chunk in request.content.iter_any():
        chunks += chunk
        if len(chunks) > limit:
            finding = Finding(f"The body is larger than {limit} bytes.")
            raise refuse(413, "too_large", "The body is too large", [finding])
    return bytes(chunks)


def _parse(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        finding = Finding(f"The body is not JSON: {error}")
        raise refuse(400, "validation_error", "The body is malformed", [finding]) from None


def _attributes(content: Mapping[str, Any]) -> Any:
    data = content["data"]
    if isinstance(data, dict):
        return data.get("attributes", {})
    finding = Finding("must be a resource object with type and attributes", "/data")
    raise refuse(422, "validation_error", "The body breaks a rule", [finding])


def invalid(error: ValidationError, content: Any, prefix: str) -> ProblemRaised:
    """The exception to raise for what pydantic found in a body of this content."""
    errors = [{**each, "loc": _path(content, each)} for each in error.errors()]
    findings = dict.fromkeys(_finding(each, prefix, "pointer") for each in errors)
    return refuse(422, "validation_error", "The body breaks a rule", findings)


def _finding(error: Mapping[str, Any], prefix: str, place: Place) -> Finding:
    steps: Sequence[int | str] = error["loc"]
    if place == "parameter":
        return Finding(_message(error), ".".join(map(str, steps)), place)
    pointer = prefix + "".join(f"/{_escaped(step)}" for step in steps)
    return Finding(_message(error), pointer, place)


def _path(content: Any, error: Mapping[str, Any]) -> list[int | str]:
    """The steps that lead to an error; where a value may be of several types, one step more names
    the type, and is left out.
    """
    steps: Sequence[int | str] = error["loc"]
    wanted = steps[-1:] if error["type"] == "missing" else ()
    path: list[int | str] = []
    for step in steps[: len(steps) - len(wanted)]:
        if _leads_on(content, step):
            path.append(step)
            content = content[step]
    return [*path, *wanted]


def _leads_on(content: Any, step: int | str) -> bool:
    if isinstance(content, dict):
        return step in content
    return isinstance(content, list) and isinstance(step, int) and step < len(content)


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "is not known here"
    if error["type"] == "missing":
        return "is required"
    message: str = error["msg"]
    return message.removeprefix("Value error, ")


def _escaped(step: int | str) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
