"""Threads: begun, found, changed, and taken away."""

from typing import Any

from msgspec import structs

from content import findings
from content.courses import courses
from content.discussions.thread import (
    Discussion,
    DiscussionChanges,
    DiscussionDraft,
    DiscussionFilter,
    wordless,
    written,
)
from content.documents import Page, Paging, given
from content.errors import NotFound, Refused, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lessons import lessons
from content.store import Store
from content.telling.events import event
from content.telling.outbox import Outbox, untold
from content.telling.statements import timestamp


async def check_enabled(store: Store, organization_id: str, course_id: str) -> None:
    """Go on only where the course has discussions. Raises Refused (discussion_disabled)."""
    course = await courses.get(store, organization_id, course_id)
    if not course.settings.discussion_enabled:
        raise Refused("discussion_disabled", f"{course.title} has no discussions.")


async def create(
    store: Store, outbox: Outbox, organization_id: str, draft: DiscussionDraft, author_id: str
) -> Discussion:
    """A new thread. Raises RuleBroken, NotFound, Refused (discussion_disabled)."""
    await check_enabled(store, organization_id, draft.course_id)
    wrong = findings.title("title", draft.title) + wordless(draft.content)
    wrong += await _elsewhere(store, organization_id, draft)
    if wrong:
        raise RuleBroken(wrong)
    moment = now()
    made = Discussion(
        id=new_id("discussion"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        last_activity_at=moment,
        course_id=draft.course_id,
        lesson_id=draft.lesson_id,
        author_id=author_id,
        title=draft.title.strip(),
        content=written(draft.content),
    )
    told = await store.of(Discussion).insert(structs.replace(made, untold=_told(made)))
    await outbox.tell(told)
    return told


async def get(store: Store, organization_id: str, discussion_id: str) -> Discussion:
    """The thread, unless it was deleted. Raises NotFound."""
    query = {"_id": discussion_id, "deleted_at": None}
    found = await store.of(Discussion).first(organization_id, query)
    if found is None:
        raise NotFound("discussion", discussion_id)
    return found


async def find(
    store: Store, organization_id: str, filters: DiscussionFilter, paging: Paging
) -> Page[Discussion]:
    """One page of threads, pinned ones first. Raises RuleBroken for a wrong page or sort."""
    query: dict[str, Any] = {"deleted_at": None}
    query |= {name: value for name, value in structs.asdict(filters).items() if value is not None}
    if paging.sort is None:
        paging = structs.replace(paging, sort="-last_activity_at")
    return await store.of(Discussion).page(organization_id, query, paging, [("pinned", -1)])


async def update(
    store: Store,
    discussion: Discussion,
    changes: DiscussionChanges,
    expected_version: int | None = None,
) -> Discussion:
    """Change a thread. Raises RuleBroken, VersionMismatch."""
    if wrong := findings.title("title", changes.title) + wordless(changes.content):
        raise RuleBroken(wrong)
    fields = given(changes)
    if "content" in fields:
        fields["content"] = written(fields["content"])
    if fields.keys() & {"title", "content"}:
        fields["edited_at"] = now()
    documents = store.of(Discussion)
    return await documents.change(
        discussion.organization_id, discussion.id, fields, expected_version
    )


async def delete(store: Store, discussion: Discussion, by: str) -> None:
    """Take a thread away, with its replies. Raises VersionMismatch."""
    fields = {"deleted_at": now(), "deleted_by": by}
    await store.of(Discussion).change(discussion.organization_id, discussion.id, fields)


async def _elsewhere(store: Store, organization_id: str, draft: DiscussionDraft) -> list[Finding]:
    """Find fault with a lesson of another course. Raises NotFound."""
    if draft.lesson_id is None:
        return []
    lesson = await lessons.get(store, organization_id, draft.lesson_id)
    if lesson.course_id == draft.course_id:
        return []
    return [Finding(where="lesson_id", detail="must be a lesson of the course")]


def _told(made: Discussion) -> tuple[str, ...]:
    data = {
        "discussion_id": made.id,
        "course_id": made.course_id,
        "lesson_id": made.lesson_id,
        "user_id": made.author_id,
        "title": made.title,
        "created_at": timestamp(made.created_at),
    }
    happened = event(made.organization_id, "discussion.created", made.id, made.created_at, data)
    return untold(happened=[happened])
