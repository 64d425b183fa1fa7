"""Discussions over REST: threads, replies, votes, and what moderators do."""

from typing import Any

import pytest

from api.services import Services
from tests.api.callers import PASSWORD, Api, add_person, signed_in
from tests.api.test_assignments import Class
from tests.api.test_assignments import room as room
from tests.api.test_files import code_of

SAID = {"title": "About effects", "content": "<p>When <b>does</b> it run?<script>x</script></p>"}


@pytest.fixture
async def peer(room: Class, services: Services) -> Api:
    """Another learner of the class."""
    person_id = await add_person(services, "bea@example.org", "learner")
    await room.instructor.make("/enrollments", user_id=person_id, course_id=room.course_id)
    return await signed_in(room.learner.client, "bea@example.org", PASSWORD)


async def _code(who: Api, method: str, path: str, **body: Any) -> tuple[int, str]:
    answer = await who.call(method, path, json=body)
    return answer.status, await code_of(answer)


async def test_a_thread_is_begun_answered_and_resolved(
    room: Class, peer: Api, services: Services
) -> None:
    path = f"/courses/{room.course_id}/discussions"
    thread = await room.learner.make(path, **SAID, lesson_id=room.lesson_id)
    shown = thread["attributes"]
    assert shown["content"] == "<p>When <b>does</b> it run?</p>"
    assert (shown["author_id"], shown["author_name"]) == (room.learner_id, "Ada")
    assert (shown["reply_count"], shown["upvotes"], shown["resolved"]) == (0, 0, False)
    own = f"/discussions/{thread['id']}"
    first = await peer.make(f"{own}/replies", content="On the next render.")
    await room.learner.make(f"{own}/replies", content="Thanks", reply_to=first["id"])
    wrong = await peer.call("POST", f"{own}/replies", json={"content": " ", "reply_to": "x"})
    pointers = {each["source"]["pointer"] for each in (await wrong.json())["errors"]}
    assert pointers == {"/content", "/reply_to"}
    assert (await peer.call("PATCH", f"{own}/resolve")).status == 403
    resolved = await room.learner.call("PATCH", f"{own}/resolve")
    attributes = (await resolved.json())["data"]["attributes"]
    assert (attributes["resolved"], attributes["reply_count"]) == (True, 2)
    listed = await peer.get(f"/lessons/{room.lesson_id}/discussions?resolved=true")
    assert [each["id"] for each in listed["data"]] == [thread["id"]]
    replies = (await peer.get(f"{own}/replies"))["data"]
    assert [each["attributes"]["content"] for each in replies] == ["On the next render.", "Thanks"]
    events = services.database.events.find({"type": {"$regex": "^discussion"}}, sort=[("_id", 1)])
    told = [each["type"] async for each in events]
    assert sorted(told) == ["discussion.created", "discussion.replied", "discussion.replied"]


async def test_each_person_has_one_vote_and_none_for_their_own(room: Class, peer: Api) -> None:
    thread = await room.learner.make(f"/lessons/{room.lesson_id}/discussions", **SAID)
    path = f"/discussions/{thread['id']}/upvote"
    assert await _code(room.learner, "POST", path) == (409, "own_post")
    for _ in range(2):
        voted = (await (await peer.call("POST", path)).json())["data"]["attributes"]
        assert (voted["upvotes"], voted["upvoted"]) == (1, True)
    shown = (await room.learner.get(f"/discussions/{thread['id']}"))["data"]["attributes"]
    assert (shown["upvotes"], shown["upvoted"]) == (1, False)
    left = (await (await peer.call("DELETE", path)).json())["data"]["attributes"]
    assert (left["upvotes"], left["upvoted"]) == (0, False)
    reply = await peer.make(f"/discussions/{thread['id']}/replies", content="Yes")
    voted = await room.learner.call("POST", f"/replies/{reply['id']}/upvote")
    assert (await voted.json())["data"]["attributes"]["upvotes"] == 1
    assert (await peer.call("DELETE", f"/replies/{reply['id']}/upvote")).status == 200


async def test_authors_edit_and_moderators_pin_lock_and_delete(room: Class, peer: Api) -> None:
    path = f"/courses/{room.course_id}/discussions"
    older = await room.learner.make(path, **SAID)
    newer = await room.learner.make(path, title="Newer", content="Text")
    own = f"/discussions/{older['id']}"
    assert await _code(peer, "PATCH", own, title="Mine") == (403, "forbidden")
    assert await _code(room.learner, "PATCH", own, pinned=True) == (403, "forbidden")
    edited = await room.learner.call("PATCH", own, json={"title": "Better"})
    assert (await edited.json())["data"]["attributes"]["edited_at"]
    pinned = await room.instructor.call("PATCH", own, json={"pinned": True, "locked": True})
    assert pinned.status == 200
    listed = [each["id"] for each in (await peer.get(path))["data"]]
    assert listed == [older["id"], newer["id"]]
    assert await _code(peer, "POST", f"{own}/replies", content="x") == (409, "discussion_locked")
    reply = await room.instructor.make(f"{own}/replies", content="Closed")
    edit = f"/replies/{reply['id']}"
    assert await _code(peer, "PATCH", edit, content="x") == (403, "forbidden")
    changed = await room.instructor.call("PATCH", edit, json={"content": "Closed now"})
    assert (await changed.json())["data"]["attributes"]["content"] == "Closed now"
    assert await _code(peer, "DELETE", edit) == (403, "forbidden")
    assert (await room.instructor.call("DELETE", edit)).status == 204
    assert (await peer.get(own))["data"]["attributes"]["reply_count"] == 0
    assert await _code(room.instructor, "DELETE", edit) == (404, "reply_not_found")
    assert await _code(peer, "DELETE", own) == (403, "forbidden")
    assert (await room.learner.call("DELETE", own)).status == 204
    assert await _code(peer, "GET", f"{own}/replies") == (404, "discussion_not_found")
    assert [each["id"] for each in (await peer.get(path))["data"]] == [newer["id"]]


async def test_only_who_is_in_a_course_with_discussions_takes_part(
    room: Class, services: Services
) -> None:
    await add_person(services, "eve@example.org", "learner")
    stranger = await signed_in(room.learner.client, "eve@example.org", PASSWORD)
    path = f"/courses/{room.course_id}/discussions"
    thread = await room.learner.make(path, **SAID)
    for method, sought in (("GET", path), ("GET", f"/discussions/{thread['id']}")):
        assert await _code(stranger, method, sought) == (403, "enrollment_required")
    wrong = await room.learner.call("POST", path, json={"title": "", "content": "<script>"})
    assert len((await wrong.json())["errors"]) == 2
    settings = {"settings": {"discussion_enabled": False}}
    assert (
        await room.instructor.call("PATCH", f"/courses/{room.course_id}", json=settings)
    ).status == 200
    assert await _code(room.learner, "GET", path) == (403, "discussion_disabled")
