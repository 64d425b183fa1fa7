"""/my/certificates: what one has earned, to download and to show others."""

from aiohttp import web

from api.pages.desk import at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge
from api.permissions import Permission
from api.rest import certificates

table = web.RouteTableDef()

PER_PAGE = 20


@table.get("/my/certificates")
async def my_certificates(request: web.Request) -> web.Response:
    """Show one's certificates, the latest first."""
    desk = await at_desk(request, Permission.CERTIFICATES_READ_OWN)
    page = page_asked(request)
    query = {"page": page, "per_page": PER_PAGE}
    found = await desk.ask(certificates.my_certificates, query=query)
    return desk.show(
        "learning/certificates.html",
        certificates=[(each.attributes, standing(each.attributes.status)) for each in found.items],
        pages=pages_of(request, page, found.total, PER_PAGE),
    )


def standing(status: str) -> Badge:
    """The badge of a certificate: one that was replaced has a successor in the same list."""
    return Badge("archived", "Replaced") if status == "replaced" else badge(status)
