"""Notifications over REST: told, counted, read, preferred."""

from typing import Any

from api.services import Services
from content.identity import now
from content.telling import events
from tests.api.callers import Api
from tests.tasks import until


async def happen(services: Services, kind: str, **data: Any) -> None:
    organization_id = services.sessions.organization_id
    made = events.event(organization_id, kind, str(data), now(), data)
    await events.emit(services.content, [made])


async def own_id(caller: Api) -> str:
    found: str = (await caller.get("/auth/me"))["data"]["id"]
    return found


async def unread(caller: Api) -> int:
    count: int = (await caller.get("/notifications/unread-count"))["unread"]
    return count


async def told(caller: Api, count: int) -> None:
    async def enough() -> bool:
        return await unread(caller) == count

    await until(enough)


async def test_a_learner_is_told_of_what_concerns_them_alone(
    admin: Api, learner: Api, services: Services
) -> None:
    course = await admin.make("/courses", title="Fire safety", status="published")
    data = {"user_id": await own_id(learner), "course_id": course["id"]}
    await happen(services, "quiz.passed", **data)
    await happen(services, "certificate.issued", **data)
    await happen(services, "quiz.submitted", **data)
    await told(learner, 2)
    shown = (await learner.get("/notifications"))["data"]
    assert {each["attributes"]["body"] for each in shown} == {
        "You passed a quiz in Fire safety.",
        "Your certificate of Fire safety is ready.",
    }
    assert {each["attributes"]["path"] for each in shown} == {f"/learn/{course['id']}"}
    assert await unread(admin) == 0


async def test_an_instructor_is_told_of_work_handed_in(
    admin: Api, learner: Api, services: Services
) -> None:
    instructor = await own_id(admin)
    course = await admin.make("/courses", title="Fire safety", instructor_id=instructor)
    data = {"user_id": await own_id(learner), "course_id": course["id"]}
    await happen(services, "assignment.submitted", **data)
    await told(admin, 1)
    (shown,) = (await admin.get("/notifications"))["data"]
    assert shown["attributes"]["body"] == "Ada handed work in, in Fire safety."
    assert await unread(learner) == 0


async def test_notifications_are_read_one_by_one_or_all(learner: Api, services: Services) -> None:
    person_id = await own_id(learner)
    for number in range(3):
        await happen(services, "quiz.passed", user_id=person_id, attempt=number)
    await told(learner, 3)
    first = (await learner.get("/notifications?unread=true"))["data"][0]["id"]
    answer = await learner.call("PATCH", "/notifications/read", json={"ids": [first]})
    assert await answer.json() == {"marked": 1, "unread": 2}
    answer = await learner.call("PATCH", "/notifications/read", json={"all": True})
    assert await answer.json() == {"marked": 2, "unread": 0}
    assert (await learner.get("/notifications?unread=true"))["meta"]["total"] == 0
    assert (await learner.get("/notifications"))["meta"]["total"] == 3


async def test_an_enrollment_is_told_of_unless_who_enrols_wants_it_otherwise(
    admin: Api, learner: Api
) -> None:
    person_id = await own_id(learner)
    for title, notified in (("Quietly", False), ("Aloud", True)):
        course = await admin.make("/courses", title=title, status="published")
        await admin.make(
            "/enrollments",
            course_id=course["id"],
            user_id=person_id,
            send_notification=notified,
        )
    await told(learner, 1)
    (shown,) = (await learner.get("/notifications"))["data"]
    assert shown["attributes"]["body"] == "You can begin with Aloud now."


async def test_ids_and_all_exclude_each_other(learner: Api) -> None:
    for body in ({}, {"ids": ["notification_1"], "all": True}):
        assert (await learner.call("PATCH", "/notifications/read", json=body)).status == 422


async def test_what_nobody_wants_to_hear_is_not_told(learner: Api, services: Services) -> None:
    person_id = await own_id(learner)
    chosen = {"event": "quiz.passed", "in_app": False, "email": "off"}
    assert (await learner.call("PATCH", "/notifications/preferences", json=chosen)).status == 200
    await happen(services, "quiz.passed", user_id=person_id)
    await happen(services, "quiz.failed", user_id=person_id)
    await told(learner, 1)
    (shown,) = (await learner.get("/notifications"))["data"]
    assert shown["attributes"]["event"] == "quiz.failed"


async def test_preferences_are_kept_and_go_back_to_the_defaults(learner: Api) -> None:
    defaults = await learner.get("/notifications/preferences")
    times = {"digest_at": "07:30", "digest_on": "friday", "time_zone": "Europe/Berlin"}
    path = "/notifications/preferences/digest-times"
    assert (await learner.call("PATCH", path, json=times)).status == 200
    chosen = {"event": "quiz.passed", "email": "weekly"}
    await learner.call("PATCH", "/notifications/preferences", json=chosen)
    shown = (await learner.get("/notifications/preferences"))["data"]["attributes"]
    assert {name: shown[name] for name in times} == times
    assert {"event": "quiz.passed", "in_app": True, "email": "weekly"} in shown["preferences"]
    assert (await learner.call("DELETE", "/notifications/preferences")).status == 204
    assert await learner.get("/notifications/preferences") == defaults


async def test_wrong_digest_times_are_told_at_once(learner: Api) -> None:
    wrong = {"digest_at": "25:00", "digest_on": "someday", "time_zone": "Mars/Olympus"}
    answer = await learner.call("PATCH", "/notifications/preferences/digest-times", json=wrong)
    assert answer.status == 422
    pointers = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert pointers == {"/digest_at", "/digest_on", "/time_zone"}
