"""From a template and its values to a page."""

from typing import Any, Final

import aiohttp_jinja2
from aiohttp import web

from api.identity.principal import Principal
from api.pages import navigation, redirection
from api.pages.appearance import scheme_of

SERVED: Final = web.AppKey("served_pages", frozenset[str])
LEADS: Final = web.RequestKey("leads_a_team", bool)
UNREAD: Final = web.RequestKey("unread_notifications", int)


def render(
    request: web.Request,
    template: str,
    principal: Principal | None,
    status: int = 200,
    **values: Any,
) -> web.Response:
    """The page; every template knows `principal` (None: nobody is signed in) and `path`, and
    base.html the navigation, the number of unread notifications and the chosen colour scheme.
    """
    told = redirection.told(request)
    known = {
        "principal": principal,
        "path": request.path,
        "here": request.path_qs if request.method == "GET" else "/",
        "scheme": scheme_of(request),
        "flash": told,
        "unread": request.get(UNREAD),
        **values,
    }
    if principal is not None:
        served = request.app[SERVED] - (set() if request.get(LEADS) else {navigation.TEAM})
        known["navigation"] = navigation.areas(principal, request.path, served)
        known["initials"] = "".join(each[0] for each in principal.person.name.split()[:2]).upper()
    response = aiohttp_jinja2.render_template(template, request, known, status=status)
    if told:
        redirection.forget(response)
    return response
