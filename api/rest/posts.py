"""What threads and replies have in common: who may enter, and how they are shown."""

from collections.abc import Collection, Mapping
from datetime import datetime

from api.permissions import Permission
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.visibility import visible_course
from content.discussions import Discussion, Post, Reply, threads, votes
from content.enrollment import participation
from content.people import people

ENTRY = ("course_not_found", "discussion_disabled", "enrollment_expired", "enrollment_required")
LONGEST = 100_000


class DiscussionAttributes(Attributes):
    """A thread; its content is HTML that was cleaned. `upvoted`: by the person who asks."""

    type_name = "discussion"
    relationship_types = {"author": "user", "course": "course", "lesson": "lesson"}

    title: str
    content: str
    author_id: str
    author_name: str | None
    lesson_id: str | None
    reply_count: int
    upvotes: int
    upvoted: bool
    pinned: bool
    resolved: bool
    locked: bool
    edited_at: datetime | None
    last_activity_at: datetime
    created_at: datetime


class ReplyAttributes(Attributes):
    """A reply; `reply_to` is another one where it answers that."""

    type_name = "reply"
    relationship_types = {"author": "user", "discussion": "discussion"}

    content: str
    author_id: str
    author_name: str | None
    reply_to: str | None
    upvotes: int
    upvoted: bool
    edited_at: datetime | None
    created_at: datetime


class Circle:
    """What is shown beside posts: their authors' names, and which the person voted for."""

    def __init__(self, names: Mapping[str, str], voted: Collection[str]) -> None:
        self.names = names
        self.voted = voted


async def circle_of(call: Call, posts: Collection[Post]) -> Circle:
    """What is shown beside these posts."""
    store, organization_id = call.services.content, call.organization_id
    names = await people.names(store, organization_id, {each.author_id for each in posts})
    ids = [each.id for each in posts]
    own = call.principal.person.id
    return Circle(names, await votes.voted(store, organization_id, ids, own))


async def enter(call: Call, course_id: str) -> None:
    """Let in who is in the course, and moderators. Raises NotFound, Refused."""
    store, organization_id = call.services.content, call.organization_id
    await visible_course(call, course_id)
    if not call.principal.may(Permission.DISCUSSIONS_MODERATE):
        own = call.principal.person.id
        await participation.require(store, organization_id, course_id, own)
    await threads.check_enabled(store, organization_id, course_id)


async def thread_of(call: Call, discussion_id: str) -> Discussion:
    """The thread, for who may enter its course. Raises NotFound, Refused."""
    store = call.services.content
    discussion = await threads.get(store, call.organization_id, discussion_id)
    await enter(call, discussion.course_id)
    return discussion


def is_author(call: Call, post: Post) -> bool:
    """Whether the person who asks wrote it."""
    return post.author_id == call.principal.person.id


def discussion_resource(discussion: Discussion, circle: Circle) -> Resource[DiscussionAttributes]:
    """The thread as a resource."""
    attributes = DiscussionAttributes.model_validate(
        _fields(DiscussionAttributes, discussion, circle)
    )
    related = {
        "author": discussion.author_id,
        "course": discussion.course_id,
        "lesson": discussion.lesson_id,
    }
    return Resource(discussion.id, attributes, related, discussion.version)


def reply_resource(reply: Reply, circle: Circle) -> Resource[ReplyAttributes]:
    """The reply as a resource."""
    attributes = ReplyAttributes.model_validate(_fields(ReplyAttributes, reply, circle))
    related = {"author": reply.author_id, "discussion": reply.discussion_id}
    return Resource(reply.id, attributes, related, reply.version)


def _fields(model: type[Attributes], post: Post, circle: Circle) -> dict[str, object]:
    beside = {
        "author_name": circle.names.get(post.author_id),
        "upvoted": post.id in circle.voted,
    }
    own = model.model_fields.keys() - beside.keys()
    return {**{name: getattr(post, name) for name in own}, **beside}
