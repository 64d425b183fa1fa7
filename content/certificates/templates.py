"""Certificate templates: the HTML and CSS that certificates are made of."""

from datetime import datetime
from typing import ClassVar, Final

from msgspec import UNSET, Struct, UnsetType, structs

from content import findings
from content.certificates import markup
from content.documents import Document, Page, Paging, given
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store

PAPER_SIZES: Final = ("A3", "A4", "A5", "letter", "legal")
ORIENTATIONS: Final = ("landscape", "portrait")
LONGEST_VALIDITY: Final = 1200


class Template(Document, frozen=True, kw_only=True):
    """`variables` are the names between double braces in the HTML; those that are not
    `markup.VARIABLES` come from a certificate's custom fields. Certificates are valid for
    `valid_months`, or (None) for ever.
    """

    kind: ClassVar[str] = "certificate_template"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    name: str
    description: str = ""
    html_template: str
    css_styles: str = ""
    variables: tuple[str, ...] = ()
    paper_size: str = "A4"
    orientation: str = "landscape"
    valid_months: int | None = None
    archived_at: datetime | None = None


class TemplateDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new template; without variables it has those that it uses."""

    name: str
    html_template: str
    description: str = ""
    css_styles: str = ""
    variables: tuple[str, ...] | None = None
    paper_size: str = "A4"
    orientation: str = "landscape"
    valid_months: int | None = None


class TemplateChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays. What was issued stays as it is."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    html_template: str | UnsetType = UNSET
    css_styles: str | UnsetType = UNSET
    variables: tuple[str, ...] | UnsetType = UNSET
    paper_size: str | UnsetType = UNSET
    orientation: str | UnsetType = UNSET
    valid_months: int | UnsetType | None = UNSET


async def create(store: Store, organization_id: str, draft: TemplateDraft) -> Template:
    """A new template, its HTML cleaned. Raises RuleBroken with all that is wrong."""
    html = markup.clean(draft.html_template)
    moment = now()
    template = Template(
        id=new_id("template"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        name=draft.name.strip(),
        description=draft.description,
        html_template=html,
        css_styles=draft.css_styles,
        variables=markup.used(html) if draft.variables is None else draft.variables,
        paper_size=draft.paper_size,
        orientation=draft.orientation,
        valid_months=draft.valid_months,
    )
    if broken := _broken(template):
        raise RuleBroken(broken)
    return await store.of(Template).insert(template)


async def get(store: Store, organization_id: str, template_id: str) -> Template:
    """The template. Raises NotFound."""
    template = await store.of(Template).get(organization_id, template_id)
    if template.archived_at is not None:
        raise NotFound("certificate_template", template_id)
    return template


async def find(store: Store, organization_id: str, paging: Paging) -> Page[Template]:
    """One page of templates. Raises RuleBroken for a wrong page or sort."""
    return await store.of(Template).page(organization_id, {"archived_at": None}, paging)


async def update(
    store: Store,
    organization_id: str,
    template_id: str,
    changes: TemplateChanges,
    expected_version: int | None = None,
) -> Template:
    """Change a template. Raises RuleBroken, NotFound, VersionMismatch."""
    if isinstance(changes.html_template, str):
        cleaned = markup.clean(changes.html_template)
        changes = structs.replace(changes, html_template=cleaned)
    template = await get(store, organization_id, template_id)
    present = {n: v for n, v in structs.asdict(changes).items() if v is not UNSET}
    if broken := _broken(structs.replace(template, **present)):
        raise RuleBroken(broken)
    version = template.version if expected_version is None else expected_version
    return await store.of(Template).change(organization_id, template_id, given(changes), version)


async def archive(
    store: Store, organization_id: str, template_id: str, expected_version: int | None = None
) -> Template:
    """Take a template out of use; what was issued by it stays. Raises NotFound, VersionMismatch."""
    await get(store, organization_id, template_id)
    fields = {"archived_at": now()}
    return await store.of(Template).change(organization_id, template_id, fields, expected_version)


def _broken(template: Template) -> list[Finding]:
    broken = (
        findings.title("name", template.name)
        + findings.text("description", template.description)
        + findings.text("html_template", template.html_template)
        + findings.text("css_styles", template.css_styles)
        + findings.one_of("paper_size", template.paper_size, PAPER_SIZES)
        + findings.one_of("orientation", template.orientation, ORIENTATIONS)
        + markup.broken_html(template.html_template, template.variables)
        + markup.broken_css(template.css_styles)
        + list(markup.broken_variables(template.variables))
    )
    if not template.html_template.strip():
        broken.append(Finding(where="html_template", detail="has nothing in it that may stay"))
    months = template.valid_months
    if months is not None and not 1 <= months <= LONGEST_VALIDITY:
        broken.append(Finding(where="valid_months", detail=f"must be 1 to {LONGEST_VALIDITY}"))
    return broken
