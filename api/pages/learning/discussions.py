"""/learn/…/discussions, /discussions/…: what is asked and answered in a course."""

from html import escape

from aiohttp import web

from api.pages.learning.course import access_of
from api.pages.learning.visit import Visit, by_field, visit
from api.pages.paging import page_asked, pages_of
from api.pages.redirection import onward
from api.permissions import Permission
from api.rest import discussions, replies
from api.rest.problems import Problem
from content.courses.courses import Course

table = web.RouteTableDef()

PERMISSION = Permission.DISCUSSIONS_OWN
PER_PAGE = 20
LIST = "/learn/{course_id}/discussions"
THREAD = "/discussions/{discussion_id}"


@table.get(LIST)
async def list_threads(request: web.Request) -> web.Response:
    """Show the threads of a course."""
    return await _list(await visit(request, PERMISSION))


@table.post(LIST)
async def begin(request: web.Request) -> web.Response:
    """Begin a thread."""
    seen = await visit(request, PERMISSION)
    form, course_id = await request.post(), seen.named("course_id")
    title, text = str(form.get("title", "")).strip(), str(form.get("content", ""))
    body = {"title": title, "content": as_html(text)}
    try:
        made = await seen.ask(discussions.create_discussion, course_id=course_id, body=body)
    except Exception as error:
        return await _list(seen, seen.problem(error), title, text)
    return onward(f"/discussions/{made.id}", "Your question is asked.")


@table.get(THREAD)
async def thread_page(request: web.Request) -> web.Response:
    """Show a thread with its replies."""
    return await _thread(await visit(request, PERMISSION))


@table.post(f"{THREAD}/replies")
async def reply(request: web.Request) -> web.Response:
    """Reply."""
    seen = await visit(request, PERMISSION)
    form, discussion_id = await request.post(), seen.named("discussion_id")
    text = str(form.get("content", ""))
    body = {"content": as_html(text)}
    asked = seen.ask(replies.create_reply, discussion_id=discussion_id, body=body)
    if problem := await seen.tried(asked):
        return await _thread(seen, problem, text)
    return onward(f"/discussions/{discussion_id}", "Your reply is written.")


@table.post(f"{THREAD}/upvote")
async def upvote(request: web.Request) -> web.Response:
    """Vote for a thread, or take the vote back."""
    seen = await visit(request, PERMISSION)
    form, discussion_id = await request.post(), seen.named("discussion_id")
    handler = discussions.take_vote_back if "back" in form else discussions.upvote_discussion
    if problem := await seen.tried(seen.ask(handler, discussion_id=discussion_id)):
        return await _thread(seen, problem)
    return onward(f"/discussions/{discussion_id}")


@table.post(f"{THREAD}/resolve")
async def resolve(request: web.Request) -> web.Response:
    """Say that a thread is resolved."""
    seen = await visit(request, PERMISSION)
    discussion_id = seen.named("discussion_id")
    asked = seen.ask(discussions.resolve_discussion, discussion_id=discussion_id)
    if problem := await seen.tried(asked):
        return await _thread(seen, problem)
    return onward(f"/discussions/{discussion_id}", "It is marked as resolved.")


def as_html(text: str) -> str:
    """What was written in a form as paragraphs of HTML."""
    paragraphs = [each.strip() for each in text.replace("\r\n", "\n").split("\n\n")]
    said = (escape(each).replace("\n", "<br>") for each in paragraphs if each)
    return "".join(f"<p>{each}</p>" for each in said)


async def _list(
    seen: Visit, problem: Problem | None = None, title: str = "", text: str = ""
) -> web.Response:
    course_id, page = seen.named("course_id"), page_asked(seen.request)
    course = (await access_of(seen, course_id)).course
    query = {"page": page, "per_page": PER_PAGE}
    found = await seen.ask(discussions.list_discussions, course_id=course_id, query=query)
    return seen.page(
        "learning/discussions.html",
        problem.status if problem else 200,
        course=course,
        threads=found.items,
        pages=pages_of(seen.request, page, found.total, PER_PAGE),
        title=title,
        text=text,
        problems=by_field(problem),
    )


async def _thread(seen: Visit, problem: Problem | None = None, text: str = "") -> web.Response:
    discussion_id, page = seen.named("discussion_id"), page_asked(seen.request)
    thread = await seen.ask(discussions.get_discussion, discussion_id=discussion_id)
    query = {"page": page, "per_page": PER_PAGE}
    found = await seen.ask(replies.list_replies, discussion_id=discussion_id, query=query)
    course = await seen.store.of(Course).get(seen.organization_id, thread.related["course"])
    own = thread.attributes.author_id == seen.person.id
    return seen.page(
        "learning/discussion.html",
        problem.status if problem else 200,
        course=course,
        thread=thread,
        replies=found.items,
        pages=pages_of(seen.request, page, found.total, PER_PAGE),
        own=own,
        resolves=own or seen.principal.may(Permission.DISCUSSIONS_MODERATE),
        text=text,
        problems=by_field(problem),
    )
