"""Peer review over REST: given out when the work is due, drafted, submitted, flagged, moderated."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.services import Services
from tests.api.callers import PASSWORD, Api, add_person, signed_in
from tests.api.test_assignments import RUBRIC, SCORES, Class, grade, hand_in, work
from tests.api.test_assignments import room as room
from tests.api.test_files import PNG, code_of

PEERS = {"reviews_per_submission": 2, "anonymous": True}


@pytest.fixture
async def learners(room: Class, services: Services) -> list[Api]:
    """Four learners of the class."""
    found = [room.learner]
    for name in ("bea", "cem", "dan"):
        person_id = await add_person(services, f"{name}@example.org", "learner")
        await room.instructor.make("/enrollments", user_id=person_id, course_id=room.course_id)
        found.append(await signed_in(room.learner.client, f"{name}@example.org", PASSWORD))
    return found


async def _due(room: Class, assignment: Any) -> None:
    """Let the assignment have been due."""
    past = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
    changes = {"due_date": past, "allow_late_submission": True}
    path = f"/assignments/{assignment['id']}"
    assert (await room.instructor.call("PATCH", path, json=changes)).status == 200


async def _queue(who: Api) -> list[Any]:
    found: list[Any] = (await who.get("/my/peer-reviews"))["data"]
    return found


async def test_work_is_reviewed_by_peers_and_graded_by_what_they_say(
    room: Class, learners: list[Api], services: Services
) -> None:
    assignment = await room.assign(peer_review=PEERS)
    path = f"/assignments/{assignment['id']}"
    handed_in = {}
    for number, who in enumerate(learners[:3]):
        body = work(("a.png", PNG), text=f"Work {number}")
        answer = await who.call("POST", f"{path}/submissions", data=body)
        made = (await answer.json())["data"]
        handed_in[made["id"]] = who
    assert await _queue(learners[0]) == []
    await _due(room, assignment)
    queues = await asyncio.gather(*(_queue(who) for who in learners[:3]))
    assert [len(queue) for queue in queues] == [2, 2, 2]
    again = await room.instructor.call("POST", f"{path}/peer-reviews")
    assert (await again.json()) == {"allotted": 0}

    first = queues[0][0]
    review = f"/peer-reviews/{first['id']}"
    shown = (await learners[0].get(review))["data"]
    assert shown["relationships"]["author"]["data"] is None
    (file_id,) = shown["attributes"]["work"]["file_ids"]
    content = await learners[0].call("GET", f"/files/{file_id}/content")
    assert await content.read() == PNG
    described = (await learners[0].get(f"/files/{file_id}"))["data"]
    assert described["relationships"]["owner"]["data"] is None
    assert (await learners[3].call("GET", review)).status == 404
    assert (await learners[3].call("GET", f"/files/{file_id}")).status == 404

    drafted = await learners[0].call("PATCH", review, json={"scores": SCORES[:1]})
    assert (await drafted.json())["data"]["attributes"]["status"] == "draft"
    wrong = await learners[0].call("POST", f"{review}/submit", json={})
    assert wrong.status == 422
    for who, queue in zip(learners[:3], queues, strict=True):
        for each in queue:
            body = {"scores": SCORES, "comments": "Well done"}
            answer = await who.call("POST", f"/peer-reviews/{each['id']}/submit", json=body)
            assert answer.status == 200, await answer.text()
    late = await learners[0].call("PATCH", review, json={"comments": "Hm"})
    assert (late.status, await code_of(late)) == (409, "peer_review_submitted")

    submission_id, author = next(iter(handed_in.items()))
    received = await author.get(f"/submissions/{submission_id}/peer-reviews")
    assert received["meta"]["aggregate"] == {"reviews": 2, "total_score": 80}
    assert {each["relationships"]["reviewer"]["data"] is None for each in received["data"]} == {
        True
    }
    assert (
        await learners[3].call("GET", f"/submissions/{submission_id}/peer-reviews")
    ).status == 403
    graded = await grade(room, {"id": submission_id}, from_peer_reviews=True)
    assert graded["data"]["attributes"]["grade"]["total_score"] == 80
    both = await grade(room, {"id": submission_id}, 422, from_peer_reviews=True, total_score=1)
    assert both["errors"][0]["source"]["pointer"] == "/from_peer_reviews"
    verb = {"verb": "http://www.tincanapi.co.uk/verbs/evaluated"}
    assert await services.database.statements.count_documents(verb) == 6


async def test_who_hands_in_late_reviews_and_is_reviewed(room: Class, learners: list[Api]) -> None:
    assignment = await room.assign(peer_review=PEERS)
    for who in learners[:3]:
        await hand_in(who, assignment, text="In time")
    answer = await room.instructor.call("POST", f"/assignments/{assignment['id']}/peer-reviews")
    assert (await answer.json()) == {"allotted": 6}
    await _due(room, assignment)
    await hand_in(learners[3], assignment, text="Late")
    assert len(await _queue(learners[3])) == 2
    listed = await room.instructor.get(f"/assignments/{assignment['id']}/peer-reviews?per_page=50")
    authors = [each["relationships"]["author"]["data"]["id"] for each in listed["data"]]
    late = (await learners[3].get("/auth/me"))["data"]["id"]
    assert authors.count(late) == 2
    assert listed["meta"]["total"] == 10


async def test_instructors_see_what_is_flagged_and_dismiss_what_is_unfair(
    room: Class, learners: list[Api]
) -> None:
    assignment = await room.assign(peer_review=PEERS)
    made = [await hand_in(who, assignment, text="Work") for who in learners[:2]]
    path = f"/assignments/{assignment['id']}/peer-reviews"
    assert (await room.instructor.call("POST", path)).status == 200
    (review,) = await _queue(learners[0])
    own = f"/peer-reviews/{review['id']}"
    flagged = await learners[0].call("POST", f"{own}/flag", json={"reason": "Copied"})
    assert (await flagged.json())["data"]["attributes"]["flag"]["reason"] == "Copied"
    assert (await learners[0].call("GET", path)).status == 403
    listed = await room.instructor.get(f"{path}?flagged=true")
    assert [each["id"] for each in listed["data"]] == [review["id"]]
    assert listed["data"][0]["relationships"]["author"]["data"] is not None
    body = {"scores": [{**each, "points": 0} for each in RUBRIC_SCORES]}
    assert (await learners[0].call("POST", f"{own}/submit", json=body)).status == 200
    assert (await learners[0].call("POST", f"{own}/dismiss", json={})).status == 403
    dismissed = await room.instructor.call("POST", f"{own}/dismiss", json={})
    assert (await dismissed.json())["data"]["attributes"]["dismissed_at"]
    none = await grade(room, made[1], 409, from_peer_reviews=True)
    assert none["errors"][0]["code"] == "no_peer_reviews"
    plain = await room.instructor.call(
        "PATCH", f"/assignments/{assignment['id']}", json={"peer_review": None}
    )
    assert plain.status == 200
    off = await room.instructor.call("POST", path)
    assert (off.status, await code_of(off)) == (409, "peer_review_disabled")


RUBRIC_SCORES = [{"criteria": each["criteria"]} for each in RUBRIC]
