"""/metrics for Prometheus: what is counted, and who may read it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from api.application import open_services
from api.origins import lms_application
from api.services import Services
from api.settings import read_settings
from tests.api.callers import Api, Client

TOKEN = "a-token-for-prometheus"


async def _sample(client: Client, name: str, **labels: str) -> float:
    answer = await client.get("/metrics")
    assert answer.status == 200, await answer.text()
    families = text_string_to_metric_families(await answer.text())
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


async def test_requests_are_counted_by_their_declared_route(client: Client, admin: Api) -> None:
    wanted = {"method": "GET", "route": "/api/v1/users/{user_id}"}
    name, took = "lyceum_http_requests_total", "lyceum_http_request_seconds_count"
    before = [await _sample(client, each, **wanted) for each in (name, took)]
    for user in ("x", "y"):
        assert (await admin.call("GET", f"/users/{user}")).status == 404
    assert await _sample(client, name, status="404", **wanted) >= 2
    assert [await _sample(client, each, **wanted) for each in (name, took)] == [
        each + 2 for each in before
    ]
    await client.request("PROPFIND", "/nowhere/at/all")
    assert await _sample(client, name, method="other", route="unmatched") >= 1


async def test_statements_sign_ins_and_readiness_are_told(
    services: Services, client: Client, admin: Api
) -> None:
    recorded = await _sample(client, "lyceum_statements_total")
    statement = {
        "actor": {"mbox": "mailto:ada@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://example.org/a"},
    }
    authority = {"mbox": "mailto:lms@example.org"}
    await services.log.record(services.sessions.organization_id, [statement], authority=authority)
    assert await _sample(client, "lyceum_statements_total") == recorded + 1
    wrong = await _sample(client, "lyceum_sign_ins_total", outcome="WrongPassword")
    body = {"email": "no@example.org", "password": "wrong"}
    await client.post("/api/v1/auth/sign-in", json=body)
    assert await _sample(client, "lyceum_sign_ins_total", outcome="WrongPassword") == wrong + 1
    for part in ("server", "mongodb", "follower"):
        assert await _sample(client, "lyceum_ready", part=part) == 1
    assert await _sample(client, "lyceum_consistent_through_lag_seconds") < 60


@asynccontextmanager
async def _server(services: Services, tmp_path: Path, **flags: str) -> AsyncIterator[Client]:
    settings = read_settings({}, {"data": str(tmp_path), **flags})
    async with (
        open_services(settings, services.database) as opened,
        TestClient(TestServer(lms_application(opened))) as client,
    ):
        yield client


async def test_without_a_token_only_this_machine_reads_it(client: Client) -> None:
    for header in ("X-Forwarded-For", "Forwarded"):
        assert (await client.get("/metrics", headers={header: "203.0.113.9"})).status == 403


async def test_with_a_token_only_who_sends_it_reads_it(services: Services, tmp_path: Path) -> None:
    async with _server(services, tmp_path, metrics_token=TOKEN) as client:
        for headers, status in (
            ({}, 403),
            ({"Authorization": f"Bearer {TOKEN}x"}, 403),
            ({"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.9"}, 200),
        ):
            assert (await client.get("/metrics", headers=headers)).status == status
