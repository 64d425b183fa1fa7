"""The register: entries brought up to date, for few people after a change or for all of them.

There is one way: everything is read that bears on a person's entries, and they are made anew from
it. So what was brought up to date bit by bit and what was made from scratch cannot differ.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs
from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from content import organizations
from content.compliance import audiences, entries, requirements
from content.compliance.decisions import Decision
from content.compliance.entries import Entry
from content.compliance.gathering import Gathering, proofs_of
from content.compliance.requirements import Requirement
from content.documents import encode
from content.identity import now
from content.people.people import Person
from content.store import Store
from lrs.store import DUPLICATE_KEY

BATCH = 200


class Register:
    """Makes entries; any number of servers may at once."""

    def __init__(self, store: Store, gathering: Gathering) -> None:
        self._store = store
        self._gathering = gathering

    async def refresh_person(self, organization_id: str, person_id: str) -> set[str]:
        """Look at the person's statements again and make their entries anew.

        Returns the ids of the requirements under which something changed.
        """
        asked = await requirements.every(self._store, organization_id)
        person = await self._store.of(Person).find(organization_id, person_id)
        if person is None or not asked:
            return set()
        targets = {target for each in asked for target in each.terms.targets}
        await self._gathering.gather(person, targets)
        return await self.refresh(organization_id, [person], asked)

    async def refresh(
        self, organization_id: str, people: Sequence[Person], asked: Sequence[Requirement]
    ) -> set[str]:
        """Make the entries of these people under these requirements anew from what is kept.

        Returns the ids of the requirements under which something changed.
        """
        changed: set[str] = set()
        waiting = {each.id: each for each in people}
        while waiting:
            stale, touched = await self._refresh(organization_id, list(waiting.values()), asked)
            changed |= touched
            query = {"_id": {"$in": sorted(stale)}}
            found = await self._store.of(Person).all(organization_id, query) if stale else []
            waiting = {each.id: each for each in found}
        return changed

    async def refresh_requirement(self, requirement: Requirement) -> AsyncIterator[int]:
        """Make all entries of a requirement anew, in portions; yields how many people each had."""
        async for batch in self._concerned(requirement):
            await self.refresh(requirement.organization_id, batch, [requirement])
            yield len(batch)

    async def turn(self, moment: datetime) -> set[tuple[str, str]]:
        """Bring the statuses up to date that the calendar has changed, of all organizations.

        Returns the requirements touched, each as (organization's id, its own).
        """
        documents, touched = self._store.of(Entry), set[tuple[str, str]]()
        while True:
            query = {"turns_at": {"$lte": moment}}
            found = await documents.collection.find(query).limit(BATCH).to_list()
            if not found:
                return touched
            turned = [entries.turned(documents.decode(each), moment) for each in found]
            writes = [_turned(before, after) for before, after in zip(found, turned, strict=True)]
            await documents.collection.bulk_write(writes, ordered=False)
            touched |= {(each.organization_id, each.requirement_id) for each in turned}

    async def _refresh(
        self, organization_id: str, people: Sequence[Person], asked: Sequence[Requirement]
    ) -> tuple[set[str], set[str]]:
        """Make them anew; return whose entries were changed meanwhile, and what changed now."""
        moment, ids = now(), [each.id for each in people]
        known = await self._entries(organization_id, ids, asked)
        targets = {e for each in asked for one in each.editions for e in one.terms.targets}
        proofs = await proofs_of(self._store, organization_id, ids, targets)
        decided = await self._decisions(organization_id, ids)
        zone = await organizations.time_zone(self._store, organization_id)
        writes: list[InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]] = []
        touched: list[tuple[str, str]] = []
        for each in people:
            person = structs.replace(each, time_zone=each.time_zone or zone)
            for requirement in asked:
                before = known.get((requirement.id, person.id))
                after = entries.renewed(
                    requirement, person, before, proofs[person.id], decided[person.id], moment
                )
                if after is not None and not entries.same(before, after):
                    writes.append(_write(before, after))
                    touched.append((requirement.id, person.id))
        stale = await self._write(writes, touched)
        return stale, {requirement_id for requirement_id, _ in touched}

    async def _write(
        self,
        writes: Sequence[InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]],
        touched: Sequence[tuple[str, str]],
    ) -> set[str]:
        """Write; return the people whose entries were written by somebody else meanwhile."""
        if not writes:
            return set()
        collection = self._store.of(Entry).collection
        try:
            done = await collection.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(each["code"] != DUPLICATE_KEY for each in failures):
                raise
            return {touched[each["index"]][1] for each in failures}
        if done.matched_count + done.inserted_count == len(writes):
            return set()
        return {person_id for _, person_id in touched}

    async def _entries(
        self, organization_id: str, person_ids: Collection[str], asked: Sequence[Requirement]
    ) -> dict[tuple[str, str], Entry]:
        ids = [entries.entry_id(each.id, person) for each in asked for person in person_ids]
        found = self._store.of(Entry).each(organization_id, {"_id": {"$in": ids}})
        return {(each.requirement_id, each.person_id): each async for each in found}

    async def _decisions(
        self, organization_id: str, person_ids: Collection[str]
    ) -> Mapping[str, list[Decision]]:
        query = {"person_id": {"$in": list(person_ids)}, "decided_at": {"$ne": None}}
        query["state"] = {"$in": ["approved", "revoked"]}
        by_person: dict[str, list[Decision]] = defaultdict(list)
        async for each in self._store.of(Decision).each(organization_id, query):
            by_person[each.person_id].append(each)
        return by_person

    async def _concerned(self, requirement: Requirement) -> AsyncIterator[list[Person]]:
        """Whom the requirement concerns or has concerned, and perhaps others, in batches."""
        own, batch = requirement.organization_id, list[Person]()
        seen = self._store.of(Entry).collection.find(
            {"organization_id": own, "requirement_id": requirement.id}, {"person_id": 1}
        )
        former = {each["person_id"] async for each in seen}
        if requirement.archived_at is None:
            wanted = audiences.query(requirement.audience)
            async for person in self._store.of(Person).each(own, wanted, [("_id", 1)]):
                former.discard(person.id)
                batch.append(person)
                if len(batch) == BATCH:
                    yield batch
                    batch = []
        yield batch
        rest = sorted(former)
        for start in range(0, len(rest), BATCH):
            query = {"_id": {"$in": rest[start : start + BATCH]}}
            yield await self._store.of(Person).all(own, query)


def _turned(before: Mapping[str, Any], after: Entry) -> UpdateOne:
    names = ("current", "within", "department", "turns_at")
    fields = {name: getattr(after, name) for name in names}
    query = {name: before[name] for name in ("organization_id", "_id", "turns_at")}
    return UpdateOne(query, {"$set": fields})


def _write(
    before: Entry | None, after: Entry
) -> InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]:
    if before is None:
        return InsertOne(encode(after))
    query = {"organization_id": after.organization_id, "_id": after.id, "version": before.version}
    return ReplaceOne(query, encode(after))
