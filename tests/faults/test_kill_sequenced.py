"""kill -9 while SCOs of SCORM 2004 end with navigation requests: each is carried out once."""

import asyncio
import random
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession
from pymongo.asynchronous.database import AsyncDatabase

from tests.process import LyceumProcess
from tests.rest import PASSWORD, Rest, administrator, statements
from tests.scorm_runtime.courses2004 import PASSED, manifest_text

SEED = 20261121
LEARNERS = 6
SCOS = ("one", "two", "three", "four", "five", "six")
KILLS = 2
ADL = "http://adlnet.gov/expapi/verbs/"


@dataclass
class Learner:
    """A player without a browser: it sends what is not acknowledged until it is."""

    email: str
    registration: str = ""
    launch: str = ""
    acknowledged: int = 0
    played: list[str] = field(default_factory=list)


async def test_each_request_is_carried_out_once_though_the_server_is_killed(
    mongodb_uri: str, database: AsyncDatabase[dict[str, Any]], tmp_path: Path
) -> None:
    lyceum = LyceumProcess(mongodb_uri, tmp_path, "--mongodb-database", database.name)
    drawn = random.Random(SEED)
    async with ClientSession() as session:
        await asyncio.to_thread(lyceum.start)
        learners = await _enrolled(session, lyceum, _package(tmp_path / "exits.zip"))
        playing = [asyncio.create_task(_play(session, learner)) for learner in learners]
        for _ in range(KILLS):
            goal = _acknowledged(learners) + drawn.randrange(6, 18)
            while _acknowledged(learners) < goal and not all(each.done() for each in playing):
                await asyncio.wait(playing, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.to_thread(lyceum.kill)
            await asyncio.to_thread(lyceum.start)
        await asyncio.gather(*playing)
        admin = await administrator(session, lyceum)
        for learner in learners:
            recorded = await statements(session, lyceum, registration=learner.registration)
            await _check(session, lyceum, admin, learner, recorded)
        await asyncio.to_thread(lyceum.stop)


async def _check(
    session: ClientSession,
    lyceum: LyceumProcess,
    admin: Rest,
    learner: Learner,
    recorded: list[dict[str, Any]],
) -> None:
    assert learner.played == list(SCOS)
    said = Counter(
        (each["verb"]["id"].removeprefix(ADL), each["object"]["id"].rpartition("/")[2])
        for each in recorded
    )
    for sco in SCOS:
        # A SCO whose launch was answered by nobody is launched again, and counts as resumed.
        assert said["initialized", sco] + said["resumed", sco] == 1, (sco, said)
        for verb in ("completed", "passed", "terminated"):
            assert said[verb, sco] == 1, (verb, sco, said)
    assert said["answered", "exit-sign"] == len(SCOS)
    own = await Rest.sign_in(session, lyceum.url, learner.email, PASSWORD)
    (enrollment,) = (await own.get("/enrollments"))["data"]
    (attempt,) = (await own.get(f"/enrollments/{enrollment['id']}/attempts"))["data"]
    standing = attempt["attributes"]
    assert (standing["completed"], standing["success"], standing["running"]) == (True, True, False)
    trace = (await own.get(f"/attempts/{attempt['id']}/trace"))["data"]["attributes"]
    moves = [each["request"] for each in trace["moves"]]
    assert [each for each in moves if each not in ("suspendAll", "resumeAll")] == [
        "start",
        *["continue"] * (len(SCOS) - 1),
        "exitAll",
    ]


def _package(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", manifest_text(SCOS))
        archive.writestr("sco.html", "<p>Exits</p>")
    return path


async def _enrolled(session: ClientSession, lyceum: LyceumProcess, archive: Path) -> list[Learner]:
    admin = await administrator(session, lyceum)
    course = await admin.make("/courses", title="Exits", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="Everything")
    lesson = (await admin.upload(archive, course["id"], module["id"], "Exits"))["data"]
    learners = [Learner(f"learner{number}@example.org") for number in range(LEARNERS)]
    for learner in learners:
        user = await admin.make(
            "/users", name=learner.email, email=learner.email, password=PASSWORD
        )
        await admin.make("/enrollments", user_id=user["id"], course_id=course["id"])
        own = await Rest.sign_in(session, lyceum.url, learner.email, PASSWORD)
        launched = (await own.make(f"/lessons/{lesson['id']}/launch"))["attributes"]
        learner.launch, learner.registration = launched["url"], launched["registration"]
    return learners


async def _play(session: ClientSession, learner: Learner) -> None:
    """Play every SCO as it is delivered: each asks for the next one, the last one to end."""
    state = "active"
    while state == "active":
        opened = await _post(session, learner, "sessions", {"player": learner.email})
        state = await _session(session, learner, opened)
    assert state == "ended"


async def _session(session: ClientSession, learner: Learner, opened: dict[str, Any]) -> str:
    """One SCO from its first commit to its last; what there is to play after it."""
    identifier = opened["item"]["identifier"]
    asked = "exitAll" if identifier == SCOS[-1] else "continue"
    last = {"finish": True, "proceed": True, "changes": [["adl.nav.request", asked]]}
    commits = [{"number": 1, "initialize": True, "changes": PASSED}, {"number": 2, **last}]
    for number in (1, 2):
        body = {"session": opened["session"], "commits": commits[:number]}
        answer = await _post(session, learner, "commits", body)
        assert answer["number"] == number
        assert not answer["refused"]
        learner.acknowledged += 1
    assert answer["moved"]
    learner.played.append(identifier)
    return str(answer["state"])


async def _post(session: ClientSession, learner: Learner, where: str, body: Any) -> dict[str, Any]:
    """Send until there is an answer, as the player does."""
    while True:
        try:
            async with session.post(f"{learner.launch}/{where}", json=body) as answer:
                if answer.status < 500:
                    assert answer.status == 200, await answer.text()
                    found: dict[str, Any] = await answer.json()
                    return found
        except (ClientError, OSError):
            await asyncio.sleep(0.05)


def _acknowledged(learners: list[Learner]) -> int:
    return sum(each.acknowledged for each in learners)
