"""Acts on a duty over HTTP: waivers, extensions, outside evidence, sign-offs; told and audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import FormData

from api.services import Services
from content.compliance.telling import APPROVE, CONFIRM, RETRACT, SUBMIT, WAIVED
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in

LATER = "2999-01-01T00:00:00Z"
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@dataclass(frozen=True)
class Office:
    """An officer, a learner whom a requirement concerns, and the requirement."""

    officer: Api
    learner: Api
    learner_id: str
    requirement_id: str

    def about(self, **fields: Any) -> dict[str, Any]:
        return {"requirement_id": self.requirement_id, "user_id": self.learner_id, **fields}

    async def refused(self, api: Api, path: str, status: int, **body: Any) -> str:
        answer = await api.call("POST", path, json=body)
        assert answer.status == status, await answer.text()
        return str((await answer.json())["errors"][0]["code"])


@pytest.fixture
async def office(services: Services, client: Client, admin: Api) -> Office:
    await add_person(services, "olga@example.org", "compliance_officer")
    learner_id = await add_person(services, "ada@example.org", "learner")
    course = await admin.make("/courses", title="Hygiene")
    requirement = await admin.make(
        "/compliance/requirements", title="Hygiene, yearly", course_id=course["id"]
    )
    return Office(
        officer=await signed_in(client, "olga@example.org", PASSWORD),
        learner=await signed_in(client, "ada@example.org", PASSWORD),
        learner_id=learner_id,
        requirement_id=requirement["id"],
    )


async def said(office: Office, made: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements that tell of a decision, in its order."""
    ids = made["attributes"]["statement_ids"]
    return [await office.officer.get(f"/statements/{each}") for each in ids]


async def test_a_waiver_is_told_as_a_statement_and_revoked(office: Office) -> None:
    made = await office.officer.make("/compliance/waive", **office.about(reason="On leave"))
    assert made["attributes"]["state"] == "approved"
    (waived,) = await said(office, made)
    assert (waived["verb"]["id"], waived["actor"]["name"]) == (WAIVED, "Ada")
    assert waived["context"]["instructor"]["name"] == "Olga"
    path = f"/compliance/waivers/{made['id']}"
    assert (await office.learner.get(path))["data"]["attributes"]["reason"] == "On leave"
    answer = await office.officer.call("POST", f"{path}/revoke", json={"reason": "Back early"})
    gone = (await answer.json())["data"]
    assert (gone["attributes"]["state"], gone["attributes"]["answer"]) == ("revoked", "Back early")
    retracted = (await said(office, gone))[1]
    assert retracted["verb"]["id"] == RETRACT
    assert retracted["object"]["id"] == waived["id"]
    again = await office.refused(office.officer, f"{path}/revoke", 409, reason="Twice")
    assert again == "not_in_force"
    entries = await office.officer.get(
        f"/audit-log?action=POST /compliance/waive&subject={made['id']}"
    )
    assert len(entries["data"]) == 1


async def test_nobody_decides_on_their_own_duty(services: Services, office: Office) -> None:
    own = (await office.officer.get("/auth/me"))["data"]["id"]
    about = {"requirement_id": office.requirement_id, "user_id": own, "reason": "I know it"}
    assert await office.refused(office.officer, "/compliance/waivers", 403, **about) == "own_duty"
    refused = await office.refused(
        office.learner, "/compliance/waivers", 403, **office.about(reason="Please")
    )
    assert refused == "forbidden"


async def test_many_are_waived_and_extended_with_an_outcome_for_each(office: Office) -> None:
    own = (await office.officer.get("/auth/me"))["data"]["id"]
    many = {
        "requirement_id": office.requirement_id,
        "user_ids": [office.learner_id, own, "user_none"],
        "reason": "The course was not to be had",
    }
    for path, more in (("waivers", {}), ("extensions", {"due_at": LATER})):
        answer = await office.officer.call("POST", f"/compliance/{path}/bulk", json=many | more)
        outcome = (await answer.json())["data"]
        assert [each["outcome"] for each in outcome["results"]] == [
            "done",
            "own_duty",
            "user_not_found",
        ]
        assert (outcome["done_count"], outcome["refused_count"]) == (1, 2)
    listed = await office.learner.get("/compliance/extensions")
    assert [each["attributes"]["due_at"] for each in listed["data"]] == [LATER]


async def test_terms_that_are_wrong_are_refused_with_every_finding(office: Office) -> None:
    past = "2001-01-01T00:00:00Z"
    body = office.about(reason="Late", due_at=past)
    assert await office.refused(office.officer, "/compliance/extensions", 422, **body)
    answer = await office.learner.call(
        "POST",
        "/compliance/evidence",
        json={"requirement_id": office.requirement_id, "what": "Abroad", "completed_at": LATER},
    )
    assert answer.status == 422
    pointers = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert pointers == {"/completed_at", "/file_id"}


async def uploaded(api: Api) -> str:
    form = FormData()
    form.add_field("file", PDF, filename="card.pdf", content_type="application/pdf")
    answer = await api.call("POST", "/files", data=form)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["data"]["id"])


async def test_evidence_is_handed_in_seen_and_approved_or_rejected(office: Office) -> None:
    file_id = await uploaded(office.learner)
    about = {
        "requirement_id": office.requirement_id,
        "what": "First aid, Red Cross",
        "completed_at": "2024-02-29T10:00:00Z",
        "file_id": file_id,
    }
    made = await office.learner.make("/compliance/evidence", **about)
    path = f"/compliance/evidence/{made['id']}"
    assert made["attributes"]["state"] == "proposed"
    assert [each["verb"]["id"] for each in await said(office, made)] == [SUBMIT]
    sent = await office.officer.call("GET", f"{path}/file")
    assert await sent.read() == PDF
    assert (await office.learner.call("DELETE", f"/files/{file_id}")).status == 409
    refused = await office.refused(office.learner, f"{path}/approve", 403)
    assert refused == "forbidden"
    answer = await office.officer.call("POST", f"{path}/approve", json={})
    approved = (await answer.json())["data"]
    assert approved["attributes"]["state"] == "approved"
    assert [each["verb"]["id"] for each in await said(office, approved)] == [APPROVE, SUBMIT]
    twice = await office.refused(office.officer, f"{path}/reject", 409, reason="No")
    assert twice == "already_decided"
    other = await office.learner.make(
        "/compliance/evidence", **{**about, "file_id": None, "act": "prior_learning"}
    )
    answer = await office.officer.call(
        "POST", f"/compliance/evidence/{other['id']}/reject", json={"reason": "Too long ago"}
    )
    assert (await answer.json())["data"]["attributes"]["answer"] == "Too long ago"
    waiting = await office.officer.get("/compliance/evidence?state=proposed")
    assert waiting["data"] == []


async def test_a_signature_asks_for_the_password_again_and_counts_wrong_ones(
    office: Office,
) -> None:
    meaning = "I have read and understood it"
    body = {"requirement_id": office.requirement_id, "meaning": meaning}
    missing = await office.refused(office.learner, "/compliance/sign-offs", 403, **body)
    assert missing == "reauthentication_required"
    wrong = {**body, "password": "not the password"}
    assert await office.refused(office.learner, "/compliance/sign-offs", 422, **wrong)
    made = await office.learner.make("/compliance/sign-offs", **body, password=PASSWORD)
    signed = made["attributes"]
    assert (signed["signed_as"], signed["signed_name"]) == ("person", "Ada")
    assert signed["authenticated_by"] == "password"
    (confirmed,) = await said(office, made)
    assert confirmed["verb"]["id"] == CONFIRM
    assert confirmed["result"]["response"] == meaning
    supervised = await office.officer.make(
        "/compliance/sign-offs", **{**body, "user_id": office.learner_id}, password=PASSWORD
    )
    assert supervised["attributes"]["signed_as"] == "officer"
    answers = [
        await office.learner.call("POST", "/compliance/sign-offs", json=wrong) for _ in range(12)
    ]
    assert answers[-1].status == 429


async def test_supervisors_of_every_level_sign_and_nobody_else_who_is_no_officer(
    services: Services, client: Client, admin: Api, office: Office
) -> None:
    below = office.learner_id
    for name in ("lead", "head"):
        upper = await add_person(services, f"{name}@example.org", "learner")
        await admin.call("PATCH", f"/users/{below}", json={"supervisor_id": upper})
        below = upper
    body = office.about(meaning="I have seen it done", password=PASSWORD)
    lead, head = [
        await signed_in(client, f"{name}@example.org", PASSWORD) for name in ("lead", "head")
    ]
    for api in (lead, head):
        made = await api.make("/compliance/sign-offs", **body)
        assert made["attributes"]["signed_as"] == "supervisor"
    for api, other in ((lead, below), (office.learner, below), (lead, "nobody")):
        about = {**body, "user_id": other}
        refused = await office.refused(api, "/compliance/sign-offs", 403, **about)
        assert refused == "not_the_supervisor"


async def test_events_tell_of_each_step(services: Services, office: Office) -> None:
    await office.officer.make("/compliance/waivers", **office.about(reason="On leave"))
    database = services.content.database
    told = await database["events"].find({"type": {"$regex": "^compliance"}}).to_list()
    assert [(each["type"], each["data"]["user_id"]) for each in told] == [
        ("compliance.waived", office.learner_id)
    ]
