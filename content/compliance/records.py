"""Records: each person's standing under a requirement, with the statements that prove it.

They are computed when asked for, person by person, in the order of names, so that a hundred
thousand of them need no more memory than a batch.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, convert

from content import findings
from content.compliance.requirements import Requirement, audience_query
from content.compliance.status import STATUSES, status_at, telling
from content.documents import Page, Paging, sort_order
from content.errors import RuleBroken
from content.people.people import Person
from content.progress.progress import CourseProgress
from content.progress.rollup import Standing
from content.store import Store

BATCH = 1000
IN_ORDER_OF_NAME = [("name", 1), ("_id", 1)]


class Record(Struct, frozen=True, kw_only=True):
    """One person under one requirement, at a moment.

    `score` is in percent; `evidence` are statement ids, present as soon as something is done.
    """

    requirement_id: str
    person_id: str
    name: str
    email: str
    status: str
    due_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    progress: float
    score: float | None
    evidence: tuple[str, ...]


async def find(
    store: Store, requirement: Requirement, moment: datetime, paging: Paging, status: str | None
) -> Page[Record]:
    """One page of the records at the moment, in the order of names.

    Raises RuleBroken for a wrong status or page.
    """
    sort_order(paging, ("name",))
    if status is not None and (broken := findings.one_of("status", status, STATUSES)):
        raise RuleBroken(broken)
    first = paging.skipped
    if status is None:
        items, total = await _page_of_all(store, requirement, moment, first, paging.per_page)
    else:
        items, total = await _page_of_some(
            store, requirement, moment, first, paging.per_page, status
        )
    return Page(items=tuple(items), total=total, page=paging.page, per_page=paging.per_page)


async def every(store: Store, requirement: Requirement, moment: datetime) -> AsyncIterator[Record]:
    """Every record at the moment, in the order of names."""
    cursor = _people(store, requirement).batch_size(BATCH)
    batch: list[Mapping[str, Any]] = []
    async for person in cursor:
        batch.append(person)
        if len(batch) == BATCH:
            for record in await _records(store, requirement, moment, batch):
                yield record
            batch = []
    for record in await _records(store, requirement, moment, batch):
        yield record


async def of_person(
    store: Store, requirement: Requirement, person_id: str, moment: datetime
) -> Record | None:
    """One person's record; None for somebody whom the requirement does not concern."""
    query = _audience(requirement)
    people = store.of(Person).collection.find({"$and": [query, {"_id": person_id}]})
    records = await _records(store, requirement, moment, await people.to_list())
    return records[0] if records else None


async def summary(store: Store, requirement: Requirement, moment: datetime) -> dict[str, int]:
    """How many people have each status at the moment."""
    counts = Counter([record.status async for record in every(store, requirement, moment)])
    return {status: counts[status] for status in STATUSES}


def _audience(requirement: Requirement) -> dict[str, Any]:
    return {
        "organization_id": requirement.organization_id,
        **audience_query(requirement.audience),
    }


def _people(store: Store, requirement: Requirement) -> Any:
    people = store.of(Person).collection
    return people.find(_audience(requirement), {"name": 1, "email": 1}, sort=IN_ORDER_OF_NAME)


async def _page_of_all(
    store: Store, requirement: Requirement, moment: datetime, first: int, count: int
) -> tuple[list[Record], int]:
    people = await _people(store, requirement).skip(first).limit(count).to_list()
    total = await store.of(Person).collection.count_documents(_audience(requirement))
    return await _records(store, requirement, moment, people), total


async def _page_of_some(
    store: Store, requirement: Requirement, moment: datetime, first: int, count: int, status: str
) -> tuple[list[Record], int]:
    items: list[Record] = []
    total = 0
    async for record in every(store, requirement, moment):
        if record.status == status:
            if first <= total < first + count:
                items.append(record)
            total += 1
    return items, total


async def _records(
    store: Store, requirement: Requirement, moment: datetime, people: Sequence[Mapping[str, Any]]
) -> list[Record]:
    person_ids = [person["_id"] for person in people]
    standings = await _standings(store, requirement, person_ids)
    return [_record(requirement, each, standings.get(each["_id"], []), moment) for each in people]


async def _standings(
    store: Store, requirement: Requirement, person_ids: list[str]
) -> Mapping[str, list[Standing]]:
    """The standings in all the person's enrollments in the course, by person."""
    query = {
        "organization_id": requirement.organization_id,
        "course_id": requirement.course_id,
        "person_id": {"$in": person_ids},
    }
    standings: dict[str, list[Standing]] = defaultdict(list)
    found = store.of(CourseProgress).collection.find(query, {"person_id": 1, "standing": 1})
    async for each in found:
        standings[each["person_id"]].append(convert(each["standing"], Standing))
    return standings


def _record(
    requirement: Requirement,
    person: Mapping[str, Any],
    standings: Sequence[Standing],
    moment: datetime,
) -> Record:
    standing = telling(standings)
    shown = standing or Standing()
    return Record(
        requirement_id=requirement.id,
        person_id=person["_id"],
        name=person["name"],
        email=person["email"],
        status=status_at(
            assigned=True, due_at=requirement.due_at, standing=standing, moment=moment
        ),
        due_at=requirement.due_at,
        started_at=shown.started_at,
        completed_at=shown.completed_at,
        progress=shown.progress,
        score=shown.score,
        evidence=shown.evidence,
    )
