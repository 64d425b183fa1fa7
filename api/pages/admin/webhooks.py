"""/admin/webhooks: addresses outside that hear of events."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.admin.forms import Form, Input, filled, showing
from api.pages.admin.sections import page
from api.pages.desk import Desk, at_desk
from api.pages.wording import Badge, minute
from api.permissions import Permission
from api.rest import webhooks
from api.rest.documents import Resource
from api.rest.webhooks import WebhookAttributes
from content.telling import events

table = web.RouteTableDef()

PATH = "/admin/webhooks"
ONE = f"{PATH}/{{webhook_id}}"
PERMISSION = Permission.WEBHOOKS
MOST = 100
DONE = {
    "changed": "The changes are kept.",
    "removed": "The webhook is deleted: its address hears nothing more.",
    "on": "It is on again, and hears of what happens from now on.",
    "off": "It is off: what happens meanwhile is not told later.",
}
EVENTS = {"*": "Everything, also what later versions add", **{each: each for each in events.TYPES}}
INPUTS = (
    Input("url", "Address", "url", required=True, empty="", hint="Such as https://example.org/in."),
    Input("description", "What it is for", empty=""),
    Input("events", "Events that it hears of", "choices", options=EVENTS),
)
SECRET = Input(
    "secret",
    "Secret",
    hint="16 to 200 characters that its receiver knows. Leave it empty to have one made.",
)


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook in the list."""

    id: str
    url: str
    description: str
    events: str
    badge: Badge
    failing: str


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the webhooks."""
    desk = await at_desk(request, PERMISSION)
    found = await desk.ask(webhooks.list_webhooks, query={"per_page": MOST})
    rows = [row(each) for each in found.items]
    return page(desk, "webhooks.html", webhooks=rows)


@table.get(f"{PATH}/new")
async def new(request: web.Request) -> web.Response:
    """Show the form for another webhook."""
    desk = await at_desk(request, PERMISSION)
    return page(desk, "webhook_new.html", form=Form((*INPUTS, SECRET)))


@table.post(f"{PATH}/new")
async def create(request: web.Request) -> web.Response:
    """Make a webhook and show its secret; or the form with all that is wrong in it."""
    desk = await at_desk(request, PERMISSION)
    form = filled((*INPUTS, SECRET), await request.post())
    outcome = await desk.submit(webhooks.create_webhook, form.given)
    if outcome.problems:
        form = form.refused(outcome.problems)
        return page(desk, "webhook_new.html", 422, form=form)
    return _secret(desk, outcome.answer)


@table.get(f"{ONE}/settings")
async def settings(request: web.Request) -> web.Response:
    """Show a webhook's settings."""
    desk = await at_desk(request, PERMISSION)
    found = await desk.ask(webhooks.get_webhook)
    return _settings(desk, found, _showing(found))


@table.post(f"{ONE}/settings")
async def change(request: web.Request) -> web.Response:
    """Change a webhook."""
    desk = await at_desk(request, PERMISSION)
    form = filled(INPUTS, await request.post())
    outcome = await desk.submit(webhooks.update_webhook, form.given, form.version)
    if outcome.problems:
        found = await desk.ask(webhooks.get_webhook)
        return _settings(desk, found, form.refused(outcome.problems), 422)
    return desk.go(f"{PATH}/{outcome.answer.id}", DONE["changed"])


@table.post(ONE + "/switch-{state:on|off}")
async def switch(request: web.Request) -> web.Response:
    """Put a webhook on or off."""
    desk = await at_desk(request, PERMISSION)
    state = desk.named("state")
    changed = await desk.ask(webhooks.update_webhook, {"enabled": state == "on"})
    return desk.go(f"{PATH}/{changed.id}", DONE[state])


@table.post(f"{ONE}/rotate-secret")
async def rotate(request: web.Request) -> web.Response:
    """Give a webhook another secret and show it."""
    desk = await at_desk(request, PERMISSION)
    return _secret(desk, await desk.ask(webhooks.rotate_secret))


@table.post(f"{ONE}/delete")
async def remove(request: web.Request) -> web.Response:
    """Delete a webhook."""
    desk = await at_desk(request, PERMISSION)
    await desk.ask(webhooks.remove_webhook)
    return desk.go(PATH, DONE["removed"])


def row(webhook: Resource[WebhookAttributes]) -> WebhookRow:
    """A webhook as a row."""
    said = webhook.attributes
    return WebhookRow(
        id=webhook.id,
        url=said.url,
        description=said.description,
        events="Everything" if "*" in said.events else ", ".join(said.events),
        badge=state_badge(said),
        failing="" if said.failing_since is None else minute(said.failing_since),
    )


def state_badge(said: WebhookAttributes) -> Badge:
    """Whether a webhook is told, and whether that succeeds."""
    if not said.enabled:
        return Badge("inactive", "Off")
    return Badge("failed", "Failing") if said.failing_since else Badge("valid", "On")


def _showing(found: Any) -> Form:
    return showing(INPUTS, found.attributes, found.version)


def _settings(
    desk: Desk,
    found: Resource[WebhookAttributes],
    form: Form,
    status: int = 200,
) -> web.Response:
    return page(
        desk,
        "webhook_settings.html",
        status,
        webhook=found,
        badge=state_badge(found.attributes),
        form=form,
    )


def _secret(desk: Desk, webhook: Resource[WebhookAttributes]) -> web.Response:
    return page(desk, "webhook_secret.html", webhook=webhook)
