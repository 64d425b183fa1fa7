"""Issuing certificates: by hand, on completion, and again in the place of another."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct, structs
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from content import organizations
from content.certificates import certificates, completions, designs, markup, telling, templates
from content.certificates.certificates import Certificate
from content.certificates.completions import Completion
from content.certificates.filling import USUAL_LANGUAGE
from content.certificates.numbering import numbered
from content.certificates.templates import Template
from content.courses import courses
from content.documents import encode
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.paths import enrollments as path_enrollments
from content.people import people
from content.store import Store
from content.telling.events import Event
from content.telling.outbox import Outbox

MOST_FIELDS: Final = 50
LONGEST_FIELD: Final = 1000
Fields = Mapping[str, str | bool | int | float]


class CertificateDraft(Struct, frozen=True, kw_only=True):
    """Whom to certify what: a course or a learning path.

    Without a template that of the course or path is taken. `force_reason` says why it is issued
    without a completion.
    """

    person_id: str
    course_id: str | None = None
    path_id: str | None = None
    template_id: str | None = None
    custom_fields: Fields = {}
    force_reason: str | None = None
    issued_by: str | None = None


async def issue(store: Store, organization_id: str, draft: CertificateDraft) -> Certificate:
    """Issue a certificate; the outbox tells of it.

    Raises NotFound, RuleBroken, Conflict (not_completed, certificate_exists).
    """
    if (draft.course_id is None) == (draft.path_id is None):
        detail = "name either a course or a learning path"
        raise RuleBroken([Finding(where="course_id", detail=detail)])
    completion = await _completion(store, organization_id, draft)
    if completion.completed_at is None and not draft.force_reason:
        detail = f"{completion.person.name} has not completed {completion.title}."
        raise Conflict("not_completed", f"{detail} Give a force_reason to certify it all the same.")
    template = await _template(store, organization_id, draft.template_id or completion.template_id)
    if broken := _broken(draft.custom_fields, template):
        raise RuleBroken(broken)
    made = await _made(store, completion, template, draft.custom_fields)
    forced = draft.force_reason if completion.completed_at is None else None
    made = structs.replace(made, issued_by=draft.issued_by, forced_reason=forced)
    return await _issue(store, made, completion)


async def react(store: Store, outbox: Outbox, event: Event) -> None:
    """Certify the course that was completed, and the learning paths that are by it.

    Each where it is asked for, and once, however often the event comes.
    """
    if event.type != "enrollment.completed":
        return
    with suppress(NotFound):
        for completion in await _completed(store, event):
            if completion.completed_at is not None and _is_wanted(completion):
                await _certify(store, outbox, completion)


async def reissue(
    store: Store,
    organization_id: str,
    certificate_id: str,
    by: str,
    custom_fields: Fields | None = None,
) -> Certificate:
    """Issue a certificate anew, in the person's present name, in the place of another.

    It has a number of its own and ends when the other would have. Raises NotFound, RuleBroken,
    Conflict (certificate_not_valid).
    """
    old = await certificates.get(store, organization_id, certificate_id)
    status = certificates.status_of(old, now())
    if status != certificates.VALID or old.person_id is None:
        raise Conflict("certificate_not_valid", f"The certificate is {status}.")
    fields = old.custom_fields if custom_fields is None else custom_fields
    template = await _template_of(store, old)
    if broken := _broken(fields, template):
        raise RuleBroken(broken)
    person = await people.get(store, organization_id, old.person_id)
    moment = now()
    made = structs.replace(
        old,
        id=new_id("certificate"),
        version=1,
        created_at=moment,
        updated_at=moment,
        code=_new_code(),
        recipient_name=person.name,
        design_id=await _design(store, organization_id, template),
        language=person.locale or USUAL_LANGUAGE,
        time_zone=person.time_zone or "UTC",
        custom_fields=dict(fields),
        issued_at=moment,
        issued_by=by,
        replaces=old.id,
    )
    course = await courses.get(store, organization_id, old.course_id) if old.course_id else None
    completion = Completion(person=person, course=course, basis=old.basis)
    return await _issue(store, made, completion, old)


async def _completed(store: Store, event: Event) -> list[Completion]:
    """The event's course, and the learning paths with it that have a certificate."""
    organization_id, person_id = event.organization_id, event.data["user_id"]
    course_id = event.data["course_id"]
    found = [await completions.of_course(store, organization_id, person_id, course_id)]
    for path, _ in await path_enrollments.concerned(store, event):
        if path.certificate_id is not None:
            found.append(await completions.of_path(store, organization_id, person_id, path.id))
    return found


async def _completion(store: Store, organization_id: str, draft: CertificateDraft) -> Completion:
    if draft.course_id is not None:
        return await completions.of_course(store, organization_id, draft.person_id, draft.course_id)
    path_id = draft.path_id or ""
    return await completions.of_path(store, organization_id, draft.person_id, path_id)


def _is_wanted(completion: Completion) -> bool:
    return completion.course is None or completion.course.settings.certificate_enabled


async def _certify(store: Store, outbox: Outbox, completion: Completion) -> None:
    """Issue by itself, unless that was done before, and revoked since perhaps."""
    organization_id = completion.person.organization_id
    known = {"person_id": completion.person.id, "basis": completion.basis}
    if await store.of(Certificate).first(organization_id, known) is not None:
        return
    try:
        template = await _template(store, organization_id, completion.template_id)
    except NotFound:
        template = None
    try:
        made = await _made(store, completion, template, {})
        certificate = await _issue(store, made, completion)
    except Conflict:
        return
    await outbox.tell(certificate)


async def _template(store: Store, organization_id: str, template_id: str | None) -> Template | None:
    return await templates.get(store, organization_id, template_id) if template_id else None


async def _template_of(store: Store, certificate: Certificate) -> Template | None:
    """The template by which it was issued, archived since perhaps."""
    if certificate.template_id is None:
        return None
    return await store.of(Template).get(certificate.organization_id, certificate.template_id)


async def _made(
    store: Store, completion: Completion, template: Template | None, fields: Fields
) -> Certificate:
    """The certificate, but for its number."""
    organization_id, moment = completion.person.organization_id, now()
    organization = await organizations.get(store, organization_id)
    months = template.valid_months if template else None
    return Certificate(
        id=new_id("certificate"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        number="",
        code=_new_code(),
        person_id=completion.person.id,
        course_id=completion.course.id if completion.course else None,
        path_id=completion.path.id if completion.path else None,
        enrollment_id=completion.enrollment_id,
        template_id=template.id if template else None,
        design_id=await _design(store, organization_id, template),
        language=completion.person.locale or USUAL_LANGUAGE,
        time_zone=completion.person.time_zone or "UTC",
        basis=completion.basis,
        current_for=completion.basis,
        recipient_name=completion.person.name,
        title=completion.title,
        issuer=organization.name,
        instructor_name=await _instructor(store, completion),
        custom_fields=dict(fields),
        completed_at=completion.completed_at,
        score=completion.score,
        issued_at=moment,
        expires_at=certificates.months_later(moment, months) if months else None,
    )


async def _design(store: Store, organization_id: str, template: Template | None) -> str:
    """What it will look like from now on, whatever becomes of the template."""
    look = await designs.look_of(store, organization_id, template)
    return await designs.keep(store, organization_id, look)


async def _instructor(store: Store, completion: Completion) -> str:
    course = completion.course
    if course is None or course.instructor_id is None:
        return ""
    try:
        return (await people.get(store, course.organization_id, course.instructor_id)).name
    except NotFound:
        return ""


async def _issue(
    store: Store, made: Certificate, completion: Completion, old: Certificate | None = None
) -> Certificate:
    """Store it under the next number, with what it tells; the old one is replaced by it."""
    organization = await organizations.get(store, made.organization_id)
    collection = store.of(Certificate).collection

    async def write(session: AsyncClientSession, number: str) -> Certificate:
        if old is not None:
            await _replace(store, old, made.id, session)
        certificate = structs.replace(made, number=number)
        waiting = telling.told_of(certificate, completion, organization)
        certificate = structs.replace(certificate, untold=waiting)
        await collection.insert_one(encode(certificate), session=session)
        return certificate

    year = certificates.year_of(made.issued_at)
    try:
        return await numbered(store, made.organization_id, year, write)
    except DuplicateKeyError as error:
        detail = f"{made.recipient_name} has a certificate of this completion of {made.title}."
        raise Conflict("certificate_exists", detail) from error


async def _replace(
    store: Store, old: Certificate, successor: str, session: AsyncClientSession
) -> None:
    """Give the old one's place up. Raises Conflict where it was revoked or replaced meanwhile."""
    replaced = await store.of(Certificate).collection.update_one(
        {
            "organization_id": old.organization_id,
            "_id": old.id,
            "revoked_at": None,
            "replaced_by": None,
        },
        {
            "$set": {"replaced_by": successor, "current_for": None, "updated_at": now()},
            "$inc": {"version": 1},
        },
        session=session,
    )
    if not replaced.matched_count:
        raise Conflict("certificate_not_valid", "The certificate is not valid any more.")


def _broken(fields: Mapping[str, Any], template: Template | None) -> list[Finding]:
    """Custom fields that are no plain values, and those that the template wants and has not."""
    broken = []
    if len(fields) > MOST_FIELDS:
        broken.append(Finding(where="custom_fields", detail=f"must be at most {MOST_FIELDS}"))
    for name, value in fields.items():
        where = f"custom_fields/{name}"
        if not markup.NAME.fullmatch(name):
            broken.append(Finding(where=where, detail="must be small letters, digits and _"))
        elif len(str(value)) > LONGEST_FIELD:
            detail = f"must have at most {LONGEST_FIELD} characters"
            broken.append(Finding(where=where, detail=detail))
    wanted = markup.custom(template.variables if template else ())
    missing = (f"custom_fields/{name}" for name in wanted if name not in fields)
    return broken + [Finding(where=e, detail="is required by the template") for e in missing]


def _new_code() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_urlsafe(16)
