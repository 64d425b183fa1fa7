"""Replies: written, found, changed, and taken away."""

from msgspec import structs

from content.discussions.thread import Discussion, Reply, wordless, written
from content.documents import Page, Paging
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store
from content.telling.events import event
from content.telling.outbox import Outbox, untold
from content.telling.statements import timestamp


async def create(
    store: Store,
    outbox: Outbox,
    discussion: Discussion,
    content: str,
    author_id: str,
    *,
    reply_to: str | None = None,
    moderating: bool = False,
) -> Reply:
    """A new reply. Raises RuleBroken, Conflict (discussion_locked)."""
    if discussion.locked and not moderating:
        raise Conflict("discussion_locked", "The discussion is closed.")
    wrong = wordless(content)
    if reply_to is not None and not await _is_in(store, discussion, reply_to):
        wrong.append(Finding(where="reply_to", detail="must be a reply of the same discussion"))
    if wrong:
        raise RuleBroken(wrong)
    moment = now()
    made = Reply(
        id=new_id("reply"),
        organization_id=discussion.organization_id,
        created_at=moment,
        updated_at=moment,
        course_id=discussion.course_id,
        discussion_id=discussion.id,
        author_id=author_id,
        content=written(content),
        reply_to=reply_to,
    )
    made = await store.of(Reply).insert(structs.replace(made, untold=_told(discussion, made)))
    await recount(store, discussion)
    await outbox.tell(made)
    return made


async def get(store: Store, organization_id: str, reply_id: str) -> Reply:
    """The reply, unless it was deleted. Raises NotFound."""
    found = await store.of(Reply).first(organization_id, {"_id": reply_id, "deleted_at": None})
    if found is None:
        raise NotFound("reply", reply_id)
    return found


async def find(store: Store, discussion: Discussion, paging: Paging) -> Page[Reply]:
    """One page of a thread's replies. Raises RuleBroken for a wrong page or sort."""
    query = {"discussion_id": discussion.id, "deleted_at": None}
    return await store.of(Reply).page(discussion.organization_id, query, paging)


async def update(
    store: Store, reply: Reply, content: str, expected_version: int | None = None
) -> Reply:
    """Change a reply's words. Raises RuleBroken, VersionMismatch."""
    if wrong := wordless(content):
        raise RuleBroken(wrong)
    fields = {"content": written(content), "edited_at": now()}
    documents = store.of(Reply)
    return await documents.change(reply.organization_id, reply.id, fields, expected_version)


async def delete(store: Store, discussion: Discussion, reply: Reply, by: str) -> None:
    """Take a reply away. Raises NotFound."""
    fields = {"deleted_at": now(), "deleted_by": by}
    await store.of(Reply).change(reply.organization_id, reply.id, fields)
    await recount(store, discussion)


async def recount(store: Store, discussion: Discussion) -> None:
    """Write down what the replies come to: their count, and the last one's moment."""
    query = {
        "organization_id": discussion.organization_id,
        "discussion_id": discussion.id,
        "deleted_at": None,
    }
    replies = store.of(Reply).collection
    last = await replies.find_one(query, {"created_at": 1}, sort=[("created_at", -1)])
    fields = {
        "reply_count": await replies.count_documents(query),
        "last_activity_at": last["created_at"] if last else discussion.created_at,
    }
    own = {"organization_id": discussion.organization_id, "_id": discussion.id}
    await store.of(Discussion).collection.update_one(own, {"$set": fields})


async def _is_in(store: Store, discussion: Discussion, reply_id: str) -> bool:
    query = {"_id": reply_id, "discussion_id": discussion.id, "deleted_at": None}
    return await store.of(Reply).first(discussion.organization_id, query) is not None


def _told(discussion: Discussion, made: Reply) -> tuple[str, ...]:
    data = {
        "discussion_id": discussion.id,
        "reply_id": made.id,
        "reply_to": made.reply_to,
        "course_id": discussion.course_id,
        "lesson_id": discussion.lesson_id,
        "user_id": made.author_id,
        "author_id": discussion.author_id,
        "title": discussion.title,
        "created_at": timestamp(made.created_at),
    }
    happened = event(made.organization_id, "discussion.replied", made.id, made.created_at, data)
    return untold(happened=[happened])
