"""/compliance/sign-offs: electronic signatures under a duty, with proof of identity asked again."""

from pydantic import Field

from api.identity.reauthentication import prove
from api.permissions import Permission
from api.rest import decisions
from api.rest.bodies import Draft
from api.rest.call import Call
from api.rest.decisions import DecisionAttributes, DecisionQuery, Id, Revocation
from api.rest.documents import Resource, ResourcePage
from api.rest.route import RouteTable
from api.rest.waivers import DECIDING, REVOKING
from content.compliance import sign_offs
from content.compliance.decisions import SIGN_OFF
from content.findings import LONGEST_TITLE

table = RouteTable()

PATH = "/compliance/sign-offs"
ONE = f"{PATH}/{{sign_off_id}}"


class SignOffAttributes(DecisionAttributes):
    """A signature: printed name, meaning, and how the signer has shown who they are.

    `signed_as` is person for one's own, supervisor or officer for another's; `authenticated_by` is
    password or identity_provider.
    """

    type_name = "sign_off"

    meaning: str | None
    signed_as: str | None
    signed_name: str | None
    authenticated_by: str | None


class NewSignOff(Draft):
    """Under which duty, and what the signature means; without `user_id` it is one's own.

    `password` is the signer's; who comes with a token of an identity provider that tells a sign-in
    (`auth_time`) of the last five minutes sends none.
    """

    requirement_id: Id
    user_id: Id | None = None
    meaning: str = Field(min_length=1, max_length=LONGEST_TITLE)
    password: str | None = Field(None, max_length=1024)


@table.route("GET", PATH, permission=Permission.COMPLIANCE_READ_OWN)
async def list_sign_offs(call: Call, query: DecisionQuery) -> ResourcePage[SignOffAttributes]:
    """List signatures; people see those under their own duties."""
    return await decisions.listed(call, query, (SIGN_OFF,), SignOffAttributes)


@table.route(
    "POST",
    PATH,
    permission=Permission.COMPLIANCE_READ_OWN,
    status=201,
    errors=(*DECIDING, "not_the_supervisor", "rate_limited", "reauthentication_required"),
    limit="auth",
)
async def sign(call: Call, body: NewSignOff) -> Resource[SignOffAttributes]:
    """Sign under a duty of yours, or of somebody below you; officers sign under anybody's."""
    call.in_person()
    person_id = body.user_id or call.principal.person.id
    store, outbox = call.services.content, call.services.outbox
    officer = call.principal.may(Permission.COMPLIANCE_WRITE)
    by = call.principal.person
    capacity = await sign_offs.signs_as(store, by, person_id, officer=officer)
    duty = await decisions.duty(call, body.requirement_id, person_id)
    proof = await prove(call.request, call.principal, body.password)
    made = await sign_offs.sign(store, outbox, duty, capacity, body.meaning, proof)
    return decisions.resource(SignOffAttributes, made)


@table.route(
    "GET",
    ONE,
    permission=Permission.COMPLIANCE_READ_OWN,
    errors=("compliance_decision_not_found",),
)
async def get_sign_off(call: Call, sign_off_id: str) -> Resource[SignOffAttributes]:
    """Show a signature."""
    found = await decisions.shown(call, sign_off_id, (SIGN_OFF,))
    return decisions.resource(SignOffAttributes, found)


@table.route("POST", f"{ONE}/revoke", permission=Permission.COMPLIANCE_WRITE, errors=REVOKING)
async def revoke_sign_off(
    call: Call, sign_off_id: str, body: Revocation
) -> Resource[SignOffAttributes]:
    """Let a signature hold no longer; that it was given stays told."""
    gone = await decisions.revoked(call, sign_off_id, (SIGN_OFF,), body.reason)
    return decisions.resource(SignOffAttributes, gone)
