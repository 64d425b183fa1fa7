"""/quizzes/…/questions: a question of a quiz is written, of any of the eight types."""

from aiohttp import web

from api.pages.desk import SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out
from api.pages.quizzing import question_form
from api.pages.quizzing.editor import draft_of, save
from api.pages.quizzing.question_form import CREDITED, TYPES
from api.permissions import Permission
from content.courses import courses
from content.errors import NotFound
from content.quizzes import paper, quizzes
from content.quizzes.bank import questions as bank
from content.quizzes.bank.questions import Entry
from content.quizzes.questions import AnyQuestion
from content.quizzes.quizzes import Quiz

table = web.RouteTableDef()

ADDRESS = "/quizzes/{quiz_id}/questions"


@table.get(ADDRESS + "/new")
async def new_question(request: web.Request) -> web.Response:
    """Show the form of a new question of the type that is asked for."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    kind = desk.asked("type")
    return await _form(
        desk, quiz, None, Form({"type": kind if kind in TYPES else "multiple_choice"})
    )


@table.post(ADDRESS + "/new")
async def add_question(request: web.Request) -> web.Response:
    """Add a question at the end of a quiz."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    form, draft = await question_form.read(request)
    refused: Form | None = form
    if draft is not None:
        drafts = [*map(draft_of, quiz.questions), draft]
        refused = await carried_out(form, save(desk, quiz, drafts, _version(form)))
    if refused is not None:
        return await _refused(desk, None, refused, len(quiz.questions))
    return await _onward(desk, quiz, form)


@table.get(ADDRESS + "/{question_id}")
async def question_page(request: web.Request) -> web.Response:
    """Show a question to who writes it."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    question = quiz.questions[_place(quiz, desk.named("question_id"))]
    return await _form(desk, quiz, question, Form(_values(question)))


@table.post(ADDRESS + "/{question_id}")
async def change_question(request: web.Request) -> web.Response:
    """Change a question; attempts keep it as it was."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    place = _place(quiz, desk.named("question_id"))
    form, draft = await question_form.read(request)
    refused: Form | None = form
    if draft is not None:
        drafts = [draft_of(each) for each in quiz.questions]
        drafts[place] = draft
        refused = await carried_out(form, save(desk, quiz, drafts, _version(form)))
    if refused is not None:
        return await _refused(desk, quiz.questions[place], refused, place)
    return await _onward(desk, quiz, form)


@table.post(ADDRESS + "/{question_id}/bank")
async def keep_in_bank(request: web.Request) -> web.Response:
    """Put a copy of a quiz's question into the bank."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    question = quiz.questions[_place(quiz, desk.named("question_id"))]
    kept = await bank.create(desk.store, desk.organization_id, Entry(draft=draft_of(question)))
    await desk.audit("POST /questions", kept.id)
    return desk.go(f"/quizzes/{quiz.id}/edit", "A copy of the question is in the bank.")


async def _onward(desk: Desk, quiz: Quiz, form: Form) -> web.Response:
    """Back to the quiz, or on to another question of the same type."""
    if form.value("another"):
        kind = form.value("type")
        return desk.go(f"/quizzes/{quiz.id}/questions/new?type={kind}", SAVED)
    return desk.go(f"/quizzes/{quiz.id}/edit", SAVED)


async def _refused(
    desk: Desk, question: AnyQuestion | None, form: Form, place: int
) -> web.Response:
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    found = question_form.placed(form.findings, f"questions/{place}")
    told = Form(form.values, tuple(found), form.stale)
    if question is not None and form.stale:
        now = next((each for each in quiz.questions if each.id == question.id), None)
        told = told.beside(_values(now) if now else {})
    return await _form(desk, quiz, question, told)


def _place(quiz: Quiz, question_id: str) -> int:
    for place, each in enumerate(quiz.questions):
        if each.id == question_id:
            return place
    raise NotFound("question", question_id)


def _version(form: Form) -> int | None:
    written = form.value("version")
    return int(written) if written.isdecimal() else None


def _values(question: AnyQuestion) -> dict[str, object]:
    return question_form.values_of(paper.written(paper.Asked(0, question, ())))


async def _form(desk: Desk, quiz: Quiz, question: AnyQuestion | None, form: Form) -> web.Response:
    kind = form.value("type")
    course = None
    if quiz.course_id:
        course = await courses.get(desk.store, desk.organization_id, quiz.course_id)
    return desk.show(
        "quizzing/question.html",
        form.status,
        course=course,
        quiz=quiz,
        crumbs=[(quiz.title, f"/quizzes/{quiz.id}/edit")],
        action=f"/quizzes/{quiz.id}/questions/{question.id if question else 'new'}",
        back=f"/quizzes/{quiz.id}/edit",
        question=question,
        version=quiz.version,
        kind=kind,
        words=TYPES.get(kind, TYPES["multiple_choice"]),
        form=form,
        rows=question_form.rows(form, kind),
        credited=kind in CREDITED,
        categories=None,
    )
