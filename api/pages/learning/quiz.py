"""A lesson's quiz before it is taken: its rules, and the attempts so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.desk import Desk
from api.pages.wording import Badge, badge, length, number
from content.courses import courses
from content.identity import now
from content.quizzes import access, attempts, quizzes
from content.quizzes.attempts import QuizAttempt
from content.quizzes.quizzes import Quiz


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt at a quiz."""

    id: str
    number: int
    badge: Badge
    score: str
    time: str
    started_at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class Entrance:
    """A quiz before who is to take it; `closed` says why no attempt can be begun."""

    quiz: Quiz
    rules: Sequence[str]
    attempts: Sequence[AttemptLine]
    open_attempt: str
    closed: str


async def entrance(desk: Desk, lesson_id: str) -> Entrance | None:
    """The lesson's quiz; None where its author has not written it."""
    quiz = await quizzes.of_lesson(desk.store, desk.organization_id, lesson_id)
    if quiz is None:
        return None
    made = await attempts.earlier(desk.store, quiz, desk.person.id)
    made.sort(key=lambda each: each.started_at, reverse=True)
    most, passing = await _limits(desk, quiz)
    return Entrance(
        quiz,
        _rules(desk, quiz, most, passing),
        [line(each) for each in made],
        next((each.id for each in made if each.open), ""),
        _closed(desk, quiz, made, most),
    )


def line(attempt: QuizAttempt) -> AttemptLine:
    """An attempt in a list."""
    outcome = attempt.outcome
    return AttemptLine(
        id=attempt.id,
        number=attempt.attempt_number,
        badge=badge(standing(attempt)),
        score="" if attempt.open or outcome.score is None else f"{number(outcome.score)} %",
        time=length(attempt.time_taken_seconds or 0),
        started_at=attempt.started_at,
        open=attempt.open,
    )


def standing(attempt: QuizAttempt) -> str:
    """The status of an attempt."""
    if attempt.open:
        return "in_progress"
    if attempt.outcome.passed is None:
        return "in_review" if attempt.outcome.pending_review else "completed"
    return "passed" if attempt.outcome.passed else "failed"


async def _limits(desk: Desk, quiz: Quiz) -> tuple[int | None, float | None]:
    """How many attempts there may be and what passes, by the quiz or else by its course."""
    most, passing = quiz.rules.max_attempts, quiz.rules.passing_score
    if quiz.course_id is None:
        return most, passing
    settings = (await courses.get(desk.store, desk.organization_id, quiz.course_id)).settings
    return (
        settings.max_attempts if most is None else most,
        settings.passing_score if passing is None else passing,
    )


def _rules(desk: Desk, quiz: Quiz, most: int | None, passing: float | None) -> list[str]:
    rules, count = quiz.rules, quiz.question_count
    said = [
        f"{count} {'question' if count == 1 else 'questions'}, {number(quiz.total_points)} points"
    ]
    if rules.time_limit_minutes is not None:
        said.append(f"{rules.time_limit_minutes} minutes from the moment you start")
    if passing is not None:
        said.append(f"{number(passing)} % to pass")
    if most is not None:
        said.append(f"At most {most} {'attempt' if most == 1 else 'attempts'}")
    if rules.available_until is not None:
        said.append(f"Open until {desk.minute(rules.available_until)}")
    return said


def _closed(desk: Desk, quiz: Quiz, made: Sequence[QuizAttempt], most: int | None) -> str:
    if any(each.open for each in made):
        return ""
    opens = quiz.rules.available_from
    if opens is not None and now() < opens:
        return f"The quiz opens on {desk.minute(opens)}."
    if not access.is_open(quiz):
        return "The quiz is closed."
    if most is not None and len(made) >= most:
        return "You have used every attempt."
    return ""
