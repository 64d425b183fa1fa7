"""/discussions: threads of a course or a lesson, and replies to them."""

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
    DiscussionAttributes,
    circle_of,
    discussion_resource,
    enter,
    is_author,
    thread_of,
)
from api.rest.route import RouteTable
from content.discussions import (
    Discussion,
    DiscussionChanges,
    DiscussionDraft,
    DiscussionFilter,
    threads,
    votes,
)
from content.lessons import lessons

table = RouteTable()


class NewDiscussion(Draft):
    """A new thread, about a lesson where it names one."""

    title: str
    content: str = Field(max_length=LONGEST)
    lesson_id: str | None = Field(None, max_length=100)


class NewLessonDiscussion(Draft):
    """A new thread about a lesson."""

    title: str
    content: str = Field(max_length=LONGEST)


class ChangedDiscussion(Draft):
    """The author's words; whether it is resolved; for moderators, pinned and locked."""

    title: str = ""
    content: str = Field("", max_length=LONGEST)
    resolved: bool = False
    pinned: bool = False
    locked: bool = False


class DiscussionQuery(PageQuery):
    """Which threads; pinned ones come first, then by the last activity unless sorted."""

    user_id: str | None = None
    lesson_id: str | None = None
    resolved: bool | None = None
    pinned: bool | None = None
    sort: str | None = None


class LessonDiscussionQuery(PageQuery):
    """Which threads about a lesson."""

    user_id: str | None = None
    resolved: bool | None = None
    sort: str | None = None


@table.route(
    "GET",
    "/courses/{course_id}/discussions",
    permission=Permission.DISCUSSIONS_OWN,
    errors=ENTRY,
)
async def list_discussions(
    call: Call, course_id: str, query: DiscussionQuery
) -> ResourcePage[DiscussionAttributes]:
    """List the threads of a course, pinned ones first."""
    await enter(call, course_id)
    filters = DiscussionFilter(
        course_id=course_id,
        lesson_id=query.lesson_id,
        author_id=query.user_id,
        resolved=query.resolved,
        pinned=query.pinned,
    )
    return await _threads(call, filters, query, query.sort)


@table.route(
    "POST",
    "/courses/{course_id}/discussions",
    permission=Permission.DISCUSSIONS_OWN,
    status=201,
    errors=(*ENTRY, "lesson_not_found"),
)
async def create_discussion(
    call: Call, course_id: str, body: NewDiscussion
) -> Resource[DiscussionAttributes]:
    """Begin a thread in a course."""
    await enter(call, course_id)
    return await _begin(call, DiscussionDraft(course_id=course_id, **body.model_dump()))


@table.route(
    "GET",
    "/lessons/{lesson_id}/discussions",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "lesson_not_found"),
)
async def list_lesson_discussions(
    call: Call, lesson_id: str, query: LessonDiscussionQuery
) -> ResourcePage[DiscussionAttributes]:
    """List the threads about a lesson, pinned ones first."""
    course_id = await _course_of(call, lesson_id)
    filters = DiscussionFilter(
        course_id=course_id,
        lesson_id=lesson_id,
        author_id=query.user_id,
        resolved=query.resolved,
    )
    return await _threads(call, filters, query, query.sort)


@table.route(
    "POST",
    "/lessons/{lesson_id}/discussions",
    permission=Permission.DISCUSSIONS_OWN,
    status=201,
    errors=(*ENTRY, "lesson_not_found"),
)
async def create_lesson_discussion(
    call: Call, lesson_id: str, body: NewLessonDiscussion
) -> Resource[DiscussionAttributes]:
    """Begin a thread about a lesson."""
    course_id = await _course_of(call, lesson_id)
    draft = DiscussionDraft(course_id=course_id, lesson_id=lesson_id, **body.model_dump())
    return await _begin(call, draft)


@table.route(
    "GET",
    "/discussions/{discussion_id}",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found"),
)
async def get_discussion(call: Call, discussion_id: str) -> Resource[DiscussionAttributes]:
    """Show a thread."""
    return await _shown(call, await thread_of(call, discussion_id))


@table.route(
    "PATCH",
    "/discussions/{discussion_id}",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found", "version_mismatch"),
)
async def update_discussion(
    call: Call, discussion_id: str, body: ChangedDiscussion
) -> Resource[DiscussionAttributes]:
    """Change a thread of one's own; moderators pin, lock and resolve any."""
    discussion = await thread_of(call, discussion_id)
    fields = body.model_dump(exclude_unset=True)
    if fields.keys() & {"pinned", "locked"} or not is_author(call, discussion):
        call.require(Permission.DISCUSSIONS_MODERATE)
    changes, version = DiscussionChanges(**fields), expected_version(call.request)
    store = call.services.content
    return await _shown(call, await threads.update(store, discussion, changes, version))


@table.route(
    "PATCH",
    "/discussions/{discussion_id}/resolve",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found", "version_mismatch"),
)
async def resolve_discussion(call: Call, discussion_id: str) -> Resource[DiscussionAttributes]:
    """Mark a thread as resolved: its author, or a moderator."""
    discussion = await thread_of(call, discussion_id)
    if not is_author(call, discussion):
        call.require(Permission.DISCUSSIONS_MODERATE)
    changes, version = DiscussionChanges(resolved=True), expected_version(call.request)
    store = call.services.content
    return await _shown(call, await threads.update(store, discussion, changes, version))


@table.route(
    "DELETE",
    "/discussions/{discussion_id}",
    permission=Permission.DISCUSSIONS_OWN,
    status=204,
    errors=(*ENTRY, "discussion_not_found"),
)
async def delete_discussion(call: Call, discussion_id: str) -> web.Response:
    """Take a thread away: its author, or a moderator."""
    discussion = await thread_of(call, discussion_id)
    if not is_author(call, discussion):
        call.require(Permission.DISCUSSIONS_MODERATE)
    await threads.delete(call.services.content, discussion, call.principal.person.id)
    return web.Response(status=204)


@table.route(
    "POST",
    "/discussions/{discussion_id}/upvote",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found", "own_post"),
)
async def upvote_discussion(call: Call, discussion_id: str) -> Resource[DiscussionAttributes]:
    """Vote for a thread; each person has one vote."""
    discussion = await thread_of(call, discussion_id)
    own = call.principal.person.id
    return await _shown(call, await votes.vote(call.services.content, discussion, own))


@table.route(
    "DELETE",
    "/discussions/{discussion_id}/upvote",
    permission=Permission.DISCUSSIONS_OWN,
    errors=(*ENTRY, "discussion_not_found"),
)
async def take_vote_back(call: Call, discussion_id: str) -> Resource[DiscussionAttributes]:
    """Take one's vote for a thread back."""
    discussion = await thread_of(call, discussion_id)
    own = call.principal.person.id
    return await _shown(call, await votes.take_back(call.services.content, discussion, own))


async def _course_of(call: Call, lesson_id: str) -> str:
    lesson = await lessons.get(call.services.content, call.organization_id, lesson_id)
    await enter(call, lesson.course_id)
    return lesson.course_id


async def _begin(call: Call, draft: DiscussionDraft) -> Resource[DiscussionAttributes]:
    services, own = call.services, call.principal.person.id
    made = await threads.create(services.content, services.outbox, call.organization_id, draft, own)
    return await _shown(call, made)


async def _threads(
    call: Call, filters: DiscussionFilter, query: PageQuery, sort: str | None
) -> ResourcePage[DiscussionAttributes]:
    store = call.services.content
    found = await threads.find(store, call.organization_id, filters, paging(query, sort))
    circle = await circle_of(call, found.items)
    return page_of(found, lambda each: discussion_resource(each, circle))


async def _shown(call: Call, discussion: Discussion) -> Resource[DiscussionAttributes]:
    return discussion_resource(discussion, await circle_of(call, [discussion]))
