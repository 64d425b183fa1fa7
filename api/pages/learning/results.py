"""What came of an attempt at a quiz: each answer in words, and what may be told of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from api.pages.wording import Badge, number
from content.quizzes import paper
from content.quizzes.paper import Asked

SEPARATE = " → "


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer and what came of it; `right` and `explanation` are empty where they stay hidden."""

    index: int
    html: str
    badge: Badge
    points: str
    answer: Sequence[str]
    right: Sequence[str]
    explanation: str
    feedback: str


def judged(asked: Sequence[Asked], results: Sequence[Any]) -> list[Judged]:
    """The results of an attempt that was handed in, as REST tells them."""
    return [_judged(each, result) for each, result in zip(asked, results, strict=True)]


def in_words(question: dict[str, Any], given: Any) -> list[str]:
    """An answer as HTML, a line for each of its parts."""
    if given is None:
        return []
    match question["type"]:
        case "true_false":
            return ["True" if given else "False"]
        case "multiple_choice" | "multiple_answer":
            texts = _texts(question["options"])
            return [texts.get(each, "") for each in ([given] if isinstance(given, str) else given)]
        case "matching":
            lefts, rights = _texts(question["lefts"]), _texts(question["rights"])
            return [f"{lefts.get(a, '')}{SEPARATE}{rights.get(b, '')}" for a, b in given]
        case "ordering":
            texts = _texts(question["items"])
            return [f"{place}. {texts.get(each, '')}" for place, each in enumerate(given, 1)]
    return []


def as_text(question: dict[str, Any], given: Any) -> list[str]:
    """An answer that was written, which is no HTML: a line for each of its parts."""
    if given is None or question["type"] not in ("fill_blank", "numeric", "essay"):
        return []
    return [each or "(left open)" for each in given] if isinstance(given, list) else [str(given)]


def _texts(items: Sequence[dict[str, str]]) -> dict[str, str]:
    return {each["id"]: each["text"] for each in items}


def _judged(asked: Asked, result: Any) -> Judged:
    question = paper.shown(asked)
    right = result.correct_answer
    return Judged(
        index=asked.index,
        html=question["question"],
        badge=_badge(result),
        points=f"{number(result.points_earned)} of {number(result.points)}",
        answer=_lines(question, result.answer),
        right=_lines(question, right),
        explanation=result.explanation or "",
        feedback=result.feedback or "",
    )


def _lines(question: dict[str, Any], given: Any) -> list[str]:
    """Texts of authors are clean HTML; what learners wrote is text."""
    return [Markup(each) for each in in_words(question, given)] or as_text(question, given)  # noqa: S704


def _badge(result: Any) -> Badge:
    if result.pending_review:
        return Badge("in_review", "Waits for a person")
    if result.correct:
        return Badge("passed", "Right")
    if result.answer is None:
        return Badge("not_started", "Not answered")
    return Badge("warning", "Partly right") if result.points_earned else Badge("failed", "Wrong")
