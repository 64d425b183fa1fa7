"""Attempts by policy: a new one begins, the right one counts, an instructor resets one."""

from typing import Any

import pytest

from api.services import Services
from content.enrollment import enrollments
from content.progress.fold import RESET
from lrs.query import StatementQuery
from scorm_runtime.errors import AttemptOver
from scorm_runtime.runtime import CommitRequest, OpenRequest
from scorm_runtime.sessions import Commit
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.api.playing import Playroom, open_playroom


@pytest.fixture
async def room(services: Services, admin: Api, learner: Api) -> Playroom:
    """Ada before a lesson of one SCO."""
    return await open_playroom(services, admin, learner)


def code(document: dict[str, Any]) -> str:
    """The code of the one error."""
    (error,) = document["errors"]
    found: str = error["code"]
    return found


async def test_the_best_attempt_counts_and_all_are_in_the_history(room: Playroom) -> None:
    await room.play("80")
    opened = await room.play("30", new_attempt=True)
    assert opened.attempt.number == 2
    assert opened.values["cmi.core.entry"] == "ab-initio"
    second, first = await room.attempts()
    assert [each["attributes"]["number"] for each in (second, first)] == [2, 1]
    assert [each["attributes"]["counts"] for each in (second, first)] == [False, True]
    assert first["attributes"]["registration"] != second["attributes"]["registration"]
    standing = await room.standing()
    assert (standing["success"], standing["score"]) == (True, 80)
    await room.policy(counts="latest")
    standing = await room.standing()
    assert (standing["success"], standing["score"]) == (False, 30)


async def test_a_rebuild_from_the_log_alone_comes_out_the_same(room: Playroom) -> None:
    await room.policy(counts="latest")
    await room.play("80")
    await room.play("30", new_attempt=True)
    before = await room.standing()
    await room.services.database.progress.delete_many({})
    await room.services.progress.rebuild()
    assert await room.standing() == before


async def test_an_unfinished_attempt_is_gone_on_with(room: Playroom) -> None:
    launch, opened = await room.enter()
    assert opened.session is not None
    request = CommitRequest(opened.session.id, (Commit(1, initialize=True),))
    await room.services.runtime.commit(launch, request)
    assert code(await room.launch(409, new_attempt=True)) == "attempt_not_finished"
    assert (await room.launch())["data"]["attributes"]["attempt"] == 1


async def test_limited_attempts_are_used_up(room: Playroom) -> None:
    await room.policy(limit=2)
    await room.play("10")
    assert (await room.play("20")).attempt.number == 2
    assert code(await room.launch(409)) == "attempts_exhausted"
    reviewed = await room.launch(mode="review")
    assert reviewed["data"]["attributes"]["attempt"] == 2


async def test_a_passed_lesson_is_locked_where_the_policy_says_so(room: Playroom) -> None:
    await room.policy(locked_after_pass=True)
    await room.play("90")
    assert code(await room.launch(403)) == "lesson_locked"
    assert (await room.launch(mode="review"))["data"]["attributes"]["mode"] == "review"


async def test_the_lessons_mastery_score_decides_in_place_of_the_manifests(room: Playroom) -> None:
    await room.policy(mastery_score=90)
    opened = await room.play("80")
    assert opened.values["cmi.student_data.mastery_score"] == "90"
    assert (await room.standing())["success"] is False


async def test_a_lesson_without_credit_is_completed_without_a_verdict(room: Playroom) -> None:
    await room.policy(credit=False)
    opened = await room.play("80")
    assert opened.values["cmi.core.credit"] == "no-credit"
    standing = await room.standing()
    assert (standing["status"], standing["success"], standing["score"]) == ("completed", None, None)


async def test_a_reset_attempt_counts_no_more_and_stays_in_the_history(room: Playroom) -> None:
    await room.policy(limit=1)
    await room.play("10")
    (attempt,) = await room.attempts()
    path = f"/attempts/{attempt['id']}/reset"
    answer = await room.admin.call("POST", path, json={"reason": "the power failed"})
    assert answer.status == 200, await answer.text()
    shown = (await answer.json())["data"]["attributes"]
    assert shown["reset_at"] is not None
    assert not shown["counts"]
    standing = await room.standing()
    assert (standing["status"], standing["success"]) == ("not_started", None)
    again = await room.admin.call("POST", path, json={})
    assert (again.status, code(await again.json())) == (409, "already_reset")
    assert (await room.play("70")).attempt.number == 2
    assert (await room.standing())["score"] == 70
    assert len(await room.attempts()) == 2
    log = await room.admin.get("/audit-log")
    (entry,) = [each for each in log["data"] if each["attributes"]["action"].endswith("/reset")]
    assert attempt["id"] in entry["attributes"]["subjects"]


async def test_a_player_that_is_still_open_is_told_that_its_attempt_is_over(room: Playroom) -> None:
    launch, opened = await room.enter()
    assert opened.session is not None
    session, runtime = opened.session.id, room.services.runtime
    await runtime.commit(launch, CommitRequest(session, (Commit(1, initialize=True),)))
    await room.admin.call("POST", f"/attempts/{opened.attempt.id}/reset", json={})
    with pytest.raises(AttemptOver):
        await runtime.commit(launch, CommitRequest(session, (Commit(2, finish=True),)))
    with pytest.raises(AttemptOver):
        await runtime.open(launch, OpenRequest("tab"))


async def test_voiding_a_reset_takes_it_back(room: Playroom, services: Services) -> None:
    await room.play("80")
    (attempt,) = await room.attempts()
    await room.admin.call("POST", f"/attempts/{attempt['id']}/reset", json={})
    assert (await room.standing())["success"] is None
    organization_id = services.sessions.organization_id
    query = StatementQuery(registration=attempt["attributes"]["registration"])
    recorded = (await services.log.find(organization_id, query)).statements
    (reset,) = [each for each in recorded if each.verb == RESET]
    voiding = {
        "actor": {"mbox": "mailto:admin@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": reset.statement_id},
    }
    await services.log.record(organization_id, [voiding], authority=voiding["actor"])
    assert (await room.standing())["success"] is True


async def test_learners_reset_nothing(room: Playroom) -> None:
    await room.play("10")
    (attempt,) = await room.attempts()
    answer = await room.learner.call("POST", f"/attempts/{attempt['id']}/reset", json={})
    assert answer.status == 403


async def test_another_organizations_instructor_resets_nothing(
    room: Playroom, services: Services, client: Client
) -> None:
    await room.play("10")
    (attempt,) = await room.attempts()
    found = await enrollments.by_registration(
        services.content, "org_other", attempt["attributes"]["registration"]
    )
    assert found is None
    assert await services.runtime.history.attempt("org_other", attempt["id"]) is None
    await add_person(services, "ines@example.org", "instructor")
    ines = await signed_in(client, "ines@example.org", PASSWORD)
    assert (await ines.call("POST", "/attempts/nothing/reset", json={})).status == 404


@pytest.mark.parametrize(
    ("policy", "pointer"),
    [
        ({"limit": 0}, "/attempt_policy/limit"),
        ({"counts": "worst"}, "/attempt_policy/counts"),
        ({"mastery_score": 101}, "/attempt_policy/mastery_score"),
        ({"colour": "red"}, "/attempt_policy/colour"),
    ],
)
async def test_a_policy_that_cannot_be_is_refused(
    room: Playroom, policy: dict[str, Any], pointer: str
) -> None:
    path = f"/lessons/{room.lesson_id}"
    answer = await room.admin.call("PATCH", path, json={"attempt_policy": policy})
    assert answer.status == 422
    (error,) = (await answer.json())["errors"]
    assert error["source"]["pointer"] == pointer
