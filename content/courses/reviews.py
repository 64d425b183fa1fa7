"""Course reviews: what people who took a course think of it, from 1 to 5."""

from datetime import datetime
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import findings
from content.courses import courses
from content.courses.courses import Course
from content.documents import Document, Page, Paging, given
from content.enrollment import enrollments
from content.errors import Conflict, Refused, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store

RATINGS = (1, 2, 3, 4, 5)


class Review(Document, frozen=True, kw_only=True):
    """One person's review of a course; the comment is plain text."""

    kind: ClassVar[str] = "review"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "rating")

    course_id: str
    person_id: str
    rating: int
    comment: str = ""
    edited_at: datetime | None = None


class ReviewDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new review."""

    course_id: str
    rating: int
    comment: str = ""


class ReviewChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    rating: int | UnsetType = UNSET
    comment: str | UnsetType = UNSET


class Ratings(Struct, frozen=True, kw_only=True):
    """What a course's reviews come to: their mean, and how many gave each rating."""

    average: float | None
    count: int
    distribution: dict[str, int]


async def create(store: Store, organization_id: str, draft: ReviewDraft, person_id: str) -> Review:
    """A new review, by somebody who is enrolled, also when their time is over.

    Raises:
        RuleBroken, NotFound, Refused (enrollment_required), Conflict (already_reviewed).
    """
    await courses.get(store, organization_id, draft.course_id)
    if wrong := _broken(draft):
        raise RuleBroken(wrong)
    if await enrollments.current(store, organization_id, person_id, draft.course_id) is None:
        raise Refused("enrollment_required", "Only who is enrolled in the course reviews it.")
    moment = now()
    made = Review(
        id=new_id("review"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        course_id=draft.course_id,
        person_id=person_id,
        rating=draft.rating,
        comment=draft.comment.strip(),
    )
    try:
        await store.of(Review).insert(made)
    except DuplicateKeyError as error:
        raise Conflict("already_reviewed", "Change the review that you have written.") from error
    await _rate(store, organization_id, made.course_id)
    return made


async def get(store: Store, organization_id: str, review_id: str) -> Review:
    """The review. Raises NotFound."""
    return await store.of(Review).get(organization_id, review_id)


async def find(
    store: Store, organization_id: str, course_id: str, paging: Paging, rating: int | None = None
) -> Page[Review]:
    """One page of a course's reviews. Raises RuleBroken for a wrong page or sort."""
    query = {"course_id": course_id, **({} if rating is None else {"rating": rating})}
    return await store.of(Review).page(organization_id, query, paging)


async def update(
    store: Store, review: Review, changes: ReviewChanges, expected_version: int | None = None
) -> Review:
    """Change a review. Raises RuleBroken, VersionMismatch."""
    if wrong := _broken(changes):
        raise RuleBroken(wrong)
    fields = {**given(changes), "edited_at": now()}
    organization_id = review.organization_id
    changed = await store.of(Review).change(organization_id, review.id, fields, expected_version)
    await _rate(store, organization_id, review.course_id)
    return changed


async def delete(store: Store, review: Review) -> None:
    """Remove a review. Raises NotFound."""
    await store.of(Review).remove(review.organization_id, review.id)
    await _rate(store, review.organization_id, review.course_id)


async def ratings(store: Store, organization_id: str, course_id: str) -> Ratings:
    """What a course's reviews come to, counted now."""
    counted = await store.of(Review).collection.aggregate(
        [
            {"$match": {"organization_id": organization_id, "course_id": course_id}},
            {"$group": {"_id": "$rating", "count": {"$sum": 1}}},
        ]
    )
    given_by = {each["_id"]: each["count"] async for each in counted}
    return summed(given_by)


def summed(given_by: dict[int, int]) -> Ratings:
    """The ratings' mean and distribution, from how many gave each."""
    count = sum(given_by.values())
    total = sum(rating * people for rating, people in given_by.items())
    return Ratings(
        average=round(total / count, 2) if count else None,
        count=count,
        distribution={str(each): given_by.get(each, 0) for each in reversed(RATINGS)},
    )


async def _rate(store: Store, organization_id: str, course_id: str) -> None:
    """Write down at the course what its reviews come to."""
    found = await ratings(store, organization_id, course_id)
    await store.of(Course).collection.update_one(
        {"organization_id": organization_id, "_id": course_id},
        {"$set": {"rating": found.average, "rating_count": found.count}},
    )


def _broken(review: ReviewDraft | ReviewChanges) -> list[Finding]:
    wrong = findings.text("comment", review.comment)
    if review.rating is not UNSET and review.rating not in RATINGS:
        wrong.append(Finding(where="rating", detail="must be a whole number from 1 to 5"))
    return wrong
