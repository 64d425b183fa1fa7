"""/question-bank/import and /export: questions in and out of other platforms' files."""

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form
from api.pages.quizzing.bank import copy_into
from api.pages.quizzing.editor import category_choices
from api.permissions import Permission
from api.rest.question_bank import FILES
from content.findings import Finding
from content.quizzes import quizzes
from content.quizzes.bank import transfer
from content.quizzes.bank.questions import BankFilter
from content.quizzes.bank.transfer import Format, Report
from content.quizzes.exchange import gift_writer, moodle_writer
from content.quizzes.exchange.xml_document import LARGEST
from content.quizzes.markup import plain

table = web.RouteTableDef()

ADDRESS = "/question-bank"
FORMATS: dict[str, Format] = {"gift": "gift", "moodle_xml": "moodle_xml"}
LONGEST_NAME = 100


@table.get(ADDRESS + "/import")
async def import_page(request: web.Request) -> web.Response:
    """Show the form that takes a file."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    return await _page(desk, Form({"quiz": desk.asked("quiz")}))


@table.post(ADDRESS + "/import")
async def import_questions(request: web.Request) -> web.Response:
    """Put a file's questions into the bank, and into a quiz where one is named; show the report."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    sent = await request.post()
    form = Form({name: text for name, text in sent.items() if isinstance(text, str)})
    file = sent.get("file")
    document = file.file.read(LARGEST + 1) if isinstance(file, web.FileField) else b""
    if not document:
        return await _page(desk, form.wrong([Finding(where="file", detail="is required")]))
    if len(document) > LARGEST:
        detail = f"must have at most {LARGEST // 2**20} MB"
        return await _page(desk, form.wrong([Finding(where="file", detail=detail)]))
    kind = FORMATS.get(form.value("format")) or _guessed(document)
    category_id = form.value("category_id") or None
    report = await transfer.bring_in(desk.store, desk.organization_id, kind, document, category_id)
    await desk.audit("POST /question-bank/import", *report.question_ids[:20])
    if quiz_id := form.value("quiz"):
        await copy_into(desk, quiz_id, list(report.question_ids))
    return await _page(desk, form, report)


@table.get(ADDRESS + "/export")
async def export_bank(request: web.Request) -> web.Response:
    """Send the questions of a category, or all, as a file."""
    desk = await at_desk(request, Permission.QUIZZES_READ)
    kind = FORMATS.get(desk.asked("format"), "gift")
    filters = BankFilter(category_id=desk.asked("category") or None)
    return _file(await transfer.take_out(desk.store, desk.organization_id, kind, filters), kind)


@table.get("/quizzes/{quiz_id}/export")
async def export_quiz(request: web.Request) -> web.Response:
    """Send a quiz's own questions as a file."""
    desk = await at_desk(request, Permission.QUIZZES_READ)
    quiz = await quizzes.get(desk.store, desk.organization_id, desk.named("quiz_id"))
    kind = FORMATS.get(desk.asked("format"), "gift")
    filed = [
        (plain(each.question)[:LONGEST_NAME] or each.id, (quiz.title,), each)
        for each in quiz.questions
    ]
    if kind == "gift":
        return _file(gift_writer.write(filed).encode(), kind)
    return _file(moodle_writer.write(filed), kind)


def _guessed(document: bytes) -> Format:
    """Moodle's files begin as XML does."""
    return "moodle_xml" if document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "gift"


def _file(body: bytes, kind: Format) -> web.Response:
    name, media = FILES[kind]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=media, charset="utf-8", headers=headers)


async def _page(desk: Desk, form: Form, report: Report | None = None) -> web.Response:
    quiz_id = form.value("quiz")
    return desk.show(
        "quizzing/import.html",
        form.status,
        form=form,
        report=report,
        categories=await category_choices(desk),
        quiz=await quizzes.get(desk.store, desk.organization_id, quiz_id) if quiz_id else None,
    )
