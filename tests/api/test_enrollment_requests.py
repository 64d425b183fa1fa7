"""Learners ask for a course, instructors approve or reject."""

import asyncio

from pymongo.errors import PyMongoError

from api.services import Services
from content.enrollment import enrollment_requests, enrollments
from content.enrollment.enrollment_requests import Decision
from content.enrollment.enrollments import Enrollment
from tests.api.callers import Api


async def asked(admin: Api, learner: Api) -> tuple[str, str]:
    """A course that the learner asks for; the ids of course and request."""
    course = await admin.make("/courses", title="Fire", status="published")
    body = {"course_id": course["id"], "message": "For my licence."}
    request = await learner.make("/enrollment-requests", **body)
    assert request["attributes"]["status"] == "pending"
    return course["id"], request["id"]


async def code(caller: Api, method: str, path: str, **options: object) -> tuple[int, str]:
    answer = await caller.call(method, path, **options)
    return answer.status, (await answer.json())["errors"][0]["code"]


async def test_an_approval_enrols_and_is_given_once(admin: Api, learner: Api) -> None:
    course_id, request_id = await asked(admin, learner)
    body = {"course_id": course_id}
    again = await code(learner, "POST", "/enrollment-requests", json=body)
    assert again == (409, "already_requested")
    approve = f"/enrollment-requests/{request_id}/approve"
    assert await code(learner, "POST", approve, json={}) == (403, "forbidden")
    (pending,) = (await admin.get("/enrollment-requests?status=pending"))["data"]
    assert pending["id"] == request_id

    answer = await admin.call("POST", approve, json={"expires_at": "2099-01-01T00:00:00Z"})
    approved = (await answer.json())["data"]
    assert approved["attributes"]["status"] == "approved"
    (enrollment,) = (await learner.get("/enrollments"))["data"]
    assert approved["relationships"]["enrollment"]["data"]["id"] == enrollment["id"]
    assert enrollment["attributes"]["expires_at"].startswith("2099-01-01")
    assert await code(admin, "POST", approve, json={}) == (409, "already_decided")
    again = await code(learner, "POST", "/enrollment-requests", json=body)
    assert again == (409, "already_enrolled")


async def test_a_rejection_says_why_and_one_may_ask_again(admin: Api, learner: Api) -> None:
    course_id, request_id = await asked(admin, learner)
    reject = f"/enrollment-requests/{request_id}/reject"
    assert await code(admin, "POST", reject, json={}) == (422, "validation_error")
    await admin.call("POST", reject, json={"reason": "Your licence is for next year."})
    shown = (await learner.get(f"/enrollment-requests/{request_id}"))["data"]["attributes"]
    assert (shown["status"], shown["reason"]) == ("rejected", "Your licence is for next year.")
    again = await learner.make("/enrollment-requests", course_id=course_id)
    path = f"/enrollment-requests/{again['id']}"
    assert (await learner.call("DELETE", path)).status == 204
    assert await code(admin, "POST", f"{path}/approve", json={}) == (409, "already_decided")
    assert (await learner.get("/enrollments"))["data"] == []
    everything = (await admin.get("/enrollment-requests?sort=-created_at"))["data"]
    assert [each["attributes"]["status"] for each in everything] == ["withdrawn", "rejected"]


async def test_a_decision_and_its_enrollment_come_together_or_not_at_all(
    services: Services, admin: Api, learner: Api
) -> None:
    _, request_id = await asked(admin, learner)
    store, one = services.content, services.sessions.organization_id
    decided = await asyncio.gather(
        *(
            enrollment_requests.approve(store, one, request_id, Decision(by="user_1"))
            for _ in range(3)
        ),
        *(
            enrollment_requests.reject(store, one, request_id, Decision(by="user_2", reason="No"))
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    assert not any(isinstance(each, PyMongoError) for each in decided)
    assert sum(not isinstance(each, Exception) for each in decided) == 1
    request = await enrollment_requests.get(store, one, request_id)
    made = await store.of(Enrollment).all(one, {"person_id": request.person_id})
    assert [each.id for each in made] == ([request.enrollment_id] if request.enrollment_id else [])


async def test_who_was_enrolled_meanwhile_keeps_that_enrollment(
    services: Services, admin: Api, learner: Api
) -> None:
    course_id, request_id = await asked(admin, learner)
    closed = await code(learner, "POST", f"/courses/{course_id}/enroll")
    assert closed == (403, "self_enrollment_disabled")
    opened = {"settings": {"self_enrollment": True}}
    await admin.call("PATCH", f"/courses/{course_id}", json=opened)
    made = await learner.make(f"/courses/{course_id}/enroll")
    answer = await admin.call("POST", f"/enrollment-requests/{request_id}/approve", json={})
    related = (await answer.json())["data"]["relationships"]
    assert related["enrollment"]["data"]["id"] == made["id"]
    one = services.sessions.organization_id
    held = await enrollments.get(services.content, one, made["id"])
    assert held.cancelled_at is None
