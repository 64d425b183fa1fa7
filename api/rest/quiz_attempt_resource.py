"""An attempt at a quiz as a resource: what was asked, answered and earned, as far as it is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from api.rest.documents import Attributes, Resource
from api.rest.questions import QuestionView, Said, views
from content.quizzes import paper
from content.quizzes.attempts import Line, QuizAttempt
from content.quizzes.grading import correct_answer
from content.quizzes.paper import Asked


class ResultView(Said):
    """What came of one answer; what is not known yet or may not be seen is left out.

    `answer` and `correct_answer` name options and items by their ids.
    """

    question_index: int
    question_id: str
    points: float
    points_earned: float
    correct: bool | None = None
    pending_review: bool | None = None
    answer: Any = None
    time_spent_seconds: float | None = None
    correct_answer: Any = None
    explanation: str | None = None
    feedback: str | None = None


class SavedView(BaseModel):
    """An answer that was saved."""

    question_index: int
    question_id: str
    answer: Any


class QuizAttemptAttributes(Attributes):
    """An attempt. `score` is in percent of all points, pending answers earning none yet.

    `passed` is null while it is undecided, and where there is no passing score. The server ends
    the attempt at `deadline_at`. `results` are null until it is submitted, `answers` afterwards;
    `questions` are null in lists.
    """

    type_name = "quiz_attempt"
    relationship_types = {
        "quiz": "quiz",
        "user": "user",
        "lesson": "lesson",
        "course": "course",
        "enrollment": "enrollment",
    }

    quiz_id: str
    user_id: str
    status: Literal["in_progress", "submitted"]
    attempt_number: int
    edition: int
    score: float | None
    points_earned: float
    total_points: float
    passed: bool | None
    pending_review: int
    results: list[ResultView] | None
    answers: list[SavedView] | None
    questions: list[QuestionView] | None
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    ended_by_deadline: bool
    time_taken_seconds: int | None


def attempt_resource(
    attempt: QuizAttempt, asked: Sequence[Asked] | None, *, told: bool
) -> Resource[QuizAttemptAttributes]:
    """The attempt; with its questions where they are given, with what is right where `told`."""
    numbered = list(enumerate(attempt.lines))
    papers: Sequence[Asked | None] = asked if asked is not None else [None] * len(numbered)
    answered = [(index, line) for index, line in numbered if line.given is not None]
    found = attempt.outcome
    attributes = QuizAttemptAttributes(
        quiz_id=attempt.quiz_id,
        user_id=attempt.person_id,
        status=attempt.status,
        attempt_number=attempt.attempt_number,
        edition=attempt.edition,
        score=found.score,
        points_earned=found.points_earned,
        total_points=sum(line.points for line in attempt.lines),
        passed=found.passed,
        pending_review=found.pending_review,
        results=None
        if attempt.open
        else [
            _result(index, line, each, told=told)
            for (index, line), each in zip(numbered, papers, strict=True)
        ],
        answers=[_saved(*each) for each in answered] if attempt.open else None,
        questions=None if asked is None else _questions(asked, told=told),
        started_at=attempt.started_at,
        deadline_at=attempt.deadline_at,
        submitted_at=attempt.submitted_at,
        ended_by_deadline=attempt.ended_by_deadline,
        time_taken_seconds=attempt.time_taken_seconds,
    )
    related = {
        "quiz": attempt.quiz_id,
        "user": attempt.person_id,
        "lesson": attempt.lesson_id,
        "course": attempt.course_id,
        "enrollment": attempt.enrollment_id,
    }
    return Resource(attempt.id, attributes, related)


def _questions(asked: Sequence[Asked], *, told: bool) -> list[QuestionView]:
    shown = [paper.shown(each) | (paper.revealed(each) if told else {}) for each in asked]
    return views(shown)


def _result(index: int, line: Line, asked: Asked | None, *, told: bool) -> ResultView:
    reveals = asked if told else None
    return ResultView(
        question_index=index,
        question_id=line.question_id,
        points=line.points,
        points_earned=line.points_earned,
        correct=None if line.pending_review else line.correct,
        pending_review=line.pending_review or None,
        answer=line.given,
        time_spent_seconds=line.seconds,
        correct_answer=correct_answer(reveals.question) if reveals else None,
        explanation=reveals.question.explanation if reveals else None,
        feedback=line.reviews[-1].feedback if line.reviews else None,
    )


def _saved(index: int, line: Line) -> SavedView:
    return SavedView(question_index=index, question_id=line.question_id, answer=line.given)
