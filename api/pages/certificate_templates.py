"""/admin/certificates/templates: what certificates look like, with a preview while one writes."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from msgspec import Struct, structs

from api.pages.desk import Desk, at_desk
from api.pages.paging import pages_of
from api.permissions import Permission
from content import files
from content.certificates import designs, images, markup, previews, templates
from content.certificates.previews import Sample, Unknown
from content.certificates.templates import Template, TemplateChanges, TemplateDraft
from content.documents import Paging
from content.errors import (
    FileRefused,
    PrintingBusy,
    PrintingFailed,
    PrintingUnavailable,
    RuleBroken,
)
from content.files import FileLimits, Home
from content.findings import Finding
from content.printing.documents import PAPERS

table = web.RouteTableDef()

PATH: Final = "/admin/certificates/templates"
CHANGED: Final = "PATCH /certificate-templates/{template_id}"
A_PAGE: Final = 24
WIDTH: Final = 1100
PICTURES: Final = {"logo": "Logo", "signature": "Signature"}
LABELS: Final = {
    "name": "Name",
    "html_template": "HTML",
    "css_styles": "Styles",
    "paper_size": "Paper",
    "orientation": "Orientation",
    "language": "Language of the words",
    "valid_months": "Valid for so many months",
}


class TemplateForm(Struct, frozen=True, kw_only=True):
    """What is written in the form."""

    name: str = ""
    description: str = ""
    html_template: str = ""
    css_styles: str = ""
    paper_size: str = "A4"
    orientation: str = "landscape"
    language: str = ""
    valid_months: str = ""
    student_name: str = "Amelia Katherine Hartley"
    course_name: str = "Safe Handling of Medical Gases"
    locale: str = "en-GB"


class Preview(Struct, frozen=True, kw_only=True):
    """The page as a picture, or why there is none; what the reader should know of the variables."""

    picture: str = ""
    problems: list[Finding] = []
    unknown: list[Unknown] = []


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the templates, and the designs to begin a new one from."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    store, page = desk.store, request.query.get("page", "1")
    paging = Paging(page=int(page) if page.isdecimal() else 0, per_page=A_PAGE, sort="name")
    found = await templates.find(store, desk.organization_id, paging)
    return desk.show(
        "certificates/templates.html",
        templates=found.items,
        own=lambda each: markup.custom(each.variables),
        designs=designs.built_in(),
        pages=pages_of(request, found.page, found.total, A_PAGE),
    )


@table.get(f"{PATH}/new")
async def begin(request: web.Request) -> web.Response:
    """Show the editor with one of the designs, or empty."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    wanted = request.query.get("design", "")
    begun = [each for each in designs.built_in() if each.name == wanted]
    form = TemplateForm()
    if begun:
        form = structs.replace(
            form,
            html_template=begun[0].html_template,
            css_styles=begun[0].css_styles,
            orientation=begun[0].orientation,
            language=begun[0].language,
        )
    return await _editor(desk, form, None)


@table.get(f"{PATH}/{{template_id}}")
async def edit(request: web.Request) -> web.Response:
    """Show a template in the editor."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    template = await _template(desk)
    return await _editor(desk, _written(template), template)


@table.post(f"{PATH}/preview")
async def preview(request: web.Request) -> web.Response:
    """Show what is written: as JSON where a program asks, else on the page.

    With `picture=no` in the query it only says what is wrong, which takes no time.
    """
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    fields = await request.post()
    form, template_id = _form(fields), str(fields.get("template_id", ""))
    store = desk.store
    template = None
    if template_id:
        template = await templates.get(store, desk.organization_id, template_id)
    if request.headers.get("Accept", "").startswith("application/json"):
        shown = await _preview(desk, form, template)
        return web.json_response(
            {
                "picture": shown.picture,
                "problems": [_sentence(each) for each in shown.problems],
                "unknown": [structs.asdict(each) for each in shown.unknown],
            }
        )
    return await _editor(desk, form, template)


@table.post(PATH)
async def create(request: web.Request) -> web.Response:
    """Keep a new template."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    form, store = _form(await request.post()), desk.store
    try:
        made = await templates.create(store, desk.organization_id, _draft(form, None))
    except RuleBroken as error:
        return await _editor(desk, form, None, list(error.findings))
    await desk.audit("POST /certificate-templates", made.id)
    return desk.go(f"{PATH}/{made.id}", f"The template {made.name} is kept.")


@table.post(f"{PATH}/{{template_id}}")
async def save(request: web.Request) -> web.Response:
    """Keep the changes of a template."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    template, form = await _template(desk), _form(await request.post())
    try:
        draft = _draft(form, template)
        variables = markup.variables(markup.clean(draft.html_template))
        said = structs.asdict(draft) | {"variables": variables}
        store, owner = desk.store, desk.organization_id
        await templates.update(store, owner, template.id, TemplateChanges(**said))
    except RuleBroken as error:
        return await _editor(desk, form, template, list(error.findings))
    await desk.audit(CHANGED, template.id)
    told = "The changes are kept. Certificates that were issued stay as they are."
    return desk.go(f"{PATH}/{template.id}", told)


@table.post(f"{PATH}/{{template_id}}/archive")
async def archive(request: web.Request) -> web.Response:
    """Take a template out of use."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    template = await _template(desk)
    await templates.archive(desk.store, desk.organization_id, template.id)
    await desk.audit("DELETE /certificate-templates/{template_id}", template.id)
    return desk.go(PATH, f"The template {template.name} is out of use.")


@table.post(f"{PATH}/{{template_id}}/pictures/{{picture:logo|signature}}")
async def put_picture(request: web.Request) -> web.Response:
    """Take the logo or signature of a template in, or (an empty form) leave it out."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    template, store = await _template(desk), desk.store
    picture, owner = desk.named("picture"), desk.organization_id
    sent = (await request.post()).get("file")
    file_id = None
    try:
        if isinstance(sent, web.FileField) and sent.filename:
            limits = FileLimits(size=images.LARGEST, extensions=images.EXTENSIONS)
            source = _chunks(sent.file.read())
            received = await files.receive(store, owner, sent.filename, source, limits)
            kept = await files.keep(store, owner, received, desk.person.id, Home())
            file_id = kept.id
        changes = (
            TemplateChanges(logo_file_id=file_id)
            if picture == "logo"
            else TemplateChanges(signature_file_id=file_id)
        )
        await templates.update(store, owner, template.id, changes)
    except (FileRefused, RuleBroken) as error:
        broken = [Finding(where=f"{picture}_file_id", detail=str(error))]
        return await _editor(desk, _written(template), template, broken)
    await desk.audit(CHANGED, template.id)
    told = f"The {picture} is {'kept' if file_id else 'left out'}."
    return desk.go(f"{PATH}/{template.id}", told)


async def _chunks(data: bytes) -> Any:
    yield data


async def _template(desk: Desk) -> Template:
    store = desk.store
    return await templates.get(store, desk.organization_id, desk.named("template_id"))


async def _editor(
    desk: Desk,
    form: TemplateForm,
    template: Template | None,
    broken: list[Finding] | None = None,
) -> web.Response:
    """The form with what was written, and beside it the page that comes of it."""
    shown = await _preview(desk, form, template)
    problems = {each.where: each.detail for each in broken or shown.problems}
    return desk.show(
        "certificates/editor.html",
        422 if broken else 200,
        form=form,
        edited=template,
        shown=shown,
        problems=problems,
        summary=[(each.where, _label(each), each.detail) for each in broken or ()],
        said=[_sentence(each) for each in shown.problems],
        papers=[(each, each.capitalize()) for each in PAPERS],
        variables=sorted(markup.VARIABLES),
        pictures=PICTURES,
    )


async def _preview(desk: Desk, form: TemplateForm, template: Template | None) -> Preview:
    services, owner = desk.services, desk.organization_id
    unknown = previews.unknown(form.html_template)
    if not form.html_template.strip():
        return Preview()
    sample = Sample(
        student_name=form.student_name, course_name=form.course_name, language=form.locale
    )
    try:
        draft = _draft(structs.replace(form, name=form.name or "Preview"), template)
        origin = services.settings.public_origin
        document = await previews.preview(services.content, owner, draft, sample, origin)
        if desk.request.query.get("picture") == "no":
            return Preview(unknown=unknown)
        picture = b64encode(await services.press.picture(document, WIDTH)).decode()
    except RuleBroken as error:
        return Preview(problems=list(error.findings), unknown=unknown)
    except (PrintingBusy, PrintingFailed, PrintingUnavailable) as error:
        return Preview(problems=[Finding(where="preview", detail=str(error))], unknown=unknown)
    return Preview(picture=f"data:image/png;base64,{picture}", unknown=unknown)


def _draft(form: TemplateForm, template: Template | None) -> TemplateDraft:
    """What the form says. Raises RuleBroken for a number that is none."""
    months = form.valid_months.strip()
    if months and not months.isdecimal():
        raise RuleBroken([Finding(where="valid_months", detail="must be a number, or empty")])
    return TemplateDraft(
        name=form.name,
        description=form.description,
        html_template=form.html_template,
        css_styles=form.css_styles,
        paper_size=form.paper_size,
        orientation=form.orientation,
        language=form.language.strip() or None,
        valid_months=int(months) if months else None,
        logo_file_id=template.logo_file_id if template else None,
        signature_file_id=template.signature_file_id if template else None,
    )


def _form(fields: Mapping[str, Any]) -> TemplateForm:
    known = TemplateForm.__struct_fields__
    return TemplateForm(**{name: str(fields[name]) for name in known if name in fields})


def _written(template: Template) -> TemplateForm:
    return TemplateForm(
        name=template.name,
        description=template.description,
        html_template=template.html_template,
        css_styles=template.css_styles,
        paper_size=template.paper_size,
        orientation=template.orientation,
        language=template.language or "",
        valid_months="" if template.valid_months is None else str(template.valid_months),
    )


def _label(finding: Finding) -> str:
    return LABELS.get(finding.where, finding.where.partition("_")[0].capitalize())


def _sentence(finding: Finding) -> str:
    return f"{_label(finding)}: {finding.detail}"
