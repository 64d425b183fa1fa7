"""Saved views of the compliance pages: kept under a name, and removed."""

from aiohttp import web

from api.pages.compliance import forms
from api.pages.redirection import local_path, onward
from api.pages.viewer import signed_in
from api.permissions import Permission
from api.services import SERVICES
from content.compliance import views
from content.errors import RuleBroken

table = web.RouteTableDef()


@table.post("/compliance/views")
async def save(request: web.Request) -> web.Response:
    """Keep the page that the form was sent from, as it was asked for."""
    principal = await signed_in(request, Permission.COMPLIANCE_READ)
    form, store = await request.post(), request.app[SERVICES].content
    name, address = forms.text(form, "name"), local_path(forms.text(form, "address"))
    try:
        await views.save(store, principal.organization_id, principal.person.id, name, address)
    except RuleBroken as error:
        return onward(address, " ".join(forms.problems(error.findings)))
    return onward(address, f"The view {name} is saved.")


@table.post("/compliance/views/{view_id}/remove")
async def remove(request: web.Request) -> web.Response:
    """Forget a view."""
    principal = await signed_in(request, Permission.COMPLIANCE_READ)
    store, sought = request.app[SERVICES].content, request.match_info["view_id"]
    await views.remove(store, principal.organization_id, principal.person.id, sought)
    form = await request.post()
    return onward(local_path(forms.text(form, "next") or "/compliance"), "The view is removed.")
