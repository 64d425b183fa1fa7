"""No query of quizzes and attempts reads more than it returns."""

from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from content.store import Store, prepare

OWN = {"organization_id": "o"}
COUNT = 60
QUERIES: dict[str, tuple[str, dict[str, Any], int]] = {
    "by id or lesson": (
        "quizzes",
        {"$or": [{"_id": "lesson7"}, {"lesson_id": "lesson7"}], "archived_at": None},
        1,
    ),
    "of a person": ("quiz_attempts", {"quiz_id": "q1", "person_id": "p1"}, 10),
    "pending": ("quiz_attempts", {"outcome.pending_review": {"$gt": 0}}, 6),
    "of a category": ("bank_questions", {"archived_at": None, "category_id": {"$in": ["c1"]}}, 20),
    "overdue": ("quiz_attempts", {"status": "in_progress", "deadline_at": {"$lt": 5}}, 3),
}


@pytest.fixture
async def filled(database: AsyncDatabase[dict[str, Any]]) -> Store:
    """A store with some of everything."""
    await prepare(database)
    quizzes = [
        {"_id": f"quiz{n}", **OWN, "lesson_id": f"lesson{n}", "archived_at": None}
        for n in range(COUNT)
    ]
    attempts = [
        {
            "_id": f"attempt{n}",
            **OWN,
            "quiz_id": f"q{n % 2}",
            "person_id": f"p{n % 6}",
            "enrollment_id": "e",
            "attempt_number": n,
            "status": "in_progress" if n % 10 == 0 else "submitted",
            "deadline_at": n // 5 if n % 10 == 0 else None,
            "outcome": {"pending_review": 1} if n % 10 == 1 else {},
        }
        for n in range(COUNT)
    ]
    questions = [
        {"_id": f"b{n}", **OWN, "category_id": f"c{n % 3}", "archived_at": None, "words": []}
        for n in range(COUNT)
    ]
    await database["quizzes"].insert_many(quizzes)
    await database["quiz_attempts"].insert_many(attempts)
    await database["bank_questions"].insert_many(questions)
    return Store(database)


async def test_queries_read_what_they_return(filled: Store) -> None:
    read = {}
    for name, (collection, query, _) in QUERIES.items():
        whole = query if name == "overdue" else {**OWN, **query}
        plan = await filled.database[collection].find(whole).explain()
        stats = plan["executionStats"]
        read[name] = (stats["nReturned"], stats["totalDocsExamined"])
    assert read == {name: (count, count) for name, (_, _, count) in QUERIES.items()}
