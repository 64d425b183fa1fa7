"""Who may take a quiz: whoever may go into its lesson; one without a lesson is for all."""

from datetime import datetime

from msgspec import structs

from content.errors import Refused
from content.identity import now
from content.lessons import access
from content.lessons.access import Admitted
from content.people.people import Person
from content.progress.progress import Progress
from content.quizzes.quizzes import Quiz
from content.quizzes.rules import Rules
from content.store import Store


async def seat(store: Store, progress: Progress, quiz: Quiz, person: Person) -> Admitted | None:
    """Where the person takes the quiz, None where it has no lesson.

    Raises Refused (enrollment_required, enrollment_expired, prerequisite_not_met, lesson_locked),
    NotFound.
    """
    if quiz.lesson_id is None:
        return None
    return await access.admit(store, progress, person, quiz.lesson_id)


def check_open(quiz: Quiz) -> None:
    """Whether the quiz may be begun now. Raises Refused (quiz_not_available)."""
    moment = now()
    if is_open(quiz, moment):
        return
    if quiz.rules.available_from is not None and moment < quiz.rules.available_from:
        detail = f"{quiz.title} opens at {quiz.rules.available_from.isoformat()}."
        raise Refused("quiz_not_available", detail)
    raise Refused("quiz_not_available", f"{quiz.title} is closed.")


def is_open(quiz: Quiz, moment: datetime | None = None) -> bool:
    """Whether a moment, else the present, is within the quiz's window."""
    moment = moment or now()
    opened = quiz.rules.available_from is None or quiz.rules.available_from <= moment
    return opened and (quiz.rules.available_until is None or moment < quiz.rules.available_until)


def rules(quiz: Quiz, seat: Admitted | None) -> Rules:
    """The quiz's rules; the course's settings hold where it has none of its own."""
    if seat is None:
        return quiz.rules
    settings, own = seat.course.settings, quiz.rules
    return structs.replace(
        own,
        passing_score=settings.passing_score if own.passing_score is None else own.passing_score,
        max_attempts=settings.max_attempts if own.max_attempts is None else own.max_attempts,
    )
