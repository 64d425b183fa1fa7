"""/reviews: what people think of a course, from 1 to 5."""

from datetime import datetime
from typing import Any

from aiohttp import web
from msgspec import structs
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.courses import reviews
from content.courses.reviews import Review, ReviewChanges, ReviewDraft
from content.people import people

table = RouteTable()

ENTRY = ("already_reviewed", "course_not_found", "enrollment_required")


class ReviewAttributes(Attributes):
    """A review; the comment is plain text."""

    type_name = "review"
    relationship_types = {"course": "course", "user": "user"}

    rating: int
    comment: str
    author_name: str | None
    edited_at: datetime | None
    created_at: datetime


class NewCourseReview(Draft):
    """A rating from 1 to 5, and why."""

    rating: int = Field(ge=1, le=5)
    comment: str = ""


class NewReview(NewCourseReview):
    """A review of a course."""

    course_id: str = Field(max_length=100)


class ChangedReview(Draft):
    """What may be changed; what is not given stays."""

    rating: int = Field(5, ge=1, le=5)
    comment: str = ""


class ReviewQuery(PageQuery):
    """Which reviews; the newest first unless sorted."""

    rating: int | None = Field(None, ge=1, le=5)
    sort: str | None = None


def review_resource(review: Review, names: dict[str, str]) -> Resource[ReviewAttributes]:
    """The review as a resource."""
    attributes = ReviewAttributes(
        rating=review.rating,
        comment=review.comment,
        author_name=names.get(review.person_id),
        edited_at=review.edited_at,
        created_at=review.created_at,
    )
    related = {"course": review.course_id, "user": review.person_id}
    return Resource(review.id, attributes, related, review.version)


@table.route(
    "GET",
    "/courses/{course_id}/reviews",
    permission=Permission.COURSES_READ,
    errors=("course_not_found",),
)
async def list_reviews(
    call: Call, course_id: str, query: ReviewQuery
) -> ResourcePage[ReviewAttributes]:
    """List the reviews of a course; `meta.ratings` has their mean and distribution."""
    store, organization_id = call.services.content, call.organization_id
    await visible_course(call, course_id)
    page = paging(query, query.sort or "-created_at")
    found = await reviews.find(store, organization_id, course_id, page, query.rating)
    names = await people.names(store, organization_id, {each.person_id for each in found.items})
    shown = page_of(found, lambda each: review_resource(each, names))
    total = await reviews.ratings(store, organization_id, course_id)
    meta: dict[str, Any] = {"ratings": structs.asdict(total)}
    return ResourcePage(shown.items, shown.total, shown.page, shown.per_page, meta)


@table.route("POST", "/reviews", permission=Permission.REVIEWS_OWN, status=201, errors=ENTRY)
async def create_review(call: Call, body: NewReview) -> Resource[ReviewAttributes]:
    """Review a course that one is enrolled in, once."""
    return await _create(call, ReviewDraft(**body.model_dump()))


@table.route(
    "POST",
    "/courses/{course_id}/reviews",
    permission=Permission.REVIEWS_OWN,
    status=201,
    errors=ENTRY,
)
async def create_course_review(
    call: Call, course_id: str, body: NewCourseReview
) -> Resource[ReviewAttributes]:
    """Review this course, once."""
    return await _create(call, ReviewDraft(course_id=course_id, **body.model_dump()))


@table.route(
    "PATCH",
    "/reviews/{review_id}",
    permission=Permission.REVIEWS_OWN,
    errors=("review_not_found", "version_mismatch"),
)
async def update_review(
    call: Call, review_id: str, body: ChangedReview
) -> Resource[ReviewAttributes]:
    """Change a review of one's own."""
    store = call.services.content
    review = await reviews.get(store, call.organization_id, review_id)
    if review.person_id != call.principal.person.id:
        finding = Finding("Only who wrote the review changes it.")
        raise refuse(403, "forbidden", "You may not do this", [finding])
    changes = ReviewChanges(**body.model_dump(exclude_unset=True))
    changed = await reviews.update(store, review, changes, expected_version(call.request))
    return await _shown(call, changed)


@table.route(
    "DELETE",
    "/reviews/{review_id}",
    permission=Permission.REVIEWS_OWN,
    status=204,
    errors=("review_not_found",),
)
async def delete_review(call: Call, review_id: str) -> web.Response:
    """Remove a review of one's own, or any as a moderator."""
    store = call.services.content
    review = await reviews.get(store, call.organization_id, review_id)
    if review.person_id != call.principal.person.id:
        call.require(Permission.DISCUSSIONS_MODERATE)
    await reviews.delete(store, review)
    return web.Response(status=204)


async def _create(call: Call, draft: ReviewDraft) -> Resource[ReviewAttributes]:
    await visible_course(call, draft.course_id)
    own = call.principal.person.id
    made = await reviews.create(call.services.content, call.organization_id, draft, own)
    return await _shown(call, made)


async def _shown(call: Call, review: Review) -> Resource[ReviewAttributes]:
    names = await people.names(call.services.content, call.organization_id, {review.person_id})
    return review_resource(review, names)
