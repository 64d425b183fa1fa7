"""A template shown before anybody has a certificate by it."""

from datetime import timedelta
from difflib import get_close_matches

from msgspec import Struct

from content import organizations
from content.certificates import certificates, designs, filling, markup, templates
from content.certificates.certificates import Certificate
from content.certificates.filling import USUAL_LANGUAGE
from content.certificates.templates import TemplateDraft
from content.identity import now
from content.printing import Printable
from content.store import Store


class Sample(Struct, frozen=True, kw_only=True):
    """With what the variables are filled in; custom fields are shown by their names."""

    student_name: str = "Amelia Katherine Hartley"
    course_name: str = "Safe Handling of Medical Gases"
    instructor_name: str = "Dr. Jonas Lindqvist"
    score: float | None = 92.5
    language: str = USUAL_LANGUAGE


class Unknown(Struct, frozen=True, kw_only=True):
    """A variable that certificates must give in their custom fields, and what was meant perhaps."""

    name: str
    meant: str | None = None


async def preview(
    store: Store, organization_id: str, draft: TemplateDraft, sample: Sample, origin: str
) -> Printable:
    """What a certificate by the draft would look like. Raises RuleBroken with all that is wrong."""
    template = await templates.drafted(store, organization_id, draft)
    organization = await organizations.get(store, organization_id)
    look = await designs.look_of(store, organization_id, template)
    moment = now()
    months = draft.valid_months
    certificate = Certificate(
        id="certificate_sample",
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        number=f"CERT-{moment.year}-0000000",
        code="sample",
        person_id=None,
        basis="",
        current_for=None,
        recipient_name=sample.student_name,
        title=sample.course_name,
        issuer=organization.name,
        instructor_name=sample.instructor_name,
        custom_fields={name: f"[{name}]" for name in markup.custom(template.variables)},
        completed_at=moment - timedelta(days=1),
        score=sample.score,
        language=sample.language,
        issued_at=moment,
        expires_at=certificates.months_later(moment, months) if months else None,
    )
    return filling.printable(certificate, look, f"{origin}/verify/sample", certificates.VALID)


def unknown(html: str) -> list[Unknown]:
    """The variables that only custom fields can fill in, in their order."""
    return [
        Unknown(
            name=name, meant=next(iter(get_close_matches(name, sorted(markup.VARIABLES))), None)
        )
        for name in markup.custom(markup.variables(html))
    ]
