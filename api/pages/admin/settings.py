"""/admin/settings: what the organization decides; the server's own settings to look at; mail."""

from dataclasses import dataclass
from itertools import groupby
from zoneinfo import available_timezones

from aiohttp import web

from api.errors import MailNotSent
from api.mail import Mail
from api.pages.admin.forms import Form, Input, filled, showing
from api.pages.admin.sections import page
from api.pages.desk import Desk, at_desk
from api.permissions import Permission
from api.rest import settings
from api.settings import Settings
from api.settings.table import SETTINGS

table = web.RouteTableDef()

PATH = "/admin/settings"
PERMISSION = Permission.SETTINGS_WRITE
CHANGED = "The settings are kept."
TESTED = "POST /admin/settings/mail-test"
HIDDEN = "set, and not shown"
INPUTS = (
    Input(
        "name",
        "Name of the organization",
        required=True,
        empty="",
        hint="It is on certificates and in mails.",
    ),
    Input(
        "time_zone",
        "Time zone",
        "choice",
        hint="Days begin in it, and moments are told in it to who has chosen no other.",
    ),
    Input(
        "embed_hosts",
        "Pages that lessons may embed",
        "lines",
        hint="Host names, one a line; * lets lessons embed pages of any host.",
        empty=(),
    ),
)


PLACES = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting of the server, as it is now."""

    variable: str
    value: str
    is_default: bool
    explanation: str


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the settings with the form to change them."""
    desk = await at_desk(request, PERMISSION)
    return await _page(desk)


@table.post(PATH)
async def change(request: web.Request) -> web.Response:
    """Change the organization's settings."""
    desk = await at_desk(request, PERMISSION)
    form = filled(INPUTS, await request.post())
    changed = await desk.submit(settings.update_settings, form.given, form.version)
    if changed.problems:
        return await _page(desk, form=form.refused(changed.problems))
    return desk.go(PATH, CHANGED)


@table.post(f"{PATH}/mail-test")
async def test_mail(request: web.Request) -> web.Response:
    """Send a mail to whoever asks for it."""
    desk = await at_desk(request, PERMISSION)
    services, person = desk.services, desk.person
    if services.mailer is None:
        raise web.HTTPServiceUnavailable(reason="This server sends no mail")
    text = f"Hello {person.name},\n\nthis mail shows that Lyceum's mail arrives.\n"
    try:
        await services.mailer.send(Mail(person.email, "A test of Lyceum's mail", text))
    except MailNotSent as error:
        return await _page(desk, failure=str(error))
    await desk.audit(TESTED, person.id)
    return desk.go(
        f"{PATH}#mail", f"A mail to {person.email} was handed on. See whether it is there."
    )


def zones(present: str) -> dict[str, str]:
    """The time zones to choose from: those of places, UTC, and the one that is chosen now."""
    of_places = {each for each in available_timezones() if each.partition("/")[0] in PLACES}
    names = ("UTC", *sorted((of_places | {present}) - {"UTC"}))
    return {each: each.replace("_", " ") for each in names}


def server_rows(chosen: Settings) -> list[tuple[str, list[SettingRow]]]:
    """The server's settings by group; what is secret is not told."""
    rows = [(each.group, _row(chosen, each.name)) for each in SETTINGS]
    return [
        (group, [row for _, row in found]) for group, found in groupby(rows, lambda each: each[0])
    ]


def _row(chosen: Settings, name: str) -> SettingRow:
    setting = next(each for each in SETTINGS if each.name == name)
    value = getattr(chosen, name)
    is_default = value == setting.kind.parse(setting.default)
    shown = HIDDEN if setting.secret and value else str(value)
    return SettingRow(setting.variable, shown, is_default, setting.explanation)


async def _page(desk: Desk, *, form: Form | None = None, failure: str = "") -> web.Response:
    services = desk.services
    found = await desk.ask(settings.get_settings)
    form = form or showing(INPUTS, found.attributes, found.version)
    form = form.offering(time_zone=zones(found.attributes.time_zone))
    sees_server = desk.principal.may(Permission.ORGANIZATIONS)
    return page(
        desk,
        "settings.html",
        422 if form.problems else 502 if failure else 200,
        form=form,
        public_url=found.attributes.public_url,
        mail=services.mailer is not None,
        failure=failure,
        server=server_rows(services.settings) if sees_server else [],
    )
