"""A person's handiwork, erased with them: files, work handed in, reviews, posts, votes.

What others built on stays without the person: the replies to a thread, the grades that an
instructor gave, the material of a course. Everything can be done again.
"""

from typing import Any, Final

from content.announcements.announcements import Announcement
from content.assignments.peers import PeerReview
from content.assignments.submission import Submission
from content.compliance.decisions import Decision
from content.courses import reviews
from content.courses.reviews import Review
from content.discussions import Discussion, Reply, replies, votes
from content.discussions.thread import Post
from content.files import StoredFile, library
from content.store import VOTES, Store
from content.telling.events import Event

NOBODY: Final = ""
REMOVED: Final = "(removed)"


async def erase(store: Store, organization_id: str, person_id: str) -> dict[str, int]:
    """Erase it; return how many of each were deleted."""
    own = {"organization_id": organization_id}
    await _forget_judgements(store, own, person_id)
    await _take_votes_back(store, organization_id, person_id)
    return {
        "files": await _files(store, organization_id, person_id),
        "peer_reviews": await _peer_reviews(store, own, person_id),
        "posts": await _posts(store, organization_id, person_id),
        "submissions": await _deleted(store, Submission, own, {"person_id": person_id}),
        "course_reviews": await _course_reviews(store, organization_id, person_id),
    }


async def _files(store: Store, organization_id: str, person_id: str) -> int:
    """Delete the person's own files; those of a course stay, and are nobody's."""
    count = 0
    query = {"owner_id": person_id}
    async for each in store.of(StoredFile).each(organization_id, query):
        if each.course_id is not None:
            await store.of(StoredFile).change(organization_id, each.id, {"owner_id": NOBODY})
            continue
        await library.remove(store, each)
        count += 1
    return count


async def _peer_reviews(store: Store, own: dict[str, str], person_id: str) -> int:
    concerned = {"$or": [{"reviewer_id": person_id}, {"author_id": person_id}]}
    return await _deleted(store, PeerReview, own, concerned)


async def _posts(store: Store, organization_id: str, person_id: str) -> int:
    """Empty the person's threads, which others replied to, and delete their replies."""
    query, words = {"author_id": person_id}, {"content": "", "author_id": NOBODY}
    count = 0
    async for thread in store.of(Discussion).each(organization_id, query):
        await store.of(Discussion).change(organization_id, thread.id, {**words, "title": REMOVED})
        count += 1
    async for reply in store.of(Reply).each(organization_id, query):
        await store.of(Reply).remove(organization_id, reply.id)
        thread = await store.of(Discussion).get(organization_id, reply.discussion_id)
        await replies.recount(store, thread)
        count += 1
    return count


async def _take_votes_back(store: Store, organization_id: str, person_id: str) -> None:
    query = {"organization_id": organization_id, "person_id": person_id}
    found = store.database[VOTES].find(query, {"post_id": 1})
    shapes: tuple[type[Post], ...] = (Discussion, Reply)
    for post_id in [each["post_id"] async for each in found]:
        await store.database[VOTES].delete_one({**query, "post_id": post_id})
        for shape in shapes:
            post = await store.of(shape).first(organization_id, {"_id": post_id})
            if post is not None:
                await votes.recount(store, post)


async def _course_reviews(store: Store, organization_id: str, person_id: str) -> int:
    count = 0
    async for each in store.of(Review).each(organization_id, {"person_id": person_id}):
        await reviews.delete(store, each)
        count += 1
    return count


async def _forget_judgements(store: Store, own: dict[str, str], person_id: str) -> None:
    """Let what the person judged of others' work stay, and no longer name them."""
    submissions = store.of(Submission).collection
    await submissions.update_many(
        {**own, "grades.graded_by": person_id},
        {"$set": {"grades.$[given].graded_by": NOBODY}},
        array_filters=[{"given.graded_by": person_id}],
    )
    named = (
        (Announcement, "author_id"),
        (Submission, "submitted_by"),
        (PeerReview, "dismissed_by"),
        (Discussion, "deleted_by"),
        (Reply, "deleted_by"),
        (Decision, "proposed_by"),
        (Decision, "decided_by"),
        (Decision, "revoked_by"),
    )
    await store.of(Decision).collection.update_many(
        {**own, "proposed_by": person_id}, {"$set": {"signed_name": None}}
    )
    await store.of(Event).collection.update_many(
        {**own, "data.author_id": person_id}, {"$set": {"data.author_id": NOBODY}}
    )
    for shape, field in named:
        changed = {"$set": {field: NOBODY}}
        await store.of(shape).collection.update_many({**own, field: person_id}, changed)


async def _deleted(
    store: Store, shape: type[Any], own: dict[str, str], query: dict[str, Any]
) -> int:
    gone = await store.of(shape).collection.delete_many({**own, **query})
    return gone.deleted_count
