"""/courses/…/lessons: lessons are added, written, moved and taken out."""

from collections.abc import Mapping

from aiohttp import web
from msgspec import to_builtins

from api.pages.authoring import contents
from api.pages.authoring.modules import module_of, wanted_place
from api.pages.authoring.outline import KINDS, outline
from api.pages.desk import REMOVED, SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out, written
from api.pages.policies import attempts_of
from api.permissions import Permission
from api.rest.lessons import ChangedLesson, NewLesson
from content import files, sanitised
from content.courses import courses, modules
from content.errors import NotFound
from content.lessons import lessons
from content.lessons.lessons import Lesson, LessonChanges, LessonDraft
from content.quizzes import quizzes
from content.quizzes.quizzes import QuizDraft

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/lessons/{lesson_id}"


@table.post("/courses/{course_id}/modules/{module_id}/lessons")
async def create_lesson(request: web.Request) -> web.Response:
    """Add a lesson, and go on to where its content is written."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    module = await module_of(desk)
    sent = await written(desk, NewLesson, f"new-in-{module.id}")
    refused: Form | None = sent.form
    if sent.body is not None:
        if sent.body.content_type == "scorm":
            return desk.go(f"/courses/{module.course_id}/upload?module={module.id}")
        made: list[Lesson] = []
        draft = LessonDraft(title=sent.body.title, content_type=sent.body.content_type)

        async def create() -> None:
            made.append(await lessons.create(desk.store, desk.organization_id, module.id, draft))

        refused = await carried_out(sent.form, create())
    if refused is not None:
        course = await courses.get(desk.store, desk.organization_id, module.course_id)
        return await outline(desk, course, refused)
    await desk.audit("POST /modules/{module_id}/lessons", made[0].id)
    return desk.go(await _next(desk, made[0]), "The lesson is added.")


@table.get(ADDRESS + "/edit")
async def lesson_page(request: web.Request) -> web.Response:
    """Show what a lesson consists of."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    return await _form(desk, lesson, Form(to_builtins(lesson)))


@table.post(ADDRESS + "/edit")
async def change_lesson(request: web.Request) -> web.Response:
    """Change a lesson; or show its text as readers would see it, and change nothing."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    sent = await written(desk, ChangedLesson)
    refused: Form | None = sent.form
    if "preview" in await request.post():
        return await _form(desk, lesson, sent.form, shown=True)
    if sent.body is not None:
        fields = {name: getattr(sent.body, name) for name in sent.body.model_fields_set}
        content, wrong = contents.read(lesson.content_type, fields.pop("content", None))
        if content is not None:
            fields["content"] = content
        change = lessons.update(
            desk.store, desk.organization_id, lesson.id, LessonChanges(**fields), sent.version
        )
        refused = sent.form.wrong(wrong) if wrong else await carried_out(sent.form, change)
        if wrong:
            change.close()
    if refused is not None:
        return await _form(desk, await lesson_of(desk), refused)
    await desk.audit("PATCH /lessons/{lesson_id}", lesson.id)
    if "title_only" in await request.post():
        return desk.go(f"/courses/{lesson.course_id}/edit#{lesson.id}", "The new name is saved.")
    return desk.go(f"/courses/{lesson.course_id}/lessons/{lesson.id}/edit", SAVED)


@table.post(ADDRESS + "/move")
async def move_lesson(request: web.Request) -> web.Response:
    """Put a lesson one place up or down, into the next module where its own ends; or at a
    position of a module.
    """
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    form = {name: str(value) for name, value in (await request.post()).items()}
    module_id, place = await _goal(desk, lesson, form)
    await lessons.move(desk.store, desk.organization_id, lesson.id, module_id, place + 1)
    await desk.audit("POST /lessons/{lesson_id}/move", lesson.id)
    return desk.go(f"/courses/{lesson.course_id}/edit#{lesson.id}", "The new order is saved.")


@table.post(ADDRESS + "/archive")
async def archive_lesson(request: web.Request) -> web.Response:
    """Take a lesson out of its course."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    await lessons.archive(desk.store, desk.organization_id, lesson.id)
    await desk.audit("DELETE /lessons/{lesson_id}", lesson.id)
    return desk.go(f"/courses/{lesson.course_id}/edit", REMOVED)


async def lesson_of(desk: Desk) -> Lesson:
    """The lesson of the address, of the course of the address. Raises NotFound."""
    sought = desk.named("lesson_id")
    lesson = await lessons.get(desk.store, desk.organization_id, sought)
    if lesson.course_id != desk.named("course_id") or lesson.archived_at is not None:
        raise NotFound("lesson", sought)
    return lesson


async def _next(desk: Desk, lesson: Lesson) -> str:
    """Where the content of a new lesson is written."""
    if lesson.content_type == "quiz":
        draft = QuizDraft(title=lesson.title, lesson_id=lesson.id)
        quiz = await quizzes.create(desk.store, desk.organization_id, draft)
        return f"/quizzes/{quiz.id}/edit"
    if lesson.content_type == "assignment":
        return f"/courses/{lesson.course_id}/lessons/{lesson.id}/assignment"
    return f"/courses/{lesson.course_id}/lessons/{lesson.id}/edit"


async def _goal(desk: Desk, lesson: Lesson, form: Mapping[str, str]) -> tuple[str, int]:
    """The module and the place in it, from 0, that a move asks for."""
    store, organization_id = desk.store, desk.organization_id
    if form.get("module_id"):
        return form["module_id"], wanted_place(0, "", form.get("position", ""))
    chapters = [each.id for each in await modules.within(store, organization_id, lesson.course_id)]
    found = [each.id for each in await lessons.within(store, organization_id, lesson.module_id)]
    own = chapters.index(lesson.module_id)
    place = wanted_place(found.index(lesson.id), form.get("direction", ""), "")
    if place < 0 and own > 0:
        before = await lessons.within(store, organization_id, chapters[own - 1])
        return chapters[own - 1], len(before)
    if place >= len(found) and own + 1 < len(chapters):
        return chapters[own + 1], 0
    return lesson.module_id, max(0, place)


async def _form(desk: Desk, lesson: Lesson, form: Form, *, shown: bool = False) -> web.Response:
    store, organization_id = desk.store, desk.organization_id
    theirs = to_builtins(lesson)
    found = await lessons.of_course(store, organization_id, lesson.course_id)
    quiz = await quizzes.of_lesson(store, organization_id, lesson.id)
    return desk.show(
        "authoring/lesson.html",
        form.status,
        course=await courses.get(store, organization_id, lesson.course_id),
        lesson=lesson,
        kind=KINDS[lesson.content_type],
        form=form.beside(theirs),
        attempts=attempts_of(lesson),
        others=[each for each in found if each.id != lesson.id],
        file=await files.shown_in(store, organization_id, theirs["content"]),
        quiz=quiz,
        preview=sanitised.clean(form.value("content/html")) if shown else None,
    )
