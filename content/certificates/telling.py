"""What is told of a certificate that was issued: a statement, and an event."""

from typing import Any, Final

from content.certificates.certificates import Certificate
from content.certificates.completions import Completion
from content.organizations import Organization
from content.people import people
from content.telling import events, statements
from content.telling.events import Event
from content.telling.outbox import untold
from content.telling.statements import Statement

EARNED: Final = "http://id.tincanapi.com/verb/earned"
CERTIFICATE: Final = "https://www.opigno.org/en/tincan_registry/activity_type/certificate"


def told_of(
    certificate: Certificate, completion: Completion, organization: Organization
) -> tuple[str, ...]:
    """What the certificate's document is to tell."""
    return untold([statement(certificate, completion, organization)], [event(certificate)])


def statement(
    certificate: Certificate, completion: Completion, organization: Organization
) -> Statement:
    """That the person earned the certificate.

    It has no registration and is about no lesson: what somebody is given does not move progress.
    """
    parents = [statements.course_activity(completion.course)] if completion.course else []
    made: Statement = {
        "id": statements.statement_id("certificate", certificate.id),
        "actor": people.xapi_agent(completion.person),
        "verb": statements.verb_of(EARNED),
        "object": {
            "objectType": "Activity",
            "id": f"{organization.public_url}/activities/certificates/{certificate.id}",
            "definition": {"name": {"und": certificate.title}, "type": CERTIFICATE},
        },
        "timestamp": statements.timestamp(certificate.issued_at),
    }
    return {**made, "context": {"contextActivities": {"parent": parents}}} if parents else made


def event(certificate: Certificate) -> Event:
    """The event certificate.issued."""
    expires_at = certificate.expires_at
    data: dict[str, Any] = {
        "certificate_id": certificate.id,
        "certificate_number": certificate.number,
        "user_id": certificate.person_id,
        "course_id": certificate.course_id,
        "learning_path_id": certificate.path_id,
        "enrollment_id": certificate.enrollment_id,
        "issued_at": certificate.issued_at.isoformat(),
        "expires_at": expires_at.isoformat() if expires_at else None,
    }
    owner, moment = certificate.organization_id, certificate.issued_at
    return events.event(owner, "certificate.issued", certificate.id, moment, data)
