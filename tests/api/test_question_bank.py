"""The question bank over REST: categories, search, versions, and quizzes that draw from it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.api.quiz_room import QUESTIONS, Hall, QuizRoom, open_hall

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    """A server for all tests of this module."""
    async with open_hall(mongodb_uri, tmp_path_factory.mktemp("data")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def room(hall: Hall) -> QuizRoom:
    """A course with a learner in it."""
    return await QuizRoom.open(hall)


async def _problem(answer: Any, status: int) -> list[dict[str, Any]]:
    assert answer.status == status, await answer.text()
    errors: list[dict[str, Any]] = (await answer.json())["errors"]
    return errors


def _named(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "true_false", "question": f"Is it {number}?", "correct_answer": True, **fields}


async def test_questions_are_filed_found_changed_and_taken_out(hall: Hall) -> None:
    top = await hall.admin.make("/question-categories", name="Hooks")
    below = await hall.admin.make("/question-categories", name="State", parent_id=top["id"])
    again = await hall.admin.call(
        "POST", "/question-categories", json={"name": "State", "parent_id": top["id"]}
    )
    assert (await _problem(again, 409))[0]["code"] == "category_exists"
    loop = await hall.admin.call(
        "PATCH", f"/question-categories/{top['id']}", json={"parent_id": below["id"]}
    )
    assert (await _problem(loop, 422))[0]["source"]["pointer"] == "/parent_id"

    made = await hall.admin.make(
        "/questions", question={**QUESTIONS[0], "tags": ["effects"]}, category_id=below["id"]
    )
    await hall.admin.make("/questions", question=_named(2), name="Other")
    assert made["attributes"]["name"] == "What hook is used for side effects?"
    for query in (f"category_id={top['id']}", "tag=effects", "type=multiple_choice", "q=eff hook"):
        found = (await hall.admin.get(f"/questions?{query}"))["data"]
        assert [each["id"] for each in found] == [made["id"]], query

    path = f"/questions/{made['id']}"
    changes = {"question": {"points": 3}, "category_id": top["id"]}
    changed = (await (await hall.admin.call("PATCH", path, json=changes)).json())["data"][
        "attributes"
    ]
    expected = {**made["attributes"]["question"], "points": 3.0}
    assert changed["question"] == expected
    wrong = {"question": {"type": "numeric", "correct_answer": 1, "tolerance": -1}}
    errors = await _problem(await hall.admin.call("PATCH", path, json=wrong), 422)
    assert [each["source"]["pointer"] for each in errors] == ["/question/tolerance"]
    held = await hall.admin.call("DELETE", f"/question-categories/{top['id']}")
    assert (await _problem(held, 409))[0]["code"] == "category_in_use"
    assert (await hall.admin.call("DELETE", path)).status == 204
    assert (await hall.admin.call("GET", path)).status == 404
    assert (await hall.admin.call("DELETE", f"/question-categories/{below['id']}")).status == 204
    assert (await hall.admin.call("DELETE", f"/question-categories/{top['id']}")).status == 204


async def test_learners_do_not_see_the_bank(room: QuizRoom) -> None:
    assert (await room.learner.call("GET", "/questions")).status == 403
    assert (await room.learner.call("GET", "/question-categories")).status == 403


async def test_each_attempt_draws_its_own_questions_unseen_ones_first(room: QuizRoom) -> None:
    category = await room.admin.make("/question-categories", name="Numbers")
    for number in range(6):
        await room.admin.make("/questions", question=_named(number), category_id=category["id"])
    pool = {"category_id": category["id"], "count": 3, "points": 2}
    quiz = await room.quiz(questions=QUESTIONS[:1], pools=[pool], time_limit_minutes=None)
    assert (quiz["attributes"]["question_count"], quiz["attributes"]["total_points"]) == (4, 16)
    seen = (await room.learner.get(f"/quizzes/{quiz['id']}"))["data"]["attributes"]
    assert seen["questions"] is None
    path = f"/quizzes/{quiz['id']}/attempts"
    refused = await room.learner.call("POST", path, json={"answers": []})
    assert (await _problem(refused, 409))[0]["code"] == "attempt_not_started"

    drawn: list[set[str]] = []
    for _ in range(2):
        started = await room.learner.make(f"{path}/start")
        asked = [
            each for each in started["attributes"]["questions"] if each["type"] == "true_false"
        ]
        assert {each["points"] for each in asked} == {2.0}
        drawn.append({each["question"] for each in asked})
        if len(drawn) == 1:
            for each in asked:
                change = {"question": {"correct_answer": False}}
                await room.admin.call("PATCH", f"/questions/{each['id']}", json=change)
        answers = [{"question_id": each["id"], "answer": True} for each in asked]
        answer = await room.learner.call(
            "POST", f"/quiz-attempts/{started['id']}/submit", json={"answers": answers}
        )
        assert (await answer.json())["data"]["attributes"]["points_earned"] == 6
    assert not drawn[0] & drawn[1]
    assert all(len(each) == 3 for each in drawn)


async def test_a_pool_needs_as_many_questions_as_it_draws(room: QuizRoom) -> None:
    pools = [{"category_id": "none", "count": 1}, {"category_id": "none", "count": 0}]
    answer = await room.admin.call("POST", "/quizzes", json={"title": "T", "pools": pools})
    errors = await _problem(answer, 422)
    assert {each["source"]["pointer"] for each in errors} == {"/pools/0/count", "/pools/1/count"}


async def test_a_file_is_imported_and_exported_again(hall: Hall) -> None:
    gift = "$CATEGORY: A/B\n\n::One::Right? {T}\n\nJust text\n\nWhich? {=a ~b}\n"
    path = "/question-bank/import?format=gift"
    headers = {"Content-Type": "text/plain"}
    answer = await hall.admin.call("POST", path, data=gift.encode(), headers=headers)
    assert answer.status == 200, await answer.text()
    report = await answer.json()
    assert report["imported"] == 2
    assert [(each["line"], each["severity"]) for each in report["remarks"]] == [(5, "error")]
    found = (await hall.admin.get("/questions?q=one"))["data"]
    assert [each["attributes"]["question"]["correct_answer"] for each in found] == [True]
    exported = await hall.admin.call("GET", "/question-bank/export?format=gift")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="questions.gift"'
    text = await exported.text()
    assert "$CATEGORY: $course$/top/A/B\n\n::One::" in text
    xml = await (await hall.admin.call("GET", "/question-bank/export?format=moodle_xml")).read()
    again = await hall.admin.call(
        "POST",
        "/question-bank/import?format=moodle_xml",
        data=xml,
        headers={"Content-Type": "application/xml"},
    )
    assert (await again.json())["imported"] == text.count("::[html]")
    wrong = await hall.admin.call("POST", path, json={})
    assert wrong.status == 415
