"""The pages of who writes quizzes, without a script."""

from typing import Any

import pytest_asyncio

from tests.api.callers import ADMIN, Api, Client
from tests.api.surfer import Surfer

QUESTIONS: dict[str, dict[str, Any]] = {
    "multiple_choice": {
        "options/0/text": "Stairs", "options/0/correct": "true", "options/1/text": "Lift",
        "options/1/feedback": "It stops.",
    },
    "multiple_answer": {
        "options/0/text": "Stairs", "options/0/correct": "true", "options/1/text": "Lift",
        "options/2/text": "Ladder", "options/2/correct": "true", "partial_credit": "penalised",
    },
    "true_false": {"correct_answer": "false"},
    "fill_blank": {
        "question": "Call ___ or ___.", "blanks/0/correct_answers": "112\n999",
        "blanks/1/correct_answers": "the porter, at once", "blanks/1/case_sensitive": "true",
    },
    "matching": {
        "pairs/0/left": "Foam", "pairs/0/right": "Oil", "pairs/1/left": "Water",
        "pairs/1/right": "Wood", "distractors/0/text": "Sodium",
    },
    "ordering": {"items/0/text": "Alarm", "items/1/text": "Leave", "items/2/text": "Gather"},
    "numeric": {
        "answers/0/value": "2.5", "answers/0/tolerance": "10",
        "answers/0/tolerance_type": "percent", "answers/1/min": "7", "answers/1/max": "8",
        "units/0/unit": "m", "units/1/unit": "cm", "units/1/factor": "0.01",
    },
    "essay": {
        "min_words": "5", "rubric/0/criteria": "Order", "rubric/0/max_points": "2",
        "rubric/0/description": "From the alarm on",
    },
}  # fmt: skip
ALL = {
    "question": "<p>What now?</p>", "points": "3", "explanation": "Because.", "tags": "fire, exit",
    "feedback/correct": "Well done", "media/url": "https://pictures.example/a.png",
}  # fmt: skip


@pytest_asyncio.fixture
async def surfer(client: Client, admin: Api) -> Surfer:
    """An administrator at the pages."""
    return await Surfer.sign_in(client, *ADMIN)


async def _quiz(admin: Api, **fields: Any) -> str:
    made = await admin.make("/quizzes", title="Fire", **fields)
    return str(made["id"])


async def _questions(admin: Api, quiz_id: str) -> list[dict[str, Any]]:
    document = await admin.get(f"/quizzes/{quiz_id}")
    found: list[dict[str, Any]] = document["data"]["attributes"]["questions"]
    return found


async def test_a_question_of_each_type_is_written_and_its_form_sent_again_changes_nothing(
    surfer: Surfer, admin: Api
) -> None:
    quiz_id = await _quiz(admin)
    for kind, own in QUESTIONS.items():
        address = f"/quizzes/{quiz_id}/questions/new"
        form = (await surfer.open(f"{address}?type={kind}")).form(address)
        sent = await surfer.send(address, form, **{**ALL, **own})
        assert sent.location == f"/quizzes/{quiz_id}/edit", (kind, sent.text)
    before = await _questions(admin, quiz_id)
    assert [each["type"] for each in before] == list(QUESTIONS)
    blanks = before[3]["blanks"]
    assert blanks[0]["correct_answers"] == ["112", "999"]
    assert blanks[1] == {
        "id": "blank2", "correct_answers": ["the porter, at once"], "case_sensitive": True,
    }  # fmt: skip
    assert before[6]["answers"][1] == {"min": 7.0, "max": 8.0}
    assert before[7]["rubric"][0]["max_points"] == 2.0
    for each in before:
        address = f"/quizzes/{quiz_id}/questions/{each['id']}"
        sent = await surfer.send(address, (await surfer.open(address)).form(address))
        assert sent.location == f"/quizzes/{quiz_id}/edit", sent.text
    assert await _questions(admin, quiz_id) == before


async def test_what_is_wrong_is_told_beside_its_field_and_what_was_written_stays(
    surfer: Surfer, admin: Api
) -> None:
    quiz_id = await _quiz(admin)
    address = f"/quizzes/{quiz_id}/questions/new"
    refused = await surfer.send(
        address, [("type", "multiple_choice"), ("version", "1")],
        question="Which?", points="many", options__0__text="Stairs", options__1__text="Stairs",
    )  # fmt: skip
    assert refused.status == 422
    assert refused.page.xpath('string(//*[@id="points-wrong1"])') == "Must be a number"
    refused = await surfer.send(address, refused.form(address), points="1")
    assert refused.page.xpath('string(//*[@id="options-1-text-wrong1"])') == "Is there twice"
    assert ("options/0/text", "Stairs") in refused.form(address)


async def test_who_comes_second_sees_what_the_first_made_of_it(surfer: Surfer, admin: Api) -> None:
    quiz_id = await _quiz(admin, questions=[{"type": "essay", "question": "Why?"}])
    (question,) = await _questions(admin, quiz_id)
    address = f"/quizzes/{quiz_id}/questions/{question['id']}"
    form = (await surfer.open(address)).form(address)
    assert (await surfer.send(address, form, question="Whence?")).status == 303
    second = await surfer.send(address, form, question="Whither?")
    assert second.status == 409
    assert "Somebody changed this meanwhile" in second.text
    assert "Now it is: Whence?" in second.text
    assert (await surfer.send(address, second.form(address))).status == 303
    assert (await _questions(admin, quiz_id))[0]["question"] == "Whither?"


async def test_questions_are_imported_put_in_order_previewed_and_exported(
    surfer: Surfer, admin: Api
) -> None:
    quiz_id = await _quiz(admin)
    gift = "::Exit:: Which way? {=Stairs ~Lift}\n\n::Alarm:: The alarm is loud. {TRUE}\n\n::Bad:: {"
    with_file: Any = [("quiz", quiz_id), ("format", "gift")]
    report = await surfer.send("/question-bank/import", with_file)
    assert report.status == 422
    report = await surfer.upload("/question-bank/import", gift.encode(), quiz=quiz_id)
    assert "2 questions are in the bank and in the quiz" in report.text
    assert "Left out" in report.text
    first, second = await _questions(admin, quiz_id)
    await surfer.send(f"/quizzes/{quiz_id}/questions/{second['id']}/move", direction="up")
    assert [each["id"] for each in await _questions(admin, quiz_id)] == [second["id"], first["id"]]
    preview = f"/quizzes/{quiz_id}/preview"
    assert "Which way?" in (await surfer.open(preview)).text
    right = next(each["id"] for each in first["options"] if each["correct"])
    tried = await surfer.send(preview, [(first["id"], right), (second["id"], "false")])
    assert "This would be 1 of 2 points" in tried.text
    assert (await admin.get("/quiz-attempts"))["data"] == []
    exported = await surfer.open(f"/quizzes/{quiz_id}/export?format=gift")
    assert "Which way?" in exported.text
