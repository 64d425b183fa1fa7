"""What may be given beside what must be: the keyword arguments of the client's methods."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Required, TypedDict

Moment = datetime | str
"""With an offset from UTC, or as RFC 3339 writes it: 2026-12-31T23:59:59Z."""

CourseStatus = Literal["draft", "published", "archived"]
ContentType = Literal[
    "video", "text", "document", "embed", "quiz", "assignment", "scorm", "xapi", "cmi5"
]
QuestionType = Literal[
    "multiple_choice",
    "multiple_answer",
    "true_false",
    "fill_blank",
    "matching",
    "ordering",
    "numeric",
    "essay",
]


class SettingsFields(TypedDict, total=False):
    """How a course is run."""

    self_enrollment: bool
    certificate_enabled: bool
    certificate_template_id: str | None
    passing_score: float | None
    max_attempts: int | None
    drip_content: bool
    max_enrollments: int | None
    discussion_enabled: bool


class CourseFields(TypedDict, total=False):
    """Of a course, beside its title."""

    description: str
    status: CourseStatus
    slug: str
    category_id: str | None
    instructor_id: str | None
    thumbnail_url: str | None
    external_id: str | None
    language: str | None
    tags: Sequence[str]
    settings: SettingsFields
    prerequisites: Sequence[str]


class CourseChanges(CourseFields, total=False):
    """Of a course, what changes."""

    title: str


class CourseFilters(TypedDict, total=False):
    """Which courses."""

    status: CourseStatus
    category: str
    instructor_id: str
    search: str
    tag: str
    language: str
    slug: str
    sort: str


class ModuleFields(TypedDict, total=False):
    """Of a module, beside its title."""

    description: str
    unlock_at: Moment | None
    unlock_after_days: int | None


class NewModuleFields(ModuleFields, total=False):
    """Of a new module, beside its title; without a position it comes last."""

    position: int


class ModuleChanges(ModuleFields, total=False):
    """Of a module, what changes."""

    title: str


class LessonFields(TypedDict, total=False):
    """Of a lesson, beside its title."""

    description: str
    content: Mapping[str, Any] | None
    duration_minutes: int | None
    free_preview: bool
    prerequisites: Sequence[str]


class NewLessonFields(LessonFields, total=False):
    """Of a new lesson, beside its title and type."""

    activity_id: str
    position: int


class LessonChanges(LessonFields, total=False):
    """Of a lesson, what changes; its content is replaced whole."""

    title: str


class Option(TypedDict, total=False):
    """An option to choose from."""

    text: Required[str]
    correct: bool
    feedback: str


class Pair(TypedDict):
    """What belongs together."""

    left: str
    right: str


class Question(TypedDict, total=False):
    """A question; each type has fields of its own."""

    type: Required[QuestionType]
    question: Required[str]
    points: float
    explanation: str
    partial_credit: Literal["none", "proportional", "penalised"]
    options: Sequence[Option]
    correct_answer: bool | float
    correct_answers: Sequence[str | Sequence[str]]
    case_sensitive: bool
    pairs: Sequence[Pair]
    items: Sequence[str]
    tolerance: float
    min_words: int
    max_words: int
    rubric: str


class QuizFields(TypedDict, total=False):
    """Of a quiz, beside its title and questions."""

    description: str
    time_limit_minutes: int | None
    passing_score: float | None
    max_attempts: int | None
    shuffle_questions: bool
    shuffle_options: bool
    show_correct_answers: Literal["never", "after_submission", "after_close", "always"]
    available_from: Moment | None
    available_until: Moment | None


class NewQuizFields(QuizFields, total=False):
    """Of a new quiz, beside its title and questions."""

    lesson_id: str | None


class QuizChanges(QuizFields, total=False):
    """Of a quiz, what changes; other questions are its next edition."""

    title: str
    questions: Sequence[Question]


class UserFields(TypedDict, total=False):
    """Of a person, beside their name and address."""

    roles: Sequence[str]
    password: str
    external_id: str
    department: str
    location: str
    groups: Sequence[str]


class Answer(TypedDict, total=False):
    """An answer to the question of an index, as it was shown."""

    question_index: Required[int]
    answer: Required[Any]
    time_spent_seconds: float


class EnrollmentFields(TypedDict, total=False):
    """Of an enrollment, beside who is in what."""

    expires_at: Moment | None
    send_notification: bool
    ignore_prerequisites: bool


class EnrollmentFilters(TypedDict, total=False):
    """Which enrollments."""

    course_id: str
    user_id: str
    cohort_id: str
    status: Literal["active", "completed", "expired", "cancelled"]
    sort: str


class PlaceFields(TypedDict, total=False):
    """Whose progress in a lesson, where (in percent), and after how long."""

    user_id: str
    position: float
    time_spent_seconds: float


class CertificateFields(TypedDict, total=False):
    """Of a certificate, beside who gets it."""

    course_id: str
    learning_path_id: str
    template_id: str
    custom_fields: Mapping[str, str | bool | int | float]
    force_reason: str


class CertificateFilters(TypedDict, total=False):
    """Which certificates."""

    user_id: str
    course_id: str
    learning_path_id: str
    certificate_number: str
    status: Literal["valid", "expired", "revoked", "replaced"]
    sort: str
