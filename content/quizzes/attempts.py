"""Attempts at quizzes: what was asked, what was answered, and what it earned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from msgspec import Struct

from content.documents import Page, Paging
from content.quizzes import paper, quizzes
from content.quizzes.outcome import Outcome, Worth
from content.quizzes.paper import Asked, Layout
from content.quizzes.questions import AnyQuestion
from content.quizzes.quizzes import Quiz
from content.quizzes.rules import Rules
from content.store import Store
from content.telling.outbox import Telling

IN_PROGRESS, SUBMITTED = "in_progress", "submitted"


class Review(Struct, frozen=True, kw_only=True):
    """What a person said of an answer."""

    points_earned: float
    feedback: str = ""
    by: str
    at: datetime


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question of the paper and its answer, as `answers.read` understood it.

    `reviews` are all that were made, the last of which holds.
    """

    question_id: str
    type: str
    points: float
    given: Any = None
    seconds: float | None = None
    points_earned: float = 0.0
    correct: bool = False
    pending_review: bool = False
    reviews: tuple[Review, ...] = ()

    @property
    def worth(self) -> Worth:
        """What it adds to the outcome."""
        return Worth(self.points, self.points_earned, self.pending_review)


class Said(Struct, frozen=True):
    """A statement that tells of the outcome as it stands: of what, its id, what it says."""

    of: str
    statement_id: str
    digest: str


class QuizAttempt(Telling, frozen=True, kw_only=True):
    """Somebody's attempt, under the rules and with the questions of the time it was begun.

    `attempt_number` counts from 1 within the enrollment. `deadline_at` is when the server ends it.
    `drawn` are the questions that came from the bank. `lines` are in the order of the paper.
    `said` are the statements about the outcome that hold; `gradings` counts its changes.
    """

    kind: ClassVar[str] = "quiz_attempt"
    sortable: ClassVar[tuple[str, ...]] = ("started_at", "submitted_at", "updated_at")

    quiz_id: str
    person_id: str
    lesson_id: str | None
    course_id: str | None
    enrollment_id: str | None
    registration: str | None
    attempt_number: int
    edition: int
    rules: Rules
    layout: Layout
    drawn: tuple[AnyQuestion, ...] = ()
    lines: tuple[Line, ...]
    status: Literal["in_progress", "submitted"] = "in_progress"
    started_at: datetime
    deadline_at: datetime | None = None
    submitted_at: datetime | None = None
    ended_by_deadline: bool = False
    time_taken_seconds: int | None = None
    outcome: Outcome = Outcome()
    gradings: int = 0
    said: tuple[Said, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it can still be answered."""
        return self.status == IN_PROGRESS


class AttemptFilter(Struct, frozen=True, kw_only=True):
    """Which attempts: all that is given must hold."""

    quiz_id: str | None = None
    person_id: str | None = None
    status: str | None = None
    pending_review: bool = False


async def get(store: Store, organization_id: str, attempt_id: str) -> QuizAttempt:
    """The attempt. Raises NotFound."""
    return await store.of(QuizAttempt).get(organization_id, attempt_id)


async def find(
    store: Store, organization_id: str, filters: AttemptFilter, paging: Paging
) -> Page[QuizAttempt]:
    """One page of attempts. Raises RuleBroken for a wrong page or sort."""
    wanted = {
        "quiz_id": filters.quiz_id,
        "person_id": filters.person_id,
        "status": filters.status,
    }
    query: dict[str, Any] = {name: each for name, each in wanted.items() if each is not None}
    if filters.pending_review:
        query["outcome.pending_review"] = {"$gt": 0}
    return await store.of(QuizAttempt).page(organization_id, query, paging)


async def earlier(store: Store, quiz: Quiz, person_id: str) -> list[QuizAttempt]:
    """The person's attempts at the quiz, in order within each enrollment."""
    query = {"quiz_id": quiz.id, "person_id": person_id}
    return await store.of(QuizAttempt).all(quiz.organization_id, query, [("attempt_number", 1)])


async def paper_of(store: Store, attempt: QuizAttempt, quiz: Quiz | None = None) -> list[Asked]:
    """What the attempt was asked, in its order; `quiz` is its quiz, where it is at hand."""
    if quiz is None:
        quiz = await store.of(Quiz).get(attempt.organization_id, attempt.quiz_id)
    questions = await quizzes.edition(store, quiz, attempt.edition)
    return asked(attempt, questions)


def asked(attempt: QuizAttempt, questions: Sequence[AnyQuestion]) -> list[Asked]:
    """The attempt's paper, of the edition's questions and those that were drawn."""
    return paper.lay_out([*questions, *attempt.drawn], attempt.layout)
