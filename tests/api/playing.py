"""A learner who plays a lesson of one SCO without a browser."""

from dataclasses import dataclass
from typing import Any

from api.services import Services
from scorm_runtime.launch import Launch
from scorm_runtime.runtime import CommitRequest, Opened, OpenRequest
from scorm_runtime.sessions import Commit
from tests.api.callers import Api
from tests.api.test_scorm import form, package

QUESTION = (
    ("cmi.interactions.0.id", "exit-sign"),
    ("cmi.interactions.0.type", "choice"),
    ("cmi.interactions.0.correct_responses.0.pattern", "green"),
    ("cmi.interactions.0.student_response", "red"),
    ("cmi.interactions.0.result", "wrong"),
    ("cmi.interactions.0.latency", "00:00:12.50"),
)


@dataclass(frozen=True)
class Playroom:
    """A course with one SCORM 1.2 lesson, and a learner who is enrolled in it."""

    services: Services
    admin: Api
    learner: Api
    course_id: str
    lesson_id: str
    enrollment_id: str

    async def launch(self, status: int = 201, **wish: Any) -> dict[str, Any]:
        """The answer to a launch."""
        path = f"/lessons/{self.lesson_id}/launch"
        answer = await self.learner.call("POST", path, json=wish)
        assert answer.status == status, await answer.text()
        document: dict[str, Any] = await answer.json()
        return document

    async def enter(self, **wish: Any) -> tuple[Launch, Opened]:
        """Launch and open."""
        launched = (await self.launch(**wish))["data"]["attributes"]
        launch = self.services.runtime.read(launched["url"].rpartition("/")[2])
        return launch, await self.services.runtime.open(launch, OpenRequest("tab"))

    async def play(self, score: str, *changes: tuple[str, str], **wish: Any) -> Opened:
        """One session from its start to its end, with a score out of 100."""
        launch, opened = await self.enter(**wish)
        assert opened.session is not None
        status = "passed" if float(score) >= 50 else "failed"
        said = (*changes, ("cmi.core.score.raw", score), ("cmi.core.lesson_status", status))
        commit = Commit(1, said, initialize=True, finish=True)
        await self.services.runtime.commit(launch, CommitRequest(opened.session.id, (commit,)))
        await self.services.runtime.leave(launch, "tab")
        return opened

    async def policy(self, **policy: Any) -> None:
        """Set the lesson's policy."""
        body = {"attempt_policy": policy}
        answer = await self.admin.call("PATCH", f"/lessons/{self.lesson_id}", json=body)
        assert answer.status == 200, await answer.text()

    async def attempts(self) -> list[dict[str, Any]]:
        """The attempts of the enrollment, the newest first."""
        found = await self.admin.get(f"/enrollments/{self.enrollment_id}/attempts")
        attempts: list[dict[str, Any]] = found["data"]
        return attempts

    async def standing(self) -> dict[str, Any]:
        """The lesson's progress."""
        me = (await self.learner.get("/auth/me"))["data"]["id"]
        found = await self.learner.get(f"/progress/{self.course_id}/users/{me}")
        (lesson,) = found["data"]["attributes"]["lessons"]
        standing: dict[str, Any] = lesson
        return standing


async def open_playroom(services: Services, admin: Api, learner: Api) -> Playroom:
    """Upload the lesson and enrol the learner."""
    course = await admin.make("/courses", title="Fire", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="One")
    body = form(package(), course_id=course["id"], module_id=module["id"])
    answer = await admin.call("POST", "/scorm/upload", data=body)
    assert answer.status == 201, await answer.text()
    me = (await learner.get("/auth/me"))["data"]["id"]
    enrollment = await admin.make("/enrollments", user_id=me, course_id=course["id"])
    return Playroom(
        services=services,
        admin=admin,
        learner=learner,
        course_id=course["id"],
        lesson_id=(await answer.json())["data"]["id"],
        enrollment_id=enrollment["id"],
    )
