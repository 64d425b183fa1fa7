"""/peer-reviews: learners review each other's work, instructors see to it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, page_within, paging
from api.rest.route import RouteTable
from api.rest.submissions import ScoreAttributes
from content import assignments
from content.assignments import peers, submissions
from content.assignments.peers import PeerReview, PeerReviewFilter
from content.assignments.peers.reviewing import ReviewChanges
from content.assignments.submission import CriterionScore, Submission
from content.errors import NotFound

table = RouteTable()


class FlagAttributes(BaseModel):
    """What a reviewer finds improper in the work."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    reason: str
    flagged_at: datetime


class ReviewedWork(BaseModel):
    """The work as its reviewer sees it."""

    text: str
    notes: str
    file_ids: tuple[str, ...]


class PeerReviewAttributes(Attributes):
    """A review: assigned, draft or submitted. In an anonymous one neither side sees the other."""

    type_name = "peer_review"
    relationship_types = {
        "assignment": "assignment",
        "submission": "submission",
        "author": "user",
        "reviewer": "user",
    }

    status: str
    anonymous: bool
    scores: tuple[ScoreAttributes, ...]
    total_score: float | None
    comments: str
    submitted_at: datetime | None
    flag: FlagAttributes | None
    dismissed_at: datetime | None
    work: ReviewedWork | None
    created_at: datetime
    updated_at: datetime


class WrittenReview(Draft):
    """What a reviewer writes; what is not given stays."""

    scores: tuple[ScoreAttributes, ...] = Field((), max_length=100)
    total_score: float | None = None
    comments: str = Field("", max_length=100_000)


class RaisedFlag(Body):
    """Why the work is improper."""

    reason: str


class Dismissal(Body):
    """Whether a review is to count no more."""

    dismissed: bool = True


class Allotted(BaseModel):
    """How many reviews were given out now."""

    allotted: int


class QueueQuery(PageQuery):
    """Which of one's own reviews: assigned, draft or submitted."""

    status: str | None = None
    sort: str | None = None


class ModerationQuery(QueueQuery):
    """Which of an assignment's reviews: by status, reviewer, author, or flagged ones."""

    reviewer_id: str | None = None
    author_id: str | None = None
    flagged: bool | None = None


def review_resource(
    call: Call, review: PeerReview, work: Submission | None = None
) -> Resource[PeerReviewAttributes]:
    """The review as the person who asks may see it."""
    shown = (
        {
            "text": work.text,
            "notes": work.notes,
            "file_ids": work.file_ids,
        }
        if work
        else None
    )
    attributes = PeerReviewAttributes.model_validate(
        {name: getattr(review, name) for name in PLAIN} | {"work": shown}
    )
    related: dict[str, str | None] = {
        "assignment": review.assignment_id,
        "submission": review.submission_id,
        "author": review.author_id,
        "reviewer": review.reviewer_id,
    }
    if review.anonymous and not call.principal.may(Permission.SUBMISSIONS_READ):
        own = call.principal.person.id
        related |= {
            name: related[name] if related[name] == own else None for name in ("author", "reviewer")
        }
    return Resource(review.id, attributes, related, review.version)


PLAIN = PeerReviewAttributes.model_fields.keys() - {"work"}


@table.route("GET", "/my/peer-reviews", permission=Permission.ASSIGNMENTS_OWN)
async def my_peer_reviews(call: Call, query: QueueQuery) -> ResourcePage[PeerReviewAttributes]:
    """List the reviews that the person is to write; what is due by now is given out first."""
    store, organization_id = call.services.content, call.organization_id
    own = call.principal.person.id
    await peers.allot_due(store, organization_id, own)
    filters = PeerReviewFilter(reviewer_id=own, status=query.status)
    found = await peers.find(store, organization_id, filters, paging(query, query.sort))
    return page_of(found, lambda each: review_resource(call, each))


@table.route(
    "POST",
    "/assignments/{assignment_id}/peer-reviews",
    permission=Permission.SUBMISSIONS_GRADE,
    errors=("assignment_not_found", "peer_review_disabled"),
)
async def allot_peer_reviews(call: Call, assignment_id: str) -> Allotted:
    """Give out the reviews that are missing, also before the assignment is due."""
    store = call.services.content
    assignment = await assignments.get(store, call.organization_id, assignment_id)
    return Allotted(allotted=await peers.allot(store, assignment))


@table.route(
    "GET",
    "/assignments/{assignment_id}/peer-reviews",
    permission=Permission.SUBMISSIONS_READ,
    errors=("assignment_not_found",),
)
async def list_peer_reviews(
    call: Call, assignment_id: str, query: ModerationQuery
) -> ResourcePage[PeerReviewAttributes]:
    """List an assignment's reviews for those who moderate them."""
    store, organization_id = call.services.content, call.organization_id
    await assignments.get(store, organization_id, assignment_id)
    filters = PeerReviewFilter(
        assignment_id=assignment_id,
        reviewer_id=query.reviewer_id,
        author_id=query.author_id,
        status=query.status,
        flagged=query.flagged,
    )
    found = await peers.find(store, organization_id, filters, paging(query, query.sort))
    return page_of(found, lambda each: review_resource(call, each))


@table.route(
    "GET",
    "/submissions/{submission_id}/peer-reviews",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("submission_not_found",),
)
async def reviews_of_submission(
    call: Call, submission_id: str, query: PageQuery
) -> ResourcePage[PeerReviewAttributes]:
    """List the submitted reviews of one's own work; `meta.aggregate` is what they come to."""
    store, organization_id = call.services.content, call.organization_id
    submission = await submissions.get(store, organization_id, submission_id)
    if submission.person_id != call.principal.person.id:
        call.require(Permission.SUBMISSIONS_READ)
    assignment = await assignments.get(store, organization_id, submission.assignment_id)
    written = await peers.of_submission(store, organization_id, submission_id)
    counted = [each for each in written if each.counts]
    found = page_within(query, counted, lambda each: review_resource(call, each))
    total = peers.aggregate(assignment, written)
    meta = {"aggregate": {"reviews": total.reviews, "total_score": total.total_score}}
    return ResourcePage(found.items, found.total, found.page, found.per_page, meta)


@table.route(
    "GET",
    "/peer-reviews/{review_id}",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("peer_review_not_found",),
)
async def get_peer_review(call: Call, review_id: str) -> Resource[PeerReviewAttributes]:
    """Show a review that one writes, with the work that it is about."""
    review = await _review(call, review_id)
    return await _with_work(call, review)


@table.route(
    "PATCH",
    "/peer-reviews/{review_id}",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("peer_review_not_found", "peer_review_submitted", "version_mismatch"),
)
async def draft_peer_review(
    call: Call, review_id: str, body: WrittenReview
) -> Resource[PeerReviewAttributes]:
    """Write some of a review; it may still lack what submitting asks for."""
    review = await _own(call, review_id)
    version = expected_version(call.request)
    drafted = await peers.draft(call.services.content, review, _changes(body), version)
    return await _with_work(call, drafted)


@table.route(
    "POST",
    "/peer-reviews/{review_id}/submit",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("peer_review_not_found", "peer_review_submitted", "version_mismatch"),
)
async def submit_peer_review(
    call: Call, review_id: str, body: WrittenReview
) -> Resource[PeerReviewAttributes]:
    """Hand a review in for good: as it was drafted, with what is given here."""
    review, services = await _own(call, review_id), call.services
    submitted = await peers.submit(
        services.content,
        services.outbox,
        review,
        _changes(body),
        call.principal.person,
        expected_version(call.request),
    )
    return await _with_work(call, submitted)


@table.route(
    "POST",
    "/peer-reviews/{review_id}/flag",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("peer_review_not_found",),
)
async def flag_peer_review(
    call: Call, review_id: str, body: RaisedFlag
) -> Resource[PeerReviewAttributes]:
    """Tell the instructors that the work under review is improper."""
    review = await _own(call, review_id)
    return await _with_work(call, await peers.flag(call.services.content, review, body.reason))


@table.route(
    "POST",
    "/peer-reviews/{review_id}/dismiss",
    permission=Permission.SUBMISSIONS_GRADE,
    errors=("peer_review_not_found",),
)
async def dismiss_peer_review(
    call: Call, review_id: str, body: Dismissal
) -> Resource[PeerReviewAttributes]:
    """Let a review count no more, or again."""
    store, by = call.services.content, call.principal.person
    review = await peers.get(store, call.organization_id, review_id)
    changed = await peers.dismiss(store, review, by, dismissed=body.dismissed)
    return await _with_work(call, changed)


async def _review(call: Call, review_id: str) -> PeerReview:
    """A review that the person writes, or may moderate. Raises NotFound."""
    review = await peers.get(call.services.content, call.organization_id, review_id)
    own = review.reviewer_id == call.principal.person.id
    if own or call.principal.may(Permission.SUBMISSIONS_READ):
        return review
    raise NotFound("peer_review", review_id)


async def _own(call: Call, review_id: str) -> PeerReview:
    """A review that the person writes. Raises NotFound."""
    review = await peers.get(call.services.content, call.organization_id, review_id)
    if review.reviewer_id != call.principal.person.id:
        raise NotFound("peer_review", review_id)
    return review


async def _with_work(call: Call, review: PeerReview) -> Resource[PeerReviewAttributes]:
    store = call.services.content
    work = await submissions.get(store, call.organization_id, review.submission_id)
    return review_resource(call, review, work)


def _changes(body: WrittenReview) -> ReviewChanges:
    fields = body.model_dump(exclude_unset=True)
    if "scores" in fields:
        fields["scores"] = tuple(CriterionScore(**each) for each in fields["scores"])
    return ReviewChanges(**fields)
