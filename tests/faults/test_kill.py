"""kill -9 at random moments under load: what was acknowledged is there, once and whole."""

import asyncio
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession
from pymongo.asynchronous.database import AsyncDatabase

from tests.process import LyceumProcess
from tests.rest import XAPI, Rest, administrator, statements

SEED = 20261121
PEOPLE = 10
LESSONS = 5
SENDERS = 16
KILLS = 2
SETTLED_SECONDS = 90
COMPLETED = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}}


@dataclass
class Burst:
    """What was sent, in batches, and which batches were acknowledged."""

    drawn: random.Random = field(default_factory=lambda: random.Random(SEED))
    sent: list[list[str]] = field(default_factory=list)
    acknowledged: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Learner:
    """A person in the course."""

    user_id: str
    agent: dict[str, Any]
    registration: str


@dataclass(frozen=True)
class Course:
    """A course whose lessons report from outside."""

    id: str
    activities: list[str]
    learners: list[Learner]


async def test_acknowledged_statements_survive_kill_9_once_and_progress_equals_a_rebuild(
    mongodb_uri: str, database: AsyncDatabase[dict[str, Any]], tmp_path: Path
) -> None:
    lyceum = LyceumProcess(mongodb_uri, tmp_path, "--mongodb-database", database.name)
    burst = Burst()
    async with ClientSession() as session:
        await asyncio.to_thread(lyceum.start)
        course = await _course(await administrator(session, lyceum))
        for _ in range(KILLS):
            await _send_until_killed(session, lyceum, course, burst)
            await asyncio.to_thread(lyceum.start)
        stored = await statements(session, lyceum)
        _check_the_log(burst, stored)
        admin = await administrator(session, lyceum)
        shown = await _settled(admin, course, _expected(course, stored))
        rebuild = ("rebuild-progress", "--mongodb-uri", mongodb_uri)
        await asyncio.to_thread(lyceum.run, *rebuild, "--mongodb-database", database.name)
        assert await _shown(admin, course) == shown
        await asyncio.to_thread(lyceum.stop)


def _check_the_log(burst: Burst, stored: list[dict[str, Any]]) -> None:
    ids = [each["id"] for each in stored]
    kept = set(ids)
    assert len(ids) == len(kept), "a statement is there twice"
    assert len(burst.acknowledged) > SENDERS * KILLS
    for batch in burst.acknowledged:
        assert set(batch) <= kept, "an acknowledged statement is lost"
    for batch in burst.sent:
        assert set(batch) <= kept or not set(batch) & kept, "half a batch was stored"


async def _course(admin: Rest) -> Course:
    course = await admin.make("/courses", title="Reported from outside", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="Everything")
    lessons = [
        await admin.make(
            f"/modules/{module['id']}/lessons", title=f"Lesson {number}", content_type="xapi"
        )
        for number in range(LESSONS)
    ]
    learners = [await _learner(admin, course["id"], number) for number in range(PEOPLE)]
    return Course(course["id"], [each["attributes"]["activity_id"] for each in lessons], learners)


async def _learner(admin: Rest, course_id: str, number: int) -> Learner:
    email = f"learner{number}@example.org"
    user = await admin.make("/users", name=f"Learner {number}", email=email)
    enrollment = await admin.make("/enrollments", user_id=user["id"], course_id=course_id)
    registration = enrollment["attributes"]["registration"]
    return Learner(user["id"], {"mbox": f"mailto:{email}"}, registration)


async def _send_until_killed(
    session: ClientSession, lyceum: LyceumProcess, course: Course, burst: Burst
) -> None:
    goal = len(burst.acknowledged) + burst.drawn.randrange(100, 300)
    senders = [asyncio.create_task(_send(session, lyceum, course, burst)) for _ in range(SENDERS)]
    while len(burst.acknowledged) < goal and not all(each.done() for each in senders):
        await asyncio.wait(senders, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.to_thread(lyceum.kill)
    await asyncio.gather(*senders)


async def _send(
    session: ClientSession, lyceum: LyceumProcess, course: Course, burst: Burst
) -> None:
    """Send batches of one to three until the server is gone."""
    while True:
        batch = list(_statements(course, burst.drawn))
        ids = [each["id"] for each in batch]
        burst.sent.append(ids)
        try:
            async with session.post(
                f"{lyceum.xapi}/statements",
                json=batch,
                headers=XAPI,
            ) as answer:
                assert answer.status == 200, await answer.text()
        except (ClientError, OSError):
            return
        burst.acknowledged.append(ids)


def _statements(course: Course, drawn: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(drawn.randrange(1, 4)):
        learner = drawn.choice(course.learners)
        yield {
            "id": str(uuid.UUID(int=drawn.getrandbits(128), version=4)),
            "actor": learner.agent,
            "verb": COMPLETED,
            "object": {"id": drawn.choice(course.activities)},
            "context": {"registration": learner.registration},
        }


def _expected(course: Course, stored: list[dict[str, Any]]) -> dict[str, Any]:
    """Each person's progress, evidence and last activity, told from the statements themselves."""
    return {
        learner.user_id: _told(
            course,
            [each for each in stored if each["context"]["registration"] == learner.registration],
        )
        for learner in course.learners
    }


def _told(course: Course, own: list[dict[str, Any]]) -> dict[str, Any]:
    moments = {each["id"]: datetime.fromisoformat(each["stored"][:23] + "Z") for each in own}
    first = {}
    for activity in course.activities:
        about = [each["id"] for each in own if each["object"]["id"] == activity]
        if about:
            first[activity] = min(about, key=lambda one: (moments[one], one))
    return {
        "overall_progress": 100 * len(first) / len(course.activities),
        "evidence": sorted(first.values()),
        "last_activity_at": max(moments.values(), default=None),
    }


async def _settled(
    admin: Rest, course: Course, expected: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """What progress is once the follower has made up for the crashes."""
    deadline = asyncio.get_running_loop().time() + SETTLED_SECONDS
    while True:
        shown = await _shown(admin, course)
        if {user_id: _summary(each) for user_id, each in shown.items()} == expected:
            return shown
        assert asyncio.get_running_loop().time() < deadline, (shown, expected)
        await asyncio.sleep(0.2)


def _summary(progress: dict[str, Any]) -> dict[str, Any]:
    last = progress["last_activity_at"]
    return {
        "overall_progress": progress["overall_progress"],
        "evidence": sorted(progress["evidence"]),
        "last_activity_at": datetime.fromisoformat(last) if last else None,
    }


async def _shown(admin: Rest, course: Course) -> dict[str, dict[str, Any]]:
    return {
        learner.user_id: (await admin.get(f"/progress/{course.id}/users/{learner.user_id}"))[
            "data"
        ]["attributes"]
        for learner in course.learners
    }
