"""/lessons/…/launch: the way into the player."""

from aiohttp import web

from api import launching
from api.launching import Mode, Wish
from api.pages.learning.visit import visit
from api.permissions import Permission
from content.lessons import lessons

table = web.RouteTableDef()


@table.post("/lessons/{lesson_id}/launch")
async def launch(request: web.Request) -> web.Response:
    """Open the player on the content origin; it comes back to the course."""
    seen = await visit(request, Permission.LESSONS_LAUNCH)
    lesson = await lessons.get(seen.store, seen.organization_id, seen.named("lesson_id"))
    form = await request.post()
    mode: Mode = "review" if form.get("mode") == "review" else "normal"
    wish = Wish(mode, f"/learn/{lesson.course_id}", new_attempt="new_attempt" in form)
    launched = await launching.launch(seen.services, seen.person, lesson.id, wish)
    return web.Response(status=303, headers={"Location": launched.url})
