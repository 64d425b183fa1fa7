"""/admin/forwarding: other record stores that get every statement, and how they do."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.admin.forms import Form, Input, filled, showing
from api.pages.admin.sections import page
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, minute
from api.permissions import Permission
from api.rest import forwarding

table = web.RouteTableDef()

PATH = "/admin/forwarding"
ONE = f"{PATH}/{{target_id}}"
PERMISSION = Permission.STATEMENTS_FORWARD
MOST, PER_PAGE = 100, 25
STATES = {
    "caught_up": Badge("completed", "Caught up"),
    "delivering": Badge("in_progress", "Sending"),
    "retrying": Badge("warning", "Trying again"),
    "stalled": Badge("failed", "Stalled"),
    "paused": Badge("inactive", "Off"),
}
WORDS = {
    "caught_up": "It has everything that was stored.",
    "delivering": "It is being sent what it has not got yet.",
    "retrying": "It did not answer as it should: the next attempt comes by itself.",
    "stalled": "It refuses whatever it gets, so nothing more is sent. Correct it, then keep the "
    "settings once more or have the refused statements sent again.",
    "paused": "It gets nothing until it is put on; then it gets what was stored meanwhile.",
}
DONE = {
    "made": "Statements go there from now on.",
    "changed": "The changes are kept, and it is tried at once.",
    "removed": "Nothing goes there any more.",
    "retried": "What it refused is sent once more.",
    "dismissed": "It is not sent again. The statement stays here.",
}
INPUTS = (
    Input("name", "Name", required=True, empty=""),
    Input(
        "endpoint",
        "Endpoint",
        "url",
        required=True,
        empty="",
        hint="Where its statements resource begins, such as https://lrs.example.org/xapi.",
    ),
    Input("key", "Key", required=True, empty=...),
    Input("secret", "Secret", "password", required=True, empty=...),
    Input(
        "xapi_version", "Version of xAPI", "choice", options={"1.0.3": "1.0.3", "2.0.0": "2.0.0"}
    ),
    Input("filter/verbs", "Only these verbs", "lines", hint="IRIs, one a line.", empty=()),
    Input("filter/activities", "Only these activities", "lines", hint="One a line.", empty=()),
    Input("enabled", "Forward statements to it", "flag"),
)
CHANGED = tuple(
    Input("secret", "Secret", "password", hint="Leave it empty to keep the present one.", empty=...)
    if each.name == "secret"
    else each
    for each in INPUTS
)
NEW = Form(INPUTS, {"enabled": True, "xapi_version": "1.0.3"})


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target with how it does."""

    id: str
    name: str
    badge: Badge
    words: str
    behind: str
    delivered: int
    last: str
    refused: int
    failure: str
    next_attempt: str


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the targets and how they do."""
    desk = await at_desk(request, PERMISSION)
    found = await desk.ask(forwarding.list_status, query={"per_page": MOST})
    targets = [row(each.id, each.attributes) for each in found.items]
    return page(desk, "forwarding.html", targets=targets)


@table.get(f"{PATH}/new")
async def new(request: web.Request) -> web.Response:
    """Show the form for another target."""
    desk = await at_desk(request, PERMISSION)
    return page(desk, "target_new.html", form=NEW)


@table.post(f"{PATH}/new")
async def create(request: web.Request) -> web.Response:
    """Begin to forward to another record store."""
    desk = await at_desk(request, PERMISSION)
    form = filled(INPUTS, await request.post())
    outcome = await desk.submit(forwarding.create_target, form.given)
    if outcome.problems:
        form = form.refused(outcome.problems)
        return page(desk, "target_new.html", 422, form=form)
    return desk.go(f"{PATH}/{outcome.answer.id}", DONE["made"])


@table.get(ONE)
async def show(request: web.Request) -> web.Response:
    """Show a target, how it does, and what it refused."""
    desk = await at_desk(request, PERMISSION)
    return await _page(desk)


@table.post(ONE)
async def change(request: web.Request) -> web.Response:
    """Change a target."""
    desk = await at_desk(request, PERMISSION)
    form = filled(CHANGED, await request.post())
    outcome = await desk.submit(forwarding.update_target, form.given, form.version)
    if outcome.problems:
        return await _page(desk, form.refused(outcome.problems), 422)
    return _back(desk, "changed")


@table.post(f"{ONE}/delete")
async def remove(request: web.Request) -> web.Response:
    """Forward to it no more."""
    desk = await at_desk(request, PERMISSION)
    await desk.ask(forwarding.remove_target)
    return desk.go(PATH, DONE["removed"])


@table.post(f"{ONE}/dead-letters/retry")
async def retry_all(request: web.Request) -> web.Response:
    """Send everything once more that it refused."""
    desk = await at_desk(request, PERMISSION)
    await desk.ask(forwarding.retry_letters)
    return _back(desk, "retried")


@table.post(ONE + "/dead-letters/{statement_id}/{action:retry|dismiss}")
async def decide(request: web.Request) -> web.Response:
    """Send one refused statement once more, or give it up."""
    desk = await at_desk(request, PERMISSION)
    again = desk.named("action") == "retry"
    await desk.ask(forwarding.retry_letter if again else forwarding.dismiss_letter)
    return _back(desk, "retried" if again else "dismissed")


def row(target_id: str, said: Any) -> TargetRow:
    """How a target does, in words."""
    failed = said.last_failure
    return TargetRow(
        id=target_id,
        name=said.name,
        badge=STATES[said.state],
        words=WORDS[said.state],
        behind="10,000 or more" if said.behind >= 10_000 else f"{said.behind:,}",
        delivered=said.delivered,
        last=minute(said.delivered_at) if said.delivered_at else "",
        refused=said.dead_letters,
        failure=f"{failed.status or 'No answer'}: {failed.reason}" if failed else "",
        next_attempt=minute(said.next_attempt_at) if said.next_attempt_at else "",
    )


def _back(desk: Desk, done: str) -> web.Response:
    return desk.go(f"{PATH}/{desk.named('target_id')}", DONE[done])


async def _page(desk: Desk, form: Form | None = None, status: int = 200) -> web.Response:
    target = await desk.ask(forwarding.get_target)
    state = await desk.ask(forwarding.get_status)
    asked = {"page": page_asked(desk.request), "per_page": PER_PAGE}
    letters = await desk.ask(forwarding.list_letters, query=asked)
    shown = form or showing(CHANGED, target.attributes, target.version)
    return page(
        desk,
        "target.html",
        status,
        target=row(target.id, state.attributes),
        form=shown,
        letters=[(each.id, each.attributes) for each in letters.items],
        minute=minute,
        pages=pages_of(desk.request, page_asked(desk.request), letters.total, PER_PAGE),
    )
