"""Quiz submissions per second: `python -m bench.quizzes [--learners N] [--quizzes N]`.

Each learner submits each quiz of ten questions once, over 64 connections: graded, stored, told in
some fifteen statements, and counted in the learner's progress before it is answered. The learners'
submissions are sent by a program that may record for others.
"""

import argparse
import asyncio
import json
import random
import tempfile
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvloop

from api.mongod import Mongod
from bench.load import Run
from bench.processes import server
from bench.rows import COLUMNS, Row, show
from bench.server import ADMIN_EMAIL, ADMIN_PASSWORD

CONNECTIONS: Final = 64
WANTED: Final = 800
AT_ONCE: Final = 16

QUESTIONS: Final[list[dict[str, Any]]] = [
    *(
        {
            "type": "multiple_choice",
            "question": f"Which of these is number {number}?",
            "options": [{"text": f"This one {n}", "correct": n == 1} for n in range(4)],
            "points": 10,
        }
        for number in range(5)
    ),
    {"type": "true_false", "question": "Is it so?", "correct_answer": True},
    {"type": "true_false", "question": "Is it not so?", "correct_answer": False},
    {"type": "fill_blank", "question": "It is ____.", "correct_answers": ["so", "thus"]},
    {
        "type": "matching",
        "question": "Which belong together?",
        "pairs": [{"left": each, "right": each.upper()} for each in ("a", "b", "c")],
    },
    {"type": "numeric", "question": "How much is it?", "correct_answer": 3.14, "tolerance": 0.01},
]


class School:
    """A course with quizzes and learners, over REST."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/api/v1"
        self._slots = asyncio.Semaphore(AT_ONCE)
        self.token = ""

    async def open(self, learners: int, quizzes: int) -> tuple[list[str], list[str]]:
        """Make it; the ids of its learners and its quizzes."""
        who = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        signed_in = await self._make("/auth/sign-in", who)
        self.token = signed_in["attributes"]["access_token"]
        course = (await self._make("/courses", {"title": "Course"}))["id"]
        module = (await self._make(f"/courses/{course}/modules", {"title": "Module"}))["id"]
        made = [await self._quiz(module, number) for number in range(quizzes)]
        people = await asyncio.gather(*(self._learner(n, course) for n in range(learners)))
        return people, made

    async def _learner(self, number: int, course: str) -> str:
        draft = {"name": f"Learner {number}", "email": f"learner{number}@example.org"}
        person: str = (await self._make("/users", draft))["id"]
        await self._make("/enrollments", {"user_id": person, "course_id": course})
        return person

    async def _quiz(self, module: str, number: int) -> str:
        lesson = {"title": f"Quiz {number}", "content_type": "quiz"}
        made = await self._make(f"/modules/{module}/lessons", lesson)
        quiz = {"title": f"Quiz {number}", "lesson_id": made["id"], "passing_score": 80}
        quiz_id: str = (await self._make("/quizzes", {**quiz, "questions": QUESTIONS}))["id"]
        return quiz_id

    async def _make(self, path: str, attributes: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        address = f"{self._url}{path}"
        async with (
            self._slots,
            self._session.post(address, json=attributes, headers=headers) as answer,
        ):
            assert answer.status == 201, await answer.text()
            resource: dict[str, Any] = (await answer.json())["data"]
            return resource


def submission(token: str, quiz: str, person: str, chance: random.Random) -> bytes:
    """A learner's answers, most of them right."""
    answers: list[Any] = [1 if chance.random() < 0.8 else 0 for _ in range(5)]
    answers += [True, False, "so", [[0, 0], [1, 1], [2, 2]], "3.14"]
    numbered = [{"question_index": n, "answer": each} for n, each in enumerate(answers)]
    body = json.dumps({"user_id": person, "answers": numbered, "time_taken_seconds": 300}).encode()
    head = (
        f"POST /api/v1/quizzes/{quiz}/attempts HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def measure(port: int, learners: int, quizzes: int) -> dict[str, Any]:
    """Let everybody submit everything; the report."""
    async with aiohttp.ClientSession() as session:
        school = School(session, f"http://127.0.0.1:{port}")
        people, made = await school.open(learners, quizzes)
    chance = random.Random(1)  # noqa: S311
    sent = [submission(school.token, quiz, person, chance) for quiz in made for person in people]
    run = Run(sent, CONNECTIONS)
    took = await run.go(port)
    times = sorted(run.seconds)
    places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    found = {name: times[int(len(times) * part)] * 1000 for name, part in places.items()}
    return {**found, "per_second": len(times) / took, "statuses": run.statuses}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.quizzes", description=__doc__)
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--quizzes", type=int, default=10)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder,
        Mongod(Path(folder)) as mongod,
        server(mongod.uri, "composed") as under_load,
    ):
        report = uvloop.run(measure(under_load.port, arguments.learners, arguments.quizzes))
    row = Row(
        f"submit a quiz of {len(QUESTIONS)} questions, {CONNECTIONS} connections",
        report,
        "/s",
        f"{WANTED}/s",
        lambda found: bool(found["per_second"] >= WANTED),
    )
    show("Quizzes", COLUMNS, [row.cells()])


if __name__ == "__main__":
    main()
