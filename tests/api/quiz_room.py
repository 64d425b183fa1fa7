"""A server shared by a module, and courses with the University Block's example quiz."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient, TestServer
from pymongo import AsyncMongoClient

from api.application import open_services, prepare
from api.first_start import install
from api.origins import lms_application
from api.services import Services
from api.settings import read_settings
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person, signed_in

QUESTIONS: list[dict[str, Any]] = [
    {
        "type": "multiple_choice",
        "question": "What hook is used for side effects?",
        "options": [
            {"text": "useState", "correct": False},
            {"text": "useEffect", "correct": True},
            {"text": "useContext", "correct": False},
            {"text": "useReducer", "correct": False},
        ],
        "points": 10,
        "explanation": "useEffect is the hook designed for handling side effects.",
    },
    {
        "type": "true_false",
        "question": "Hooks can be called inside loops.",
        "correct_answer": False,
        "points": 5,
        "explanation": "Hooks must be called at the top level, not inside loops or conditions.",
    },
    {
        "type": "fill_blank",
        "question": "The ____ hook is used to access context values.",
        "correct_answers": ["useContext"],
        "case_sensitive": False,
        "points": 10,
    },
    {
        "type": "matching",
        "question": "Match the hook to its purpose:",
        "pairs": [
            {"left": "useState", "right": "Local component state"},
            {"left": "useEffect", "right": "Side effects"},
            {"left": "useRef", "right": "Mutable references"},
        ],
        "points": 15,
    },
    {
        "type": "essay",
        "question": "Explain when you would use useReducer over useState.",
        "min_words": 50,
        "max_words": 500,
        "points": 20,
        "rubric": "Look for: complex state logic, multiple sub-values",
    },
]
ANSWERS: list[dict[str, Any]] = [
    {"question_index": 0, "answer": 1},
    {"question_index": 1, "answer": False},
    {"question_index": 2, "answer": "useContext"},
    {"question_index": 3, "answer": [[0, 0], [1, 1], [2, 2]]},
    {"question_index": 4, "answer": "I would use useReducer when..."},
]
RULES: dict[str, Any] = {
    "title": "Module 1 Assessment",
    "description": "Test your understanding of the basics",
    "time_limit_minutes": 30,
    "passing_score": 80,
    "max_attempts": 3,
    "shuffle_questions": True,
    "show_correct_answers": "after_submission",
}


@dataclass(frozen=True)
class Hall:
    """A server that a module's tests share, and its administrator."""

    services: Services
    client: Client
    admin: Api


@asynccontextmanager
async def open_hall(mongodb_uri: str, folder: Path) -> AsyncIterator[Hall]:
    """A server over a database of its own."""
    email, password = ADMIN
    flags = {"admin_email": email, "admin_password": password, "data": str(folder)}
    flags |= {"lrs_key": "key", "lrs_secret": "secret", "rate_limits": "off"}
    settings = read_settings({}, flags)
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as mongodb:
        database = mongodb[f"test_{uuid.uuid4().hex}"]
        await prepare(database)
        await install(database, settings)
        async with (
            open_services(settings, database) as services,
            TestClient(TestServer(lms_application(services))) as client,
        ):
            yield Hall(services, client, await signed_in(client, *ADMIN))
        await mongodb.drop_database(database.name)


@dataclass
class QuizRoom:
    """A course of its own with a learner of its own: the ids of what is there, and who calls."""

    services: Services
    admin: Api
    learner: Api
    person_id: str
    course_id: str
    module_id: str
    registration: str

    @classmethod
    async def open(cls, hall: Hall) -> "QuizRoom":
        """Make a course and enrol a new learner."""
        admin, email = hall.admin, f"{uuid.uuid4().hex}@example.org"
        person_id = await add_person(hall.services, email, "learner")
        course = await admin.make("/courses", title="Hooks")
        module = await admin.make(f"/courses/{course['id']}/modules", title="One")
        enrolled = await admin.make("/enrollments", user_id=person_id, course_id=course["id"])
        return cls(
            services=hall.services,
            admin=admin,
            learner=await signed_in(hall.client, email, PASSWORD),
            person_id=person_id,
            course_id=course["id"],
            module_id=module["id"],
            registration=enrolled["attributes"]["registration"],
        )

    async def lesson(self) -> dict[str, Any]:
        """Another lesson for a quiz."""
        path = f"/modules/{self.module_id}/lessons"
        return await self.admin.make(path, title="Assessment", content_type="quiz")

    async def quiz(self, **other: Any) -> dict[str, Any]:
        """A quiz in a lesson of its own: the example's, with other attributes."""
        lesson = await self.lesson()
        attributes = {**RULES, "questions": QUESTIONS, "lesson_id": lesson["id"], **other}
        return await self.admin.make("/quizzes", data={"type": "quiz", "attributes": attributes})

    async def statements(self, **query: str) -> list[dict[str, Any]]:
        """What is recorded of the first attempts, or of what is asked for, oldest first."""
        headers = {
            "X-Experience-API-Version": "1.0.3",
            "Authorization": encode_basic_auth("key", "secret"),
        }
        narrowed = query or {"registration": self.registration}
        parameters = {"ascending": "true", "limit": "200", **narrowed}
        async with self.admin.client.get(
            "/xapi/statements", params=parameters, headers=headers
        ) as answer:
            assert answer.status == 200, await answer.text()
            found: list[dict[str, Any]] = (await answer.json())["statements"]
            return found

    async def progress(self) -> dict[str, Any]:
        """The learner's progress in the course."""
        document = await self.admin.get(f"/progress/{self.course_id}/users/{self.person_id}")
        attributes: dict[str, Any] = document["data"]["attributes"]
        return attributes


QUICK: dict[str, Any] = {
    "time_limit_minutes": None,
    "shuffle_questions": False,
    "questions": QUESTIONS[:4],
}
"""A quiz without a time limit and without an essay."""
