"""Learning paths as they are kept: made, changed, taken out of use."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType, structs

from content import findings
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.paths import graph
from content.paths.graph import PathCourse
from content.references import absent
from content.store import COLLECTIONS, Store

MOST_COURSES = 200


class LearningPath(Document, frozen=True, kw_only=True):
    """Courses in an order. `certificate_id` is the template of the path's certificate.

    With `self_enrollment` people enrol themselves; the path then lets them into its courses.
    """

    kind: ClassVar[str] = "learning_path"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "title")

    title: str
    description: str = ""
    courses: tuple[PathCourse, ...] = ()
    certificate_id: str | None = None
    self_enrollment: bool = True
    archived_at: datetime | None = None


class PathDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new path."""

    title: str
    description: str = ""
    courses: tuple[PathCourse, ...] = ()
    certificate_id: str | None = None
    self_enrollment: bool = True


class PathChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays. `courses` are all of them."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    courses: tuple[PathCourse, ...] | UnsetType = UNSET
    certificate_id: str | UnsetType | None = UNSET
    self_enrollment: bool | UnsetType = UNSET


async def create(store: Store, organization_id: str, draft: PathDraft) -> LearningPath:
    """A new path. Raises RuleBroken with all that is wrong."""
    await _check(store, organization_id, draft)
    moment = now()
    path = LearningPath(
        id=new_id("path"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        title=draft.title.strip(),
        description=draft.description,
        courses=draft.courses,
        certificate_id=draft.certificate_id,
        self_enrollment=draft.self_enrollment,
    )
    return await store.of(LearningPath).insert(path)


async def get(store: Store, organization_id: str, path_id: str) -> LearningPath:
    """The path. Raises NotFound."""
    path = await store.of(LearningPath).get(organization_id, path_id)
    if path.archived_at is not None:
        raise NotFound("learning_path", path_id)
    return path


async def find(store: Store, organization_id: str, paging: Paging) -> Page[LearningPath]:
    """One page of paths. Raises RuleBroken for a wrong page or sort."""
    return await store.of(LearningPath).page(organization_id, {"archived_at": None}, paging)


async def update(
    store: Store,
    organization_id: str,
    path_id: str,
    changes: PathChanges,
    expected_version: int | None = None,
) -> LearningPath:
    """Change a path. Raises RuleBroken, NotFound, VersionMismatch."""
    await get(store, organization_id, path_id)
    await _check(store, organization_id, changes)
    paths = store.of(LearningPath)
    return await paths.change(organization_id, path_id, given(changes), expected_version)


async def archive(
    store: Store, organization_id: str, path_id: str, expected_version: int | None = None
) -> LearningPath:
    """Take a path out of use; its people stay in its courses. Raises NotFound, VersionMismatch."""
    await get(store, organization_id, path_id)
    fields = {"archived_at": now()}
    return await store.of(LearningPath).change(organization_id, path_id, fields, expected_version)


async def add_course(
    store: Store,
    organization_id: str,
    path_id: str,
    course: PathCourse,
    position: int | None = None,
    expected_version: int | None = None,
) -> LearningPath:
    """Put a course into a path, at the end or at a position counted from 1.

    Raises RuleBroken, NotFound, VersionMismatch, Conflict (course_in_path).
    """
    path = await get(store, organization_id, path_id)
    if any(each.course_id == course.course_id for each in path.courses):
        raise Conflict("course_in_path", f"{path.title} has the course already.")
    at = len(path.courses) if position is None else position - 1
    courses = (*path.courses[:at], course, *path.courses[at:])
    changes = PathChanges(courses=courses)
    version = path.version if expected_version is None else expected_version
    return await update(store, organization_id, path_id, changes, version)


async def remove_course(
    store: Store,
    organization_id: str,
    path_id: str,
    course_id: str,
    expected_version: int | None = None,
) -> LearningPath:
    """Take a course out of a path and out of the others' prerequisites.

    Raises NotFound, VersionMismatch.
    """
    path = await get(store, organization_id, path_id)
    if all(each.course_id != course_id for each in path.courses):
        raise NotFound("course", course_id)
    courses = tuple(
        structs.replace(each, prerequisites=tuple(e for e in each.prerequisites if e != course_id))
        for each in path.courses
        if each.course_id != course_id
    )
    version = path.version if expected_version is None else expected_version
    changes = PathChanges(courses=courses)
    return await update(store, organization_id, path_id, changes, version)


async def minutes(
    store: Store, organization_id: str, course_ids: Collection[str]
) -> Mapping[str, int]:
    """How long each course takes, as far as its authors told."""
    query = {"organization_id": organization_id, "_id": {"$in": sorted(course_ids)}}
    found = store.database[COLLECTIONS["course"]].find(query, {"duration_minutes": 1})
    return {each["_id"]: each.get("duration_minutes") or 0 async for each in found}


async def _check(store: Store, organization_id: str, path: PathDraft | PathChanges) -> None:
    broken = findings.title("title", path.title) + findings.text("description", path.description)
    if isinstance(path.courses, tuple):
        broken += graph.broken(path.courses)
        broken += await _unknown(store, organization_id, path.courses)
        if len(path.courses) > MOST_COURSES:
            broken.append(Finding(where="courses", detail=f"must be at most {MOST_COURSES}"))
    named = {"certificate_id": path.certificate_id}
    broken += await absent(store, organization_id, "certificate_template", named)
    if broken:
        raise RuleBroken(broken)


async def _unknown(
    store: Store, organization_id: str, courses: Sequence[PathCourse]
) -> list[Finding]:
    ids = sorted({each.course_id for each in courses})
    query = {"organization_id": organization_id, "_id": {"$in": ids}}
    found = store.database[COLLECTIONS["course"]].find(query, {"status": 1})
    statuses = {each["_id"]: each["status"] async for each in found}
    return [
        Finding(where=f"courses/{index}/course_id", detail=_why(each.course_id, statuses))
        for index, each in enumerate(courses)
        if statuses.get(each.course_id, "archived") == "archived"
    ]


def _why(course_id: str, statuses: Mapping[str, str]) -> str:
    return (
        f"{course_id} is archived" if course_id in statuses else f"there is no course {course_id}"
    )
