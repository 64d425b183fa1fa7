"""The next attempt at a quiz: whether there may be one, and how it is before it is answered."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct, structs
from pymongo.errors import DuplicateKeyError

from content.enrollment import enrollments
from content.errors import Conflict
from content.identity import new_id, now
from content.lessons.access import Admitted
from content.people.people import Person
from content.progress.progress import Progress
from content.quizzes import access, attempts, marking, paper, pools
from content.quizzes.attempts import QuizAttempt
from content.quizzes.evidence import Stage
from content.quizzes.paper import AS_WRITTEN, Layout
from content.quizzes.quizzes import Quiz
from content.quizzes.rules import Rules
from content.store import Store


class Turn(Struct, frozen=True, kw_only=True):
    """Somebody at a quiz: where they sit, and the attempts they made there, in order."""

    quiz: Quiz
    person: Person
    seat: Admitted | None
    before: Sequence[QuizAttempt]

    @property
    def open(self) -> QuizAttempt | None:
        """The attempt that is in progress."""
        return self.before[-1] if self.before and self.before[-1].open else None

    @property
    def stage(self) -> Stage:
        """Where the statements are set."""
        if self.seat is None:
            return Stage(person=self.person, quiz=self.quiz)
        lesson, course = self.seat.lesson, self.seat.course
        return Stage(person=self.person, quiz=self.quiz, lesson=lesson, course=course)


async def turn(store: Store, progress: Progress, quiz: Quiz, person: Person) -> Turn:
    """How things stand. Raises Refused, NotFound, as `access.seat` does.

    The attempts are read before the enrollment, so that it has all their registrations: one of
    its own that no attempt has is then free, and not another server's on its way.
    """
    before = await attempts.earlier(store, quiz, person.id)
    seat = await access.seat(store, progress, quiz, person)
    enrollment_id = seat.enrollment.id if seat else None
    own = [each for each in before if each.enrollment_id == enrollment_id]
    return Turn(quiz=quiz, person=person, seat=seat, before=own)


async def next_attempt(
    store: Store, progress: Progress, turn: Turn, layout: Layout = AS_WRITTEN
) -> QuizAttempt:
    """The attempt that comes next, nothing answered, not stored yet.

    Raises Refused (quiz_not_available), Conflict (quiz_attempts_exhausted).
    """
    quiz, seat = turn.quiz, turn.seat
    access.check_open(quiz)
    rules = access.rules(quiz, seat)
    registration = await _registration(store, progress, turn, rules)
    moment = now()
    return QuizAttempt(
        id=new_id("attempt"),
        organization_id=quiz.organization_id,
        created_at=moment,
        updated_at=moment,
        quiz_id=quiz.id,
        person_id=turn.person.id,
        lesson_id=quiz.lesson_id,
        course_id=quiz.course_id,
        enrollment_id=seat.enrollment.id if seat else None,
        registration=registration,
        attempt_number=turn.before[-1].attempt_number + 1 if turn.before else 1,
        edition=quiz.edition,
        rules=rules,
        layout=layout,
        lines=marking.blank(paper.lay_out(quiz.questions, layout)),
        started_at=moment,
    )


async def started(store: Store, progress: Progress, turn: Turn) -> QuizAttempt:
    """The attempt that comes next as it is started, not stored yet: with a paper of its own, and
    a deadline where there is one. Raises as `next_attempt` does.
    """
    attempt, quiz = await next_attempt(store, progress, turn), turn.quiz
    rules = attempt.rules
    layout = Layout(
        seed=attempt.id, questions=rules.shuffle_questions, options=rules.shuffle_options
    )
    seen = {question.id for each in turn.before for question in each.drawn}
    drawn = await pools.draw(store, quiz.organization_id, quiz.pools, attempt.id, seen)
    limit = rules.time_limit_minutes
    ends = [attempt.started_at + timedelta(minutes=limit)] if limit else []
    ends += [rules.available_until] if rules.available_until else []
    return structs.replace(
        attempt,
        layout=layout,
        drawn=drawn,
        lines=marking.blank(paper.lay_out([*quiz.questions, *drawn], layout)),
        deadline_at=min(ends, default=None),
    )


async def insert(store: Store, attempt: QuizAttempt) -> QuizAttempt | None:
    """Store a new attempt; None where another one of its number was faster."""
    try:
        return await store.of(QuizAttempt).insert(attempt)
    except DuplicateKeyError:
        return None


async def not_reset(progress: Progress, turn: Turn) -> list[QuizAttempt]:
    """The attempts that were not taken out of what counts."""
    seat = turn.seat
    if seat is None:
        return list(turn.before)
    standings = (await progress.attempts(seat.enrollment, seat.lesson.id)).get(seat.lesson.id, [])
    gone = {each.registration for each in standings if not each.live}
    return [each for each in turn.before if each.registration not in gone]


async def _registration(store: Store, progress: Progress, turn: Turn, rules: Rules) -> str | None:
    """The registration of the next attempt, each of which has its own.

    One that is there and was not used comes from a reset.
    """
    seat, used = turn.seat, {each.registration for each in turn.before}
    given = seat.enrollment.timeline.on(seat.lesson.id) if seat else []
    free = [each for each in given if each not in used]
    if free:
        return free[0]
    most = rules.max_attempts
    spent = most is not None and len(turn.before) >= most
    if most is not None and spent and len(await not_reset(progress, turn)) >= most:
        raise Conflict("quiz_attempts_exhausted", f"All {most} attempts are used up.")
    if seat is None:
        return None
    by = turn.person.id
    begun = await enrollments.begin_attempt(store, seat.enrollment, seat.lesson.id, by)
    return begun.registration
