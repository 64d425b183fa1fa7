"""/api/docs: the REST API to read and to try, by Swagger UI, with nothing from another host."""

from importlib.util import find_spec
from pathlib import Path

from aiohttp import web

from api.pages.rendering import render

table = web.RouteTableDef()

PATH = "/api/docs"
# Swagger UI draws its icons by data: addresses, and sets styles from its script.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DAY_SECONDS = 24 * 60 * 60


def _assets() -> Path:
    """The folder of Swagger UI's files, in the package that carries them."""
    package = find_spec("swagger_ui")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the package swagger-ui-py is missing")
    return Path(package.origin).parent / "static"


@table.get(PATH)
async def api_docs(request: web.Request) -> web.Response:
    """Show every operation, and let it be tried."""
    response = render(request, "api_docs.html", None)
    response.headers["Content-Security-Policy"] = POLICY
    return response


@table.get(PATH + r"/{name:swagger-ui\.css|swagger-ui-bundle\.js}")
async def asset(request: web.Request) -> web.FileResponse:
    """One of Swagger UI's own files."""
    headers = {"Cache-Control": f"public, max-age={DAY_SECONDS}"}
    return web.FileResponse(_assets() / request.match_info["name"], headers=headers)
