"""Certificate templates: the HTML and CSS that certificates are made of."""

import re
from datetime import datetime
from typing import ClassVar, Final

from msgspec import UNSET, Struct, UnsetType, structs

from content import findings
from content.certificates import images, markup
from content.documents import Document, Page, Paging, given
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.printing.documents import ORIENTATIONS, PAPERS
from content.store import Store

LONGEST_VALIDITY: Final = 1200
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class Template(Document, frozen=True, kw_only=True):
    """`variables` are the names between double braces in the HTML; those that are not
    `markup.VARIABLES` come from a certificate's custom fields. Certificates are valid for
    `valid_months`, or (None) for ever. `language` is that of the words in it; None: there are
    none, and dates are written in the person's.
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
    logo_file_id: str | None = None
    signature_file_id: str | None = None
    language: str | None = None
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
    logo_file_id: str | None = None
    signature_file_id: str | None = None
    language: str | None = None


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
    logo_file_id: str | UnsetType | None = UNSET
    signature_file_id: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET


async def create(store: Store, organization_id: str, draft: TemplateDraft) -> Template:
    """A new template, its HTML cleaned. Raises RuleBroken with all that is wrong."""
    return await store.of(Template).insert(await drafted(store, organization_id, draft))


async def drafted(store: Store, organization_id: str, draft: TemplateDraft) -> Template:
    """The template that a draft would make. Raises RuleBroken with all that is wrong."""
    html, moment = markup.clean(draft.html_template), now()
    fields = structs.asdict(draft) | {
        "name": draft.name.strip(),
        "html_template": html,
        "variables": markup.variables(html) if draft.variables is None else draft.variables,
    }
    template = Template(
        id=new_id("template"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        **fields,
    )
    if broken := _broken(template) + await _broken_images(store, template):
        raise RuleBroken(broken)
    return template


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
    changed = structs.replace(template, **present)
    if broken := _broken(changed) + await _broken_images(store, changed):
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


async def _broken_images(store: Store, template: Template) -> list[Finding]:
    logo, signature = template.logo_file_id, template.signature_file_id
    owner = template.organization_id
    return [
        *await images.broken(store, owner, "logo_file_id", logo),
        *await images.broken(store, owner, "signature_file_id", signature),
    ]


def _broken(template: Template) -> list[Finding]:
    broken = (
        findings.title("name", template.name)
        + findings.text("description", template.description)
        + findings.text("html_template", template.html_template)
        + findings.text("css_styles", template.css_styles)
        + findings.one_of("paper_size", template.paper_size, PAPERS)
        + findings.one_of("orientation", template.orientation, ORIENTATIONS)
        + markup.broken_html(template.html_template, template.variables)
        + markup.broken_css(template.css_styles)
        + list(markup.broken_variables(template.variables))
    )
    if not template.html_template.strip():
        broken.append(Finding(where="html_template", detail="has nothing in it that may stay"))
    if template.language is not None and not _LANGUAGE.fullmatch(template.language):
        detail = "must be a language tag, such as en or pt-BR"
        broken.append(Finding(where="language", detail=detail))
    months = template.valid_months
    if months is not None and not 1 <= months <= LONGEST_VALIDITY:
        broken.append(Finding(where="valid_months", detail=f"must be 1 to {LONGEST_VALIDITY}"))
    return broken
