"""Courses: what people enrol in."""

from datetime import datetime
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from content import findings, organizations, words
from content.courses import course_search, course_settings, extent
from content.courses.course_search import CourseFilter
from content.courses.course_settings import CourseSettings, SettingsChanges
from content.courses.prerequisites import circular
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.organizations import Organization
from content.references import absent
from content.store import Store

STATUSES = ("draft", "published", "archived")
MOST_TAGS = 50
LONGEST_TAG = 50
LONGEST_LANGUAGE = 35
LONGEST_EXTERNAL_ID = 255


class Course(Document, frozen=True, kw_only=True):
    """A course. `outline_version` grows whenever progress is to be computed anew: by other lessons
    or another order of them, or by other rules; `revision` whenever anything in it changes.

    `module_count`, `lesson_count` and `duration_minutes` are counted whenever the outline changes;
    `rating` (1 to 5, the mean of `rating_count`) is kept by reviews. `words` are what it is found
    by.
    """

    kind: ClassVar[str] = "course"
    sortable: ClassVar[tuple[str, ...]] = (
        "created_at",
        "updated_at",
        "title",
        "rating",
    )

    title: str
    description: str = ""
    status: str
    activity_id: str
    slug: str | None = None
    category_id: str | None = None
    instructor_id: str | None = None
    thumbnail_url: str | None = None
    external_id: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    settings: CourseSettings = CourseSettings()
    prerequisites: tuple[str, ...] = ()
    outline_version: int = 1
    revision: int = 1
    module_count: int = 0
    lesson_count: int = 0
    duration_minutes: int = 0
    rating: float | None = None
    rating_count: int = 0
    words: tuple[str, ...] = ()
    published_at: datetime | None = None
    archived_at: datetime | None = None


class CourseDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new course; without a slug it has one made of its title."""

    title: str
    description: str = ""
    status: str = "draft"
    slug: str | None = None
    category_id: str | None = None
    instructor_id: str | None = None
    thumbnail_url: str | None = None
    external_id: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    settings: CourseSettings = CourseSettings()
    prerequisites: tuple[str, ...] = ()


class CourseChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays, of settings as well."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    slug: str | UnsetType = UNSET
    category_id: str | UnsetType | None = UNSET
    instructor_id: str | UnsetType | None = UNSET
    thumbnail_url: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    settings: SettingsChanges | UnsetType = UNSET
    prerequisites: tuple[str, ...] | UnsetType = UNSET


async def create(store: Store, organization_id: str, draft: CourseDraft) -> Course:
    """A new course. Raises RuleBroken, NotFound, Conflict (slug_taken, external_id_taken)."""
    course_id, moment = new_id("course"), now()
    if broken := _broken(draft) or await _dangling(store, organization_id, draft, course_id):
        raise RuleBroken(broken)
    organization = await organizations.get(store, organization_id)
    course = Course(
        id=course_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        title=draft.title.strip(),
        description=draft.description,
        activity_id=activity_id(organization, course_id),
        slug=draft.slug or await free_slug(store, organization_id, draft.title),
        category_id=draft.category_id,
        instructor_id=draft.instructor_id,
        thumbnail_url=draft.thumbnail_url,
        external_id=draft.external_id,
        language=draft.language,
        tags=_tags(draft.tags),
        settings=draft.settings,
        prerequisites=draft.prerequisites,
        words=tuple(words.words(_texts(draft))),
        **_standing(draft.status, moment),
    )
    try:
        return await store.of(Course).insert(course)
    except DuplicateKeyError as error:
        raise _taken(error) from error


def activity_id(organization: Organization, course_id: str) -> str:
    """The IRI by which statements name a course."""
    return f"{organization.public_url}/activities/courses/{course_id}"


async def get(store: Store, organization_id: str, course_id: str) -> Course:
    """The course, archived ones included. Raises NotFound."""
    return await store.of(Course).get(organization_id, course_id)


async def by_external_id(store: Store, organization_id: str, external_id: str) -> Course | None:
    """The course that another system knows by this id."""
    return await store.of(Course).first(organization_id, {"external_id": external_id})


async def find(
    store: Store, organization_id: str, filters: CourseFilter, paging: Paging
) -> Page[Course]:
    """One page of courses. Raises RuleBroken for a wrong status, page or sort."""
    if filters.status and (broken := findings.one_of("status", filters.status, STATUSES)):
        raise RuleBroken(broken)
    query = await course_search.query(store, organization_id, filters)
    return await store.of(Course).page(organization_id, query, paging)


async def update(
    store: Store,
    organization_id: str,
    course_id: str,
    changes: CourseChanges,
    expected_version: int | None = None,
) -> Course:
    """Change a course. Raises RuleBroken, NotFound, Conflict, VersionMismatch."""
    if broken := _broken(changes) or await _dangling(store, organization_id, changes, course_id):
        raise RuleBroken(broken)
    before = await get(store, organization_id, course_id)
    try:
        after = await store.of(Course).change(
            organization_id, course_id, _fields(before, changes), expected_version
        )
    except DuplicateKeyError as error:
        raise _taken(error) from error
    if any(
        getattr(before.settings, name) != getattr(after.settings, name)
        for name in course_settings.ROLLED_UP_BY
    ):
        await outline_changed(store, organization_id, course_id)
    return after


async def archive(
    store: Store, organization_id: str, course_id: str, expected_version: int | None = None
) -> Course:
    """Take a course out of use; what was learnt in it stays. Raises NotFound, VersionMismatch."""
    fields = _standing("archived", now())
    return await store.of(Course).change(organization_id, course_id, fields, expected_version)


async def restore(
    store: Store, organization_id: str, course_id: str, expected_version: int | None = None
) -> Course:
    """Take an archived course back, as a draft. Raises NotFound, Conflict, VersionMismatch."""
    course = await get(store, organization_id, course_id)
    if course.archived_at is None:
        raise Conflict("course_not_archived", f"{course.title} is not archived.")
    expected = course.version if expected_version is None else expected_version
    fields = _standing("draft", now())
    return await store.of(Course).change(organization_id, course_id, fields, expected)


async def outline_changed(store: Store, organization_id: str, course_id: str) -> None:
    """Have progress computed anew, and count the course's lessons again."""
    await _touched(store, organization_id, course_id, {"outline_version": 1, "revision": 1})


async def details_changed(store: Store, organization_id: str, course_id: str) -> None:
    """Say that modules or lessons tell something else, and count the lessons again."""
    await _touched(store, organization_id, course_id, {"revision": 1})


async def _touched(
    store: Store, organization_id: str, course_id: str, grown: dict[str, int]
) -> None:
    own = {"organization_id": organization_id, "_id": course_id}
    collection = store.of(Course).collection
    course = await collection.find_one_and_update(
        own, {"$inc": grown}, {"revision": 1}, return_document=ReturnDocument.AFTER
    )
    if course is not None:
        # Whoever changes it after us counts after us.
        counts = await extent.measured(store, organization_id, course_id)
        await collection.update_one({**own, "revision": course["revision"]}, {"$set": counts})


async def free_slug(store: Store, organization_id: str, title: str) -> str:
    """A slug for the title that no other course has."""
    base = words.slug(title) or "course"
    taken = {"organization_id": organization_id, "slug": {"$regex": f"^{base}(-[0-9]+)?$"}}
    known = {each["slug"] async for each in store.of(Course).collection.find(taken, {"slug": 1})}
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(known) + 2))
    return next(each for each in candidates if each not in known)


def _fields(before: Course, changes: CourseChanges) -> dict[str, Any]:
    """What the changes set in the course's document."""
    fields = given(changes)
    if isinstance(changes.settings, SettingsChanges):
        del fields["settings"]
        fields |= course_settings.changed(changes.settings)
    if isinstance(changes.status, str) and changes.status != before.status:
        fields |= _standing(changes.status, now())
    if isinstance(changes.tags, tuple):
        fields["tags"] = _tags(changes.tags)
    names = ("title", "description", "tags", "external_id")
    told = {name: fields.get(name, getattr(before, name)) for name in names}
    return {**fields, "words": words.words(_texts(CourseDraft(**told)))}


def _standing(status: str, moment: datetime) -> dict[str, Any]:
    since = {"published": "published_at", "archived": "archived_at"}
    fields: dict[str, Any] = {"status": status}
    if status != "archived":
        fields["archived_at"] = None
    if status in since:
        fields[since[status]] = moment
    return fields


def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip().casefold() for each in tags))


def _texts(draft: CourseDraft) -> tuple[str, ...]:
    return (draft.title, *draft.tags, draft.external_id or "", draft.description)


def _broken(course: CourseDraft | CourseChanges) -> list[Finding]:
    broken = (
        findings.title("title", course.title)
        + findings.text("description", course.description)
        + findings.one_of("status", course.status, STATUSES)
        + findings.url("thumbnail_url", course.thumbnail_url)
        + _broken_names(course)
    )
    return broken if course.settings is UNSET else broken + course_settings.broken(course.settings)


def _broken_names(course: CourseDraft | CourseChanges) -> list[Finding]:
    broken = []
    slug = course.slug
    if isinstance(slug, str) and (not slug or words.slug(slug) != slug):
        detail = "must be small letters, digits and single hyphens"
        broken.append(Finding(where="slug", detail=detail))
    for name, longest in (("external_id", LONGEST_EXTERNAL_ID), ("language", LONGEST_LANGUAGE)):
        value = getattr(course, name)
        if isinstance(value, str) and not 1 <= len(value) <= longest:
            broken.append(Finding(where=name, detail=f"must have 1 to {longest} characters"))
    tags = course.tags if isinstance(course.tags, tuple) else ()
    if len(tags) > MOST_TAGS:
        broken.append(Finding(where="tags", detail=f"must be at most {MOST_TAGS}"))
    for index, tag in enumerate(tags):
        if not 1 <= len(tag.strip()) <= LONGEST_TAG:
            detail = f"must have 1 to {LONGEST_TAG} characters"
            broken.append(Finding(where=f"tags/{index}", detail=detail))
    return broken


async def _dangling(
    store: Store, organization_id: str, course: CourseDraft | CourseChanges, course_id: str
) -> list[Finding]:
    """What the course leads to and is not there, and prerequisites that lead back to it."""
    needed = course.prerequisites if isinstance(course.prerequisites, tuple) else ()
    broken = [
        *await absent(store, organization_id, "category", {"category_id": course.category_id}),
        *await absent(store, organization_id, "user", {"instructor_id": course.instructor_id}),
        *await absent(
            store,
            organization_id,
            "course",
            {f"prerequisites/{index}": each for index, each in enumerate(needed)},
        ),
    ]
    return broken or await circular(store, organization_id, course_id, needed)


def _taken(error: DuplicateKeyError) -> Conflict:
    names = (error.details or {}).get("keyPattern", {})
    name = "external_id" if "external_id" in names else "slug"
    return Conflict(f"{name}_taken", f"Another course has this {name} already.", name)
