"""/quizzes: questions, and the rules by which they are answered.

Where a quiz is named by its id, the id of its lesson names it as well.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from msgspec import convert, to_builtins

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.questions import QuestionBody, QuestionView, views
from api.rest.route import RouteTable
from content.quizzes import access, disclosure, paper, quizzes
from content.quizzes.disclosure import ShowCorrectAnswers
from content.quizzes.paper import Layout
from content.quizzes.quizzes import Quiz, QuizChanges, QuizDraft, QuizFilter

table = RouteTable()

ENTRY = ("enrollment_required", "enrollment_expired", "prerequisite_not_met", "lesson_locked")


class PoolBody(Body):
    """`count` questions of a category of the question bank, with the tag where one is given.

    Each attempt draws its own; each is worth `points`.
    """

    category_id: str
    count: int
    points: float = 1.0
    tag: str | None = None


class QuizAttributes(Attributes):
    """A quiz. `edition` counts the versions of its questions.

    `questions` are null in lists, and for learners until they have started an attempt where that
    is required or the time is limited. Learners see no right answer here unless
    `show_correct_answers` is `always`.
    """

    type_name = "quiz"
    relationship_types = {"lesson": "lesson", "course": "course"}

    title: str
    description: str
    lesson_id: str | None
    course_id: str | None
    activity_id: str
    time_limit_minutes: int | None
    passing_score: float | None
    max_attempts: int | None
    shuffle_questions: bool
    shuffle_options: bool
    show_correct_answers: ShowCorrectAnswers
    available_from: datetime | None
    available_until: datetime | None
    start_required: bool
    completes_on: Literal["passing", "submission"]
    edition: int
    question_count: int
    total_points: float
    pools: list[PoolBody]
    questions: list[QuestionView] | None
    created_at: datetime
    updated_at: datetime


class NewQuiz(Draft):
    """A new quiz, of a lesson or by itself.

    Without `passing_score` (percent) nobody passes or fails. `completes_on` says what completes
    the lesson: a pass, where there is a passing score, or any submission.
    """

    title: str
    description: str = ""
    lesson_id: str | None = None
    time_limit_minutes: int | None = None
    passing_score: float | None = None
    max_attempts: int | None = None
    shuffle_questions: bool = False
    shuffle_options: bool = False
    show_correct_answers: ShowCorrectAnswers = "after_submission"
    available_from: datetime | None = None
    available_until: datetime | None = None
    start_required: bool = False
    completes_on: Literal["passing", "submission"] = "passing"
    questions: list[QuestionBody] = []
    pools: list[PoolBody] = []


class ChangedQuiz(Draft):
    """What may be changed; what is not given stays. `questions` are all of them, in order."""

    title: str = ""
    description: str = ""
    time_limit_minutes: int | None = None
    passing_score: float | None = None
    max_attempts: int | None = None
    shuffle_questions: bool = False
    shuffle_options: bool = False
    show_correct_answers: ShowCorrectAnswers = "after_submission"
    available_from: datetime | None = None
    available_until: datetime | None = None
    start_required: bool = False
    completes_on: Literal["passing", "submission"] = "passing"
    questions: list[QuestionBody] = []
    pools: list[PoolBody] = []


class QuizQuery(PageQuery):
    """Which quizzes."""

    lesson_id: str | None = None
    course_id: str | None = None
    sort: str | None = None


@table.route("GET", "/quizzes", permission=Permission.QUIZZES_READ)
async def list_quizzes(call: Call, query: QuizQuery) -> ResourcePage[QuizAttributes]:
    """List quizzes, without their questions."""
    filters = QuizFilter(lesson_id=query.lesson_id, course_id=query.course_id)
    page = paging(query, query.sort)
    found = await quizzes.find(call.services.content, call.organization_id, filters, page)
    return page_of(found, quiz_summary)


@table.route(
    "POST",
    "/quizzes",
    permission=Permission.QUIZZES_WRITE,
    status=201,
    errors=("lesson_not_found", "quiz_exists"),
)
async def create_quiz(call: Call, body: NewQuiz) -> Resource[QuizAttributes]:
    """Make a quiz with its questions."""
    draft = convert(body.model_dump(exclude_unset=True), QuizDraft)
    return _written(await quizzes.create(call.services.content, call.organization_id, draft))


@table.route(
    "GET",
    "/quizzes/{quiz_id}",
    permission=Permission.QUIZZES_TAKE,
    errors=("quiz_not_found", *ENTRY),
)
async def get_quiz(call: Call, quiz_id: str) -> Resource[QuizAttributes]:
    """Show a quiz: with the right answers to who may read them, else as it is to be answered."""
    quiz = await named_quiz(call, quiz_id)
    if call.principal.may(Permission.QUIZZES_READ):
        return _written(quiz)
    await access.seat(call.services.content, call.services.progress, quiz, call.principal.person)
    seen = _resource(quiz, _seen(quiz, call.principal.person.id))
    return replace(seen, version=None)


@table.route(
    "PATCH",
    "/quizzes/{quiz_id}",
    permission=Permission.QUIZZES_WRITE,
    errors=("quiz_not_found", "version_mismatch"),
)
async def update_quiz(call: Call, quiz_id: str, body: ChangedQuiz) -> Resource[QuizAttributes]:
    """Change a quiz. Other questions are its next edition; attempts keep theirs."""
    changes = convert(body.model_dump(exclude_unset=True), QuizChanges)
    version, store = expected_version(call.request), call.services.content
    return _written(await quizzes.update(store, call.organization_id, quiz_id, changes, version))


@table.route(
    "PUT",
    "/quizzes/{quiz_id}",
    permission=Permission.QUIZZES_WRITE,
    errors=("quiz_not_found", "lesson_not_found", "quiz_exists", "version_mismatch"),
)
async def put_quiz(call: Call, quiz_id: str, body: NewQuiz) -> Resource[QuizAttributes]:
    """Make a quiz as it is given; a lesson's id names its quiz, which is made if it has none."""
    draft = convert(body.model_dump(exclude_unset=True), QuizDraft)
    version, store = expected_version(call.request), call.services.content
    return _written(await quizzes.put(store, call.organization_id, quiz_id, draft, version))


@table.route(
    "DELETE",
    "/quizzes/{quiz_id}",
    permission=Permission.QUIZZES_WRITE,
    status=204,
    errors=("quiz_not_found", "version_mismatch"),
)
async def archive_quiz(call: Call, quiz_id: str) -> web.Response:
    """Take a quiz out of use; its attempts stay."""
    version = expected_version(call.request)
    await quizzes.archive(call.services.content, call.organization_id, quiz_id, version)
    return web.Response(status=204)


def quiz_summary(quiz: Quiz) -> Resource[QuizAttributes]:
    """The quiz as a resource without its questions."""
    return _resource(quiz, None)


async def named_quiz(call: Call, name: str) -> Quiz:
    """The quiz of this id, or of the lesson of this id. Raises NotFound."""
    return await quizzes.named(call.services.content, call.organization_id, name)


def own_layout(quiz: Quiz, person_id: str) -> Layout:
    """How somebody who may not see the right answers is shown a quiz beyond attempts."""
    return Layout(
        seed=f"{quiz.id}.{quiz.edition}.{person_id}",
        questions=quiz.rules.shuffle_questions,
        options=quiz.rules.shuffle_options,
    )


def _seen(quiz: Quiz, person_id: str) -> list[dict[str, Any]] | None:
    laid_out = paper.lay_out(quiz.questions, own_layout(quiz, person_id))
    if disclosure.beforehand(quiz.rules.show_correct_answers):
        return [paper.shown(each) | paper.revealed(each) for each in laid_out]
    if quiz.hidden_until_started or not access.is_open(quiz):
        return None
    return [paper.shown(each) for each in laid_out]


def _written(quiz: Quiz) -> Resource[QuizAttributes]:
    return _resource(quiz, [paper.written(each) for each in paper.lay_out(quiz.questions)])


def _resource(quiz: Quiz, questions: list[dict[str, Any]] | None) -> Resource[QuizAttributes]:
    attributes = QuizAttributes(
        **to_builtins(quiz.rules, builtin_types=(datetime,)),
        title=quiz.title,
        description=quiz.description,
        lesson_id=quiz.lesson_id,
        course_id=quiz.course_id,
        activity_id=quiz.activity_id,
        edition=quiz.edition,
        question_count=quiz.question_count,
        pools=[PoolBody(**to_builtins(each)) for each in quiz.pools],
        total_points=quiz.total_points,
        questions=None if questions is None else views(questions),
        created_at=quiz.created_at,
        updated_at=quiz.updated_at,
    )
    related = {"lesson": quiz.lesson_id, "course": quiz.course_id}
    return Resource(quiz.id, attributes, related, version=quiz.version)
