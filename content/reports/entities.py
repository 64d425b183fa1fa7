"""The registry: what reports can be made of."""

from collections.abc import Mapping
from typing import Any, Final

from content.certificates import certificates
from content.compliance import status
from content.enrollment import enrollments
from content.reports.fields import (
    Entity,
    Field,
    Join,
    boolean,
    choice,
    date,
    made,
    minutes,
    number,
    text,
)
from content.store import COLLECTIONS
from lrs.store import STATEMENTS

PERSON: Final = Join(collection=COLLECTIONS["user"], local="person_id")
COURSE: Final = Join(collection=COLLECTIONS["course"], local="course_id")
FOLD: Final = Join(collection=COLLECTIONS["progress"], local="_id")
PERSON_FIELDS: Final = (
    text("person", "Person", "person.name", "person"),
    text("email", "E-mail", "person.email", "person"),
    text("department", "Department", "person.department", "person"),
    text("location", "Location", "person.location", "person"),
    text("person_id", "Person's id", "person_id"),
)
COURSE_FIELDS: Final = (
    text("course", "Course", "course.title", "course"),
    text("course_id", "Course's id", "course_id"),
)


def _when(*cases: tuple[Any, str], default: str) -> Any:
    branches = [{"case": case, "then": then} for case, then in cases]
    return {"$switch": {"branches": branches, "default": default}}


def _passed(path: str) -> Any:
    """Whether a moment is there and over; what is not there is before every moment."""
    return {"$and": [{"$gt": [path, None]}, {"$lte": [path, "$$NOW"]}]}


PEOPLE: Final = Entity(
    name="people",
    label="People",
    collection=COLLECTIONS["user"],
    needs="users.read",
    columns=("name", "email", "department", "status"),
    fields=(
        text("name", "Name", "name"),
        text("email", "E-mail", "email"),
        choice("status", "Status", ("active", "inactive"), "status"),
        text("department", "Department", "department"),
        text("location", "Location", "location"),
        text("external_id", "External id", "external_id"),
        date("created_at", "Created", "created_at"),
        text("person_id", "Id", "_id"),
    ),
)
COURSES: Final = Entity(
    name="courses",
    label="Courses",
    collection=COLLECTIONS["course"],
    needs="courses.read.all",
    course="_id",
    columns=("title", "status", "instructor", "created_at"),
    joins={"instructor": Join(collection=COLLECTIONS["user"], local="instructor_id")},
    fields=(
        text("title", "Title", "title"),
        choice("status", "Status", ("draft", "published", "archived"), "status"),
        text("instructor", "Instructor", "instructor.name", "instructor"),
        number("rating", "Rating", "rating"),
        date("created_at", "Created", "created_at"),
        date("updated_at", "Changed", "updated_at"),
        text("course_id", "Id", "_id"),
    ),
)
ENROLLMENTS: Final = Entity(
    name="enrollments",
    label="Enrollments and progress by course",
    collection=COLLECTIONS["enrollment"],
    needs="enrollments.read",
    course="course_id",
    columns=("person", "course", "status", "progress", "score", "completed_at"),
    joins={"person": PERSON, "course": COURSE, "fold": FOLD},
    fields=(
        *PERSON_FIELDS,
        *COURSE_FIELDS,
        choice(
            "status",
            "Status",
            enrollments.STATUSES,
            computed=_when(
                (_passed("$cancelled_at"), "cancelled"),
                (_passed("$fold.standing.completed_at"), "completed"),
                (_passed("$expires_at"), "expired"),
                default="active",
            ),
        ),
        date("enrolled_at", "Enrolled", "enrolled_at"),
        date("expires_at", "Expires", "expires_at"),
        date("cancelled_at", "Cancelled", "cancelled_at"),
        text("cohort_id", "Cohort's id", "cohort_id"),
        number("progress", "Progress in %", computed={"$ifNull": ["$fold.standing.progress", 0]}),
        number("score", "Score in %", "fold.standing.score", "fold"),
        boolean("passed", "Passed", "fold.standing.success", "fold"),
        number("lessons_completed", "Lessons completed", "fold.standing.lessons_completed", "fold"),
        number("minutes", "Minutes spent", computed=minutes("$fold.standing.seconds")),
        boolean("completed", "Completed", computed=_passed("$fold.standing.completed_at")),
        date("started_at", "Began", "fold.standing.started_at", "fold"),
        date("last_activity_at", "Last active", "fold.standing.last_activity_at", "fold"),
        date("completed_at", "Completed on", "fold.standing.completed_at", "fold"),
        text("enrollment_id", "Id", "_id"),
    ),
)
OWNERS: Final = {"person_id": 1, "course_id": 1}
TRIES: Final = {
    "$map": {
        "input": {"$objectToArray": "$part.v"},
        "in": {
            "registration": "$$this.k",
            "reset": "$$this.v.reset.at",
            "first": "$$this.v.first.at",
            "last": "$$this.v.last.at",
            "completed": "$$this.v.completed.at",
            "passed": "$$this.v.passed.at",
            "failed": "$$this.v.failed.at",
            "scaled": "$$this.v.best.scaled",
            "seconds": {"$sum": "$$this.v.sessions.seconds"},
        },
    }
}
"""What is needed of each attempt: what a pipeline carries on is copied at every stage."""
LESSON_PROGRESS: Final = Entity(
    name="lesson_attempts",
    label="Progress by lesson: attempts",
    collection=COLLECTIONS["progress"],
    needs="progress.read",
    course="course_id",
    columns=("person", "course", "lesson", "completed", "minutes"),
    joins={
        "person": PERSON,
        "course": COURSE,
        "lesson": Join(collection=COLLECTIONS["lesson"], local="lesson_id"),
    },
    stages=(
        {"$project": {**OWNERS, "part": {"$objectToArray": "$state.attempts"}}},
        {"$unwind": "$part"},
        {"$match": {"$expr": {"$ne": ["$part.k", "$course_id"]}}},
        {"$project": {**OWNERS, "lesson_id": "$part.k", "try": TRIES}},
        {"$unwind": "$try"},
        {"$match": {"try.reset": None}},
    ),
    fields=(
        *PERSON_FIELDS,
        *COURSE_FIELDS,
        text("lesson", "Lesson", "lesson.title", "lesson"),
        made(text("registration", "Attempt's registration", "try.registration")),
        boolean("completed", "Completed", computed={"$gt": ["$try.completed", None]}),
        boolean("passed", "Passed", computed={"$gt": ["$try.passed", None]}),
        boolean("failed", "Failed", computed={"$gt": ["$try.failed", None]}),
        number("score", "Scaled score in %", computed={"$multiply": ["$try.scaled", 100]}),
        number("minutes", "Minutes spent", computed=minutes("$try.seconds")),
        made(date("began_at", "Began", "try.first")),
        made(date("completed_at", "Completed on", "try.completed")),
        made(date("last_activity_at", "Last active", "try.last")),
        made(text("lesson_id", "Lesson's id", "lesson_id")),
    ),
)
QUIZ_ATTEMPTS: Final = Entity(
    name="quiz_attempts",
    label="Quiz attempts",
    collection=COLLECTIONS["quiz_attempt"],
    needs="quizzes.read",
    course="course_id",
    columns=("person", "quiz", "attempt_number", "score", "passed", "submitted_at"),
    joins={
        "person": PERSON,
        "course": COURSE,
        "quiz": Join(collection=COLLECTIONS["quiz"], local="quiz_id"),
    },
    fields=(
        *PERSON_FIELDS,
        *COURSE_FIELDS,
        text("quiz", "Quiz", "quiz.title", "quiz"),
        number("attempt_number", "Attempt", "attempt_number"),
        choice("status", "Status", ("in_progress", "submitted"), "status"),
        number("score", "Score in %", "outcome.score"),
        boolean("passed", "Passed", "outcome.passed"),
        number("pending_review", "Answers to be reviewed", "outcome.pending_review"),
        number("minutes", "Minutes taken", computed=minutes("$time_taken_seconds")),
        date("started_at", "Began", "started_at"),
        date("submitted_at", "Submitted", "submitted_at"),
        text("attempt_id", "Id", "_id"),
    ),
)
SUBMISSIONS: Final = Entity(
    name="submissions",
    label="Submissions of assignments",
    collection=COLLECTIONS["submission"],
    needs="submissions.read",
    course="course_id",
    columns=("person", "assignment", "number", "status", "score", "submitted_at"),
    joins={
        "person": PERSON,
        "course": COURSE,
        "assignment": Join(collection=COLLECTIONS["assignment"], local="assignment_id"),
    },
    fields=(
        *PERSON_FIELDS,
        *COURSE_FIELDS,
        text("assignment", "Assignment", "assignment.title", "assignment"),
        number("number", "Number", "number"),
        choice("status", "Status", ("submitted", "graded"), "status"),
        number("score", "Points", computed={"$last": "$grades.final_score"}),
        boolean("passed", "Passed", computed={"$last": "$grades.passed"}),
        date("submitted_at", "Handed in", "submitted_at"),
        date("due_date", "Due", "assignment.due_date", "assignment"),
        text("submission_id", "Id", "_id"),
    ),
)
CERTIFICATES: Final = Entity(
    name="certificates",
    label="Certificates",
    collection=COLLECTIONS["certificate"],
    needs="certificates.read",
    course="course_id",
    columns=("number", "recipient", "title", "status", "issued_at"),
    joins={"person": PERSON},
    fields=(
        text("number", "Number", "number"),
        text("recipient", "Recipient", "recipient_name"),
        text("title", "Title", "title"),
        choice(
            "status",
            "Status",
            certificates.STATUSES,
            computed=_when(
                ({"$gt": ["$revoked_at", None]}, "revoked"),
                ({"$gt": ["$replaced_by", None]}, "replaced"),
                (_passed("$expires_at"), "expired"),
                default="valid",
            ),
        ),
        number("score", "Score in %", "score"),
        date("issued_at", "Issued", "issued_at"),
        date("expires_at", "Expires", "expires_at"),
        date("revoked_at", "Revoked", "revoked_at"),
        *PERSON_FIELDS[1:],
        text("course_id", "Course's id", "course_id"),
    ),
)
PRESENT: Final = {"$lte": ["$$this.since", "$$NOW"]}
COMPLIANCE: Final = Entity(
    name="compliance",
    label="Compliance: who is asked for what",
    collection=COLLECTIONS["compliance_record"],
    needs="compliance.read",
    columns=("person", "department", "requirement", "status", "due_at"),
    where={"within": True},
    joins={
        "person": PERSON,
        "requirement": Join(collection=COLLECTIONS["requirement"], local="requirement_id"),
    },
    stages=({"$set": {"present": {"$last": {"$filter": {"input": "$spans", "cond": PRESENT}}}}},),
    fields=(
        text("person", "Person", "name"),
        text("email", "E-mail", "person.email", "person"),
        text("department", "Department", "department"),
        text("requirement", "Requirement", "requirement.title", "requirement"),
        choice("status", "Status", status.STATUSES, "current"),
        made(date("due_at", "Due", "present.due_at")),
        made(date("completed_at", "Completed on", "present.completed_at")),
        made(date("since", "Status since", "present.since")),
        text("person_id", "Person's id", "person_id"),
        text("requirement_id", "Requirement's id", "requirement_id"),
    ),
)
STATEMENT: Final = Entity(
    name="statements",
    label="Statements",
    collection=STATEMENTS,
    needs="statements.read",
    columns=("timestamp", "actor", "verb", "activity"),
    where={"voided": False},
    fields=(
        Field(name="stored", label="Stored", kind="date", path="stored", microseconds=True),
        Field(name="timestamp", label="Happened", kind="date", path="timestamp", microseconds=True),
        text("actor", "Actor", "actor"),
        text("verb", "Verb", "verb"),
        text("activity", "Activity", "activity"),
        text("registration", "Registration", "registration"),
        boolean("success", "Success", "result.success"),
        boolean("completion", "Completion", "result.completion"),
        number("scaled", "Scaled score", "result.scaled"),
        number("raw", "Raw score", "result.raw"),
        number("duration", "Seconds", "result.duration"),
    ),
)
ENTITIES: Final[Mapping[str, Entity]] = {
    each.name: each
    for each in (
        ENROLLMENTS,
        LESSON_PROGRESS,
        QUIZ_ATTEMPTS,
        SUBMISSIONS,
        CERTIFICATES,
        COMPLIANCE,
        PEOPLE,
        COURSES,
        STATEMENT,
    )
}
