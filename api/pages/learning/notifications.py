"""/notifications: what one is told, and how one wants to be told."""

from typing import Any

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.redirection import local_path
from api.permissions import Permission
from api.rest import notifications
from content.errors import NotFound
from content.notifications.notifications import Notification
from content.notifications.preferences import MAIL, WEEKDAYS

table = web.RouteTableDef()

PERMISSION = Permission.NOTIFICATIONS_OWN
PER_PAGE = 20
TIMES = {"digest_at": "At", "digest_on": "Weekly ones on", "time_zone": "Time zone"}
MAILS = dict(zip(MAIL, ("No e-mail", "At once", "Daily", "Weekly"), strict=True))
EVENTS = {
    "announcement.published": "An announcement in a course",
    "assignment.due": "My work is due soon",
    "assignment.graded": "My work was graded",
    "assignment.submitted": "Work was handed in to me",
    "certificate.issued": "A certificate of mine",
    "discussion.replied": "A reply to what I wrote",
    "enrollment.completed": "I completed a course",
    "enrollment.created": "Somebody enrolled me",
    "enrollment.expired": "My enrollment ended",
    "quiz.failed": "A quiz was not passed",
    "quiz.passed": "A quiz was passed",
}


@table.get("/notifications")
async def list_notifications(request: web.Request) -> web.Response:
    """Show what one was told, the latest first."""
    desk = await at_desk(request, PERMISSION)
    page, unread = page_asked(request), "unread" in request.query
    query = {"page": page, "per_page": PER_PAGE, "unread": unread}
    found = await desk.ask(notifications.list_notifications, query=query)
    return desk.show(
        "learning/notifications.html",
        notifications=found.items,
        pages=pages_of(request, page, found.total, PER_PAGE),
        only_unread=unread,
    )


@table.post("/notifications/read")
async def read_all(request: web.Request) -> web.Response:
    """Mark all as read."""
    desk = await at_desk(request, PERMISSION)
    await desk.ask(notifications.mark_read, {"all": True})
    return desk.go("/notifications", "All notifications are marked as read.")


@table.post("/notifications/{notification_id}/open")
async def open_one(request: web.Request) -> web.Response:
    """Mark one as read, and go where it leads."""
    desk = await at_desk(request, PERMISSION)
    sought = desk.named("notification_id")
    told = await desk.store.of(Notification).get(desk.organization_id, sought)
    if told.person_id != desk.person.id:
        raise NotFound("notification", sought)
    await desk.ask(notifications.mark_read, {"ids": [sought]})
    return desk.go(local_path(told.path))


@table.get("/notifications/settings")
async def settings(request: web.Request) -> web.Response:
    """Show how one is told of each event."""
    return await _settings(await at_desk(request, PERMISSION))


@table.post("/notifications/settings")
async def choose(request: web.Request) -> web.Response:
    """Keep how one wants to be told."""
    desk = await at_desk(request, PERMISSION)
    form = await request.post()
    times = {name: str(form.get(name, "")) for name in ("digest_at", "digest_on", "time_zone")}
    outcome = await desk.submit(notifications.set_digest_times, times)
    if outcome.problems:
        return await _settings(desk, outcome.problems, times)
    present = (await desk.ask(notifications.get_preferences)).attributes.preferences
    for each in present:
        mail = str(form.get(f"{each.event}.email", each.email))
        wanted = {"event": each.event, "in_app": f"{each.event}.in_app" in form, "email": mail}
        if mail in MAIL and wanted != each.model_dump():
            await desk.ask(notifications.set_preference, wanted)
    return desk.go("/notifications/settings", "Your choice is kept.")


async def _settings(
    desk: Desk, problems: Problems = NO_PROBLEMS, times: dict[str, str] | None = None
) -> web.Response:
    chosen = (await desk.ask(notifications.get_preferences)).attributes
    shown: dict[str, Any] = {
        name: getattr(chosen, name) for name in ("digest_at", "digest_on", "time_zone")
    }
    wrong = problems.by_field()
    return desk.show(
        "learning/notification_settings.html",
        problems.status,
        chosen=chosen.preferences,
        times=times or shown,
        events=EVENTS,
        mails=list(MAILS.items()),
        weekdays=[(each, each.capitalize()) for each in WEEKDAYS],
        problems=wrong,
        listed=[(name, TIMES.get(name, "Form"), said) for name, said in wrong.items()],
    )
