"""Erasing a person over REST: everything of theirs goes, and the audit log names nobody."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import orjson
import pytest
from aiohttp import encode_basic_auth

from api import erasures
from api.audit import AuditQuery
from api.erasures import Erasures
from api.services import Services
from lrs.erasure import Erasure
from lrs.store import ATTACHMENT_CHUNKS
from lrs.verification import Verification
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.lrs.conftest import a_statement
from tests.lrs.messages import MULTIPART, body_of, described, part
from tests.tasks import until

AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.org"}


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests do the worker's work themselves, step by step."""

    async def run(_: Erasures) -> None:
        return

    monkeypatch.setattr(Erasures, "run", run)


@pytest.fixture
async def at_once(services: Services) -> Erasures:
    """A server on which no launch from before is good any more."""
    return another_server(services)


def another_server(services: Services) -> Erasures:
    log, documents, metadata = services.log, services.documents, services.metadata
    return Erasures(
        services.database,
        services.content,
        services.audit,
        Erasure(services.database, log.attachments, documents, metadata, services.ledger),
        services.targets,
        services.ledger,
        timedelta(0),
    )


async def everything(services: Services) -> str:
    """All that is in the database, as text."""
    database, found = services.database, []
    for name in await database.list_collection_names():
        found += [bson.json_util.dumps(each) async for each in database[name].find()]
        found += [
            bytes(each["raw"]).decode()
            async for each in database[name].find({"raw": {"$exists": 1}})
        ]
    return "\n".join(found)


async def erase(admin: Api, person_id: str) -> dict[str, Any]:
    answer = await admin.call("POST", f"/users/{person_id}/erasure")
    assert answer.status == 202, await answer.text()
    erasure: dict[str, Any] = (await answer.json())["data"]
    return erasure


async def trained(services: Services, admin: Api) -> str:
    """A person with everything that a person can have."""
    ada = await add_person(services, "ada@example.org", "learner")
    await admin.call("PATCH", f"/users/{ada}", json={"email": "lovelace@example.org"})
    course = await admin.make("/courses", title="Fire safety")
    await admin.make("/enrollments", user_id=ada, course_id=course["id"])
    certified = {"user_id": ada, "course_id": course["id"], "force_reason": "Ada knows it all"}
    await admin.make("/certificates", **certified)
    called = await admin.make("/variables", course_id=course["id"], name="Called", type="text")
    value = {"variable_id": called["id"], "learner_id": ada, "value": "Ada"}
    assert (await admin.call("POST", "/variables/set", json=value)).status == 200
    cohort = await admin.make("/cohorts", name="Autumn")
    await admin.call("POST", f"/cohorts/{cohort['id']}/members", json={"user_ids": [ada]})
    audience = {"kind": "people", "user_ids": [ada]}
    await admin.make(
        "/compliance/requirements", title="Fire", course_id=course["id"], audience=audience
    )
    me = (await admin.get("/auth/me"))["data"]["id"]
    await admin.call("PATCH", f"/users/{me}", json={"supervisor_id": ada})
    organization_id = services.sessions.organization_id
    (enrollment,) = await services.database.enrollments.find().to_list()
    await services.database.attempts.insert_one(
        {
            "organization_id": organization_id,
            "registration": enrollment["registration"],
            "lesson_id": "lesson",
            "mode": "normal",
            "number": 1,
            "learner": "ada@example.org",
        }
    )
    by_mail = {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.org"}
    instructed = a_statement(context={"instructor": by_mail})
    await services.log.record(
        organization_id, [a_statement(actor=by_mail), instructed], authority=AUTHORITY
    )
    return ada


async def _forgotten(services: Services, *personal: str) -> bool:
    left = await everything(services)
    return not any(each in left for each in personal)


async def test_nothing_of_the_person_is_left(
    services: Services, admin: Api, at_once: Erasures, client: Client
) -> None:
    ada = await trained(services, admin)
    api = await signed_in(client, "lovelace@example.org", PASSWORD)
    erasure = await erase(admin, ada)
    assert erasure["attributes"]["state"] == "running"
    assert (await api.call("GET", "/auth/me")).status == 401
    await at_once.erase_due()
    # What was told of the person a moment ago may still wait to be found without object.
    await until(lambda: _forgotten(services, ada, "ada@example.org", "lovelace@example.org", "Ada"))
    shown = (await admin.get(f"/erasures/{erasure['id']}"))["data"]["attributes"]
    assert shown["state"] == "done"
    # Whether events have become notifications by now, and a duty a record, is a matter of moments.
    assert shown["counts"].pop("notifications") in (0, 1, 2)
    assert shown["counts"].pop("compliance_records") in (0, 1)
    assert shown["counts"].pop("compliance_proofs") in (0, 1)
    assert shown["counts"] == {
        "attempts": 1,
        "audiences": 1,
        "bookmarks": 0,
        "certificates": 1,
        "cohort_members": 1,
        "compliance_decisions": 0,
        "compliance_views": 0,
        "course_reviews": 0,
        "documents": 0,
        "enrollment_requests": 0,
        "enrollments": 1,
        "events": 2,
        "mentor_applications": 0,
        "notification_preferences": 0,
        "quiz_attempts": 0,
        "notes": 0,
        "variable_values": 1,
        "reports": 0,
        "report_alerts": 0,
        "report_schedules": 0,
        "webhook_deliveries": 0,
        "jobs": 0,
        "files": 0,
        "path_enrollments": 0,
        "peer_reviews": 0,
        "posts": 0,
        "progress": 1,
        "evidence_packages": 0,
        "statements_deleted": 2,
        "statements_pseudonymised": 1,
        "submissions": 0,
    }
    assert [each async for each in Verification(services.database).run()] == []
    assert (await admin.call("GET", f"/users/{ada}")).status == 404
    assert (await admin.call("POST", f"/users/{ada}/erasure")).status == 404
    listed = await admin.get("/erasures")
    assert [each["id"] for each in listed["data"]] == [erasure["id"]]


async def test_what_xapi_clients_brought_of_the_person_goes_with_its_bytes(
    services: Services, admin: Api, at_once: Erasures, client: Client
) -> None:
    ada = await add_person(services, "ada@example.org", "learner")
    agent = {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.org"}
    headers = {
        "Authorization": encode_basic_auth("key", "secret"),
        "X-Experience-API-Version": "1.0.3",
    }
    own, shared = b"Ada's essay", b"a form that everybody has"
    hers = a_statement(actor=agent, attachments=[described(own), described(shared)])
    other = a_statement(actor={"mbox": "mailto:x@example.org"}, attachments=[described(shared)])
    answer = await client.post(
        "/xapi/statements",
        data=body_of([hers, other], part(own), part(shared)),
        headers={**headers, "Content-Type": MULTIPART},
    )
    assert answer.status == 200, await answer.text()
    whose = {"agent": json.dumps(agent)}
    state = {**whose, "activityId": hers["object"]["id"], "stateId": "bookmark"}
    profile = {**whose, "profileId": "language"}
    for path, query in (("activities/state", state), ("agents/profile", profile)):
        answer = await client.put(
            f"/xapi/{path}",
            params=query,
            json={"of": "Ada"},
            headers={**headers, "If-None-Match": "*"},
        )
        assert answer.status == 204, await answer.text()
    assert await client.get("/xapi/agents", params=whose, headers=headers)
    erasure = await erase(admin, ada)
    await at_once.erase_due()
    shown = (await admin.get(f"/erasures/{erasure['id']}"))["data"]["attributes"]
    assert (shown["counts"]["statements_deleted"], shown["counts"]["documents"]) == (1, 2)
    attachments, organization_id = services.log.attachments, services.sessions.organization_id
    await attachments.sweep(datetime.now(UTC) + timedelta(days=2))
    hashes = [hashlib.sha256(each).hexdigest() for each in (own, shared)]
    assert list(await attachments.find(organization_id, hashes)) == [hashes[1]]
    left = await services.database[ATTACHMENT_CHUNKS].find().to_list()
    assert [each["data"] for each in left] == [shared]
    for path, query in (("activities/state", state), ("agents/profile", profile)):
        answer = await client.get(f"/xapi/{path}", params=query, headers=headers)
        assert answer.status == 404
    assert "Ada" not in await everything(services)
    assert [each async for each in Verification(services.database).run()] == []


async def test_the_audit_log_keeps_that_it_was_done_and_names_nobody(
    services: Services, admin: Api, at_once: Erasures
) -> None:
    ada = await trained(services, admin)
    erasure = await erase(admin, ada)
    await at_once.erase_due()
    organization_id = services.sessions.organization_id
    entries, _ = await services.audit.find(organization_id, AuditQuery(subject=erasure["id"]), 100)
    me = (await admin.get("/auth/me"))["data"]["id"]
    assert [(each.action, each.who) for each in entries] == [
        ("erasure.settled", None),
        ("erasure.asked", me),
        ("PATCH /users/{user_id}", me),
    ]
    assert entries[0].counts["statements_deleted"] == 2
    await until(lambda: _forgotten(services, ada))


async def test_what_comes_late_is_erased_by_a_second_look(services: Services, admin: Api) -> None:
    ada = await trained(services, admin)
    account = {"homePage": services.settings.public_origin, "name": ada}
    erasure = await erase(admin, ada)
    await services.erasures.erase_due()
    assert (await admin.get(f"/erasures/{erasure['id']}"))["data"]["attributes"][
        "state"
    ] == "settling"
    organization_id = services.sessions.organization_id
    await services.log.record(
        organization_id, [a_statement(actor={"account": account})], authority=AUTHORITY
    )
    await services.database.erasures.update_one(
        {}, {"$set": {"asked_at": erasures.now() - timedelta(days=8), "due_at": erasures.now()}}
    )
    await services.erasures.erase_due()
    shown = (await admin.get(f"/erasures/{erasure['id']}"))["data"]["attributes"]
    assert (shown["state"], shown["counts"]["statements_deleted"]) == ("done", 3)
    await until(lambda: _forgotten(services, ada))


async def test_who_comes_back_under_the_same_address_keeps_what_is_new(
    services: Services, admin: Api
) -> None:
    ada = await add_person(services, "ada@example.org", "learner")
    await erase(admin, ada)
    await services.erasures.erase_due()
    await add_person(services, "ada@example.org", "learner")
    new = a_statement(actor={"mbox": "mailto:ada@example.org"})
    organization_id = services.sessions.organization_id
    await services.log.record(organization_id, [new], authority=AUTHORITY)
    await services.database.erasures.update_one(
        {}, {"$set": {"asked_at": erasures.now() - timedelta(days=8), "due_at": erasures.now()}}
    )
    await services.erasures.erase_due()
    kept = await services.log.get(organization_id, new["id"])
    assert kept is not None
    assert orjson.loads(kept.raw)["actor"] == new["actor"]


async def test_another_server_takes_over_where_one_stopped(
    services: Services, admin: Api, at_once: Erasures, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await trained(services, admin)
    erasure = await erase(admin, ada)

    async def crash(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as crashing:
        crashing.setattr(erasures.training, "erase_person", crash)
        with pytest.raises(ConnectionError):
            await at_once.erase_due()
    await at_once.erase_due()
    shown = (await admin.get(f"/erasures/{erasure['id']}"))["data"]["attributes"]
    assert shown["state"] == "running"
    await services.database.erasures.update_one({}, {"$set": {"until": erasures.now()}})
    await another_server(services).erase_due()
    shown = (await admin.get(f"/erasures/{erasure['id']}"))["data"]["attributes"]
    assert (shown["state"], shown["counts"]["statements_deleted"]) == ("done", 2)


async def test_asking_twice_is_asking_once(services: Services, admin: Api) -> None:
    ada = await add_person(services, "ada@example.org", "learner")
    assert (await erase(admin, ada))["id"] == (await erase(admin, ada))["id"]


async def test_nobody_erases_themselves(admin: Api) -> None:
    me = (await admin.get("/auth/me"))["data"]["id"]
    answer = await admin.call("POST", f"/users/{me}/erasure")
    assert answer.status == 422
