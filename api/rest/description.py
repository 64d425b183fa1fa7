"""/openapi.json: the API as it describes itself."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import orjson
from aiohttp import web

from api.rest.call import Call
from api.rest.openapi import openapi_document
from api.rest.route import Route, RouteTable

table = RouteTable()

JSON = "application/json"


@dataclass
class Description:
    """The document of an application's routes, made when it is first asked for."""

    routes: list[Route] = field(default_factory=list)

    @cached_property
    def document(self) -> bytes:
        """The OpenAPI document."""
        return orjson.dumps(openapi_document(self.routes))

    @cached_property
    def etag(self) -> str:
        """A tag that changes with the document."""
        return f'"{hashlib.blake2b(self.document, digest_size=12).hexdigest()}"'


DESCRIPTION = web.AppKey("description", Description)


@table.route("GET", "/openapi.json", permission=None, media=JSON)
async def get_openapi_document(call: Call) -> web.Response:
    """Describe this API in OpenAPI 3.1."""
    described = call.request.app[DESCRIPTION]
    headers = {"ETag": described.etag, "Cache-Control": "no-cache"}
    if call.request.headers.get("If-None-Match") == described.etag:
        return web.Response(status=304, headers=headers)
    response = web.Response(body=described.document, content_type=JSON, headers=headers)
    response.enable_compression()
    return response
