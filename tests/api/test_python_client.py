"""The Python client against a server: the guide's program, a session that ends, every page."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from lyceum_client import LyceumClient, NotSignedIn

from api.services import Services
from tests.api.callers import ADMIN, Client

GUIDE = Path(__file__).parents[2] / "docs" / "integrators" / "python-client.md"
PRINTED = r"""React Masterclass: 2 lessons, published
Enrolled 2 users
user_\w+ enrolled
user_\w+ enrolled
nobody user_not_found
Quiz: 100\.0%, passed: True
Progress: 100\.0%
Time spent: 7 minutes
Completed lessons: 2
Certificate issued: CERT-\d{4}-0000001
Verify at: http\S+
Valid: True
Enrollments: 2
Completion rate: 50\.0%
Active learners: 1
409 not_completed
/\S+ .*
/\S+ .*
"""


def _address(client: Client) -> str:
    server = client.server
    assert isinstance(server, TestServer)
    return str(server.make_url("/"))


async def test_the_guides_program_leads_from_a_course_to_a_certificate(
    client: Client, tmp_path: Path
) -> None:
    program = tmp_path / "story.py"
    program.write_text("\n".join(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S)))
    email, password = ADMIN
    told = {"LYCEUM_URL": _address(client), "LYCEUM_EMAIL": email, "LYCEUM_PASSWORD": password}
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        env={**os.environ, **told},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, wrong = await running.communicate()
    assert wrong.decode() == ""
    assert re.fullmatch(PRINTED, printed.decode()), printed.decode()


async def test_a_session_that_was_ended_is_begun_anew_and_ended_at_last(
    client: Client, services: Services
) -> None:
    email, password = ADMIN
    sessions, organization_id = services.sessions, services.sessions.organization_id

    def ask(caller: LyceumClient) -> str:
        return caller.me().id

    with LyceumClient(_address(client), email=email, password=password) as caller:
        own = await asyncio.to_thread(ask, caller)
        for each in await services.store.sessions_of(organization_id, own):
            await sessions.end(organization_id, each["_id"])
        assert await asyncio.to_thread(ask, caller) == own
        assert len(await services.store.sessions_of(organization_id, own)) == 1
        await asyncio.to_thread(caller.close)
    assert await services.store.sessions_of(organization_id, own) == []
    with (
        LyceumClient(_address(client), email=email, password="another password") as stranger,
        pytest.raises(NotSignedIn, match="401 auth_required"),
    ):
        await asyncio.to_thread(ask, stranger)


async def test_a_list_goes_on_over_all_of_its_pages(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lyceum_client.documents.LARGEST_PAGE", 2)
    email, password = ADMIN

    def listed() -> list[str]:
        with LyceumClient(_address(client), email=email, password=password) as caller:
            for title in "ABCDE":
                caller.create_course(title)
            return [course.title for course in caller.list_courses(sort="-title")]

    assert await asyncio.to_thread(listed) == ["E", "D", "C", "B", "A"]
