"""A statement that an outside tool pushes counts exactly as one from our own player."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from tincan import Activity, Agent, RemoteLRS, Statement, StatementRef, Verb

from tests.api.callers import Api, Client

COMPLETED = Verb(id="http://adlnet.gov/expapi/verbs/completed")
VOIDED = Verb(id="http://adlnet.gov/expapi/verbs/voided")


@pytest.fixture
def lrs(client: Client) -> RemoteLRS:
    """The PyPI client with the credential of the first start."""
    server = client.server
    assert isinstance(server, TestServer)
    return RemoteLRS(
        version="1.0.3",
        endpoint=str(server.make_url("/xapi/")),
        username="key",
        password="secret",
    )


async def _course(admin: Api) -> tuple[str, str, str]:
    course = await admin.make("/courses", title="First aid", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="Everything")
    lesson = await admin.make(
        f"/modules/{module['id']}/lessons",
        title="Bandages",
        content_type="xapi",
        activity_id="https://tool.example.org/bandages",
    )
    user = await admin.make("/users", name="Florence", email="florence@example.org")
    await admin.make("/enrollments", user_id=user["id"], course_id=course["id"])
    return course["id"], user["id"], lesson["attributes"]["activity_id"]


async def _progress(admin: Api, course_id: str, user_id: str) -> Any:
    document = await admin.get(f"/progress/{course_id}/users/{user_id}")
    return document["data"]["attributes"]["overall_progress"]


async def test_a_completion_pushed_by_tincan_moves_progress_and_a_void_takes_it_back(
    admin: Api, lrs: RemoteLRS
) -> None:
    course_id, user_id, activity_id = await _course(admin)
    florence = Agent(mbox="mailto:florence@example.org")
    done = Statement(actor=florence, verb=COMPLETED, object=Activity(id=activity_id))
    assert await _progress(admin, course_id, user_id) == 0

    saved = await asyncio.to_thread(lrs.save_statement, done)
    assert saved.success, saved.data
    assert await _progress(admin, course_id, user_id) == 100

    void = Statement(actor=florence, verb=VOIDED, object=StatementRef(id=saved.content.id))
    assert (await asyncio.to_thread(lrs.save_statement, void)).success
    assert await _progress(admin, course_id, user_id) == 0


async def test_what_somebody_else_completed_moves_nobody(admin: Api, lrs: RemoteLRS) -> None:
    course_id, user_id, activity_id = await _course(admin)
    stranger = Agent(mbox="mailto:stranger@example.org")
    done = Statement(actor=stranger, verb=COMPLETED, object=Activity(id=activity_id))
    assert (await asyncio.to_thread(lrs.save_statement, done)).success
    assert await _progress(admin, course_id, user_id) == 0
