"""/courses/…/discussions: threads of a course for who moderates them."""

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form, carried_out
from api.pages.paging import page_asked, pages_of
from api.pages.wording import badge
from api.permissions import Permission
from content.courses import courses
from content.discussions import replies, threads
from content.discussions.thread import Discussion, DiscussionChanges, DiscussionFilter
from content.documents import Paging
from content.errors import NotFound
from content.people import people

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/discussions"
THREADS_A_PAGE = 30
REPLIES_A_PAGE = 50
CHANGES = {
    "pin": (DiscussionChanges(pinned=True), "The thread is pinned: it stays on top."),
    "unpin": (DiscussionChanges(pinned=False), "The thread is pinned no more."),
    "lock": (DiscussionChanges(locked=True), "The thread is locked: only moderators reply."),
    "unlock": (DiscussionChanges(locked=False), "The thread is open for replies again."),
    "resolve": (DiscussionChanges(resolved=True), "The thread is resolved."),
    "reopen": (DiscussionChanges(resolved=False), "The thread is open again."),
}


@table.get(ADDRESS)
async def threads_page(request: web.Request) -> web.Response:
    """Show the threads of a course, pinned ones first."""
    desk = await at_desk(request, Permission.DISCUSSIONS_MODERATE)
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    open_only = desk.asked("show") == "open"
    filters = DiscussionFilter(course_id=course.id, resolved=False if open_only else None)
    paging = Paging(page=page_asked(request), per_page=THREADS_A_PAGE)
    found = await threads.find(desk.store, desk.organization_id, filters, paging)
    ids = {each.author_id for each in found.items}
    names = await people.names(desk.store, desk.organization_id, ids)
    return desk.show(
        "instructing/discussions.html",
        course=course,
        badge=badge(course.status),
        threads=[
            (
                each,
                names.get(each.author_id, "Somebody who is gone"),
                desk.minute(each.last_activity_at),
            )
            for each in found.items
        ],
        pages=pages_of(request, found.page, found.total, THREADS_A_PAGE),
        open_only=open_only,
    )


@table.get(ADDRESS + "/{discussion_id}")
async def thread_page(request: web.Request) -> web.Response:
    """Show a thread with its replies."""
    desk = await at_desk(request, Permission.DISCUSSIONS_MODERATE)
    return await _page(desk, await _found(desk), Form())


@table.post(ADDRESS + "/{discussion_id}")
async def reply(request: web.Request) -> web.Response:
    """Reply in a thread."""
    desk = await at_desk(request, Permission.DISCUSSIONS_MODERATE)
    thread = await _found(desk)
    content = str((await request.post()).get("content", "")).strip()
    by = desk.person.id
    made = replies.create(desk.store, desk.services.outbox, thread, content, by, moderating=True)
    if refused := await carried_out(Form({"content": content}), made):
        return await _page(desk, thread, refused)
    await desk.audit("POST /discussions/{discussion_id}/replies", thread.id)
    return desk.go(_address(thread), "Your reply is there.")


@table.post(ADDRESS + "/{discussion_id}/{change:pin|unpin|lock|unlock|resolve|reopen}")
async def change(request: web.Request) -> web.Response:
    """Pin, lock or resolve a thread, or take that back."""
    desk = await at_desk(request, Permission.DISCUSSIONS_MODERATE)
    thread = await _found(desk)
    changes, told = CHANGES[desk.named("change")]
    await threads.update(desk.store, thread, changes)
    await desk.audit("PATCH /discussions/{discussion_id}", thread.id)
    return desk.go(_address(thread), told)


@table.post(ADDRESS + "/{discussion_id}/delete")
async def delete(request: web.Request) -> web.Response:
    """Take a thread away with its replies."""
    desk = await at_desk(request, Permission.DISCUSSIONS_MODERATE)
    thread = await _found(desk)
    await threads.delete(desk.store, thread, desk.person.id)
    await desk.audit("DELETE /discussions/{discussion_id}", thread.id)
    return desk.go(f"/courses/{thread.course_id}/discussions", "The thread is gone.")


@table.post(ADDRESS + "/{discussion_id}/replies/{reply_id}/delete")
async def delete_reply(request: web.Request) -> web.Response:
    """Take a reply away."""
    desk = await at_desk(request, Permission.DISCUSSIONS_MODERATE)
    thread = await _found(desk)
    found = await replies.get(desk.store, desk.organization_id, desk.named("reply_id"))
    if found.discussion_id != thread.id:
        raise NotFound("reply", found.id)
    await replies.delete(desk.store, thread, found, desk.person.id)
    await desk.audit("DELETE /replies/{reply_id}", found.id)
    return desk.go(_address(thread), "The reply is gone.")


def _address(thread: Discussion) -> str:
    return f"/courses/{thread.course_id}/discussions/{thread.id}"


async def _found(desk: Desk) -> Discussion:
    sought = desk.named("discussion_id")
    found = await threads.get(desk.store, desk.organization_id, sought)
    if found.course_id != desk.named("course_id"):
        raise NotFound("discussion", sought)
    return found


async def _page(desk: Desk, thread: Discussion, form: Form) -> web.Response:
    paging = Paging(page=page_asked(desk.request), per_page=REPLIES_A_PAGE, sort="created_at")
    found = await replies.find(desk.store, thread, paging)
    ids = {thread.author_id, *(each.author_id for each in found.items)}
    names = await people.names(desk.store, desk.organization_id, ids)
    gone = "Somebody who is gone"
    return desk.show(
        "instructing/thread.html",
        form.status,
        course=await courses.get(desk.store, desk.organization_id, thread.course_id),
        thread=thread,
        author=names.get(thread.author_id, gone),
        at=desk.minute(thread.created_at),
        replies=[
            (each, names.get(each.author_id, gone), desk.minute(each.created_at))
            for each in found.items
        ],
        pages=pages_of(desk.request, found.page, found.total, REPLIES_A_PAGE),
        form=form,
    )
