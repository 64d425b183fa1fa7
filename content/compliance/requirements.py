"""Requirements: this course, by this date, for these people."""

from datetime import datetime
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.courses import courses
from content.documents import Document, Page, Paging, given
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.people.people import ROLES, Person
from content.store import Store

AUDIENCES = ("everyone", "role", "people")


class Audience(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a requirement concerns, always among the active people.

    `kind` everyone; role: those who hold `role`; people: those whose ids are in `person_ids`.
    """

    kind: str = "everyone"
    role: str | None = None
    person_ids: tuple[str, ...] = ()


class Requirement(Document, frozen=True, kw_only=True):
    """A course that an audience must complete, by `due_at` where one is set."""

    kind: ClassVar[str] = "requirement"
    sortable: ClassVar[tuple[str, ...]] = ("due_at", "title", "created_at", "updated_at")

    title: str
    description: str = ""
    course_id: str
    audience: Audience
    due_at: datetime | None = None
    archived_at: datetime | None = None


class RequirementDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new requirement."""

    title: str
    course_id: str
    audience: Audience = Audience()
    description: str = ""
    due_at: datetime | None = None


class RequirementChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET
    due_at: datetime | UnsetType | None = UNSET


class RequirementFilter(Struct, frozen=True, kw_only=True):
    """Which requirements: all that is given must hold."""

    course_id: str | None = None


async def create(store: Store, organization_id: str, draft: RequirementDraft) -> Requirement:
    """A new requirement. Raises RuleBroken, NotFound."""
    await _check(store, organization_id, draft)
    await courses.get(store, organization_id, draft.course_id)
    moment = now()
    requirement = Requirement(
        id=new_id("requirement"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        title=draft.title.strip(),
        description=draft.description,
        course_id=draft.course_id,
        audience=draft.audience,
        due_at=milliseconds(draft.due_at) if draft.due_at else None,
    )
    return await store.of(Requirement).insert(requirement)


async def get(store: Store, organization_id: str, requirement_id: str) -> Requirement:
    """The requirement, archived ones included. Raises NotFound."""
    return await store.of(Requirement).get(organization_id, requirement_id)


async def find(
    store: Store, organization_id: str, filters: RequirementFilter, paging: Paging
) -> Page[Requirement]:
    """One page of requirements in force. Raises RuleBroken for a wrong page or sort."""
    query: dict[str, Any] = {"archived_at": None}
    if filters.course_id is not None:
        query["course_id"] = filters.course_id
    return await store.of(Requirement).page(organization_id, query, paging)


async def update(
    store: Store,
    organization_id: str,
    requirement_id: str,
    changes: RequirementChanges,
    expected_version: int | None = None,
) -> Requirement:
    """Change a requirement. Raises RuleBroken, NotFound, VersionMismatch."""
    await _check(store, organization_id, changes)
    fields = given(changes)
    return await store.of(Requirement).change(
        organization_id, requirement_id, fields, expected_version
    )


async def archive(
    store: Store, organization_id: str, requirement_id: str, expected_version: int | None = None
) -> Requirement:
    """Take a requirement out of force. Raises NotFound, VersionMismatch."""
    fields = {"archived_at": now()}
    return await store.of(Requirement).change(
        organization_id, requirement_id, fields, expected_version
    )


def audience_query(audience: Audience) -> dict[str, Any]:
    """The part of a query over people that selects the audience."""
    query: dict[str, Any] = {"status": "active"}
    if audience.kind == "role":
        query["roles"] = audience.role
    if audience.kind == "people":
        query["_id"] = {"$in": list(audience.person_ids)}
    return query


async def _check(
    store: Store, organization_id: str, requirement: RequirementDraft | RequirementChanges
) -> None:
    broken = (
        findings.title("title", requirement.title)
        + findings.text("description", requirement.description)
        + findings.moment("due_at", requirement.due_at)
    )
    if isinstance(requirement.audience, Audience):
        broken += _broken_audience(requirement.audience)
        broken += await _unknown_people(store, organization_id, requirement.audience)
    if broken:
        raise RuleBroken(broken)


def _broken_audience(audience: Audience) -> list[Finding]:
    broken = findings.one_of("audience/kind", audience.kind, AUDIENCES)
    if audience.kind == "role":
        broken += findings.one_of("audience/role", audience.role or "", ROLES)
    elif audience.role is not None:
        broken.append(Finding(where="audience/role", detail="goes only with the kind role"))
    if audience.kind == "people" and not audience.person_ids:
        broken.append(Finding(where="audience/person_ids", detail="must name somebody"))
    if audience.kind != "people" and audience.person_ids:
        broken.append(Finding(where="audience/person_ids", detail="goes only with the kind people"))
    return broken


async def _unknown_people(store: Store, organization_id: str, audience: Audience) -> list[Finding]:
    if not audience.person_ids:
        return []
    query = {"organization_id": organization_id, "_id": {"$in": list(audience.person_ids)}}
    cursor = store.of(Person).collection.find(query, {"_id": 1})
    known = {each["_id"] async for each in cursor}
    return [
        Finding(where=f"audience/person_ids/{index}", detail=f"there is no person {each}")
        for index, each in enumerate(audience.person_ids)
        if each not in known
    ]
