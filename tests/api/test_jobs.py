"""Jobs: followed over the API, done by whichever server is free, gone on with after a crash."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from api.jobs import JobWorker, Work
from api.services import Services
from content.errors import Conflict
from content.identity import now
from content.jobs import jobs
from content.jobs.job_queue import LEASE, MOST_ATTEMPTS, JobLost, JobQueue, Run
from content.jobs.jobs import Job, JobFinding, JobResult
from tests.api.callers import PASSWORD, Api, add_person, signed_in
from tests.tasks import until


async def _ask(services: Services, work: str = "count", **given: Any) -> Job:
    organization_id = services.sessions.organization_id
    return await jobs.ask(services.content, organization_id, work, given, asked_by="me", total=4)


async def _now(services: Services, job: Job) -> Job:
    return await jobs.get(services.content, job.organization_id, job.id)


async def _counting(services: Services, run: Run) -> JobResult:
    """Counts to four from the checkpoint; what it counted is in the services' own database."""
    counted = services.database["counted"]
    for number in range((run.job.checkpoint or {"at": 0})["at"], 4):
        await counted.insert_one({"number": number, "job": run.job.id})
        if number == run.given.get("fails_at") and run.job.attempts == 1:
            raise asyncio.CancelledError
        finding = JobFinding(where=f"/{number}", code="odd", detail="is odd")
        await run.advance(
            number + 1, checkpoint={"at": number + 1}, findings=[finding] if number % 2 else []
        )
    return JobResult(link="/api/v1/counted", counts={"counted": 4})


def _worker(services: Services, works: Mapping[str, Work] | None = None) -> JobWorker:
    return JobWorker(services, works or {"count": _counting})


async def test_progress_is_rebuilt_by_a_job_that_can_be_followed(
    admin: Api, learner: Api, services: Services
) -> None:
    course = await admin.make("/courses", title="Fire safety", status="published")
    me = (await learner.get("/auth/me"))["data"]["id"]
    await admin.make("/enrollments", user_id=me, course_id=course["id"])
    answer = await admin.call("POST", "/progress/rebuild")
    assert answer.status == 202
    job = (await answer.json())["data"]
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert job["attributes"]["state"] == "queued"

    async def over() -> bool:
        shown = await admin.get(f"/jobs/{job['id']}")
        return shown["data"]["attributes"]["state"] not in ("queued", "running")

    await until(over)
    shown = (await admin.get(f"/jobs/{job['id']}"))["data"]["attributes"]
    assert (shown["state"], shown["progress"]) == ("done", 100)
    assert shown["counts"] == {"enrollments": 1}
    assert [each["id"] for each in (await admin.get("/jobs?state=done"))["data"]] == [job["id"]]
    refused = await admin.call("POST", f"/jobs/{job['id']}/cancel")
    assert refused.status == 409
    assert (await refused.json())["errors"][0]["code"] == "job_over"
    assert (await learner.get("/jobs"))["data"] == []
    assert (await learner.call("GET", f"/jobs/{job['id']}")).status == 403
    assert (await learner.call("POST", "/progress/rebuild")).status == 403


async def test_a_job_says_how_far_it_is_and_what_was_wrong(services: Services) -> None:
    job = await _ask(services)
    assert await _worker(services).do_next()
    over = await _now(services, job)
    assert (over.state, over.done, over.percent) == ("done", 4, 100)
    assert [each.where for each in over.findings] == ["/1", "/3"]
    assert over.finding_count == 2
    assert over.result == JobResult(link="/api/v1/counted", counts={"counted": 4})
    assert over.expires_at is not None
    assert await services.database["job_inputs"].count_documents({}) == 0
    assert not await _worker(services).do_next()


async def test_a_stopping_server_leaves_its_job_to_the_next_one(services: Services) -> None:
    job = await _ask(services, fails_at=2)
    with pytest.raises(asyncio.CancelledError):
        await _worker(services).do_next()
    waiting = await _now(services, job)
    assert (waiting.done, waiting.holder) == (2, None)


async def test_after_a_crash_another_server_goes_on_from_the_checkpoint(
    services: Services,
) -> None:
    job = await _ask(services)
    queue = JobQueue(services.content, ["count"])
    dead = await queue.take()
    assert dead is not None
    await dead.advance(3, checkpoint={"at": 3})
    assert not await _worker(services).do_next()
    past = {"due_at": now() - LEASE - timedelta(seconds=1)}
    await services.database["jobs"].update_one({"_id": job.id}, {"$set": past})
    assert await _worker(services).do_next()
    assert (await _now(services, job)).state == "done"
    assert await services.database["counted"].distinct("number") == [3]


async def test_the_dead_server_that_wakes_up_changes_nothing(services: Services) -> None:
    job = await _ask(services)
    asleep = await JobQueue(services.content, ["count"]).take()
    assert asleep is not None
    past = {"due_at": now() - timedelta(seconds=1)}
    await services.database["jobs"].update_one({"_id": job.id}, {"$set": past})
    assert await _worker(services).do_next()
    with pytest.raises(JobLost):
        await asleep.advance(1, checkpoint={"at": 1})
    assert (await _now(services, job)).checkpoint == {"at": 4}


async def test_a_job_that_kills_its_servers_is_given_up(services: Services) -> None:
    job = await _ask(services)
    for _ in range(MOST_ATTEMPTS):
        assert await JobQueue(services.content, ["count"]).take()
        past = {"due_at": now() - timedelta(seconds=1)}
        await services.database["jobs"].update_one({"_id": job.id}, {"$set": past})
    assert await _worker(services).do_next()
    over = await _now(services, job)
    assert (over.state, over.findings[0].code) == ("failed", "job_abandoned")


async def test_what_fails_says_why_and_nothing_of_the_inside(services: Services) -> None:
    async def breaking(_: Services, run: Run) -> JobResult:
        raise Conflict("course_archived", "The course is archived.")

    async def crashing(_: Services, run: Run) -> JobResult:
        raise RuntimeError("a secret of the server")

    for work, code in ((breaking, "course_archived"), (crashing, "internal_error")):
        job = await _ask(services)
        assert await _worker(services, {"count": work}).do_next()
        over = await _now(services, job)
        assert (over.state, over.findings[0].code) == ("failed", code)
        assert "secret" not in over.findings[0].detail


async def test_a_job_is_cancelled_while_it_waits_and_while_it_runs(
    services: Services, admin: Api
) -> None:
    waiting = await _ask(services)
    answer = await admin.call("POST", f"/jobs/{waiting.id}/cancel")
    assert (await answer.json())["data"]["attributes"]["state"] == "cancelled"
    assert not await _worker(services).do_next()
    running = await _ask(services)

    async def cancelled_midway(services: Services, run: Run) -> JobResult:
        await run.advance(1)
        await jobs.cancel(services.content, run.job.organization_id, run.job.id)
        await run.advance(2)
        raise AssertionError("it went on")

    assert await _worker(services, {"count": cancelled_midway}).do_next()
    over = await _now(services, running)
    assert (over.state, over.done) == ("cancelled", 2)


async def test_people_see_their_own_jobs(services: Services, admin: Api) -> None:
    teacher_id = await add_person(services, "teacher@example.org", "instructor")
    teacher = await signed_in(admin.client, "teacher@example.org", PASSWORD)
    organization_id = services.sessions.organization_id
    own = await jobs.ask(services.content, organization_id, "count", {}, asked_by=teacher_id)
    other = await _ask(services)
    assert [each["id"] for each in (await teacher.get("/jobs"))["data"]] == [own.id]
    assert (await teacher.call("GET", f"/jobs/{other.id}")).status == 403
    assert (await admin.get("/jobs"))["meta"]["total"] == 2
