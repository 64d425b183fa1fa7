"""Announcements over REST: to a course or some cohorts, from a moment on, told once."""

from datetime import timedelta
from typing import Any

from api.services import Services
from content.announcements.announcements import Announcement, publish_due
from content.assignments.reminders import remind
from content.identity import now
from tests.api.callers import PASSWORD, add_person, signed_in
from tests.api.test_assignments import Class
from tests.api.test_assignments import room as room
from tests.api.test_files import code_of
from tests.tasks import until

SAID = {"title": "Exam on Friday", "content": "<p>Bring a pen.<script>x</script></p>"}


async def _titles(who: Any, path: str) -> list[str]:
    return [each["attributes"]["title"] for each in (await who.get(path))["data"]]


async def test_learners_see_what_is_published_for_them(room: Class, services: Services) -> None:
    path = f"/courses/{room.course_id}/announcements"
    made = await room.instructor.make(path, **SAID)
    assert made["attributes"]["content"] == "<p>Bring a pen.</p>"
    cohort = await room.instructor.make("/cohorts", name="Spring")
    later = (now() + timedelta(days=40)).isoformat()
    await room.instructor.make(path, **SAID | {"title": "Later"}, publish_at=later)
    for_some = await room.instructor.make(
        path, **SAID | {"title": "For some"}, cohort_ids=[cohort["id"]]
    )
    assert await _titles(room.learner, path) == ["Exam on Friday"]
    hidden = await room.learner.call("GET", f"/announcements/{for_some['id']}")
    assert (hidden.status, await code_of(hidden)) == (404, "announcement_not_found")
    members = f"/cohorts/{cohort['id']}/members"
    joined = await room.instructor.call("POST", members, json={"user_ids": [room.learner_id]})
    assert joined.status == 200, await joined.text()
    assert await _titles(room.learner, path) == ["For some", "Exam on Friday"]
    assert (await room.learner.call("GET", f"/announcements/{for_some['id']}")).status == 200
    assert await _titles(room.instructor, f"{path}?status=scheduled") == ["Later"]
    await add_person(services, "eve@example.org", "learner")
    stranger = await signed_in(room.learner.client, "eve@example.org", PASSWORD)
    refused = await stranger.call("GET", path)
    assert (refused.status, await code_of(refused)) == (403, "enrollment_required")


async def test_each_is_told_once_when_its_moment_has_come(room: Class, services: Services) -> None:
    path = f"/courses/{room.course_id}/announcements"
    later = (now() + timedelta(days=40)).isoformat()
    made = await room.instructor.make(path, **SAID, publish_at=later)
    gone = await room.instructor.make(path, **SAID, publish_at=later)
    own = f"/announcements/{made['id']}"
    assert (await room.instructor.call("DELETE", f"/announcements/{gone['id']}")).status == 204
    changed = await room.instructor.call("PATCH", own, json={"title": "Moved", "publish_at": later})
    assert (await changed.json())["data"]["attributes"]["title"] == "Moved"
    events = services.database.events
    query = {"type": "announcement.published"}
    assert await events.count_documents(query) == 0
    store, organization_id = services.content, services.sessions.organization_id
    await store.of(Announcement).change(organization_id, made["id"], {"publish_at": now()})
    assert [await publish_due(store, services.outbox) for _ in range(2)] in ([1, 0], [0, 0])
    assert await events.count_documents(query) == 1
    late = await room.instructor.call("PATCH", own, json={"publish_at": later})
    assert (late.status, await code_of(late)) == (409, "announcement_published")
    assert (await room.instructor.call("PATCH", own, json={"content": "Corrected"})).status == 200
    wrong = {"title": "", "content": "x", "cohort_ids": ["cohort_1"]}
    refused = await room.instructor.call("POST", path, json=wrong)
    pointers = {each["source"]["pointer"] for each in (await refused.json())["errors"]}
    assert pointers == {"/title", "/cohort_ids/0"}
    assert (await room.learner.call("POST", path, json=SAID)).status == 403


async def test_everybody_whom_it_is_for_is_notified(room: Class, services: Services) -> None:
    path = f"/courses/{room.course_id}/announcements"
    cohort = await room.instructor.make("/cohorts", name="Spring")
    await room.instructor.make(path, **SAID | {"title": "For {some}"}, cohort_ids=[cohort["id"]])
    await room.instructor.make(path, **SAID)
    person_id = await add_person(services, "bea@example.org", "learner")
    await room.instructor.make("/enrollments", user_id=person_id, course_id=room.course_id)
    members = f"/cohorts/{cohort['id']}/members"
    await room.instructor.call("POST", members, json={"user_ids": [person_id]})
    bea = await signed_in(room.learner.client, "bea@example.org", PASSWORD)
    choice = {"event": "announcement.published", "in_app": False, "email": "off"}
    await bea.call("PATCH", "/notifications/preferences", json=choice)
    await room.instructor.make(path, **SAID | {"title": "For {some}"}, cohort_ids=[cohort["id"]])
    await room.instructor.make(path, **SAID | {"title": "Room 7"})

    async def told() -> list[str]:
        found = (await room.learner.get("/notifications"))["data"]
        kinds = [each["attributes"] for each in found]
        return [each["title"] for each in kinds if each["event"] == "announcement.published"]

    async def both() -> bool:
        return len(await told()) == 2

    await until(both)
    assert sorted(await told()) == ["Exam on Friday", "Room 7"]
    found = services.database.notifications.find({"person_id": person_id})
    assert "Room 7" not in [each["title"] async for each in found]


async def test_who_has_not_handed_in_is_reminded_a_day_before(
    room: Class, services: Services
) -> None:
    person_id = await add_person(services, "bea@example.org", "learner")
    await room.instructor.make("/enrollments", user_id=person_id, course_id=room.course_id)
    due = now() + timedelta(days=3)
    assignment = await room.assign(due_date=due.isoformat())
    await room.learner.make(f"/assignments/{assignment['id']}/submissions", text="Done")
    store = services.content
    moments = (now(), due - timedelta(hours=23), due - timedelta(hours=22), due)
    assert [await remind(store, each) for each in moments] == [0, 1, 0, 0]
    notified = services.database.notifications

    async def told() -> bool:
        return await notified.count_documents({"event": "assignment.due"}) > 0

    await until(told)
    (found,) = [each async for each in notified.find({"event": "assignment.due"})]
    assert (found["person_id"], found["body"]) == (person_id, "Build a to-do list, in React.")
