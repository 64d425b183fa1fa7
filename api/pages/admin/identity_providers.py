"""/admin/identity-providers: the outside issuers whose tokens are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.identity.key_sets import ALGORITHMS, KeySets
from api.pages.admin.forms import Form, Input, filled, showing, without
from api.pages.admin.roles import TITLES
from api.pages.admin.sections import page
from api.pages.desk import Desk, at_desk
from api.pages.wording import Badge
from api.permissions import Permission
from api.rest import identity_providers

table = web.RouteTableDef()

PATH = "/admin/identity-providers"
ONE = f"{PATH}/{{provider_id}}"
PERMISSION = Permission.IDENTITY_PROVIDERS
MOST = 100
DONE = {
    "made": "Its tokens are taken from now on. Test it to see whether its keys can be fetched.",
    "changed": "The changes are kept.",
    "removed": "Its tokens are refused from now on.",
}
INPUTS = (
    Input("name", "Name", required=True, empty=""),
    Input(
        "issuer",
        "Issuer",
        "url",
        required=True,
        empty="",
        hint="What its tokens have as iss, such as https://login.example.org.",
    ),
    Input("audience", "Audience", required=True, empty="", hint="What its tokens have as aud."),
    Input(
        "jwks_url",
        "Address of its keys",
        "url",
        hint="Leave it empty, and it is discovered from the issuer.",
    ),
    Input("algorithms", "Signatures that are taken", "choices", options={e: e for e in ALGORITHMS}),
    Input("default_roles", "Roles of people whose token gives none", "choices", options=TITLES),
    Input("roles_claim", "Claim with roles", hint="The way to it, such as realm_access.roles."),
    Input(
        "roles", "Roles by that claim's values", "lines", hint="One a line: value = role.", empty=()
    ),
    Input("subject_prefix", "Put before sub to make the external id", empty=""),
    Input("auto_provision", "Add people who are not here yet", "flag"),
    Input("trust_email", "Find people by the token's verified e-mail address", "flag"),
    Input("enabled", "Take its tokens", "flag"),
    Input("sign_in", "Offer it on the sign-in page (the audience is its client’s id)", "flag"),
)
NEW = Form(
    INPUTS,
    {"algorithms": ["RS256", "ES256", "EdDSA"], "default_roles": ["learner"], "enabled": True},
)


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of asking an issuer for its keys: an error, or their ids and algorithms."""

    problem: str = ""
    keys: tuple[str, ...] = ()


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the providers."""
    desk = await at_desk(request, PERMISSION)
    listed = identity_providers.list_identity_providers
    found = await desk.ask(listed, query={"per_page": MOST})
    rows = [(each.id, each.attributes, _badge(each.attributes)) for each in found.items]
    return page(desk, "identity_providers.html", providers=rows)


@table.get(f"{PATH}/new")
async def new(request: web.Request) -> web.Response:
    """Show the form for another provider."""
    desk = await at_desk(request, PERMISSION)
    return page(desk, "identity_provider_new.html", form=NEW)


@table.post(f"{PATH}/new")
async def create(request: web.Request) -> web.Response:
    """Take the tokens of an issuer."""
    desk = await at_desk(request, PERMISSION)
    form = filled(INPUTS, await request.post())
    made = await desk.submit(identity_providers.create_identity_provider, _given(form))
    if made.problems:
        form = form.refused(made.problems)
        return page(desk, "identity_provider_new.html", 422, form=form)
    return desk.go(f"{PATH}/{made.answer.id}", DONE["made"])


@table.get(ONE)
async def show(request: web.Request) -> web.Response:
    """Show a provider with the form to change it."""
    desk = await at_desk(request, PERMISSION)
    return await _page(desk)


@table.post(ONE)
async def change(request: web.Request) -> web.Response:
    """Change a provider."""
    desk = await at_desk(request, PERMISSION)
    form = filled(INPUTS, await request.post())
    update = identity_providers.update_identity_provider
    outcome = await desk.submit(update, _given(form), form.version)
    if outcome.problems:
        return await _page(desk, form=form.refused(outcome.problems))
    return desk.go(f"{PATH}/{outcome.answer.id}", DONE["changed"])


@table.post(f"{ONE}/test")
async def test(request: web.Request) -> web.Response:
    """Ask the issuer for its keys, and show what came of it."""
    desk = await at_desk(request, PERMISSION)
    found = await desk.ask(identity_providers.get_identity_provider)
    said = found.attributes
    settings = desk.services.settings
    key_sets = KeySets(public_only=settings.issuer_addresses == "public")
    try:
        keys = await key_sets.look(said.issuer, said.jwks_url)
    except ValueError as error:
        return await _page(desk, tested=Tested(problem=str(error)))
    return await _page(desk, tested=Tested(keys=tuple(map(_named, keys))))


@table.post(f"{ONE}/delete")
async def remove(request: web.Request) -> web.Response:
    """Take its tokens no more."""
    desk = await at_desk(request, PERMISSION)
    await desk.ask(identity_providers.delete_identity_provider)
    return desk.go(PATH, DONE["removed"])


def rules_of(lines: list[str]) -> list[dict[str, str]]:
    """`value = role` as a body has it; a line without a = has no role, which is refused."""
    parted = [line.rpartition("=") if "=" in line else (line, "", "") for line in lines]
    return [{"value": value.strip(), "role": role.strip()} for value, _, role in parted]


def _given(form: Form) -> dict[str, Any]:
    given = form.given
    return {**given, "roles": rules_of(list(given["roles"]))}


def _badge(said: Any) -> Badge:
    return Badge("valid", "On") if said.enabled else Badge("inactive", "Off")


def _named(key: Mapping[str, Any]) -> str:
    kind = key.get("alg") or key.get("kty") or "of no kind"
    return f"{key.get('kid', 'without an id')} ({kind})"


def _showing(found: Any) -> Form:
    rules = "\n".join(f"{each.value} = {each.role}" for each in found.attributes.roles)
    shown = showing(without(("roles",), INPUTS), found.attributes, found.version)
    return Form(INPUTS, {**shown.written, "roles": rules}, version=found.version)


async def _page(
    desk: Desk,
    *,
    form: Form | None = None,
    tested: Tested | None = None,
) -> web.Response:
    found = await desk.ask(identity_providers.get_identity_provider)
    form = form or _showing(found)
    return page(
        desk,
        "identity_provider.html",
        422 if form.problems else 200,
        provider=found,
        badge=_badge(found.attributes),
        form=form,
        tested=tested,
    )
