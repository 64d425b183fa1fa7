"""Taking a quiz: an attempt is started, its answers are saved, and it is submitted.

The time is the server's. What arrives after the deadline and its grace is not looked at, and the
attempt is graded from what was saved in time; one that nobody submits is submitted by a sweep.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, structs, to_builtins
from pymongo import ReturnDocument

from content.courses import courses
from content.documents import Fields
from content.errors import Conflict
from content.identity import now
from content.lessons import lessons
from content.people import people
from content.people.people import Person
from content.progress.progress import Progress
from content.quizzes import attempts, beginning, evidence, marking
from content.quizzes.attempts import IN_PROGRESS, QuizAttempt
from content.quizzes.beginning import Turn
from content.quizzes.evidence import Stage
from content.quizzes.marking import Answer
from content.quizzes.paper import AS_WRITTEN, Asked, Layout
from content.quizzes.quizzes import Quiz
from content.quizzes.rules import Rules
from content.store import Store
from content.telling.outbox import Outbox, untold

GRACE: Final = timedelta(seconds=30)
"""How much later than the deadline answers may arrive: what a network takes."""


class Sheet(Struct, frozen=True, kw_only=True):
    """All answers at once: how long they took, how their questions had been laid out, and of which
    edition of the quiz they were, where that is known.
    """

    answers: tuple[Answer, ...]
    edition: int | None = None
    time_taken_seconds: int = 0
    layout: Layout = AS_WRITTEN


class Room(Struct, frozen=True, kw_only=True):
    """What attempts are kept in, judged by and told through."""

    store: Store
    progress: Progress
    outbox: Outbox


async def start(room: Room, quiz: Quiz, person: Person) -> QuizAttempt:
    """Start an attempt, or go on with the one that is open.

    Raises as `access.seat` does, and Refused (quiz_not_available), Conflict
    (quiz_attempts_exhausted).
    """
    store = room.store
    while True:
        turn = await beginning.turn(store, room.progress, quiz, person)
        if current := await _current(room, turn):
            return current
        attempt = await beginning.started(store, room.progress, turn)
        told = untold(evidence.begun(turn.stage, attempt))
        begun = await beginning.insert(store, structs.replace(attempt, untold=told))
        if begun is not None:
            await room.outbox.tell(begun)
            return begun


async def submit_at_once(room: Room, quiz: Quiz, person: Person, sheet: Sheet) -> QuizAttempt:
    """Take all answers in one go; where an attempt is open, they are its answers.

    Raises as `start` does, RuleBroken with each answer that cannot be read, and Conflict
    (attempt_not_started, quiz_changed, time_limit_exceeded).
    """
    store = room.store
    while True:
        turn = await beginning.turn(store, room.progress, quiz, person)
        if current := await _current(room, turn):
            return await submit(store, room.outbox, current, sheet.answers)
        if quiz.to_be_started:
            raise Conflict("attempt_not_started", f"{quiz.title} is to be started first.")
        if sheet.edition not in (None, quiz.edition):
            raise Conflict("quiz_changed", "The questions are others by now; look again.")
        attempt = await beginning.next_attempt(store, room.progress, turn, sheet.layout)
        _check_time(attempt.rules, sheet.time_taken_seconds)
        asked = attempts.asked(attempt, quiz.questions)
        lines = marking.filled_in(attempt.lines, marking.read(asked, sheet.answers))
        ended = attempt.started_at
        began = ended - timedelta(seconds=sheet.time_taken_seconds)
        attempt = structs.replace(attempt, lines=lines, started_at=began)
        attempt = _telling(turn.stage, marking.graded(attempt, asked, ended), asked, new=True)
        made = await beginning.insert(store, attempt)
        if made is not None:
            await room.outbox.tell(made)
            return made


async def save(store: Store, attempt: QuizAttempt, answers: Sequence[Answer]) -> QuizAttempt:
    """Keep answers of an attempt that is in progress.

    Raises RuleBroken, Conflict (attempt_submitted, time_limit_exceeded).
    """
    if attempt.open and _late(attempt, now()):
        raise Conflict("time_limit_exceeded", "The time of the attempt is over.")
    entries = marking.read(await attempts.paper_of(store, attempt), answers)
    marking.filled_in(attempt.lines, entries)
    fields = {f"lines.{index}.given": entry.given for index, entry in entries.items()}
    fields |= {
        f"lines.{index}.seconds": entry.seconds
        for index, entry in entries.items()
        if entry.seconds is not None
    }
    saved = await _change(store, attempt, {}, fields)
    if saved is None:
        raise Conflict("attempt_submitted", "The attempt was submitted.")
    return saved


async def submit(
    store: Store, outbox: Outbox, attempt: QuizAttempt, answers: Sequence[Answer] = ()
) -> QuizAttempt:
    """Submit an attempt with the last answers; one that was submitted stays as it is.

    Raises RuleBroken.
    """
    asked = await attempts.paper_of(store, attempt)
    stage = await stage_of(store, attempt)
    while attempt.open:
        moment = now()
        late = _late(attempt, moment)
        given = {} if late else marking.read(asked, answers)
        ended = attempt.deadline_at if late and attempt.deadline_at else moment
        ready = structs.replace(
            attempt, lines=marking.filled_in(attempt.lines, given), ended_by_deadline=late
        )
        done = await _submitted(store, stage, marking.graded(ready, asked, ended), asked)
        if done is not None:
            await outbox.tell(done)
            return done
        attempt = await attempts.get(store, attempt.organization_id, attempt.id)
    return attempt


async def stage_of(store: Store, attempt: QuizAttempt) -> Stage:
    """Whose attempt it is and at what. Raises NotFound."""
    organization_id = attempt.organization_id
    person = await people.get(store, organization_id, attempt.person_id)
    quiz = await store.of(Quiz).get(organization_id, attempt.quiz_id)
    if attempt.lesson_id is None or attempt.course_id is None:
        return Stage(person=person, quiz=quiz)
    lesson = await lessons.get(store, organization_id, attempt.lesson_id)
    course = await courses.get(store, organization_id, attempt.course_id)
    return Stage(person=person, quiz=quiz, lesson=lesson, course=course)


async def _current(room: Room, turn: Turn) -> QuizAttempt | None:
    """The attempt in progress; one that was reset is ended, for it counts no more."""
    attempt = turn.open
    if attempt is None or attempt in await beginning.not_reset(room.progress, turn):
        return attempt
    await submit(room.store, room.outbox, attempt)
    return None


def _check_time(rules: Rules, seconds: int) -> None:
    limit = rules.time_limit_minutes
    if limit is not None and seconds > limit * 60 + GRACE.total_seconds():
        detail = f"The quiz is to be taken within {limit} minutes."
        raise Conflict("time_limit_exceeded", detail)


def _late(attempt: QuizAttempt, moment: datetime) -> bool:
    return attempt.deadline_at is not None and moment > attempt.deadline_at + GRACE


def _telling(
    stage: Stage, attempt: QuizAttempt, asked: Sequence[Asked], *, new: bool
) -> QuizAttempt:
    """The attempt with all that is to be told of its submission; `new`: it was never started."""
    told = evidence.submitted(stage, attempt, asked)
    begun = evidence.begun(stage, attempt) if new else []
    waiting = untold((*begun, *told.statements), evidence.events(attempt, new=True))
    return structs.replace(attempt, said=told.said, untold=waiting)


async def _submitted(
    store: Store, stage: Stage, attempt: QuizAttempt, asked: Sequence[Asked]
) -> QuizAttempt | None:
    """Store an attempt as submitted; None where it was changed meanwhile."""
    told = _telling(stage, attempt, asked, new=False)
    names = ("lines", "status", "submitted_at", "ended_by_deadline", "time_taken_seconds")
    fields = {name: getattr(told, name) for name in (*names, "outcome", "said")}
    kept = to_builtins(fields, builtin_types=(datetime,))
    return await _change(store, attempt, {"version": attempt.version}, kept, told.untold)


async def _change(
    store: Store, attempt: QuizAttempt, where: Fields, fields: Fields, tell: Sequence[str] = ()
) -> QuizAttempt | None:
    """Change an attempt that is in progress; None where it is not, or is not as it was."""
    documents = store.of(QuizAttempt)
    query = {"organization_id": attempt.organization_id, "_id": attempt.id}
    found = await documents.collection.find_one_and_update(
        {**query, **where, "status": IN_PROGRESS},
        {
            "$set": {**fields, "updated_at": now()},
            "$push": {"untold": {"$each": list(tell)}},
            "$inc": {"version": 1},
        },
        return_document=ReturnDocument.AFTER,
    )
    return None if found is None else documents.decode(found)
