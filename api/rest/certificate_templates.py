"""/certificate-templates: the HTML and CSS that certificates are made of."""

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from msgspec import UnsetType
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.files import readable_file
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.certificates import designs, previews, templates
from content.certificates.markup import MOST_VARIABLES
from content.certificates.templates import Template, TemplateChanges, TemplateDraft
from content.documents import Page
from content.printing import Printable

table = RouteTable(limit="courses")

PATH = "/certificate-templates/{template_id}"
HTML = "<h1>{{student_name}}</h1><p>has completed {{course_name}} on {{completion_date}}</p>"


FileId = Annotated[str, Field(max_length=100)]


class TemplateAttributes(Attributes):
    """A template. `variables` are the names between double braces in its HTML."""

    type_name = "certificate_template"

    name: str
    description: str
    html_template: str
    css_styles: str
    variables: tuple[str, ...]
    paper_size: str
    orientation: str
    valid_months: int | None
    logo_file_id: str | None
    signature_file_id: str | None
    language: str | None
    created_at: datetime
    updated_at: datetime


class NewTemplate(Draft):
    """A new template. Its HTML is cleaned; without variables it has those that it uses.

    `logo_file_id` and `signature_file_id` name pictures among the files. `language` is that of the
    words in the HTML; without it dates are written in the person's.
    """

    name: str
    description: str = ""
    html_template: str = Field(examples=[HTML])
    css_styles: str = Field("", examples=["h1 { font-size: 30pt }"])
    variables: tuple[str, ...] | None = Field(
        None, max_length=MOST_VARIABLES, examples=[["student_name", "course_name"]]
    )
    paper_size: str = "A4"
    orientation: str = "landscape"
    valid_months: int | None = Field(None, examples=[24])
    logo_file_id: FileId | None = None
    signature_file_id: FileId | None = None
    language: str | None = Field(None, max_length=35, examples=["en"])


class ChangedTemplate(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    description: str = ""
    html_template: str = ""
    css_styles: str = ""
    variables: tuple[str, ...] = Field((), max_length=MOST_VARIABLES)
    paper_size: str = ""
    orientation: str = ""
    valid_months: int | None = None
    logo_file_id: FileId | None = None
    signature_file_id: FileId | None = None
    language: str | None = Field(None, max_length=35)


class TemplatePreview(NewTemplate):
    """A template as it might become, and what its variables are filled in with."""

    name: str = "Preview"
    student_name: str = Field("Amelia Katherine Hartley", max_length=200)
    course_name: str = Field("Safe Handling of Medical Gases", max_length=300)
    instructor_name: str = Field("Dr. Jonas Lindqvist", max_length=200)
    score: float | None = Field(92.5, ge=0, le=100)
    locale: str = Field("en-GB", max_length=35)


class DesignAttributes(Attributes):
    """A design that comes with the product, to make a template of."""

    type_name = "certificate_design"

    name: str
    description: str
    html_template: str
    css_styles: str
    orientation: str
    language: str


class PreviewQuery(Query):
    """As PDF, or its first page as a picture."""

    format: Literal["pdf", "png"] = "pdf"
    width: int = Field(1200, ge=200, le=2400)


class TemplateQuery(PageQuery):
    """In which order."""

    sort: str | None = None


def template_resource(template: Template) -> Resource[TemplateAttributes]:
    """The template as a resource."""
    attributes = TemplateAttributes.model_validate(template)
    return Resource(template.id, attributes, version=template.version)


@table.route("GET", "/certificate-templates", permission=Permission.CERTIFICATES_READ)
async def list_templates(call: Call, query: TemplateQuery) -> ResourcePage[TemplateAttributes]:
    """List the certificate templates."""
    store, page = call.services.content, paging(query, query.sort)
    return page_of(await templates.find(store, call.organization_id, page), template_resource)


@table.route(
    "POST",
    "/certificate-templates",
    permission=Permission.CERTIFICATES_WRITE,
    status=201,
    errors=("file_not_found",),
)
async def create_template(call: Call, body: NewTemplate) -> Resource[TemplateAttributes]:
    """Make a certificate template."""
    draft = TemplateDraft(**body.model_dump())
    await _check_images(call, draft.logo_file_id, draft.signature_file_id)
    store = call.services.content
    return template_resource(await templates.create(store, call.organization_id, draft))


@table.route(
    "POST",
    "/certificate-templates/preview",
    permission=Permission.CERTIFICATES_WRITE,
    errors=("file_not_found", "printing_busy", "printing_failed", "printing_unavailable"),
    media="application/pdf",
    other_media=("image/png",),
    audited=False,
    idempotent=False,
)
async def preview_template(call: Call, body: TemplatePreview, query: PreviewQuery) -> web.Response:
    """Show what certificates by a template would look like; nothing is stored."""
    return await preview_answer(call, body, query)


async def preview_answer(call: Call, body: TemplatePreview, query: PreviewQuery) -> web.Response:
    """The preview as PDF or PNG."""
    document = await preview_of(call, body)
    press = call.services.press
    if query.format == "png":
        picture = await press.picture(document, query.width)
        return web.Response(body=picture, content_type="image/png")
    return web.Response(body=await press.pdf(document), content_type="application/pdf")


async def preview_of(call: Call, body: TemplatePreview) -> Printable:
    """The document of a preview. Raises RuleBroken with all that is wrong."""
    said = body.model_dump()
    sample = previews.Sample(
        student_name=said.pop("student_name"),
        course_name=said.pop("course_name"),
        instructor_name=said.pop("instructor_name"),
        score=said.pop("score"),
        language=said.pop("locale"),
    )
    origin, store = call.services.settings.public_origin, call.services.content
    draft = TemplateDraft(**said)
    await _check_images(call, draft.logo_file_id, draft.signature_file_id)
    return await previews.preview(store, call.organization_id, draft, sample, origin)


async def _check_images(call: Call, *file_ids: str | UnsetType | None) -> None:
    """Raise as if they were not there for files that the person may not see."""
    for file_id in file_ids:
        if isinstance(file_id, str):
            await readable_file(call, file_id)


@table.route("GET", "/certificate-designs", permission=Permission.CERTIFICATES_READ)
async def list_designs(call: Call, query: PageQuery) -> ResourcePage[DesignAttributes]:
    """List the designs that come with the product."""
    known = designs.built_in()
    first = (query.page - 1) * query.per_page
    shown = Page(
        items=known[first : first + query.per_page],
        total=len(known),
        page=query.page,
        per_page=query.per_page,
    )
    return page_of(shown, lambda each: Resource(each.name, DesignAttributes.model_validate(each)))


@table.route(
    "GET",
    PATH,
    permission=Permission.CERTIFICATES_READ,
    errors=("certificate_template_not_found",),
)
async def get_template(call: Call, template_id: str) -> Resource[TemplateAttributes]:
    """Show a certificate template."""
    store = call.services.content
    return template_resource(await templates.get(store, call.organization_id, template_id))


@table.route(
    "PATCH",
    PATH,
    permission=Permission.CERTIFICATES_WRITE,
    errors=("certificate_template_not_found", "file_not_found", "version_mismatch"),
)
async def update_template(
    call: Call, template_id: str, body: ChangedTemplate
) -> Resource[TemplateAttributes]:
    """Change a certificate template; what was issued by it stays as it is."""
    changes = TemplateChanges(**body.model_dump(exclude_unset=True))
    await _check_images(call, changes.logo_file_id, changes.signature_file_id)
    version, store = expected_version(call.request), call.services.content
    changed = await templates.update(store, call.organization_id, template_id, changes, version)
    return template_resource(changed)


@table.route(
    "DELETE",
    PATH,
    permission=Permission.CERTIFICATES_WRITE,
    status=204,
    errors=("certificate_template_not_found", "version_mismatch"),
)
async def archive_template(call: Call, template_id: str) -> web.Response:
    """Take a certificate template out of use."""
    version = expected_version(call.request)
    await templates.archive(call.services.content, call.organization_id, template_id, version)
    return web.Response(status=204)
