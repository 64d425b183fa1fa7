"""Previews: whom an audience would concern if it were in force now."""

from collections.abc import AsyncIterator

from msgspec import Struct

from content.compliance import audiences
from content.compliance.audiences import HIRED, Audience
from content.compliance.entries import profile_of
from content.errors import RuleBroken
from content.identity import now
from content.people.people import Person
from content.store import Store

NAMED = 5


class Preview(Struct, frozen=True, kw_only=True):
    """How many people, and the names of the first."""

    count: int
    names: tuple[str, ...]


async def preview(store: Store, organization_id: str, audience: Audience) -> Preview:
    """Count the people of an audience. Raises RuleBroken."""
    if broken := audiences.broken(audience):
        raise RuleBroken(broken)
    first: list[str] = []
    if _exact(audience):
        query = {"organization_id": organization_id, **audiences.query(audience)}
        collection = store.of(Person).collection
        some = collection.find(query, {"name": 1}, sort=[("name", 1)], limit=NAMED)
        first = [each["name"] async for each in some]
        return Preview(count=await collection.count_documents(query), names=tuple(first))
    count = 0
    async for person in _members(store, organization_id, audience):
        count += 1
        if count <= NAMED:
            first.append(person.name)
    return Preview(count=count, names=tuple(first))


def _exact(audience: Audience) -> bool:
    """Whether the query alone finds them, without looking at each person."""
    rules = audience.of or (audience,)
    return not audience.excluding and all(each.kind != HIRED for each in rules)


async def _members(store: Store, organization_id: str, audience: Audience) -> AsyncIterator[Person]:
    moment = now()
    order = [("name", 1), ("_id", 1)]
    async for person in store.of(Person).each(organization_id, audiences.query(audience), order):
        if audiences.belongs(audience, profile_of(person), moment):
            yield person
