"""/question-bank: questions by category, type and tag; found, written, and put into quizzes."""

from dataclasses import dataclass

from aiohttp import web
from msgspec import to_builtins

from api.pages.desk import SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out
from api.pages.paging import page_asked, pages_of
from api.pages.quizzing import question_form
from api.pages.quizzing.editor import category_choices, draft_of, line, save
from api.pages.quizzing.question_form import CREDITED, TYPES
from api.permissions import Permission
from content.documents import Paging
from content.quizzes import quizzes
from content.quizzes.bank import questions as bank
from content.quizzes.bank.questions import BankFilter, BankQuestion, Entry
from content.quizzes.drafts import QuestionDraft

table = web.RouteTableDef()

ADDRESS = "/question-bank"
QUESTIONS_A_PAGE = 30
LONGEST = 200


@dataclass(frozen=True, slots=True)
class BankLine:
    """A question of the bank in the list."""

    id: str
    name: str
    type: str
    text: str
    points: str
    category: str
    tags: tuple[str, ...]


@table.get(ADDRESS)
async def bank_page(request: web.Request) -> web.Response:
    """Show the bank, or what is sought in it; `quiz` is where chosen questions go."""
    desk = await at_desk(request, Permission.QUIZZES_READ)
    kind = desk.asked("type")
    filters = BankFilter(
        category_id=desk.asked("category") or None,
        type=kind if kind in TYPES else None,
        tag=desk.asked("tag")[:LONGEST] or None,
        search=desk.asked("q")[:LONGEST] or None,
    )
    paging = Paging(page=page_asked(request), per_page=QUESTIONS_A_PAGE, sort="-created_at")
    found = await bank.find(desk.store, desk.organization_id, filters, paging)
    choices = await category_choices(desk, "All")
    quiz_id = desk.asked("quiz")
    return desk.show(
        "quizzing/bank.html",
        questions=[bank_line(each, dict(choices)) for each in found.items],
        pages=pages_of(request, found.page, found.total, QUESTIONS_A_PAGE),
        filters=filters,
        sought=any(to_builtins(filters).values()),
        categories=choices,
        types=TYPES,
        quiz=await quizzes.get(desk.store, desk.organization_id, quiz_id) if quiz_id else None,
    )


@table.post(ADDRESS + "/chosen")
async def put_into_quiz(request: web.Request) -> web.Response:
    """Put copies of the chosen questions at the end of a quiz."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    form = await request.post()
    quiz_id, chosen = str(form.get("quiz", "")), [str(each) for each in form.getall("chosen", ())]
    count = await copy_into(desk, quiz_id, chosen)
    told = "1 question is added." if count == 1 else f"{count} questions are added."
    return desk.go(f"/quizzes/{quiz_id}/edit", told)


@table.get(ADDRESS + "/questions/new")
async def new_question(request: web.Request) -> web.Response:
    """Show the form of a new question."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    kind = desk.asked("type")
    values = {
        "type": kind if kind in TYPES else "multiple_choice",
        "category_id": desk.asked("category"),
    }
    return await _form(desk, None, Form(values))


@table.post(ADDRESS + "/questions/new")
async def create_question(request: web.Request) -> web.Response:
    """Put a question into the bank."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    form, draft = await question_form.read(request)
    refused: Form | None = form
    if draft is not None:
        entry = _entry(form, draft)
        refused = await carried_out(form, bank.create(desk.store, desk.organization_id, entry))
    if refused is not None:
        return await _form(desk, None, _told(refused))
    await desk.audit("POST /questions")
    return desk.go(ADDRESS, SAVED)


@table.get(ADDRESS + "/questions/{question_id}")
async def question_page(request: web.Request) -> web.Response:
    """Show a question of the bank."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    question = await bank.get(desk.store, desk.organization_id, desk.named("question_id"))
    return await _form(desk, question, Form(_values(question)))


@table.post(ADDRESS + "/questions/{question_id}")
async def change_question(request: web.Request) -> web.Response:
    """Change a question; quizzes and attempts keep it as it was."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    store, organization_id = desk.store, desk.organization_id
    question_id = desk.named("question_id")
    form, draft = await question_form.read(request)
    refused: Form | None = form
    if draft is not None:
        entry, version = _entry(form, draft), form.value("version")
        given = to_builtins(draft)
        del given["id"]
        changes = {**given, "category_id": entry.category_id, "name": entry.name}
        expected = int(version) if version.isdecimal() else None
        change = bank.update(store, organization_id, question_id, changes, expected)
        refused = await carried_out(form, change)
    if refused is not None:
        question = await bank.get(store, organization_id, question_id)
        return await _form(desk, question, _told(refused).beside(_values(question)))
    await desk.audit("PATCH /questions/{question_id}", question_id)
    return desk.go(ADDRESS, SAVED)


@table.post(ADDRESS + "/questions/{question_id}/archive")
async def archive_question(request: web.Request) -> web.Response:
    """Take a question out of the bank."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    question_id = desk.named("question_id")
    await bank.archive(desk.store, desk.organization_id, question_id)
    await desk.audit("DELETE /questions/{question_id}", question_id)
    return desk.go(ADDRESS, "The question is taken out of the bank. Quizzes keep their copies.")


async def copy_into(desk: Desk, quiz_id: str, chosen: list[str]) -> int:
    """Put copies of questions of the bank at the end of a quiz; how many."""
    quiz = await quizzes.get(desk.store, desk.organization_id, quiz_id)
    found = [await bank.get(desk.store, desk.organization_id, each) for each in chosen]
    here = {each.id for each in quiz.questions}
    copies = [draft_of(each.question) for each in found if each.id not in here]
    if copies:
        await save(desk, quiz, [*map(draft_of, quiz.questions), *copies])
    return len(copies)


def bank_line(question: BankQuestion, paths: dict[str, str]) -> BankLine:
    """A question of the bank as a line."""
    shown = line(question.question)
    return BankLine(
        question.id,
        question.name,
        shown.type,
        shown.text if shown.text != question.name else "",
        shown.points,
        paths.get(question.category_id or "", "") if question.category_id else "",
        question.tags,
    )


def _entry(form: Form, draft: QuestionDraft) -> Entry:
    return Entry(
        draft=draft, category_id=form.value("category_id") or None, name=form.value("name")
    )


def _told(form: Form) -> Form:
    found = tuple(question_form.placed(form.findings, "question"))
    return Form(form.values, found, form.stale)


def _values(question: BankQuestion) -> dict[str, object]:
    values = question_form.values_of(bank.written(question))
    return {**values, "name": question.name, "category_id": question.category_id}


async def _form(desk: Desk, question: BankQuestion | None, form: Form) -> web.Response:
    kind = form.value("type")
    return desk.show(
        "quizzing/question.html",
        form.status,
        course=None,
        quiz=None,
        crumbs=[("Question bank", ADDRESS)],
        action=f"{ADDRESS}/questions/{question.id if question else 'new'}",
        back=ADDRESS,
        question=question,
        version=question.version if question else "",
        kind=kind,
        words=TYPES.get(kind, TYPES["multiple_choice"]),
        form=form,
        rows=question_form.rows(form, kind),
        credited=kind in CREDITED,
        categories=await category_choices(desk),
    )
