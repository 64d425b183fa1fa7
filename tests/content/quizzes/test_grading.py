"""Grading: what each kind of answer earns, and what holds for every question and answer."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quiz_questions import question, questions

from content.quizzes import grading
from content.quizzes.grading import grade
from content.quizzes.questions import AnyQuestion, Matching, shuffled_parts
from content.quizzes.shuffles import shuffled

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def _earned(asked: AnyQuestion, answer: Any) -> float:
    verdict = grade(asked, answer)
    assert not verdict.malformed, verdict
    return verdict.graded.points_earned


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("multiple_choice", 1),
        ("true_false", False),
        ("fill_blank", "useContext"),
        ("matching", [[0, 0], [1, 1], [2, 2]]),
    ],
)
def test_right_answers_in_the_university_blocks_form_earn_full_marks(
    kind: str, answer: Any
) -> None:
    verdict = grade(question(kind), answer)
    assert (verdict.graded.points_earned, verdict.graded.correct) == (10, True)


def test_an_essay_waits_for_a_person_and_an_empty_one_earns_nothing() -> None:
    assert grade(question("essay"), "I would use useReducer when...").graded.pending_review
    assert not grade(question("essay"), "  ").graded.pending_review


@pytest.mark.parametrize(
    ("policy", "answer", "earned"),
    [
        ("proportional", [0, 2], 10),
        ("proportional", [0], 5),
        ("proportional", [0, 1, 2], 5),
        ("proportional", [0, 1, 2, 3], 0),
        ("penalised", [0, 1, 2], 5),
        ("penalised", [1, 3], 0),
        ("none", [0], 0),
        ("none", [2, 0], 10),
    ],
)
def test_multiple_answers_earn_by_policy(policy: str, answer: list[int], earned: float) -> None:
    assert _earned(question("multiple_answer", partial_credit=policy), answer) == earned


@pytest.mark.parametrize(
    ("policy", "answer", "earned"),
    [
        ("proportional", [1, 2, 3, 0], 6.666667),
        ("proportional", [3, 2, 1, 0], 0),
        ("penalised", [1, 2, 3, 0], 3.333333),
        ("none", [1, 0, 2, 3], 0),
        ("none", [0, 1, 2, 3], 10),
    ],
)
def test_an_item_out_of_place_costs_one_item(policy: str, answer: list[int], earned: float) -> None:
    assert _earned(question("ordering", partial_credit=policy), answer) == earned


def test_matching_takes_equal_right_sides_for_each_other_and_counts_what_is_left_open() -> None:
    pairs = [
        {"left": left, "right": right}
        for left, right in (("Ada", "woman"), ("Alan", "man"), ("Grace", "woman"))
    ]
    asked = question("matching", pairs=pairs, distractors=["horse"])
    assert _earned(asked, [[0, 2], [1, 1], [2, 0]]) == 10
    assert _earned(asked, [[0, 3], [1, 1]]) == pytest.approx(10 / 3)
    penalised = question("matching", pairs=pairs, partial_credit="penalised")
    assert _earned(penalised, [[0, 1], [1, 1]]) == 0
    assert _earned(penalised, [[1, 1]]) == pytest.approx(10 / 3)


def test_each_blank_earns_its_share_and_says_which_answers_are_right() -> None:
    asked = question(
        "fill_blank", question="____ and ____", correct_answers=[["red", "rouge"], ["blu*"]]
    )
    assert _earned(asked, ["Rouge", "bluish"]) == 10
    assert _earned(asked, ["red", None]) == 5
    (first, second) = asked.blanks  # type: ignore[union-attr]
    assert _earned(asked, {second.id: "blue", first.id: "red"}) == 10


@pytest.mark.parametrize(
    ("fields", "answer", "earned"),
    [
        ({"correct_answer": 0.3, "tolerance": 0}, "0.3", 10),
        ({"correct_answer": 0.3, "tolerance": 0.1}, 0.4, 10),
        ({"correct_answer": 0.3, "tolerance": 0.1}, 0.41, 0),
        ({"correct_answer": -200, "tolerance": 5, "tolerance_type": "percent"}, -210, 10),
        ({"correct_answer": -200, "tolerance": 5, "tolerance_type": "percent"}, "-210.01", 0),
        ({"answers": [{"min": 1, "max": 2}, {"value": 7}]}, "1,5", 10),
        ({"answers": [{"min": 1, "max": 2}, {"value": 7}]}, 7, 10),
        ({"answers": [{"min": 1}]}, "6.02 x 10^23", 10),
        ({"answers": [{"max": 1}]}, "-1e300", 10),
    ],
)
def test_numbers_are_right_within_their_bounds(
    fields: dict[str, Any], answer: Any, earned: float
) -> None:
    fields = {"tolerance": 0, "correct_answer": None, **fields}
    assert _earned(question("numeric", **fields), answer) == earned


@pytest.mark.parametrize(
    ("answer", "earned"),
    [("1.5 m", 10), ("150 cm", 10), ({"value": 150, "unit": "cm"}, 10), ("150", 0), ("1.5 s", 0)],
)
def test_numbers_are_compared_in_the_answers_unit(answer: Any, earned: float) -> None:
    units = [{"unit": "m"}, {"unit": "cm", "factor": 0.01}]
    asked = question("numeric", correct_answer=1.5, tolerance=0, units=units, unit_required=True)
    assert _earned(asked, answer) == earned


@pytest.mark.parametrize(
    ("kind", "answer", "where"),
    [
        ("multiple_choice", 3, {""}),
        ("multiple_choice", True, {""}),
        ("multiple_choice", "nothing", {""}),
        ("multiple_answer", 1, {""}),
        ("multiple_answer", [0, 9, 0], {"/1", "/2"}),
        ("true_false", 1, {""}),
        ("true_false", "false", {""}),
        ("fill_blank", ["a", "b"], {""}),
        ("fill_blank", [3], {"/0"}),
        ("fill_blank", {"x": "a"}, {"/x"}),
        ("matching", [[0, 0], [0, 1], [1]], {"/1", "/2"}),
        ("matching", "0", {""}),
        ("ordering", [0, 1, 2], {""}),
        ("ordering", [0, 1, 2, 2], {"/3"}),
        ("numeric", "1,000", {""}),
        ("numeric", "many", {""}),
        ("numeric", float("nan"), {""}),
        ("numeric", "1e9999", {""}),
        ("essay", 5, {""}),
    ],
)
def test_what_cannot_be_read_is_a_finding_with_its_place(
    kind: str, answer: Any, where: set[str]
) -> None:
    verdict = grade(question(kind), answer)
    assert {each.where for each in verdict.malformed} == where
    assert verdict.graded == grading.NOTHING


@given(questions(), _json)
def test_nothing_raises_and_nothing_earns_less_than_nothing_or_more_than_all(
    asked: AnyQuestion, answer: Any
) -> None:
    graded = grade(asked, answer).graded
    assert 0 <= graded.points_earned <= asked.points
    assert graded.correct == (graded.points_earned == asked.points)


@given(questions(), st.data())
def test_the_right_answer_and_only_that_earns_everything(
    asked: AnyQuestion, data: st.DataObject
) -> None:
    right = grading.correct_answer(asked)
    assert grade(asked, right).graded == grading.Graded(points_earned=asked.points, correct=True)
    ids = shuffled_parts(asked)
    if isinstance(asked, Matching) or not ids:
        return
    other = data.draw(st.permutations(ids).map(lambda each: each[: len(right)]))
    verdict = grade(asked, other)
    if sorted(other) != sorted(right):
        assert not verdict.graded.correct


@given(questions(), st.text())
def test_the_order_of_showing_changes_nothing(asked: AnyQuestion, seed: str) -> None:
    parts = shuffled_parts(asked)
    order = shuffled(len(parts), seed)
    right = grading.correct_answer(asked)
    by_index = _by_shown_index(asked, right, [parts[each] for each in order])
    assert grade(asked, by_index, order) == grade(asked, right)


def _by_shown_index(asked: AnyQuestion, right: Any, shown: list[str]) -> Any:
    if isinstance(asked, Matching):
        return [[index, shown.index(pair.right.id)] for index, pair in enumerate(asked.pairs)]
    if not shown:
        return right
    if isinstance(right, str):
        return shown.index(right)
    return [shown.index(each) for each in right]


@settings(max_examples=50)
@given(questions(), st.randoms(use_true_random=False))
def test_choices_and_pairs_may_be_named_in_any_order(asked: AnyQuestion, random: Any) -> None:
    right = grading.correct_answer(asked)
    if asked.__struct_config__.tag not in ("multiple_answer", "matching"):
        return
    again = random.sample(right, len(right))
    assert grade(asked, again) == grade(asked, right)
