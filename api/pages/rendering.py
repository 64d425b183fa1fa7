"""From a template and its values to a page."""

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from api.identity.principal import Principal


def render(
    request: web.Request,
    template: str,
    principal: Principal | None,
    status: int = 200,
    **values: Any,
) -> web.Response:
    """The page; every template knows `principal` (None: nobody is signed in) and `path`."""
    known = {"principal": principal, "path": request.path, **values}
    return aiohttp_jinja2.render_template(template, request, known, status=status)
