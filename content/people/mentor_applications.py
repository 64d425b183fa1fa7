"""Applications of people who want to be mentors: handed in, approved or rejected."""

from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from content import findings
from content.documents import Document, Page, Paging
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.people import people
from content.people.people import Person, PersonChanges
from content.store import Store

STATUSES = ("pending", "approved", "rejected")
ROLE = "mentor"


class MentorApplication(Document, frozen=True, kw_only=True):
    """A person's application; `reason` is why it was rejected."""

    kind: ClassVar[str] = "mentor_application"

    person_id: str
    motivation: str
    subjects: tuple[str, ...]
    status: str = "pending"
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


class MentorApplicationDraft(Struct, frozen=True, kw_only=True):
    """Why a person wants to be a mentor, and for which subjects."""

    motivation: str
    subjects: tuple[str, ...] = ()


class MentorApplicationFilter(Struct, frozen=True, kw_only=True):
    """Which applications: all that is given must hold."""

    person_id: str | None = None
    status: str | None = None


async def apply(store: Store, person: Person, draft: MentorApplicationDraft) -> MentorApplication:
    """Hand in an application.

    Raises:
        RuleBroken: it is not right.
        Conflict: already_mentor; already_applied: one is pending.
    """
    if broken := _broken(draft):
        raise RuleBroken(broken)
    if ROLE in person.roles:
        raise Conflict("already_mentor", "This person is a mentor already.")
    moment = now()
    application = MentorApplication(
        id=new_id("mentor_application"),
        organization_id=person.organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=person.id,
        motivation=draft.motivation.strip(),
        subjects=draft.subjects,
    )
    try:
        return await store.of(MentorApplication).insert(application)
    except DuplicateKeyError:
        raise Conflict("already_applied", "An application of this person is pending.") from None


async def get(store: Store, organization_id: str, application_id: str) -> MentorApplication:
    """An application. Raises NotFound."""
    return await store.of(MentorApplication).get(organization_id, application_id)


async def find(
    store: Store, organization_id: str, filters: MentorApplicationFilter, paging: Paging
) -> Page[MentorApplication]:
    """One page of applications. Raises RuleBroken for a wrong status, page or sort."""
    if filters.status is not None and (broken := _status(filters.status)):
        raise RuleBroken(broken)
    given = {"person_id": filters.person_id, "status": filters.status}
    query = {name: value for name, value in given.items() if value is not None}
    return await store.of(MentorApplication).page(organization_id, query, paging)


async def approve(
    store: Store, organization_id: str, application_id: str, by: str
) -> MentorApplication:
    """Make the person a mentor. To do it again does it whole, where a crash cut it short.

    Raises:
        NotFound: the application or the person is not there.
        Conflict: already_decided, it was rejected.
    """
    application = await _decide(store, organization_id, application_id, "approved", by, None)
    person = await people.get(store, organization_id, application.person_id)
    if ROLE not in person.roles:
        changes = PersonChanges(roles=(*person.roles, ROLE))
        await people.update(store, organization_id, person.id, changes, person.version)
    return application


async def reject(
    store: Store, organization_id: str, application_id: str, by: str, reason: str
) -> MentorApplication:
    """Turn an application down; the person may apply again.

    Raises:
        RuleBroken: there is no reason.
        NotFound: the application is not there.
        Conflict: already_decided, it was approved.
    """
    if broken := findings.title("reason", reason):
        raise RuleBroken(broken)
    return await _decide(store, organization_id, application_id, "rejected", by, reason.strip())


async def _decide(
    store: Store,
    organization_id: str,
    application_id: str,
    status: str,
    by: str,
    reason: str | None,
) -> MentorApplication:
    applications, moment = store.of(MentorApplication), now()
    decision: dict[str, Any] = {"status": status, "decided_by": by, "reason": reason}
    fields = await applications.collection.find_one_and_update(
        {"organization_id": organization_id, "_id": application_id, "status": "pending"},
        {
            "$set": {**decision, "decided_at": moment, "updated_at": moment},
            "$inc": {"version": 1},
        },
        return_document=ReturnDocument.AFTER,
    )
    if fields is not None:
        return applications.decode(fields)
    present = await applications.get(organization_id, application_id)
    if present.status != status:
        raise Conflict("already_decided", f"The application was {present.status} already.")
    return present


def _broken(draft: MentorApplicationDraft) -> list[Finding]:
    broken = findings.text("motivation", draft.motivation)
    if not draft.motivation.strip():
        broken.append(Finding(where="motivation", detail="must say something"))
    for position, subject in enumerate(draft.subjects):
        broken += findings.title(f"subjects/{position}", subject)
    return broken


def _status(status: str) -> list[Finding]:
    return findings.one_of("status", status, STATUSES)
