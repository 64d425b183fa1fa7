"""What each role may do, in words: from the table of permissions."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.identity.principal import Principal
from api.permissions import ROLES, Permission

TITLES = {
    "admin": "Administrator",
    "operator": "Operator",
    "instructor": "Instructor",
    "compliance_officer": "Compliance officer",
    "mentor": "Mentor",
    "learner": "Learner",
    "guardian": "Guardian",
}
SUMMARIES = {
    "admin": "Everything in this organization: people, courses, records, settings.",
    "operator": "The organizations of this server, and nothing inside them.",
    "instructor": "Makes courses, enrols people, grades, and reads their progress.",
    "compliance_officer": "Sets requirements, and reads everybody's training records.",
    "mentor": "Learns, and is named as somebody who helps others.",
    "learner": "Takes courses and sees what is their own.",
    "guardian": "Sees the overview of the learners that are linked to them.",
}


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role and what it allows; `given` where the person who looks may give it."""

    name: str
    title: str
    summary: str
    permissions: Sequence[str]
    may_be_given: bool


def role_rows(principal: Principal) -> list[RoleRow]:
    """Every role, as somebody may give it."""
    return [
        RoleRow(
            name=name,
            title=TITLES[name],
            summary=SUMMARIES[name],
            permissions=sorted(each.value for each in allowed),
            may_be_given=allowed <= principal.permissions,
        )
        for name, allowed in ROLES.items()
    ]


def scopes_of(principal: Principal) -> dict[str, str]:
    """The permissions that somebody may give a key, each with its words."""
    useful = principal.permissions - _OF_A_PERSON
    return {each: WORDS[Permission(each)] for each in sorted(map(str, useful))}


def own_scopes(principal: Principal) -> dict[str, str]:
    """The permissions that somebody may give a token of their own, each with its words."""
    useful = principal.permissions - {Permission.SESSION}
    return {each: WORDS[Permission(each)] for each in sorted(map(str, useful))}


_OF_A_PERSON = frozenset(
    {
        *(each for each in Permission if each.endswith(".own")),
        Permission.ENROLLMENTS_SELF,
        Permission.LESSONS_LAUNCH,
        Permission.MENTOR_APPLY,
        Permission.QUIZZES_TAKE,
    }
)
"""What only a person has a use for: nothing is a program's own."""


WORDS: dict[Permission, str] = {
    Permission.SESSION: "Read who it is, and its own jobs",
    Permission.USERS_READ: "Read people",
    Permission.USERS_WRITE: "Add and change people",
    Permission.USERS_ERASE: "Erase people for good",
    Permission.ANALYTICS_READ_OWN: "Read one's own figures",
    Permission.ANALYTICS_READ: "Read analytics of one's own courses",
    Permission.ANALYTICS_READ_ALL: "Read analytics of every course and everybody",
    Permission.API_KEYS: "Make and revoke API keys",
    Permission.AUDIT_READ: "Read the audit log",
    Permission.COURSES_READ: "Read published courses",
    Permission.COURSES_READ_ALL: "Read every course, drafts too",
    Permission.COURSES_WRITE: "Make and change courses",
    Permission.ASSIGNMENTS_OWN: "Hand in one's own assignments",
    Permission.SUBMISSIONS_READ: "Read what people have handed in",
    Permission.SUBMISSIONS_GRADE: "Grade what people have handed in",
    Permission.DISCUSSIONS_OWN: "Take part in discussions",
    Permission.DISCUSSIONS_MODERATE: "Moderate discussions",
    Permission.REVIEWS_OWN: "Review courses",
    Permission.NOTES_OWN: "Keep notes and bookmarks",
    Permission.FILES_OWN: "Keep files of one's own",
    Permission.FILES_READ: "Read files",
    Permission.FILES_WRITE: "Upload and delete files",
    Permission.ENROLLMENTS_READ_OWN: "Read one's own enrollments",
    Permission.ENROLLMENTS_READ: "Read everybody's enrollments",
    Permission.ENROLLMENTS_SELF: "Enrol oneself",
    Permission.ENROLLMENTS_WRITE: "Enrol people and end enrollments",
    Permission.PROGRESS_READ_OWN: "Read one's own progress",
    Permission.PROGRESS_READ: "Read everybody's progress",
    Permission.PROGRESS_REBUILD: "Compute progress again from the statements",
    Permission.PROGRESS_WRITE_OWN: "Report one's own progress",
    Permission.PROGRESS_WRITE: "Report progress for people",
    Permission.PROGRESS_RESET: "Reset attempts and progress",
    Permission.JOBS_READ: "Read everybody's jobs",
    Permission.CERTIFICATES_READ_OWN: "Read one's own certificates",
    Permission.CERTIFICATES_READ: "Read everybody's certificates",
    Permission.CERTIFICATES_WRITE: "Issue and revoke certificates",
    Permission.PATHS_READ: "Read learning paths",
    Permission.PATHS_WRITE: "Make and change learning paths",
    Permission.IDENTITY_PROVIDERS: "Choose identity providers",
    Permission.LESSONS_LAUNCH: "Launch lessons",
    Permission.MENTOR_APPLY: "Apply to become a mentor",
    Permission.MENTORS_DECIDE: "Decide on mentor applications",
    Permission.ORGANIZATIONS: "Add and change organizations",
    Permission.SETTINGS_WRITE: "Change the organization's settings",
    Permission.QUIZZES_TAKE: "Take quizzes",
    Permission.QUIZZES_READ: "Read quizzes with their answers",
    Permission.QUIZZES_WRITE: "Make and change quizzes",
    Permission.QUIZZES_GRADE: "Grade quizzes",
    Permission.STATEMENTS_READ: "Read statements",
    Permission.STATEMENTS_FORWARD: "Forward statements to other record stores",
    Permission.STATEMENTS_WRITE: "Import and change records",
    Permission.XAPI_CREDENTIALS: "Make and revoke keys of the record store",
    Permission.COMPLIANCE_READ_OWN: "Read one's own requirements",
    Permission.COMPLIANCE_READ: "Read everybody's compliance",
    Permission.COMPLIANCE_WRITE: "Set requirements",
    Permission.NOTIFICATIONS_OWN: "Read one's own notifications",
    Permission.VARIABLES_OWN: "Read one's own variables",
    Permission.VARIABLES_READ: "Read variables",
    Permission.VARIABLES_WRITE: "Change variables",
    Permission.WEBHOOKS: "Make webhooks and read their deliveries",
}
