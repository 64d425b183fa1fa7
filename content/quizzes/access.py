"""Who may take a quiz: whoever is enrolled in its course; one without a lesson is for all."""

from datetime import datetime

from msgspec import Struct, structs

from content import courses, enrollments, lessons
from content.courses import Course
from content.enrollments import Enrollment
from content.errors import Refused
from content.identity import now
from content.lessons import Lesson
from content.people import Person
from content.quizzes.quizzes import Quiz, Rules
from content.store import Store


class Seat(Struct, frozen=True):
    """Where somebody takes a lesson's quiz."""

    course: Course
    lesson: Lesson
    enrollment: Enrollment


async def seat(store: Store, quiz: Quiz, person: Person) -> Seat | None:
    """The person's seat, None where the quiz has no lesson.

    Raises Refused (enrollment_required, enrollment_expired), NotFound.
    """
    if quiz.lesson_id is None:
        return None
    lesson = await lessons.get(store, quiz.organization_id, quiz.lesson_id)
    course = await courses.get(store, quiz.organization_id, lesson.course_id)
    enrollment = await enrollments.current(store, quiz.organization_id, person.id, course.id)
    if enrollment is None:
        raise Refused("enrollment_required", f"Enrol in {course.title} first.")
    if enrollment.expires_at is not None and enrollment.expires_at <= now():
        raise Refused("enrollment_expired", f"The enrollment in {course.title} has expired.")
    return Seat(course, lesson, enrollment)


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


def rules(quiz: Quiz, seat: Seat | None) -> Rules:
    """The quiz's rules; the course's settings hold where it has none of its own."""
    if seat is None:
        return quiz.rules
    settings, own = seat.course.settings, quiz.rules
    return structs.replace(
        own,
        passing_score=settings.passing_score if own.passing_score is None else own.passing_score,
        max_attempts=settings.max_attempts if own.max_attempts is None else own.max_attempts,
    )
