"""Courses: what people enrol in."""

from datetime import datetime
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType

from content import findings, organizations
from content.documents import Document, Page, Paging, given
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store

STATUSES = ("draft", "published", "archived")


class Course(Document, frozen=True, kw_only=True):
    """A course. `outline_version` grows whenever its lessons or their order change."""

    kind: ClassVar[str] = "course"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "title")

    title: str
    description: str = ""
    status: str
    activity_id: str
    outline_version: int = 1
    published_at: datetime | None = None
    archived_at: datetime | None = None


class CourseDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new course."""

    title: str
    description: str = ""
    status: str = "draft"


class CourseChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    status: str | UnsetType = UNSET


class CourseFilter(Struct, frozen=True, kw_only=True):
    """Which courses; without a status, all but the archived ones."""

    status: str | None = None


async def create(store: Store, organization_id: str, draft: CourseDraft) -> Course:
    """A new course. Raises RuleBroken, NotFound."""
    if broken := _broken(draft):
        raise RuleBroken(broken)
    organization = await organizations.get(store, organization_id)
    course_id, moment = new_id("course"), now()
    course = Course(
        id=course_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        title=draft.title.strip(),
        description=draft.description,
        activity_id=f"{organization.public_url}/activities/courses/{course_id}",
        **_standing(draft.status, moment),
    )
    return await store.of(Course).insert(course)


async def get(store: Store, organization_id: str, course_id: str) -> Course:
    """The course, archived ones included. Raises NotFound."""
    return await store.of(Course).get(organization_id, course_id)


async def find(
    store: Store, organization_id: str, filters: CourseFilter, paging: Paging
) -> Page[Course]:
    """One page of courses. Raises RuleBroken for a wrong page or sort."""
    wanted = [filters.status] if filters.status else ["draft", "published"]
    return await store.of(Course).page(organization_id, {"status": {"$in": wanted}}, paging)


async def update(
    store: Store,
    organization_id: str,
    course_id: str,
    changes: CourseChanges,
    expected_version: int | None = None,
) -> Course:
    """Change a course. Raises RuleBroken, NotFound, VersionMismatch."""
    if broken := _broken(changes):
        raise RuleBroken(broken)
    fields = given(changes)
    if isinstance(changes.status, str):
        fields |= _standing(changes.status, now())
    return await store.of(Course).change(organization_id, course_id, fields, expected_version)


async def archive(
    store: Store, organization_id: str, course_id: str, expected_version: int | None = None
) -> Course:
    """Take a course out of use; what was learnt in it stays. Raises NotFound, VersionMismatch."""
    fields = _standing("archived", now())
    return await store.of(Course).change(organization_id, course_id, fields, expected_version)


async def outline_changed(store: Store, organization_id: str, course_id: str) -> None:
    """Say that the course's lessons are others now, so that progress is rolled up anew."""
    query = {"organization_id": organization_id, "_id": course_id}
    await store.of(Course).collection.update_one(query, {"$inc": {"outline_version": 1}})


def _standing(status: str, moment: datetime) -> dict[str, Any]:
    since = {"published": "published_at", "archived": "archived_at"}
    fields: dict[str, Any] = {"status": status}
    if status != "archived":
        fields["archived_at"] = None
    if status in since:
        fields[since[status]] = moment
    return fields


def _broken(course: CourseDraft | CourseChanges) -> list[Finding]:
    return (
        findings.title("title", course.title)
        + findings.text("description", course.description)
        + findings.one_of("status", course.status, STATUSES)
    )
