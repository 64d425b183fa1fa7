"""A course with the University Block's example quiz in a lesson, and a learner enrolled."""

from dataclasses import dataclass
from typing import Any

from aiohttp import encode_basic_auth

from tests.api.callers import Api

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


@dataclass
class QuizRoom:
    """The ids of what is there, and who calls."""

    admin: Api
    learner: Api
    person_id: str
    course_id: str
    module_id: str

    @classmethod
    async def open(cls, admin: Api, learner: Api) -> "QuizRoom":
        """Make a course and enrol the learner."""
        course = await admin.make("/courses", title="Hooks")
        module = await admin.make(f"/courses/{course['id']}/modules", title="One")
        (person,) = (await admin.get("/users?email=ada@example.org"))["data"]
        await admin.make("/enrollments", user_id=person["id"], course_id=course["id"])
        return cls(admin, learner, person["id"], course["id"], module["id"])

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
        """What the record store tells, oldest first, without what was voided."""
        headers = {
            "X-Experience-API-Version": "1.0.3",
            "Authorization": encode_basic_auth("key", "secret"),
        }
        parameters = {"ascending": "true", "limit": "200", **query}
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
