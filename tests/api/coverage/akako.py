"""Akako: people and roles, mentors, requests to enrol, the education taxonomy."""

from collections.abc import Sequence

from tests.api.coverage.rows import Kind, Row, Seed, Sheet, When

_sheet = Sheet(Seed.AKAKO)
_LISTED = "`?status=pending`"

ROWS: Sequence[Row] = (
    _sheet.endpoint("POST /auth/sync", remark="needs a key with the permission to change people"),
    _sheet.endpoint("GET /auth/profile"),
    _sheet.endpoint("PUT /auth/profile"),
    _sheet.endpoint("GET /users", remark="by text, role, status, dates; sorted as one likes"),
    _sheet.endpoint("GET /users/[id]", "GET /users/{user_id}"),
    _sheet.endpoint("PUT /users/[id]", "PUT /users/{user_id}"),
    _sheet.endpoint("POST /users/[id]/roles", "POST /users/{user_id}/roles"),
    _sheet.endpoint("DELETE /users/[id]/roles", "DELETE /users/{user_id}/roles"),
    _sheet.endpoint("POST /s3/document/upload", "POST /files", remark="by no store of others"),
    _sheet.endpoint(
        "GET /s3/document/stream",
        "GET /files/{file_id}/content",
        remark="any range; who may open the lesson may open its file",
    ),
    _sheet.endpoint("POST /enrollment/request", "POST /enrollment-requests"),
    _sheet.endpoint("GET /admin/enrollment/pending", "GET /enrollment-requests", remark=_LISTED),
    _sheet.endpoint(
        "PUT /admin/enrollment/[id]/approve", "POST /enrollment-requests/{request_id}/approve"
    ),
    _sheet.endpoint(
        "PUT /admin/enrollment/[id]/reject", "POST /enrollment-requests/{request_id}/reject"
    ),
    _sheet.endpoint("POST /mentor/apply", "POST /mentor-applications"),
    _sheet.endpoint("GET /admin/mentor/pending", "GET /mentor-applications", remark=_LISTED),
    _sheet.endpoint(
        "PUT /admin/mentor/[id]/approve", "POST /mentor-applications/{application_id}/approve"
    ),
    _sheet.endpoint(
        "PUT /admin/mentor/[id]/reject", "POST /mentor-applications/{application_id}/reject"
    ),
    *_sheet.awaited(
        When.LATER,
        "the education taxonomy: levels, grades, subjects, topics and what is on them",
        "GET /education/levels",
        "GET /education/levels/[id]/grades",
        "GET /education/grades/[id]/subjects",
        "GET /education/subjects/[id]/topics",
        "POST /admin/education/levels",
        "PUT /admin/education/levels/[id]",
        "DELETE /admin/education/levels/[id]",
        "DELETE /admin/education/topics/[id]/documents/[docId]",
        "PUT /admin/education/topics/[id]/video",
        "DELETE /admin/education/topics/[id]/video",
    ),
    *_sheet.awaited(
        When.LATER,
        "what an identity provider pushes; until then it calls POST /auth/sync",
        "POST /webhooks/clerk",
    ),
    *_sheet.awaited(When.LATER, "what Clerk sends, not we", "user.created", kind=Kind.EVENT),
    _sheet.limit("General endpoints: 100 a minute", "reads=100/1m", "public=100/1m"),
    _sheet.limit("Authentication endpoints: 10 a minute", "auth=10/1m", remark="by address"),
    _sheet.limit("File upload endpoints: 20 a minute", "uploads=20/1m", remark="by person"),
    *_sheet.awaited(
        When.LATER,
        "the education taxonomy",
        "getLevels",
        "createLevel",
        "get_levels",
        "create_level",
        kind=Kind.CALL,
    ),
    _sheet.code("VALIDATION_ERROR", "validation_error"),
    _sheet.code("FORBIDDEN", "forbidden", remark="`meta` names the roles required and held"),
    _sheet.code(
        "CONFLICT",
        "email_taken",
        "category_exists",
        "slug_taken",
        remark="each by its name; `source` says which field it is about",
    ),
)
