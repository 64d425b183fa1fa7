"""The web pages, on the LMS's origin: server-rendered, no script needed, light and dark."""

from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from api.pages import (
    admin,
    api_docs,
    appearance,
    attempts,
    authoring,
    certificate_templates,
    certificates,
    compliance,
    course_analytics,
    credentials,
    evidence_packages,
    instructing,
    learning,
    ledger,
    passwords,
    policies,
    providers,
    quizzing,
    reports,
    sign_in,
    statements,
    traces,
    verification,
)
from api.pages.asking import let_ask
from api.pages.rendering import SERVED
from api.pages.wording import capitalized, spoken
from api.rest import routes
from api.services import SERVICES

HERE = Path(__file__).parent


def add_pages(app: web.Application) -> None:
    """Serve the pages and their static files."""
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        filters={"spoken": spoken, "capitalize_first": capitalized},
    )
    app[aiohttp_jinja2.static_root_key] = "/static"
    app.router.add_static("/static", HERE / "static", append_version=True)
    let_ask(app, routes())
    app[statements.RECENT_VERBS] = statements.RecentVerbs()
    app[statements.PLACES] = statements.Places(app[SERVICES].settings.max_tails)
    for page in (
        sign_in,
        providers,
        passwords,
        appearance,
        course_analytics,
        *reports.PAGES,
        *compliance.PAGES,
        *authoring.PAGES,
        *quizzing.PAGES,
        *instructing.PAGES,
        evidence_packages,
        policies,
        attempts,
        traces,
        *statements.PAGES,
        credentials,
        ledger,
        api_docs,
        *learning.PAGES,
        certificate_templates,
        certificates,
        verification,
        *admin.PAGES,
    ):
        app.add_routes(page.table)
    app[SERVED] = frozenset(each.canonical for each in app.router.resources())
