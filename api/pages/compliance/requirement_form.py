"""/compliance/new and …/edit: what is asked of whom, with a live count of whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from multidict import MultiDict, MultiMapping

from api.pages.compliance import acts, audience_form, forms, targets, terms_form
from api.pages.desk import at_desk
from api.pages.wording import minute
from api.permissions import Permission
from content.compliance import changes, preview, requirements
from content.compliance.requirements import Requirement, RequirementChanges, RequirementDraft
from content.errors import RuleBroken
from content.findings import Finding
from content.people.person_rules import ROLES
from content.store import COLLECTIONS, Store

table = web.RouteTableDef()

NEW = "/compliance/new"
ONE = "/compliance/{requirement_id}"
KNOWN_MOST = 500


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition, and what it changed of the one before."""

    number: int
    since: str
    by: str
    changed: list[str]
    audience: str


@table.get(NEW)
async def new(request: web.Request) -> web.Response:
    """Show the form of a new requirement."""
    return await _page(request, terms_form.empty(), None)


@table.post(NEW)
async def create(request: web.Request) -> web.Response:
    """Make a requirement."""
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    form, store = await _sent(request), desk.store
    try:
        fields = {**terms_form.terms_of(form), "audience": audience_form.audience_of(form)}
        draft = RequirementDraft(
            title=forms.text(form, "title"), description=forms.text(form, "description"), **fields
        )
        by = desk.person.id
        made = await requirements.create(store, desk.organization_id, draft, by)
    except RuleBroken as error:
        return await _page(request, form, None, error.findings)
    await desk.services.registrar.marks.mark_requirement(made.organization_id, made.id)
    await desk.audit("POST /compliance/requirements", made.id)
    return desk.go(
        f"/compliance/{made.id}", "The requirement is in force. People are assigned now."
    )


@table.get(f"{ONE}/edit")
async def edit(request: web.Request) -> web.Response:
    """Show the form of a requirement."""
    requirement = await _requirement(request)
    return await _page(request, terms_form.fields_of(requirement), requirement)


@table.post(f"{ONE}/edit")
async def change(request: web.Request) -> web.Response:
    """Change a requirement from now on."""
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    requirement, form = await _requirement(request), await _sent(request)
    own, organization_id = f"/compliance/{requirement.id}", desk.organization_id
    store, by = desk.store, desk.person.id
    try:
        fields = {**terms_form.terms_of(form), "audience": audience_form.audience_of(form)}
        changed = RequirementChanges(
            title=forms.text(form, "title"), description=forms.text(form, "description"), **fields
        )
        await requirements.update(store, organization_id, requirement.id, changed, by=by)
    except RuleBroken as error:
        return await _page(request, form, requirement, error.findings)
    await desk.services.registrar.marks.mark_requirement(organization_id, requirement.id)
    action = "PATCH /compliance/requirements/{requirement_id}"
    await desk.audit(action, requirement.id)
    return desk.go(own, "Changed from now on. What was before stays as it was asked then.")


@table.post(f"{ONE}/archive")
async def archive(request: web.Request) -> web.Response:
    """Take a requirement out of force."""
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    requirement, store = await _requirement(request), desk.store
    by, own = desk.person.id, desk.organization_id
    await requirements.archive(store, own, requirement.id, by=by)
    action = "DELETE /compliance/requirements/{requirement_id}"
    await desk.audit(action, requirement.id)
    return desk.go("/compliance", f"{requirement.title} is not in force any more.")


@table.post("/compliance/audience")
async def count(request: web.Request) -> web.Response:
    """How many people the audience of a form is, as JSON."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store = desk.store
    try:
        audience = audience_form.audience_of(await _sent(request))
        found = await preview.preview(store, desk.organization_id, audience)
    except RuleBroken as error:
        return web.json_response({"problems": acts.told(error)}, status=422)
    return web.json_response({"count": found.count, "names": found.names})


@table.get(f"{ONE}/editions")
async def editions(request: web.Request) -> web.Response:
    """Show what was asked from when on, and what each edition changed."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store, sought = desk.store, desk.named("requirement_id")
    requirement = await requirements.get(store, desk.organization_id, sought)
    names = await _names(store, requirement)
    return desk.show(
        "compliance/editions.html",
        requirement=requirement,
        editions=list(reversed(_rows(requirement, names))),
    )


async def _page(
    request: web.Request,
    form: MultiMapping[str],
    requirement: Requirement | None,
    found: Sequence[Finding] = (),
) -> web.Response:
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    store, organization_id = desk.store, desk.organization_id
    counted = None
    try:
        audience = audience_form.audience_of(form)
        counted = await preview.preview(store, organization_id, audience)
    except RuleBroken:
        pass
    return desk.show(
        "compliance/form.html",
        422 if found else 200,
        form=form,
        rules=terms_form.rules_of(form, "rule", audience_form.ROWS),
        exceptions=terms_form.rules_of(form, "except", audience_form.EXCEPT_ROWS),
        requirement=requirement,
        summary=forms.summary(found),
        counted=counted,
        answerable=terms_form.ANSWERABLE,
        choices=await targets.choices(store, organization_id),
        rule_kinds=audience_form.RULE_KINDS,
        matches=audience_form.MATCHES,
        known=await _known(store, organization_id),
        year=datetime.now(UTC).year,
    )


async def _sent(request: web.Request) -> MultiDict[str]:
    """The fields of a form that are texts."""
    form = await request.post()
    return MultiDict((name, value) for name, value in form.items() if isinstance(value, str))


async def _requirement(request: web.Request) -> Requirement:
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    store, sought = desk.store, desk.named("requirement_id")
    return await requirements.get(store, desk.organization_id, sought)


async def _known(store: Store, organization_id: str) -> list[str]:
    """What rules may name: roles, and the departments, locations and groups that there are."""
    people = store.database[COLLECTIONS["user"]]
    own: dict[str, Any] = {"organization_id": organization_id}
    found = set(ROLES)
    for name in ("department", "location", "groups"):
        pipeline: list[dict[str, Any]] = [
            {"$match": {**own, name: {"$gt": ""}}},
            {"$unwind": f"${name}"},
            {"$group": {"_id": f"${name}"}},
            {"$limit": KNOWN_MOST},
        ]
        found |= {each["_id"] async for each in await people.aggregate(pipeline)}
    return sorted(found)


async def _names(store: Store, requirement: Requirement) -> dict[str, str]:
    ids = [each.changed_by for each in requirement.editions if each.changed_by]
    query = {"organization_id": requirement.organization_id, "_id": {"$in": ids}}
    found = store.database[COLLECTIONS["user"]].find(query, {"name": 1})
    return {each["_id"]: each["name"] async for each in found}


def _rows(requirement: Requirement, names: dict[str, str]) -> list[EditionRow]:
    found: list[EditionRow] = []
    before = None
    for each in requirement.editions:
        changed = changes.between(before, each) if before else ["The first edition."]
        by, since = names.get(each.changed_by or "", ""), minute(each.in_force_from)
        described = audience_form.described(each.audience)
        found.append(EditionRow(each.number, since, by, changed, described))
        before = each
    return found
