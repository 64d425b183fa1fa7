"""Roles and what each may do. A permission is declared beside every route."""

from enum import StrEnum
from functools import cache


class Permission(StrEnum):
    """What a route can ask for. `own` ones reach only what is the person's own; `organizations`
    alone reaches beyond the person's organization, and only operators have it."""

    SESSION = "session"
    USERS_READ = "users.read"
    USERS_WRITE = "users.write"
    USERS_ERASE = "users.erase"
    ANALYTICS_READ_OWN = "analytics.read.own"
    ANALYTICS_READ = "analytics.read"
    ANALYTICS_READ_ALL = "analytics.read.all"
    API_KEYS = "api_keys"
    AUDIT_READ = "audit.read"
    COURSES_READ = "courses.read"
    COURSES_READ_ALL = "courses.read.all"
    COURSES_WRITE = "courses.write"
    ASSIGNMENTS_OWN = "assignments.own"
    SUBMISSIONS_READ = "submissions.read"
    SUBMISSIONS_GRADE = "submissions.grade"
    DISCUSSIONS_OWN = "discussions.own"
    DISCUSSIONS_MODERATE = "discussions.moderate"
    REVIEWS_OWN = "reviews.own"
    NOTES_OWN = "notes.own"
    FILES_OWN = "files.own"
    FILES_READ = "files.read"
    FILES_WRITE = "files.write"
    ENROLLMENTS_READ_OWN = "enrollments.read.own"
    ENROLLMENTS_READ = "enrollments.read"
    ENROLLMENTS_SELF = "enrollments.self"
    ENROLLMENTS_WRITE = "enrollments.write"
    PROGRESS_READ_OWN = "progress.read.own"
    PROGRESS_READ = "progress.read"
    PROGRESS_REBUILD = "progress.rebuild"
    PROGRESS_WRITE_OWN = "progress.write.own"
    PROGRESS_WRITE = "progress.write"
    PROGRESS_RESET = "progress.reset"
    JOBS_READ = "jobs.read"
    CERTIFICATES_READ_OWN = "certificates.read.own"
    CERTIFICATES_READ = "certificates.read"
    CERTIFICATES_WRITE = "certificates.write"
    PATHS_READ = "learning_paths.read"
    PATHS_WRITE = "learning_paths.write"
    IDENTITY_PROVIDERS = "identity_providers"
    LESSONS_LAUNCH = "lessons.launch"
    MENTOR_APPLY = "mentors.apply"
    MENTORS_DECIDE = "mentors.decide"
    ORGANIZATIONS = "organizations"
    SETTINGS_WRITE = "settings.write"
    QUIZZES_TAKE = "quizzes.take"
    QUIZZES_READ = "quizzes.read"
    QUIZZES_WRITE = "quizzes.write"
    QUIZZES_GRADE = "quizzes.grade"
    STATEMENTS_READ = "statements.read"
    STATEMENTS_FORWARD = "statements.forward"
    STATEMENTS_WRITE = "statements.write"
    XAPI_CREDENTIALS = "xapi.credentials"
    COMPLIANCE_READ_OWN = "compliance.read.own"
    COMPLIANCE_READ = "compliance.read"
    COMPLIANCE_WRITE = "compliance.write"
    NOTIFICATIONS_OWN = "notifications.own"
    VARIABLES_OWN = "variables.own"
    VARIABLES_READ = "variables.read"
    VARIABLES_WRITE = "variables.write"
    WEBHOOKS = "webhooks"


_LEARNER = frozenset(
    {
        Permission.SESSION,
        Permission.COURSES_READ,
        Permission.ASSIGNMENTS_OWN,
        Permission.DISCUSSIONS_OWN,
        Permission.REVIEWS_OWN,
        Permission.NOTES_OWN,
        Permission.FILES_OWN,
        Permission.ENROLLMENTS_READ_OWN,
        Permission.ENROLLMENTS_SELF,
        Permission.PROGRESS_READ_OWN,
        Permission.CERTIFICATES_READ_OWN,
        Permission.PATHS_READ,
        Permission.PROGRESS_WRITE_OWN,
        Permission.LESSONS_LAUNCH,
        Permission.MENTOR_APPLY,
        Permission.QUIZZES_TAKE,
        Permission.COMPLIANCE_READ_OWN,
        Permission.ANALYTICS_READ_OWN,
        Permission.NOTIFICATIONS_OWN,
        Permission.VARIABLES_OWN,
    }
)

_OFFICER = _LEARNER | {
    Permission.ANALYTICS_READ,
    Permission.ANALYTICS_READ_ALL,
    Permission.USERS_READ,
    Permission.AUDIT_READ,
    Permission.COURSES_READ_ALL,
    Permission.ENROLLMENTS_READ,
    Permission.CERTIFICATES_READ,
    Permission.PROGRESS_READ,
    Permission.STATEMENTS_READ,
    Permission.COMPLIANCE_READ,
    Permission.COMPLIANCE_WRITE,
    Permission.VARIABLES_READ,
}

_INSTRUCTOR = _LEARNER | {
    Permission.ANALYTICS_READ,
    Permission.USERS_READ,
    Permission.COURSES_READ_ALL,
    Permission.COURSES_WRITE,
    Permission.SUBMISSIONS_READ,
    Permission.SUBMISSIONS_GRADE,
    Permission.DISCUSSIONS_MODERATE,
    Permission.FILES_READ,
    Permission.FILES_WRITE,
    Permission.ENROLLMENTS_READ,
    Permission.ENROLLMENTS_WRITE,
    Permission.PROGRESS_READ,
    Permission.PROGRESS_RESET,
    Permission.QUIZZES_READ,
    Permission.QUIZZES_WRITE,
    Permission.QUIZZES_GRADE,
    Permission.CERTIFICATES_READ,
    Permission.CERTIFICATES_WRITE,
    Permission.PATHS_WRITE,
    Permission.PROGRESS_WRITE,
    Permission.STATEMENTS_READ,
    Permission.VARIABLES_READ,
    Permission.VARIABLES_WRITE,
}

ROLES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission) - {Permission.ORGANIZATIONS},
    "operator": frozenset({Permission.SESSION, Permission.ORGANIZATIONS}),
    "instructor": _INSTRUCTOR,
    "compliance_officer": _OFFICER,
    "mentor": _LEARNER,
    "learner": _LEARNER,
    "guardian": frozenset({Permission.SESSION}),
}


@cache
def permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    """Everything that some role allows; unknown roles allow nothing."""
    return frozenset(each for role in roles for each in ROLES.get(role, ()))


def roles_with(permission: Permission) -> list[str]:
    """The roles that allow it."""
    return [role for role, allowed in ROLES.items() if permission in allowed]
