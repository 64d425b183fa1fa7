"""Drafts of questions: what is taken, and every finding at its place."""

from typing import Any

import msgspec
import pytest
from quiz_questions import EXAMPLES, question

from content.quizzes.authoring import make, make_all
from content.quizzes.drafts import QuestionDraft
from content.quizzes.questions import AnyQuestion, Matching, shuffled_parts, type_of


def _findings(fields: dict[str, Any]) -> set[str]:
    made = make(msgspec.convert(fields, QuestionDraft), "questions/3")
    assert (made.question is None) == bool(made.findings)
    return {each.where.removeprefix("questions/3/") for each in made.findings}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_question_of_each_type_is_made_and_stored_as_it_is(kind: str) -> None:
    made = question(kind, explanation="Because.", tags=["hooks", "hooks"])
    assert type_of(made) == kind
    assert made.tags == ("hooks",)
    assert msgspec.convert(msgspec.to_builtins(made), AnyQuestion) == made


def test_texts_are_made_harmless() -> None:
    made = question("true_false", question="<p onclick=x()>A &lt; B<script>x()</script></p>")
    assert made.question == "<p>A &lt; B</p>"


def test_ids_tell_nothing_and_are_kept() -> None:
    made = question("matching")
    assert isinstance(made, Matching)
    assert not {pair.left.id for pair in made.pairs} & {pair.right.id for pair in made.pairs}
    kept = question("ordering", items=[{"text": "a", "id": "x"}, {"text": "b", "id": "y"}])
    assert shuffled_parts(kept) == ("x", "y")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"type": "riddle"}, {"type"}),
        ({"type": "true_false", "question": " "}, {"question", "correct_answer"}),
        ({"type": "true_false", "correct_answer": 1.0}, {"correct_answer"}),
        ({"type": "essay", "points": -1, "id": "a b"}, {"points", "id"}),
        ({"type": "essay", "points": float("nan")}, {"points"}),
        ({"type": "essay", "min_words": 9, "max_words": 3}, {"max_words"}),
        (
            {"type": "essay", "min_words": 10**30, "explanation": "x" * 60_000},
            {"question", "min_words"},
        ),
        ({"type": "essay", "options": [{"text": "a"}]}, {"options"}),
        ({"type": "essay", "media": {"url": "javascript:x"}}, {"media/url"}),
        ({"type": "multiple_choice", "options": [{"text": "a"}]}, {"options"}),
        (
            {"type": "multiple_choice", "options": [{"text": "a", "correct": True}, {"text": "a"}]},
            {"options/1"},
        ),
        ({"type": "fill_blank"}, {"correct_answers"}),
        ({"type": "fill_blank", "correct_answers": ["a", ["b"]]}, {"correct_answers"}),
        ({"type": "fill_blank", "correct_answers": ["*"]}, {"correct_answers/0/0"}),
        (
            {"type": "fill_blank", "question": "__ ___ ____", "correct_answers": ["a"]},
            {"correct_answers"},
        ),
        ({"type": "matching", "pairs": [{"left": "a", "right": "b"}]}, {"pairs"}),
        ({"type": "ordering", "items": ["a", "", "a"]}, {"items/1", "items/2"}),
        ({"type": "numeric"}, {"correct_answer"}),
        ({"type": "numeric", "answers": [{"min": 2, "max": 1}, {"value": 1, "max": 2}]}, None),
        (
            {"type": "numeric", "correct_answer": 1, "units": [{"unit": "cm", "factor": 0.0}]},
            {"units/0/factor", "units"},
        ),
    ],
)
def test_every_finding_has_its_place(fields: dict[str, Any], where: set[str] | None) -> None:
    found = _findings({"question": "?", **fields})
    assert found == ({"answers/0", "answers/1"} if where is None else where)


def test_two_questions_of_one_quiz_have_ids_of_their_own() -> None:
    drafts = [
        QuestionDraft(type="true_false", question="?", correct_answer=True, id="one")
        for _ in range(2)
    ]
    _, wrong = make_all(drafts, "questions")
    assert [each.where for each in wrong] == ["questions/1/id"]
