"""Announcements: what those who teach tell a course, or some of its cohorts, from a moment on."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType, structs

from content import findings, organizations, sanitised
from content.courses import courses
from content.documents import Page, Paging, given
from content.enrollment import cohorts, participation
from content.enrollment.cohorts import Cohort, CohortMember
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.references import absent
from content.store import Store
from content.telling.events import Event, event
from content.telling.outbox import Outbox, Telling, untold
from content.telling.statements import timestamp

STATUSES = ("scheduled", "published")
MOST_COHORTS = 100


class Announcement(Telling, frozen=True, kw_only=True):
    """An announcement in HTML that is cleaned; without cohorts it is for everybody in the course.

    It is seen from `publish_at` on; `announced` says that the event of it was told.
    """

    kind: ClassVar[str] = "announcement"
    sortable: ClassVar[tuple[str, ...]] = ("publish_at", "created_at", "title")

    course_id: str
    author_id: str
    title: str
    content: str
    cohort_ids: tuple[str, ...] = ()
    publish_at: datetime
    announced: bool = False
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


class AnnouncementDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new announcement; without a moment it is published at once."""

    course_id: str
    title: str
    content: str
    cohort_ids: tuple[str, ...] = ()
    publish_at: datetime | None = None


class AnnouncementChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays. Once published, the moment stays too."""

    title: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    cohort_ids: tuple[str, ...] | UnsetType = UNSET
    publish_at: datetime | UnsetType = UNSET


class AnnouncementFilter(Struct, frozen=True, kw_only=True):
    """Which announcements of a course: by status, or those that a learner sees."""

    course_id: str
    status: str | None = None
    reader_id: str | None = None


async def create(
    store: Store, outbox: Outbox, organization_id: str, draft: AnnouncementDraft, author_id: str
) -> Announcement:
    """A new announcement. Raises RuleBroken, NotFound."""
    await courses.get(store, organization_id, draft.course_id)
    wrong = _broken(draft) + await _unknown(store, organization_id, draft.cohort_ids)
    if wrong:
        raise RuleBroken(wrong)
    moment = now()
    made = Announcement(
        id=new_id("announcement"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        course_id=draft.course_id,
        author_id=author_id,
        title=draft.title.strip(),
        content=sanitised.clean(draft.content),
        cohort_ids=tuple(dict.fromkeys(draft.cohort_ids)),
        publish_at=milliseconds(draft.publish_at) if draft.publish_at else moment,
    )
    if made.publish_at <= moment:
        made = structs.replace(made, announced=True, untold=untold(happened=[_told(made)]))
    await store.of(Announcement).insert(made)
    await outbox.tell(made)
    return made


async def get(store: Store, organization_id: str, announcement_id: str) -> Announcement:
    """The announcement, unless it was deleted. Raises NotFound."""
    query = {"_id": announcement_id, "deleted_at": None}
    found = await store.of(Announcement).first(organization_id, query)
    if found is None:
        raise NotFound("announcement", announcement_id)
    return found


async def find(
    store: Store, organization_id: str, filters: AnnouncementFilter, paging: Paging
) -> Page[Announcement]:
    """One page of announcements. Raises RuleBroken for a wrong status, page or sort."""
    if wrong := findings.one_of("status", filters.status or STATUSES[0], STATUSES):
        raise RuleBroken(wrong)
    query: dict[str, Any] = {"course_id": filters.course_id, "deleted_at": None}
    if filters.reader_id is not None:
        mine = await cohorts.of_person(store, organization_id, filters.reader_id)
        query["cohort_ids"] = {"$in": [[], *mine]}
    if filters.reader_id is not None or filters.status == "published":
        query["publish_at"] = {"$lte": now()}
    elif filters.status == "scheduled":
        query["publish_at"] = {"$gt": now()}
    return await store.of(Announcement).page(organization_id, query, paging)


async def is_for(store: Store, announcement: Announcement, person_id: str) -> bool:
    """Whether a learner of the course sees it now."""
    if announcement.publish_at > now():
        return False
    if not announcement.cohort_ids:
        return True
    mine = await cohorts.of_person(store, announcement.organization_id, person_id)
    return bool(mine & set(announcement.cohort_ids))


async def update(
    store: Store,
    announcement: Announcement,
    changes: AnnouncementChanges,
    expected_version: int | None = None,
) -> Announcement:
    """Change an announcement.

    Raises:
        RuleBroken, VersionMismatch.
        Conflict: announcement_published, its moment is over.
    """
    organization_id, fields = announcement.organization_id, given(changes)
    cohort_ids = changes.cohort_ids if isinstance(changes.cohort_ids, tuple) else ()
    wrong = _broken(changes) + await _unknown(store, organization_id, cohort_ids)
    if wrong:
        raise RuleBroken(wrong)
    if "publish_at" in fields and announcement.announced:
        raise Conflict("announcement_published", "It is published, and stays so.")
    if fields.keys() & {"title", "content"}:
        fields["edited_at"] = now()
    if "publish_at" in fields:
        fields["publish_at"] = milliseconds(fields["publish_at"])
    if "content" in fields:
        fields["content"] = sanitised.clean(fields["content"])
    expected = announcement.version if expected_version is None else expected_version
    return await store.of(Announcement).change(organization_id, announcement.id, fields, expected)


async def delete(store: Store, announcement: Announcement) -> None:
    """Take an announcement away. Raises NotFound."""
    fields = {"deleted_at": now(), "announced": True}
    await store.of(Announcement).change(announcement.organization_id, announcement.id, fields)


async def readers(store: Store, announcement: Announcement) -> AsyncIterator[list[str]]:
    """The ids of those whom it is for, some at a time: in the course now, in one of its cohorts."""
    organization_id, chosen = announcement.organization_id, announcement.cohort_ids
    query = {"cohort_id": {"$in": list(chosen)}}
    found = store.of(CohortMember).each(organization_id, query)
    wanted = {each.person_id async for each in found} if chosen else None
    async for some in participation.members(store, organization_id, announcement.course_id):
        yield some if wanted is None else [each for each in some if each in wanted]


async def publish_due(store: Store, outbox: Outbox) -> int:
    """Tell of the announcements whose moment has come; return how many.

    Several servers may do so at once: the event's id is the announcement's.
    """
    count = 0
    due = {"announced": False, "publish_at": {"$lte": now()}}
    for organization in await organizations.every(store):
        async for each in store.of(Announcement).each(organization.id, due):
            waiting = untold(happened=[_told(each)])
            told = await store.of(Announcement).change(
                organization.id, each.id, {"announced": True}, tell=waiting
            )
            await outbox.tell(told)
            count += 1
    return count


def _told(announcement: Announcement) -> Event:
    data = {
        "announcement_id": announcement.id,
        "course_id": announcement.course_id,
        "cohort_ids": list(announcement.cohort_ids),
        "title": announcement.title,
        "published_at": timestamp(announcement.publish_at),
    }
    return event(
        announcement.organization_id,
        "announcement.published",
        announcement.id,
        announcement.publish_at,
        data,
    )


async def _unknown(
    store: Store, organization_id: str, cohort_ids: tuple[str, ...]
) -> list[Finding]:
    if len(cohort_ids) > MOST_COHORTS:
        return [Finding(where="cohort_ids", detail=f"must be at most {MOST_COHORTS}")]
    places = {f"cohort_ids/{position}": each for position, each in enumerate(cohort_ids)}
    return await absent(store, organization_id, Cohort.kind, places)


def _broken(announcement: AnnouncementDraft | AnnouncementChanges) -> list[Finding]:
    wrong = findings.title("title", announcement.title)
    wrong += findings.text("content", announcement.content)
    return wrong + findings.moment("publish_at", announcement.publish_at)
