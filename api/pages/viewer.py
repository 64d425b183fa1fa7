"""Who looks at a page: a signed-in person, or somebody who is sent to sign in."""

from urllib.parse import urlencode

from aiohttp import web

from api.identity.authentication import authenticate
from api.identity.principal import Principal
from api.pages.rendering import LEADS, UNREAD
from api.permissions import Permission
from api.services import SERVICES
from content.notifications import notifications
from content.people import supervisors


async def signed_in(request: web.Request, permission: Permission | None = None) -> Principal:
    """The person who looks.

    Raises:
        HTTPSeeOther: nobody is signed in; the sign-in page comes back to this one.
        HTTPForbidden: the person may not see this page.
    """
    principal = await authenticate(request)
    if principal is None:
        onward = request.path_qs if request.method == "GET" else "/"
        raise web.HTTPSeeOther(f"/sign-in?{urlencode({'next': onward})}")
    if permission is not None and not principal.may(permission):
        raise web.HTTPForbidden(reason="Your roles do not let you see this page")
    await fill_bar(request, principal)
    return principal


async def fill_bar(request: web.Request, principal: Principal) -> None:
    """Let the bar of the page show how many notifications wait, and whether there is a team."""
    store, organization_id = request.app[SERVICES].content, principal.organization_id
    own = principal.person.id
    if principal.may(Permission.NOTIFICATIONS_OWN):
        request[UNREAD] = await notifications.unread(store, organization_id, own)
    request[LEADS] = await supervisors.has_team(store, organization_id, own)
