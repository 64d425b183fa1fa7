"""Certificates as they are kept: found, verified, revoked."""

import calendar
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from msgspec import Struct
from pymongo import ReturnDocument

from content import findings
from content.documents import Page, Paging
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import now
from content.store import Store
from content.telling.outbox import Telling

VALID, EXPIRED, REVOKED, REPLACED = "valid", "expired", "revoked", "replaced"
STATUSES: Final = (VALID, EXPIRED, REVOKED, REPLACED)


class Certificate(Telling, frozen=True, kw_only=True):
    """What a person completed, in the words of the day on which it was issued.

    `number` is the organization's next of the year; `code` is for whoever verifies, and cannot be
    guessed. It is of a course or of a learning path. `basis` names the completion that it is for,
    `current_for` does while it is neither revoked nor replaced: there is one such of each.
    `forced_reason` is why it was issued without a completion, `person_id` None once the person is
    erased: the number stays. It looks like its design, for ever, in the person's language.
    """

    kind: ClassVar[str] = "certificate"
    sortable: ClassVar[tuple[str, ...]] = ("issued_at", "updated_at", "number")

    number: str
    code: str
    person_id: str | None
    course_id: str | None = None
    path_id: str | None = None
    enrollment_id: str | None = None
    template_id: str | None = None
    design_id: str | None = None
    language: str = "en-GB"
    time_zone: str = "UTC"
    basis: str
    current_for: str | None
    recipient_name: str
    title: str
    issuer: str
    instructor_name: str = ""
    custom_fields: dict[str, Any] = {}
    completed_at: datetime | None = None
    score: float | None = None
    issued_at: datetime
    issued_by: str | None = None
    forced_reason: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_reason: str | None = None
    replaces: str | None = None
    replaced_by: str | None = None


class CertificateFilter(Struct, frozen=True, kw_only=True):
    """Which certificates: all that is given must hold."""

    person_id: str | None = None
    course_id: str | None = None
    path_id: str | None = None
    number: str | None = None
    status: str | None = None


def status_of(certificate: Certificate, moment: datetime) -> str:
    """valid, expired, revoked or replaced, at a moment."""
    if certificate.revoked_at is not None:
        return REVOKED
    if certificate.replaced_by is not None:
        return REPLACED
    if certificate.expires_at is not None and certificate.expires_at <= moment:
        return EXPIRED
    return VALID


def months_later(moment: datetime, months: int) -> datetime:
    """The same day some months later, or the last of that month where it has no such day."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = min(moment.year + years, 9999)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


async def get(store: Store, organization_id: str, certificate_id: str) -> Certificate:
    """The certificate, revoked ones included. Raises NotFound."""
    return await store.of(Certificate).get(organization_id, certificate_id)


async def by_number(store: Store, organization_id: str, number: str) -> Certificate:
    """The certificate with a number. Raises NotFound."""
    found = await store.of(Certificate).first(organization_id, {"number": number})
    if found is None:
        raise NotFound("certificate", number)
    return found


async def of_enrollment(
    store: Store, organization_id: str, person_id: str, enrollment_id: str
) -> Certificate | None:
    """The certificate of an enrollment's course that was issued last and not taken back."""
    query = {"person_id": person_id, "enrollment_id": enrollment_id, "revoked_at": None}
    found = await store.of(Certificate).all(organization_id, query, [("issued_at", -1)])
    return found[0] if found else None


async def by_code(store: Store, code: str) -> Certificate:
    """The certificate with a code, of whatever organization. Raises NotFound."""
    documents = store.of(Certificate)
    fields = await documents.collection.find_one({"code": code})
    if fields is None:
        raise NotFound("certificate", "with this code")
    return documents.decode(fields)


async def find(
    store: Store, organization_id: str, filters: CertificateFilter, paging: Paging
) -> Page[Certificate]:
    """One page of certificates. Raises RuleBroken for a wrong status, page or sort."""
    names = ("person_id", "course_id", "path_id", "number")
    given = {name: getattr(filters, name) for name in names}
    query = {name: value for name, value in given.items() if value is not None}
    if filters.status is not None:
        if broken := findings.one_of("status", filters.status, STATUSES):
            raise RuleBroken(broken)
        query |= _having(filters.status)
    return await store.of(Certificate).page(organization_id, query, paging)


async def revoke(
    store: Store, organization_id: str, certificate_id: str, by: str, reason: str
) -> Certificate:
    """Take a certificate back. Raises NotFound, RuleBroken, Conflict (already_revoked)."""
    if not reason.strip():
        raise RuleBroken([Finding(where="reason", detail="must say why")])
    await get(store, organization_id, certificate_id)
    moment, documents = now(), store.of(Certificate)
    revoked = {"revoked_at": moment, "revoked_by": by, "revoked_reason": reason}
    fields = await documents.collection.find_one_and_update(
        {"organization_id": organization_id, "_id": certificate_id, "revoked_at": None},
        {
            "$set": {**revoked, "current_for": None, "updated_at": moment},
            "$inc": {"version": 1},
        },
        return_document=ReturnDocument.AFTER,
    )
    if fields is None:
        raise Conflict("already_revoked", "The certificate was revoked before.")
    return documents.decode(fields)


async def forget(store: Store, organization_id: str, person_id: str) -> int:
    """Take a person's name off their certificates, which are good no more; how many there were.

    The numbers stay, so that none is missing. Whoever issued or revoked is forgotten as well.
    """
    collection, moment = store.of(Certificate).collection, now()
    for field in ("issued_by", "revoked_by"):
        acted = {"organization_id": organization_id, field: person_id}
        await collection.update_many(acted, {"$set": {field: None}})
    left: dict[str, Any] = {
        "person_id": None,
        "recipient_name": "",
        "custom_fields": {},
        "enrollment_id": None,
        "basis": "",
        "current_for": None,
        "forced_reason": None,
        "untold": [],
        "revoked_at": moment,
        "revoked_by": None,
        "revoked_reason": "The person was erased.",
        "updated_at": moment,
    }
    own = {"organization_id": organization_id, "person_id": person_id}
    gone = await collection.update_many(own, {"$set": left, "$inc": {"version": 1}})
    return gone.modified_count


def year_of(moment: datetime) -> int:
    """The year in UTC, by which certificates are numbered."""
    return moment.astimezone(UTC).year


def _having(status: str) -> dict[str, Any]:
    if status == REVOKED:
        return {"revoked_at": {"$ne": None}}
    if status == REPLACED:
        return {"revoked_at": None, "replaced_by": {"$ne": None}}
    standing: dict[str, Any] = {"revoked_at": None, "replaced_by": None}
    if status == EXPIRED:
        return {**standing, "expires_at": {"$ne": None, "$lte": now()}}
    return {**standing, "$or": [{"expires_at": None}, {"expires_at": {"$gt": now()}}]}
