"""/learn/…/discussions, /discussions/…: what is asked and answered in a course."""

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.pages.learning.course import access_of
from api.pages.paging import page_asked, pages_of
from api.permissions import Permission
from api.rest import discussions, replies
from content import sanitised
from content.courses.courses import Course

table = web.RouteTableDef()

PERMISSION = Permission.DISCUSSIONS_OWN
PER_PAGE = 20
LIST = "/learn/{course_id}/discussions"
THREAD = "/discussions/{discussion_id}"


@table.get(LIST)
async def list_threads(request: web.Request) -> web.Response:
    """Show the threads of a course."""
    return await _list(await at_desk(request, PERMISSION))


@table.post(LIST)
async def begin(request: web.Request) -> web.Response:
    """Begin a thread."""
    desk = await at_desk(request, PERMISSION)
    form, course_id = await request.post(), desk.named("course_id")
    title, text = str(form.get("title", "")).strip(), str(form.get("content", ""))
    body = {"title": title, "content": sanitised.plain(text)}
    outcome = await desk.submit(discussions.create_discussion, body, course_id=course_id)
    if outcome.problems:
        return await _list(desk, outcome.problems, title, text)
    return desk.go(f"/discussions/{outcome.answer.id}", "Your question is asked.")


@table.get(THREAD)
async def thread_page(request: web.Request) -> web.Response:
    """Show a thread with its replies."""
    return await _thread(await at_desk(request, PERMISSION))


@table.post(f"{THREAD}/replies")
async def reply(request: web.Request) -> web.Response:
    """Reply."""
    desk = await at_desk(request, PERMISSION)
    form, discussion_id = await request.post(), desk.named("discussion_id")
    text = str(form.get("content", ""))
    body = {"content": sanitised.plain(text)}
    outcome = await desk.submit(replies.create_reply, body, discussion_id=discussion_id)
    if outcome.problems:
        return await _thread(desk, outcome.problems, text)
    return desk.go(f"/discussions/{discussion_id}", "Your reply is written.")


@table.post(f"{THREAD}/upvote")
async def upvote(request: web.Request) -> web.Response:
    """Vote for a thread, or take the vote back."""
    desk = await at_desk(request, PERMISSION)
    form, discussion_id = await request.post(), desk.named("discussion_id")
    handler = discussions.take_vote_back if "back" in form else discussions.upvote_discussion
    outcome = await desk.submit(handler, discussion_id=discussion_id)
    if outcome.problems:
        return await _thread(desk, outcome.problems)
    return desk.go(f"/discussions/{discussion_id}")


@table.post(f"{THREAD}/resolve")
async def resolve(request: web.Request) -> web.Response:
    """Say that a thread is resolved."""
    desk = await at_desk(request, PERMISSION)
    discussion_id = desk.named("discussion_id")
    outcome = await desk.submit(discussions.resolve_discussion, discussion_id=discussion_id)
    if outcome.problems:
        return await _thread(desk, outcome.problems)
    return desk.go(f"/discussions/{discussion_id}", "It is marked as resolved.")


async def _list(
    desk: Desk, problems: Problems = NO_PROBLEMS, title: str = "", text: str = ""
) -> web.Response:
    course_id, page = desk.named("course_id"), page_asked(desk.request)
    course = (await access_of(desk, course_id)).course
    query = {"page": page, "per_page": PER_PAGE}
    found = await desk.ask(discussions.list_discussions, course_id=course_id, query=query)
    return desk.show(
        "learning/discussions.html",
        problems.status,
        course=course,
        threads=found.items,
        pages=pages_of(desk.request, page, found.total, PER_PAGE),
        title=title,
        text=text,
        problems=problems.by_field(),
    )


async def _thread(desk: Desk, problems: Problems = NO_PROBLEMS, text: str = "") -> web.Response:
    discussion_id, page = desk.named("discussion_id"), page_asked(desk.request)
    thread = await desk.ask(discussions.get_discussion, discussion_id=discussion_id)
    query = {"page": page, "per_page": PER_PAGE}
    found = await desk.ask(replies.list_replies, discussion_id=discussion_id, query=query)
    course = await desk.store.of(Course).get(desk.organization_id, thread.related["course"])
    own = thread.attributes.author_id == desk.person.id
    return desk.show(
        "learning/discussion.html",
        problems.status,
        course=course,
        thread=thread,
        replies=found.items,
        pages=pages_of(desk.request, page, found.total, PER_PAGE),
        own=own,
        resolves=own or desk.principal.may(Permission.DISCUSSIONS_MODERATE),
        text=text,
        problems=problems.by_field(),
    )
