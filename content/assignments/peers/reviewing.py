"""Writing reviews, and what instructors make of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType, structs, to_builtins

from content import findings
from content.assignments import library, rubric
from content.assignments.peers.review import STATUSES, Flag, PeerReview, PeerReviewFilter, scale
from content.assignments.rubric import Marking
from content.assignments.submission import CriterionScore
from content.courses import courses
from content.documents import Page, Paging, given
from content.enrollment import enrollments
from content.errors import Conflict, RuleBroken
from content.identity import now
from content.lessons import lessons
from content.people.people import Person
from content.store import Store
from content.telling.outbox import Outbox, untold
from content.telling.statements import Scene, Statement, about_part, activity

EVALUATED: Final = "http://www.tincanapi.co.uk/verbs/evaluated"


class ReviewChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reviewer writes; what is not given stays."""

    scores: tuple[CriterionScore, ...] | UnsetType = UNSET
    total_score: float | UnsetType | None = UNSET
    comments: str | UnsetType = UNSET


async def get(store: Store, organization_id: str, review_id: str) -> PeerReview:
    """The review. Raises NotFound."""
    return await store.of(PeerReview).get(organization_id, review_id)


async def find(
    store: Store, organization_id: str, filters: PeerReviewFilter, paging: Paging
) -> Page[PeerReview]:
    """One page of reviews. Raises RuleBroken for a wrong status, page or sort."""
    given_status = filters.status or STATUSES[0]
    if wrong := findings.one_of("status", given_status, STATUSES):
        raise RuleBroken(wrong)
    wanted = structs.asdict(filters)
    flagged = wanted.pop("flagged")
    query: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if flagged is not None:
        query["flag"] = {"$ne": None} if flagged else None
    return await store.of(PeerReview).page(organization_id, query, paging)


async def of_submission(store: Store, organization_id: str, submission_id: str) -> list[PeerReview]:
    """All reviews of one piece of work."""
    return await store.of(PeerReview).all(organization_id, {"submission_id": submission_id})


async def reviews_file(
    store: Store, organization_id: str, submission_id: str, person_id: str
) -> bool:
    """Whether a person reviews the work, and so may see its files."""
    query = {"submission_id": submission_id, "reviewer_id": person_id}
    return await store.of(PeerReview).first(organization_id, query) is not None


async def draft(
    store: Store, review: PeerReview, changes: ReviewChanges, expected_version: int | None = None
) -> PeerReview:
    """Write some of a review, as far as it goes. Raises RuleBroken, Conflict, VersionMismatch."""
    _check_open(review)
    assignment = await library.get(store, review.organization_id, review.assignment_id)
    written = _marking(structs.replace(review, **_changed(changes)))
    if wrong := rubric.broken(scale(assignment), written, whole=False):
        raise RuleBroken(wrong)
    fields = {**given(changes), "status": "draft"}
    return await _change(store, review, fields, expected_version)


async def submit(
    store: Store,
    outbox: Outbox,
    review: PeerReview,
    changes: ReviewChanges,
    reviewer: Person,
    expected_version: int | None = None,
) -> PeerReview:
    """Hand a review in, for good. Raises RuleBroken with all that is missing, Conflict."""
    _check_open(review)
    assignment = await library.get(store, review.organization_id, review.assignment_id)
    whole = structs.replace(review, **_changed(changes))
    marking = _marking(whole)
    if wrong := rubric.broken(scale(assignment), marking):
        raise RuleBroken(wrong)
    moment = now()
    fields = {
        **given(changes),
        "total_score": rubric.total(marking),
        "status": "submitted",
        "submitted_at": moment,
    }
    said = await _told(store, review, reviewer, moment)
    changed = await _change(store, review, fields, expected_version, tell=untold(said))
    await outbox.tell(changed)
    return changed


async def flag(store: Store, review: PeerReview, reason: str) -> PeerReview:
    """Tell the instructors that the work is improper. Raises RuleBroken, VersionMismatch."""
    if wrong := findings.title("reason", reason):
        raise RuleBroken(wrong)
    raised = Flag(reason=reason.strip(), flagged_at=now())
    return await _change(store, review, {"flag": to_builtins(raised, builtin_types=(datetime,))})


async def dismiss(store: Store, review: PeerReview, by: Person, *, dismissed: bool) -> PeerReview:
    """Let a review count no more, or again."""
    fields = {
        "dismissed_at": now() if dismissed else None,
        "dismissed_by": by.id if dismissed else None,
    }
    return await _change(store, review, fields)


async def _change(
    store: Store,
    review: PeerReview,
    fields: dict[str, Any],
    expected_version: int | None = None,
    *,
    tell: Sequence[str] = (),
) -> PeerReview:
    expected = review.version if expected_version is None else expected_version
    documents = store.of(PeerReview)
    return await documents.change(review.organization_id, review.id, fields, expected, tell=tell)


def _check_open(review: PeerReview) -> None:
    if review.status == "submitted":
        raise Conflict("peer_review_submitted", "The review was submitted and stays as it is.")


def _changed(changes: ReviewChanges) -> dict[str, Any]:
    return {name: each for name, each in structs.asdict(changes).items() if each is not UNSET}


def _marking(review: PeerReview) -> Marking:
    return Marking(scores=review.scores, total_score=review.total_score, feedback=review.comments)


async def _told(
    store: Store, review: PeerReview, reviewer: Person, moment: datetime
) -> list[Statement]:
    """That the reviewer evaluated the work, where they are still enrolled."""
    organization_id = review.organization_id
    course = await courses.get(store, organization_id, review.course_id)
    enrollment = await enrollments.current(store, organization_id, reviewer.id, course.id)
    if enrollment is None:
        return []
    lesson = await lessons.get(store, organization_id, review.lesson_id)
    scene = Scene(
        actor=reviewer,
        course=course,
        lesson=lesson,
        registration=enrollment.timeline.on(lesson.id)[-1],
        at=moment,
    )
    work = activity(
        f"{lesson.activity_id}/submissions/{review.submission_id}", lesson.title, "file"
    )
    return [about_part(scene, EVALUATED, review.id, work)]
