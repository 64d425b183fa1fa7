"""Every route with another tenant's credentials: nothing is shown, and nothing is changed."""

from typing import Any

from api.services import Services
from api.store import Database
from content import organizations
from content.organizations import OrganizationDraft
from content.people import people
from content.people.people import PersonDraft
from tests.api.callers import PASSWORD, Api, Client
from tests.api.world import ROUTES, World
from tests.tasks import until

EVE = "eve@elsewhere.example"
LEFT_OUT = ("/auth/", "/my/sessions")
# What the server itself changes meanwhile: queues, leases, counters.
ITS_OWN = (
    "audit_log",
    "compliance_marks",
    "compliance_proofs",
    "compliance_records",
    "compliance_tallies",
    "events",
    "forwarding_positions",
    "job_inputs",
    "jobs",
    "ledger_heads",
    "ledger_keys",
    "ledger_leaves",
    "ledger_links",
    "report_alerts",
    "reminder_rounds",
    "sessions",
    "webhook_deliveries",
)


async def test_another_tenants_administrator_sees_and_changes_nothing(
    admin: Api, client: Client, services: Services, database: Database
) -> None:
    world = World()
    await world.populate(admin)
    eve = await _stranger(client, services)
    ours = services.sessions.organization_id
    await until(lambda: _reacted(database))
    await services.metadata.settled()
    before = await _everything(database, ours)
    shown, done = {}, {}
    # Reads come first: what was sent may be read afterwards.
    for route in sorted(ROUTES, key=lambda each: each.method != "GET"):
        if route.path.startswith(LEFT_OUT):
            continue
        path, body = world.path(route), world.body(route)
        options: dict[str, Any] = {"json": body, "params": world.query(route)}
        answer = await eve.call(route.method, path, **options)
        told = (await answer.read()).decode(errors="replace")
        sent = path + repr(body)
        leaked = [each for each in set(world.ids.values()) if each in told and each not in sent]
        if leaked:
            shown[f"{route.method} {route.path}"] = leaked
        if answer.status < 300 and route.parameters:
            done[f"{route.method} {route.path}"] = answer.status
    assert done == {}
    assert shown == {}
    after = await _everything(database, ours)
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert after.keys() == before.keys()


async def _reacted(database: Database) -> bool:
    """Whether all that follows from what was made has followed."""
    return await database["events"].count_documents({"due_at": {"$type": "date"}}) == 0


async def _stranger(client: Client, services: Services) -> Api:
    """An administrator of another organization on the same server."""
    draft = OrganizationDraft(name="Elsewhere", public_url="https://elsewhere.example")
    other = await organizations.create(services.content, draft)
    roles = ("admin", "instructor", "compliance_officer")
    person = await people.create(
        services.content, other.id, PersonDraft(name="Eve", email=EVE, roles=roles)
    )
    await services.sessions.set_password(person, PASSWORD)
    sign_in = {"email": EVE, "password": PASSWORD, "organization_id": other.id}
    answer = await client.post("/api/v1/auth/sign-in", json=sign_in)
    token = (await answer.json())["data"]["attributes"]["access_token"]
    return Api(client, {"Authorization": f"Bearer {token}"})


async def _everything(database: Database, organization_id: str) -> dict[str, Any]:
    """Every document of an organization, by its collection and id."""
    names = [name for name in await database.list_collection_names() if name not in ITS_OWN]
    return {
        f"{name}/{document['_id']}": document
        for name in names
        async for document in database[name].find({"organization_id": organization_id})
    }
