"""Saved views of the compliance pages: kept under a name, and removed."""

from aiohttp import web

from api.pages.compliance import forms
from api.pages.desk import at_desk
from api.pages.redirection import local_path
from api.permissions import Permission
from content.compliance import views
from content.errors import RuleBroken

table = web.RouteTableDef()


@table.post("/compliance/views")
async def save(request: web.Request) -> web.Response:
    """Keep the page that the form was sent from, as it was asked for."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    form, store = await request.post(), desk.store
    name, address = forms.text(form, "name"), local_path(forms.text(form, "address"))
    try:
        await views.save(store, desk.organization_id, desk.person.id, name, address)
    except RuleBroken as error:
        return desk.go(address, " ".join(forms.problems(error.findings)))
    return desk.go(address, f"The view {name} is saved.")


@table.post("/compliance/views/{view_id}/remove")
async def remove(request: web.Request) -> web.Response:
    """Forget a view."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store, sought = desk.store, desk.named("view_id")
    await views.remove(store, desk.organization_id, desk.person.id, sought)
    form = await request.post()
    return desk.go(local_path(forms.text(form, "next") or "/compliance"), "The view is removed.")
