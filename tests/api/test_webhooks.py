"""Webhooks: signed, tried again, logged, replayed; one dead address holds up nobody."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.fernet import Fernet
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from api.services import Services
from api.store import Database
from api.webhooks import NOT_PUBLIC, PublicResolver, Sender, Webhooks
from content.identity import now
from content.store import Store, prepare
from content.telling import events
from content.webhooks import deliveries, subscriptions
from content.webhooks.deliveries import PAUSES, Attempt, outcome
from content.webhooks.subscriptions import WebhookDraft
from tests.api.callers import Api
from tests.api.teaching import Lectures
from tests.tasks import beside, until

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQh"


class Listener:
    """A receiver that answers with `statuses`, then 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], str]] = []
        self.statuses: list[int] = []
        app = web.Application()
        app.router.add_post("/hooks", self._hear)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/hooks"))

    async def _hear(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.text()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, text="heard")


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    await listener.server.start_server()
    yield listener
    await listener.server.close()


async def happen(services: Services, told: str = "one", kind: str = "quiz.passed") -> None:
    organization_id = services.sessions.organization_id
    data = {"quiz_id": "quiz_1", "user_id": "user_1"}
    await events.emit(services.content, [events.event(organization_id, kind, told, now(), data)])


async def delivered(admin: Api, webhook_id: str, status: str = "delivered") -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    async def arrived() -> bool:
        document = await admin.get(f"/webhooks/{webhook_id}/deliveries?status={status}")
        found[:] = document["data"]
        return bool(found) and bool(found[0]["attributes"]["attempts"])

    await until(arrived)
    return found[0]


async def test_an_event_arrives_signed_and_is_logged(
    admin: Api, services: Services, listener: Listener
) -> None:
    made = await admin.make("/webhooks", url=listener.url, events=["quiz.passed"], secret=SECRET)
    await happen(services)
    await happen(services, kind="quiz.failed")
    delivery = await delivered(admin, made["id"])
    ((headers, body),) = listener.heard
    told = Verifier(SECRET).verify(body, headers)
    assert told["event"] == "quiz.passed"
    assert told["data"] == {"quiz_id": "quiz_1", "user_id": "user_1"}
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(body + " ", headers)
    (attempt,) = delivery["attributes"]["attempts"]
    assert (attempt["status"], attempt["answer"]) == (200, "heard")
    assert delivery["attributes"]["payload"] == body


async def test_a_completion_tells_of_its_score_time_and_certificate(
    admin: Api, learner: Api, listener: Listener
) -> None:
    lectures = await Lectures(admin, learner).begin(certificate_enabled=True)
    await lectures.enrol()
    made = await admin.make("/webhooks", url=listener.url, events=["enrollment.completed"])
    for index in range(3):
        body = {"time_spent_seconds": 900, "position": 100}
        path = f"/lessons/{lectures.lessons[index]['id']}/complete"
        assert (await learner.call("POST", path, json=body)).status == 200
    await delivered(admin, made["id"])
    ((_, body_heard),) = listener.heard
    told = json.loads(body_heard)
    (certificate,) = (await learner.get("/my/certificates"))["data"]
    assert told["event"] == "enrollment.completed"
    assert told["data"] == {
        "enrollment_id": lectures.enrollment["id"],
        "user_id": lectures.person["id"],
        "course_id": lectures.course["id"],
        "completed_at": told["data"]["completed_at"],
        "final_score": None,
        "passed": None,
        "time_spent_hours": 0.75,
        "certificate_id": certificate["id"],
    }


async def test_a_webhook_is_changed_and_told_of_what_it_then_hears(
    admin: Api, services: Services, listener: Listener
) -> None:
    made = await admin.make("/webhooks", url=listener.url, events=["quiz.failed"])
    path = f"/webhooks/{made['id']}"
    changed = await admin.call("PATCH", path, json={"events": ["quiz.passed"]})
    assert (await changed.json())["data"]["attributes"]["url"] == listener.url
    (listed,) = (await admin.get("/webhooks"))["data"]
    assert listed["attributes"]["events"] == ["quiz.passed"]
    await happen(services)
    delivery = await delivered(admin, made["id"])
    shown = (await admin.get(f"{path}/deliveries/{delivery['id']}"))["data"]
    assert shown["attributes"] == delivery["attributes"]
    known = (await admin.get("/webhooks/events"))["data"]
    assert "enrollment.completed" in str(known)


async def test_a_secret_is_shown_once(admin: Api, listener: Listener) -> None:
    made = await admin.make("/webhooks", url=listener.url, events=["*"])
    assert made["attributes"]["secret"].startswith("whsec_")
    shown = await admin.get(f"/webhooks/{made['id']}")
    assert shown["data"]["attributes"]["secret"] is None


async def test_a_rotated_secret_signs_beside_the_former_one(
    admin: Api, services: Services, listener: Listener
) -> None:
    made = await admin.make("/webhooks", url=listener.url, events=["*"], secret=SECRET)
    answer = await admin.call("POST", f"/webhooks/{made['id']}/rotate-secret", json={})
    other = (await answer.json())["data"]["attributes"]["secret"]
    await happen(services)
    await delivered(admin, made["id"])
    ((headers, body),) = listener.heard
    for secret in (SECRET, other):
        assert Verifier(secret).verify(body, headers)


async def test_a_failed_attempt_is_made_again_and_every_one_is_logged(
    admin: Api, services: Services, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "PAUSES", (0, 0, 0))
    listener.statuses = [500, 503]
    made = await admin.make("/webhooks", url=listener.url, events=["*"])
    await happen(services)
    delivery = await delivered(admin, made["id"])
    assert [each["status"] for each in delivery["attributes"]["attempts"]] == [500, 503, 200]
    assert len({headers["webhook-id"] for headers, _ in listener.heard}) == 1


async def test_a_delivery_is_replayed_under_its_id(
    admin: Api, services: Services, listener: Listener
) -> None:
    made = await admin.make("/webhooks", url=listener.url, events=["*"])
    await happen(services)
    path = f"/webhooks/{made['id']}/deliveries/{(await delivered(admin, made['id']))['id']}"
    assert (await admin.call("POST", f"{path}/replay")).status == 200
    await until(lambda: len(listener.heard) == 2)
    assert listener.heard[0][0]["webhook-id"] == listener.heard[1][0]["webhook-id"]


async def test_an_address_that_is_gone_is_disabled(
    admin: Api, services: Services, listener: Listener
) -> None:
    listener.statuses = [410]
    made = await admin.make("/webhooks", url=listener.url, events=["*"])
    await happen(services)
    await delivered(admin, made["id"], "failed")

    async def off() -> bool:
        shown = (await admin.get(f"/webhooks/{made['id']}"))["data"]["attributes"]
        return not shown["enabled"] and "410" in (shown["disabled_because"] or "")

    await until(off)


async def test_a_test_is_delivered_at_once(admin: Api, listener: Listener) -> None:
    made = await admin.make("/webhooks", url=listener.url, events=["quiz.passed"])
    sent = await admin.make(f"/webhooks/{made['id']}/test")
    assert sent["attributes"]["event"] == "ping"
    await until(lambda: bool(listener.heard))
    assert json.loads(listener.heard[0][1])["event"] == "ping"


async def test_whatever_is_wrong_with_a_webhook_is_told_at_once(admin: Api) -> None:
    wrong = {"url": "ftp://example.org", "events": ["quiz.passed", "quiz.eaten"]}
    answer = await admin.call("POST", "/webhooks", json=wrong)
    assert answer.status == 422
    pointers = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert pointers == {"/url", "/events/1"}


async def test_a_removed_webhook_hears_no_more(
    admin: Api, services: Services, listener: Listener
) -> None:
    made = await admin.make("/webhooks", url=listener.url, events=["*"])
    assert (await admin.call("DELETE", f"/webhooks/{made['id']}")).status == 204
    assert (await admin.call("GET", f"/webhooks/{made['id']}")).status == 404
    other = await admin.make("/webhooks", url=listener.url, events=["*"])
    await happen(services)
    await delivered(admin, other["id"])
    assert len(listener.heard) == 1


async def test_an_inward_address_is_not_called_where_only_public_ones_may_be(
    database: Database, listener: Listener
) -> None:
    await prepare(database)
    store, webhooks = Store(database), Webhooks(Fernet(Fernet.generate_key()))
    draft = WebhookDraft(url=listener.url, events=("*",), secret=webhooks.sealed(SECRET))
    webhook = await subscriptions.create(store, "organization_1", draft)
    sent = await deliveries.ping(store, webhook)

    async def refused() -> bool:
        kept = await deliveries.get(store, webhook, sent.id)
        return [each.answer for each in kept.attempts] == [NOT_PUBLIC]

    async with beside(Sender(store, webhooks, public_only=True).run()):
        await until(refused)
    assert listener.heard == []


async def test_a_name_that_leads_inward_is_not_resolved() -> None:
    resolver = PublicResolver()
    with pytest.raises(OSError, match="not public"):
        await resolver.resolve("localhost", 80)
    await resolver.close()


def test_attempts_come_later_and_later_until_the_delivery_failed() -> None:
    attempt = Attempt(at=now(), milliseconds=1, status=500, answer="")
    for tries, pause in enumerate(PAUSES, start=1):
        assert outcome(tries, attempt) == ("pending", attempt.at + timedelta(seconds=pause))
    assert outcome(len(PAUSES) + 1, attempt) == ("failed", None)
    assert outcome(1, Attempt(at=now(), milliseconds=1, status=204, answer=""))[0] == "delivered"
