"""/lessons/…/launch: the way into the player."""

from aiohttp import web

from api import launching
from api.launching import Mode, Wish
from api.pages.desk import at_desk
from api.permissions import Permission
from content.lessons import lessons

table = web.RouteTableDef()


@table.post("/lessons/{lesson_id}/launch")
async def launch(request: web.Request) -> web.Response:
    """Open the player on the content origin; it comes back to the course."""
    desk = await at_desk(request, Permission.LESSONS_LAUNCH)
    lesson = await lessons.get(desk.store, desk.organization_id, desk.named("lesson_id"))
    form = await request.post()
    mode: Mode = "review" if form.get("mode") == "review" else "normal"
    wish = Wish(mode, f"/learn/{lesson.course_id}", new_attempt="new_attempt" in form)
    launched = await launching.launch(desk.services, desk.person, lesson.id, wish)
    return web.Response(status=303, headers={"Location": launched.url})
