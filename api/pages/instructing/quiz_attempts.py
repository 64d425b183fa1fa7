"""A person's attempts at the quizzes of a course, for who looks how they went."""

from dataclasses import dataclass

from api.pages.wording import Badge, badge, length, minute, number
from content.documents import Paging
from content.enrollment.enrollments import Enrollment
from content.quizzes.attempts import QuizAttempt
from content.quizzes.quizzes import Quiz
from content.store import Store

SHOWN = 100


@dataclass(frozen=True, slots=True)
class QuizRow:
    """An attempt at a quiz as a row."""

    id: str
    quiz: str
    number: int
    badge: Badge
    score: str
    time: str
    submitted: str


async def of_enrollment(store: Store, enrollment: Enrollment) -> list[QuizRow]:
    """The attempts of an enrollment, the latest first."""
    query = {"person_id": enrollment.person_id, "enrollment_id": enrollment.id}
    paging = Paging(per_page=SHOWN, sort="-started_at")
    documents = store.of(QuizAttempt)
    found = (await documents.page(enrollment.organization_id, query, paging)).items
    ids = {"$in": list({each.quiz_id for each in found})}
    quizzes = await store.of(Quiz).all(enrollment.organization_id, {"_id": ids})
    titles = {each.id: each.title for each in quizzes}
    return [row(each, titles.get(each.quiz_id, "A quiz that is gone")) for each in found]


def row(attempt: QuizAttempt, title: str) -> QuizRow:
    """An attempt as a row."""
    outcome = attempt.outcome
    return QuizRow(
        id=attempt.id,
        quiz=title,
        number=attempt.attempt_number,
        badge=badge(standing(attempt)),
        score="" if attempt.open or outcome.score is None else f"{number(outcome.score)} %",
        time=length(attempt.time_taken_seconds or 0),
        submitted=minute(attempt.submitted_at) if attempt.submitted_at else "",
    )


def standing(attempt: QuizAttempt) -> str:
    """The status of an attempt."""
    if attempt.open:
        return "in_progress"
    if attempt.outcome.pending_review:
        return "pending"
    return {True: "passed", False: "failed", None: "completed"}[attempt.outcome.passed]
