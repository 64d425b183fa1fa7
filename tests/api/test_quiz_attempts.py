"""Attempts at quizzes over REST: grading, limits, time, review, and what the statements tell."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from api.services import Services
from content.identity import now
from content.quizzes.deadlines import Deadlines
from tests.api.quiz_room import ANSWERS, QUESTIONS, QUICK, Hall, QuizRoom, open_hall

WRONG = [{"question_index": 1, "answer": True}]


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


async def _done(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status == status, await answer.text()
    resource: dict[str, Any] = (await answer.json())["data"]
    return resource


async def _verbs(room: QuizRoom, **query: str) -> list[str]:
    """What the record store tells of, the newest last, without what was voided."""
    said = await room.statements(**query)
    return [each["verb"]["id"].rpartition("/")[2] for each in said]


async def test_the_university_blocks_attempt_is_graded_reviewed_and_told(room: QuizRoom) -> None:
    quiz = await room.quiz()
    body = {"user_id": room.person_id, "answers": ANSWERS, "time_taken_seconds": 1200}
    made = await room.admin.make(f"/quizzes/{quiz['id']}/attempts", **body)
    attributes = made["attributes"]
    assert made["type"] == "quiz_attempt"
    assert (attributes["quiz_id"], attributes["user_id"]) == (quiz["id"], room.person_id)
    assert (attributes["attempt_number"], attributes["time_taken_seconds"]) == (1, 1200)
    shown = [
        {
            k: each[k]
            for k in ("question_index", "correct", "pending_review", "points_earned")
            if k in each
        }
        for each in attributes["results"]
    ]
    assert shown == [
        {"question_index": 0, "correct": True, "points_earned": 10},
        {"question_index": 1, "correct": True, "points_earned": 5},
        {"question_index": 2, "correct": True, "points_earned": 10},
        {"question_index": 3, "correct": True, "points_earned": 15},
        {"question_index": 4, "pending_review": True, "points_earned": 0},
    ]
    assert (attributes["score"], attributes["passed"]) == (66.67, None)
    waiting = await room.admin.get(f"/quiz-attempts?pending_review=true&quiz_id={quiz['id']}")
    assert [each["id"] for each in waiting["data"]] == [made["id"]]
    brought = await room.admin.get(f"/quiz-attempts?quiz_id={quiz['id']}&include=quiz,user")
    assert {each["id"] for each in brought["included"]} == {quiz["id"], room.person_id}
    before = await room.progress()
    assert (before["status"], before["total_time_spent_minutes"]) == ("in_progress", 20)

    review = {"question_index": 4, "points_earned": 18, "feedback": "Excellent explanation."}
    path = f"/attempts/{made['id']}/grade"
    graded = (await _done(await room.admin.call("PATCH", path, json=review)))["attributes"]
    assert (graded["score"], graded["passed"], graded["pending_review"]) == (96.67, True, 0)
    assert graded["results"][4]["feedback"] == "Excellent explanation."
    after = await room.progress()
    assert (after["status"], after["score"], after["success"]) == ("completed", 96.67, True)

    again = {"question_index": 0, "points_earned": 0}
    worse = {"question_index": 4, "points_earned": 0}
    await _done(await room.admin.call("PATCH", path, json=again))
    failed = (await _done(await room.admin.call("PATCH", path, json=worse)))["attributes"]
    assert (failed["score"], failed["passed"]) == (50.0, False)
    last = await room.progress()
    assert (last["status"], last["score"], last["success"]) == ("in_progress", 50.0, False)
    assert await room.services.progress.rebuild() >= 1
    assert await room.progress() == last
    events = room.services.content.database["events"].find(
        {"type": {"$regex": "^quiz"}, "data.attempt_id": made["id"]}
    )
    told = [each["type"] async for each in events.sort("created_at", 1)]
    assert told == ["quiz.submitted", "quiz.passed", "quiz.failed"]


async def test_an_attempt_is_told_with_each_answer_as_an_interaction(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK)
    await room.learner.make(f"/quizzes/{quiz['id']}/attempts", answers=WRONG)
    assert sorted(await _verbs(room)) == ["answered", "attempted", "failed", "scored", "terminated"]
    said = await room.statements()
    (answered,) = (each for each in said if each["verb"]["id"].endswith("answered"))
    definition = answered["object"]["definition"]
    assert definition["interactionType"] == "true-false"
    assert definition["correctResponsesPattern"] == ["false"]
    assert (answered["result"]["response"], answered["result"]["success"]) == ("true", False)
    assert {each["actor"]["account"]["name"] for each in said} == {room.person_id}


async def test_a_learner_answers_by_what_they_were_shown(room: QuizRoom) -> None:
    rules = {**QUICK, "shuffle_questions": True, "shuffle_options": True}
    quiz = await room.quiz(**rules)
    shown = (await room.learner.get(f"/quizzes/{quiz['id']}"))["data"]["attributes"]["questions"]
    made = await room.learner.make(f"/quizzes/{quiz['id']}/attempts", answers=_right(shown))
    assert (made["attributes"]["score"], made["attributes"]["passed"]) == (100.0, True)
    started = await room.learner.make(f"/quizzes/{quiz['id']}/attempts/start")
    answers = {"answers": _right(started["attributes"]["questions"])}
    path = f"/quiz-attempts/{started['id']}"
    done = await _done(await room.learner.call("POST", f"{path}/submit", json=answers))
    assert done["attributes"]["score"] == 100.0
    assert (await room.progress())["status"] == "completed"


def _right(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The right answers, by the indexes of what was shown."""
    found = []
    for each in shown:
        if each["type"] == "multiple_choice":
            texts = [option["text"] for option in each["options"]]
            answer: Any = texts.index("useEffect")
        elif each["type"] == "true_false":
            answer = False
        elif each["type"] == "fill_blank":
            answer = "usecontext"
        else:
            answer = [[i, _match(each, left["text"])] for i, left in enumerate(each["lefts"])]
        found.append({"question_index": each["index"], "answer": answer})
    return found


def _match(asked: dict[str, Any], left: str) -> int:
    pairs = {pair["left"]: pair["right"] for pair in QUESTIONS[3]["pairs"]}
    return [right["text"] for right in asked["rights"]].index(pairs[left])


async def test_what_cannot_be_read_is_told_at_its_place_and_uses_no_attempt(
    room: QuizRoom,
) -> None:
    quiz = await room.quiz(**QUICK, max_attempts=1)
    answers = [
        {"question_index": 9, "answer": 1},
        {"question_index": 0, "answer": True},
        {"question_index": 3, "answer": [[0, 0], [0, 9]]},
        {"question_index": 0, "answer": 1},
    ]
    path = f"/quizzes/{quiz['id']}/attempts"
    errors = await _problem(await room.learner.call("POST", path, json={"answers": answers}), 422)
    assert {each["source"]["pointer"] for each in errors} == {
        "/answers/0",
        "/answers/1/answer",
        "/answers/2/answer/1",
        "/answers/3",
    }
    await room.learner.make(path, answers=WRONG)
    used = await room.learner.call("POST", path, json={"answers": WRONG})
    assert (await _problem(used, 409))[0]["code"] == "quiz_attempts_exhausted"


async def test_no_more_attempts_are_made_at_once_than_there_may_be(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK, max_attempts=3)
    path = f"/quizzes/{quiz['id']}/attempts"
    calls = (room.learner.call("POST", path, json={"answers": WRONG}) for _ in range(8))
    statuses = sorted(answer.status for answer in await asyncio.gather(*calls))
    assert statuses == [201] * 3 + [409] * 5
    mine = await room.learner.get(f"{path}?sort=started_at")
    assert [each["attributes"]["attempt_number"] for each in mine["data"]] == [1, 2, 3]
    kept = room.services.content.database["quiz_attempts"].find({"quiz_id": quiz["id"]})
    assert len({each["registration"] async for each in kept}) == 3


async def test_starting_twice_is_starting_once(room: QuizRoom) -> None:
    path = f"/quizzes/{(await room.quiz())['id']}/attempts/start"
    calls = (room.learner.call("POST", path, json={}) for _ in range(4))
    started = [await _done(each, 201) for each in await asyncio.gather(*calls)]
    assert len({each["id"] for each in started}) == 1
    assert await _verbs(room) == ["attempted"]


async def test_answers_are_saved_and_the_server_ends_what_nobody_submits(room: QuizRoom) -> None:
    quiz = await room.quiz(**{**QUICK, "time_limit_minutes": 1, "passing_score": 20})
    started = await room.learner.make(f"/quizzes/{quiz['id']}/attempts/start")
    path = f"/quiz-attempts/{started['id']}"
    for answer in (1, None, 0):
        saved = {"answers": [{"question_index": 0, "answer": answer}]}
        await _done(await room.learner.call("PATCH", path, json=saved))
    right = {"answers": [{"question_index": 2, "answer": "useContext"}]}
    kept = await _done(await room.learner.call("PATCH", path, json=right))
    assert [each["question_index"] for each in kept["attributes"]["answers"]] == [0, 2]
    assert kept["attributes"]["results"] is None
    sweep = Deadlines(room.services.content, room.services.outbox)
    assert await sweep.sweep() == 0
    await _let_pass(room.services, started["id"], timedelta(minutes=2))
    late = await room.learner.call("PATCH", path, json=right)
    assert (await _problem(late, 409))[0]["code"] == "time_limit_exceeded"
    assert await sweep.sweep() == 1
    done = (await room.learner.get(path))["data"]["attributes"]
    assert (done["points_earned"], done["passed"]) == (10, True)
    assert done["ended_by_deadline"]
    assert done["submitted_at"] == done["deadline_at"]
    assert (await room.progress())["status"] == "completed"
    after = await room.learner.call("PATCH", path, json=right)
    assert (await _problem(after, 409))[0]["code"] == "attempt_submitted"


async def test_what_is_submitted_late_is_graded_from_what_was_saved(room: QuizRoom) -> None:
    quiz = await room.quiz(**{**QUICK, "time_limit_minutes": 1})
    started = await room.learner.make(f"/quizzes/{quiz['id']}/attempts/start")
    await _let_pass(room.services, started["id"], timedelta(minutes=2))
    body = {"answers": [{"question_index": 2, "answer": "useContext"}]}
    submit = f"/quiz-attempts/{started['id']}/submit"
    done = await _done(await room.learner.call("POST", submit, json=body))
    assert (done["attributes"]["points_earned"], done["attributes"]["passed"]) == (0, False)
    again = await _done(await room.learner.call("POST", submit, json=body))
    assert again == done
    slow = {"answers": WRONG, "time_taken_seconds": 100}
    refused = await room.learner.call("POST", f"/quizzes/{quiz['id']}/attempts", json=slow)
    assert (await _problem(refused, 409))[0]["code"] == "time_limit_exceeded"


async def _let_pass(services: Services, attempt_id: str, time: timedelta) -> None:
    """Move an attempt's start and deadline into the past."""
    attempts = services.content.database["quiz_attempts"]
    found = await attempts.find_one({"_id": attempt_id})
    assert found is not None
    moved = {name: found[name] - time for name in ("started_at", "deadline_at")}
    assert moved["deadline_at"] < now()
    await attempts.update_one({"_id": attempt_id}, {"$set": moved})


async def test_editing_a_quiz_changes_nothing_in_attempts_that_were_begun(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK)
    started = await room.learner.make(f"/quizzes/{quiz['id']}/attempts/start")
    shown = started["attributes"]["questions"]
    other = [{"type": "true_false", "question": "New?", "correct_answer": True}]
    path = f"/quizzes/{quiz['id']}"
    for _ in range(2):
        body = {"questions": other, "passing_score": 0}
        await _done(await room.admin.call("PATCH", path, json=body))
    attempt = f"/quiz-attempts/{started['id']}"
    assert (await room.learner.get(attempt))["data"]["attributes"]["questions"] == shown
    body = {"answers": _right(shown)[:1]}
    done = await _done(await room.learner.call("POST", f"{attempt}/submit", json=body))
    assert (done["attributes"]["total_points"], done["attributes"]["passed"]) == (40, False)
    old = {"answers": body["answers"], "edition": 1}
    changed = await room.learner.call("POST", f"{path}/attempts", json=old)
    assert (await _problem(changed, 409))[0]["code"] == "quiz_changed"
    newest = await room.learner.make(f"{path}/attempts", answers=[])
    assert (newest["attributes"]["edition"], newest["attributes"]["total_points"]) == (3, 1)


@pytest.mark.parametrize(
    ("policy", "rules", "seen"),
    [
        ("never", {}, [False, False, False]),
        ("after_submission", {}, [False, True, True]),
        ("after_passing", {}, [False, False, True]),
        ("after_due", {"available_until": "2999-01-01T00:00:00Z"}, [False, False, False]),
        ("always", {}, [True, True, True]),
    ],
)
async def test_right_answers_are_shown_when_the_policy_says(
    room: QuizRoom, policy: str, rules: dict[str, Any], seen: list[bool]
) -> None:
    quiz = await room.quiz(
        **{**QUICK, "show_correct_answers": policy, "passing_score": 10}, **rules
    )
    path = f"/quizzes/{quiz['id']}/attempts"
    started = await room.learner.make(f"{path}/start")
    raw = [await _raw(room, started["id"])]
    submit = f"/quiz-attempts/{started['id']}/submit"
    await _done(await room.learner.call("POST", submit, json={}))
    raw.append(await _raw(room, started["id"]))
    right = [{"question_index": 2, "answer": "useContext"}]
    passed = await room.learner.make(path, answers=right)
    assert passed["attributes"]["passed"]
    raw.append(await _raw(room, passed["id"]))
    assert ["designed for" in each and "correct_answer" in each for each in raw] == seen
    if policy == "after_due":
        past = {"available_until": "2001-01-01T00:00:00Z"}
        await _done(await room.admin.call("PATCH", f"/quizzes/{quiz['id']}", json=past))
        assert "designed for" in await _raw(room, passed["id"])


async def _raw(room: QuizRoom, attempt_id: str) -> str:
    answer = await room.learner.call("GET", f"/quiz-attempts/{attempt_id}")
    assert answer.status == 200
    return await answer.text()


async def test_attempts_are_their_makers_and_their_graders_business(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK)
    path = f"/quizzes/{quiz['id']}/attempts"
    (admin,) = (await room.admin.get("/users?email=admin@example.org"))["data"]
    other = await room.learner.call("POST", path, json={"user_id": admin["id"], "answers": []})
    assert (await _problem(other, 403))[0]["code"] == "forbidden"
    await room.admin.make("/enrollments", user_id=admin["id"], course_id=room.course_id)
    theirs = await room.admin.make(path, answers=[])
    assert (await room.learner.call("GET", f"/quiz-attempts/{theirs['id']}")).status == 403
    assert (await room.learner.get(path))["data"] == []
    assert (await room.learner.call("GET", f"{path}?user_id={admin['id']}")).status == 403
    mine = await room.learner.make(path, answers=[])
    body = {"question_index": 0, "points_earned": 10}
    grade = f"/attempts/{mine['id']}/grade"
    assert (await room.learner.call("PATCH", grade, json=body)).status == 403
    for wrong, where in (
        ({"question_index": 9, "points_earned": 1}, "/question_index"),
        ({"question_index": 0, "points_earned": 11}, "/points_earned"),
    ):
        errors = await _problem(await room.admin.call("PATCH", grade, json=wrong), 422)
        assert [each["source"]["pointer"] for each in errors] == [where]
    started = await room.learner.make(f"{path}/start")
    early = await room.admin.call("PATCH", f"/attempts/{started['id']}/grade", json=body)
    assert (await _problem(early, 409))[0]["code"] == "attempt_in_progress"
    everybodys = await room.admin.get(f"/quiz-attempts?status=submitted&quiz_id={quiz['id']}")
    assert {each["id"] for each in everybodys["data"]} == {theirs["id"], mine["id"]}


async def test_a_quiz_that_is_to_be_started_is_not_answered_without(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK, start_required=True)
    path = f"/quizzes/{quiz['id']}/attempts"
    refused = await room.learner.call("POST", path, json={"answers": WRONG})
    assert (await _problem(refused, 409))[0]["code"] == "attempt_not_started"
    started = await room.learner.make(f"{path}/start")
    done = await room.learner.make(path, answers=WRONG)
    assert (done["id"], done["attributes"]["status"]) == (started["id"], "submitted")
    closed = await room.quiz(**QUICK, available_until="2001-01-01T00:00:00Z")
    for where in ("attempts", "attempts/start"):
        late = await room.learner.call(
            "POST",
            f"/quizzes/{closed['id']}/{where}",
            json={"answers": []} if where == "attempts" else {},
        )
        assert (await _problem(late, 403))[0]["code"] == "quiz_not_available"


async def test_a_quiz_without_a_lesson_is_an_activity_by_itself(room: QuizRoom) -> None:
    made = await room.admin.make(
        "/quizzes", title="Survey", questions=QUESTIONS[:2], max_attempts=1
    )
    attempt = await room.learner.make(f"/quizzes/{made['id']}/attempts", answers=WRONG)
    assert (attempt["attributes"]["passed"], attempt["attributes"]["score"]) == (None, 0)
    verbs = set(await _verbs(room, activity=made["attributes"]["activity_id"]))
    assert verbs == {"attempted", "scored", "completed", "terminated"}


KINDS: tuple[tuple[dict[str, Any], Any, str, str, list[str]], ...] = (
    (
        {
            "type": "multiple_choice",
            "options": [{"text": "A", "id": "a", "correct": True}, {"text": "B", "id": "b"}],
        },
        "a",
        "choice",
        "a",
        ["a"],
    ),
    (
        {
            "type": "multiple_answer",
            "options": [
                {"text": "B", "id": "b", "correct": True},
                {"text": "A", "id": "a", "correct": True},
                {"text": "C", "id": "c"},
            ],
        },
        ["b", "a"],
        "choice",
        "a[,]b",
        ["a[,]b"],
    ),
    ({"type": "true_false", "correct_answer": True}, True, "true-false", "true", ["true"]),
    (
        {"type": "fill_blank", "question": "___ and ___", "correct_answers": [["x", "y"], ["z*"]]},
        ["Y", "zz"],
        "fill-in",
        "Y[,]zz",
        ["x[,]z", "y[,]z"],
    ),
    (
        {
            "type": "matching",
            "pairs": [
                {"left": "1", "left_id": "l1", "right": "one", "right_id": "r1"},
                {"left": "2", "left_id": "l2", "right": "two", "right_id": "r2"},
            ],
        },
        [["l1", "r1"], ["l2", "r2"]],
        "matching",
        "l1[.]r1[,]l2[.]r2",
        ["l1[.]r1[,]l2[.]r2"],
    ),
    (
        {"type": "ordering", "items": [{"text": "A", "id": "a"}, {"text": "B", "id": "b"}]},
        ["a", "b"],
        "sequencing",
        "a[,]b",
        ["a[,]b"],
    ),
    (
        {
            "type": "numeric",
            "correct_answer": 1.5,
            "tolerance": 0.5,
            "units": [{"unit": "m"}, {"unit": "cm", "factor": 0.01}],
        },
        "150 cm",
        "numeric",
        "1.500",
        ["1.0[:]2.0"],
    ),
    ({"type": "essay"}, "Well, it depends.", "long-fill-in", "Well, it depends.", []),
)


async def test_every_kind_of_question_is_told_in_xapis_notation(room: QuizRoom) -> None:
    questions = [{"question": f"<b>{n}</b>?", **asked} for n, (asked, *_) in enumerate(KINDS)]
    quiz = await room.quiz(questions=questions, time_limit_minutes=None)
    answers = [
        {"question_index": n, "answer": answer, "time_spent_seconds": n + 1.5}
        for n, (_, answer, *_) in enumerate(KINDS)
    ]
    path = f"/quizzes/{quiz['id']}/attempts"
    body = {"user_id": room.person_id, "answers": answers}
    made = (await room.admin.make(path, **body))["attributes"]
    assert [each.get("correct") for each in made["results"]] == [True] * 7 + [None]
    said = {
        each["object"]["id"]: each
        for each in await room.statements()
        if each["verb"]["id"].endswith("answered")
    }
    assert len(said) == len(KINDS)
    for result, (_, _, kind, response, patterns) in zip(made["results"], KINDS, strict=True):
        (told,) = (s for iri, s in said.items() if iri.endswith(result["question_id"]))
        definition = told["object"]["definition"]
        assert definition["interactionType"] == kind
        assert told["result"]["response"] == response
        assert told["result"]["duration"] == f"PT{result['time_spent_seconds']:g}S"
        assert definition.get("correctResponsesPattern", []) == patterns


async def test_statistics_count_first_attempts_or_all(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK)
    for answer in (True, False):
        answers = [{"question_index": 1, "answer": answer, "time_spent_seconds": 4}]
        await room.learner.make(f"/quizzes/{quiz['id']}/attempts", answers=answers)
    path = f"/quizzes/{quiz['id']}/statistics"
    first = (await room.admin.get(path))["data"]["attributes"]
    assert (first["attempts"], first["failed"]) == (1, 1)
    asked = quiz["attributes"]["questions"][1]["id"]
    both = (await room.admin.get(f"{path}?attempts=all"))["data"]["attributes"]
    (figures,) = (each for each in both["questions"] if each["question_id"] == asked)
    assert (both["attempts"], figures["facility_index"], figures["mean_seconds"]) == (2, 50, 4)
    assert figures["option_counts"] == {"true": 1, "false": 1}
    assert (await room.learner.call("GET", path)).status == 403


async def test_a_quiz_of_a_locked_lesson_is_locked(room: QuizRoom) -> None:
    before = await room.quiz(**QUICK)
    quiz = await room.quiz(**QUICK)
    lesson = quiz["attributes"]["lesson_id"]
    needed = {"prerequisites": [before["attributes"]["lesson_id"]]}
    await _done(await room.admin.call("PATCH", f"/lessons/{lesson}", json=needed))
    path = f"/quizzes/{quiz['id']}"
    for method, where, body in (
        ("GET", path, None),
        ("POST", f"{path}/attempts/start", {}),
        ("POST", f"{path}/attempts", {"answers": []}),
    ):
        refused = await room.learner.call(method, where, json=body)
        assert (await _problem(refused, 403))[0]["code"] == "lesson_locked"
    first = f"/quizzes/{before['id']}"
    shown = (await room.learner.get(first))["data"]["attributes"]["questions"]
    await room.learner.make(f"{first}/attempts", answers=_right(shown))
    await room.learner.make(f"{path}/attempts", answers=[])


async def test_a_copied_course_has_copies_of_its_quizzes(room: QuizRoom) -> None:
    quiz = await room.quiz()
    copy = await _done(
        await room.admin.call("POST", f"/courses/{room.course_id}/duplicate", json={}), 201
    )
    (copied,) = (await room.admin.get(f"/quizzes?course_id={copy['id']}"))["data"]
    full = (await room.admin.get(f"/quizzes/{copied['id']}"))["data"]["attributes"]
    assert full["questions"] == quiz["attributes"]["questions"]
    assert full["lesson_id"] != quiz["attributes"]["lesson_id"]
    assert full["activity_id"] != quiz["attributes"]["activity_id"]
    lesson = (await room.admin.get(f"/lessons/{full['lesson_id']}"))["data"]["attributes"]
    assert lesson["content"]["quiz_id"] == copied["id"]


async def test_after_a_reset_the_attempts_are_counted_anew(room: QuizRoom) -> None:
    quiz = await room.quiz(**QUICK, max_attempts=2)
    path = f"/quizzes/{quiz['id']}/attempts"
    reset = f"/progress/{room.course_id}/users/{room.person_id}/reset"
    shown = (await room.learner.get(f"/quizzes/{quiz['id']}"))["data"]["attributes"]["questions"]
    await room.learner.make(path, answers=_right(shown))
    left = await room.learner.make(f"{path}/start")
    assert (await room.progress())["status"] == "completed"
    await room.admin.call("POST", reset, json={})
    assert (await room.progress())["status"] == "not_started"
    begun = await room.learner.make(f"{path}/start")
    assert (begun["attributes"]["attempt_number"], begun["id"] == left["id"]) == (3, False)
    ended = (await room.learner.get(f"/quiz-attempts/{left['id']}"))["data"]["attributes"]
    assert ended["status"] == "submitted"
    for _ in range(2):
        await room.learner.make(path, answers=WRONG)
    used = await room.learner.call("POST", path, json={"answers": WRONG})
    assert (await _problem(used, 409))[0]["code"] == "quiz_attempts_exhausted"
    assert (await room.progress())["success"] is False
