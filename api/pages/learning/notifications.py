"""/notifications: what one is told, and how one wants to be told."""

from typing import Any

from aiohttp import web

from api.pages.learning.visit import Visit, by_field, visit
from api.pages.paging import page_asked, pages_of
from api.pages.redirection import local_path, onward
from api.permissions import Permission
from api.rest import notifications
from api.rest.problems import Problem
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
    seen = await visit(request, PERMISSION)
    page, unread = page_asked(request), "unread" in request.query
    query = {"page": page, "per_page": PER_PAGE, "unread": unread}
    found = await seen.ask(notifications.list_notifications, query=query)
    return seen.page(
        "learning/notifications.html",
        notifications=found.items,
        pages=pages_of(request, page, found.total, PER_PAGE),
        only_unread=unread,
    )


@table.post("/notifications/read")
async def read_all(request: web.Request) -> web.Response:
    """Mark all as read."""
    seen = await visit(request, PERMISSION)
    await seen.ask(notifications.mark_read, body={"all": True})
    return onward("/notifications", "All notifications are marked as read.")


@table.post("/notifications/{notification_id}/open")
async def open_one(request: web.Request) -> web.Response:
    """Mark one as read, and go where it leads."""
    seen = await visit(request, PERMISSION)
    sought = seen.named("notification_id")
    told = await seen.store.of(Notification).get(seen.organization_id, sought)
    if told.person_id != seen.person.id:
        raise NotFound("notification", sought)
    await seen.ask(notifications.mark_read, body={"ids": [sought]})
    return onward(local_path(told.path))


@table.get("/notifications/settings")
async def settings(request: web.Request) -> web.Response:
    """Show how one is told of each event."""
    return await _settings(await visit(request, PERMISSION))


@table.post("/notifications/settings")
async def choose(request: web.Request) -> web.Response:
    """Keep how one wants to be told."""
    seen = await visit(request, PERMISSION)
    form = await request.post()
    times = {name: str(form.get(name, "")) for name in ("digest_at", "digest_on", "time_zone")}
    asked = seen.ask(notifications.set_digest_times, body=times)
    if problem := await seen.tried(asked):
        return await _settings(seen, problem, times)
    present = (await seen.ask(notifications.get_preferences)).attributes.preferences
    for each in present:
        mail = str(form.get(f"{each.event}.email", each.email))
        wanted = {"event": each.event, "in_app": f"{each.event}.in_app" in form, "email": mail}
        if mail in MAIL and wanted != each.model_dump():
            await seen.ask(notifications.set_preference, body=wanted)
    return onward("/notifications/settings", "Your choice is kept.")


async def _settings(
    seen: Visit, problem: Problem | None = None, times: dict[str, str] | None = None
) -> web.Response:
    chosen = (await seen.ask(notifications.get_preferences)).attributes
    shown: dict[str, Any] = {
        name: getattr(chosen, name) for name in ("digest_at", "digest_on", "time_zone")
    }
    wrong = by_field(problem)
    return seen.page(
        "learning/notification_settings.html",
        problem.status if problem else 200,
        chosen=chosen.preferences,
        times=times or shown,
        events=EVENTS,
        mails=list(MAILS.items()),
        weekdays=[(each, each.capitalize()) for each in WEEKDAYS],
        problems=wrong,
        listed=[(name, TIMES.get(name, "Form"), said) for name, said in wrong.items()],
    )
