"""Who learns what: enrollments, progress, attempts at quizzes, certificates, analytics."""

from collections.abc import Iterator, Sequence
from typing import Literal, Unpack

from msgspec import convert

from lyceum_client.connection import path_of
from lyceum_client.documents import Documents
from lyceum_client.fields import (
    Answer,
    CertificateFields,
    CertificateFilters,
    EnrollmentFields,
    EnrollmentFilters,
    Moment,
    PlaceFields,
    UserFields,
)
from lyceum_client.models import (
    BulkResult,
    Certificate,
    CourseAnalytics,
    Enrollment,
    Learner,
    LessonProgress,
    Progress,
    QuizAttempt,
    User,
    Verification,
)

Metric = Literal["enrollments", "completions", "engagement", "ratings"]
Period = Literal["7d", "30d", "90d", "1y", "all"]


class Learning(Documents):
    """What is done with courses."""

    def me(self) -> User:
        """Whom the caller acts for."""
        return self._one(User, "GET", "/auth/me")

    def create_user(self, name: str, email: str, **fields: Unpack[UserFields]) -> User:
        """A new person, a learner unless said otherwise."""
        return self._one(User, "POST", "/users", {"name": name, "email": email, **fields})

    def list_learners(self, search: str | None = None) -> Iterator[Learner]:
        """Those who learn; `search` is the beginnings of words of a name or an address."""
        return self._all(Learner, "/learners", {"search": search})

    def get_learner_by_email(self, email: str) -> Learner:
        """The learner who has this e-mail address."""
        return self._one(Learner, "GET", path_of("learners", "email", email))

    def list_enrollments(self, **filters: Unpack[EnrollmentFilters]) -> Iterator[Enrollment]:
        """Enrollments, page by page as they are wanted."""
        return self._all(Enrollment, "/enrollments", {**filters})

    def enroll(
        self, user_id: str, course_id: str, **fields: Unpack[EnrollmentFields]
    ) -> Enrollment:
        """Enrol a person in a course."""
        body = {"user_id": user_id, "course_id": course_id, **fields}
        return self._one(Enrollment, "POST", "/enrollments", body)

    def bulk_enroll(
        self,
        course_id: str,
        user_ids: Sequence[str],
        expires_at: Moment | None = None,
        *,
        send_notification: bool = False,
        ignore_prerequisites: bool = False,
    ) -> BulkResult:
        """Enrol up to 10,000 people in a course, with an outcome for each."""
        body = {
            "course_id": course_id,
            "user_ids": user_ids,
            "expires_at": expires_at,
            "send_notification": send_notification,
            "ignore_prerequisites": ignore_prerequisites,
        }
        document = self._connection.ask("POST", "/enrollments/bulk", body=body)
        return convert(document["data"], BulkResult)

    def cancel_enrollment(self, enrollment_id: str) -> None:
        """End an enrollment; what was learnt stays."""
        self._nothing("DELETE", path_of("enrollments", enrollment_id))

    def get_progress(self, course_id: str, user_id: str) -> Progress:
        """How far a person is in a course."""
        return self._one(Progress, "GET", path_of("progress", course_id, "users", user_id))

    def reset_progress(self, course_id: str, user_id: str, reason: str = "") -> Progress:
        """Let a person start a course afresh; what was done stays in the history."""
        path = path_of("progress", course_id, "users", user_id, "reset")
        return self._one(Progress, "POST", path, {"reason": reason})

    def complete_lesson(self, lesson_id: str, **place: Unpack[PlaceFields]) -> LessonProgress:
        """Mark a lesson as completed, for oneself unless a person is given."""
        return self._one(LessonProgress, "POST", path_of("lessons", lesson_id, "complete"), place)

    def save_position(self, lesson_id: str, **place: Unpack[PlaceFields]) -> LessonProgress:
        """Keep where a person is in a lesson."""
        return self._one(LessonProgress, "PATCH", path_of("lessons", lesson_id, "progress"), place)

    def submit_quiz(
        self,
        quiz_id: str,
        answers: Sequence[Answer],
        user_id: str | None = None,
        time_taken_seconds: int = 0,
    ) -> QuizAttempt:
        """Submit an attempt with all its answers, for oneself unless a person is given."""
        body = {
            "user_id": user_id,
            "answers": answers,
            "time_taken_seconds": time_taken_seconds,
        }
        return self._one(QuizAttempt, "POST", path_of("quizzes", quiz_id, "attempts"), body)

    def list_quiz_attempts(self, quiz_id: str, user_id: str | None = None) -> Iterator[QuizAttempt]:
        """Attempts at a quiz, page by page as they are wanted."""
        path = path_of("quizzes", quiz_id, "attempts")
        return self._all(QuizAttempt, path, {"user_id": user_id})

    def grade_answer(
        self, attempt_id: str, question_index: int, points_earned: float, feedback: str = ""
    ) -> QuizAttempt:
        """Give points for an answer that waits for a person, such as an essay."""
        body = {
            "question_index": question_index,
            "points_earned": points_earned,
            "feedback": feedback,
        }
        return self._one(QuizAttempt, "PATCH", path_of("attempts", attempt_id, "grade"), body)

    def list_certificates(self, **filters: Unpack[CertificateFilters]) -> Iterator[Certificate]:
        """Certificates, page by page as they are wanted."""
        return self._all(Certificate, "/certificates", {**filters})

    def issue_certificate(self, user_id: str, **fields: Unpack[CertificateFields]) -> Certificate:
        """Issue a certificate of a course or a learning path that the person has completed."""
        return self._one(Certificate, "POST", "/certificates", {"user_id": user_id, **fields})

    def get_certificate(self, certificate_id: str) -> Certificate:
        """The certificate."""
        return self._one(Certificate, "GET", path_of("certificates", certificate_id))

    def revoke_certificate(self, certificate_id: str, reason: str) -> Certificate:
        """Take a certificate back."""
        path = path_of("certificates", certificate_id, "revoke")
        return self._one(Certificate, "POST", path, {"reason": reason})

    def verify_certificate(self, certificate_number: str) -> Verification:
        """Whether a certificate is good; anybody may ask."""
        path = path_of("certificates", "verify", certificate_number)
        return convert(self._connection.ask("GET", path), Verification)

    def get_analytics(
        self, course_id: str, period: Period = "30d", metrics: Sequence[Metric] = ()
    ) -> CourseAnalytics:
        """A course's figures in a period: the metrics that are named, all where none is."""
        query = {"period": period, "metrics": ",".join(metrics) or None}
        path = path_of("analytics", "courses", course_id)
        return self._one(CourseAnalytics, "GET", path, query=query)
