"""Attempts over REST: how they went, what was answered, and why sequencing did what it did."""

from typing import Any

import pytest
from msgspec.structs import replace

from api.services import Services
from lrs.query import StatementQuery
from scorm_runtime.http.answers import state_of
from scorm_runtime.launch import Launch
from scorm_runtime.navigation import Navigation
from scorm_runtime.runtime import CommitRequest, OpenRequest
from scorm_runtime.sessions import Commit
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.api.test_scorm import form, package

MANIFEST = """<?xml version="1.0"?>
<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
    xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="o"><organization identifier="o"><title>Exits</title>
    <item identifier="one" identifierref="r"><title>One</title></item>
    <item identifier="two" identifierref="r"><title>Two</title></item>
    <imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>
  </organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormType="sco" href="index.html">
    <file href="index.html"/></resource></resources>
</manifest>
"""
QUESTION = (
    ("cmi.interactions.0.id", "exit-sign"),
    ("cmi.interactions.0.type", "choice"),
    ("cmi.interactions.0.description", "Which sign shows the way out?"),
    ("cmi.interactions.0.correct_responses.0.pattern", "green"),
    ("cmi.interactions.0.learner_response", "green"),
    ("cmi.interactions.0.result", "correct"),
    ("cmi.interactions.0.latency", "PT12.5S"),
)


@pytest.fixture
async def launch(services: Services, admin: Api, learner: Api) -> Launch:
    """Ada's way into a lesson of two SCOs."""
    course = await admin.make("/courses", title="Fire", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="One")
    body = form(
        package(**{"imsmanifest.xml": MANIFEST}), course_id=course["id"], module_id=module["id"]
    )
    answer = await admin.call("POST", "/scorm/upload", data=body)
    assert answer.status == 201, await answer.text()
    lesson_id = (await answer.json())["data"]["id"]
    me = (await learner.get("/auth/me"))["data"]["id"]
    await admin.make("/enrollments", user_id=me, course_id=course["id"])
    launched = await learner.make(f"/lessons/{lesson_id}/launch")
    token = launched["attributes"]["url"].rpartition("/")[2]
    return services.runtime.read(token)


@pytest.fixture
async def attempt_id(services: Services, launch: Launch) -> str:
    """An attempt in which the first SCO was played and asked for the next."""
    runtime = services.runtime
    opened = await runtime.open(launch, OpenRequest("tab"))
    assert opened.session is not None
    changes = (
        *QUESTION,
        ("cmi.score.scaled", "0.8"),
        ("cmi.success_status", "passed"),
        ("adl.nav.request", "continue"),
    )
    commit = Commit(1, changes, initialize=True, finish=True, proceed=True)
    done = await runtime.commit(launch, CommitRequest(opened.session.id, (commit,)))
    assert done.moved
    again = await runtime.open(launch, OpenRequest("tab", Navigation()))
    assert again.session is not None
    assert again.outline.activities[again.session.position].identifier == "two"
    return again.attempt.id


async def test_an_attempt_is_shown_item_by_item(learner: Api, attempt_id: str) -> None:
    shown = (await learner.get(f"/attempts/{attempt_id}"))["data"]["attributes"]
    assert shown["progress"] == 50
    (_, one, _) = shown["items"]
    assert (one["identifier"], one["status"], one["score_scaled"]) == ("one", "passed", 0.8)


async def test_what_was_answered_is_a_table(learner: Api, attempt_id: str) -> None:
    shown = await learner.get(f"/attempts/{attempt_id}/interactions")
    (row,) = shown["data"]["attributes"]["interactions"]
    assert row["question"] == "Which sign shows the way out?"
    assert (row["response"], row["success"], row["latency"]) == ("green", True, "PT12.50S")


async def test_the_trace_says_which_rule_decided_what(learner: Api, attempt_id: str) -> None:
    shown = await learner.get(f"/attempts/{attempt_id}/trace")
    start, onward = shown["data"]["attributes"]["moves"]
    assert (start["request"], start["delivered"]) == ("start", "one")
    assert (onward["request"], onward["delivered"]) == ("continue", "two")
    processes = [each["process"] for each in onward["decisions"]]
    assert processes[0] == "OP.1"
    assert {"UP.4", "DB.2"} <= {*processes}


async def test_attempts_are_listed_by_enrollment(learner: Api, admin: Api, attempt_id: str) -> None:
    (enrollment,) = (await learner.get("/enrollments"))["data"]
    for caller in (learner, admin):
        found = (await caller.get(f"/enrollments/{enrollment['id']}/attempts"))["data"]
        assert [each["id"] for each in found] == [attempt_id]


@pytest.mark.parametrize("what", ["", "/interactions", "/trace"])
async def test_nobody_elses_attempt_is_shown(
    services: Services, client: Client, attempt_id: str, what: str
) -> None:
    await add_person(services, "eve@example.org", "learner")
    eve = await signed_in(client, "eve@example.org", PASSWORD)
    answer = await eve.call("GET", f"/attempts/{attempt_id}{what}")
    assert answer.status == 403
    answer = await eve.call("GET", f"/attempts/nothing{what}")
    assert (await error_of(answer))["code"] == "attempt_not_found"


async def test_a_review_shows_the_learners_contents_and_values_and_writes_nothing(
    services: Services, launch: Launch, attempt_id: str
) -> None:
    runtime, organization_id = services.runtime, launch.organization_id
    before = await runtime.history.attempt(organization_id, attempt_id)
    query = StatementQuery(registration=launch.registration)
    recorded = len((await services.log.find(organization_id, query)).statements)
    review = replace(launch, mode="review")
    opened = await runtime.open(review, OpenRequest("other", Navigation("choice", "one")))
    assert opened.session is not None
    assert opened.valid is not None
    assert opened.attempt.items[1].status == "passed"
    assert opened.values["cmi.interactions.0.learner_response"] == "green"
    assert (opened.values["cmi.mode"], opened.values["cmi.credit"]) == ("review", "no-credit")
    assert (opened.valid.continue_, opened.valid.previous) == (True, False)
    changes = (("cmi.score.scaled", "0.1"), ("adl.nav.request", "continue"))
    commit = Commit(1, changes, initialize=True, finish=True, proceed=True)
    done = await runtime.commit(review, CommitRequest(opened.session.id, (commit,)))
    assert done.moved
    second = await runtime.open(review, OpenRequest("other"))
    assert second.session is not None
    assert second.outline.activities[second.session.position].identifier == "two"
    over = await runtime.open(review, OpenRequest("other", Navigation("exitAll")))
    assert (over.session, state_of(over.attempt)) == (None, "ended")
    again = await runtime.open(review, OpenRequest("other", Navigation("choice", "one")))
    assert again.values["cmi.score.scaled"] == "0.8"
    assert await runtime.history.attempt(organization_id, attempt_id) == before
    assert len((await services.log.find(organization_id, query)).statements) == recorded
    kept = await services.database.attempts.count_documents({"mode": "review"})
    assert kept == 1


async def error_of(answer: Any) -> dict[str, Any]:
    (error,) = (await answer.json())["errors"]
    found: dict[str, Any] = error
    return found
