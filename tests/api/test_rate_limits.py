"""Rate limits: exact enough over several servers, told in every answer, cheap."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandListener

from api.application import open_services
from api.origins import lms_application
from api.rate_limits import LARGEST_LEASE, RateLimits, prepare
from api.rest import routes
from api.rest.limits import limit_of
from api.services import Services
from api.settings import read_settings
from api.settings.rates import DEFAULT, Rate, read_rates
from api.store import Database
from tests.api.callers import ADMIN, Api, Client, signed_in

NOON = 12 * 3600.0
PATIENCE_SECONDS = 30.0
"""So long that a busy machine lets nothing through uncounted."""


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.seconds = NOON

    def __call__(self) -> float:
        return self.seconds


class Commands(CommandListener):
    """Counts what is asked of the database."""

    def __init__(self) -> None:
        self.count = 0

    def started(self, event: Any) -> None:
        self.count += event.command_name == "findAndModify"

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


def _counting(database: Database, rate: Rate, clock: Clock) -> RateLimits:
    return RateLimits(database, {"reads": rate}, clock, PATIENCE_SECONDS)


async def _allowed(server: RateLimits, times: int, who: str = "ada") -> int:
    taken = await asyncio.gather(*(server.take("reads", who) for _ in range(times)))
    return sum(each is not None and each[0] for each in taken)


@pytest.mark.parametrize("count", [1, 7, 100, 1000])
async def test_one_server_answers_exactly_as_many_as_the_limit_says(
    database: Database, count: int
) -> None:
    limits = _counting(database, Rate(count, 60), Clock())
    assert await _allowed(limits, count + 50) == count


@pytest.mark.parametrize("count", [1, 10, 100, 500])
async def test_two_servers_together_never_exceed_it_and_waste_little(
    database: Database, count: int
) -> None:
    clock = Clock()
    servers = [_counting(database, Rate(count, 60), clock) for _ in range(2)]
    share = await asyncio.gather(*(_allowed(each, count // 3) for each in servers))
    rest = [await _allowed(each, count) for each in servers]
    assert sum(share) + sum(rest) == count


async def test_a_server_that_falls_silent_keeps_few_permits(database: Database) -> None:
    clock = Clock()
    first, second = [_counting(database, Rate(500, 60), clock) for _ in range(2)]
    assert await _allowed(first, 1) == 1
    assert 500 - 1 - LARGEST_LEASE <= await _allowed(second, 600) <= 499


async def test_most_requests_cost_no_query(mongodb_uri: str, database: Database) -> None:
    commands = Commands()
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, event_listeners=[commands]) as client:
        limits = RateLimits(
            client[database.name], {"reads": Rate(1000, 60)}, Clock(), PATIENCE_SECONDS
        )
        await _allowed(limits, 1000)
        assert commands.count < 1000 / 8
        before = commands.count
        assert await _allowed(limits, 100) == 0
        assert commands.count - before <= 1


async def test_the_next_window_begins_anew_and_callers_do_not_share(database: Database) -> None:
    clock = Clock()
    limits = _counting(database, Rate(3, 60), clock)
    assert [await _allowed(limits, 5, who) for who in ("ada", "bo")] == [3, 3]
    clock.seconds += 60
    assert await _allowed(limits, 5) == 3


async def test_requests_pass_while_the_database_does_not_answer() -> None:
    async with AsyncMongoClient[dict[str, Any]]("mongodb://127.0.0.1:1/") as client:
        limits = RateLimits(client.nowhere, {"reads": Rate(5, 60)}, Clock())
        assert await _allowed(limits, 3) == 3


async def test_counts_expire_with_their_window(database: Database) -> None:
    await prepare(database)
    await _counting(database, Rate(5, 60), Clock()).take("reads", "ada")
    (kept,) = [each async for each in database.rate_limits.find()]
    assert kept["expires_at"].timestamp() == NOON + 120


def test_every_class_that_a_route_names_has_a_rate() -> None:
    assert {route.limit for route in routes()} - {None} <= read_rates(DEFAULT).keys()


@pytest.mark.parametrize(
    ("rate", "paths"),
    [
        ("courses=100/1m", ["POST /courses", "PATCH /modules/{module_id}", "GET /courses"]),
        ("enrollments=200/1m", ["POST /enrollments", "POST /enrollments/bulk"]),
        ("progress=500/1m", ["PATCH /lessons/{lesson_id}/progress"]),
        ("quizzes=50/1m", ["POST /quizzes/{quiz_id}/attempts"]),
        ("analytics=30/1m", ["GET /analytics/courses/{course_id}", "GET /analytics/leaderboard"]),
        ("certificates=20/1m", ["POST /certificates"]),
        ("uploads=20/1m", ["POST /files", "POST /scorm/upload"]),
        ("auth=10/1m", ["POST /auth/sign-in", "PUT /auth/password-reset"]),
        ("public=100/1m", ["GET /certificates/verify/{certificate_number}"]),
        ("exports=10/1m", ["GET /audit-log.csv"]),
        ("reads=100/1m", ["GET /users"]),
        ("writes=30/1m", ["POST /users", "DELETE /categories/{category_id}"]),
        ("reports=30/1m", []),
        ("api_keys=5000/1d", []),
    ],
)
def test_the_rates_that_were_asked_for_are_the_defaults(rate: str, paths: list[str]) -> None:
    limits = {f"{route.method} {route.path}": limit_of(route) for route in routes()}
    assert rate in DEFAULT.split(",")
    assert {limits[path] for path in paths} <= {rate.partition("=")[0]}


def test_rates_are_changed_one_by_one_or_all_switched_off() -> None:
    rates = read_rates("reads=5/10s, writes=off")
    assert rates["reads"] == Rate(5, 10)
    assert "writes" not in rates
    assert rates["courses"] == Rate(100, 60)
    assert read_rates("off") == {}
    for wrong in ("reads", "reads=5", "reads=5/0s", "reeds=5/1m", ""):
        with pytest.raises(ValueError, match=r".*"):
            read_rates(wrong)


@asynccontextmanager
async def _server(services: Services, tmp_path: Any, rates: str) -> AsyncIterator[Client]:
    flags = {"data": str(tmp_path), "rate_limits": rates}
    async with (
        open_services(read_settings({}, flags), services.database) as opened,
        TestClient(TestServer(lms_application(opened))) as client,
    ):
        yield client


async def _statuses(caller: Api, times: int, path: str = "/users") -> list[int]:
    return [(await caller.call("GET", path)).status for _ in range(times)]


async def test_it_is_told_in_every_answer_and_refused_past_the_limit(
    services: Services, tmp_path: Any
) -> None:
    async with _server(services, tmp_path, "reads=3/1h,courses=1/1h,api_keys=4/1d") as client:
        admin = await signed_in(client, *ADMIN)
        answers = [await admin.call("GET", path) for path in ("/users", "/users/x", "/users")]
        told = [each.headers["X-RateLimit-Remaining"] for each in answers]
        assert [each.status for each in answers] == [200, 404, 200]
        assert told == ["2", "1", "0"]
        refused = await admin.call("GET", "/users")
        assert refused.status == 429
        assert (await refused.json())["errors"][0]["code"] == "rate_limited"
        assert refused.headers["X-RateLimit-Limit"] == "3"
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        assert 1 <= int(refused.headers["Retry-After"]) <= 3601
        assert int(refused.headers["X-RateLimit-Reset"]) % 3600 == 0
        assert (await admin.call("GET", "/courses")).status == 200
        assert (await admin.call("GET", "/courses")).status == 429


async def test_a_keys_requests_are_counted_by_the_day_as_well(
    services: Services, tmp_path: Any
) -> None:
    async with _server(services, tmp_path, "api_keys=3/1d") as client:
        admin = await signed_in(client, *ADMIN)
        key = (await admin.make("/api-keys", name="Key"))["attributes"]["key"]
        path = f"/api/v1/users?apiKey={key}"
        answers = [await client.get(path) for _ in range(4)]
        assert [each.status for each in answers] == [200, 200, 200, 429]
        left = [each.headers["X-RateLimit-Remaining"] for each in answers]
        assert left == ["2", "1", "0", "0"]
        assert await _statuses(admin, 1) == [200]


async def test_strangers_are_counted_by_address_on_all_servers(
    services: Services, tmp_path: Any
) -> None:
    rates, wrong = "auth=4/1h,public=2/1h", {"email": "a@b.example", "password": "wrong"}
    async with (
        _server(services, tmp_path, rates) as one,
        _server(services, tmp_path, rates) as other,
    ):
        servers = [one, other, one, other, one, other]
        path = "/api/v1/auth/sign-in"
        tried = [(await each.post(path, json=wrong)).status for each in servers]
        assert tried == [401] * 4 + [429] * 2
        headers = {"Authorization": "Bearer forged"}
        guessed = [
            (await each.get("/api/v1/users", headers=headers)).status for each in servers[:4]
        ]
        assert guessed == [401, 401, 429, 429]
