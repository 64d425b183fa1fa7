"""What is served on the two origins: the LMS with its records, and the content."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from api import pages
from api.health import add_health
from api.identity.query_keys import key_from_query
from api.identity.renewal import renew_cookie
from api.pages.boundary import guarded, problems_as_pages
from api.prometheus import add_metrics, measured
from api.request_ids import with_request_id
from api.rest import routes
from api.rest.boundary import problems_as_json
from api.rest.cors import allow_origins
from api.rest.description import DESCRIPTION, Description
from api.rest.dispatch import add_routes
from api.rest.limits import tell_allowance, with_allowance
from api.services import SERVICES, Services
from lrs.http import HTTPLimits, Origins
from lrs.http import routes as xapi_routes
from scorm_runtime.http import content_application as runtime_application

XAPI = "/xapi"


def lms_application(services: Services) -> web.Application:
    """The pages, the REST API, xAPI and health, on the LMS's origin."""
    settings = services.settings
    middlewares = (with_request_id, key_from_query, guarded, renew_cookie, problems_as_pages)
    app = web.Application(
        middlewares=[measured, *(_beside_xapi(each) for each in middlewares)],
        client_max_size=settings.max_statements_body,
    )
    app[SERVICES] = services
    limits = HTTPLimits(
        body=settings.max_statements_body,
        attachment=settings.max_attachment,
        multipart=settings.max_attachments_body,
        attachments=settings.max_attachments,
        receiving=settings.max_receiving,
        receive_seconds=settings.receive_time,
    )
    app.add_routes(
        xapi_routes(
            services.log,
            services.documents,
            services.metadata,
            services.credentials,
            prefix=XAPI,
            limits=limits,
            origins=Origins.written(settings.xapi_origins),
        )
    )
    add_health(app)
    add_metrics(app)
    app.add_subapp("/api/v1", _rest_application(services))
    pages.add_pages(app)
    return app


def content_application(services: Services) -> web.Application:
    """The player and packages' files, on an origin of their own."""
    app = runtime_application(services.runtime)
    app.middlewares.insert(0, with_request_id)
    app.middlewares.insert(0, measured)
    app[SERVICES] = services
    add_health(app)
    return app


def _rest_application(services: Services) -> web.Application:
    app = web.Application(middlewares=[with_allowance, problems_as_json])
    app.on_response_prepare.append(tell_allowance)
    app[SERVICES] = services
    served = routes()
    app[DESCRIPTION] = Description(served)
    add_routes(app, served)
    allow_origins(app)
    return app


def _beside_xapi(middleware: Middleware) -> Middleware:
    """Nothing stands in the way of a statement: xAPI has its own edge."""

    @web.middleware
    async def skipping(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(XAPI):
            return await handler(request)
        return await middleware(request, handler)

    return skipping
