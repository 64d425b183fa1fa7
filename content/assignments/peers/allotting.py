"""Giving reviews out: once the work was due, and to those who hand in later."""

from datetime import datetime, timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern

from content.assignments import library
from content.assignments.assignment import Assignment
from content.assignments.peers.allocation import Pair, Piece, allocate
from content.assignments.peers.review import PeerReview
from content.assignments.submission import Submission
from content.documents import encode
from content.errors import Conflict
from content.identity import new_id, now
from content.store import COLLECTIONS, Store
from lrs.store import DURABLE


async def allot(store: Store, assignment: Assignment) -> int:
    """Give out the reviews that are missing; how many. Raises Conflict (peer_review_disabled).

    Several servers may do so at once: whoever is second sees what the first one gave out.
    """
    if assignment.peer_review is None:
        raise Conflict("peer_review_disabled", f"{assignment.title} has no peer review.")

    async def missing(session: AsyncClientSession) -> int:
        own = {"organization_id": assignment.organization_id, "_id": assignment.id}
        assignments = store.database[COLLECTIONS["assignment"]]
        await assignments.update_one(own, {"$inc": {"allotments": 1}}, session=session)
        return await _give_out(store, assignment, session)

    async with store.database.client.start_session() as session:
        return await session.with_transaction(
            missing, read_concern=ReadConcern("snapshot"), write_concern=DURABLE
        )


async def allot_due(store: Store, organization_id: str, person_id: str) -> None:
    """Give reviews out where the person handed work in and it is due by now."""
    query = {"person_id": person_id}
    mine = await store.of(Submission).collection.distinct(
        "assignment_id", {"organization_id": organization_id, **query}
    )
    for assignment_id in mine:
        assignment = await library.get(store, organization_id, assignment_id)
        if is_due(assignment, now()) and not await _is_in(store, assignment, person_id):
            await allot(store, assignment)


def is_due(assignment: Assignment, moment: datetime) -> bool:
    """Whether reviews are given out by now, without being asked for."""
    if assignment.peer_review is None or assignment.due_date is None:
        return False
    return moment > assignment.due_date + timedelta(minutes=assignment.grace_minutes)


async def _is_in(store: Store, assignment: Assignment, person_id: str) -> bool:
    query = {"assignment_id": assignment.id, "author_id": person_id}
    return await store.of(PeerReview).first(assignment.organization_id, query) is not None


async def _give_out(store: Store, assignment: Assignment, session: AsyncClientSession) -> int:
    """The missing reviews, by what is handed in and given out as the transaction sees it."""
    own = {"organization_id": assignment.organization_id, "assignment_id": assignment.id}
    submissions = store.database[COLLECTIONS["submission"]]
    reviews = store.database[COLLECTIONS["peer_review"]]
    latest: dict[str, Piece] = {}
    fields = {"person_id": 1}
    async for each in submissions.find(own, fields, sort=[("number", 1)], session=session):
        latest[each["person_id"]] = Piece(each["_id"], each["person_id"])
    shown = {"reviewer_id": 1, "author_id": 1, "submission_id": 1}
    present = [_pair(each) async for each in reviews.find(own, shown, session=session)]
    for pair in present:
        latest[pair.piece.person_id] = pair.piece
    count = assignment.peer_review.reviews_per_submission if assignment.peer_review else 0
    missing = allocate(list(latest.values()), present, count, assignment.id)
    if missing:
        made = [encode(_review(assignment, each)) for each in missing]
        await reviews.insert_many(made, session=session)
    return len(missing)


def _pair(fields: dict[str, Any]) -> Pair:
    return Pair(fields["reviewer_id"], Piece(fields["submission_id"], fields["author_id"]))


def _review(assignment: Assignment, pair: Pair) -> PeerReview:
    moment = now()
    return PeerReview(
        id=new_id("peer_review"),
        organization_id=assignment.organization_id,
        created_at=moment,
        updated_at=moment,
        assignment_id=assignment.id,
        course_id=assignment.course_id,
        lesson_id=assignment.lesson_id,
        submission_id=pair.piece.submission_id,
        author_id=pair.piece.person_id,
        reviewer_id=pair.reviewer_id,
        anonymous=assignment.peer_review is None or assignment.peer_review.anonymous,
    )
