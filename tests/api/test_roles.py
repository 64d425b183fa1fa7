"""Every role against every route: what is declared is what is answered, and what is documented."""

from pathlib import Path

from aiohttp import ClientResponse

from api.permissions import ROLES
from api.rest.role_reference import reference
from api.services import Services
from tests.api.callers import PASSWORD, Client, add_person, signed_in
from tests.api.world import ROUTES, World

DOCUMENT = Path("docs/integrators/roles.md")
# These end the session of who walks the routes.
LEFT_OUT = ("/auth/sign-out", "/my/sessions")


def test_the_table_of_roles_is_what_is_declared() -> None:
    assert DOCUMENT.read_text() == reference(ROUTES), f"renew it: lyceum roles > {DOCUMENT}"


async def test_a_role_may_call_what_is_declared_and_nothing_else(
    client: Client, services: Services
) -> None:
    world, unlike = World(), {}
    for role, allowed in ROLES.items():
        await add_person(services, f"{role}@roles.example", role)
        walker = await signed_in(client, f"{role}@roles.example", PASSWORD)
        for route in ROUTES:
            if route.permission is None or route.path.startswith(LEFT_OUT):
                continue
            options = {"json": {}, "params": world.query(route)}
            answer = await walker.call(route.method, world.path(route), **options)
            refused = answer.status == 403 and await _lacks(answer, route.permission.value)
            if refused == (route.permission in allowed) or answer.status == 401:
                unlike[f"{role}: {route.method} {route.path}"] = answer.status
    assert unlike == {}


async def _lacks(answer: ClientResponse, permission: str) -> bool:
    (error, *_) = (await answer.json())["errors"]
    return bool(error.get("meta", {}).get("required_permission") == permission)
