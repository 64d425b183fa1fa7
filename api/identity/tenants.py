"""Which organization somebody means who is not signed in yet: the one they name, or the host's."""

from aiohttp import web

from api.services import SERVICES
from content import organizations


async def organization_of(request: web.Request, named: str | None = None) -> str | None:
    """The id of the organization by id, slug or host name; None where nothing tells.

    A name that nobody has is returned as it is: there is nobody in such an organization.
    """
    store = request.app[SERVICES].content
    if named:
        found = await organizations.named(store, named)
        return found.id if found else named
    found = await organizations.of_host(store, request.url.host or "")
    return found.id if found else None
