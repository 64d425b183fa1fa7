"""Attempts at quizzes: started or submitted at once, saved, graded by people."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Body, PageQuery
from api.rest.call import Call
from api.rest.documents import Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.quiz_attempt_resource import QuizAttemptAttributes, attempt_resource
from api.rest.quizzes import ENTRY, named_quiz, own_layout
from api.rest.route import RouteTable
from content.people import people
from content.people.people import Person
from content.quizzes import attempts, disclosure, review, taking
from content.quizzes.attempts import AttemptFilter, QuizAttempt
from content.quizzes.marking import Answer
from content.quizzes.paper import AS_WRITTEN
from content.quizzes.quizzes import Quiz
from content.quizzes.taking import Room, Sheet
from content.store import Store

table = RouteTable()

ADMITTANCE = (
    "quiz_not_found",
    *ENTRY,
    "quiz_not_available",
    "quiz_attempts_exhausted",
)


class AnswerBody(Body):
    """An answer to the question of an index or an id; null takes an answer back.

    Options and items are named by their index as they were shown to who sends this, or by id.
    multiple_choice: one; multiple_answer: a list; true_false: true or false; fill_blank: a text, or
    a list, one for each blank; matching: [[left, right], ...]; ordering: a list in order; numeric:
    a number, or a text with its unit; essay: a text.
    """

    question_index: int | None = Field(None, ge=0)
    question_id: str | None = None
    answer: Any = None
    time_spent_seconds: float | None = Field(None, ge=0, le=1_000_000, allow_inf_nan=False)


class SheetBody(Body):
    """All answers at once; `user_id` for those who may grade and record somebody else's.

    With the `edition` that was shown, answers to questions that were changed since are refused.
    """

    user_id: str | None = None
    edition: int | None = None
    answers: list[AnswerBody]
    time_taken_seconds: int = Field(0, ge=0, le=10_000_000)


class StartBody(Body):
    """Whose attempt it is: one's own, unless one may grade."""

    user_id: str | None = None


class AnswersBody(Body):
    """Answers; those that are not given stay as they were saved."""

    answers: list[AnswerBody] = []


class GradeBody(Body):
    """What a person gives for an answer."""

    question_index: int = Field(ge=0)
    points_earned: float = Field(allow_inf_nan=False)
    feedback: str = ""


class AttemptQuery(PageQuery):
    """Which attempts; `pending_review` for those that wait for a person."""

    user_id: str | None = None
    status: Literal["in_progress", "submitted"] | None = None
    pending_review: bool = False
    sort: str | None = None


class AllAttemptsQuery(AttemptQuery):
    """Which attempts, of whichever quiz."""

    quiz_id: str | None = None


@table.route(
    "POST",
    "/quizzes/{quiz_id}/attempts",
    permission=Permission.QUIZZES_TAKE,
    status=201,
    errors=(
        *ADMITTANCE,
        "user_not_found",
        "attempt_not_started",
        "quiz_changed",
        "time_limit_exceeded",
    ),
    limit="quizzes",
)
async def submit_attempt(
    call: Call, quiz_id: str, body: SheetBody
) -> Resource[QuizAttemptAttributes]:
    """Submit all answers in one go; where an attempt was started, they are its answers."""
    quiz = await named_quiz(call, quiz_id)
    own = call.principal.person.id
    author = call.principal.may(Permission.QUIZZES_READ)
    sheet = Sheet(
        answers=_answers(body.answers),
        edition=body.edition,
        time_taken_seconds=body.time_taken_seconds,
        layout=AS_WRITTEN if author else own_layout(quiz, own),
    )
    person = await _taker(call, body.user_id)
    attempt = await taking.submit_at_once(_room(call), quiz, person, sheet)
    return await _shown(call, attempt, quiz)


@table.route(
    "POST",
    "/quizzes/{quiz_id}/attempts/start",
    permission=Permission.QUIZZES_TAKE,
    status=201,
    errors=(*ADMITTANCE, "user_not_found"),
    limit="quizzes",
)
async def start_attempt(
    call: Call, quiz_id: str, body: StartBody
) -> Resource[QuizAttemptAttributes]:
    """Start an attempt, or go on with the one that is open."""
    quiz = await named_quiz(call, quiz_id)
    person = await _taker(call, body.user_id)
    return await _shown(call, await taking.start(_room(call), quiz, person), quiz)


@table.route(
    "GET",
    "/quizzes/{quiz_id}/attempts",
    permission=Permission.QUIZZES_TAKE,
    errors=("quiz_not_found",),
)
async def list_attempts_of_quiz(
    call: Call, quiz_id: str, query: AttemptQuery
) -> ResourcePage[QuizAttemptAttributes]:
    """List the attempts at a quiz; learners see their own."""
    quiz = await named_quiz(call, quiz_id)
    return await _page(call, query, quiz.id)


@table.route("GET", "/quiz-attempts", permission=Permission.QUIZZES_TAKE)
async def list_quiz_attempts(
    call: Call, query: AllAttemptsQuery
) -> ResourcePage[QuizAttemptAttributes]:
    """List attempts at all quizzes, such as those that wait for a review."""
    return await _page(call, query, query.quiz_id)


@table.route(
    "GET",
    "/quiz-attempts/{attempt_id}",
    permission=Permission.QUIZZES_TAKE,
    errors=("quiz_attempt_not_found",),
)
async def get_quiz_attempt(call: Call, attempt_id: str) -> Resource[QuizAttemptAttributes]:
    """Show an attempt with its questions, answers and results."""
    return await _shown(call, await _visible(call, attempt_id))


@table.route(
    "PATCH",
    "/quiz-attempts/{attempt_id}",
    permission=Permission.QUIZZES_TAKE,
    errors=("quiz_attempt_not_found", "attempt_submitted", "time_limit_exceeded"),
    audited=False,
)
async def save_answers(
    call: Call, attempt_id: str, body: AnswersBody
) -> Resource[QuizAttemptAttributes]:
    """Save answers of an attempt in progress."""
    attempt = await _visible(call, attempt_id)
    saved = await taking.save(call.services.content, attempt, _answers(body.answers))
    return await _shown(call, saved)


@table.route(
    "POST",
    "/quiz-attempts/{attempt_id}/submit",
    permission=Permission.QUIZZES_TAKE,
    errors=("quiz_attempt_not_found",),
    limit="quizzes",
)
async def submit_started_attempt(
    call: Call, attempt_id: str, body: AnswersBody
) -> Resource[QuizAttemptAttributes]:
    """Submit an attempt, with its last answers where there are any."""
    services, attempt = call.services, await _visible(call, attempt_id)
    answers = _answers(body.answers)
    return await _shown(
        call, await taking.submit(services.content, services.outbox, attempt, answers)
    )


@table.route(
    "PATCH",
    "/attempts/{attempt_id}/grade",
    permission=Permission.QUIZZES_GRADE,
    errors=("quiz_attempt_not_found", "attempt_in_progress"),
)
async def grade_attempt(
    call: Call, attempt_id: str, body: GradeBody
) -> Resource[QuizAttemptAttributes]:
    """Grade an answer, or grade it again; the score and what it tells follow."""
    services, by = call.services, call.principal.person
    attempt = await attempts.get(services.content, call.organization_id, attempt_id)
    graded = await review.grade(
        services.content,
        services.outbox,
        attempt,
        by,
        body.question_index,
        body.points_earned,
        body.feedback,
    )
    return await _shown(call, graded)


def _room(call: Call) -> Room:
    services = call.services
    return Room(store=services.content, progress=services.progress, outbox=services.outbox)


def _answers(given: Sequence[AnswerBody]) -> tuple[Answer, ...]:
    return tuple(Answer(**each.model_dump()) for each in given)


async def _taker(call: Call, user_id: str | None) -> Person:
    """Whose attempt it is. Raises ProblemRaised (403), NotFound."""
    own = call.principal.person
    if user_id in (None, own.id):
        return own
    call.require(Permission.QUIZZES_GRADE)
    return await people.get(call.services.content, call.organization_id, user_id or "")


async def _visible(call: Call, attempt_id: str) -> QuizAttempt:
    """The attempt, if it is one's own or one may read all. Raises NotFound, ProblemRaised."""
    attempt = await attempts.get(call.services.content, call.organization_id, attempt_id)
    call.own_or(Permission.QUIZZES_READ, attempt.person_id)
    return attempt


async def _page(
    call: Call, query: AttemptQuery, quiz_id: str | None
) -> ResourcePage[QuizAttemptAttributes]:
    filters = AttemptFilter(
        quiz_id=quiz_id,
        person_id=call.own_or(Permission.QUIZZES_READ, query.user_id),
        status=query.status,
        pending_review=query.pending_review,
    )
    store, page = call.services.content, paging(query, query.sort)
    found = await attempts.find(store, call.organization_id, filters, page)
    return page_of(found, lambda attempt: attempt_resource(attempt, None, told=False))


async def _shown(
    call: Call, attempt: QuizAttempt, quiz: Quiz | None = None
) -> Resource[QuizAttemptAttributes]:
    store: Store = call.services.content
    quiz = quiz or await store.of(Quiz).get(call.organization_id, attempt.quiz_id)
    asked = await attempts.paper_of(store, attempt, quiz)
    told = call.principal.may(Permission.QUIZZES_READ) or disclosure.afterwards(
        quiz.rules.show_correct_answers,
        submitted=not attempt.open,
        passed=attempt.outcome.passed is True,
        due_at=quiz.rules.available_until,
    )
    return attempt_resource(attempt, asked, told=told)
