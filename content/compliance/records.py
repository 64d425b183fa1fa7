"""Records: the register as it is read, now or as of any moment: who stands how, proven by what."""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import Regex
from msgspec import Struct
from pymongo.asynchronous.cursor import AsyncCursor

from content import findings, words
from content.ahead import ahead
from content.compliance import evidence, places, requirements, tallies
from content.compliance.entries import Entry, entry_id, spans_holding
from content.compliance.evidence import Evidence
from content.compliance.places import FORWARDS, Answers
from content.compliance.requirements import Requirement
from content.compliance.status import NOT_ASSIGNED, STATUSES
from content.compliance.timeline import Span, span_at
from content.documents import Page, Paging, sort_order
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import now
from content.people.people import Person
from content.store import Store

BATCH = 1000
FEW_FOUND = 5000
"""So many people are looked up one by one; more are met on the way through the names."""
MOST_FOUND = 20_000
_BY_WORDS = [("organization_id", 1), ("words", 1), ("name", 1), ("_id", 1)]
_FIELDS = dict.fromkeys(
    ("organization_id", "created_at", "updated_at", "requirement_id", "person_id", "name"), 1
)
_answers = Answers()


class RecordFilter(Struct, frozen=True, kw_only=True):
    """Which records: all that is given must hold.

    Without a status, all but those who are not assigned. `search` is the beginnings of words of
    the name or the e-mail address.
    """

    status: str | None = None
    department: str | None = None
    search: str | None = None


class Record(Struct, frozen=True, kw_only=True):
    """One person under one requirement, at a moment.

    `since` is when the status began, `until` when it ends if nothing more happens. `score` and
    `progress` are in percent; progress is known of the present only. `evidence` are the ids of the
    statements behind the status; `basis` and `signed_by` those of the proof or the decisions.
    """

    requirement_id: str
    person_id: str
    name: str
    email: str
    department: str | None
    status: str
    since: datetime | None
    until: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    progress: float | None
    score: float | None
    basis: str | None
    signed_by: str | None
    evidence: tuple[str, ...]


EVERYBODY = RecordFilter()


async def find(
    store: Store,
    requirement: Requirement,
    filters: RecordFilter,
    paging: Paging,
    as_of: datetime | None = None,
) -> Page[Record]:
    """One page of the records in the order of names, now or as of a moment.

    Raises RuleBroken for a wrong status or page, or a search that finds too many people.
    """
    sort_order(paging, ("name",))
    _check(filters)
    query, moment = await _query(store, requirement, filters, as_of), as_of or now()
    answer = _answers.to(query, as_of)
    if answer.total is None:
        answer.total = await _total(store, requirement, filters, as_of, query)
    part = (paging.skipped, paging.skipped + paging.per_page)
    found = await places.page(
        store.of(Entry).collection,
        query,
        _index(query, filters, as_of),
        _shown(moment),
        part,
        answer,
    )
    items = await _records(store, {requirement.id: requirement}, found, as_of, moment)
    return Page(items=tuple(items), total=answer.total, page=paging.page, per_page=paging.per_page)


async def _total(
    store: Store,
    requirement: Requirement,
    filters: RecordFilter,
    as_of: datetime | None,
    query: Mapping[str, Any],
) -> int:
    tallied = await _tallied(store, requirement, filters, as_of)
    if tallied is not None:
        return tallied
    hint = _index(query, filters, as_of)
    return await store.of(Entry).collection.count_documents(query, hint=hint)


async def _tallied(
    store: Store, requirement: Requirement, filters: RecordFilter, as_of: datetime | None
) -> int | None:
    """How many there were at the end of a day that is over, where that was counted."""
    if as_of is None or as_of != tallies.end_of_day(as_of.date()) or filters.search:
        return None
    own = requirement.organization_id
    tally = (await tallies.on(store, own, [requirement.id], as_of.date())).get(requirement.id)
    if tally is None or not tally.final:
        return None
    counts = tally.of(filters.department)
    if filters.status is not None:
        return counts[filters.status]
    return sum(count for status, count in counts.items() if status != NOT_ASSIGNED)


async def every(
    store: Store,
    requirement: Requirement,
    filters: RecordFilter = EVERYBODY,
    as_of: datetime | None = None,
) -> AsyncIterator[Record]:
    """Every such record in the order of names, some hundreds at a time. Raises RuleBroken."""
    moment = as_of or now()
    asked, shown = {requirement.id: requirement}, _shown(moment)
    async for batch in entries(store, requirement, filters, as_of, shown):
        for record in await _records(store, asked, batch, as_of, moment):
            yield record


async def entries(
    store: Store,
    requirement: Requirement,
    filters: RecordFilter,
    as_of: datetime | None,
    shown: Mapping[str, Any],
) -> AsyncIterator[list[dict[str, Any]]]:
    """What is shown of the entries of such records, in the order of names, many at a time.

    Raises RuleBroken.
    """
    _check(filters)
    query = await _query(store, requirement, filters, as_of)
    cursor = store.of(Entry).collection.find(
        query, shown, sort=FORWARDS, batch_size=BATCH, hint=_index(query, filters, as_of)
    )
    async for batch in ahead(_batches(cursor)):
        yield batch


async def _batches(
    cursor: AsyncCursor[dict[str, Any]],
) -> AsyncGenerator[list[dict[str, Any]], None]:
    async with cursor:
        while batch := await cursor.to_list(BATCH):
            yield batch


async def of_person(
    store: Store, requirement: Requirement, person_id: str, as_of: datetime | None = None
) -> Record:
    """One person's record, that of somebody who is not assigned included. Raises NotFound."""
    found = await _entry(store, requirement, person_id)
    asked = {requirement.id: requirement}
    return (await _records(store, asked, [found], as_of, as_of or now()))[0]


async def all_of_person(
    store: Store, organization_id: str, person_id: str, as_of: datetime | None = None
) -> list[Record]:
    """A person's records under all requirements that concern them then, by requirement's title."""
    found = await of_people(store, organization_id, [person_id], as_of)
    return found.get(person_id, [])


async def of_people(
    store: Store,
    organization_id: str,
    person_ids: Collection[str],
    as_of: datetime | None = None,
) -> dict[str, list[Record]]:
    """The same of some people, by person; of those whom nothing concerns there is none."""
    query = {"organization_id": organization_id, "person_id": {"$in": list(person_ids)}}
    found = await store.of(Entry).collection.find(query).to_list()
    asked = {each.id: each for each in await requirements.every(store, organization_id)}
    known = await _records(store, asked, found, as_of, as_of or now())
    assigned = [each for each in known if each.status != NOT_ASSIGNED]
    by_person: dict[str, list[Record]] = defaultdict(list)
    for each in sorted(assigned, key=lambda e: (asked[e.requirement_id].title, e.requirement_id)):
        by_person[each.person_id].append(each)
    return by_person


async def history(store: Store, requirement: Requirement, person_id: str) -> tuple[Span, ...]:
    """Every status of a person from the first assignment on, also those to come.

    Raises NotFound.
    """
    return store.of(Entry).decode(await _entry(store, requirement, person_id)).spans


async def _entry(store: Store, requirement: Requirement, person_id: str) -> Mapping[str, Any]:
    sought = entry_id(requirement.id, person_id)
    query = {"organization_id": requirement.organization_id, "_id": sought}
    found = await store.of(Entry).collection.find_one(query)
    if found is None:
        raise NotFound("compliance_record", sought)
    return found


def _check(filters: RecordFilter) -> None:
    status = filters.status
    if status is not None and (broken := findings.one_of("status", status, STATUSES)):
        raise RuleBroken(broken)


async def _query(
    store: Store, requirement: Requirement, filters: RecordFilter, as_of: datetime | None
) -> dict[str, Any]:
    query: dict[str, Any] = {
        "organization_id": requirement.organization_id,
        "requirement_id": requirement.id,
    }
    if as_of is None:
        query |= _present(filters)
    else:
        query["spans"] = {"$elemMatch": _then(filters, as_of)}
        # Both values: so the index by name serves, and a page ends the search.
        query["within"] = {"$in": [True, False]}
    if filters.search and filters.search.strip():
        found = await _found(store, requirement, filters.search)
        query["_id"] = {"$in": [entry_id(requirement.id, each) for each in found]}
    return query


def _index(
    query: Mapping[str, Any], filters: RecordFilter, as_of: datetime | None
) -> list[tuple[str, int]]:
    """The index by which to go. MongoDB would try all of them for each page anew."""
    if "_id" in query and len(query["_id"]["$in"]) <= FEW_FOUND:
        return [("_id", 1)]
    names = ["within"]
    if as_of is None and filters.department is not None:
        names = ["department", "current"]
    elif as_of is None and filters.status is not None:
        names = ["current"]
    return [(each, 1) for each in ("organization_id", "requirement_id", *names, "name", "_id")]


def _present(filters: RecordFilter) -> dict[str, Any]:
    if filters.department is None:
        return {"within": True} if filters.status is None else {"current": filters.status}
    # Each status by its name: so the index of departments serves, in the order of names.
    current = filters.status or {"$in": [each for each in STATUSES if each != NOT_ASSIGNED]}
    return {"department": filters.department, "current": current}


def _shown(moment: datetime) -> dict[str, Any]:
    """What a record is made of: of the spans, only the one that holds the moment."""
    return {**_FIELDS, "spans": spans_holding(moment)}


def _then(filters: RecordFilter, moment: datetime) -> dict[str, Any]:
    status: Any = {"$ne": NOT_ASSIGNED} if filters.status is None else filters.status
    span = {"since": {"$lte": moment}, "until": {"$not": {"$lte": moment}}, "status": status}
    if filters.department is not None:
        span["department"] = filters.department
    return span


async def _found(store: Store, requirement: Requirement, search: str) -> list[str]:
    """The ids of the people whom a search finds, from the index alone.

    Raises RuleBroken where they are too many.
    """
    sought = words.having(search).get("words", {}).get("$all", [])
    several = [await _having(store, requirement.organization_id, each) for each in sought]
    found = set[str].intersection(*several) if several else set[str]()
    if len(found) > MOST_FOUND:
        detail = f"finds more than {MOST_FOUND:,} people: write more of the name"
        raise RuleBroken([Finding(where="search", detail=detail)])
    return sorted(found)


async def _having(store: Store, organization_id: str, word: Regex[str]) -> set[str]:
    query = {"organization_id": organization_id, "words": word}
    cursor = store.of(Person).collection.find(query, {"_id": 1}, hint=_BY_WORDS)
    return {each["_id"] async for each in cursor}


async def _records(
    store: Store,
    asked: Mapping[str, Requirement],
    found: Sequence[Mapping[str, Any]],
    as_of: datetime | None,
    moment: datetime,
) -> list[Record]:
    if not found:
        return []
    concerned = [store.of(Entry).decode(each) for each in found]
    spans = [span_at(each.spans, moment) for each in concerned]
    targets = {e for each in asked.values() for one in each.editions for e in one.terms.targets}
    organization_id, person_ids = concerned[0].organization_id, {e.person_id for e in concerned}
    proven = await evidence.of(store, organization_id, person_ids, targets, spans, as_of)
    return [
        _record(each, span, asked[each.requirement_id], proven)
        for each, span in zip(concerned, spans, strict=True)
    ]


def _record(entry: Entry, span: Span | None, requirement: Requirement, proven: Evidence) -> Record:
    held = span or Span(status=NOT_ASSIGNED, since=entry.created_at)
    targets = requirement.terms.targets
    return Record(
        requirement_id=entry.requirement_id,
        person_id=entry.person_id,
        name=entry.name,
        email=proven.emails.get(entry.person_id, ""),
        department=held.department,
        status=held.status,
        since=span.since if span else None,
        until=held.until,
        due_at=held.due_at,
        started_at=proven.started_at(entry.person_id, targets),
        completed_at=held.completed_at,
        progress=100.0 if held.completed_at else proven.progress(entry.person_id, targets),
        score=proven.score(held.basis) if held.completed_at else None,
        basis=held.basis,
        signed_by=held.signed_by,
        evidence=proven.statements(held.basis, held.signed_by),
    )
