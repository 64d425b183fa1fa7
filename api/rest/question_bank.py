"""/questions: the bank that quizzes draw from, in and out of other platforms' files."""

from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from msgspec import convert
from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.problems import Finding, refuse
from api.rest.questions import Kind, QuestionBody, QuestionView
from api.rest.route import RouteTable
from content.quizzes.bank import questions as bank
from content.quizzes.bank import transfer
from content.quizzes.bank.questions import BankFilter, BankQuestion, Entry
from content.quizzes.bank.transfer import Format
from content.quizzes.drafts import QuestionDraft
from content.quizzes.exchange.xml_document import LARGEST

table = RouteTable()

MEDIA_TYPES = ("text/plain", "text/x-gift", "application/xml", "text/xml")
FILES = {"gift": ("questions.gift", "text/plain"), "moodle_xml": ("questions.xml", "text/xml")}


class BankQuestionAttributes(Attributes):
    """A question of the bank, right answers included."""

    type_name = "question"
    relationship_types = {"category": "question_category"}

    name: str
    category_id: str | None
    question: QuestionView
    created_at: datetime
    updated_at: datetime


class NewBankQuestion(Draft):
    """A new question; without a name it goes by its text."""

    question: QuestionBody
    category_id: str | None = Field(None, max_length=100)
    name: str = ""


class ChangedQuestion(QuestionBody):
    """Fields of a question that are to be others; with another type, the old type's are gone."""

    type: Kind = "essay"
    question: str = ""


class ChangedBankQuestion(Draft):
    """What may be changed; what is not given stays."""

    question: ChangedQuestion = ChangedQuestion()
    category_id: str | None = Field(None, max_length=100)
    name: str = ""


class BankQuery(PageQuery):
    """Which questions: a category stands for those below it too; each word of `q` must begin a
    word of the name, the text or a tag.
    """

    category_id: str | None = None
    type: Kind | None = None
    tag: str | None = None
    q: str | None = Field(None, max_length=200)
    sort: str | None = None


class RemarkView(BaseModel):
    """`error`: a question was left out; `warning`: it was taken, and something of it was not."""

    model_config = ConfigDict(from_attributes=True)

    line: int
    severity: Literal["error", "warning"]
    detail: str
    name: str


class ImportReport(BaseModel):
    """What came of a file."""

    imported: int
    question_ids: list[str]
    remarks: list[RemarkView]


class ImportQuery(Query):
    """The file's format, and the category below which its categories are put."""

    format: Format
    category_id: str | None = None


class ExportQuery(Query):
    """The file's format, and which questions."""

    format: Format
    category_id: str | None = None
    type: Kind | None = None
    tag: str | None = None


@table.route("GET", "/questions", permission=Permission.QUIZZES_READ)
async def list_questions(call: Call, query: BankQuery) -> ResourcePage[BankQuestionAttributes]:
    """List and search the questions of the bank."""
    filters = BankFilter(
        category_id=query.category_id, type=query.type, tag=query.tag, search=query.q
    )
    store, page = call.services.content, paging(query, query.sort)
    return page_of(await bank.find(store, call.organization_id, filters, page), _question)


@table.route(
    "POST",
    "/questions",
    permission=Permission.QUIZZES_WRITE,
    status=201,
    errors=("question_category_not_found",),
)
async def create_question(call: Call, body: NewBankQuestion) -> Resource[BankQuestionAttributes]:
    """Put a question into the bank."""
    draft = convert(body.question.model_dump(exclude_unset=True), QuestionDraft)
    entry = Entry(draft=draft, category_id=body.category_id, name=body.name)
    return _question(await bank.create(call.services.content, call.organization_id, entry))


@table.route(
    "GET",
    "/questions/{question_id}",
    permission=Permission.QUIZZES_READ,
    errors=("bank_question_not_found",),
)
async def get_question(call: Call, question_id: str) -> Resource[BankQuestionAttributes]:
    """Show a question of the bank."""
    return _question(await bank.get(call.services.content, call.organization_id, question_id))


@table.route(
    "PATCH",
    "/questions/{question_id}",
    permission=Permission.QUIZZES_WRITE,
    errors=("bank_question_not_found", "question_category_not_found", "version_mismatch"),
)
async def update_question(
    call: Call, question_id: str, body: ChangedBankQuestion
) -> Resource[BankQuestionAttributes]:
    """Change a question; attempts that drew it keep it as it was."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    changes = {**given.pop("question", {}), **given}
    store, version = call.services.content, expected_version(call.request)
    return _question(await bank.update(store, call.organization_id, question_id, changes, version))


@table.route(
    "DELETE",
    "/questions/{question_id}",
    permission=Permission.QUIZZES_WRITE,
    status=204,
    errors=("bank_question_not_found", "version_mismatch"),
)
async def archive_question(call: Call, question_id: str) -> web.Response:
    """Take a question out of the bank."""
    version = expected_version(call.request)
    await bank.archive(call.services.content, call.organization_id, question_id, version)
    return web.Response(status=204)


@table.route(
    "POST",
    "/question-bank/import",
    permission=Permission.QUIZZES_WRITE,
    errors=("question_category_not_found", "unsupported_media_type", "too_large"),
    upload=True,
    takes=MEDIA_TYPES,
    limit="uploads",
)
async def import_questions(call: Call, query: ImportQuery) -> ImportReport:
    """Import a GIFT or Moodle XML file: what is sound is taken, of the rest it is said why not."""
    if call.request.content_type not in MEDIA_TYPES:
        finding = Finding(f"must be {' or '.join(MEDIA_TYPES)}", "Content-Type", "header")
        raise refuse(415, "unsupported_media_type", "The media type is not taken", [finding])
    document = await _document(call)
    report = await transfer.bring_in(
        call.services.content, call.organization_id, query.format, document, query.category_id
    )
    return ImportReport(
        imported=len(report.question_ids),
        question_ids=list(report.question_ids),
        remarks=[RemarkView.model_validate(each) for each in report.remarks],
    )


@table.route(
    "GET",
    "/question-bank/export",
    permission=Permission.QUIZZES_READ,
    media="text/plain",
    other_media=("text/xml",),
)
async def export_questions(call: Call, query: ExportQuery) -> web.Response:
    """Export questions as a GIFT or Moodle XML file."""
    filters = BankFilter(category_id=query.category_id, type=query.type, tag=query.tag)
    store, organization_id = call.services.content, call.organization_id
    body = await transfer.take_out(store, organization_id, query.format, filters)
    name, media = FILES[query.format]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=media, charset="utf-8", headers=headers)


async def _document(call: Call) -> bytes:
    """The body. Raises ProblemRaised (413)."""
    document = bytearray()
    async for chunk in call.request.content.iter_any():
        document += chunk
        if len(document) > LARGEST:
            finding = Finding(f"The file is larger than {LARGEST} bytes.")
            raise refuse(413, "too_large", "The body is too large", [finding])
    return bytes(document)


def _question(question: BankQuestion) -> Resource[BankQuestionAttributes]:
    attributes = BankQuestionAttributes(
        name=question.name,
        category_id=question.category_id,
        question=QuestionView.model_validate(bank.written(question)),
        created_at=question.created_at,
        updated_at=question.updated_at,
    )
    related = {"category": question.category_id}
    return Resource(question.id, attributes, related, question.version)
