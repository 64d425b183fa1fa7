"""`?apiKey=`: for programs that can send no header.

The key leaves the address before anything else sees it, so that it is in no log, no link of an
answer and no finding about a query parameter.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from api.identity.authentication import API_KEY_HEADER

PARAMETER = "apiKey"
_PATH = "/api/"


@web.middleware
async def key_from_query(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Move a key from the query to its header; a header that was sent wins."""
    if PARAMETER not in request.query_string or not request.path.startswith(_PATH):
        return await handler(request)
    key = request.query.get(PARAMETER)
    if key is None:
        return await handler(request)
    headers = request.headers.copy()
    if API_KEY_HEADER not in headers and "Authorization" not in headers:
        headers[API_KEY_HEADER] = key
    return await handler(
        request.clone(rel_url=request.rel_url.without_query_params(PARAMETER), headers=headers)
    )
