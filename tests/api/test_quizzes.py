"""Quizzes over REST: the University Block's shape, editions, and what learners see."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.api.quiz_room import QUESTIONS, QUICK, Hall, QuizRoom, open_hall

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


async def test_a_quiz_is_made_as_the_university_block_writes_it_and_shown_to_its_author(
    room: QuizRoom,
) -> None:
    made = await room.quiz()
    attributes = (await room.admin.get(f"/quizzes/{made['id']}"))["data"]["attributes"]
    assert attributes == made["attributes"]
    assert (attributes["question_count"], attributes["total_points"]) == (5, 60)
    for asked, shown in zip(QUESTIONS, attributes["questions"], strict=True):
        subset = {name: shown[name] for name in asked if name not in ("options", "pairs")}
        assert subset == {k: v for k, v in asked.items() if k not in ("options", "pairs")}
    assert [o["correct"] for o in attributes["questions"][0]["options"]] == [0, 1, 0, 0]
    listed = await room.admin.get(f"/quizzes?course_id={room.course_id}")
    assert [(each["id"], each["attributes"]["questions"]) for each in listed["data"]] == [
        (made["id"], None)
    ]
    by_lesson = await room.admin.get(f"/quizzes/{attributes['lesson_id']}")
    assert by_lesson["data"]["id"] == made["id"]


async def test_what_an_author_is_shown_can_be_sent_back_and_keeps_its_ids(room: QuizRoom) -> None:
    numeric = {"type": "numeric", "question": "?", "correct_answer": 3, "units": [{"unit": "m"}]}
    ordering = {"type": "ordering", "question": "?", "items": ["a", "b"]}
    made = await room.quiz(questions=[*QUESTIONS, numeric, ordering])
    questions = made["attributes"]["questions"]
    answer = await room.admin.call("PATCH", f"/quizzes/{made['id']}", json={"questions": questions})
    assert answer.status == 200, await answer.text()
    changed = (await answer.json())["data"]["attributes"]
    assert changed["questions"] == questions
    assert changed["edition"] == 2


async def test_every_finding_of_every_question_has_its_pointer(room: QuizRoom) -> None:
    questions = [
        {"type": "multiple_choice", "question": "?", "options": [{"text": "a"}, {"text": "b"}]},
        {"type": "numeric", "question": " ", "correct_answer": 1, "tolerance": -1},
        {"type": "essay", "question": "?", "options": [{"text": "a"}]},
    ]
    body = {"title": "T", "passing_score": 101, "questions": questions}
    errors = await _problem(await room.admin.call("POST", "/quizzes", json=body), 422)
    assert {each["source"]["pointer"] for each in errors} == {
        "/passing_score",
        "/questions/0/options",
        "/questions/1/question",
        "/questions/1/tolerance",
        "/questions/2/options",
    }
    wrong_type = {"type": "ordering", "question": "?", "items": ["a", 5, {"id": "x"}]}
    body = {"title": "T", "questions": [wrong_type]}
    errors = await _problem(await room.admin.call("POST", "/quizzes", json=body), 422)
    assert {each["source"]["pointer"] for each in errors} == {
        "/questions/0/items/1",
        "/questions/0/items/2",
        "/questions/0/items/2/text",
    }


async def test_an_upsert_makes_the_lessons_quiz_and_then_replaces_it(room: QuizRoom) -> None:
    lesson = await room.lesson()
    for title in ("First", "Second"):
        body = {"title": title, "questions": QUESTIONS}
        answer = await room.admin.call("PUT", f"/quizzes/{lesson['id']}", json=body)
        assert answer.status == 200, await answer.text()
    quiz = (await answer.json())["data"]
    assert (quiz["attributes"]["title"], quiz["attributes"]["edition"]) == ("Second", 2)
    assert quiz["attributes"]["lesson_id"] == lesson["id"]
    nowhere = await room.admin.call("PUT", "/quizzes/none", json={"title": "T"})
    assert (await _problem(nowhere, 404))[0]["code"] == "quiz_not_found"


async def test_a_lesson_has_one_quiz_until_it_is_archived(room: QuizRoom) -> None:
    quiz = await room.quiz()
    body = {"title": "Other", "lesson_id": quiz["attributes"]["lesson_id"]}
    taken = await room.admin.call("POST", "/quizzes", json=body)
    assert (await _problem(taken, 409))[0]["code"] == "quiz_exists"
    path = f"/quizzes/{quiz['id']}"
    stale = await room.admin.call("DELETE", path, headers={"If-Match": '"7"'})
    assert (await _problem(stale, 412))[0]["code"] == "version_mismatch"
    lesson = f"/lessons/{quiz['attributes']['lesson_id']}"
    content = (await room.admin.get(lesson))["data"]["attributes"]["content"]
    assert content["quiz_id"] == quiz["id"]
    assert (await room.admin.call("DELETE", path)).status == 204
    assert (await room.admin.call("GET", path)).status == 404
    assert (await room.admin.get(lesson))["data"]["attributes"]["content"]["quiz_id"] is None
    await room.admin.make("/quizzes", **body)


SECRETS = ("correct", "explanation", "designed for", "rubric", "Look for", 'useContext"]')


async def test_a_learner_is_never_sent_what_would_tell_the_right_answer(room: QuizRoom) -> None:
    quiz = await room.quiz(time_limit_minutes=None)
    answer = await room.learner.call("GET", f"/quizzes/{quiz['id']}")
    raw = (await answer.read()).decode()
    policy = '"show_correct_answers":"after_submission"'
    assert policy in raw
    told = raw.replace(policy, "")
    assert [secret for secret in SECRETS if secret in told] == []
    questions = json.loads(raw)["data"]["attributes"]["questions"]
    assert len(questions) == 5
    (matching,) = (each for each in questions if each["type"] == "matching")
    written = quiz["attributes"]["questions"][3]["pairs"]
    left_ids = {each["id"] for each in matching["lefts"]}
    assert left_ids == {each["left_id"] for each in written}
    assert left_ids.isdisjoint(each["id"] for each in matching["rights"])


async def test_a_learner_sees_the_same_order_each_time(room: QuizRoom) -> None:
    many = [{"type": "true_false", "question": f"{n}?", "correct_answer": True} for n in range(30)]
    rules = {**QUICK, "shuffle_questions": True, "questions": many}
    path = f"/quizzes/{(await room.quiz(**rules))['id']}"
    orders = [
        [each["question"] for each in (await caller.get(path))["data"]["attributes"]["questions"]]
        for caller in (room.learner, room.learner, room.admin)
    ]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])


async def test_always_shows_the_right_answers_to_learners(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK, show_correct_answers="always")
    shown = (await room.learner.get(f"/quizzes/{quiz['id']}"))["data"]["attributes"]["questions"]
    written = quiz["attributes"]["questions"]
    assert shown[0]["correct_answer"] == written[0]["options"][1]["id"]
    assert shown[1]["correct_answer"] is False
    assert shown[0]["explanation"] == QUESTIONS[0]["explanation"]


HIDING: tuple[dict[str, Any], ...] = (
    {"time_limit_minutes": 30},
    {"start_required": True},
    {"available_from": "2999-01-01T00:00:00Z"},
    {"available_until": "2001-01-01T00:00:00Z"},
)


async def test_questions_are_hidden_until_they_may_be_seen(room: QuizRoom) -> None:
    for rules in HIDING:
        quiz = await room.quiz(**{**QUICK, **rules})
        seen = (await room.learner.get(f"/quizzes/{quiz['id']}"))["data"]["attributes"]
        assert (seen["questions"], seen["question_count"]) == (None, 4)


async def test_a_quiz_is_for_the_people_of_its_course(room: QuizRoom) -> None:
    quiz = await room.quiz()
    (enrollment,) = (await room.admin.get(f"/enrollments?user_id={room.person_id}"))["data"]
    await room.admin.call("DELETE", f"/enrollments/{enrollment['id']}")
    refused = await room.learner.call("GET", f"/quizzes/{quiz['id']}")
    assert (await _problem(refused, 403))[0]["code"] == "enrollment_required"
    assert (await room.learner.call("GET", "/quizzes")).status == 403
    assert (await room.learner.call("POST", "/quizzes", json={"title": "T"})).status == 403
