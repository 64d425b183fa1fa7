"""/quizzes/…/edit: the questions of a quiz in their order, its pools and its rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from msgspec import convert, to_builtins

from api.pages.desk import REMOVED, SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out, written
from api.pages.quizzing.question_form import TYPES
from api.pages.wording import number
from api.permissions import Permission
from api.rest.quizzes import ChangedQuiz
from content import category_tree
from content.courses import courses
from content.quizzes import paper, quizzes
from content.quizzes.bank import categories
from content.quizzes.drafts import QuestionDraft
from content.quizzes.markup import plain
from content.quizzes.questions import AnyQuestion, type_of
from content.quizzes.quizzes import Quiz, QuizChanges, QuizDraft

table = web.RouteTableDef()

ADDRESS = "/quizzes/{quiz_id}"
LONGEST_SHOWN = 160
DISCLOSURES = (
    ("after_submission", "Once it is submitted"),
    ("after_passing", "Once it is passed"),
    ("after_due", "Once the quiz has closed"),
    ("always", "Always, even before"),
    ("never", "Never"),
)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the list."""

    id: str
    type: str
    text: str
    points: str


@table.post("/quizzes/new")
async def new_quiz(request: web.Request) -> web.Response:
    """Make the quiz of a lesson that has none."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    form = await request.post()
    title, lesson_id = str(form.get("title", "")).strip(), str(form.get("lesson_id", ""))
    draft = QuizDraft(title=title or "Quiz", lesson_id=lesson_id or None)
    quiz = await quizzes.create(desk.store, desk.organization_id, draft)
    await desk.audit("POST /quizzes", quiz.id)
    return desk.go(f"/quizzes/{quiz.id}/edit")


@table.get(ADDRESS + "/edit")
async def editor(request: web.Request) -> web.Response:
    """Show a quiz to who writes it."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    return await shown(desk, quiz, Form(_values(quiz), zone=desk.zone))


@table.post(ADDRESS + "/edit")
async def change_quiz(request: web.Request) -> web.Response:
    """Change what a quiz is called, its rules and its pools."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz_id = desk.named("quiz_id")
    sent = await written(desk, ChangedQuiz)
    refused: Form | None = sent.form
    if sent.body is not None:
        changes = convert(sent.body.model_dump(exclude_unset=True), QuizChanges)
        change = quizzes.update(desk.store, desk.organization_id, quiz_id, changes, sent.version)
        refused = await carried_out(sent.form, change)
    if refused is not None:
        quiz = await quizzes.get(desk.store, desk.organization_id, quiz_id)
        return await shown(desk, quiz, refused)
    await desk.audit("PATCH /quizzes/{quiz_id}", quiz_id)
    return desk.go(f"/quizzes/{quiz_id}/edit", SAVED)


@table.post(ADDRESS + "/questions/{question_id}/move")
async def move_question(request: web.Request) -> web.Response:
    """Put a question one place up or down, or at a position."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    form, question_id = await request.post(), desk.named("question_id")
    place = next((i for i, each in enumerate(quiz.questions) if each.id == question_id), None)
    if place is not None:
        kept = [each for each in quiz.questions if each.id != question_id]
        step = {"up": -1, "down": 1}.get(str(form.get("direction", "")), 0)
        position = str(form.get("position", ""))
        wanted = int(position[:6]) - 1 if position.isdecimal() else place + step
        kept.insert(max(0, wanted), quiz.questions[place])
        await save(desk, quiz, [draft_of(each) for each in kept])
    return desk.go(f"/quizzes/{quiz.id}/edit#{question_id}")


@table.post(ADDRESS + "/questions/{question_id}/remove")
async def remove_question(request: web.Request) -> web.Response:
    """Take a question out of a quiz; attempts keep it."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    kept = [draft_of(each) for each in quiz.questions if each.id != desk.named("question_id")]
    await save(desk, quiz, kept)
    return desk.go(f"/quizzes/{quiz.id}/edit", REMOVED.replace("course", "quiz"))


def draft_of(question: AnyQuestion) -> QuestionDraft:
    """A question as the draft that makes it again."""
    fields = paper.written(paper.Asked(0, question, ()))
    del fields["index"]
    return convert(fields, QuestionDraft)


async def save(
    desk: Desk, quiz: Quiz, drafts: Sequence[QuestionDraft], version: int | None = None
) -> None:
    """Give a quiz these questions. Raises RuleBroken, VersionMismatch."""
    changes = QuizChanges(questions=tuple(drafts))
    expected = quiz.version if version is None else version
    await quizzes.update(desk.store, desk.organization_id, quiz.id, changes, expected)
    await desk.audit("PATCH /quizzes/{quiz_id}", quiz.id)


async def category_choices(desk: Desk, none: str = "None") -> list[tuple[str, str]]:
    """The bank's categories by their path, for a list to choose from."""
    known = await categories.everything(desk.store, desk.organization_id)
    paths = {each.id: category_tree.path(known, each.id) for each in known}
    choices = [(each, " / ".join(one.name for one in path)) for each, path in paths.items()]
    return [("", none), *sorted(choices, key=lambda each: each[1].casefold())]


def line(question: AnyQuestion) -> QuestionLine:
    """A question as a line."""
    text = plain(question.question)
    if len(text) > LONGEST_SHOWN:
        text = text[:LONGEST_SHOWN].rstrip() + "…"
    return QuestionLine(
        question.id, TYPES[type_of(question)][0], text or "(a picture)", number(question.points)
    )


async def shown(desk: Desk, quiz: Quiz, form: Form) -> web.Response:
    """The editor's page."""
    course = None
    if quiz.course_id:
        course = await courses.get(desk.store, desk.organization_id, quiz.course_id)
    return desk.show(
        "quizzing/editor.html",
        form.status,
        quiz=quiz,
        course=course,
        questions=[line(each) for each in quiz.questions],
        total=number(quiz.total_points),
        types=TYPES,
        form=form.beside(_values(quiz)),
        pool_rows=len(form.entries("pools")) + 1,
        categories=await category_choices(desk),
        disclosures=DISCLOSURES,
    )


def _values(quiz: Quiz) -> Mapping[str, Any]:
    rules = quiz.rules
    opens = {"available_from": rules.available_from, "available_until": rules.available_until}
    return {**to_builtins(quiz.rules), **to_builtins(quiz), **opens}
