"""What the server answers with, typed. What a later server adds is left out."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct, field


class Model(Struct, frozen=True, kw_only=True):
    """Something that the server told."""


class CourseSettings(Model, frozen=True, kw_only=True):
    """How a course is run; scores are in percent."""

    self_enrollment: bool
    certificate_enabled: bool
    certificate_template_id: str | None
    passing_score: float | None
    max_attempts: int | None
    drip_content: bool
    max_enrollments: int | None
    discussion_enabled: bool


class Course(Model, frozen=True, kw_only=True):
    """A course; `status` is draft, published or archived."""

    id: str
    title: str
    description: str
    slug: str | None
    status: str
    external_id: str | None
    language: str | None
    tags: list[str]
    duration_minutes: int
    module_count: int
    lesson_count: int
    enrollment_count: int
    rating: float | None
    settings: CourseSettings
    activity_id: str
    instructor_id: str | None = None
    category_id: str | None = None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Module(Model, frozen=True, kw_only=True):
    """A chapter of a course; `position` counts from 1."""

    id: str
    course_id: str
    title: str
    description: str
    position: int
    lesson_count: int
    duration_minutes: int
    unlock_at: datetime | None


class Lesson(Model, frozen=True, kw_only=True):
    """A lesson; its `content` is by its `content_type`, and null for who may not see it."""

    id: str
    course_id: str
    module_id: str
    title: str
    description: str
    content_type: str
    content: dict[str, Any] | None
    position: int
    activity_id: str
    duration_minutes: int | None
    free_preview: bool
    prerequisites: list[str]
    created_at: datetime
    updated_at: datetime


class Quiz(Model, frozen=True, kw_only=True):
    """A quiz; `questions` as the API tells them, null where they may not be seen yet."""

    id: str
    title: str
    description: str
    lesson_id: str | None
    course_id: str | None
    time_limit_minutes: int | None
    passing_score: float | None
    max_attempts: int | None
    edition: int
    question_count: int
    total_points: float
    questions: list[dict[str, Any]] | None
    created_at: datetime
    updated_at: datetime


class Result(Model, frozen=True, kw_only=True):
    """What came of one answer; `correct` is null while it waits for a review."""

    question_index: int
    question_id: str
    points: float
    points_earned: float
    correct: bool | None = None
    pending_review: bool | None = None
    explanation: str | None = None
    feedback: str | None = None


class QuizAttempt(Model, frozen=True, kw_only=True):
    """An attempt; `score` is in percent, `pending_review` counts answers that wait for a person."""

    id: str
    quiz_id: str
    user_id: str
    status: str
    attempt_number: int
    score: float | None
    points_earned: float
    total_points: float
    passed: bool | None
    pending_review: int
    results: list[Result] | None
    started_at: datetime
    submitted_at: datetime | None
    time_taken_seconds: int | None


class User(Model, frozen=True, kw_only=True):
    """A person, and their roles."""

    id: str
    name: str
    email: str
    roles: list[str]
    status: str
    external_id: str | None


class Learner(Model, frozen=True, kw_only=True):
    """A person who learns."""

    id: str
    name: str
    email: str
    status: str
    external_id: str | None


class Enrollment(Model, frozen=True, kw_only=True):
    """A person in a course: active, completed, expired or cancelled."""

    id: str
    user_id: str
    course_id: str
    registration: str
    status: str
    progress_percent: float
    lessons_completed: int
    total_lessons: int
    time_spent_minutes: int
    score: float | None
    enrolled_at: datetime
    expires_at: datetime | None
    completed_at: datetime | None
    last_activity_at: datetime | None


class BulkOutcome(Model, frozen=True, kw_only=True):
    """What came of one person: enrolled, already_enrolled, user_not_found…"""

    user_id: str
    outcome: str
    enrollment_id: str | None


class BulkResult(Model, frozen=True, kw_only=True):
    """How many were enrolled, and what came of each."""

    course_id: str
    enrolled_count: int
    refused_count: int
    results: list[BulkOutcome]


class ModuleProgress(Model, frozen=True, kw_only=True):
    """A module's progress in percent."""

    module_id: str
    title: str
    progress: float
    completed_at: datetime | None


class CompletedLesson(Model, frozen=True, kw_only=True):
    """A lesson that is done."""

    lesson_id: str
    completed_at: datetime
    time_spent_seconds: float


class CurrentLesson(Model, frozen=True, kw_only=True):
    """The lesson that was worked on last, and where in it."""

    lesson_id: str
    position: float
    total: int


class Progress(Model, frozen=True, kw_only=True):
    """How far a person is in a course; progress and score are in percent."""

    id: str
    course_id: str
    user_id: str
    registration: str
    overall_progress: float
    status: str
    success: bool | None
    score: float | None
    modules: list[ModuleProgress]
    lessons_completed: list[CompletedLesson]
    current_lesson: CurrentLesson | None
    total_time_spent_minutes: int
    started_at: datetime | None
    last_activity_at: datetime | None
    completed_at: datetime | None


class LessonProgress(Model, frozen=True, kw_only=True):
    """How far a person is in a lesson, and by that in its course."""

    lesson_id: str
    course_id: str
    user_id: str
    status: str
    progress: float
    position: float | None
    success: bool | None
    score: float | None
    time_spent_seconds: float
    completed_at: datetime | None
    course_progress: float
    course_status: str


class Certificate(Model, frozen=True, kw_only=True):
    """A certificate; anybody sees at `verification_url` whether it is valid."""

    id: str
    certificate_number: str
    status: str
    valid: bool
    user_id: str | None
    course_id: str | None
    recipient_name: str
    title: str
    issued_by: str
    score: float | None
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None
    verification_url: str
    pdf_url: str | None
    badge_url: str | None


class VerifiedCertificate(Model, frozen=True, kw_only=True):
    """What is written on a certificate."""

    certificate_number: str
    recipient_name: str
    course_name: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime | None
    status: str


class Verification(Model, frozen=True, kw_only=True):
    """Whether a certificate is good."""

    valid: bool
    certificate: VerifiedCertificate


class EnrollmentFigures(Model, frozen=True, kw_only=True):
    """`new` in the period; `trend` is the change in percent to the period before."""

    total: int
    new: int
    trend: float | None


class CompletionFigures(Model, frozen=True, kw_only=True):
    """`rate` is in percent of all enrollments."""

    total: int
    new: int
    rate: float
    average_days_to_complete: float | None


class DropOff(Model, frozen=True, kw_only=True):
    """A lesson where people stopped, in percent of those who began it."""

    lesson_id: str
    title: str
    drop_rate: float


class EngagementFigures(Model, frozen=True, kw_only=True):
    """What was done in the period."""

    active_learners: int
    average_time_per_session_minutes: float | None
    lessons_completed_per_day: float
    drop_off_lessons: list[DropOff]


class RatingFigures(Model, frozen=True, kw_only=True):
    """What people think of the course."""

    average: float | None
    count: int
    distribution: dict[str, int]


class Metrics(Model, frozen=True, kw_only=True):
    """The metrics that were asked for; the others are None."""

    enrollments: EnrollmentFigures | None = None
    completions: CompletionFigures | None = None
    engagement: EngagementFigures | None = None
    ratings: RatingFigures | None = None


class Day(Model, frozen=True, kw_only=True):
    """One day's enrollments and completions."""

    date: date
    enrollments: int
    completions: int


class CourseAnalytics(Model, frozen=True, kw_only=True):
    """A course's figures in a period."""

    course_id: str
    period: str
    metrics: Metrics
    timeline: list[Day] = field(default_factory=list)
