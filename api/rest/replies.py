"""/replies: what is said in a thread."""

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.posts import (
    ENTRY,
    LONGEST,
    ReplyAttributes,
    circle_of,
    is_author,
    reply_resource,
    thread_of,
)
from api.rest.route import RouteTable
from content.discussions import Discussion, Reply, replies, votes

table = RouteTable()


class NewReply(Draft):
    """A new reply, to another one where it names one."""

    content: str = Field(max_length=LONGEST)
    reply_to: str | None = Field(None, max_length=100)


class ChangedReply(Draft):
    """Other words for a reply."""

    content: str = Field(max_length=LONGEST)


class ReplyQuery(PageQuery):
    """In which order; the oldest first unless sorted."""

    sort: str | None = None


@table.route(
    "GET",
    "/discussions/{discussion_id}/replies",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found"),
)
async def list_replies(
    call: Call, discussion_id: str, query: ReplyQuery
) -> ResourcePage[ReplyAttributes]:
    """List the replies of a thread."""
    discussion = await thread_of(call, discussion_id)
    found = await replies.find(call.services.content, discussion, paging(query, query.sort))
    circle = await circle_of(call, found.items)
    return page_of(found, lambda each: reply_resource(each, circle))


@table.route(
    "POST",
    "/discussions/{discussion_id}/replies",
    permission=Permission.DISCUSSIONS_OWN,
    status=201,
    errors=(*ENTRY, "discussion_locked", "discussion_not_found"),
)
async def create_reply(call: Call, discussion_id: str, body: NewReply) -> Resource[ReplyAttributes]:
    """Reply to a thread."""
    discussion, services = await thread_of(call, discussion_id), call.services
    made = await replies.create(
        services.content,
        services.outbox,
        discussion,
        body.content,
        call.principal.person.id,
        reply_to=body.reply_to,
        moderating=call.principal.may(Permission.DISCUSSIONS_MODERATE),
    )
    return reply_resource(made, await circle_of(call, [made]))


@table.route(
    "PATCH",
    "/replies/{reply_id}",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found", "reply_not_found", "version_mismatch"),
)
async def update_reply(call: Call, reply_id: str, body: ChangedReply) -> Resource[ReplyAttributes]:
    """Change the words of a reply of one's own."""
    reply, _ = await _inthread_of(call, reply_id)
    if not is_author(call, reply):
        call.require(Permission.DISCUSSIONS_MODERATE)
    version = expected_version(call.request)
    changed = await replies.update(call.services.content, reply, body.content, version)
    return reply_resource(changed, await circle_of(call, [changed]))


@table.route(
    "DELETE",
    "/replies/{reply_id}",
    permission=Permission.DISCUSSIONS_OWN,
    status=204,
    errors=(*ENTRY, "discussion_not_found", "reply_not_found"),
)
async def delete_reply(call: Call, reply_id: str) -> web.Response:
    """Take a reply away: its author, or a moderator."""
    reply, discussion = await _inthread_of(call, reply_id)
    if not is_author(call, reply):
        call.require(Permission.DISCUSSIONS_MODERATE)
    await replies.delete(call.services.content, discussion, reply, call.principal.person.id)
    return web.Response(status=204)


@table.route(
    "POST",
    "/replies/{reply_id}/upvote",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found", "own_post", "reply_not_found"),
)
async def upvote_reply(call: Call, reply_id: str) -> Resource[ReplyAttributes]:
    """Vote for a reply; each person has one vote."""
    reply, _ = await _inthread_of(call, reply_id)
    voted = await votes.vote(call.services.content, reply, call.principal.person.id)
    return reply_resource(voted, await circle_of(call, [voted]))


@table.route(
    "DELETE",
    "/replies/{reply_id}/upvote",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found", "reply_not_found"),
)
async def take_reply_vote_back(call: Call, reply_id: str) -> Resource[ReplyAttributes]:
    """Take one's vote for a reply back."""
    reply, _ = await _inthread_of(call, reply_id)
    left = await votes.take_back(call.services.content, reply, call.principal.person.id)
    return reply_resource(left, await circle_of(call, [left]))


async def _inthread_of(call: Call, reply_id: str) -> tuple[Reply, Discussion]:
    reply = await replies.get(call.services.content, call.organization_id, reply_id)
    return reply, await thread_of(call, reply.discussion_id)
