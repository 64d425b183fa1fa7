"""The codes of errors: for each its HTTP status and when it is answered.

One table for the boundary, which answers by it, and for the OpenAPI document, which lists it.
"""

from collections.abc import Mapping
from typing import NamedTuple

NOT_FOUND = "_not_found"
CONFLICT = 409


class Code(NamedTuple):
    """The statuses that a code comes with, the usual one first, and when it is answered."""

    statuses: tuple[int, ...]
    when: str


def _code(status: int, when: str) -> Code:
    return Code((status,), when)


CODES: Mapping[str, Code] = {
    "activity_id_taken": _code(409, "Another course or lesson has this activity id."),
    "already_applied": _code(409, "The person has an application that waits to be decided."),
    "already_cancelled": _code(409, "The enrollment was cancelled before."),
    "already_decided": _code(409, "It was approved or rejected before."),
    "already_enrolled": _code(409, "The person has an open enrollment in the course."),
    "already_mentor": _code(409, "The person is a mentor."),
    "already_requested": _code(
        409, "The person has a request for the course that waits to be decided."
    ),
    "already_reset": _code(409, "The attempt was reset before."),
    "already_reviewed": _code(409, "The person has a review of the course."),
    "already_revoked": _code(409, "The certificate was revoked before."),
    "announcement_published": _code(409, "The announcement is published, and stays so."),
    "assignment_exists": _code(409, "The lesson has an assignment already."),
    "assignment_past_due": _code(409, "The assignment was due, and takes nothing late."),
    "attempt_in_progress": _code(409, "The attempt is not submitted yet."),
    "attempt_not_finished": _code(409, "A new attempt begins only after the present one."),
    "attempt_not_started": _code(409, "The quiz is to be started before it is answered."),
    "attempt_submitted": _code(409, "The attempt was submitted and can be answered no more."),
    "attempts_exhausted": _code(409, "The lesson allows no further attempt."),
    "auth_required": _code(401, "No credential was sent, or one that is not good."),
    "bad_request": _code(400, "The request is malformed."),
    "caption_exists": _code(409, "The lesson has a track of this kind and language."),
    "category_exists": _code(409, "There is a category of this name at this place."),
    "category_in_use": _code(409, "The category still holds something."),
    "certificate_exists": _code(409, "The completion has a certificate already."),
    "certificate_not_valid": _code(409, "The certificate is expired, revoked or replaced."),
    "conflict": _code(409, "The change does not go with what is there."),
    "course_archived": _code(409, "The course is archived."),
    "course_in_path": _code(409, "The course is in the learning path already."),
    "course_not_archived": _code(409, "Only an archived course can be restored."),
    "discussion_disabled": _code(403, "The course has no discussions."),
    "discussion_locked": _code(409, "The discussion is closed; only moderators reply."),
    "email_taken": _code(409, "Another person has this e-mail address."),
    "enrollment_expired": _code(403, "The enrollment has ended."),
    "enrollment_limit_reached": _code(409, "The course has as many open enrollments as it may."),
    "enrollment_required": _code(403, "Only who is enrolled in the course may do this."),
    "event_id_taken": _code(409, "Another event was told of by this id."),
    "evidence_package_not_ready": _code(409, "The package is not made yet, or could not be."),
    "external_id_taken": _code(409, "Another course has this external id."),
    "file_empty": _code(422, "The file has no bytes."),
    "file_in_use": _code(409, "Something shows the file."),
    "file_too_large": _code(413, "The file is larger than it may be."),
    "file_type_mismatch": _code(422, "What the file holds is not what its name says."),
    "file_type_not_allowed": _code(422, "Files of this type are not taken here."),
    "forbidden": _code(403, "A permission is missing; `meta` names it and the roles with it."),
    "host_taken": _code(409, "A host leads to another organization."),
    "idempotency_digest_required": _code(
        400, "An `Idempotency-Key` goes with an upload only beside its `Content-Digest`."
    ),
    "idempotency_in_progress": _code(409, "The same request runs now; wait `Retry-After` seconds."),
    "idempotency_key_reused": _code(422, "The `Idempotency-Key` came with another request before."),
    "idempotency_not_supported": _code(400, "The route takes no `Idempotency-Key`."),
    "identity_provider_exists": _code(409, "An issuer with this audience is there already."),
    "internal_error": _code(500, "The server failed; `meta.id` is to be quoted to its operator."),
    "invalid_pipeline": _code(422, "The pipeline says what is not allowed or cannot be computed."),
    "invalid_statement": _code(400, "A statement breaks the specification."),
    "job_over": _code(409, "The job has come to its end."),
    "last_administrator": _code(409, "Somebody must remain who administers the organization."),
    "lesson_archived": _code(409, "The lesson is archived."),
    "lesson_completes_itself": _code(409, "The lesson is completed by a result, not by saying so."),
    "lesson_locked": _code(403, "The lesson's rules keep it closed to the person."),
    "mail_unavailable": _code(503, "No SMTP server is set."),
    "method_not_allowed": _code(405, "The resource does not take the method; `Allow` says which."),
    "no_peer_reviews": _code(409, "No peer review of the work was submitted that counts."),
    "not_acceptable": _code(406, "`Accept` names no media type of the answer."),
    "not_completed": _code(409, "The person has not completed it."),
    "not_found": _code(404, "Nothing is there, or nothing for the person."),
    "not_in_force": _code(409, "It was not approved, or was revoked before."),
    "not_launchable": _code(409, "The lesson has no package to play."),
    "not_the_supervisor": _code(403, "Only a supervisor or an officer signs for somebody else."),
    "nothing_recorded": _code(409, "No checkpoint has been made yet."),
    "organization_required": _code(409, "Address and password are right in several organizations."),
    "overloaded": _code(503, "The server is busy; wait `Retry-After` seconds."),
    "own_duty": _code(403, "Nobody decides on what they owe themselves."),
    "own_post": _code(409, "Nobody votes for what they wrote themselves."),
    "package_in_use": _code(409, "A lesson plays the package."),
    "package_refused": _code(422, "The package cannot be taken; its report is in `meta.report`."),
    "package_too_large": _code(413, "The package is larger than the settings allow."),
    "peer_review_disabled": _code(409, "The assignment has no peer review."),
    "peer_review_submitted": _code(409, "The review was submitted and stays as it is."),
    "precondition_failed": _code(412, "What is there is not what a header asks for."),
    "prerequisite_not_met": _code(403, "Something else is to be completed first."),
    "presigned_upload_unavailable": _code(501, "Files are sent to the server itself: POST /files."),
    "printing_busy": _code(
        503, "Too many documents are being printed; wait `Retry-After` seconds."
    ),
    "printing_failed": _code(422, "The document takes too long or too much to print."),
    "printing_unavailable": _code(503, "The server's machine lacks the library that PDF needs."),
    "quiz_attempts_exhausted": _code(409, "The quiz allows no further attempt."),
    "quiz_changed": _code(409, "The quiz has other questions by now than the answers are for."),
    "quiz_exists": _code(409, "The lesson has a quiz."),
    "quiz_not_available": _code(403, "The quiz is not open yet, or closed."),
    "range_not_satisfiable": _code(
        416, "No byte of the range is there; `Content-Range` tells the size."
    ),
    "rate_limited": _code(429, "Too many requests; wait `Retry-After` seconds."),
    "reauthentication_required": _code(
        403, "A signature needs the password, or a sign-in of the last minutes."
    ),
    "requirement_archived": _code(409, "The requirement is not in force any more."),
    "self_enrollment_disabled": _code(
        403, "People do not enrol themselves here; they are enrolled."
    ),
    "slug_taken": _code(409, "Another course or organization has this slug."),
    "submission_under_way": _code(409, "Other work is being handed in; try again."),
    "submissions_exhausted": _code(409, "The assignment takes no further submission."),
    "time_limit_exceeded": _code(409, "The attempt took longer than the quiz allows."),
    "too_expensive": _code(422, "The query takes more time or memory than it may."),
    "too_large": _code(413, "The body is larger than the settings allow."),
    "too_slow": _code(408, "The body did not arrive in time."),
    "unavailable": _code(503, "The database does not answer; wait `Retry-After` seconds."),
    "unsupported_media_type": _code(415, "`Content-Type` is none that is taken here."),
    "upload_too_slow": _code(409, "The file took longer to arrive than it may."),
    "user_exists": _code(409, "An imported person is there already."),
    "validation_error": Code((422, 400), "Malformed (400), or well-formed and against a rule."),
    "variable_exists": _code(409, "The course has a variable of this name."),
    "variable_inactive": _code(409, "The variable takes no more values."),
    "variable_read_only": _code(403, "Only programs set the values of the variable."),
    "version_mismatch": _code(412, "It was changed since the version that `If-Match` names."),
}


def is_listed(code: str) -> bool:
    """Whether the table tells of a code; those of things that are not there need no row."""
    return code in CODES or code.endswith(NOT_FOUND)


def statuses_of(code: str) -> tuple[int, ...]:
    """The statuses that a code may come with."""
    if code in CODES:
        return CODES[code].statuses
    return (404,) if code.endswith(NOT_FOUND) else (CONFLICT,)


def status_of(code: str) -> int:
    """The status that a code usually comes with."""
    return statuses_of(code)[0]


def when(code: str) -> str:
    """When a code is answered."""
    if code in CODES:
        return CODES[code].when
    if code.endswith(NOT_FOUND):
        kind = code.removesuffix(NOT_FOUND).replace("_", " ")
        return f"There is no such {kind}, or none for the person."
    return CODES["conflict"].when
