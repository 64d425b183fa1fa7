"""Votes for threads and replies: each person one for each, and none for their own."""

from collections.abc import Collection
from typing import TypeVar

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from content.discussions.thread import Post
from content.errors import Conflict
from content.identity import now
from content.store import VOTES, Store

P = TypeVar("P", bound=Post)


async def vote(store: Store, post: P, person_id: str) -> P:
    """Vote for a post; twice is once. Raises Conflict (own_post)."""
    if post.author_id == person_id:
        raise Conflict("own_post", "Nobody votes for what they wrote themselves.")
    made = {
        "organization_id": post.organization_id,
        "post_id": post.id,
        "person_id": person_id,
        "voted_at": now(),
    }
    try:
        await store.database[VOTES].insert_one(made)
    except DuplicateKeyError:
        return post
    return await recount(store, post)


async def take_back(store: Store, post: P, person_id: str) -> P:
    """Take a vote back, where there is one."""
    query = {
        "organization_id": post.organization_id,
        "post_id": post.id,
        "person_id": person_id,
    }
    await store.database[VOTES].delete_one(query)
    return await recount(store, post)


async def voted(
    store: Store, organization_id: str, post_ids: Collection[str], person_id: str
) -> set[str]:
    """The posts among these that the person has voted for."""
    query = {
        "organization_id": organization_id,
        "post_id": {"$in": list(post_ids)},
        "person_id": person_id,
    }
    return {each["post_id"] async for each in store.database[VOTES].find(query, {"post_id": 1})}


async def recount(store: Store, post: P) -> P:
    """Write down how many votes there are."""
    own = {"organization_id": post.organization_id}
    count = await store.database[VOTES].count_documents({**own, "post_id": post.id})
    documents = store.of(type(post))
    fields = await documents.collection.find_one_and_update(
        {**own, "_id": post.id},
        {"$set": {"upvotes": count}},
        return_document=ReturnDocument.AFTER,
    )
    return post if fields is None else documents.decode(fields)
