"""Every route declares a permission, and a stranger gets nothing by any of them."""

import re
from collections import Counter

from aiohttp import web

from api.permissions import ROLES, Permission
from api.rest import routes
from api.rest.dispatch import add_routes
from api.rest.route import Route
from tests.api.callers import Api, Client

PUBLIC = {
    ("GET", "/audit/keys"),
    ("GET", "/certificates/verify"),
    ("GET", "/certificates/verify/{certificate_number}"),
    ("GET", "/downloads/{file_id}"),
    ("GET", "/issuers/{issuer_id}"),
    ("GET", "/issuers/{issuer_id}/jwks"),
    ("GET", "/issuers/{issuer_id}/keys/{badge_key_id}"),
    ("GET", "/issuers/{issuer_id}/revocations"),
    ("GET", "/openapi.json"),
    ("POST", "/auth/password-reset"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/sign-in"),
    ("PUT", "/auth/password-reset"),
}


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


def _path(route: Route) -> str:
    return re.sub(r"{\w+}", "x", route.path)


def test_only_signing_in_and_the_description_need_no_permission() -> None:
    assert {(r.method, r.path) for r in routes() if r.permission is None} == PUBLIC


def test_no_route_is_declared_twice() -> None:
    assert [name for name, count in Counter(map(_name, routes())).items() if count > 1] == []


def test_every_route_says_what_it_does() -> None:
    assert [_name(route) for route in routes() if not route.summary.endswith(".")] == []


def test_no_handler_is_served_beside_the_table() -> None:
    app = web.Application()
    add_routes(app, routes())
    served = {(r.method, r.resource.canonical) for r in app.router.routes() if r.resource}
    declared = {(route.method, route.path) for route in routes()}
    assert {each for each in served if each[0] != "HEAD"} == declared


def test_every_permission_is_held_by_some_role_besides_the_administrators() -> None:
    held = set().union(*(allowed for role, allowed in ROLES.items() if role != "admin"))
    assert set(Permission) - held == {
        Permission.USERS_WRITE,
        Permission.USERS_ERASE,
        Permission.API_KEYS,
        Permission.IDENTITY_PROVIDERS,
        Permission.MENTORS_DECIDE,
        Permission.SETTINGS_WRITE,
        Permission.STATEMENTS_FORWARD,
        Permission.STATEMENTS_WRITE,
        Permission.XAPI_CREDENTIALS,
        Permission.WEBHOOKS,
        Permission.JOBS_READ,
        Permission.PROGRESS_REBUILD,
    }


async def test_without_a_token_every_route_is_401(client: Client) -> None:
    answered = {}
    for route in routes():
        if route.permission:
            answer = await client.request(route.method, f"/api/v1{_path(route)}", json={})
            answered[_name(route)] = answer.status
    assert {name: status for name, status in answered.items() if status != 401} == {}


async def test_a_learner_is_refused_what_is_not_a_learners(learner: Api) -> None:
    refused = {}
    for route in routes():
        if route.permission and route.permission not in ROLES["learner"]:
            answer = await learner.call(route.method, _path(route), json={})
            refused[_name(route)] = (answer.status, (await answer.json())["errors"])
    assert {name for name, (status, _) in refused.items() if status != 403} == set()
    for _, (error,) in refused.values():
        assert error["code"] == "forbidden"
        assert error["meta"]["held_roles"] == ["learner"]
        assert {"admin", "operator"} & set(error["meta"]["required_roles"])
