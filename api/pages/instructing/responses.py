"""What was answered in a quiz, in words: a response, and the right one."""

from collections.abc import Iterable
from typing import Any

from content.quizzes.grading import correct_answer
from content.quizzes.markup import plain
from content.quizzes.questions import (
    FillBlank,
    Item,
    Matching,
    MultipleAnswer,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    TrueFalse,
)

NOTHING = "Nothing"
TRUTHS = {True: "True", False: "False"}


def said(question: Question, given: Any) -> str:
    """An answer as it was read (content.quizzes.answers), in words."""
    if given in (None, "", []):
        return NOTHING
    match question:
        case MultipleChoice() | MultipleAnswer():
            texts = {each.id: plain(each.text) for each in question.options}
            chosen = [given] if isinstance(given, str) else given
            return ", ".join(texts.get(each, each) for each in chosen)
        case TrueFalse():
            return TRUTHS[given]
        case FillBlank():
            return ", ".join(each or "(empty)" for each in given)
        case Matching():
            lefts = _texts(pair.left for pair in question.pairs)
            rights = _texts(question.rights)
            return "; ".join(f"{lefts.get(left)}: {rights.get(right)}" for left, right in given)
        case Ordering():
            texts = _texts(question.items)
            return ", ".join(texts.get(each, each) for each in given)
    return str(given)


def right(question: Question) -> str:
    """The right answer in words; empty where a person says what is right."""
    match question:
        case FillBlank():
            return ", ".join(" or ".join(each.correct_answers) for each in question.blanks)
        case Numeric():
            return " or ".join(_accepted(each) for each in question.answers)
    answer = correct_answer(question)
    return "" if answer is None else said(question, answer)


def _texts(items: Iterable[Item]) -> dict[str, str]:
    return {each.id: plain(each.text) for each in items}


def _accepted(accepted: Any) -> str:
    if accepted.value is None:
        bounds = [("from", accepted.min), ("to", accepted.max)]
        return " ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
    percent = " %" if accepted.tolerance_type == "percent" else ""
    within = f" ± {accepted.tolerance:g}{percent}" if accepted.tolerance else ""
    return f"{accepted.value:g}{within}"
