"""A course of two modules and three lessons that a learner goes through."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, encode_basic_auth

from tests.api.callers import Api

XAPI = encode_basic_auth("key", "secret")
VERBS = "http://adlnet.gov/expapi/verbs/"


@dataclass
class Lectures:
    """The course, and who is in it."""

    admin: Api
    learner: Api
    course: dict[str, Any] = field(default_factory=dict)
    modules: list[dict[str, Any]] = field(default_factory=list)
    lessons: list[dict[str, Any]] = field(default_factory=list)
    person: dict[str, Any] = field(default_factory=dict)
    enrollment: dict[str, Any] = field(default_factory=dict)

    async def begin(self, **settings: Any) -> "Lectures":
        """Make the course: lessons A and B in the first module, C in the second."""
        self.course = await self.admin.make(
            "/courses", title="Hooks", status="published", settings=settings
        )
        path = f"/courses/{self.course['id']}/modules"
        self.modules = [await self.admin.make(path, title=each) for each in ("One", "Two")]
        self.lessons = [await self.add(each, "ABC".index(each) // 2) for each in "ABC"]
        self.person = (await self.learner.get("/auth/me"))["data"]
        return self

    async def add(self, title: str, module: int, **fields: Any) -> dict[str, Any]:
        """Add a lesson of text."""
        content = {"html": f"<p>{title}</p>"}
        given = {"title": title, "content_type": "text", "content": content, **fields}
        return await self.admin.make(f"/modules/{self.modules[module]['id']}/lessons", **given)

    async def enrol(self, **fields: Any) -> None:
        """Enrol the learner."""
        self.enrollment = await self.admin.make(
            "/enrollments", user_id=self.person["id"], course_id=self.course["id"], **fields
        )

    async def says(self, verb: str, lesson: int, result: Any = None) -> str:
        """An outside tool tells of the learner; the statement's id."""
        activity = {"id": self.lessons[lesson]["attributes"]["activity_id"]}
        return await self.tells(verb, activity, **({"result": result} if result else {}))

    async def voids(self, statement_id: str) -> str:
        """A statement is taken back; the id of the statement that does."""
        return await self.tells("voided", {"objectType": "StatementRef", "id": statement_id})

    async def tells(self, verb: str, target: Any, **fields: Any) -> str:
        """A statement of the learner; its id."""
        statement = {
            "actor": {"mbox": f"mailto:{self.person['attributes']['email']}"},
            "verb": {"id": VERBS + verb},
            "object": target,
            **fields,
        }
        headers = {"X-Experience-API-Version": "1.0.3", "Authorization": XAPI}
        answer = await self.admin.client.post("/xapi/statements", json=statement, headers=headers)
        assert answer.status == 200, await answer.text()
        statement_id: str = (await answer.json())[0]
        return statement_id

    async def learn(self, lesson: int | None = None, who: Api | None = None) -> ClientResponse:
        """What /learn answers of the course, or of a lesson."""
        part = "" if lesson is None else f"/{self.lessons[lesson]['id']}"
        return await (who or self.learner).call("GET", f"/learn/{self.course['id']}{part}")

    async def way(self) -> dict[str, Any]:
        """The way through the course."""
        attributes: dict[str, Any] = (await (await self.learn()).json())["data"]["attributes"]
        return attributes

    async def closed(self) -> dict[str, list[str]]:
        """Why lessons are closed, by their titles."""
        modules = (await self.way())["modules"]
        return {
            lesson["title"]: [each["code"] for each in lesson["locks"]]
            for module in modules
            for lesson in module["lessons"]
            if lesson["locked"]
        }


async def code_of(answer: ClientResponse) -> str:
    """The code by which a request was refused."""
    code: str = (await answer.json())["errors"][0]["code"]
    return code
