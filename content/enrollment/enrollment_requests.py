"""Requests to be enrolled: a learner asks, an instructor approves or rejects."""

from datetime import datetime
from typing import Any, ClassVar, Final

from msgspec import Struct
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from content import findings
from content.courses import courses
from content.documents import Document, Page, Paging, encode
from content.enrollment import admission, enrollments, seats
from content.enrollment.enrollments import Enrollment, EnrollmentDraft
from content.errors import Conflict, RuleBroken
from content.identity import new_id, now
from content.store import Store

PENDING, APPROVED, REJECTED, WITHDRAWN = "pending", "approved", "rejected", "withdrawn"
STATUSES = (PENDING, APPROVED, REJECTED, WITHDRAWN)
LONGEST_MESSAGE: Final = 5000


class EnrollmentRequest(Document, frozen=True, kw_only=True):
    """A person who wants into a course; at most one request of theirs for it is pending.

    `enrollment_id` is what an approval came to, `reason` why it was rejected.
    """

    kind: ClassVar[str] = "enrollment_request"

    person_id: str
    course_id: str
    message: str = ""
    status: str = PENDING
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    enrollment_id: str | None = None


class RequestFilter(Struct, frozen=True, kw_only=True):
    """Which requests: all that is given must hold."""

    person_id: str | None = None
    course_id: str | None = None
    status: str | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """Who decides, and what: until when the person is enrolled, or why not."""

    by: str
    expires_at: datetime | None = None
    reason: str | None = None


async def ask(
    store: Store, organization_id: str, person_id: str, course_id: str, message: str = ""
) -> EnrollmentRequest:
    """Ask to be enrolled.

    Raises NotFound, RuleBroken, Conflict (course_archived, already_enrolled, already_requested).
    """
    if broken := findings.text("message", message):
        raise RuleBroken(broken)
    course = await courses.get(store, organization_id, course_id)
    admission.check_open(admission.terms_of(course), by_oneself=False)
    if await enrollments.current(store, organization_id, person_id, course_id):
        detail = f"You have an open enrollment in {course.title}."
        raise Conflict(admission.ALREADY_ENROLLED, detail, "course_id")
    moment = now()
    request = EnrollmentRequest(
        id=new_id("enrollment_request"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=person_id,
        course_id=course_id,
        message=message,
    )
    try:
        return await store.of(EnrollmentRequest).insert(request)
    except DuplicateKeyError as error:
        detail = f"Your request for {course.title} is pending already."
        raise Conflict("already_requested", detail) from error


async def get(store: Store, organization_id: str, request_id: str) -> EnrollmentRequest:
    """The request. Raises NotFound."""
    return await store.of(EnrollmentRequest).get(organization_id, request_id)


async def find(
    store: Store, organization_id: str, filters: RequestFilter, paging: Paging
) -> Page[EnrollmentRequest]:
    """One page of requests. Raises RuleBroken for a wrong status, page or sort."""
    given = {name: getattr(filters, name) for name in RequestFilter.__struct_fields__}
    query = {name: value for name, value in given.items() if value is not None}
    if filters.status and (broken := findings.one_of("status", filters.status, STATUSES)):
        raise RuleBroken(broken)
    return await store.of(EnrollmentRequest).page(organization_id, query, paging)


async def approve(
    store: Store, organization_id: str, request_id: str, decision: Decision
) -> tuple[EnrollmentRequest, Enrollment]:
    """Enrol who asked, in one transaction with the decision.

    Whom somebody enrolled meanwhile keeps that enrollment; prerequisites are for whoever decides to
    look at. Raises NotFound, RuleBroken, Conflict (already_decided, course_archived,
    enrollment_limit_reached).
    """
    if broken := findings.moment("expires_at", decision.expires_at):
        raise RuleBroken(broken)
    request = await get(store, organization_id, request_id)
    terms = admission.terms_of(await courses.get(store, organization_id, request.course_id))
    admission.check_open(terms, by_oneself=False)
    draft = EnrollmentDraft(
        person_id=request.person_id, course_id=request.course_id, expires_at=decision.expires_at
    )

    async def take(session: AsyncClientSession, free: int) -> tuple[EnrollmentRequest, Enrollment]:
        held = await _held(store, request, session)
        enrollment = held or enrollments.made(organization_id, draft)
        fields = {"enrollment_id": enrollment.id}
        decided = await _decide(store, request, APPROVED, decision, fields, session)
        if held is None:
            if not free:
                raise admission.full(terms)
            await store.of(Enrollment).collection.insert_one(encode(enrollment), session=session)
        return decided, enrollment

    return await seats.taking(store, organization_id, request.course_id, terms.seats, take)


async def reject(
    store: Store, organization_id: str, request_id: str, decision: Decision
) -> EnrollmentRequest:
    """Say no, and why. Raises NotFound, RuleBroken, Conflict (already_decided)."""
    if broken := findings.text("reason", decision.reason or ""):
        raise RuleBroken(broken)
    request = await get(store, organization_id, request_id)
    return await _decide(store, request, REJECTED, decision, {"reason": decision.reason})


async def withdraw(
    store: Store, organization_id: str, request_id: str, by: str
) -> EnrollmentRequest:
    """Ask no more. Raises NotFound, Conflict (already_decided)."""
    request = await get(store, organization_id, request_id)
    return await _decide(store, request, WITHDRAWN, Decision(by=by), {})


async def _held(
    store: Store, request: EnrollmentRequest, session: AsyncClientSession
) -> Enrollment | None:
    documents = store.of(Enrollment)
    query = {"person_id": request.person_id, "course_id": request.course_id, "cancelled_at": None}
    own = {"organization_id": request.organization_id}
    fields = await documents.collection.find_one({**own, **query}, session=session)
    return None if fields is None else documents.decode(fields)


async def _decide(
    store: Store,
    request: EnrollmentRequest,
    status: str,
    decision: Decision,
    fields: dict[str, Any],
    session: AsyncClientSession | None = None,
) -> EnrollmentRequest:
    moment, documents = now(), store.of(EnrollmentRequest)
    decided = {"status": status, "decided_at": moment, "decided_by": decision.by}
    own = {"organization_id": request.organization_id, "_id": request.id}
    found = await documents.collection.find_one_and_update(
        {**own, "status": PENDING},
        {"$set": {**decided, **fields, "updated_at": moment}, "$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if found is None:
        raise Conflict("already_decided", "The request was decided or withdrawn before.")
    return documents.decode(found)
