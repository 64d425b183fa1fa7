"""The one place that names the content package's collections and their indexes.

Every index and every shard key starts with `organization_id`; ids are unique by themselves. Only
queues are for all: a server takes what is due next, whosever it is.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from content.documents import Document, Documents
from lrs.group_read import Found, GroupRead, Key
from lrs.shared_read import SharedRead

D = TypeVar("D", bound=Document)

COLLECTIONS = {
    "bank_question": "bank_questions",
    "announcement": "announcements",
    "category": "categories",
    "certificate": "certificates",
    "badge_key": "badge_keys",
    "certificate_design": "certificate_designs",
    "certificate_template": "certificate_templates",
    "cohort": "cohorts",
    "cohort_member": "cohort_members",
    "organization": "organizations",
    "user": "people",
    "course": "courses",
    "assignment": "assignments",
    "submission": "submissions",
    "peer_review": "peer_reviews",
    "review": "course_reviews",
    "note": "notes",
    "bookmark": "bookmarks",
    "caption": "captions",
    "discussion": "discussions",
    "reply": "discussion_replies",
    "file": "files",
    "mentor_application": "mentor_applications",
    "module": "modules",
    "learning_path": "learning_paths",
    "lesson": "lessons",
    "package": "packages",
    "compliance_decision": "compliance_decisions",
    "compliance_proof": "compliance_proofs",
    "compliance_record": "compliance_records",
    "compliance_tally": "compliance_tallies",
    "compliance_view": "compliance_views",
    "reminder_round": "reminder_rounds",
    "enrollment": "enrollments",
    "enrollment_request": "enrollment_requests",
    "event": "events",
    "evidence_package": "evidence_packages",
    "job": "jobs",
    "path_enrollment": "path_enrollments",
    "progress": "progress",
    "question_category": "question_categories",
    "quiz": "quizzes",
    "quiz_attempt": "quiz_attempts",
    "quiz_edition": "quiz_editions",
    "report": "reports",
    "report_alert": "report_alerts",
    "report_schedule": "report_schedules",
    "requirement": "requirements",
    "notification": "notifications",
    "notification_preferences": "notification_preferences",
    "variable": "variables",
    "variable_value": "variable_values",
    "webhook": "webhooks",
    "webhook_delivery": "webhook_deliveries",
}
VOTES = "discussion_votes"
FILE_PLACES, FILE_CHUNKS = "file_contents.files", "file_contents.chunks"
"""The bytes of files: GridFS, whose ids are {organization_id, file_id}."""
JOB_INPUTS = "job_inputs"
"""What jobs work on, beside them, until they are over."""
PACKAGE_MANIFESTS = "package_manifests"
PACKAGE_FILES, PACKAGE_CHUNKS = "package_archives.files", "package_archives.chunks"
"""Packages as they were uploaded: GridFS, whose ids are {organization_id, package_id}."""
PACKAGE_JOBS = "package_jobs"
"""Imports and removals under way, so that what a crash leaves behind can be found."""
RESUME_TOKENS = "content_resume_tokens"
CERTIFICATE_NUMBERS = "certificate_numbers"
"""By organization and year: the last number that was given."""
COMPLIANCE_MARKS = "compliance_marks"
"""Whose entries in the register are to be made anew."""
SEAT_TURNS = "seat_turns"
"""By course: what the transactions that take seats in it write to, so that none overlap."""
NOTIFICATIONS_KEPT_SECONDS = int(timedelta(days=365).total_seconds())
EVENTS_KEPT_SECONDS = int(timedelta(days=30).total_seconds())


def _index(*fields: str, **options: Any) -> IndexModel:
    keys = [("organization_id", ASCENDING), *((field, ASCENDING) for field in fields)]
    return IndexModel(keys, **options)


UNTOLD = _index(
    "updated_at", name="untold", partialFilterExpression={"untold.0": {"$exists": True}}
)
"""For every collection of documents that tell of their changes (content/telling/outbox.py)."""

# MongoDB takes a partial index only where the query alone shows that it suffices: that a value is
# equal to a string, or before a moment, shows no type, and does show these.
GIVEN = {"$gt": ""}
AWAITED = {"$lt": datetime(9999, 1, 1, tzinfo=UTC)}


def _one(field: str) -> IndexModel:
    """A value that only one of the organization's documents has, where it has any."""
    return _index(
        field, unique=True, name=f"one_{field}_each", partialFilterExpression={field: GIVEN}
    )


def _queue(field: str, name: str) -> IndexModel:
    """What comes first in a queue for all, by a moment that is None once it is dealt with."""
    return IndexModel([(field, ASCENDING)], name=name, partialFilterExpression={field: AWAITED})


QUEUE = _queue("due_at", "queue")
FORGOTTEN = IndexModel([("created_at", ASCENDING)], expireAfterSeconds=EVENTS_KEPT_SECONDS)


OVERDUE = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)

ONE_SLUG = IndexModel(
    [("slug", ASCENDING)],
    unique=True,
    name="one_slug",
    partialFilterExpression={"slug": {"$gt": ""}},
)
ONE_HOST = IndexModel(
    [("hosts", ASCENDING)],
    unique=True,
    name="one_host",
    partialFilterExpression={"hosts": {"$gt": ""}},
)
"""What names an organization names it among all of them."""
INDEXES = {
    "organizations": [ONE_SLUG, ONE_HOST],
    "categories": [
        _index("parent_id", "slug", unique=True),
        _index("name", "_id"),
        _index("created_at", "_id"),
        _index("updated_at", "_id"),
    ],
    "certificates": [
        _index("number", unique=True),
        _one("current_for"),
        _index("person_id", "issued_at", "_id"),
        _index("person_id", "basis"),
        _index("course_id", "issued_at", "_id"),
        _index("path_id", "issued_at", "_id"),
        _index("issued_at", "_id"),
        IndexModel([("code", ASCENDING)], unique=True),
        UNTOLD,
    ],
    "badge_keys": [_one("current_for"), _index("created_at")],
    "certificate_designs": [_index("_id")],
    "certificate_templates": [_index("created_at", "_id"), _index("name", "_id")],
    "cohorts": [_index("created_at", "_id"), _index("name", "_id"), _index("starts_at", "_id")],
    "cohort_members": [
        _index("cohort_id", "person_id", unique=True),
        _index("cohort_id", "joined_at", "_id"),
        _index("person_id", "joined_at", "_id"),
    ],
    "people": [
        _index("agents", unique=True),
        _one("external_id"),
        _index("words", "name", "_id"),
        _index("name", "_id"),
        _index("email", "_id"),
        _index("status", "name", "_id"),
        _index("roles", "name", "_id"),
        _index("department", "name", "_id"),
        _index("location", "name", "_id"),
        _index("groups", "name", "_id"),
        _index("supervisor_id", "name", "_id"),
        _index("hired_on"),
        _index("created_at", "_id"),
        _index("updated_at", "_id"),
    ],
    "courses": [
        _index("activity_id", unique=True),
        _one("slug"),
        _one("external_id"),
        _index("status", "created_at", "_id"),
        _index("status", "title", "_id"),
        _index("status", "updated_at", "_id"),
        _index("status", "rating", "_id"),
        _index("category_id", "status", "created_at", "_id"),
        _index("instructor_id", "created_at", "_id"),
        _index("tags", "created_at", "_id"),
        _index("words"),
        _index("prerequisites"),
        _index("created_at", "_id"),
    ],
    "mentor_applications": [
        _index(
            "person_id",
            unique=True,
            name="one_pending_application",
            partialFilterExpression={"status": "pending"},
        ),
        _index("person_id", "created_at", "_id"),
        _index("status", "created_at", "_id"),
        _index("created_at", "_id"),
    ],
    "modules": [_index("course_id", "position", "_id")],
    "lessons": [
        _index("activity_id", unique=True),
        _index("course_id", "position", "_id"),
        _index("module_id", "position", "_id"),
        _index("package_id"),
        _index("content.file_id", partialFilterExpression={"content.file_id": GIVEN}),
    ],
    "assignments": [
        _index(
            "lesson_id",
            unique=True,
            name="one_present_assignment",
            partialFilterExpression={"archived_at": {"$type": "null"}},
        ),
        _index("lesson_id"),
        _index("course_id", "created_at", "_id"),
        _index("created_at", "_id"),
        _index("due_date", "_id"),
    ],
    "announcements": [
        _index("course_id", "deleted_at", "publish_at", "_id"),
        _index("publish_at", partialFilterExpression={"announced": False}),
        UNTOLD,
    ],
    "discussions": [
        _index("course_id", "deleted_at", "pinned", "last_activity_at", "_id"),
        _index("lesson_id", "deleted_at", "pinned", "last_activity_at", "_id"),
        _index("author_id"),
        UNTOLD,
    ],
    "discussion_replies": [
        _index("discussion_id", "deleted_at", "created_at", "_id"),
        _index("author_id"),
        UNTOLD,
    ],
    VOTES: [_index("post_id", "person_id", unique=True), _index("person_id")],
    "course_reviews": [
        _index("course_id", "person_id", unique=True),
        _index("course_id", "created_at", "_id"),
        _index("course_id", "rating", "_id"),
        _index("person_id"),
    ],
    "notes": [
        _index("person_id", "created_at", "_id"),
        _index("person_id", "lesson_id", "created_at", "_id"),
        _index("person_id", "course_id", "created_at", "_id"),
    ],
    "bookmarks": [
        _index("person_id", "created_at", "_id"),
        _index("person_id", "lesson_id", "created_at", "_id"),
        _index("person_id", "course_id", "created_at", "_id"),
    ],
    "captions": [_index("lesson_id", "language", "track_kind", unique=True)],
    "peer_reviews": [
        _index("assignment_id", "reviewer_id", "submission_id", unique=True),
        _index("assignment_id", "author_id"),
        _index("assignment_id", "created_at", "_id"),
        _index("reviewer_id", "status", "created_at", "_id"),
        _index("submission_id", "reviewer_id"),
        UNTOLD,
    ],
    "submissions": [
        _index("assignment_id", "person_id", "number", unique=True),
        _index("assignment_id", "registration", unique=True),
        _index("assignment_id", "submitted_at", "_id"),
        _index("assignment_id", "status", "submitted_at", "_id"),
        _index("person_id", "submitted_at", "_id"),
        _index(
            "submitted_at",
            "_id",
            name="ungraded",
            partialFilterExpression={"status": "submitted"},
        ),
        UNTOLD,
    ],
    "files": [
        _index("owner_id", "created_at", "_id"),
        _index("course_id", "created_at", "_id"),
        _index("lesson_id", "created_at", "_id"),
        _index("submission_id"),
        _index("updated_at", partialFilterExpression={"settled": False}),
        _index("expires_at", partialFilterExpression={"expires_at": AWAITED}),
        _index("created_at", "_id"),
    ],
    FILE_PLACES: [
        IndexModel(
            [("metadata.organization_id", ASCENDING), ("uploadDate", ASCENDING)],
            partialFilterExpression={"metadata.kept": False},
        )
    ],
    FILE_CHUNKS: [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)],
    "evidence_packages": [
        _index("created_at", "_id"),
        _index("person_id", "_id"),
        IndexModel([("expires_at", ASCENDING)]),
    ],
    "packages": [_index("created_at", "_id"), _index("title", "_id")],
    PACKAGE_CHUNKS: [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)],
    "enrollments": [
        _index("registration", unique=True),
        _index("attempts.registration"),
        _index(
            "person_id",
            "course_id",
            unique=True,
            name="one_open_enrollment",
            partialFilterExpression={"cancelled_at": {"$type": "null"}},
        ),
        _index("person_id", "course_id", "enrolled_at"),
        _index("course_id", "enrolled_at", "_id"),
        _index("course_id", "cancelled_at", "expires_at"),
        _index(
            "cohort_id",
            "enrolled_at",
            "_id",
            name="of_cohort",
            partialFilterExpression={"cohort_id": GIVEN},
        ),
        _index("enrolled_at", "_id"),
        _queue("expiry_awaited", "expiries"),
        UNTOLD,
    ],
    "enrollment_requests": [
        _index(
            "person_id",
            "course_id",
            unique=True,
            name="one_pending_request",
            partialFilterExpression={"status": "pending"},
        ),
        _index("status", "created_at", "_id"),
        _index("person_id", "created_at", "_id"),
        _index("course_id", "created_at", "_id"),
        _index("created_at", "_id"),
    ],
    "events": [
        _index("occurred_at", "_id"),
        QUEUE,
        FORGOTTEN,
    ],
    "learning_paths": [
        _index("created_at", "_id"),
        _index("title", "_id"),
        _index("courses.course_id"),
    ],
    "path_enrollments": [
        _index(
            "person_id",
            "path_id",
            unique=True,
            name="one_open_path_enrollment",
            partialFilterExpression={"cancelled_at": {"$type": "null"}},
        ),
        _index("person_id", "enrolled_at", "_id"),
        _index("path_id", "enrolled_at", "_id"),
    ],
    "progress": [
        _index("course_id", "person_id"),
        _index("course_id", "standing.completed_at"),
    ],
    "bank_questions": [
        _index("archived_at", "category_id", "created_at", "_id"),
        _index("archived_at", "tags"),
        _index("archived_at", "words"),
    ],
    "question_categories": [_index("parent_id", "name", unique=True)],
    "quizzes": [
        _index("lesson_id"),
        _index(
            "lesson_id",
            unique=True,
            name="one_quiz_of_each_lesson",
            partialFilterExpression={
                "archived_at": {"$type": "null"},
                "lesson_id": GIVEN,
            },
        ),
        _index("course_id", "created_at", "_id"),
        _index("archived_at", "created_at", "_id"),
        _index("pools.category_id"),
    ],
    "quiz_attempts": [
        _index("quiz_id", "person_id", "enrollment_id", "attempt_number", unique=True),
        _index("quiz_id", "started_at", "_id"),
        _index("person_id", "started_at", "_id"),
        _index("started_at", "_id"),
        _index(
            "submitted_at",
            "_id",
            name="pending_review",
            partialFilterExpression={"outcome.pending_review": {"$gt": 0}},
        ),
        IndexModel(
            [("deadline_at", ASCENDING)],
            name="deadlines",
            partialFilterExpression={"status": "in_progress"},
        ),
        UNTOLD,
    ],
    "quiz_editions": [_index("quiz_id", "number", unique=True)],
    "jobs": [
        _index("created_at", "_id"),
        _index("asked_by", "created_at", "_id"),
        QUEUE,
        OVERDUE,
    ],
    JOB_INPUTS: [FORGOTTEN],
    "compliance_decisions": [
        _index("requirement_id", "person_id", "created_at", "_id"),
        _index("person_id", "created_at", "_id"),
        _index("state", "created_at", "_id"),
        UNTOLD,
    ],
    "compliance_proofs": [
        _index("person_id", "known_at", "_id"),
        _index("statement_ids"),
        _index("target", "person_id"),
    ],
    "compliance_records": [
        _index("requirement_id", "within", "name", "_id"),
        _index("requirement_id", "current", "name", "_id"),
        _index("requirement_id", "department", "current", "name", "_id", name="by_department"),
        _index("person_id", "requirement_id"),
        _queue("turns_at", "turns"),
    ],
    "compliance_views": [_index("person_id", "name", "_id")],
    "reminder_rounds": [_index("until")],
    "compliance_tallies": [_index("requirement_id", "day"), _index("day", "requirement_id")],
    COMPLIANCE_MARKS: [QUEUE, _index("person_id")],
    "requirements": [
        _index("terms.targets.id"),
        _index("archived_at", "due_at", "_id"),
        _index("archived_at", "title", "_id"),
        _index("due_at", "_id"),
    ],
    "reports": [_index("owner_id", "name", "_id"), _index("shared", "name", "_id")],
    "report_schedules": [_index("report_id", "created_at", "_id"), _index("owner_id"), QUEUE],
    "report_alerts": [_index("report_id", "created_at", "_id"), _index("owner_id"), QUEUE],
    "notifications": [
        _index("person_id", "shown", "created_at", "_id"),
        _index("person_id", "shown", "read_at"),
        _index("person_id", "due_at"),
        QUEUE,
        IndexModel([("created_at", ASCENDING)], expireAfterSeconds=NOTIFICATIONS_KEPT_SECONDS),
    ],
    "notification_preferences": [_index("person_id", unique=True)],
    "variables": [
        _index("course_id", "name", unique=True),
        _index("course_id", "created_at", "_id"),
        _index("created_at", "_id"),
        _index("updated_at", "_id"),
        _index("name", "_id"),
    ],
    "variable_values": [
        _index(
            "variable_id",
            "person_id",
            "course_run_id",
            unique=True,
            name="one_value_that_holds",
            partialFilterExpression={"superseded_at": {"$type": "null"}},
        ),
        _index("variable_id", "superseded_at", "set_at", "_id"),
        _index("variable_id", "set_at", "_id"),
        _index(
            "variable_id",
            "superseded_at",
            "value",
            name="numbers",
            partialFilterExpression={"value": {"$type": "number"}},
        ),
        _index("person_id", "superseded_at", "set_at", "_id"),
    ],
    "webhooks": [_index("events"), _index("created_at", "_id")],
    "webhook_deliveries": [
        _index("webhook_id", "created_at", "_id"),
        _index("webhook_id", "status", "created_at", "_id"),
        _index("about"),
        QUEUE,
        FORGOTTEN,
    ],
    CERTIFICATE_NUMBERS: [_index("_id")],
    SEAT_TURNS: [_index("_id")],
}


class Store:
    """The content package's documents in one database.

    Equal reads that come together can be one by `shared`.
    """

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        self.database = database
        self.shared = SharedRead()
        self._documents: dict[type[Document], Documents[Any]] = {}
        self._groups: dict[Callable[..., Any], GroupRead[Any, Any]] = {}

    def of(self, shape: type[D]) -> Documents[D]:
        """The documents of one kind: `store.of(Course)`."""
        known = self._documents.get(shape)
        if known is None:
            known = Documents(self.database[COLLECTIONS[shape.kind]], shape)
            self._documents[shape] = known
        return known

    def group(
        self, read: Callable[["Store", Collection[Key]], Awaitable[Mapping[Key, Found]]]
    ) -> GroupRead[Key, Found]:
        """The reads by this function, of which those that come together are one."""
        known = self._groups.get(read)
        if known is None:
            known = self._groups[read] = GroupRead(partial(read, self))
        return known


async def prepare(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Make the indexes that are missing; does nothing where they are there."""
    for collection, indexes in INDEXES.items():
        await database[collection].create_indexes(indexes)
