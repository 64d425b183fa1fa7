"""The content origin's application: player, content, sessions. It sets and reads no cookie."""

from typing import Final

from aiohttp import web

from scorm_runtime.http import content, player, sessions
from scorm_runtime.http.errors import refusals
from scorm_runtime.http.keys import RUNTIME
from scorm_runtime.runtime import Runtime

LARGEST_BODY: Final = 4 * 1024 * 1024


def content_application(runtime: Runtime) -> web.Application:
    """The application to serve on the content origin, and on no other."""
    application = web.Application(middlewares=[refusals], client_max_size=LARGEST_BODY)
    application[RUNTIME] = runtime
    application.add_routes([*sessions.routes, *player.routes, *content.routes])
    return application
