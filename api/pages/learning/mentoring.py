"""/profile/mentor: applying to become a mentor, and what came of it."""

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.pages.wording import badge
from api.permissions import Permission
from api.rest import mentor_applications

table = web.RouteTableDef()

PATH = "/profile/mentor"
PERMISSION = Permission.MENTOR_APPLY
FIELDS = {"motivation": "Why", "subjects": "Subjects"}
SHOWN = 20


@table.get(PATH)
async def mentor_page(request: web.Request) -> web.Response:
    """Show the form, and one's applications."""
    return await _page(await at_desk(request, PERMISSION))


@table.post(PATH)
async def apply(request: web.Request) -> web.Response:
    """Apply."""
    desk = await at_desk(request, PERMISSION)
    form = await request.post()
    written = {name: str(form.get(name, "")).strip() for name in FIELDS}
    subjects = [each.strip() for each in written["subjects"].split(",") if each.strip()]
    body = {"motivation": written["motivation"], "subjects": subjects}
    outcome = await desk.submit(mentor_applications.apply, body)
    if outcome.problems:
        return await _page(desk, outcome.problems, written)
    return desk.go(PATH, "Your application is on its way.")


async def _page(
    desk: Desk, problems: Problems = NO_PROBLEMS, written: dict[str, str] | None = None
) -> web.Response:
    query = {"user_id": desk.person.id, "per_page": SHOWN, "sort": "-created_at"}
    found = await desk.ask(mentor_applications.list_applications, query=query)
    mine = [(each.attributes, badge(each.attributes.status)) for each in found.items]
    wrong = {name: " ".join(problems.of(name)) for name in FIELDS if problems.of(name)}
    return desk.show(
        "learning/mentoring.html",
        problems.status,
        applications=mine,
        waits=any(each.status == "pending" for each, _ in mine),
        mentor="mentor" in desk.person.roles,
        written=written or dict.fromkeys(FIELDS, ""),
        problems=wrong,
        listed=[(name, FIELDS[name], said) for name, said in wrong.items()],
        beside=" ".join(problems.beside(FIELDS)),
    )
