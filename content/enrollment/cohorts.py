"""Cohorts: people who learn together, from one day to another."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.documents import Document, Page, Paging, given
from content.enrollment.enrollments import Enrollment
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.people import people
from content.store import Store

STATUSES = ("upcoming", "running", "ended")
JOINED, ALREADY_MEMBER, USER_NOT_FOUND = "joined", "already_member", "user_not_found"


class Cohort(Document, frozen=True, kw_only=True):
    """A group of people; who is enrolled with it is so until `ends_at` unless said otherwise."""

    kind: ClassVar[str] = "cohort"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name", "starts_at")

    name: str
    description: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    archived_at: datetime | None = None


class CohortMember(Document, frozen=True, kw_only=True):
    """A person in a cohort."""

    kind: ClassVar[str] = "cohort_member"
    sortable: ClassVar[tuple[str, ...]] = ("joined_at",)

    cohort_id: str
    person_id: str
    joined_at: datetime


class CohortDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new cohort."""

    name: str
    description: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class CohortChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    starts_at: datetime | UnsetType | None = UNSET
    ends_at: datetime | UnsetType | None = UNSET


class Joining(Struct, frozen=True, kw_only=True):
    """What came of one person: joined, already_member or user_not_found."""

    person_id: str
    outcome: str


def status_of(cohort: Cohort, moment: datetime) -> str:
    """upcoming, running or ended, at a moment."""
    if cohort.starts_at is not None and moment < cohort.starts_at:
        return "upcoming"
    return "ended" if cohort.ends_at is not None and cohort.ends_at <= moment else "running"


async def create(store: Store, organization_id: str, draft: CohortDraft) -> Cohort:
    """A new cohort of nobody yet. Raises RuleBroken."""
    if broken := _broken(draft, draft.starts_at, draft.ends_at):
        raise RuleBroken(broken)
    moment = now()
    cohort = Cohort(
        id=new_id("cohort"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        name=draft.name.strip(),
        description=draft.description,
        starts_at=milliseconds(draft.starts_at) if draft.starts_at else None,
        ends_at=milliseconds(draft.ends_at) if draft.ends_at else None,
    )
    return await store.of(Cohort).insert(cohort)


async def get(store: Store, organization_id: str, cohort_id: str) -> Cohort:
    """The cohort. Raises NotFound."""
    cohort = await store.of(Cohort).get(organization_id, cohort_id)
    if cohort.archived_at is not None:
        raise NotFound("cohort", cohort_id)
    return cohort


async def find(store: Store, organization_id: str, paging: Paging) -> Page[Cohort]:
    """One page of cohorts. Raises RuleBroken for a wrong page or sort."""
    return await store.of(Cohort).page(organization_id, {"archived_at": None}, paging)


async def every(store: Store, organization_id: str) -> list[Cohort]:
    """All cohorts that are in use, by name."""
    found = await store.of(Cohort).all(organization_id, {"archived_at": None})
    return sorted(found, key=lambda each: each.name.casefold())


async def sizes(store: Store, organization_id: str, cohort_ids: Collection[str]) -> dict[str, int]:
    """How many people are in each of these cohorts that has any."""
    own = {"organization_id": organization_id, "cohort_id": {"$in": list(cohort_ids)}}
    counted = [{"$match": own}, {"$group": {"_id": "$cohort_id", "people": {"$sum": 1}}}]
    found = await store.of(CohortMember).collection.aggregate(counted)
    return {each["_id"]: each["people"] async for each in found}


async def in_course(store: Store, organization_id: str, course_id: str) -> list[Cohort]:
    """The cohorts that somebody in a course was enrolled with, by name."""
    own = {"organization_id": organization_id, "course_id": course_id}
    found = await store.of(Enrollment).collection.distinct("cohort_id", own)
    named = {"_id": {"$in": [each for each in found if each]}, "archived_at": None}
    cohorts = await store.of(Cohort).all(organization_id, named)
    return sorted(cohorts, key=lambda each: each.name.casefold())


async def update(
    store: Store,
    organization_id: str,
    cohort_id: str,
    changes: CohortChanges,
    expected_version: int | None = None,
) -> Cohort:
    """Change a cohort. Raises RuleBroken, NotFound, VersionMismatch."""
    cohort = await get(store, organization_id, cohort_id)
    starts_at = cohort.starts_at if changes.starts_at is UNSET else changes.starts_at
    ends_at = cohort.ends_at if changes.ends_at is UNSET else changes.ends_at
    if broken := _broken(changes, starts_at, ends_at):
        raise RuleBroken(broken)
    return await store.of(Cohort).change(
        organization_id, cohort_id, given(changes), expected_version
    )


async def archive(
    store: Store, organization_id: str, cohort_id: str, expected_version: int | None = None
) -> Cohort:
    """Take a cohort out of use; its people stay enrolled. Raises NotFound, VersionMismatch."""
    await get(store, organization_id, cohort_id)
    fields = {"archived_at": now()}
    return await store.of(Cohort).change(organization_id, cohort_id, fields, expected_version)


async def join(
    store: Store, organization_id: str, cohort_id: str, person_ids: Sequence[str]
) -> list[Joining]:
    """Take people in, each named once; what came of each. Raises NotFound."""
    await get(store, organization_id, cohort_id)
    everybody = list(dict.fromkeys(person_ids))
    known = await people.known(store, organization_id, everybody)
    joining = [_member(organization_id, cohort_id, each) for each in everybody if each in known]
    members = await store.of(CohortMember).insert_new(joining)
    outcomes = dict.fromkeys(known, JOINED)
    outcomes |= {each.person_id: ALREADY_MEMBER for each in members}
    return [
        Joining(person_id=each, outcome=outcomes.get(each, USER_NOT_FOUND)) for each in everybody
    ]


async def leave(store: Store, organization_id: str, cohort_id: str, person_id: str) -> None:
    """Take a person out; their enrollments stay. Raises NotFound."""
    query = {"cohort_id": cohort_id, "person_id": person_id}
    members = store.of(CohortMember).collection
    gone = await members.delete_one({"organization_id": organization_id, **query})
    if not gone.deleted_count:
        raise NotFound("cohort_member", person_id)


async def members(
    store: Store, organization_id: str, cohort_id: str, paging: Paging
) -> Page[CohortMember]:
    """One page of a cohort's people. Raises NotFound, RuleBroken for a wrong page or sort."""
    await get(store, organization_id, cohort_id)
    return await store.of(CohortMember).page(organization_id, {"cohort_id": cohort_id}, paging)


async def of_person(store: Store, organization_id: str, person_id: str) -> set[str]:
    """The ids of the cohorts that a person is in."""
    query = {"organization_id": organization_id, "person_id": person_id}
    found = store.of(CohortMember).collection.find(query, {"cohort_id": 1})
    return {each["cohort_id"] async for each in found}


async def everybody(store: Store, organization_id: str, cohort_id: str) -> tuple[str, ...]:
    """The ids of all of a cohort's people, in the order in which they joined."""
    query = {"organization_id": organization_id, "cohort_id": cohort_id}
    order = [("joined_at", 1), ("_id", 1)]
    found = store.of(CohortMember).collection.find(query, {"person_id": 1}, sort=order)
    return tuple([each["person_id"] async for each in found])


def _member(organization_id: str, cohort_id: str, person_id: str) -> CohortMember:
    moment = now()
    return CohortMember(
        id=new_id("member"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        cohort_id=cohort_id,
        person_id=person_id,
        joined_at=moment,
    )


def _broken(
    cohort: CohortDraft | CohortChanges, starts_at: datetime | None, ends_at: datetime | None
) -> list[Finding]:
    broken = findings.title("name", cohort.name)
    broken += findings.text("description", cohort.description)
    without_offset = findings.moment("starts_at", starts_at) + findings.moment("ends_at", ends_at)
    if not without_offset and starts_at and ends_at and ends_at <= starts_at:
        without_offset = [Finding(where="ends_at", detail="must be after starts_at")]
    return broken + without_offset
