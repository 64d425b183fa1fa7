"""/certificate-templates: the HTML and CSS that certificates are made of."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.certificates import templates
from content.certificates.markup import MOST_VARIABLES
from content.certificates.templates import Template, TemplateChanges, TemplateDraft

table = RouteTable(limit="courses")

PATH = "/certificate-templates/{template_id}"
HTML = "<h1>{{student_name}}</h1><p>has completed {{course_name}} on {{completion_date}}</p>"


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
    created_at: datetime
    updated_at: datetime


class NewTemplate(Draft):
    """A new template. Its HTML is cleaned; without variables it has those that it uses."""

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


@table.route("POST", "/certificate-templates", permission=Permission.CERTIFICATES_WRITE, status=201)
async def create_template(call: Call, body: NewTemplate) -> Resource[TemplateAttributes]:
    """Make a certificate template."""
    draft = TemplateDraft(**body.model_dump())
    store = call.services.content
    return template_resource(await templates.create(store, call.organization_id, draft))


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
    errors=("certificate_template_not_found", "version_mismatch"),
)
async def update_template(
    call: Call, template_id: str, body: ChangedTemplate
) -> Resource[TemplateAttributes]:
    """Change a certificate template; what was issued by it stays as it is."""
    changes = TemplateChanges(**body.model_dump(exclude_unset=True))
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
